"""Many at once: threads and processes that claim, and processes that are killed in the middle of writing."""

from __future__ import annotations

import os
import signal
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import psycopg
import pytest

from store import ArrivedEvent, Outcome, Store, open_store, postgresql
from store.errors import LeaseLost
from store.rows import event_row, writing
from store.writer import Kind, one_by_one
from tests.databases import Clock
from tests.forks import Told
from tests.store.store_builders import AT_MS, a_turn, an_answer, an_event, an_outgoing

_WORKER = """
import sys
from store import Outcome, Outgoing, open_store
name = sys.argv[2]
with open_store(sys.argv[1]) as store:
    print("ready", flush=True)
    sys.stdin.readline()
    while events := store.claim_events(name, 3):
        for event in events:
            print("begin", event.resident, event.event_id, flush=True)
            reply = Outgoing(event.city, event.resident, "line", [{"text": event.event_id}])
            for item in store.finish_event(event, Outcome(outgoing=(reply,))):
                store.outgoing_sent(item, "sent")
            print("end", event.resident, event.event_id, flush=True)
    while items := store.claim_outgoing(name, 10):  # those that had to wait for the other process
        for item in items:
            store.outgoing_sent(item, "sent")
"""


def _line(process: Told) -> str:
    return process.stdout.readline().strip()


