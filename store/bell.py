"""Waking workers: a bell inside the process, and how each engine hears of work made by another process."""

from __future__ import annotations

import sqlite3
import threading
import time
from typing import Protocol


class Bell:
    """Rung when work may be there. A ring is never missed: each thread remembers the last one it has heard."""

    def __init__(self) -> None:
        self._condition = threading.Condition()
        self._rings = 0
        self._heard = threading.local()

    def ring(self) -> None:
        with self._condition:
            self._rings += 1
            self._condition.notify_all()

    def wait(self, seconds: float) -> bool:
        """True as soon as it has rung since this thread's last wait; False after `seconds` of silence."""
        heard: int = getattr(self._heard, "rings", 0)
        with self._condition:
            rung = self._condition.wait_for(lambda: self._rings != heard, timeout=seconds)
            self._heard.rings = self._rings
        return rung


class Ear(Protocol):
    """Hears of work that another process has made."""

    def wait(self, bell: Bell, seconds: float) -> bool:
        """Like `Bell.wait`, and True also when another process made work."""
        ...

    def close(self) -> None: ...


class SqliteEar:
    """Asks SQLite whether another connection has written (`PRAGMA data_version`, microseconds), ever less often."""

    _SHORTEST, _LONGEST = 0.005, 0.05

    def __init__(self, path: str) -> None:
        self._connection = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._lock = threading.Lock()
        self._closed = False
        self._seen = threading.local()

    def wait(self, bell: Bell, seconds: float) -> bool:
        deadline = time.monotonic() + seconds
        pause = self._SHORTEST
        while True:
            left = deadline - time.monotonic()
            if bell.wait(max(min(pause, left), 0)):
                return True
            if self._changed():
                return True
            if left <= pause:
                return False
            pause = min(pause * 1.5, self._LONGEST)

    def _changed(self) -> bool:
        """Also at a thread's first look: something may have been written before it."""
        with self._lock:
            if self._closed:
                return True
            (version,) = self._connection.execute("PRAGMA data_version").fetchone()
        before, self._seen.version = getattr(self._seen, "version", None), version
        return bool(version != before)

    def close(self) -> None:
        with self._lock:
            self._closed = True
            self._connection.close()
