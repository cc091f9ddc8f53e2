"""One rate for all processes: tokens that trickle in, a bucket that holds a few, and some kept for alerts."""

from __future__ import annotations

from store import Store, open_store
from tests.databases import Clock


def test_a_bucket_begins_full_and_fills_evenly(store: Store, clock: Clock) -> None:
    taken = [store.take_tokens("demo", "multicast", 50, 200.0, 40)]
    for _ in range(4):
        clock.forward(0.0125)
        taken.append(store.take_tokens("demo", "multicast", 50, 200.0, 40))
    clock.forward(3600)
    taken.append(store.take_tokens("demo", "multicast", 50, 200.0, 40))

    assert taken == [40, 2, 3, 2, 3, 40]


def test_what_is_kept_for_alerts_is_not_given_to_news(store: Store) -> None:
    assert store.take_tokens("demo", "multicast", 50, 200.0, 40, 4) == 36
    assert store.take_tokens("demo", "multicast", 50, 200.0, 40, 4) == 0
    assert store.take_tokens("demo", "multicast", 50, 200.0, 40) == 4


def test_channels_do_not_share(store: Store) -> None:
    store.take_tokens("demo", "multicast", 40, 200.0, 40)

    assert store.take_tokens("hoka", "multicast", 40, 200.0, 40) == 40
    assert store.take_tokens("demo", "push", 40, 200.0, 40) == 40


def test_processes_share_and_a_clock_that_is_behind_takes_nothing_twice(database_url: str, clock: Clock) -> None:
    late = Clock(clock.now - 5)
    with open_store(database_url, clock=clock) as here, open_store(database_url, clock=late) as there:
        first = here.take_tokens("demo", "multicast", 40, 200.0, 40)
        clock.forward(0.1)
        second = here.take_tokens("demo", "multicast", 40, 200.0, 40)
        behind = there.take_tokens("demo", "multicast", 40, 200.0, 40)
        again = here.take_tokens("demo", "multicast", 40, 200.0, 40)

    assert (first, second, behind, again) == (40, 20, 0, 0)


def test_after_too_much_everybody_begins_from_nothing(store: Store, clock: Clock) -> None:
    store.take_tokens("demo", "multicast", 1, 200.0, 40)
    store.drain_tokens("demo", "multicast")

    assert store.take_tokens("demo", "multicast", 40, 200.0, 40) == 0
    clock.forward(0.1)
    assert store.take_tokens("demo", "multicast", 40, 200.0, 40) == 20