def test_threads_that_claim_at_once_never_share_an_event_or_a_resident(store: Store) -> None:
    store.accept([an_event(f"e{n}", resident=f"U{n % 7}", occurred_at_ms=AT_MS + n) for n in range(140)])
    done: list[tuple[str, int]] = []
    in_work: Counter[str] = Counter()
    shared: list[str] = []

    def work(name: str) -> None:
        while len(done) < 140:
            for event in store.claim_events(name, 2):
                in_work[event.resident] += 1
                if in_work[event.resident] > 1:
                    shared.append(event.resident)
                done.append((event.resident, event.occurred_at_ms))
                in_work[event.resident] -= 1
                store.finish_event(event, Outcome(friend="followed"))

    threads = [threading.Thread(target=work, args=(f"w{n}",)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    assert shared == []
    assert len(set(done)) == 140
    for resident in {name for name, _ in done}:
        order = [moment for name, moment in done if name == resident]
        assert order == sorted(order)


def test_two_processes_share_the_work_without_doing_any_twice(database_url: str) -> None:
    count = 150
    with open_store(database_url) as store:
        store.accept([an_event(f"e{n:03}", resident=f"U{n % 9}", occurred_at_ms=AT_MS + n) for n in range(count)])
    workers = [Told(_WORKER, database_url, f"w{n}") for n in range(2)]
    for worker in workers:
        assert _line(worker) == "ready"

    outputs = []
    for worker in workers:
        worker.stdin.write("\n")
        worker.stdin.flush()
    for worker in workers:
        outputs.append(worker.communicate(timeout=60)[0].split("\n"))

    finished = [line.split()[1:] for output in outputs for line in output if line.startswith("end")]
    assert len(finished) == count
    assert len({event for _, event in finished}) == count
    for output in outputs:
        for resident in {f"U{n}" for n in range(9)}:
            mine = [line.split()[2] for line in output if line.startswith(f"end {resident} ")]
            assert mine == sorted(mine)
    with open_store(database_url) as store:
        assert (store.queue().inbox_waiting, store.queue().outbox_waiting) == (0, 0)


_ACCEPTOR = """
import sys, threading
from store import ArrivedEvent, open_store
store = open_store(sys.argv[1])
first = int(sys.argv[2])
lock = threading.Lock()
def accept(door):
    number = first + door
    while True:
        events = [ArrivedEvent("demo", f"e{number}-{part}", f"U{number}", 1, "message", {}, 1) for part in (0, 1)]
        store.accept(events)
        with lock:
            print(number, flush=True)
        number += 4
for door in range(4):
    threading.Thread(target=accept, args=(door,)).start()
"""


def test_a_process_killed_in_the_middle_of_writing_loses_nothing_it_has_acknowledged(database_url: str) -> None:
    acknowledged: list[int] = []
    for life in range(3):
        process = Told(_ACCEPTOR, database_url, str(life * 1_000_000))
        acknowledged += [int(_line(process)) for _ in range(60)]
        os.kill(process.pid, signal.SIGKILL)
        # What was printed before the kill counts as acknowledged, too; the last line may be cut in half.
        rest = process.communicate(timeout=30)[0]
        acknowledged += [int(line) for line in rest.splitlines(keepends=True) if line.endswith("\n")]

    with open_store(database_url) as store:
        kept = [store.accept([_same(number, part)]) for number in acknowledged for part in (0, 1)]
        both_or_none = store.queue().inbox_waiting % 2

    assert len(acknowledged) >= 180
    assert kept == [0] * len(kept)  # each is known already
    assert both_or_none == 0  # a body is kept whole or not at all


def _same(number: int, part: int) -> ArrivedEvent:
    return ArrivedEvent("demo", f"e{number}-{part}", f"U{number}", 1, "message", {}, 1)


_KILLED_WORKER = """
import sys, time
from store import Outcome, Outgoing, open_store
store = open_store(sys.argv[1], clock=lambda: float(sys.argv[2]))
first, second = store.claim_events("killed", 2)
store.finish_event(first, Outcome(outgoing=(Outgoing("demo", first.resident, "line", [{"text": "half sent"}]),)))
print("holding", flush=True)
time.sleep(60)
"""


def test_a_killed_workers_work_is_taken_up_by_the_next(database_url: str, clock: Clock) -> None:
    with open_store(database_url, clock=clock) as store:
        store.accept([an_event("e1", resident="U1"), an_event("e2", resident="U2")])
        killed = Told(_KILLED_WORKER, database_url, str(clock.now))
        assert _line(killed) == "holding"
        os.kill(killed.pid, signal.SIGKILL)
        killed.communicate(timeout=30)
        assert store.claim_events("next", 10) == []
        assert store.claim_outgoing("next", 10) == []

        clock.forward(8)

        (event,) = store.claim_events("next", 10)
        (message,) = store.claim_outgoing("next", 10)
        assert (event.event_id, event.attempts) == ("e2", 2)
        assert (message.messages, message.fate_unknown) == ([{"text": "half sent"}], True)


def test_the_same_events_accepted_by_two_processes_at_once_are_kept_once(database_url: str) -> None:
    """Two doors get the same redelivery in another order: nobody waits for anybody in a circle."""
    with open_store(database_url) as one, open_store(database_url) as two:
        counts: list[int] = []

        def accept(door: Store, step: int) -> None:
            for start in range(0, 200, 20):
                events = [an_event(f"e{n}", resident=f"U{n}") for n in range(start, start + 20)]
                counts.append(door.accept(events[::step]))

        threads = [threading.Thread(target=accept, args=(door, step)) for door, step in ((one, 1), (two, -1)) * 2]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)

        assert sum(counts) == 200
        assert one.queue().inbox_waiting == 200


def test_a_late_snapshot_does_not_give_a_residents_second_event_away(postgres_url: str, clock: Clock) -> None:
    """PostgreSQL only: a claim that looked before another one committed still sees that the resident is served."""
    with open_store(postgres_url, clock=clock) as store:
        store.accept([an_event("second", occurred_at_ms=AT_MS + 5)])
        (in_work,) = store.claim_events("w1", 1)
        store.accept([an_event("first", occurred_at_ms=AT_MS)])
        # The pick of a slower claimer, as it would be if it had looked before w1's commit.
        with psycopg.connect(postgres_url) as raw:
            places = [place for (place,) in raw.execute("SELECT ctid::text FROM inbox WHERE event_id = 'first'")]
            values = ("w2", clock.ms + 8000, places, clock.ms, clock.ms)
            assert raw.execute(postgresql._HOLD_EVENTS, values).fetchall() == []

        store.finish_event(in_work, an_answer(in_work))
        assert [event.event_id for event in store.claim_events("w2", 1)] == ["first"]


def test_a_resident_whose_event_another_transaction_is_taking_is_passed_over(postgres_url: str, clock: Clock) -> None:
    """PostgreSQL only: rows and residents that are being claimed by somebody else are skipped, not waited for."""
    with open_store(postgres_url, clock=clock) as store, psycopg.connect(postgres_url) as other:
        store.accept([an_event("e1", resident="U1"), an_event("e2", resident="U2")])
        picked = other.execute(postgresql._PICK_EVENTS, {"now": clock.ms, "limit": 1}).fetchall()
        store.accept([an_event("e0", resident="U1", occurred_at_ms=AT_MS - 1)])

        claimed = store.claim_events("w1", 10)

        assert len(picked) == 1
        assert [event.event_id for event in claimed] == ["e2"]


def test_writing_the_same_widget_turn_from_many_threads_keeps_one(store: Store) -> None:
    outcome = Outcome(turn=a_turn("same"), outgoing=(an_outgoing(),))
    got: list[int] = []
    threads = [threading.Thread(target=lambda: got.append(len(store.record(outcome)))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    assert sorted(got) == [0] * 7 + [1]


@pytest.mark.parametrize("same_batch", [True, False], ids=["in one batch", "one after the other"])
def test_finishing_one_claim_from_two_threads_writes_it_once(store: Store, same_batch: bool) -> None:
    store.accept([an_event()])
    (event,) = store.claim_events("w1", 1)
    now = store._now()
    both = [writing(event, an_answer(event), "w1", now, now + 8000) for _ in range(2)]

    with store._writing_engine.connect() as connection, connection.begin():
        if same_batch:
            results = store._hot.write(connection, both)
        else:
            results = [store._hot.write(connection, [one])[0] for one in both]

    assert [type(result).__name__ for result in results] == ["Written", "LeaseLost"]
    assert store.queue().outbox_waiting == 1


def test_a_lost_lease_among_many_that_are_finished_at_once_is_the_only_one_refused(store: Store) -> None:
    store.accept([an_event(f"e{n}", resident=f"U{n}") for n in range(5)])
    events = store.claim_events("w1", 5)
    store.finish_event(events[2], an_answer(events[2]))
    results: dict[str, object] = {}
    told = threading.Event()

    with _held_up(store):
        for event in events:
            store.finish_event_later(event, an_answer(event), _keep(results, event.event_id, told, 5))
    assert told.wait(30)

    assert type(results.pop("e2")) is LeaseLost
    assert [len(sending) for sending in results.values()] == [1] * 4  # type: ignore[arg-type]
    assert store.queue().outbox_waiting == 5


def test_a_message_marked_twice_among_many_is_marked_once(store: Store) -> None:
    store.accept([an_event(f"e{n}", resident=f"U{n}") for n in range(4)])
    items = [store.finish_event(event, an_answer(event))[0] for event in store.claim_events("w1", 4)]
    store.outgoing_sent(items[1], "sent")
    results: dict[str, object] = {}
    told = threading.Event()

    with _held_up(store):
        for item in items:
            store.outgoing_sent_later(item, "sent", _keep(results, item.resident, told, 4))
    assert told.wait(30)

    refused = [resident for resident, result in results.items() if result is not None]
    assert refused == [items[1].resident]
    assert store.queue().outbox_waiting == 0


def test_each_body_is_told_how_many_of_its_own_events_are_new(store: Store) -> None:
    store.accept([an_event("e1"), an_event("e2")])
    bodies = [["e2", "e3"], ["e3", "e4", "e5"], ["e1"], ["e6"]]
    rows = [[event_row(an_event(name), store._now()) for name in body] for body in bodies]

    with store._writing_engine.connect() as connection, connection.begin():
        assert store._hot.accept(connection, rows) == [1, 2, 0, 1]

    assert store.queue().inbox_waiting == 6


@contextmanager
def _held_up(store: Store) -> Iterator[None]:
    """The writers wait, so that what comes meanwhile is written together."""
    opened = threading.Event()
    for writer in {id(writer): writer for writer in store._writers.values()}.values():
        reached = threading.Event()
        writer.write_later(
            Kind("hold up", 0, one_by_one(lambda _c, r: (r.set(), opened.wait(30)))), reached, lambda _: None
        )
        assert reached.wait(30)
    yield
    opened.set()


def _keep(results: dict[str, object], name: str, told: threading.Event, count: int) -> Callable[[object], None]:
    def keep(result: object) -> None:
        results[name] = result
        if len(results) == count:
            told.set()

    return keep
