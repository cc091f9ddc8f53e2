"""Which places are open, held in memory: a resident who asks waits for nobody, and a silent database costs nothing.

One look a few seconds for the whole process, and a cheap one: only when its answer is another are the rows read again.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from faq.place_states import NOTHING_KNOWN, KnownPlaces
from store.errors import StoreError

LOOK_SECONDS = 2.0
"""So long after a change in another process residents may still be told the old state."""

AWAY_SECONDS = 5.0
"""A database that did not answer is left alone for so long: the wait for it would be the residents'."""


@dataclass(slots=True)
class PlacesMemory:
    """`mark` is another whenever anything has changed, `read` tells what there is now by city; both may raise
    `StoreError`.

    `clock` gives seconds since 1970.
    """

    clock: Callable[[], float]
    mark: Callable[[], Hashable]
    read: Callable[[], Mapping[str, KnownPlaces]]
    _known: Mapping[str, KnownPlaces] = field(default_factory=dict)
    _mark: Hashable = None
    _as_of: datetime | None = None
    _sure: bool = True
    _looked: float | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def known(self, city: str) -> KnownPlaces:
        """What is known of the places of a city; never waits for another thread that asks the database, but once."""
        if self._is_due() and self._lock.acquire(blocking=self._looked is None):
            try:
                if self._is_due():
                    self._look()
            finally:
                self._lock.release()
        return replace(self._known.get(city, NOTHING_KNOWN), as_of=self._as_of, sure=self._sure)

    def forget(self) -> None:
        """Look again at the next question: this process has changed something."""
        self._looked = None

    def _is_due(self) -> bool:
        pause = LOOK_SECONDS if self._sure else AWAY_SECONDS
        return self._looked is None or not 0 <= self.clock() - self._looked < pause

    def _look(self) -> None:
        now = self.clock()
        try:
            mark = self.mark()
            if mark != self._mark:
                # The mark is from before the look: what changes in between is read once more, never missed.
                self._known, self._mark = self.read(), mark
        except StoreError:
            self._sure = False
        else:
            self._sure, self._as_of = True, datetime.fromtimestamp(now).astimezone()
        self._looked = now
