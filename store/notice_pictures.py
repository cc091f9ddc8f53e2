"""Pictures of notices: kept when staff upload them, shown as long as a notice with them is told, gone with it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, and_, delete, exists, func, insert, select

from store.acts import Acts
from store.notice_steps import corrected
from store.rows import clean
from store.tables_notices import notice_pictures as table
from store.tables_notices import notices

UNUSED_MS: Final = 24 * 3_600_000
"""What no notice has taken up a day after it was uploaded is thrown away at the next upload."""


@dataclass(frozen=True, slots=True)
class NoticePicture:
    """A picture as we wrote it, JPEG or PNG, with its small JPEG. Nobody can guess its `key`."""

    key: str
    address: str
    mime: str
    width: int
    height: int
    data: bytes
    small: bytes


@dataclass(frozen=True, slots=True)
class PictureSize:
    """What a page has to know of a picture: of what kind it is, how large in pixels and in bytes."""

    mime: str
    width: int
    height: int
    size: int


class NoticePictures(Acts):
    """The part of the `Store` about pictures of notices."""

    def keep_notice_picture(self, city: str, picture: NoticePicture, by: int) -> None:
        """Before the notice that shows it is written: a form with a mistake does not lose it."""
        now = self._now()
        values = {name: getattr(picture, name) for name in ("width", "height", "data", "small")}
        values |= {name: clean(getattr(picture, name)) for name in ("key", "address", "mime")}

        def act(connection: Connection) -> None:
            used = exists(select(notices.c.id).where(notices.c.city == city, notices.c.picture == table.c.address))
            old = and_(table.c.city == city, table.c.made_at < now - UNUSED_MS)
            connection.execute(delete(table).where(old, ~used))
            connection.execute(insert(table).values(city=clean(city), made_at=now, made_by=by, **values))

        self._act(act)

    def notice_picture(self, city: str, key: str, *, told: bool = False) -> NoticePicture | None:
        """A picture of the city. `told`: only while a notice shows it, so that nobody sees what was stopped."""
        those = and_(table.c.city == city, table.c.key == clean(key))
        found = select(table).where(those, exists(_showing(table.c.address)) if told else those)
        row = self._read(lambda connection: connection.execute(found).one_or_none())
        return None if row is None else _picture(row)

    def told_pictures(self, city: str, numbers: Collection[int]) -> dict[int, PictureSize]:
        """Of these notices those whose picture is shown, by their numbers."""
        if not numbers:
            return {}
        size = func.length(table.c.data).label("size")
        found = select(notices.c.id, table.c.mime, table.c.width, table.c.height, size).where(
            notices.c.city == city,
            notices.c.id.in_(list(numbers)),
            notices.c.picture != "",
            table.c.city == city,
            table.c.address == notices.c.picture,
            _is_told(),
        )
        rows = self._read(lambda connection: connection.execute(found).all())
        return {row.id: PictureSize(row.mime, row.width, row.height, row.size) for row in rows}


def _showing(address: ColumnElement[str]) -> Any:
    """The notices that show the picture of this address."""
    has_it = and_(notices.c.city == table.c.city, notices.c.picture == address, notices.c.picture != "")
    return select(notices.c.id).where(has_it, _is_told())


def _is_told() -> ColumnElement[bool]:
    """Neither stopped nor corrected: what was wrong is not shown again, though its words stay beside the right ones."""
    return and_(notices.c.status != "stopped", ~corrected())


def _picture(row: Any) -> NoticePicture:
    return NoticePicture(row.key, row.address, row.mime, row.width, row.height, bytes(row.data), bytes(row.small))
