"""Notices to staff: planned once for a case and a receiver, claimed with a lease, sent, marked.

A worker killed between sending and marking leaves an open row; it is sent again when the lease ends, under the same
name (`Message-ID`, `Idempotency-Key`), and there is never a second row for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, exists, func, not_, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from store.core import Core
from store.errors import LeaseLost
from store.records_messengers import ClaimedNotice, NoticeKey, NoticeState, PlannedNotice, UntakenCase
from store.rows import clean, from_ms, to_ms
from store.tables import DEAD, OPEN, SENT, cases
from store.tables_cases import case_log, case_marks
from store.tables_messengers import staff_notices as notices
from store.writer import Kind, one_by_one

MOOT = "moot"
ABOUT_CASES = ("waiting", "escalated")
"""The kinds that are over when somebody takes the case; the others are alarms, whose `case_id` numbers an occasion."""

_KEY = tuple(notices.primary_key.columns)
# The partial index `cases_open` knows the first condition only.
_WAITS = and_(cases.c.status.in_(("waiting", "staff")), cases.c.status == "waiting")
_OF_CASE = and_(cases.c.city == notices.c.city, cases.c.id == notices.c.case_id)


@dataclass(frozen=True, slots=True)
class _Claim:
    way: str
    worker: str
    limit: int
    now: int
    lease_until: int


class StaffNotices(Core):
    """The part of the `Store` about telling staff."""

    def cases_mark(self) -> int:
        """Grows with every change of any city's cases. Cheap."""
        total = select(func.coalesce(func.sum(case_marks.c.mark), 0))
        return self._read(lambda connection: int(connection.execute(total).scalar_one()))

    def untaken_cases(self) -> tuple[list[UntakenCase], set[NoticeKey]]:
        """Every case of every city that nobody has taken, and the notices that were ever planned for these."""
        return self._read(lambda connection: (_untaken(connection), _planned(connection)))

    def plan_notices(self, planned: Sequence[PlannedNotice]) -> int:
        """Keep these notices, to be sent at once; those known already change nothing. How many are new."""
        if not planned:
            return 0
        now = self._now()
        rows = [_row(notice, now) for notice in sorted(planned, key=lambda notice: notice.key)]
        return self._write(Kind("plan_notices", 6, one_by_one(_plan)), rows)

    def claim_notices(self, way: str, worker: str, limit: int, lease_seconds: float) -> list[ClaimedNotice]:
        """Due notices of this way ("mail", "webhook"), oldest due first. Those of cases taken meanwhile are dropped."""
        now = self._now()
        # Mostly there is nothing, and looking holds nobody up.
        if not self._read(lambda connection: connection.execute(select(exists().where(_is_due(way, now)))).scalar()):
            return []
        claim = _Claim(way, worker, limit, now, now + round(lease_seconds * 1000))
        return self._write(Kind("claim_notices", 6, one_by_one(_claim)), claim)

    def notice_sent(self, notice: ClaimedNotice) -> None:
        """The receiver's server has it. Raises LeaseLost when another worker has taken the notice over."""
        self._mark_notice(notice, {"state": SENT, "reason": "", "finished_at": self._now()})

    def notice_later(self, notice: ClaimedNotice, delay_seconds: float, reason: str) -> None:
        """Try again in `delay_seconds`. `reason` is a fixed word."""
        self._mark_notice(notice, {"due_at": self._now() + round(delay_seconds * 1000), "reason": reason})

    def notice_dead(self, notice: ClaimedNotice, reason: str) -> None:
        """Give it up; the row stays for the operator."""
        self._mark_notice(notice, {"state": DEAD, "reason": reason, "finished_at": self._now()})

    def notice_state(self) -> NoticeState:
        """How many wait to be sent, for how long, and how many were given up."""
        return self._read(lambda connection: _state(connection, self._now()))

    def _mark_notice(self, notice: ClaimedNotice, values: dict[str, Any]) -> None:
        def run(connection: Connection, key: NoticeKey) -> LeaseLost | None:
            held = (notices.c.worker == notice.worker, notices.c.attempts == notice.attempts, notices.c.state == OPEN)
            this = and_(*(column == value for column, value in zip(_KEY, key, strict=True)), *held)
            done = connection.execute(update(notices).where(this).values(worker="", **values))
            return None if done.rowcount else LeaseLost()

        self._write(Kind(f"mark_notice {notice.key}", 6, one_by_one(run)), notice.key)


