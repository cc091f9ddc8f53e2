"""What an operator reads when a command cannot go on: one sentence and what to do next, instead of a traceback."""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from typing import Any, Final

import click

from config import ConfigError, read_config
from faq.problems import ContentError
from store.errors import StoreError
from usage_words import JapaneseHelp, mistake

_SHOWN_PROBLEMS: Final = 20
_BY_CODE: Final = {
    "SQLITE_FULL": "ディスクがいっぱいです。空きを作ってから（df -h）、もういちどお試しください。",
    "SQLITE_CANTOPEN": "ファイルを開けません。DATA_DIR と DATABASE_URL の場所と、そこに書けるかを確かめてください。",
    "SQLITE_READONLY": "ファイルに書けません。DATA_DIR のフォルダーの持ち主と権限を確かめてください（ls -ld）。",
    "SQLITE_IOERR": "ディスクが読み書きに失敗しました。ディスクの空き（df -h）と状態を確かめてください。",
    "SQLITE_NOTADB": "まどぐちのデータベースではないファイルです。DATABASE_URL を確かめてください。",
    "SQLITE_CORRUPT": "ファイルがこわれています。docs/runbooks/backup.md の手順で、控えから戻してください。",
    "CommandError": "新しい版のまどぐちが使ったものです。その版で動かすか、docs/runbooks/upgrade.md を見てください。",
    "SQLITE_BUSY": "ほかのプログラムが使っています。少し待って、もういちどお試しください。",
}
_OF_POSTGRESQL: Final = (
    "PostgreSQL が動いているか、ホスト・ユーザー・パスワード・データベースの名前が合っているかを、"
    '「psql "$DATABASE_URL" -c "select 1"」で確かめてください。'
    "パスワードに @ : / # % などがあるときは、%40 %3A %2F %23 %25 のように書きます。"
)


class Commands(click.Group):
    """A group whose commands fail with a sentence. What is nobody's mistake but ours still shows where it happened."""

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,
        **extra: Any,
    ) -> Any:
        """As click's own, but what it says is Japanese."""
        click.Context.formatter_class = JapaneseHelp
        if not standalone_mode:
            return super().main(args, prog_name, complete_var, standalone_mode=False, **extra)
        try:
            code = super().main(args, prog_name, complete_var, standalone_mode=False, **extra)
            sys.exit(code if isinstance(code, int) else 0)
        except click.UsageError as error:
            click.echo(mistake(error), err=True)
            sys.exit(error.exit_code)
        except click.ClickException as error:
            click.echo(f"できませんでした: {error.format_message()}", err=True)
            sys.exit(error.exit_code)
        except click.Abort:
            click.echo("中止しました。", err=True)
            sys.exit(1)

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except ConfigError as error:
            raise click.ClickException(f"設定を読めません。{error}") from error
        except ContentError as error:
            raise click.ClickException(_content(error)) from error
        except StoreError as error:
            raise click.ClickException(_database(error)) from error


def _content(error: ContentError) -> str:
    lines = [str(problem) for problem in error.problems[:_SHOWN_PROBLEMS]]
    return "\n  ".join(["市の内容を読めません。「app.py faq check 市のフォルダー」で確かめてください。", *lines])


def _database(error: StoreError) -> str:
    """Names the place without its user and password."""
    try:
        address = re.sub(r"://.*@", "://…@", read_config().database_url)
    except ConfigError:
        address = ""
    hint = next((said for code, said in _BY_CODE.items() if code in str(error)), "")
    if not hint:
        hint = _OF_POSTGRESQL if address.startswith("postgres") else "docs/runbooks/database-down.md を見てください。"
    return f"データベース {address} を使えません（{error}）。{hint}"
