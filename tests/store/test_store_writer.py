"""Group commit: neighbours share a transaction, a bad one fails alone, and nothing is acknowledged that is not kept."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import closing, suppress

import pytest
from sqlalchemy import Connection, Engine, text

from store import StoreError, open_store
from store import writer as writer_module
from store.opening import database_url as as_url
from store.opening import open_engines
from store.writer import Kind, Writer
from tests.store.store_builders import an_event


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    writing, reading = open_engines(as_url(database_url))
    yield writing
    writing.dispose()
    reading.dispose()


@pytest.fixture
def writer(engine: Engine) -> Iterator[Writer]:
    made = Writer(engine)
    yield made
    made.close()


class Gate:
    """A write that holds the writer up until it is opened, so that later writes gather behind it."""

    def __init__(self) -> None:
        self.reached = threading.Event()
        self.opened = threading.Event()
        self.kind: Kind[None, None] = Kind("gate", 0, self._run)

    def _run(self, _: Connection, requests: Sequence[None]) -> list[None]:
        self.reached.set()
        self.opened.wait(10)
        return [None for _ in requests]


class Inserts:
    """Adds friends by name; remembers how many came in each call. "bad" breaks the statement for all."""

    def __init__(self) -> None:
        self.batches: list[int] = []
        self.kind: Kind[str, str] = Kind("insert", 1, self._run)

    def _run(self, connection: Connection, names: Sequence[str]) -> list[str]:
        self.batches.append(len(names))
        for name in names:
            values = {"name": name, "since": None if name == "bad" else 1}
            connection.execute(
                text("INSERT INTO friends (city, resident, since) VALUES ('demo', :name, :since)"), values
            )
        return list(names)


def _together(writer: Writer, gate: Gate, kind: Kind[str, str], names: Sequence[str]) -> dict[str, object]:
    """Send one write a name while the gate is shut, then open it; what each caller got."""
    got: dict[str, object] = {}

    def send(name: str) -> None:
        try:
            got[name] = writer.write(kind, name)
        except StoreError as error:
            got[name] = error

    holding = threading.Thread(target=writer.write, args=(gate.kind, None))
    holding.start()
    assert gate.reached.wait(10)
    senders = [threading.Thread(target=send, args=(name,)) for name in names]
    for sender in senders:
        sender.start()
    while writer._queue.qsize() < len(names):
        pass
    gate.opened.set()
    for thread in (holding, *senders):
        thread.join(10)
    return got


def _friends(engine: Engine) -> set[str]:
    with engine.connect() as connection:
        return set(connection.execute(text("SELECT resident FROM friends")).scalars())


def test_writes_that_wait_together_are_committed_together(engine: Engine, writer: Writer) -> None:
    inserts = Inserts()

    got = _together(writer, Gate(), inserts.kind, ["a", "b", "c"])

    assert inserts.batches == [3]
    assert got == {"a": "a", "b": "b", "c": "c"}
    assert _friends(engine) == {"a", "b", "c"}


def test_a_write_that_fails_does_not_take_its_neighbours_with_it(engine: Engine, writer: Writer) -> None:
    inserts = Inserts()

    got = _together(writer, Gate(), inserts.kind, ["a", "bad", "c"])

    refused = got.pop("bad")
    assert isinstance(refused, StoreError)
    assert refused.permanent
    assert got == {"a": "a", "c": "c"}
    assert _friends(engine) == {"a", "c"}
    assert inserts.batches == [3, 1, 1, 1]


def test_the_writer_goes_on_after_its_connection_broke(engine: Engine, writer: Writer) -> None:
    inserts = Inserts()
    writer.write(inserts.kind, "before")
    assert writer._connection is not None
    raw = writer._connection.connection.driver_connection
    assert raw is not None
    raw.close()

    # SQLite calls a closed connection a mistake of the program, so that this one may fail; the next must not.
    with suppress(StoreError):
        writer.write(inserts.kind, "during")
    writer.write(inserts.kind, "after")

    assert _friends(engine) >= {"before", "after"}


def test_a_mistake_in_the_program_reaches_the_caller_with_its_cause(writer: Writer) -> None:
    def run(_: Connection, requests: Sequence[int]) -> list[float]:
        return [1 / request for request in requests]

    with pytest.raises(StoreError) as refused:
        writer.write(Kind("divide", 1, run), 0)

    assert isinstance(refused.value.__cause__, ZeroDivisionError)


def test_a_caller_who_waited_too_long_is_told_and_the_write_is_dropped(engine: Engine) -> None:
    writer, gate, inserts = Writer(engine, wait_seconds=0.2), Gate(), Inserts()
    held: list[StoreError] = []

    def hold() -> None:
        try:
            writer.write(gate.kind, None)
        except StoreError as error:
            held.append(error)

    holding = threading.Thread(target=hold)
    holding.start()
    assert gate.reached.wait(10)

    with pytest.raises(StoreError) as late:
        writer.write(inserts.kind, "late")
    gate.opened.set()
    holding.join(10)
    writer.close()

    assert not late.value.permanent
    assert inserts.batches == []
    assert _friends(engine) == set()


def test_behind_a_stuck_database_only_those_wait_who_can(
    engine: Engine, writer: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each that waits holds a thread of the web server: events of LINE would soon hold all of them."""
    gate, inserts = Gate(), Inserts()
    hurried = Kind("hurried", 1, inserts.kind.run, hurried=True)
    holding = threading.Thread(target=writer.write, args=(gate.kind, None))
    holding.start()
    assert gate.reached.wait(10)

    with monkeypatch.context() as stuck:
        stuck.setattr(writer_module, "STUCK_SECONDS", 0.0)
        with pytest.raises(StoreError, match="in time"):
            writer.write(hurried, "an event of LINE")
        with pytest.raises(StoreError, match="in time"):
            writer.write(inserts.kind, "what the chat can do without", wait_seconds=10.0)
        patient = threading.Thread(target=writer.write, args=(inserts.kind, "a word of staff"))
        patient.start()
        while writer._queue.qsize() < 1:
            pass
    gate.opened.set()
    for thread in (holding, patient):
        thread.join(10)

    assert writer.write(hurried, "the next event") == "the next event"
    assert _friends(engine) == {"a word of staff", "the next event"}


