"""Waking workers: a bell inside the process, and how each engine hears of work made by another process."""

from __future__ import annotations

import os
import select
import sqlite3
import threading
import time
from contextlib import suppress
from typing import Protocol

import psycopg


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


class PostgresEar:
    """A thread with a connection of its own that listens and rings the bell."""

    _RECONNECT_SECONDS = 1.0

    def __init__(self, conninfo: str, channel: str, bell: Bell) -> None:
        self._conninfo = conninfo
        self._channel = channel
        self._bell = bell
        self._stop_reading, self._stop_writing = os.pipe()
        self._listening = threading.Event()
        self._thread = threading.Thread(target=self._run, name="store-listener", daemon=True)
        self._thread.start()
        # Without this, work made between "nothing to claim" and LISTEN would be heard of only after the timeout.
        self._listening.wait(5)

    def wait(self, bell: Bell, seconds: float) -> bool:
        return bell.wait(seconds)

    def close(self) -> None:
        os.write(self._stop_writing, b"x")
        self._thread.join()
        os.close(self._stop_reading)
        os.close(self._stop_writing)

    def _run(self) -> None:
        while not self._stopped(0):
            with suppress(psycopg.Error, OSError):
                self._listen()
                return
            self._stopped(self._RECONNECT_SECONDS)

    def _stopped(self, seconds: float) -> bool:
        return bool(select.select([self._stop_reading], [], [], seconds)[0])

    def _listen(self) -> None:
        """Ring for each notification until told to stop."""
        with psycopg.connect(self._conninfo, autocommit=True, connect_timeout=5) as connection:
            connection.execute(f"LISTEN {self._channel}")
            self._listening.set()
            self._bell.ring()
            while True:
                ready, _, _ = select.select([connection.fileno(), self._stop_reading], [], [])
                if self._stop_reading in ready:
                    return
                if list(connection.notifies(timeout=0)):
                    self._bell.ring()
