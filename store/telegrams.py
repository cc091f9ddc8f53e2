"""The 気象庁's feeds: each telegram kept once, read by whichever worker holds it, the newest about each thing kept.

A worker killed between issuing a notice and marking the telegram leaves it open; it is read again when the lease ends,
and its notices are known by their `source_key`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, delete, func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from store.acts import Acts
from store.errors import LeaseLost
from store.records_feeds import (
    ClaimedTelegram,
    FeedView,
    FoundTelegram,
    KeptTelegram,
    TelegramCounts,
    ToldDanger,
)
from store.rows import clean, from_ms, to_ms
from store.tables import DEAD, DONE, OPEN
from store.tables_feeds import feeds, telegram_state, telegrams, told_dangers

EVERY_CITY = ""


class Telegrams(Acts):
    """The part of the `Store` about the feeds. What is in force is the same for every city."""

    def feeds(self) -> dict[str, FeedView]:
        """Every feed that was ever asked for, by its name."""
        return self._read(lambda connection: {row.name: _feed(row) for row in connection.execute(select(feeds))})

    def feed_answered(self, name: str, etag: str, modified: str, found: Sequence[FoundTelegram]) -> int:
        """The feed could be read (or has not changed). Keeps the telegrams that are new; how many these are."""
        now = self._now()
        values = {"etag": clean(etag), "modified": clean(modified), "answered_at": now, "silent_since": None}

        def act(connection: Connection) -> int:
            _put(connection, feeds, {"city": EVERY_CITY, "name": name, "reason": "", **values})
            return sum(_keep(connection, telegram, now) for telegram in found)

        return self._act(act)

    def keep_telegrams(self, found: Sequence[FoundTelegram]) -> int:
        """Keeps those that are new, of a feed that could be read in part only; how many these are."""
        now = self._now()
        return self._act(lambda connection: sum(_keep(connection, telegram, now) for telegram in found))

    def feed_failed(self, name: str, reason: str) -> None:
        """It could not be read; silent since the first such time. `reason` is a fixed phrase."""
        now = self._now()

        def act(connection: Connection) -> None:
            key = {"city": EVERY_CITY, "name": name}
            _insert_new(connection, feeds, {**key, "silent_since": now})
            since = func.coalesce(feeds.c.silent_since, now)
            this = and_(feeds.c.city == EVERY_CITY, feeds.c.name == name)
            connection.execute(update(feeds).where(this).values(silent_since=since, reason=clean(reason)))

        self._act(act)

    def feed_told(self, name: str, at: datetime | None) -> bool:
        """Staff were told of its silence at `at`, or (None) that it is back. False: somebody else has noted it."""
        this = and_(feeds.c.city == EVERY_CITY, feeds.c.name == name)
        was = feeds.c.told_at.is_(None) if at is not None else feeds.c.told_at.is_not(None)
        told = update(feeds).where(this, was).values(told_at=None if at is None else to_ms(at))
        return self._act(lambda connection: bool(connection.execute(told).rowcount))

    def claim_telegram(self, worker: str, lease_seconds: float) -> ClaimedTelegram | None:
        """The newest telegram that waits; older ones about the same thing then change nothing.

        None also while another worker holds one: they are read one after the other.
        """
        now = self._now()
        waiting = and_(telegrams.c.state == OPEN, telegrams.c.city == EVERY_CITY)
        due = and_(waiting, telegrams.c.due_at <= now)
        if not self._read(lambda connection: connection.execute(select(telegrams.c.id).where(due).limit(1)).all()):
            return None

        def act(connection: Connection) -> ClaimedTelegram | None:
            held = select(telegrams.c.id).where(waiting, telegrams.c.worker.not_in(("", worker)))
            if connection.execute(held.where(telegrams.c.due_at > now).limit(1)).first():
                return None
            newest = select(telegrams).where(due).order_by(telegrams.c.updated_at.desc(), telegrams.c.id.desc())
            row = connection.execute(newest.limit(1).with_for_update(skip_locked=True)).one_or_none()
            if row is None:
                return None
            held_until = now + round(lease_seconds * 1000)
            taken = {"worker": worker, "due_at": held_until, "attempts": row.attempts + 1}
            connection.execute(update(telegrams).where(_one(row.id)).values(**taken))
            return ClaimedTelegram(row.id, row.url, row.data_type, row.attempts + 1, worker)

        return self._act(act)

    def telegram_read(
        self, telegram: ClaimedTelegram, kept: Sequence[KeptTelegram], told: Sequence[ToldDanger]
    ) -> None:
        """Marks it as read, with what it changed. Raises LeaseLost when somebody else has changed the same by now."""
        now = self._now()

        def act(connection: Connection) -> None:
            _mark(connection, telegram, {"state": DONE, "reason": "", "finished_at": now})
            for one in kept:
                _keep_state(connection, one)
            for danger in told:
                _put(connection, told_dangers, _told_row(danger))

        self._act(act)

    def telegram_later(self, telegram: ClaimedTelegram, delay_seconds: float, reason: str) -> None:
        """Try again in `delay_seconds`. `reason` is a fixed phrase, or our own about the XML."""
        due = self._now() + round(delay_seconds * 1000)
        self._act(lambda connection: _mark(connection, telegram, {"due_at": due, "reason": clean(reason)}))

    def telegram_dead(self, telegram: ClaimedTelegram, reason: str) -> None:
        """Give it up; the row stays for the operator."""
        over = {"state": DEAD, "reason": clean(reason), "finished_at": self._now()}
        self._act(lambda connection: _mark(connection, telegram, over))

    def kept_telegrams(self, series: str) -> list[KeptTelegram]:
        """The newest telegram about each thing that this series speaks of."""
        wanted = select(telegram_state).where(telegram_state.c.city == EVERY_CITY, telegram_state.c.series == series)
        return self._read(lambda connection: [_kept(row) for row in connection.execute(wanted)])

    def told_dangers(self, city: str) -> list[ToldDanger]:
        """What this city's residents were last told."""
        wanted = select(told_dangers).where(told_dangers.c.city == city)
        return self._read(lambda connection: [_told(row) for row in connection.execute(wanted)])

    def telegram_counts(self) -> TelegramCounts:
        wanted = select(telegrams.c.state, func.count()).group_by(telegrams.c.state)
        counted = self._read(lambda connection: {row[0]: int(row[1]) for row in connection.execute(wanted)})
        return TelegramCounts(counted.get(OPEN, 0), counted.get(DONE, 0), counted.get(DEAD, 0))

    def forget_telegrams(self, before: datetime) -> int:
        """Removes what was found before then and is over, and events of that age. Weather and volcanoes stay."""
        old = to_ms(before)
        read = and_(telegrams.c.state != OPEN, telegrams.c.found_at < old)
        events = and_(telegram_state.c.speaks_by == "event", telegram_state.c.report_at < old)
        over = or_(and_(told_dangers.c.event != "", told_dangers.c.what != "噴火"), told_dangers.c.grade == "")
        told = and_(told_dangers.c.report_at < old, over)
        steps = (delete(telegrams).where(read), delete(telegram_state).where(events), delete(told_dangers).where(told))
        return self._act(lambda connection: sum(connection.execute(step).rowcount for step in steps))