def _untaken(connection: Connection) -> list[UntakenCase]:
    came = or_(case_log.c.before != "waiting", case_log.c.event == "transfers")
    steps = and_(case_log.c.city == cases.c.city, case_log.c.case_id == cases.c.id, case_log.c.after == "waiting", came)
    since = func.coalesce(select(func.max(case_log.c.at)).where(steps).scalar_subquery(), cases.c.opened_at)
    found = select(cases.c.city, cases.c.id, cases.c.department, since.label("since")).where(_WAITS)
    return [UntakenCase(row.city, row.id, row.department, from_ms(row.since)) for row in connection.execute(found)]


def _planned(connection: Connection) -> set[NoticeKey]:
    found = select(*_KEY).join(cases, _OF_CASE).where(_WAITS)
    return {(row.city, row.case_id, row.kind, row.way, row.target) for row in connection.execute(found)}


def _row(notice: PlannedNotice, now: int) -> dict[str, Any]:
    return {
        "city": notice.city,
        "case_id": notice.case_id,
        "kind": notice.kind,
        "way": notice.way,
        "target": clean(notice.target),
        "department": clean(notice.department),
        "since": to_ms(notice.since),
        "due_at": now,
        "planned_at": now,
    }


def _plan(connection: Connection, rows: list[dict[str, Any]]) -> int:
    insertion = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    new = 0
    for row in rows:
        adding = insertion(notices).values(row).on_conflict_do_nothing().returning(notices.c.case_id)
        new += len(connection.execute(adding).all())
    return new


def _is_due(way: str, now: int) -> ColumnElement[bool]:
    return and_(notices.c.state == OPEN, notices.c.way == way, notices.c.due_at <= now)


def _claim(connection: Connection, claim: _Claim) -> list[ClaimedNotice]:
    due = _is_due(claim.way, claim.now)
    waits_here = select(cases.c.id).where(_OF_CASE, _WAITS, cases.c.department == notices.c.department).exists()
    about_case = notices.c.kind.in_(ABOUT_CASES)
    over = {"state": MOOT, "worker": "", "finished_at": claim.now}
    connection.execute(update(notices).where(due, about_case, not_(waits_here)).values(**over))
    chosen = select(notices).where(due).order_by(notices.c.due_at).limit(claim.limit).with_for_update(skip_locked=True)
    taken = []
    for row in connection.execute(chosen).all():
        this = and_(*(column == row._mapping[column.name] for column in _KEY))
        held = {"worker": claim.worker, "due_at": claim.lease_until, "attempts": row.attempts + 1}
        connection.execute(update(notices).where(this).values(**held))
        taken.append(_claimed(row, claim.worker))
    return taken


def _claimed(row: Any, worker: str) -> ClaimedNotice:
    return ClaimedNotice(
        city=row.city,
        case_id=row.case_id,
        kind=row.kind,
        way=row.way,
        target=row.target,
        department=row.department,
        since=from_ms(row.since),
        attempts=row.attempts + 1,
        planned_at=from_ms(row.planned_at),
        worker=worker,
    )


def _state(connection: Connection, now: int) -> NoticeState:
    waiting = select(func.count(), func.min(notices.c.planned_at)).where(notices.c.state == OPEN)
    count, oldest = connection.execute(waiting).one()
    dead = select(func.count()).where(notices.c.state == DEAD)
    age = 0.0 if oldest is None else max(now - oldest, 0) / 1000
    return NoticeState(count, age, connection.execute(dead).scalar_one())
