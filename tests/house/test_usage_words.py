"""Who mistypes a command reads in Japanese what was wrong, how the command is used and where its help is."""

from __future__ import annotations

import re
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from app import main
from failures import Commands

CITY = "cities/demo"
KATAKANA_OR_KANA = re.compile(r"[ぁ-んァ-ヶ]")


def typed(*words: str) -> Result:
    return CliRunner().invoke(main, list(words), prog_name="app.py")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["faq", "serch"], "まちがい: 「serch」という命令はありません。\nもしかして: search\n使い方: "),
        (["faq", "search"], "まちがい: --cityがありません。"),
        (["faq", "search", "--city", "nowhere"], "まちがい: --city: フォルダー「nowhere」がありません。"),
        (
            ["faq", "search", "--city", "app.py"],
            "まちがい: --city: 「app.py」はファイルです。フォルダーを書いてください。",
        ),
        (["faq", "search", "--city", CITY, "--top", "たくさん"], "「たくさん」は整数ではありません。"),
        (["faq", "search", "--city", CITY, "--top", "0"], "「0」は使えません。範囲は 1<=x<=100 です。"),
        (
            ["faq", "search", "--city", CITY, "--topp", "3"],
            "「--topp」というオプションはありません。\nもしかして: --top",
        ),
        (["faq", "search", "--city"], "「--city」のあとに値を書いてください。"),
        (["faq", "search", "--city", CITY, "ゴミいつ"], "「ゴミいつ」が余分です。"),
        (["content", "publish", "demo"], "まちがい: --authorがありません。"),
    ],
)
def test_a_mistyped_command_is_told_in_japanese(words: list[str], said: str) -> None:
    result = typed(*words)
    assert result.exit_code == 2
    assert said in result.output
    assert "くわしくは: " in result.output
    assert not re.search(r"Error|Usage|Invalid|Missing|No such", result.output)


def test_a_group_without_a_command_shows_its_help_alone() -> None:
    result = typed("faq")
    assert result.output.startswith("使い方: app.py faq")
    assert "まちがい" not in result.output


def test_help_pages_have_japanese_headings() -> None:
    result = typed("faq", "search", "--help")
    assert result.exit_code == 0
    assert "使い方: app.py faq search" in result.output
    assert "オプション:" in result.output
    assert "この説明を表示します。" in result.output


def test_every_command_tells_a_wrong_option_in_japanese() -> None:
    def paths(command: click.Command, path: tuple[str, ...]) -> list[tuple[str, ...]]:
        if isinstance(command, click.Group):
            return [found for name, inner in command.commands.items() for found in paths(inner, (*path, name))]
        return [path]

    every = paths(main, ())
    assert len(every) > 20
    for path in every:
        result = typed(*path, "--no-such-option")
        assert result.exit_code == 2, path
        assert "「--no-such-option」というオプションはありません" in result.output, path


def test_a_failure_of_ours_and_a_cancelled_question_end_with_a_sentence() -> None:
    @click.group(cls=Commands)
    def commands() -> None:
        pass

    @commands.command()
    def fails() -> None:
        raise click.ClickException("紙がありません。")

    @commands.command()
    def asks() -> None:
        click.confirm("いいですか", abort=True)

    @commands.command()
    @click.pass_context
    def leaves(ctx: click.Context) -> None:
        ctx.exit(3)

    run = CliRunner()
    failed = run.invoke(commands, ["fails"])
    assert (failed.exit_code, failed.output) == (1, "できませんでした: 紙がありません。\n")
    asked = run.invoke(commands, ["asks"], input="n\n")
    assert asked.exit_code == 1
    assert asked.output.endswith("中止しました。\n")
    assert run.invoke(commands, ["leaves"]).exit_code == 3


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    result = typed("notices", "read", str(tmp_path / "nothing.xml"))
    assert KATAKANA_OR_KANA.search(result.output)
