"""Tells open pages that a city's cases have changed: at once within the process, soon when another process did it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

LOOK_SECONDS = 0.25
"""So often one thread of the process asks the database for a city's mark, however many pages wait for it."""


class News:
    """The marks of cities (`store.cases.Cases.console_mark`), and a wait until one changes. Safe for threads."""

    def __init__(self, look: Callable[[str], int]) -> None:
        self._look = look
        self._changed = threading.Condition()
        self._changes = 0
        self._looking = threading.Lock()
        self._known: dict[str, tuple[int, int, float]] = {}

    def ring(self) -> None:
        """This process has changed a case."""
        with self._changed:
            self._changes += 1
            self._changed.notify_all()

    def wait(self, city: str, seen: int, seconds: float) -> int:
        """The city's mark as soon as it is another than `seen`, or after `seconds`."""
        ends = time.monotonic() + seconds
        while True:
            changes = self._changes
            mark = self._mark(city, changes)
            left = ends - time.monotonic()
            if mark != seen or left <= 0:
                return mark
            with self._changed:
                self._changed.wait_for(lambda before=changes: self._changes != before, min(left, LOOK_SECONDS))  # type: ignore[misc]

    def _mark(self, city: str, changes: int) -> int:
        """The mark, asked for at most every `LOOK_SECONDS` unless this process has changed something."""
        with self._looking:
            mark, at_change, at = self._known.get(city, (0, -1, 0.0))
            if at_change == changes and time.monotonic() - at < LOOK_SECONDS:
                return mark
            mark = self._look(city)
            self._known[city] = (mark, changes, time.monotonic())
            return mark
