"""Threads that go their rounds: each looks for its sort of work every two seconds, and again at once after some."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from store.errors import StoreError

log = logging.getLogger(__name__)
LOOK_SECONDS = 2.0
"""A case that opens is noticed so soon; the promise is five seconds."""

STOP_SECONDS = 8.0


@dataclass(frozen=True, slots=True)
class Errand:
    """Work of one sort. `once` does some and returns how much; a slow one holds up no other."""

    name: str
    once: Callable[[], int]


class Rounds:
    """Runs errands until `stop()`. Any number of processes may: what they do is claimed with leases."""

    def __init__(self, errands: Sequence[Errand], look_seconds: float = LOOK_SECONDS) -> None:
        self._look = look_seconds
        self._stopping = threading.Event()
        self._threads = [
            threading.Thread(target=self._run, args=(errand,), name=errand.name, daemon=True) for errand in errands
        ]

    def start(self) -> Rounds:
        for thread in self._threads:
            thread.start()
        return self

    def stop(self) -> None:
        """Finishes what has begun; what takes longer than `STOP_SECONDS` is done again when its lease ends."""
        self._stopping.set()
        deadline = time.monotonic() + STOP_SECONDS
        for thread in self._threads:
            if thread.is_alive():
                thread.join(max(0.0, deadline - time.monotonic()))

    def _run(self, errand: Errand) -> None:
        while not self._stopping.is_set():
            if not self._once(errand):
                self._stopping.wait(self._look)

    def _once(self, errand: Errand) -> int:
        try:
            return errand.once()
        except StoreError:
            log.exception("the store does not answer; trying again", extra={"errand": errand.name})
        except Exception:
            log.exception("errand fault", extra={"errand": errand.name})
        return 0
