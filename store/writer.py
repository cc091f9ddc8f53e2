"""One writer a process: every write goes through its queue, and what waits together is committed together.

On SQLite this keeps threads out of each other's lock (p99 22 ms instead of 190 ms, `docs/decisions/store.md`);
on PostgreSQL it saves a commit per write. A caller returns when its own write is durable. If a batch fails it is
rolled back and each of its writes is run again alone, so a bad one does not take its neighbours with it.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import Any, Generic, TypeVar

from sqlalchemy import Connection, Engine

from store.errors import StoreError, store_error

Request = TypeVar("Request")
Result = TypeVar("Result")

log = logging.getLogger(__name__)

BATCH_LIMIT = 256
# LINE waits 2 s for a 200; a writer that is stuck longer than this has to be reported, not waited for.
WAIT_SECONDS = 10.0
STUCK_SECONDS = 3.0
"""A transaction that takes longer waits for somebody else's lock, or for a server that is gone."""

STUCK_AGAIN_SECONDS = 0.25


@dataclass(frozen=True, slots=True)
class Kind(Generic[Request, Result]):
    """A sort of write. `run` gets all requests of this kind in a batch and returns one result (or error) for each.

    `run` may be called again for the same request after a rollback. Kinds with a smaller `rank` run first. Whoever
    writes one that is `hurried` is better refused at once than kept waiting.
    """

    name: str
    rank: int
    run: Callable[[Connection, Sequence[Request]], Sequence[Result | StoreError]]
    hurried: bool = False


def one_by_one(run: Callable[[Connection, Request], Result]) -> Callable[[Connection, Sequence[Request]], list[Result]]:
    """A `Kind.run` for writes that gain nothing from being done together."""
    return lambda connection, requests: [run(connection, request) for request in requests]


class _Told:
    """A queued write whose caller goes on and is told the result."""

    __slots__ = ("_tell", "kind", "request")
    abandoned = False

    def __init__(self, kind: Kind[Any, Any], request: Any, tell: Callable[[Any], None]) -> None:
        self.kind = kind
        self.request = request
        self._tell = tell

    def finish(self, result: Any) -> None:
        try:
            self._tell(result)
        except Exception:
            log.exception("nobody took the result of a write")


class _Write:
    """A queued write and the place where its caller waits."""

    __slots__ = ("_done", "abandoned", "kind", "request", "result")

    def __init__(self, kind: Kind[Any, Any], request: Any) -> None:
        self.kind = kind
        self.request = request
        self.result: Any = None
        self.abandoned = False
        self._done = threading.Lock()
        self._done.acquire()

    def finish(self, result: Any) -> None:
        self.result = result
        self._done.release()

    def wait(self, seconds: float, hopeless: Callable[[], bool] = lambda: False) -> Any:
        """The result, after at most so many seconds; looks once on the way whether waiting is `hopeless`."""
        first = min(seconds, STUCK_SECONDS)
        came = self._done.acquire(timeout=first) or (not hopeless() and self._done.acquire(timeout=seconds - first))
        if not came:
            self.abandoned = True
            raise StoreError("the database did not answer in time")
        if isinstance(self.result, BaseException):
            raise self.result
        return self.result


