"""Which notices of the disaster are in force: of each story the newest, unless it says that the story is over."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import Connection, and_, or_, select

from faq.place_states import Standing
from notify.notice_life import PUBLIC
from store.rows import from_ms
from store.tables_notices import notices

MOST: Final = 20
_HOUR_MS: Final = round(timedelta(hours=1) / timedelta(milliseconds=1))
STAFF_MS: Final = 72 * _HOUR_MS
FEED_MS: Final = 24 * _HOUR_MS
"""An earthquake of yesterday is nothing that is in force, and the weather is told of anew within a day."""

_BRIEF: Final = [notices.c[name] for name in ("city", "id", "original", "mark", "source", "issued_at")]


def standing_ids(connection: Connection, now_ms: int) -> tuple[tuple[str, int], ...]:
    """(city, id) of each, the newest first in each city."""
    alive = and_(notices.c.kind == "disaster", notices.c.drill.is_(False), notices.c.status.in_(PUBLIC))
    lives = or_(notices.c.expires_at.is_(None), notices.c.expires_at > now_ms)
    found = select(*_BRIEF).where(alive, lives, notices.c.issued_at >= now_ms - STAFF_MS, notices.c.issued_at <= now_ms)
    ordered = found.order_by(notices.c.city, notices.c.issued_at.desc(), notices.c.id.desc())
    return tuple(_newest_of_each(connection.execute(ordered), now_ms))


def _newest_of_each(rows: Iterable[Any], now_ms: int) -> Iterable[tuple[str, int]]:
    seen: set[tuple[str, int]] = set()
    for row in rows:
        story = row.city, row.original or row.id
        if story in seen:
            continue
        seen.add(story)
        over = row.mark == "all_clear" or (row.mark == "correction" and row.source == "staff")
        if not over and row.issued_at >= now_ms - (STAFF_MS if row.source == "staff" else FEED_MS):
            yield row.city, row.id


def standing_notices(connection: Connection, ids: Iterable[tuple[str, int]]) -> dict[str, tuple[Standing, ...]]:
    """What these say, by city."""
    found: dict[str, tuple[Standing, ...]] = {}
    columns = (notices.c.title, notices.c.titles, notices.c.texts, notices.c.issued_at, notices.c.mark)
    for city, number in ids:
        if len(found.get(city, ())) == MOST:
            continue
        row = connection.execute(select(*columns).where(notices.c.city == city, notices.c.id == number)).one()
        texts, titles = json.loads(row.texts), json.loads(row.titles)
        one = Standing(row.title, texts, from_ms(row.issued_at), row.mark == "correction", titles)
        found[city] = (*found.get(city, ()), one)
    return found
