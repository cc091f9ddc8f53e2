"""`notices read`: what was understood of telegrams, for staff and for programs that check us."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

import click

from notify.telegrams.parsing import LARGEST_BYTES
from notify.telegrams.read import read_telegram
from notify.telegrams.records import TelegramError, as_record


@click.command("read")
@click.argument("telegrams", metavar="TELEGRAM.xml…", nargs=-1, required=True, type=click.Path(path_type=Path))
def read(telegrams: tuple[Path, ...]) -> None:
    """気象庁防災情報XMLを読み、1つのファイルを1行のJSONにします。"""
    records = map(_record, telegrams)
    failed = False
    for record in records:
        failed = failed or "error" in record
        click.echo(json.dumps(record, ensure_ascii=False))
    if failed:
        raise click.exceptions.Exit(1)


def _record(path: Path) -> dict[str, object]:
    shown = click.format_filename(path)
    try:
        return as_record(shown, read_telegram(_content(path), path.name))
    except TelegramError as error:
        return {"file": shown, "error": str(error)}


def _content(path: Path) -> bytes:
    """At most one byte more than the limit, so that a huge file costs nothing; never from a pipe or a device."""
    if path.exists() and not path.is_file():
        raise TelegramError("ふつうのファイルではありません")
    try:
        with path.open("rb") as file:
            return file.read(LARGEST_BYTES + 1)
    except FileNotFoundError as error:
        raise TelegramError("ファイルがありません") from error
    except (OSError, ValueError) as error:
        raise TelegramError("ファイルを開けません") from error


COMMANDS: Final[list[click.Command]] = [read]