class Writer:
    """The thread that writes. `engine` must hand out connections whose transactions may write.

    Transactions begin at least `pace_seconds` apart: what comes meanwhile is written together. A write that comes alone
    does not wait.
    """

    def __init__(self, engine: Engine, wait_seconds: float = WAIT_SECONDS, pace_seconds: float = 0.0) -> None:
        self._engine = engine
        self._pace_seconds = pace_seconds
        self._not_before = 0.0
        self._began: float | None = None
        self._slow = False
        self._wait_seconds = wait_seconds
        self._queue: SimpleQueue[_Told | _Write | None] = SimpleQueue()
        self._connection: Connection | None = None
        self._closing = threading.Lock()
        self._closed = False
        self._thread = threading.Thread(target=self._run, name="store-writer", daemon=True)
        self._thread.start()

    def write(self, kind: Kind[Request, Result], request: Request, wait_seconds: float | None = None) -> Result:
        """Do one write and return when it is durable; raises what it failed with.

        Who can do without it waits for a shorter time than usual (`wait_seconds`).
        """
        # Each that waits holds a thread of the web server: behind a stuck database they would soon hold them all.
        hurried = kind.hurried or wait_seconds is not None
        if hurried and self._stuck():
            raise StoreError("the database did not answer in time")
        write = _Write(kind, request)
        self._put(write)
        seconds = self._wait_seconds if wait_seconds is None else wait_seconds
        result: Result = write.wait(seconds, self._stuck) if hurried else write.wait(seconds)
        return result

    def write_later(
        self, kind: Kind[Request, Result], request: Request, tell: Callable[[Result | BaseException], None]
    ) -> None:
        """Do one write and return at once. `tell` gets the result or the error, on the writer's thread: be quick."""
        self._put(_Told(kind, request, tell))

    def _put(self, write: _Told | _Write) -> None:
        with self._closing:
            if self._closed:
                raise StoreError("the store is closed", permanent=True)
            self._queue.put(write)

    def _stuck(self) -> bool:
        """Whether the transaction that is being written has lasted too long; after one that has, any that lasts."""
        began = self._began
        return began is not None and time.monotonic() - began > (STUCK_AGAIN_SECONDS if self._slow else STUCK_SECONDS)

    def alive(self) -> bool:
        return self._thread.is_alive() and not self._closed

    def close(self) -> None:
        """Write what is queued, then stop. Safe to call twice."""
        with self._closing:
            if not self._closed:
                self._closed = True
                self._queue.put(None)
        self._thread.join()

    def _run(self) -> None:
        stopping = False
        while not stopping:
            batch, stopping = self._next_batch()
            writes = [write for write in batch if not write.abandoned]
            if writes:
                began = self._began = time.monotonic()
                self._commit(writes)
                self._began, self._slow = None, time.monotonic() - began > STUCK_SECONDS
        self._disconnect()

    def _next_batch(self) -> tuple[list[_Told | _Write], bool]:
        first = self._queue.get()
        if first is None:
            return [], True
        if (early := self._not_before - time.monotonic()) > 0:
            time.sleep(early)
        self._not_before = time.monotonic() + self._pace_seconds
        batch: list[_Told | _Write] = [first]
        while len(batch) < BATCH_LIMIT:
            try:
                write = self._queue.get_nowait()
            except Empty:
                break
            if write is None:
                return batch, True
            batch.append(write)
        return batch, False

    def _commit(self, writes: list[_Told | _Write]) -> None:
        try:
            results = self._transaction(writes)
        except Exception as error:
            if len(writes) == 1 and store_error(error).permanent:
                writes[0].finish(store_error(error))
                return
            for write in writes:
                self._commit_alone(write)
            return
        for write, result in zip(writes, results, strict=True):
            write.finish(result)

    def _commit_alone(self, write: _Told | _Write) -> None:
        if write.abandoned:
            return
        try:
            (result,) = self._transaction([write])
        except Exception as error:
            result = store_error(error)
        write.finish(result)

    def _transaction(self, writes: list[_Told | _Write]) -> list[Any]:
        """Run these writes in one transaction; results in the order of `writes`."""
        groups: dict[str, list[_Told | _Write]] = {}
        for write in sorted(writes, key=lambda write: write.kind.rank):
            groups.setdefault(write.kind.name, []).append(write)
        results: dict[int, Any] = {}
        try:
            connection = self._connect()
            with connection.begin():
                for group in groups.values():
                    done = group[0].kind.run(connection, [write.request for write in group])
                    results.update(zip(map(id, group), done, strict=True))
        except Exception:
            # Whatever it was, a fresh connection is the one that surely works.
            self._disconnect(broken=True)
            raise
        return [results[id(write)] for write in writes]

    def _connect(self) -> Connection:
        if self._connection is None:
            self._connection = self._engine.connect()
        return self._connection

    def _disconnect(self, *, broken: bool = False) -> None:
        """Give the connection up. A broken one is thrown away; the next batch gets a new one."""
        connection, self._connection = self._connection, None
        if connection is None:
            return
        with suppress(Exception):
            if broken:
                connection.invalidate()
            connection.close()
