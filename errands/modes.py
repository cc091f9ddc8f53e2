"""Asks staff from time to time whether a mode other than 平常 is still right. Nobody else switches back."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from errands.feeds import Raise, Town
from notify.modes import USUAL, next_reminder
from notify.staff_alarms import Alarm
from store import Store

log = logging.getLogger(__name__)


class Reminders:
    """The errand; any number of processes may run it."""

    def __init__(
        self,
        store: Store,
        towns: Callable[[], Mapping[str, Town]],
        alarm: Raise,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._store = store
        self._towns = towns
        self._alarm = alarm
        self._clock = clock

    def remind_once(self) -> int:
        """How many cities' staff are being asked now."""
        now, towns = datetime.fromtimestamp(self._clock(), UTC), self._towns()
        asked = 0
        for city, mode in self._store.modes().items():
            town = towns.get(city)
            if town is None or mode.mode == USUAL or mode.remind_at is None or mode.remind_at > now:
                continue
            if self._store.mode_reminded(mode, next_reminder(town.disaster, mode.mode, now)):
                self._alarm(Alarm("mode_reminder", int(now.timestamp()) // 60, mode.since or now), *town)
                log.info("staff asked whether the mode is right", extra={"city": city, "mode": mode.mode})
                asked += 1
        return asked
