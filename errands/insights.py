"""Once a day, LINE is asked what became of the notices of the last two weeks: how many saw them, opened their links.

Any number of processes may run this: a city's day is one process's (a slot of the store). Whoever is killed at it is
followed when its lease ends; what was asked already is not asked again.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Final, Protocol

from clients.errors import ClientError
from clients.line.insights import UnitCounts
from notify.notice_life import JAPAN
from store import Store
from store.records_notices import NoticeInsight, NoticeView

log = logging.getLogger(__name__)

JOB: Final = "notice-insights"
AT: Final = (10, 30)
"""In Japan, when LINE has counted the day before."""

AT_ONCE: Final = 50
"""LINE allows 60 such calls an hour."""

LEASE_SECONDS: Final = 900.0
LONGEST: Final = timedelta(days=29)


class Line(Protocol):
    def of_unit(self, unit: str, since: date, until: date) -> UnitCounts: ...


class Insights:
    """The errand of asking. `lines`: the clients by city."""

    def __init__(
        self, store: Store, lines: Mapping[str, Line], worker: str, clock: Callable[[], float] = time.time
    ) -> None:
        self._store = store
        self._lines = lines
        self._worker = worker
        self._clock = clock
        self._looks_at: dict[str, float] = {}

    def ask_once(self) -> int:
        """Asks for the cities whose turn it is; how many answers there were."""
        return sum(self._ask_for(city) for city in self._lines if self._clock() >= self._looks_at.get(city, 0.0))

    def _ask_for(self, city: str) -> int:
        now = datetime.fromtimestamp(self._clock(), UTC)
        due = _due(now)
        # Another's turn is looked at again when it may have died at it.
        self._looks_at[city] = self._clock() + LEASE_SECONDS
        if not self._store.claim_slot(JOB, due, self._worker, LEASE_SECONDS, city=city):
            return 0
        asked = 0
        for notice in self._store.notices_to_count(city, now, due, AT_ONCE):
            try:
                self._ask(notice, now)
            except ClientError as error:
                log.warning("no insight", extra={"city": city, "notice": notice.id, "reason": error.reason})
                return asked
            asked += 1
        self._store.finish_slot(JOB, due, self._worker, city=city)
        return asked

    def _ask(self, notice: NoticeView, now: datetime) -> None:
        unit, issued_at = self._store.unit_of(notice), notice.issued_at
        counts = UnitCounts(None, None)
        if unit and issued_at is not None:
            since, today = issued_at.astimezone(JAPAN).date(), now.astimezone(JAPAN).date()
            try:
                counts = self._lines[notice.city].of_unit(unit, since, min(today, since + LONGEST))
            except ClientError as error:
                if not error.permanent:
                    raise
                # LINE does not know this one: the others are asked all the same.
                log.warning("LINE has no counts", extra={"city": notice.city, "notice": notice.id})
        self._store.keep_insight(notice.city, notice.id, NoticeInsight(counts.seen, counts.opened, now))


def _due(now: datetime) -> datetime:
    """The last moment at which LINE was to be asked."""
    hour, minute = AT
    here = now.astimezone(JAPAN)
    today = here.replace(hour=hour, minute=minute, second=0, microsecond=0)
    return (today if today <= here else today - timedelta(days=1)).astimezone(UTC)
