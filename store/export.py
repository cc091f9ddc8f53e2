"""The knowledge as one SQLite file to take away: tables to read, full-text search that knows Japanese, Datasette-ready.

Search is by trigrams, because Japanese has no spaces; words are found anywhere in a sentence:
`SELECT question FROM entries_fts WHERE entries_fts MATCH '住民票'`. A trigram needs three characters; for two
(「ごみ」) use `SELECT question FROM entries WHERE question LIKE '%ごみ%'`.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from faq.city import City, Department, OpeningHours
from faq.entry import Entry

Knowledge = Iterable[tuple[City, Sequence[Entry]]]
Record = dict[str, Any]

_SEARCHED = ["question", "phrasings", "keywords", "answer", "easy"]
_TABLES: dict[str, tuple[dict[str, type], tuple[str, ...] | str]] = {
    "cities": ({"id": str, "name": str, "kana": str, "prefecture": str, "phone": str, "website": str}, "id"),
    "departments": (
        {"city": str, "name": str, "phone": str, "place": str, "hours": str, "email": str},
        ("city", "name"),
    ),
    "entries": (
        {
            "city": str,
            "id": str,
            "category": str,
            "question": str,
            "answer": str,
            "easy": str,
            "department": str,
            "contact": str,
            "phrasings": str,
            "keywords": str,
            "related": str,
            "valid_from": str,
            "valid_until": str,
            "review_by": str,
        },
        ("city", "id"),
    ),
    "phrasings": ({"city": str, "entry": str, "position": int, "text": str}, ("city", "entry", "position")),
    "links": (
        {"city": str, "entry": str, "position": int, "title": str, "url": str},
        ("city", "entry", "position"),
    ),
}


def export_knowledge(knowledge_by_city: Knowledge, path: str | Path) -> None:
    """Write the knowledge of these cities to a SQLite file at `path`.

    A file that is there already is replaced in one step, when the new one is complete: whoever reads the old one
    is not disturbed.
    """
    target = Path(path).absolute()
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
    os.close(handle)
    try:
        _write(list(knowledge_by_city), name)
        # mkstemp lets nobody else read; this file is made to be handed around.
        Path(name).chmod(0o644)
        Path(name).replace(target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def is_export(path: str | Path) -> bool:
    """Whether this file was written by `export_knowledge`, so that writing anew loses nothing."""
    try:
        with contextlib.closing(sqlite3.connect(f"{Path(path).absolute().as_uri()}?mode=ro", uri=True)) as database:
            names = {name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    except sqlite3.Error:
        return False
    return set(_TABLES) <= names and "alembic_version" not in names


def _write(knowledge: list[tuple[City, Sequence[Entry]]], name: str) -> None:
    database = Database(name)
    try:
        for table, (columns, key) in _TABLES.items():
            keys = [] if table == "cities" else [("city", "cities", "id")]
            database.table(table).create(columns, pk=key, foreign_keys=keys)
        for city, entries in knowledge:
            _add_city(database, city, entries)
        database.table("entries").enable_fts(_SEARCHED, tokenize="trigram")
    finally:
        database.close()


def _add_city(database: Database, city: City, entries: Sequence[Entry]) -> None:
    database.table("cities").insert(
        {
            "id": city.id,
            "name": city.name,
            "kana": city.kana,
            "prefecture": city.prefecture,
            "phone": city.phone,
            "website": city.website,
        }
    )
    database.table("departments").insert_all(_department(city, department) for department in city.departments)
    database.table("entries").insert_all(_entry(city.id, entry) for entry in entries)
    database.table("phrasings").insert_all(_phrasings(city.id, entries))
    database.table("links").insert_all(_links(city.id, entries))


def _department(city: City, department: Department) -> Record:
    return {
        "city": city.id,
        "name": department.name,
        "phone": department.phone,
        "place": department.place,
        "hours": "\n".join(_hours(hours) for hours in department.hours or city.hours),
        "email": department.email,
    }


def _hours(hours: OpeningHours) -> str:
    """`月・火 8:30-17:15`, with the weeks of the month where they are limited: `土（第2・第4） 9:00-12:00`."""
    weeks = f"（{'・'.join(f'第{week}' for week in hours.weeks)}）" if hours.weeks else ""
    return f"{'・'.join(hours.days)}{weeks} {hours.open:%-H:%M}-{hours.close:%-H:%M}"


def _entry(city: str, entry: Entry) -> Record:
    return {
        "city": city,
        "id": entry.id,
        "category": entry.category,
        "question": entry.question,
        "answer": entry.answer,
        "easy": entry.easy,
        "department": entry.department,
        "contact": entry.contact,
        "phrasings": "\n".join(entry.phrasings),
        "keywords": "\n".join(entry.keywords),
        "related": "\n".join(entry.related),
        "valid_from": entry.valid_from and entry.valid_from.isoformat(),
        "valid_until": entry.valid_until and entry.valid_until.isoformat(),
        "review_by": entry.review_by and entry.review_by.isoformat(),
    }


def _phrasings(city: str, entries: Sequence[Entry]) -> Iterator[Record]:
    for entry in entries:
        for position, text in enumerate(entry.phrasings, 1):
            yield {"city": city, "entry": entry.id, "position": position, "text": text}


def _links(city: str, entries: Sequence[Entry]) -> Iterator[Record]:
    for entry in entries:
        for position, link in enumerate(entry.links, 1):
            yield {"city": city, "entry": entry.id, "position": position, "title": link.title, "url": link.url}
