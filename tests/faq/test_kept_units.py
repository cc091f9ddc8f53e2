"""What Sudachi cut once is not cut again at the next start; what was kept wrongly is cut anew."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from faq import kept_units, parsed, units, verbatim
from faq.entry import Entry
from faq.index import Index, build_index
from faq.library import Library
from faq.search import SearchResult, search
from faq.thesaurus import Thesaurus
from tests.builders import write_city

QUESTIONS = ("ゴミはいつ？", "ペットの登録をしたい", "ひっこしてきたけど何すればいい？", "バスの時刻表", "")


def start_anew() -> None:
    """What a new process remembers: nothing."""
    kept_units._seen.clear()
    units._memory.clear()
    verbatim._claims.clear()


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    start_anew()
    parsed.keep_in(tmp_path / "parsed")
    yield tmp_path / "parsed"
    parsed.keep_in(None)
    start_anew()


def entries(count: int = 40) -> list[Entry]:
    return [
        Entry(
            id=f"e{number}",
            question=f"{number}番の{topic}について",
            answer=f"{topic}は窓口へ。\n{number}日までにお出しください。",
            phrasings=(
                f"{topic}をどうすればいいか{number}",
                "引っ越してきた" if number == 2 else f"教えて{topic}{number}",
            ),
            keywords=(topic, "手続き"),
        )
        for number, topic in (
            (number, ("ごみの日", "犬の登録", "転入届", "コミュニティバス")[number % 4]) for number in range(count)
        )
    ]


def built(said: Sequence[Entry]) -> Index:
    index = build_index(said, Thesaurus())
    kept_units.keep()
    return index


def found(index: Index) -> list[SearchResult]:
    return [search(index, question, top=10) for question in QUESTIONS]


def uncut(*_: Any) -> Any:
    raise AssertionError("cut again")


def test_the_next_start_cuts_nothing_and_finds_the_same(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = found(built(entries()))
    start_anew()
    monkeypatch.setattr(units, "analyse", uncut)
    monkeypatch.setattr(verbatim, "sounded", lambda text: uncut() if text not in QUESTIONS else "ひっこしてきた")

    index = built(entries())

    monkeypatch.undo()
    assert found(index) == first
    assert first[2].candidates[0].id == "e2"


def test_an_edit_writes_one_batch_and_no_other(folder: Path) -> None:
    said = entries()
    built(said)
    before = {path.name for path in folder.iterdir()}

    built([said[0].model_copy(update={"answer": "新しい答えです。"}), *said[1:]])

    assert 1 < len(before) <= 16
    assert len({path.name for path in folder.iterdir()} - before) == 1


@pytest.mark.parametrize(
    "kept",
    [
        "broken",
        {"units": [["犬"]], "sentences": {}, "claims": {}},
        {"units": [], "sentences": {"犬": [0]}, "claims": {}},
        {"units": [], "sentences": {}, "claims": {"犬": "いぬ"}},
        ["犬"],
        {},
    ],
)
def test_what_was_kept_wrongly_is_cut_anew(folder: Path, monkeypatch: pytest.MonkeyPatch, kept: object) -> None:
    first = found(built(entries()))
    start_anew()
    for path in folder.iterdir():
        content = json.dumps(kept)
        path.write_text("?" if kept == "broken" else f"{parsed._digest(content)}\n{content}", encoding="utf-8")

    assert found(built(entries())) == first
    assert len(units._memory) > 40


def test_another_dictionary_or_other_code_cuts_anew(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    built(entries())
    before = len(list(folder.iterdir()))
    start_anew()
    monkeypatch.setattr(kept_units, "_cutter", lambda: "a newer dictionary")

    built(entries())

    assert len(list(folder.iterdir())) == 2 * before


def test_nothing_is_kept_where_no_folder_is_named() -> None:
    start_anew()

    built(entries())

    assert (kept_units._seen, kept_units._waiting) == (set(), {})


def test_a_served_city_is_kept(folder: Path, tmp_path: Path) -> None:
    write_city(tmp_path / "cities", "one")

    Library.of_folder(tmp_path / "cities").check_now()

    kept = [path for path in folder.iterdir() if '"claims"' in path.read_text(encoding="utf-8")]
    assert 0 < len(kept) <= 16
    assert kept_units._waiting == {}


def test_two_texts_are_not_one_long_text() -> None:
    one, other = (list(kept_units._batches([("a", texts)])) for texts in (["犬", "の登録"], ["犬の", "登録"]))

    assert one[0].name != other[0].name
