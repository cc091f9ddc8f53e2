"""A planned run is done by one worker, at least once, and missed ones are found."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from store import LeaseLost, Slot, Store, StoreError
from tests.databases import Clock

DUE = datetime(2026, 9, 21, 9, 0, tzinfo=UTC)


def test_one_worker_gets_the_slot(store: Store) -> None:
    assert store.claim_slot("purge", DUE, "w1", 60)

    assert not store.claim_slot("purge", DUE, "w2", 60)
    assert store.claim_slot("purge", DUE + timedelta(days=1), "w2", 60)
    assert store.claim_slot("purge", DUE, "w2", 60, city="demo")


def test_a_finished_slot_is_never_claimed_again(store: Store, clock: Clock) -> None:
    store.claim_slot("purge", DUE, "w1", 60)

    store.finish_slot("purge", DUE, "w1")

    clock.forward(3600)
    assert not store.claim_slot("purge", DUE, "w2", 60)
    assert store.unfinished_slots() == []


def test_a_killed_workers_slot_is_found_and_claimed_again(store: Store, clock: Clock) -> None:
    store.claim_slot("purge", DUE, "killed", 60)
    assert store.unfinished_slots() == []
    clock.forward(60)

    assert store.unfinished_slots() == [Slot("", "purge", DUE)]
    assert store.claim_slot("purge", DUE, "w2", 60)

    with pytest.raises(LeaseLost):
        store.finish_slot("purge", DUE, "killed")
    store.finish_slot("purge", DUE, "w2")
    assert store.unfinished_slots() == []


def test_the_last_slot_tells_which_ones_were_missed(store: Store) -> None:
    assert store.last_slot("purge") is None
    store.claim_slot("purge", DUE, "w1", 60)
    store.claim_slot("purge", DUE - timedelta(days=1), "w1", 60)
    store.claim_slot("other", DUE + timedelta(days=1), "w1", 60)

    assert store.last_slot("purge") == DUE
    assert store.last_slot("purge", city="demo") is None


def test_a_moment_without_time_zone_is_refused(store: Store) -> None:
    with pytest.raises(StoreError):
        store.claim_slot("purge", DUE.replace(tzinfo=None), "w1", 60)
