"""A city's published content: each publication is a numbered revision, and rolling back is publishing an old one."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, func, insert, select, text

from store.core import Core
from store.errors import StoreError
from store.records import Revision
from store.rows import clean, dump, from_ms
from store.tables import revisions
from store.writer import Kind, one_by_one


class Revisions(Core):
    """The part of the `Store` that holds published content."""

    def publish_revision(self, city: str, files: Mapping[str, str], author: str, note: str) -> int:
        """Make these files (name to text) the city's content; its new number, counted from 1."""
        new = _Publication(city, dump(dict(files)), clean(author), clean(note), self._now())
        return self._write(Kind("publish", 6, one_by_one(_publish)), new)

    def roll_back(self, city: str, number: int, author: str) -> int:
        """Publish the files of an old revision once more; the number of the new one. Nothing is ever overwritten."""
        old = _RollBack(city, number, clean(author), self._now())
        return self._write(Kind("roll_back", 6, one_by_one(_roll_back)), old)

    def current_revision(self, city: str) -> Revision | None:
        return self._read(lambda connection: _latest(connection, city))

    def current_revision_number(self, city: str) -> int | None:
        """Cheap enough to be asked every second, to see whether the content has changed."""
        return self._read(lambda connection: _latest_number(connection, city))

    def revisions(self, city: str) -> list[Revision]:
        """All of the city's revisions, newest first."""
        return self._read(lambda connection: _history(connection, city))


@dataclass(frozen=True, slots=True)
class _Publication:
    """Content to be published; `files` is JSON."""

    city: str
    files: str
    author: str
    note: str
    now: int


@dataclass(frozen=True, slots=True)
class _RollBack:
    """Publish the files of revision `number` once more."""

    city: str
    number: int
    author: str
    now: int


def _publish(connection: Connection, new: _Publication) -> int:
    """The number of the new revision: one above the city's last."""
    if connection.dialect.name == "postgresql":
        # Two publishers would draw the same number. Readers are not held up by this lock.
        connection.execute(text("LOCK TABLE revisions IN SHARE ROW EXCLUSIVE MODE"))
    number = (_latest_number(connection, new.city) or 0) + 1
    connection.execute(
        insert(revisions).values(
            city=new.city, number=number, files=new.files, author=new.author, note=new.note, at=new.now
        )
    )
    return number


def _roll_back(connection: Connection, old: _RollBack) -> int:
    found = select(revisions.c.files).where(revisions.c.city == old.city, revisions.c.number == old.number)
    files = connection.execute(found).scalar()
    if files is None:
        raise StoreError(f"this city has no revision {old.number}", permanent=True)
    note = f"第{old.number}版に戻しました"
    return _publish(connection, _Publication(old.city, files, old.author, note, old.now))


def _latest_number(connection: Connection, city: str) -> int | None:
    number: int | None = connection.execute(
        select(func.max(revisions.c.number)).where(revisions.c.city == city)
    ).scalar()
    return number


def _latest(connection: Connection, city: str) -> Revision | None:
    found = select(revisions).where(revisions.c.city == city).order_by(revisions.c.number.desc()).limit(1)
    row = connection.execute(found).one_or_none()
    return None if row is None else _revision(row)


def _history(connection: Connection, city: str) -> list[Revision]:
    found = select(revisions).where(revisions.c.city == city).order_by(revisions.c.number.desc())
    return [_revision(row) for row in connection.execute(found)]


def _revision(row: Any) -> Revision:
    return Revision(
        city=row.city,
        number=row.number,
        files=json.loads(row.files),
        author=row.author,
        note=row.note,
        at=from_ms(row.at),
    )
