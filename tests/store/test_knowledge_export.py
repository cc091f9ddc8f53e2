"""The knowledge as a file to take away: readable tables, and search that finds Japanese words within sentences."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from faq.entry import Entry
from store.export import export_knowledge
from tests.builders import a_city, an_entry

_ENTRY = {
    "id": "juminhyo",
    "question": "住民票の写しがほしい",
    "answer": "市民課の窓口でお渡しします。手数料は一通300円です。",
    "phrasings": ("住民票を取りたい", "世帯全員の分がいる"),
    "keywords": ("証明書",),
    "links": ({"title": "住民票", "url": "https://www.city.test.example.jp/juminhyo"},),
    "department": "市民課",
}


@pytest.fixture
def knowledge_db(tmp_path: Path) -> Path:
    path = tmp_path / "out" / "knowledge.db"
    entries = [
        an_entry(**_ENTRY),
        an_entry(id="gomi", question="ごみの日はいつ？", phrasings=()),
    ]
    export_knowledge([(a_city(), entries), (a_city(id="other", name="よその市"), [an_entry(**_ENTRY)])], path)
    return path


def _ask(path: Path, question: str, *values: Any) -> list[Any]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(question, values).fetchall()


def test_every_city_entry_phrasing_link_and_department_is_in_its_table(knowledge_db: Path) -> None:
    assert _ask(knowledge_db, "SELECT id, name FROM cities ORDER BY id DESC") == [
        ("test", "試験市"),
        ("other", "よその市"),
    ]
    assert _ask(knowledge_db, "SELECT city, id FROM entries ORDER BY city, id") == [
        ("other", "juminhyo"),
        ("test", "gomi"),
        ("test", "juminhyo"),
    ]
    assert _ask(knowledge_db, "SELECT text FROM phrasings WHERE city = 'test' ORDER BY position") == [
        ("住民票を取りたい",),
        ("世帯全員の分がいる",),
    ]
    assert _ask(knowledge_db, "SELECT title, url FROM links WHERE city = 'test'") == [
        ("住民票", "https://www.city.test.example.jp/juminhyo")
    ]
    assert ("市民課", "月・火・水・木・金 8:30-17:15") in _ask(
        knowledge_db, "SELECT name, hours FROM departments WHERE city = 'test'"
    )


@pytest.mark.parametrize("words", ["住民票", "民票の写", "300円", "世帯全員", "証明書", "手数料"])
def test_words_are_found_anywhere_in_a_sentence(knowledge_db: Path, words: str) -> None:
    found = _ask(
        knowledge_db,
        "SELECT e.city, e.id FROM entries AS e JOIN entries_fts ON entries_fts.rowid = e.rowid "
        "WHERE entries_fts MATCH ? AND e.city = 'test'",
        f'"{words}"',
    )

    assert found == [("test", "juminhyo")]


def test_two_characters_are_found_with_like(knowledge_db: Path) -> None:
    assert _ask(knowledge_db, "SELECT id FROM entries WHERE question LIKE '%ごみ%'") == [("gomi",)]


def test_an_old_file_is_replaced_whole_while_somebody_reads_it(knowledge_db: Path) -> None:
    with closing(sqlite3.connect(knowledge_db)) as reader:
        rows = reader.execute("SELECT id FROM entries ORDER BY city, id")
        first = rows.fetchone()

        export_knowledge([(a_city(), [an_entry(id="new")])], knowledge_db)

        assert [first, *rows.fetchall()] == [("juminhyo",), ("gomi",), ("juminhyo",)]
    assert _ask(knowledge_db, "SELECT id FROM entries") == [("new",)]
    assert [path.name for path in knowledge_db.parent.iterdir()] == ["knowledge.db"]


def test_an_export_that_fails_leaves_the_old_file_and_no_other(knowledge_db: Path) -> None:
    twice: list[Entry] = [an_entry(id="same"), an_entry(id="same")]

    with pytest.raises(sqlite3.IntegrityError):
        export_knowledge([(a_city(), twice)], knowledge_db)

    assert len(_ask(knowledge_db, "SELECT id FROM entries")) == 3
    assert [path.name for path in knowledge_db.parent.iterdir()] == ["knowledge.db"]
