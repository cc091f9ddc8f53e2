"""What was parsed once is not parsed again at the next start; what was kept wrongly is parsed anew."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from faq import parsed, reader
from faq.assembly import assemble
from tests.builders import base_files, city_files

GOOD = """\
category: pets
faqs:
- id: dog
  question: 犬の登録
  answer: 窓口へ。
- id: cat
  question: 猫
  answer: いいえ。
"""
READERS = (reader.read_entries, reader.read_city, reader.read_thesaurus, reader._read_wording)


def start_anew() -> None:
    """What a new process remembers: nothing."""
    for read in READERS:
        read.cache_clear()


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    start_anew()
    parsed.keep_in(tmp_path / "parsed")
    yield tmp_path / "parsed"
    parsed.keep_in(None)
    start_anew()


def unparsed(*_: Any) -> Any:
    raise AssertionError("parsed again")


def test_the_next_start_parses_nothing_and_reads_the_same(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files, base = city_files(), base_files({"thesaurus.yaml": "groups:\n- id: dog\n  words: [犬, 愛犬]\n"})
    first = assemble(files, base)
    start_anew()
    monkeypatch.setattr(reader, "read_tree", unparsed)

    again = assemble(files, base)

    assert again == first
    assert (len(again.entries), len(again.thesaurus[0].groups), again.problems) == (3, 1, ())


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"\xff\x00", id="not a text"),
        pytest.param(b"0\n{}", id="cut short"),
        pytest.param(b"cposix\nsystem\n(S'true'\ntR.", id="a pickle"),
    ],
)
def test_a_broken_file_is_parsed_anew(folder: Path, content: bytes) -> None:
    first = reader.read_entries("faq/a.yaml", GOOD)
    (kept,) = folder.iterdir()
    kept.write_bytes(content)
    start_anew()

    assert reader.read_entries("faq/a.yaml", GOOD) == first


@pytest.mark.parametrize("foreign", [[], "x", {"faqs": 1}, {"faqs": ["x"]}, {"faqs": [{"id": "dog"}]}, {"other": 1}])
def test_what_does_not_fit_the_schema_is_parsed_anew(folder: Path, foreign: Any) -> None:
    first = reader.read_entries("faq/a.yaml", GOOD)
    parsed.keep("entries", GOOD, foreign)
    start_anew()

    assert reader.read_entries("faq/a.yaml", GOOD) == first
    assert [entry.category for entry in first[0]] == ["pets", "pets"]


def test_a_file_with_a_problem_is_parsed_at_every_start(folder: Path) -> None:
    broken = GOOD.replace("answer: いいえ。", "answr: いいえ。")

    _, problems = reader.read_entries("faq/a.yaml", broken)

    assert [problem.line for problem in problems if problem.field == "answr"] == [8]
    assert list(folder.iterdir()) == []


def test_nothing_is_kept_until_a_folder_is_named(tmp_path: Path) -> None:
    start_anew()

    reader.read_entries("faq/a.yaml", GOOD)

    assert parsed.load("entries", GOOD) is None


def test_the_files_that_were_used_longest_ago_go_first(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parsed, "MOST_KEPT", 2)

    for number in range(4):
        parsed.keep("entries", f"text {number}", {"number": number})

    assert len(list(folder.iterdir())) == 2
    assert parsed.load("entries", "text 3") == {"number": 3}


def test_all_files_together_take_no_more_room_than_allowed(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parsed, "MOST_BYTES", 2_500)

    for number in range(4):
        parsed.keep("entries", f"text {number}", {"number": number, "long": "x" * 1_000})

    assert len(list(folder.iterdir())) == 2
    assert parsed.load("entries", "text 0") is None
    assert parsed.load("entries", "text 3") is not None


def test_a_folder_that_cannot_be_written_to_costs_only_time(tmp_path: Path) -> None:
    start_anew()
    (tmp_path / "file").write_text("", encoding="utf-8")
    parsed.keep_in(tmp_path / "file" / "parsed")

    entries, problems = reader.read_entries("faq/a.yaml", GOOD)

    assert (len(entries), problems) == (2, ())
    parsed.keep_in(None)
