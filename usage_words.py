"""What click says by itself (how to use a command, what was mistyped) in Japanese, for who runs the service.

click fills its sentences in before anybody can see them, so they are known again by their form; one that is not known
is shown as it is. The sentences are click 8.5's.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final

import click
from click.exceptions import NoArgsIsHelpError

_HEADINGS: Final = {"Options": "オプション", "Commands": "命令", "Positional arguments": "引数"}
_HELP_OF_HELP: Final = "この説明を表示します。"
_THINGS: Final = {"File": "ファイル", "Directory": "フォルダー", "Path": "場所"}
_NUMBERS: Final = {"integer": "整数", "float": "数", "integer range": "整数", "float range": "数"}

_VALUE: Final = r"['\"]?(?P<value>.+?)['\"]?"
_SENTENCES: Final[tuple[tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]], ...]] = tuple(
    (re.compile(pattern, re.DOTALL), said)
    for pattern, said in (
        (r"Missing command\.", "命令を書いてください"),
        (rf"No such command {_VALUE}\.", r"「\g<value>」という命令はありません"),
        (rf"No such option:? {_VALUE}\.?", r"「\g<value>」というオプションはありません"),
        (r"Got unexpected extra arguments? \((?P<value>.+)\)", r"「\g<value>」が余分です"),
        (rf"Option {_VALUE} requires (?:an argument|\d+ arguments)\.", r"「\g<value>」のあとに値を書いてください"),
        (rf"Option {_VALUE} does not take a value\.", r"「\g<value>」には値を書けません"),
        (rf"Argument {_VALUE} takes (?P<count>\d+) values\.", r"「\g<value>」には \g<count> 個の値を書いてください"),
        (
            r"(?P<thing>File|Directory|Path) '(?P<value>.+)' does not exist\.",
            lambda found: f"{_THINGS[found['thing']]}「{found['value']}」がありません",
        ),
        (r"\w+ '(?P<value>.+)' is a file\.", r"「\g<value>」はファイルです。フォルダーを書いてください"),
        (r"\w+ '(?P<value>.+)' is a directory\.", r"「\g<value>」はフォルダーです。ファイルを書いてください"),
        (r"\w+ '(?P<value>.+)' is not readable\.", r"「\g<value>」を読めません。読む権限を確かめてください"),
        (r"\w+ '(?P<value>.+)' is not writable\.", r"「\g<value>」に書けません。書く権限を確かめてください"),
        (
            rf"{_VALUE} is not a valid (?P<number>[a-z ]+)\.",
            lambda found: f"「{found['value']}」は{_NUMBERS.get(found['number'], found['number'])}ではありません",
        ),
        (r"(?P<value>\S+) is not in the range (?P<range>.+)\.", r"「\g<value>」は使えません。範囲は \g<range> です"),
        (
            rf"{_VALUE} is not one of (?P<choices>.+)\.",
            r"「\g<value>」は使えません。\g<choices> のどれかを書いてください",
        ),
    )
)


class JapaneseHelp(click.HelpFormatter):
    """Help pages with Japanese headings."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        super().write_usage(prog, args, prefix or "使い方: ")

    @contextmanager
    def section(self, name: str) -> Iterator[None]:
        with super().section(_HEADINGS.get(name, name)):
            yield

    def write_dl(self, rows: Any, *args: Any, **kwargs: Any) -> None:
        said = [(term, _HELP_OF_HELP if text == "Show this message and exit." else text) for term, text in rows]
        super().write_dl(said, *args, **kwargs)


def mistake(error: click.UsageError) -> str:
    """What was mistyped, how the command is used and where help is."""
    if isinstance(error, NoArgsIsHelpError):
        return error.message
    lines = [f"まちがい: {_sentence(error)}。"]
    possible = getattr(error, "possibilities", None)
    if possible:
        lines.append(f"もしかして: {'、'.join(possible)}")
    if error.ctx is None:
        lines.append("くわしくは: 命令のあとに --help を付けてください")
    else:
        lines += [error.ctx.get_usage(), f"くわしくは: {error.ctx.command_path} --help"]
    return "\n".join(lines)


def _sentence(error: click.UsageError) -> str:
    if isinstance(error, click.MissingParameter):
        return f"{_named(error)}がありません"
    if isinstance(error, click.BadParameter):
        return f"{_named(error)}: {_in_japanese(error.message)}"
    return _in_japanese(error.message)


def _named(error: click.BadParameter) -> str:
    """The option or argument as its command's help page writes it."""
    hint = error.param_hint or (error.param.get_error_hint(error.ctx) if error.param is not None else "")
    return hint.replace("'", "") if isinstance(hint, str) else " / ".join(hint)


def _in_japanese(message: str) -> str:
    for pattern, said in _SENTENCES:
        if found := pattern.fullmatch(message.strip()):
            return said(found) if callable(said) else found.expand(said)
    return message.strip().rstrip("。")
