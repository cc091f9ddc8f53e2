"""A resident's wishes as rows and back. They are written whole: what is not among them any more is gone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import Connection, Table, select

from bot.wishes import Wishes
from store.rows import clean, from_ms, to_ms
from store.tables_notices import subscriber_facts, subscribers, subscriptions

_PUT = (
    "INSERT INTO subscribers "
    "(city, resident, channel, language, area, quiet_from, quiet_to, paused, since, updated_at) VALUES "
    "(%s, %s, 'line', %s, %s, %s, %s, %s, %s, %s) ON CONFLICT (city, resident) DO UPDATE SET "
    "language = excluded.language, area = excluded.area, quiet_from = excluded.quiet_from, "
    "quiet_to = excluded.quiet_to, paused = excluded.paused, updated_at = excluded.updated_at"
)
_DROP = ("DELETE FROM subscriptions", "DELETE FROM subscriber_facts")
_ADD_TOPIC = "INSERT INTO subscriptions (city, topic, resident) VALUES (%s, %s, %s)"
_ADD_FACT = "INSERT INTO subscriber_facts (city, name, value, resident) VALUES (%s, %s, %s, %s)"


def write_wishes(
    execute: Callable[[str, Sequence[Any]], Any], city: str, resident: str, now: int, wishes: Wishes
) -> None:
    """Inside the transaction of whatever they were said in."""
    since = now if wishes.since is None else to_ms(wishes.since)
    area, paused = clean(wishes.area), wishes.paused
    quiet = (wishes.quiet_from, wishes.quiet_to)
    execute(_PUT, (city, resident, wishes.language, area, *quiet, paused, since, now))
    for drop in _DROP:
        execute(f"{drop} WHERE city = %s AND resident = %s", (city, resident))
    for topic in dict.fromkeys(wishes.topics):
        execute(_ADD_TOPIC, (city, clean(topic), resident))
    for name, value in dict.fromkeys(wishes.facts):
        execute(_ADD_FACT, (city, clean(name), clean(value), resident))


def drop_wishes(execute: Callable[[str, Sequence[Any]], Any], city: str, resident: str) -> None:
    """As if they had never chosen."""
    for drop in (*_DROP, "DELETE FROM subscribers"):
        execute(f"{drop} WHERE city = %s AND resident = %s", (city, resident))


def read_wishes(connection: Connection, city: str, resident: str) -> Wishes:
    """`since` None: this resident has never chosen."""

    def theirs(table: Table, *columns: str) -> list[Any]:
        found = select(*(table.c[name] for name in columns))
        here = found.where(table.c.city == city, table.c.resident == resident)
        return list(connection.execute(here.order_by(*(table.c[name] for name in columns))).all())

    about = theirs(subscribers, "language", "area", "quiet_from", "quiet_to", "paused", "since")
    if not about:
        return Wishes()
    row = about[0]
    return Wishes(
        topics=tuple(topic for (topic,) in theirs(subscriptions, "topic")),
        area=row.area,
        facts=tuple((name, value) for name, value in theirs(subscriber_facts, "name", "value")),
        language=row.language,
        quiet_from=row.quiet_from,
        quiet_to=row.quiet_to,
        paused=bool(row.paused),
        since=from_ms(row.since),
    )