def _one(identifier: str) -> Any:
    return and_(telegrams.c.city == EVERY_CITY, telegrams.c.id == identifier)


def _mark(connection: Connection, telegram: ClaimedTelegram, values: dict[str, Any]) -> None:
    held = and_(
        telegrams.c.worker == telegram.worker,
        telegrams.c.attempts == telegram.attempts,
        telegrams.c.state == OPEN,
    )
    done = connection.execute(update(telegrams).where(_one(telegram.id), held).values(worker="", **values))
    if not done.rowcount:
        raise LeaseLost


def _keep(connection: Connection, telegram: FoundTelegram, now: int) -> int:
    row = {
        "city": EVERY_CITY,
        "id": clean(telegram.id),
        "url": clean(telegram.url),
        "data_type": telegram.data_type,
        "updated_at": to_ms(telegram.updated_at),
        "due_at": now,
        "found_at": now,
    }
    return _insert_new(connection, telegrams, row)


def _keep_state(connection: Connection, one: KeptTelegram) -> None:
    key = {"city": EVERY_CITY, "series": one.series, "speaks_by": one.speaks_by, "name": clean(one.name)}
    values = {"telegram": clean(one.telegram), "report_at": to_ms(one.report_at), "version": one.version + 1}
    if one.version == 0:
        if not _insert_new(connection, telegram_state, {**key, **values}):
            raise LeaseLost("another telegram was kept first")
        return
    this = and_(*(telegram_state.c[name] == value for name, value in key.items()))
    held = telegram_state.c.version == one.version
    if not connection.execute(update(telegram_state).where(this, held).values(**values)).rowcount:
        raise LeaseLost("another telegram was kept first")


def _insertion(connection: Connection, table: Any) -> Any:
    return (postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert)(table)


def _insert_new(connection: Connection, table: Any, row: dict[str, Any]) -> int:
    """1 when the row is new, 0 when its key was there."""
    adding = _insertion(connection, table).values(row).on_conflict_do_nothing().returning(table.c.city)
    return len(connection.execute(adding).all())


def _put(connection: Connection, table: Any, row: dict[str, Any]) -> None:
    """The row as it is now, whether its key was there or not."""
    key = [column.name for column in table.primary_key.columns]
    rest = {name: value for name, value in row.items() if name not in key}
    connection.execute(_insertion(connection, table).values(row).on_conflict_do_update(index_elements=key, set_=rest))


def _moment(value: int | None) -> datetime | None:
    return None if value is None else from_ms(value)


def _feed(row: Any) -> FeedView:
    return FeedView(
        name=row.name,
        etag=row.etag,
        modified=row.modified,
        answered_at=_moment(row.answered_at),
        silent_since=_moment(row.silent_since),
        told_at=_moment(row.told_at),
        reason=row.reason,
    )


def _kept(row: Any) -> KeptTelegram:
    report_at = from_ms(row.report_at)
    return KeptTelegram(row.series, row.speaks_by, row.name, row.telegram, report_at, row.version)


def _told_row(danger: ToldDanger) -> dict[str, Any]:
    return {
        "city": danger.city,
        "what": danger.what,
        "event": clean(danger.event),
        "area": clean(danger.area),
        "grade": danger.grade,
        "notice": danger.notice,
        "report_at": to_ms(danger.report_at),
    }


def _told(row: Any) -> ToldDanger:
    return ToldDanger(row.city, row.what, row.event, row.area, row.grade, row.notice, from_ms(row.report_at))
