"""How a notice was taken: residents who stopped notices within a day of it, blocked the account within a week, and
complaints. Tallies, nobody's name.

Whom a notice reached is not kept when it is over. So it is worked out at the moment itself whether this resident was
among them, out of what they wished for until now; what is kept is a stroke on a list, without who and when.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final, Literal

from bot.wishes import Wishes
from store.notice_people import hears
from store.notice_rows import audience_from
from store.records_notices import Audience
from store.rows import from_ms

HOURS: Final = 24
"""So long after a notice was sent, what residents say and choose is put down to it."""

BLOCK_HOURS: Final = 7 * 24
"""And so long, that they block the account: many do so only when the next one comes."""

Complaint = Literal["left_all", "left_topic", "said", "blocked"]

_HOUR_MS = 3_600_000
_RECENT = (
    "SELECT id, audience, channels, issued_at FROM notices WHERE city = %s AND issued_at > %s AND issued_at <= %s "
    "AND status IN ('sending', 'paused', 'done', 'stopped') AND recipients > 0 "
    "AND (finished_at IS NULL OR finished_at > %s) ORDER BY id"
)
"""Issued in the last week at most: one that stands paused for long is nobody's reason."""

_SUBSCRIBER = "SELECT language, area, paused FROM subscribers WHERE city = %s AND resident = %s"
_TOPICS = "SELECT topic FROM subscriptions WHERE city = %s AND resident = %s"
_FACTS = "SELECT name, value FROM subscriber_facts WHERE city = %s AND resident = %s"
_FRIEND = "SELECT status FROM friends WHERE city = %s AND resident = %s"
_ADD = "INSERT INTO notice_complaints (city, notice_id, what, stroke) VALUES (%s, %s, %s, %s)"

Execute = Callable[[str, Sequence[Any]], Any]


def tally_complaints(
    execute: Execute, city: str, resident: str, now: int, after: Wishes | None, complains: bool
) -> None:
    """Inside the transaction of the turn, before the new wishes are written. `after`: the new ones, if there are."""
    for number, audience, before in _heard(execute, city, resident, now, HOURS):
        for what in _complaints(audience, before, after, complains):
            _count(execute, city, number, what)


def tally_block(execute: Execute, city: str, resident: str, now: int) -> None:
    """The same for who blocks the account, before that is written: who is no friend hears nothing."""
    for number, _audience, _before in _heard(execute, city, resident, now, BLOCK_HOURS):
        _count(execute, city, number, "blocked")


def _heard(execute: Execute, city: str, resident: str, now: int, hours: int) -> Iterator[tuple[int, Audience, Wishes]]:
    """The notices that reached this resident on LINE and were over at most so long ago; and what they wished for."""
    recent = execute(_RECENT, (city, now - 7 * 24 * _HOUR_MS, now, now - hours * _HOUR_MS)).fetchall()
    recent = [row for row in recent if "line" in json.loads(row[2])]
    if not recent:
        return
    friend = execute(_FRIEND, (city, resident)).fetchone()
    before = _before(execute, city, resident)
    for number, told, _channels, issued_at in recent:
        audience = audience_from(json.loads(told))
        if hears(audience, before, friend[0] if friend else "", from_ms(issued_at)):
            yield number, audience, before


def _count(execute: Execute, city: str, number: int, what: Complaint) -> None:
    """A row of its own: two that count at a time never wait for one another."""
    execute(_ADD, (city, number, what, secrets.token_hex(8)))


def _complaints(audience: Audience, before: Wishes, after: Wishes | None, complains: bool) -> list[Complaint]:
    found: list[Complaint] = ["said"] if complains else []
    if after is None:
        return found
    if after.paused:
        return found if before.paused else [*found, "left_all"]
    topics = set(audience.topics)
    return [*found, "left_topic"] if topics & set(before.topics) and not topics & set(after.topics) else found


def _before(execute: Execute, city: str, resident: str) -> Wishes:
    """What counts for whether they were told; `since` says only whether they have chosen."""
    whose = (city, resident)
    row = execute(_SUBSCRIBER, whose).fetchone()
    if row is None:
        return Wishes()
    return Wishes(
        topics=tuple(topic for (topic,) in execute(_TOPICS, whose).fetchall()),
        area=row[1],
        facts=tuple((name, value) for name, value in execute(_FACTS, whose).fetchall()),
        language=row[0],
        paused=bool(row[2]),
        since=from_ms(0),
    )