def test_closing_writes_what_is_queued_and_then_refuses(engine: Engine) -> None:
    writer, gate, inserts = Writer(engine), Gate(), Inserts()
    got: list[str] = []
    holding = threading.Thread(target=writer.write, args=(gate.kind, None))
    holding.start()
    assert gate.reached.wait(10)
    sender = threading.Thread(target=lambda: got.append(writer.write(inserts.kind, "last")))
    sender.start()
    while writer._queue.empty():
        pass
    closing = threading.Thread(target=writer.close)
    closing.start()
    gate.opened.set()
    for thread in (holding, sender, closing):
        thread.join(10)

    assert got == ["last"]
    assert _friends(engine) == {"last"}
    with pytest.raises(StoreError):
        writer.write(inserts.kind, "too late")
    writer.close()


def test_a_closed_store_refuses_and_closes_twice(database_url: str) -> None:
    opened = open_store(database_url)
    opened.close()
    opened.close()

    for call in (
        lambda: opened.accept([an_event()]),
        lambda: opened.turns("demo", "U1"),
        lambda: opened.wait_for_work(1),
    ):
        with pytest.raises(StoreError):
            call()
    assert not opened.ready()


def test_a_locked_file_is_a_failure_that_may_pass(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("store.opening._BUSY_MS", 20)
    with open_store(sqlite_url) as opened:
        path = str(as_url(sqlite_url).database)
        with closing(sqlite3.connect(path, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")

            with pytest.raises(StoreError) as refused:
                opened.accept([an_event("locked")])

            other.execute("ROLLBACK")
        assert not refused.value.permanent
        assert opened.accept([an_event("locked")]) == 1


def test_what_comes_soon_after_a_transaction_is_written_together_in_the_next_one(engine: Engine) -> None:
    inserts, told = Inserts(), threading.Semaphore(0)
    writer = Writer(engine, pace_seconds=1.0)
    try:
        writer.write(inserts.kind, "a")
        for name in "bcdef":
            writer.write_later(inserts.kind, name, lambda _: told.release())
        for _ in "bcdef":
            assert told.acquire(timeout=10)
    finally:
        writer.close()

    assert inserts.batches == [1, 5]


def test_a_write_that_comes_alone_does_not_wait(engine: Engine) -> None:
    inserts = Inserts()
    writer = Writer(engine, wait_seconds=30, pace_seconds=3600)
    try:
        assert writer.write(inserts.kind, "a") == "a"
    finally:
        writer.close()
