"""What all parts of the `Store` stand on: the clock, the writer, the readers, and the bell that wakes workers."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable
from typing import Any, TypeVar

from sqlalchemy import URL, Connection, text
from sqlalchemy.exc import DBAPIError

from store.bell import Bell, Ear, SqliteEar
from store.engine import HotPath
from store.errors import StoreError, store_error
from store.opening import is_sqlite, migrate, open_engines
from store.postgresql import CHANNEL, PostgresHotPath
from store.sqlite import SqliteHotPath
from store.writer import Kind, Writer

# Just above the time a call to LINE may take (3 s), so that a killed worker's work is taken up soon.
LEASE_SECONDS = 8.0

Clock = Callable[[], float]
Request = TypeVar("Request")
Result = TypeVar("Result")


class Core:
    """An open database. Subclasses add what can be asked of it."""

    def __init__(self, url: URL, clock: Clock, pace_seconds: float = 0.0) -> None:
        self._url = url
        self._clock = clock
        self._pace_seconds = pace_seconds
        self._writing_engine, self._reading_engine = open_engines(url)
        self._hot: HotPath = SqliteHotPath() if is_sqlite(url) else PostgresHotPath()
        try:
            migrate(self._writing_engine)
        except Exception as error:
            self._dispose()
            raise store_error(error) from None
        self._bell = Bell()
        self._ear: Ear | None = None
        self._ear_lock = threading.Lock()
        self._closed = False
        # Holds the messages that `record` hands to a caller who names no worker.
        self._own_name = f"direct-{secrets.token_hex(4)}"
        self._writers = self._make_writers()

    def _make_writers(self) -> dict[str, Writer]:
        """By the kind of write; "" for all that are not named.

        On SQLite there is one, because one transaction writes at a time. On PostgreSQL a worker's claims and marks do
        not wait for the outcomes: a trip to the server each, they took as long as everything else together.
        """
        usual = Writer(self._writing_engine, pace_seconds=self._pace_seconds)
        if is_sqlite(self._url):
            return {"": usual}
        beside = Writer(self._writing_engine, pace_seconds=self._pace_seconds)
        return {"": usual, **dict.fromkeys(("sent", "claim_events", "claim_outgoing"), beside)}

    def _writer_of(self, kind: Kind[Any, Any]) -> Writer:
        return self._writers.get(kind.name) or self._writers[""]

    def wait_for_work(self, timeout: float) -> bool:
        """Block until work may be there (True), or for `timeout` seconds (False).

        Work made between a thread's last wait and this one counts. Another process is heard of through NOTIFY on
        PostgreSQL and within 50 ms on SQLite. Work that only falls due (a retry, a lost lease) rings no bell.
        """
        return self._listen().wait(self._bell, timeout)

    def wake(self) -> None:
        """Let every thread of this process that waits for work go on."""
        self._bell.ring()

    def ready(self) -> bool:
        """Whether the database answers and the writer lives."""
        try:
            self._read(lambda connection: connection.execute(text("SELECT 1")).scalar())
        except StoreError:
            return False
        return all(writer.alive() for writer in self._writers.values())

    def close(self) -> None:
        """Write what is queued, then let go of everything. Safe to call twice."""
        with self._ear_lock:
            if self._closed:
                return
            self._closed = True
            ear, self._ear = self._ear, None
        for writer in self._writers.values():
            writer.close()
        self._bell.ring()
        if ear is not None:
            ear.close()
        self._dispose()

    def __enter__(self) -> Any:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _now(self) -> int:
        return int(self._clock() * 1000)

    def _write(self, kind: Kind[Request, Result], request: Request, wait_seconds: float | None = None) -> Result:
        return self._writer_of(kind).write(kind, request, wait_seconds)

    def _read(self, ask: Callable[[Connection], Result]) -> Result:
        """Ask without changing anything. A connection that went stale (a restarted server) is replaced once."""
        if self._closed:
            raise StoreError("the store is closed", permanent=True)
        try:
            return self._read_once(ask)
        except DBAPIError as error:
            if not error.connection_invalidated:
                raise store_error(error) from None
        except Exception as error:
            raise store_error(error) from None
        try:
            return self._read_once(ask)
        except Exception as error:
            raise store_error(error) from None

    def _read_once(self, ask: Callable[[Connection], Result]) -> Result:
        with self._reading_engine.connect() as connection:
            return ask(connection)

    def _listen(self) -> Ear:
        """The ear is made when somebody first waits: a web process without worker needs none."""
        with self._ear_lock:
            if self._closed:
                raise StoreError("the store is closed", permanent=True)
            if self._ear is None:
                self._ear = self._make_ear()
            return self._ear

    def _make_ear(self) -> Ear:
        if is_sqlite(self._url):
            return SqliteEar(str(self._url.database))
        from store.postgresql_ear import PostgresEar  # the driver: a town on SQLite need not load it

        conninfo = self._url.set(drivername="postgresql").render_as_string(hide_password=False)
        return PostgresEar(conninfo, CHANNEL, self._bell)

    def _dispose(self) -> None:
        self._writing_engine.dispose()
        self._reading_engine.dispose()
