"""Commands for people who run the service: publish and roll back content, see and answer what waits for a person."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from pathlib import Path

import click

from bot.teaching import lesson
from desk import proposal_of
from faq.assembly import assemble
from faq.check import check
from faq.content import base_folder, read_folder
from faq.problems import ContentError, errors_of
from store import Store
from store.errors import StoreError
from store.records import Outcome, Outgoing, Proposal, Turn
from store.records_cases import CaseView

OpenStore = Callable[[], AbstractContextManager[Store]]


def content_commands(open_store: OpenStore, city_folder: Callable[[str], Path]) -> click.Group:
    """`content publish|list|rollback`: a city's YAML as numbered revisions that every process serves."""

    @click.group(help="市の案内（YAML）を、番号のついた版として公開し、元に戻します。")
    def content() -> None:
        pass

    @content.command(help="フォルダーの YAML を確かめて、新しい版として公開します。")
    @click.argument("city")
    @click.option("--author", required=True, help="公開する人の名前")
    @click.option("--note", default="", help="何を変えたか")
    def publish(city: str, author: str, note: str) -> None:
        folder, author = city_folder(city), _named(author)
        files = read_folder(folder)
        errors = errors_of(tuple(check(files, read_folder(base_folder(folder)))))
        for problem in errors:
            click.echo(str(problem), err=True)
        if errors:
            raise click.ClickException(f"まちがいが {len(errors)} 件あるので、公開していません。今の版はそのままです。")
        with open_store() as store:
            current = store.current_revision(city)
            if current is not None and dict(current.files) == dict(files):
                click.echo(f"{city}: 版 {current.number} と同じなので、公開するものはありません。")
                return
            number = store.publish_revision(city, files, author, note)
        changed = _changes(dict(current.files) if current else {}, files)
        click.echo(f"{city}: 版 {number} を公開しました。{changed}")
        if current is None:
            click.echo("これからは、フォルダーの YAML を直しても、content publish をするまで住民には出ません。")

    @content.command("list", help="公開した版の一覧です。")
    @click.argument("city")
    def list_revisions(city: str) -> None:
        city_folder(city)
        with open_store() as store:
            revisions = store.revisions(city)
        for revision in revisions:
            at = revision.at.astimezone().strftime("%Y-%m-%d %H:%M")
            click.echo(f"{revision.number}\t{at}\t{revision.author}\t{revision.note}")
        if not revisions:
            click.echo(f"{city}: まだ公開した版はありません。フォルダーの YAML をそのまま使っています。")

    @content.command(help="前の版に戻します（戻したことも、新しい版として残ります）。")
    @click.argument("city")
    @click.argument("number", type=int)
    @click.option("--author", required=True, help="戻す人の名前")
    def rollback(city: str, number: int, author: str) -> None:
        city_folder(city)
        author = _named(author)
        with open_store() as store:
            try:
                new = store.roll_back(city, number, author)
            except StoreError as error:
                raise click.ClickException(
                    f"{city} に、版 {number} はありません。「content list {city}」で確かめてください。"
                ) from error
        click.echo(f"{city}: 版 {number} の内容を、版 {new} として公開しました。")

    return content


def _named(author: str) -> str:
    if not author.strip():
        raise click.ClickException("--author に名前を書いてください。だれの版かが残ります。")
    return author.strip()


def _changes(before: dict[str, str], after: dict[str, str]) -> str:
    added = sorted(set(after) - set(before))
    removed = sorted(set(before) - set(after))
    changed = sorted(name for name in set(before) & set(after) if before[name] != after[name])
    parts = [("新しい", added), ("変えた", changed), ("なくした", removed)]
    return "、".join(f"{word}ファイル {len(names)}" for word, names in parts if names)


def case_commands(open_store: OpenStore, city_folder: Callable[[str], Path]) -> click.Group:
    """`cases list|reply|close`: what residents asked a person, until the staff console takes this over."""

    @click.group(help="「人に聞く」で届いた質問を見て、返事をします。")
    def cases() -> None:
        pass

    @cases.command("list", help="返事を待っている質問です。")
    @click.argument("city")
    @click.option("--all", "everything", is_flag=True, help="返事の済んだものも")
    def list_cases(city: str, everything: bool) -> None:
        city_folder(city)
        with open_store() as store:
            found = store.cases(city, None if everything else "waiting")
        for case in found:
            click.echo(_line(case))
        if not found:
            click.echo(f"{city}: 待っている質問はありません。")

    @cases.command(help="質問に返事をします。LINE なら push で、ウェブなら画面に届きます。")
    @click.argument("city")
    @click.argument("number", type=int)
    @click.argument("text")
    @click.option(
        "--entry", "entry_id", default="", metavar="ID", help="この質問に答える FAQ の id（言い換えの提案になる）"
    )
    def reply(city: str, number: int, text: str, entry_id: str) -> None:
        folder = city_folder(city)
        if not text.strip():
            raise click.ClickException("返事の文を書いてください。")
        with open_store() as store:
            case = next((case for case in store.cases(city, "waiting") if case.id == number), None)
            if case is None:
                raise click.ClickException(f"{city} に、返事を待っている質問 {number} はありません。")
            taught = _taught(folder, case, entry_id) if entry_id else None
            if not store.answer_case(city, number, _answer(case, text.strip(), entry_id, taught)):
                raise click.ClickException(f"質問 {number} には、たった今ほかの人が返事をしました。")
        click.echo(f"質問 {number} に返事をしました。")
        if taught:
            click.echo(f"「{taught.phrasing}」を、{entry_id} の言い換えとして提案しました（faq learn で見られます）。")
        elif entry_id:
            click.echo("質問の文は、言い換えの提案にしません（もうある言い方か、長い文か、個人の情報かもしれません）。")

    return cases


def _taught(folder: Path, case: CaseView, entry_id: str) -> Proposal | None:
    """What the question of the case teaches about the entry that staff link it to."""
    try:
        content = assemble(read_folder(folder), read_folder(base_folder(folder)))
    except ContentError as error:
        raise click.ClickException(f"市の内容を読めません。返事はまだしていません。\n{error}") from error
    entry = content.entries.get(entry_id)
    if entry is None:
        raise click.ClickException(f"FAQ に id「{entry_id}」はありません。返事はまだしていません。")
    taught = lesson(entry, case.question, "staff", content.city.own_names)
    return proposal_of(case.city, taught, datetime.now(UTC)) if taught else None


def _answer(case: CaseView, text: str, entry_id: str, taught: Proposal | None) -> Outcome:
    """The staff's words as a turn of the talk, and on LINE as a message to push."""
    turn = Turn(
        city=case.city,
        resident=case.resident,
        channel=case.channel,
        event_id=f"case-{case.id}",
        at=datetime.now(UTC),
        kind="staff",
        decision="handoff",
        entry_id=entry_id,
        reply_text=text,
    )
    message = {"type": "text", "text": f"【{case.department}】\n{text}"}
    push = Outgoing(case.city, case.resident, case.channel, [message])
    return Outcome(turn=turn, outgoing=(push,) if case.channel == "line" else (), proposal=taught)


def _line(case: CaseView) -> str:
    opened = case.opened_at.astimezone().strftime("%m-%d %H:%M")
    promised = case.promised_at.astimezone().strftime("%m-%d %H:%M") if case.promised_at else "-"
    question = " ".join(case.question.split())
    return f"{case.id}\t{case.status}\t{opened}\t{promised}まで\t{case.department}\t{case.channel}\t{question}"
