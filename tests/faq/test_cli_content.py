"""The commands of the people who write content: every problem shown, no traceback for anything they hand in."""

from __future__ import annotations

import re
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from faq.cli_content import COMMANDS
from tests.builders import CITY_YAML, MOVING_YAML, write_city

faq = click.Group("faq", {str(command.name): command for command in COMMANDS})


def run(*arguments: str | Path) -> Result:
    result = CliRunner().invoke(faq, [str(argument) for argument in arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def test_a_sound_city_passes(tmp_path: Path) -> None:
    result = run("check", write_city(tmp_path))

    assert (result.exit_code, result.output.splitlines()[-1]) == (0, "直すところはありません。")


def test_every_problem_is_a_line_that_an_editor_can_open_and_an_error_fails(tmp_path: Path) -> None:
    moving = MOVING_YAML.replace("    answer: 引っ越す前に", "    anser: 引っ越す前に").replace(
        "市民課\n", "市民科\n", 1
    )
    city = write_city(tmp_path, changes={"faq/moving.yaml": moving, "wording/ja.yaml": "greeting: やあ\n"})

    result = run("check", city)

    *problems, count = result.output.splitlines()
    assert result.exit_code == 1
    assert all(re.match(rf"{re.escape(str(city))}/\S+:\d+: \S+: \S", line) for line in problems)
    assert {line.removeprefix(f"{city}/").split(": ")[1] for line in problems} == {
        "answer",
        "anser",
        "department",
        "greeting",
    }
    assert count == "エラー 4件、注意 0件"


def test_warnings_alone_pass(tmp_path: Path) -> None:
    city = write_city(tmp_path, changes={"city.yaml": CITY_YAML.replace("048-000-0001", "000-000-0000")})

    result = run("check", city)

    assert (result.exit_code, result.output.splitlines()[-1]) == (0, "エラー 0件、注意 1件")
    assert "（注意）" in result.output


def test_a_copied_city_that_still_has_the_id_of_the_first_one_is_told(tmp_path: Path) -> None:
    write_city(tmp_path, "test")

    result = run("check", write_city(tmp_path, "copy"))

    assert "city.yaml:1: id: （注意）「test」は、となりの市" in result.output
    assert "（copy）" in result.output


@pytest.mark.parametrize(
    "content", [b"", b"\x00\xff", b"- - -", "質問".encode("cp932"), b"a: &a [*a, *a]", b"? [a]: b", b"%"]
)
@pytest.mark.parametrize("name", ["city.yaml", "faq/x.yaml", "thesaurus.yaml", "wording/ja.yaml"])
def test_no_bytes_in_any_file_bring_a_traceback(tmp_path: Path, name: str, content: bytes) -> None:
    city = write_city(tmp_path)
    (city / name).parent.mkdir(exist_ok=True)
    (city / name).write_bytes(content)

    result = run("check", city)

    assert result.exit_code == 1
    assert f"{city / name}:" in result.output


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    assert "ありません" in run("check", tmp_path / "nowhere").output


def test_a_table_becomes_a_city_and_a_table_again(tmp_path: Path) -> None:
    (tmp_path / "faq.csv").write_text("id,question,answer\n1,ごみの日,月曜です。\n2,,a\n", encoding="utf-8")

    imported = run("import", tmp_path / "faq.csv", tmp_path / "city")
    exported = run("export", tmp_path / "city", tmp_path / "out.xlsx")

    assert (imported.exit_code, exported.exit_code) == (0, 0)
    assert "3行目: question" in imported.output
    assert "読んだ行 2、書いた質問 1、取りこまなかった行 1" in imported.output
    assert (tmp_path / "out.xlsx").stat().st_size > 0


@pytest.mark.parametrize(
    "arguments",
    [
        ("import", "nowhere.csv", "city"),
        ("import", "text.txt", "city"),
        ("import", "faq.csv", "text.txt"),
        ("import", "faq.csv", "text.txt/deeper"),
        ("export", "empty", "out.csv"),
        ("export", "city", "out.pdf"),
    ],
)
def test_what_cannot_be_exchanged_is_said_in_a_sentence(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    (tmp_path / "text.txt").write_text("文")
    (tmp_path / "empty").mkdir()
    (tmp_path / "faq.csv").write_text("question,answer\nq,a\n")
    write_city(tmp_path, "city")

    result = run(arguments[0], *(tmp_path / name for name in arguments[1:]))

    assert result.exit_code != 0
    assert re.search(r"[ぁ-ん]", result.output)


def test_the_schemas_are_written_where_they_are_asked_for(tmp_path: Path) -> None:
    run("schema", tmp_path / "schema")

    assert sorted(path.name for path in (tmp_path / "schema").iterdir()) == [
        "city.schema.json",
        "disaster.schema.json",
        "disaster_texts.schema.json",
        "faq.schema.json",
        "thesaurus.schema.json",
    ]


def test_a_link_that_is_not_read_is_told(tmp_path: Path) -> None:
    directory = write_city(tmp_path, "one")
    (tmp_path / "outside.yaml").write_text("faqs: []", encoding="utf-8")
    (directory / "faq" / "out.yaml").symlink_to(tmp_path / "outside.yaml")
    (directory / "faq" / "gone.yaml").symlink_to(directory / "faq" / "nowhere.yaml")

    result = run("check", str(directory))

    assert result.exit_code == 1
    assert f"{directory}/faq/out.yaml:1: リンク: " in result.output
    assert f"{directory}/faq/gone.yaml:1: リンク: " in result.output
