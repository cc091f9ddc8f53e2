"""A worker that waits is woken by new work, from its own process and from others, and no ring is missed."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import pytest

from store import Outcome, Store, open_store
from tests.databases import Clock
from tests.store.store_builders import AT_MS, a_case, a_turn, an_answer, an_event, an_outgoing

# Far more than waking takes; a test that needs it all has failed.
LONG = 20.0


def _quiet(store: Store) -> None:
    """Hear everything that rang so far."""
    while store.wait_for_work(0.06):
        pass


def _woken(waiting: Store, make_work: Callable[[], object]) -> bool:
    """Whether `make_work` ends a wait that has begun."""
    heard: list[bool] = []
    ready = threading.Event()

    def wait() -> None:
        _quiet(waiting)
        ready.set()
        heard.append(waiting.wait_for_work(LONG))

    thread = threading.Thread(target=wait)
    thread.start()
    assert ready.wait(LONG)
    make_work()
    thread.join(LONG + 5)
    return heard == [True]


def test_silence_ends_with_the_timeout(store: Store) -> None:
    _quiet(store)
    began = time.monotonic()

    assert not store.wait_for_work(0.1)
    assert 0.09 <= time.monotonic() - began < LONG / 2


def test_accepting_wakes(store: Store) -> None:
    assert _woken(store, lambda: store.accept([an_event()]))


def test_accepting_what_is_known_does_not_ring_the_bell(store: Store) -> None:
    store.accept([an_event()])
    rings = store._bell._rings

    store.accept([an_event()])

    assert store._bell._rings == rings


def test_work_made_before_the_wait_is_not_missed(store: Store) -> None:
    _quiet(store)

    store.accept([an_event()])

    assert store.wait_for_work(LONG)


def test_every_thread_that_waits_is_woken(store: Store) -> None:
    results: list[bool] = []
    threads = [threading.Thread(target=lambda: results.append(store.wait_for_work(LONG))) for _ in range(3)]
    for thread in threads:
        thread.start()

    store.wake()

    for thread in threads:
        thread.join(LONG + 5)
    assert results == [True] * 3


def test_finishing_an_event_wakes_when_the_resident_has_another(store: Store) -> None:
    store.accept([an_event("e1"), an_event("e2", occurred_at_ms=AT_MS + 1)])
    (first,) = store.claim_events("w1", 10)
    rings = store._bell._rings

    store.finish_event(first, an_answer(first))

    assert store._bell._rings == rings + 1
    (second,) = store.claim_events("w1", 10)
    store.finish_event(second, Outcome(turn=a_turn("e2")))
    assert store._bell._rings == rings + 1  # nothing more came free


def test_sending_wakes_when_the_resident_has_another_message(store: Store) -> None:
    (first,) = store.record(Outcome(outgoing=(an_outgoing("one"),)))
    store.record(Outcome(outgoing=(an_outgoing("two"),)))
    rings = store._bell._rings

    store.outgoing_sent(first, "sent")

    assert store._bell._rings == rings + 1


def test_another_process_is_heard(database_url: str, clock: Clock) -> None:
    """Two stores on one database are what two processes are."""
    with open_store(database_url, clock=clock) as web, open_store(database_url, clock=clock) as worker:
        assert _woken(worker, lambda: web.accept([an_event()]))
        claimed = worker.claim_events("w1", 10)
        assert [event.event_id for event in claimed] == ["e1"]


def test_messages_another_process_left_waiting_are_heard(database_url: str, clock: Clock) -> None:
    with open_store(database_url, clock=clock) as web, open_store(database_url, clock=clock) as worker:
        web.record(Outcome(outgoing=(an_outgoing("one"),)))

        assert _woken(worker, lambda: web.record(Outcome(outgoing=(an_outgoing("two"),))))


def test_an_answer_to_a_case_is_heard_by_the_workers_of_other_processes(database_url: str, clock: Clock) -> None:
    with open_store(database_url, clock=clock) as web, open_store(database_url, clock=clock) as worker:
        web.record(Outcome(turn=a_turn(), case=a_case()))
        (case,) = web.cases("demo")

        assert _woken(worker, lambda: web.answer_case("demo", case.id, Outcome(outgoing=(an_outgoing(),))))


def test_closing_lets_waiting_threads_go(database_url: str) -> None:
    store = open_store(database_url)

    assert _woken(store, store.close)


def test_the_listener_comes_back_after_its_connection_was_cut(
    postgres_url: str, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("store.postgresql_ear.PostgresEar._RECONNECT_SECONDS", 0.01)
    with open_store(postgres_url, clock=clock) as web, open_store(postgres_url, clock=clock) as worker:
        _quiet(worker)

        def cut() -> None:
            with web._writing_engine.connect() as connection:
                connection.exec_driver_sql(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                    "WHERE query LIKE 'LISTEN%%' AND datname = current_database()"
                )

        assert _woken(worker, cut)  # listening again rings, because something may have been missed
        assert _woken(worker, lambda: web.accept([an_event()]))
