"""One resident whom LINE refuses must not take 499 others along: the call is divided until that one stands alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from emulator.model import Delivery
from emulator.server import RunningEmulator
from store import LeaseLost, Store, open_store
from store.notice_mending import BLIND_SPLITS
from store.records_notices import ClaimedChunk
from store.tables_notices import notice_chunks, notice_recipients
from tests.databases import Clock
from tests.notices.killing_senders import some_senders
from tests.notices.notice_builders import CITY, a_notice, add_friends
from tests.notices.sending_builders import Heard, a_line, befriend, issue, sending
from tests.running import wait_until

PATIENCE = 40.0


@pytest.fixture
def line() -> Iterator[tuple[RunningEmulator, Heard]]:
    with a_line() as running:
        yield running


@pytest.fixture
def open_now(database_url: str) -> Iterator[Store]:
    with open_store(database_url) as opened:
        yield opened


def _is_done(store: Store, number: int) -> bool:
    notice = store.notice(CITY, number)
    return notice is not None and notice.status == "done"


def _states(store: Store) -> Counter[str]:
    found = select(notice_chunks.c.state)
    return Counter(store._read(lambda connection: connection.execute(found).scalars().all()))


@pytest.mark.parametrize("named", [True, False], ids=["LINE names the place", "LINE does not say what it minds"])
def test_the_neighbours_of_a_refused_resident_hear_it_once(
    open_now: Store, line: tuple[RunningEmulator, Heard], named: bool
) -> None:
    running, heard = line
    names = befriend(open_now, running, 600)
    bad = {names[3], names[499], names[599]}
    running.platform.channel(CITY).refused = dict.fromkeys(bad, named)

    with sending(open_now, running.url):
        notice = issue(open_now)
        wait_until(lambda: _is_done(open_now, notice.id), PATIENCE)

    assert heard.residents == dict.fromkeys(set(names) - bad, 1)
    results = open_now.notice_results(CITY, notice.id)
    reason = "resident refused" if named else "status 400"
    assert (results.recipients, results.accepted, results.waiting) == (600, 597, 0)
    assert results.failures == {reason: 3}
    keys = select(notice_chunks.c.retry_key)
    kept = open_now._read(lambda connection: connection.execute(keys).scalars().all())
    assert len(set(kept)) == len(kept)


def test_a_message_that_line_refuses_is_not_divided(open_now: Store, line: tuple[RunningEmulator, Heard]) -> None:
    running, _ = line
    befriend(open_now, running, 600)

    with sending(open_now, running.url):
        notice = issue(open_now, link="no address at all")
        wait_until(lambda: _is_done(open_now, notice.id))

    assert _states(open_now) == {"dead": 2}
    assert open_now.notice_results(CITY, notice.id).failures == {"status 400": 600}


def test_when_line_takes_nobody_and_does_not_say_why_the_dividing_ends_soon(
    open_now: Store, line: tuple[RunningEmulator, Heard]
) -> None:
    running, heard = line
    names = befriend(open_now, running, 400)
    running.platform.channel(CITY).refused = dict.fromkeys(names, False)

    with sending(open_now, running.url):
        notice = issue(open_now)
        wait_until(lambda: _is_done(open_now, notice.id))

    assert _states(open_now) == {"split": 1 + 2 + 4, "dead": 8}
    assert open_now.notice_results(CITY, notice.id).failures == {"status 400": 400}
    assert len(heard) == 0


def test_nobody_is_given_up_while_the_answer_to_another_call_is_to_come(
    open_now: Store, line: tuple[RunningEmulator, Heard]
) -> None:
    """LINE takes the calls of the neighbours, and each time its answer is lost: the words are not known to be good."""
    running, heard = line
    names = befriend(open_now, running, 500)
    running.platform.channel(CITY).refused = {names[7]: False}
    running.platform.faults.add("multicast", "server_error_after_accept", count=8)

    with sending(open_now, running.url):
        notice = issue(open_now)
        wait_until(lambda: _is_done(open_now, notice.id), PATIENCE)

    assert heard.residents == dict.fromkeys(set(names) - {names[7]}, 1)
    assert open_now.notice_results(CITY, notice.id).failures == {"status 400": 1}


def test_with_kills_in_between_none_hears_it_twice_and_only_the_refused_miss_it(database_url: str) -> None:
    with open_store(database_url) as store, a_line() as (line, heard):
        names = befriend(store, line, 1_500)
        bad = {names[at]: at % 2 == 0 for at in (0, 7, 801, 1_499)}
        line.platform.channel(CITY).refused = bad
        line.platform.faults.add("multicast", "server_error_after_accept", count=3, probability=0.2)
        with some_senders(database_url, line.url) as senders:
            kills = [0]

            def kill_some(_delivery: Delivery) -> None:
                """LINE has accepted, and the sender never hears of it."""
                if len(heard.calls) % 4 == 1 and kills[0] < 5:
                    kills[0] += 1
                    senders.kill()

            line.platform.on_delivery.append(kill_some)
            notice = issue(store)
            wait_until(lambda: _states(store)["split"] > 0, PATIENCE)
            senders.kill()  # while calls are divided
            wait_until(lambda: _is_done(store, notice.id), PATIENCE)
        results = store.notice_results(CITY, notice.id)

    assert kills[0] == 5
    assert heard.residents == dict.fromkeys(set(names) - bad.keys(), 1)
    assert (results.accepted, results.failed, results.waiting) == (1_496, 4, 0)
    assert results.failures.keys() == {"resident refused", "status 400"}


def _claimed(store: Store, clock: Clock, residents: int) -> ClaimedChunk:
    add_friends(store, residents)
    made = store.put_notice(a_notice(), by=3)
    store.issue_notice(CITY, made.id, by=3)
    store.plan_due_notices(datetime.fromtimestamp(clock.now, UTC))
    return store.claim_chunks("w1", 1, 8.0)[0]


def test_who_is_named_is_parted_from_the_others_and_every_call_has_a_key_of_its_own(store: Store, clock: Clock) -> None:
    chunk = _claimed(store, clock, 10)

    parts = store.split_chunk(chunk, "status 400", named=(2, 5), sure=True)
    others, apart = store.claim_chunks("w2", 9, 8.0)

    assert parts == (others.part, apart.part) == (2, 3)
    assert apart.recipients == (chunk.recipients[2], chunk.recipients[5])
    assert set(others.recipients) | set(apart.recipients) == set(chunk.recipients)
    assert len({chunk.retry_key, others.retry_key, apart.retry_key}) == 3
    assert (others.splits, others.fate_unknown, others.attempts) == (1, False, 1)
    assert not _is_done(store, chunk.notice_id)
    kept = select(notice_recipients.c.part)
    assert sorted(store._read(lambda connection: connection.execute(kept).scalars().all())) == [2, 3]


def _halved_to_the_limit(store: Store, clock: Clock) -> tuple[ClaimedChunk, ...]:
    """The calls to 2 of 16 residents each that are left when nobody says what is minded; all are claimed."""
    calls = [_claimed(store, clock, 16)]
    for _ in range(BLIND_SPLITS):
        for call in calls:
            store.split_chunk(call, "status 400")
        calls = store.claim_chunks("w1", 20, 8.0)
    return tuple(calls)


def test_a_refused_call_at_the_limit_waits_for_the_others_and_is_divided_when_one_of_them_was_taken(
    store: Store, clock: Clock
) -> None:
    refused, taken, *_others = _halved_to_the_limit(store, clock)

    assert store.split_chunk(refused, "status 400") == ()
    assert _states(store)["dead"] == 0
    store.chunk_sent(taken, "r1")
    clock.forward(1.0)
    (again,) = store.claim_chunks("w2", 1, 8.0)

    assert (again.part, again.fate_unknown) == (refused.part, False)
    assert len(store.split_chunk(again, "status 400")) == 2


def test_a_refused_call_at_the_limit_does_not_wait_for_what_goes_out_in_the_morning(store: Store, clock: Clock) -> None:
    refused, *others = _halved_to_the_limit(store, clock)
    for other in others:
        store.chunk_later(other, 8 * 3600.0, "quiet hours", fate_unknown=False)

    store.split_chunk(refused, "status 400")

    assert _states(store)["dead"] == 1


def test_who_lost_the_lease_divides_nothing(store: Store, clock: Clock) -> None:
    chunk = _claimed(store, clock, 10)
    clock.forward(8.0)
    store.claim_chunks("w2", 1, 8.0)

    with pytest.raises(LeaseLost):
        store.split_chunk(chunk, "status 400", sure=True)

    assert _states(store) == {"open": 1}


def test_what_is_divided_after_a_stop_goes_out_no_more(store: Store, clock: Clock) -> None:
    chunk = _claimed(store, clock, 10)
    store.stop_notice(CITY, chunk.notice_id, by=3)

    store.split_chunk(chunk, "status 400", sure=True)

    assert store.claim_chunks("w2", 9, 8.0) == []
    assert store.sweep_chunks() == 2
    assert store.notice_results(CITY, chunk.notice_id).stopped == 10
