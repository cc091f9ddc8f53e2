"""Tells open pages that a city's cases have changed: at once within the process, soon when another process did it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

LOOK_SECONDS = 0.25
"""So often one thread of the process asks the database for a city's mark, however many pages wait for it."""


@dataclass
class _City:
    """What is known of one city. All cities share one lock; each has those who wait for it."""

    waiting: threading.Condition
    mark: int | None = None
    known_at: float = -1.0
    known_change: int = -1
    is_asked: bool = False
    looker: int | None = None


class News:
    """The marks of cities (`store.cases.Cases.console_mark`), and a wait until one changes. Safe for threads.

    Of all who wait for a city only one wakes up now and then to look; the others sleep until there is something new. A
    hundred open pages that all looked for themselves slowed every webhook down.
    """

    def __init__(self, look: Callable[[str], int]) -> None:
        self._look = look
        self._lock = threading.Lock()
        self._changes = 0
        self._cities: dict[str, _City] = {}

    def ring(self) -> None:
        """This process has changed a case."""
        with self._lock:
            self._changes += 1
            for city in self._cities.values():
                city.waiting.notify_all()

    def wait(self, city: str, seen: int, seconds: float) -> int:
        """The city's mark as soon as it is another than `seen`, or after `seconds`."""
        ends, me = time.monotonic() + seconds, threading.get_ident()
        with self._lock:
            known = self._cities.setdefault(city, _City(threading.Condition(self._lock)))
            try:
                while True:
                    if not known.is_asked and not self._is_fresh(known):
                        self._ask(city, known)
                    left = ends - time.monotonic()
                    if known.mark is not None and (known.mark != seen or left <= 0):
                        return known.mark
                    if known.looker is None:
                        known.looker = me
                    known.waiting.wait(min(left, LOOK_SECONDS) if known.looker == me and left > 0 else max(left, 0.01))
            finally:
                # Whoever was woken for nothing passes the word on, so that there is always one who looks.
                if known.looker in (None, me):
                    known.looker = None
                    known.waiting.notify()

    def _is_fresh(self, known: _City) -> bool:
        return known.known_change == self._changes and time.monotonic() - known.known_at < LOOK_SECONDS

    def _ask(self, city: str, known: _City) -> None:
        """Asks the database, without the lock: others may ring meanwhile, and then it is asked again."""
        changes, known.is_asked, mark = self._changes, True, None
        self._lock.release()
        try:
            mark = self._look(city)
        finally:
            self._lock.acquire()
            known.is_asked = False
            if mark is None or mark != known.mark:
                # New; or the database did not answer, and whoever waited for it asks for themselves.
                known.waiting.notify_all()
            if mark is not None:
                known.mark, known.known_at, known.known_change = mark, time.monotonic(), changes
