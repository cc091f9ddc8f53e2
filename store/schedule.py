"""Planned runs of jobs: a slot is (job, due time), claimed by one worker at a time until it is finished.

At least once: a slot whose worker died is found again by `unfinished`, so what a job does must bear repeating.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, func, select

from store import statements
from store.core import Core
from store.engine import Mark
from store.errors import LeaseLost
from store.records import Slot
from store.rows import from_ms, to_ms
from store.tables import slots
from store.writer import Kind

SLOT_LEASE_SECONDS = 60.0


class Schedule(Core):
    """The part of the `Store` that planned jobs need. `city` "" means a job of the whole installation."""

    def claim_slot(
        self, job: str, due_at: datetime, worker: str, lease_seconds: float = SLOT_LEASE_SECONDS, *, city: str = ""
    ) -> bool:
        """Whether this worker may run the job for this due time: nobody has finished it, and nobody holds it."""
        now = self._now()
        values = (city, job, to_ms(due_at), worker, now + round(lease_seconds * 1000), now)
        try:
            self._write(Kind("claim_slot", 6, self._hot.mark), Mark(statements.CLAIM_SLOT, values))
        except LeaseLost:
            return False
        return True

    def finish_slot(self, job: str, due_at: datetime, worker: str, *, city: str = "") -> None:
        """The job has run. Raises LeaseLost when another worker has taken the slot over."""
        values = (self._now(), city, job, to_ms(due_at), worker)
        self._write(Kind("finish_slot", 6, self._hot.mark), Mark(statements.FINISH_SLOT, values))

    def unfinished_slots(self) -> list[Slot]:
        """Slots that were begun, never finished, and are free to be claimed again; oldest first."""
        return self._read(lambda connection: _unfinished(connection, self._now()))

    def last_slot(self, job: str, *, city: str = "") -> datetime | None:
        """The newest due time of this job that anybody has claimed; later ones were missed. None: it never ran."""
        newest = self._read(lambda connection: _last_due(connection, city, job))
        return None if newest is None else from_ms(newest)


def _unfinished(connection: Connection, now: int) -> list[Slot]:
    found = (
        select(slots.c.city, slots.c.job, slots.c.due_at)
        .where(slots.c.finished_at.is_(None), slots.c.lease_until <= now)
        .order_by(slots.c.due_at)
    )
    return [Slot(row.city, row.job, from_ms(row.due_at)) for row in connection.execute(found)]


def _last_due(connection: Connection, city: str, job: str) -> int | None:
    found = select(func.max(slots.c.due_at)).where(slots.c.city == city, slots.c.job == job)
    newest: int | None = connection.execute(found).scalar()
    return newest
