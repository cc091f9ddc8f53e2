"""The calls of a notice: taken with a lease, marked when LINE has answered.

A sender that is killed leaves calls whose lease ends; whoever takes them up makes the same call with the same key, of
which LINE accepts one. Calls of a notice that is paused or stopped are not taken.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import orjson
from sqlalchemy import (
    ColumnElement,
    Connection,
    and_,
    bindparam,
    delete,
    func,
    literal_column,
    select,
    true,
    tuple_,
    update,
)

from store.errors import LeaseLost
from store.notice_again import may_go_again
from store.notice_people import people as people_of
from store.notice_plan import NoticePlan
from store.notice_steps import anything_left, locked_notice, take_step, this_notice
from store.rates import Grant, Wish, give_back, take
from store.records_notices import ClaimedChunk, NoticeChannel
from store.rows import clean, from_ms, to_ms
from store.tables_notices import notice_chunks as chunks
from store.tables_notices import notice_recipients as people
from store.tables_notices import notices
from store.writer import Kind, one_by_one

# Written out, or SQLite does not see that the partial index serves.
_OPEN = chunks.c.state == literal_column("'open'")
_LINE = chunks.c.channel == literal_column("'line'")
_ITS_NOTICE = and_(notices.c.city == chunks.c.city, notices.c.id == chunks.c.notice_id)
_KEY = ("city", "notice_id", "part")
_HOLD = (
    update(chunks)
    .where(
        chunks.c.city == bindparam("of_city"),
        chunks.c.notice_id == bindparam("of_notice"),
        chunks.c.part == bindparam("of_part"),
    )
    .values({name: bindparam(name) for name in ("worker", "due_at", "attempts", "fate_unknown", "first_at")})
)
_ORDER = (chunks.c.priority, chunks.c.due_at, chunks.c.city, chunks.c.notice_id, chunks.c.part)


@dataclass(frozen=True, slots=True)
class Due:
    """What waits in a channel now: the priority of the most urgent call."""

    city: str
    priority: int


@dataclass(frozen=True, slots=True)
class _Claim:
    worker: str
    limit: int
    now: int
    lease_until: int
    city: str
    most: int
    channel: NoticeChannel = "line"


@dataclass(frozen=True, slots=True)
class _Mark:
    chunk: ClaimedChunk
    now: int
    values: dict[str, Any]

    @property
    def over(self) -> bool:
        return "state" in self.values


class NoticeChunks(NoticePlan):
    """The part of the `Store` that hands calls to whoever makes them."""

    def due_channels(self) -> list[Due]:
        """The cities whose channel has something to send now. Cheap: looks at what is open only."""
        now = self._now()
        found = select(chunks.c.city, func.min(chunks.c.priority)).join(notices, _ITS_NOTICE)
        asked = found.where(_OPEN, chunks.c.due_at <= now, _LINE, notices.c.status == "sending").group_by(chunks.c.city)
        return [Due(city, priority) for city, priority in self._read(lambda one: one.execute(asked).all())]

    def claim_chunks(
        self, worker: str, limit: int, lease_seconds: float, city: str = "", channel: NoticeChannel = "line"
    ) -> list[ClaimedChunk]:
        """Up to `limit` calls that are due, the most urgent first: of one city, or of all.

        A call that somebody held and did not mark may have been made: `fate_unknown`.
        """
        now = self._now()
        claim = _Claim(worker, limit, now, now + round(lease_seconds * 1000), city, 1_000, channel)
        # Mostly there is nothing, and looking holds nobody up.
        if not self._read(
            lambda connection: connection.execute(select(chunks.c.part).where(_due(claim)).limit(1)).first()
        ):
            return []
        return self._write(Kind("claim_chunks", 6, one_by_one(_claim)), claim)

    def claim_at_rate(
        self, worker: str, lease_seconds: float, rate: Wish, most: int = 1_000
    ) -> tuple[list[ClaimedChunk], Grant]:
        """`claim_chunks` of `rate.city`, as many as the rate allows; what it allows and is not claimed, stays in it.

        (the calls, how many it allows and when each): when these are more than the calls, nothing else is due.
        """
        now = rate.now()
        claim = _Claim(worker, rate.want, now, now + round(lease_seconds * 1000), rate.city, most)
        return self._write(Kind("claim_at_rate", 6, one_by_one(_claim_at_rate)), (claim, rate))

    def still_wanted(self, chunk: ClaimedChunk) -> ClaimedChunk:
        """A call that nobody has accepted, without those who have changed their wishes since it was planned.

        Who blocked the account, stopped, or left the topic meanwhile is taken off its list. Raises LeaseLost.
        """
        notice = self.notice(chunk.city, chunk.notice_id)
        if notice is None:
            return chunk
        found, who = people_of(chunk.city, notice.audience, from_ms(self._now()))
        asked = found.where(who.in_(chunk.recipients))
        willing = {row[0] for row in self._read(lambda connection: connection.execute(asked).all())}
        left = replace(chunk, recipients=tuple(one for one in chunk.recipients if one in willing))
        if len(left.recipients) < len(chunk.recipients):
            self._act(lambda connection: _shorten(connection, left, len(chunk.recipients)))
        return left

    def chunk_sent(self, chunk: ClaimedChunk, request_id: str, reason: str = "") -> None:
        """LINE has accepted it. With the last one its notice is done. Raises LeaseLost when another holds it now."""
        self._mark_chunk(chunk, {"state": "sent", "request_id": clean(request_id), "reason": reason})

    def chunk_later(self, chunk: ClaimedChunk, delay_seconds: float, reason: str, fate_unknown: bool) -> None:
        """Make the same call again in `delay_seconds`. `reason` is a fixed word."""
        due = self._now() + round(delay_seconds * 1000)
        self._mark_chunk(chunk, {"due_at": due, "reason": reason, "fate_unknown": fate_unknown})

    def chunk_dead(self, chunk: ClaimedChunk, reason: str) -> None:
        """It will not be made; staff see how many it would have reached, and why not."""
        self._mark_chunk(chunk, {"state": "dead", "reason": reason})

    def sweep_chunks(self) -> int:
        """Close what stayed open of notices that were stopped while somebody held it: nobody makes that call again."""
        now = self._now()

        def act(connection: Connection) -> int:
            stopped = select(notices.c.id).where(_ITS_NOTICE, notices.c.status == "stopped").exists()
            gone = {"state": "stopped", "worker": "", "finished_at": now}
            these = and_(_OPEN, chunks.c.due_at <= now, stopped)
            return int(connection.execute(update(chunks).where(these).values(**gone)).rowcount)

        return self._act(act)

    def forget_recipients(self, limit: int = 50) -> int:
        """Whom a call reached is not kept when its notice is over. How many calls were emptied: a few at a time.

        What was given up and may be made again keeps its list for a few days (`store.notice_again`).
        """
        now = self._now()
        return self._act(lambda connection: _forget(connection, limit, now))

    def _mark_chunk(self, chunk: ClaimedChunk, values: dict[str, Any]) -> None:
        self._write(Kind("mark_chunks", 6, _mark_all), _Mark(chunk, self._now(), values))


def _claim_at_rate(connection: Connection, both: tuple[_Claim, Wish]) -> tuple[list[ClaimedChunk], Grant]:
    claim, rate = both
    granted = take(connection, rate)
    taken = _claim(connection, replace(claim, limit=granted.count)) if granted.count else []
    give_back(connection, rate, granted.count - len(taken))
    return taken, granted


def _claim(connection: Connection, claim: _Claim) -> list[ClaimedChunk]:
    whom = and_(*(people.c[name] == chunks.c[name] for name in _KEY))
    chosen = (
        select(chunks, people.c.recipients).join(people, whom).where(_due(claim)).order_by(*_ORDER).limit(claim.limit)
    )
    taken = [_claimed(row, claim) for row in connection.execute(chosen.with_for_update(of=chunks, skip_locked=True))]
    if taken:
        connection.execute(_HOLD, [_hold(chunk, claim) for chunk in taken])
    return taken


def _due(claim: _Claim) -> ColumnElement[bool]:
    here: ColumnElement[bool] = chunks.c.city == claim.city if claim.city else true()
    sending = select(notices.c.id).where(_ITS_NOTICE, notices.c.status == "sending").exists()
    urgent, channel = chunks.c.priority <= claim.most, chunks.c.channel == claim.channel
    return and_(_OPEN, chunks.c.due_at <= claim.now, urgent, channel, here, sending)


def _hold(chunk: ClaimedChunk, claim: _Claim) -> dict[str, Any]:
    return {
        "of_city": chunk.city,
        "of_notice": chunk.notice_id,
        "of_part": chunk.part,
        "worker": claim.worker,
        "due_at": claim.lease_until,
        "attempts": chunk.attempts,
        "fate_unknown": chunk.fate_unknown,
        "first_at": to_ms(chunk.first_at),
    }


def _claimed(row: Any, claim: _Claim) -> ClaimedChunk:
    return ClaimedChunk(
        city=row.city,
        notice_id=row.notice_id,
        part=row.part,
        channel=row.channel,
        language=row.language,
        recipients=tuple(orjson.loads(row.recipients)),
        retry_key=row.retry_key,
        quiet=(row.quiet_from, row.quiet_to),
        priority=row.priority,
        attempts=row.attempts + 1,
        fate_unknown=bool(row.fate_unknown or row.worker),
        first_at=from_ms(row.first_at or claim.now),
        worker=claim.worker,
        splits=row.splits,
    )


def _this(city: str, notice_id: int, part: int) -> ColumnElement[bool]:
    return and_(chunks.c.city == city, chunks.c.notice_id == notice_id, chunks.c.part == part)


def _forget(connection: Connection, limit: int, now: int) -> int:
    of_it = and_(notices.c.city == people.c.city, notices.c.id == people.c.notice_id)
    again = and_(notices.c.status == "done", _its_call(may_go_again(now)))
    over = and_(notices.c.status.in_(("done", "stopped")), ~_its_call(_OPEN), ~again)
    key = list(people.primary_key.columns)
    gone = connection.execute(select(*key).join(notices, of_it).where(over).limit(limit)).all()
    if gone:
        connection.execute(delete(people).where(tuple_(*key).in_([tuple(row) for row in gone])))
    return len(gone)


def _shorten(connection: Connection, left: ClaimedChunk, before: int) -> None:
    this, count = _this(left.city, left.notice_id, left.part), len(left.recipients)
    held = and_(this, chunks.c.worker == left.worker, chunks.c.attempts == left.attempts, _OPEN)
    if not connection.execute(update(chunks).where(held).values(count=count)).rowcount:
        raise LeaseLost
    its_list = and_(people.c.city == left.city, people.c.notice_id == left.notice_id, people.c.part == left.part)
    connection.execute(update(people).where(its_list).values(recipients=orjson.dumps(left.recipients).decode()))
    fewer = {"recipients": notices.c.recipients - (before - count)}
    connection.execute(update(notices).where(this_notice(left.city, left.notice_id)).values(fewer))


def _its_call(how: ColumnElement[bool]) -> ColumnElement[bool]:
    same = and_(
        chunks.c.city == people.c.city, chunks.c.notice_id == people.c.notice_id, chunks.c.part == people.c.part
    )
    return select(chunks.c.part).where(same, how).exists()


def _mark_all(connection: Connection, marks: Sequence[_Mark]) -> list[LeaseLost | None]:
    """All marks, then each notice of which a call is over: is it done?"""
    results: list[LeaseLost | None] = [None if _mark_one(connection, mark) else LeaseLost() for mark in marks]
    over = {(mark.chunk.city, mark.chunk.notice_id) for mark in marks if mark.over}
    for city, notice_id in sorted(over):
        if not anything_left(connection, city, notice_id):
            _finish(connection, city, notice_id, max(mark.now for mark in marks))
    return results


def _mark_one(connection: Connection, mark: _Mark) -> bool:
    chunk, values = mark.chunk, {"worker": "", **mark.values}
    if mark.over:
        values["finished_at"] = mark.now
    held = and_(chunks.c.worker == chunk.worker, chunks.c.attempts == chunk.attempts, _OPEN)
    this = and_(_this(chunk.city, chunk.notice_id, chunk.part), held)
    return bool(connection.execute(update(chunks).where(this).values(**values)).rowcount)


def _finish(connection: Connection, city: str, notice_id: int, now: int) -> None:
    row = locked_notice(connection, city, notice_id)
    if row.status == "sending":
        take_step(connection, row, "finishes", 0, now, {"finished_at": now})
