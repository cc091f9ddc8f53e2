"""`faq check`, `faq import`, `faq export`, `faq schema`: the commands of the people who write a city's content."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import click

from faq.problems import Problem

_SHOWN_NOTES: Final = 50
# Whether it exists is asked by the commands, which answer in Japanese.
_PATH: Final = click.Path(path_type=Path)


@click.command("check")
@click.argument("directory", metavar="DIR", type=_PATH)
def check(directory: Path) -> None:
    """市のフォルダー DIR の内容を調べ、直すところをすべて「ファイル:行: 項目: すること」の形で示します。"""
    from faq.check import check as find_problems
    from faq.content import base_folder, read_folder, unread_links

    if not directory.is_dir():
        raise click.ClickException(f"フォルダー {directory} がありません。")
    base = base_folder(directory)
    unread = (
        "市のフォルダーの外を指しているか、指す先のないリンクなので、読みません。ファイルそのものを置いてください。"
    )
    try:
        problems = find_problems(read_folder(directory), read_folder(base))
        problems = [*(Problem(name, 1, "リンク", unread) for name in unread_links(directory)), *problems]
        problems = [*_id_of_a_neighbour(directory), *problems]
    except OSError as error:
        raise click.ClickException(f"{error.filename} を読めません（{error.strerror}）。") from error
    for problem in problems:
        click.echo(shown(problem, directory, base))
    errors = sum(problem.severity == "error" for problem in problems)
    click.echo(f"エラー {errors}件、注意 {len(problems) - errors}件" if problems else "直すところはありません。")
    if errors:
        raise SystemExit(1)


def _id_of_a_neighbour(directory: Path) -> list[Problem]:
    """A `city.yaml` copied from another city's folder whose `id` was left as it was."""
    from faq.content import CITY_FILE, read_folder
    from faq.reader import read_city

    folder, text = directory.resolve(), read_folder(directory).get(CITY_FILE, "")
    city, _ = read_city(CITY_FILE, text)
    if city is None or city.id == folder.name or not (folder.parent / city.id / CITY_FILE).is_file():
        return []
    line = next((number for number, words in enumerate(text.splitlines(), 1) if words.startswith("id:")), 1)
    message = f"「{city.id}」は、となりの市のフォルダーです。このフォルダーの名前（{folder.name}）を書いてください。"
    return [Problem(CITY_FILE, line, "id", message, "warning")]


def shown(problem: Problem, directory: Path, base: Path) -> str:
    """The problem with a path that an editor can open; a warning says that it is one."""
    inherited = problem.path.startswith("_base/")
    path = base / problem.path.removeprefix("_base/") if inherited else directory / problem.path
    mark = "" if problem.severity == "error" else "（注意）"
    return f"{path}:{problem.line}: {problem.field}: {mark}{problem.message}"


@click.command("import")
@click.argument("source", metavar="SOURCE", type=_PATH)
@click.argument("directory", metavar="DIR", type=_PATH)
@click.option("--force", is_flag=True, help="すでにあるファイルを上書きします")
def import_(source: Path, directory: Path, force: bool) -> None:
    """FAQ の表 SOURCE（.csv か .xlsx）を読み、市のフォルダー DIR に YAML を書きます。"""
    from faq.exchange import ExchangeError, import_table

    if not source.is_file():
        raise click.ClickException(f"ファイル {source} がありません。")
    try:
        report = import_table(source, directory, force)
    except ExchangeError as error:
        raise click.ClickException(str(error)) from error
    for title, notes in (("取りこまなかった行", report.skipped), ("変えて取りこんだところ", report.notes)):
        if notes:
            click.echo(f"{title}:")
        limit = len(notes) if notes is report.skipped else _SHOWN_NOTES
        for note in notes[:limit]:
            click.echo(f"  {note.row}行目: {note.reason}")
        if len(notes) > limit:
            click.echo(f"  …ほか{len(notes) - limit}件")
    click.echo(f"書いたファイル: {'、'.join(report.files)}")
    click.echo(f"読んだ行 {report.read}、書いた質問 {report.written}、取りこまなかった行 {len(report.skipped)}")
    if "city.yaml" in report.files:
        click.echo(f"{directory / 'city.yaml'} は下書きです。★の行を書きかえてから「faq check」で確かめてください。")


@click.command("export")
@click.argument("directory", metavar="DIR", type=_PATH)
@click.argument("target", metavar="OUT", type=_PATH)
@click.option("--force", is_flag=True, help="すでにあるファイルを上書きします")
def export(directory: Path, target: Path, force: bool) -> None:
    """市のフォルダー DIR の質問と回答を、表 OUT（.csv か .xlsx）に書き出します。"""
    from faq.exchange import ExchangeError, export_table

    if not directory.is_dir():
        raise click.ClickException(f"フォルダー {directory} がありません。")
    try:
        count = export_table(directory, target, force)
    except ExchangeError as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{target} に {count}件を書き出しました。")


@click.command("schema")
@click.argument("folder", metavar="DIR", default="schema", type=_PATH)
def schema(folder: Path) -> None:
    """エディターが使う JSON Schema を DIR に書きます（省くと schema/）。"""
    from faq.schema import write_schemas

    try:
        written = write_schemas(folder)
    except OSError as error:
        raise click.ClickException(f"{folder} に書けません（{error.strerror}）。") from error
    for path in written:
        click.echo(str(path))


COMMANDS: Final[list[click.Command]] = [check, import_, export, schema]
