"""The command line's side of the hand-off: what waits for a person, and taking, answering and closing it.

For an operator where there is no console, or when it cannot be reached. Staff's own desk is `handlers/console`.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import click

from bot.dialogue import Conversation
from bot.teaching import lesson
from bot.wording import Wording
from commands_staff import who_types
from desk import proposal_of
from faq.assembly import Content, assemble
from faq.content import base_folder, read_folder
from faq.problems import ContentError
from store import Store
from store.records import Outcome, Outgoing, Proposal, Turn
from store.records_accounts import AuditLine
from store.records_cases import OPERATOR, CaseConflict, CaseView, Said

OpenStore = Callable[[], AbstractContextManager[Store]]
ENTRY_HELP = "この質問に答える FAQ の id（言い換えの提案になる）"
WHY_NOT = {
    "taken": "質問 {number} は、ほかの担当者が対応しています。",
    "closed": "質問 {number} は、もう終わっています。",
    "gone": "{city} に、質問 {number} はありません。",
}


def case_commands(open_store: OpenStore, city_folder: Callable[[str], Path]) -> click.Group:
    """`cases list|reply|take|close`: the same steps as in the console, by the person at the command line."""

    @click.group(help="「人に聞く」で届いた質問を見て、返事をします。")
    def cases() -> None:
        pass

    @cases.command("list", help="返事を待っている質問と、担当者が対応している質問です。")
    @click.argument("city")
    @click.option("--all", "everything", is_flag=True, help="終わったものも")
    def list_cases(city: str, everything: bool) -> None:
        city_folder(city)
        with open_store() as store:
            found = store.cases(city, None if everything else "open")
            store.audit(city, who_types(), "case.list", "all" if everything else "open", {"found": len(found)})
        for case in found:
            click.echo(_line(case))
        if not found:
            click.echo(f"{city}: 待っている質問はありません。")

    @cases.command(
        help="質問に返事をします。LINE なら push で、ウェブなら画面に届きます。take していなければ、それで終わります。"
    )
    @click.argument("city")
    @click.argument("number", type=int)
    @click.argument("text")
    @click.option("--entry", "entry_id", default="", metavar="ID", help=ENTRY_HELP)
    def reply(city: str, number: int, text: str, entry_id: str) -> None:
        folder = city_folder(city)
        if not text.strip():
            raise click.ClickException("返事の文を書いてください。")
        with open_store() as store:
            window = _Window(store, folder, _case(store, city, number))
            if window.case.status == "staff":
                if entry_id:
                    raise click.ClickException("take した質問では、--entry は cases close に書いてください。")
                window.say(text.strip())
                taught = None
            else:
                taught = window.answer(text.strip(), entry_id)
        click.echo(f"質問 {number} に返事をしました。")
        _tell_taught(taught, entry_id)

    @cases.command(help="質問を引き受けます。終わるまで、自動の案内は答えません。")
    @click.argument("city")
    @click.argument("number", type=int)
    def take(city: str, number: int) -> None:
        folder = city_folder(city)
        with open_store() as store:
            window = _Window(store, folder, _case(store, city, number))
            tell, line = window.tell("handover_taken"), window.line("take")
            _done(window.case, lambda: store.take_case(city, number, OPERATOR, tell, line=line))
        click.echo(f"質問 {number} を引き受けました。cases reply で返事をして、cases close で終わります。")

    @cases.command(help="質問を終わりにして、自動の案内に戻します。")
    @click.argument("city")
    @click.argument("number", type=int)
    @click.option("--reason", default="answered", help="どうして終わるか（記録に残る）")
    @click.option("--entry", "entry_id", default="", metavar="ID", help=ENTRY_HELP)
    def close(city: str, number: int, reason: str, entry_id: str) -> None:
        folder = city_folder(city)
        with open_store() as store:
            window = _Window(store, folder, _case(store, city, number))
            taught = window.taught(entry_id, "まだ終わりにしていません。")
            tell, line = window.tell("handover_returned_closed"), window.line("close", reason=reason, entry=entry_id)
            _done(
                window.case,
                lambda: store.close_case(city, number, OPERATOR, reason, entry_id, tell, taught=taught, line=line),
            )
        click.echo(f"質問 {number} を終わりにしました。ここからは、自動の案内が答えます。")
        _tell_taught(taught, entry_id)

    return cases


def _case(store: Store, city: str, number: int) -> CaseView:
    case = store.case(city, number)
    if case is None or case.status not in ("waiting", "staff"):
        raise click.ClickException(f"{city} に、返事を待っている質問 {number} はありません。")
    return case


def _done(case: CaseView, act: Callable[[], object]) -> None:
    try:
        act()
    except CaseConflict as conflict:
        sentence = WHY_NOT.get(conflict.reason, "質問 {number} は、たった今ほかの人が動かしました。")
        raise click.ClickException(sentence.format(number=case.id, city=case.city)) from conflict


def _tell_taught(taught: Proposal | None, entry_id: str) -> None:
    if taught:
        click.echo(f"「{taught.phrasing}」を、{entry_id} の言い換えとして提案しました（faq learn で見られます）。")
    elif entry_id:
        click.echo("質問の文は、言い換えの提案にしません（もうある言い方か、長い文か、個人の情報かもしれません）。")


@dataclass(frozen=True, slots=True)
class _Window:
    """One case in the hands of the operator, and the city's words."""

    store: Store
    folder: Path
    case: CaseView

    @property
    def content(self) -> Content:
        try:
            return assemble(read_folder(self.folder), read_folder(base_folder(self.folder)))
        except ContentError as error:
            raise click.ClickException(f"市の内容を読めません。返事はまだしていません。\n{error}") from error

    def tell(self, key: str) -> Callable[[CaseView], Said]:
        """The sentence for the resident, in the language of their talk."""
        talk = Conversation.from_dict(self.store.conversation(self.case.city, self.case.resident))
        wording = Wording(self.content.wording)
        return lambda case: Said(wording.say(key, talk.language, department=case.department))

    def say(self, text: str) -> None:
        """An answer in a talk that the operator has taken; the talk goes on."""
        case = self.case
        line = self.line("reply", letters=len(text))
        _done(case, lambda: self.store.reply_case(case.city, case.id, OPERATOR, text, str(uuid4()), line=line))

    def answer(self, text: str, entry_id: str) -> Proposal | None:
        """Take, answer and close in one, and what that teaches about the linked entry."""
        taught = self.taught(entry_id, "返事はまだしていません。")
        back = self.tell("handover_returned_closed")
        # One push for both: a city pays LINE for each.
        messages = [{"type": "text", "text": words} for words in (self._named(text), back(self.case).text)]
        turn = Turn(
            city=self.case.city,
            resident=self.case.resident,
            channel=self.case.channel,
            event_id=f"case-{self.case.id}",
            at=datetime.now(UTC),
            kind="staff",
            decision="handoff",
            entry_id=entry_id,
            reply_text=text,
        )
        on_line = self.case.channel == "line"
        push = Outgoing(self.case.city, self.case.resident, self.case.channel, messages)
        outcome = Outcome(turn=turn, outgoing=(push,) if on_line else (), proposal=taught)
        line, tell = self.line("reply", letters=len(text), entry=entry_id), None if on_line else back
        if not self.store.answer_case(self.case.city, self.case.id, outcome, tell, line=line):
            raise click.ClickException(f"質問 {self.case.id} には、たった今ほかの人が返事をしました。")
        return taught

    def _named(self, text: str) -> str:
        return f"【{self.case.department}】\n{text}"

    def line(self, action: str, **detail: object) -> AuditLine:
        """What the audit log says of it, written with the change itself."""
        return AuditLine(who_types(), f"case.{action}", f"case:{self.case.id}", detail)

    def taught(self, entry_id: str, not_yet: str) -> Proposal | None:
        """What the question teaches about the linked entry. `not_yet`: what a mistyped id has kept from being done."""
        if not entry_id:
            return None
        content = self.content
        entry = content.entries.get(entry_id)
        if entry is None:
            raise click.ClickException(f"FAQ に id「{entry_id}」はありません。{not_yet}")
        taught = lesson(entry, self.case.question, "staff", content.city.own_names)
        return proposal_of(self.case.city, taught, datetime.now(UTC)) if taught else None


def _line(case: CaseView) -> str:
    opened = case.opened_at.astimezone().strftime("%m-%d %H:%M")
    promised = case.promised_at.astimezone().strftime("%m-%d %H:%M") if case.promised_at else "-"
    question = " ".join(case.question.split())
    return f"{case.id}\t{case.status}\t{opened}\t{promised}まで\t{case.department}\t{case.channel}\t{question}"
