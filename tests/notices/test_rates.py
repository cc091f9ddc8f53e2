"""One rate for all processes: tokens that trickle in, a bucket that holds a few, and some kept for alerts."""

from __future__ import annotations

import asyncio
import random
from bisect import bisect_left
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import Connection, create_engine

from errands.channel import BUCKET, USUAL_PACE
from errands.spacing import Spacing
from store import Store, open_store
from store.rates import Wish, give_back, take
from store.tables_notices import rate_buckets
from tests.databases import Clock

LIMIT = 200
"""Multicasts that LINE takes in a second."""


@contextmanager
def a_bucket() -> Iterator[Connection]:
    engine = create_engine("sqlite://")
    with engine.begin() as connection:
        rate_buckets.create(connection)
        yield connection
    engine.dispose()


def fullest_second(moments: list[float]) -> int:
    """The most that lie in one second, wherever it begins. Milliseconds, sorted."""
    return max(bisect_left(moments, begin + 1000) - at for at, begin in enumerate(moments))


@pytest.mark.parametrize("stall", [0, 90, 600], ids=["steady", "slow store", "it stands still now and then"])
def test_no_second_holds_more_than_line_takes_and_the_pace_is_kept(stall: int) -> None:
    """Several processes ask for what they have places for, at any moment, and give back what they do not need."""
    lot, pace = random.Random(stall), USUAL_PACE
    called, now = [], 1_790_000_000_000
    end = now + 20_000
    wish = Wish("demo", BUCKET, pace.batch, pace.per_second, pace.burst, pace.reserve, lambda: now, pace.ahead)
    with a_bucket() as connection:
        while now < end:
            now += lot.randint(1, 40) + (stall if lot.random() < 0.02 else 0)
            granted = take(connection, wish)
            needed = lot.randint(0, granted.count) if lot.random() < 0.1 else granted.count
            give_back(connection, wish, granted.count - needed)
            called += [granted.moment(number) * 1000 for number in range(needed)]

    assert called == sorted(called)
    assert fullest_second(called) <= LIMIT - 8
    # Who stands still for longer than what was taken ahead, loses that time.
    assert stall > 100 or len(called) / 20 >= 0.9 * LIMIT


def test_the_first_second_after_a_rest_holds_no_more_than_the_others(store: Store, clock: Clock) -> None:
    """A bucket of 40 that gains 196 a second would let 236 pass."""
    pace, taken = USUAL_PACE, 0
    clock.forward(3600)
    for _ in range(100):
        taken += store.take_tokens("demo", BUCKET, 50, pace.per_second, pace.burst)
        clock.forward(0.01)

    assert 0.9 * LIMIT < taken <= LIMIT


def test_tokens_are_lent_each_with_the_moment_from_which_it_counts() -> None:
    with a_bucket() as connection:
        granted = take(connection, Wish("demo", BUCKET, 9, 100.0, 2, 0, lambda: 1_000, 4))
        nothing_left = take(connection, Wish("demo", BUCKET, 9, 100.0, 2, 0, lambda: 1_000, 4))
        kept_for_alerts = take(connection, Wish("demo", BUCKET, 9, 100.0, 2, 1, lambda: 1_040, 4))
        alert = take(connection, Wish("demo", BUCKET, 9, 100.0, 2, 0, lambda: 1_040, 4))

    assert granted.count == 6
    assert [granted.moment(number) for number in range(6)] == pytest.approx([1, 1, 1.01, 1.02, 1.03, 1.04])
    assert (nothing_left.count, kept_for_alerts.count, alert.count) == (0, 3, 1)
    assert alert.moment(0) == pytest.approx(1.08)


def test_a_stalled_process_does_not_make_up_for_it_in_one_moment() -> None:
    """And it begins slowly after a rest: the first calls open connections and arrive late."""
    clock, passed = Clock(), []

    async def sleep(seconds: float) -> None:
        clock.forward(seconds)

    async def call_all() -> None:
        spacing = Spacing(USUAL_PACE.at_most, clock, sleep)
        for number in range(600):
            await spacing.pass_at(began + number / USUAL_PACE.per_second)
            passed.append(clock.now - began)
            clock.forward(0.4 if number == 300 else 0)

    began = clock.now
    asyncio.run(call_all())

    milliseconds = [round(moment * 1000, 3) for moment in passed]
    assert fullest_second(milliseconds) <= USUAL_PACE.at_most + 2
    assert sum(moment < 0.5 for moment in passed) <= LIMIT / 4 + 1
    assert passed[250] == pytest.approx(250 / USUAL_PACE.at_most, abs=0.5)


def test_what_was_kept_back_goes_in_its_order_and_an_alert_before_it() -> None:
    """After a stall 30 calls wait whose moment is over. None of them waits for ever, and an alert waits for none."""
    clock, passed = Clock(), []

    async def sleep(seconds: float) -> None:
        until = clock.now + seconds
        await asyncio.sleep(0)
        while clock.now < until:
            await asyncio.sleep(0)

    async def call_all() -> None:
        spacing = Spacing(1000.0, clock, sleep)

        async def call(number: int, urgent: bool = False) -> None:
            await spacing.pass_at(began - 1 + number / 1000, urgent=urgent)
            passed.append(number)

        async def let_time_pass() -> None:
            while len(passed) < 31:
                await asyncio.sleep(0)
                clock.forward(0.0001)

        await spacing.pass_at(0)
        clock.forward(0.0001)
        began = clock.now
        await asyncio.gather(*(call(number) for number in reversed(range(30))), call(99, urgent=True), let_time_pass())

    asyncio.run(call_all())

    assert passed == [29, 99, *range(29)]  # 29 asked first, and nobody was before it


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
