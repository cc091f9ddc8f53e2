"""How a process hears of work that another one has made: PostgreSQL's NOTIFY. Loaded only where PostgreSQL is used."""

from __future__ import annotations

import os
import select
import threading
from contextlib import suppress

import psycopg

from store.bell import Bell


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
