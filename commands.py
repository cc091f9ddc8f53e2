"""Commands for people who run the service: publish a city's content and roll it back."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import click

from faq.check import check
from faq.content import base_folder, read_folder
from faq.problems import errors_of
from store import Store
from store.errors import StoreError

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
