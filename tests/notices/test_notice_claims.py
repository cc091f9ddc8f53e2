"""Calls are taken with leases: urgent ones first, none twice, and what a dead sender held is known to be uncertain."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from store import LeaseLost, Store
from store.rates import Wish
from tests.databases import Clock
from tests.notices.notice_builders import CITY, a_notice, add_friends, add_wishes

_LEASE = 8.0


def _sending(store: Store, clock: Clock, residents: int = 1_200, *, kind: str = "news", city: str = CITY) -> int:
    add_friends(store, residents, city=city)
    return _issue(store, clock, kind=kind, city=city)


def _issue(store: Store, clock: Clock, **changes: str) -> int:
    made = store.put_notice(a_notice(**changes), by=3)
    store.issue_notice(made.city, made.id, by=3)
    store.plan_due_notices(datetime.fromtimestamp(clock.now, UTC))
    return made.id


def _wish(clock: Clock, want: int, burst: int = 40) -> Wish:
    return Wish(CITY, "multicast", want, 200.0, burst, 0, lambda: clock.ms)


def test_a_call_is_held_by_one_until_its_lease_ends(store: Store, clock: Clock) -> None:
    _sending(store, clock)
    first = store.claim_chunks("w1", 2, _LEASE)
    second = store.claim_chunks("w2", 10, _LEASE)
    clock.forward(_LEASE)
    third = store.claim_chunks("w3", 10, _LEASE)

    assert [[chunk.part for chunk in claimed] for claimed in (first, second, third)] == [[1, 2], [3], [1, 2, 3]]
    assert [chunk.fate_unknown for chunk in first + third] == [False, False, True, True, True]
    assert [chunk.retry_key for chunk in first] == [chunk.retry_key for chunk in third[:2]]
    assert {chunk.first_at for chunk in third} == {first[0].first_at}
    with pytest.raises(LeaseLost):
        store.chunk_sent(first[0], "too late")
    store.chunk_sent(third[0], "request")


def test_what_was_surely_not_accepted_is_certain_again(store: Store, clock: Clock) -> None:
    _sending(store, clock, 10)
    (chunk,) = store.claim_chunks("w1", 1, _LEASE)
    store.chunk_later(chunk, 5.0, "status 429", fate_unknown=False)

    assert store.claim_chunks("w1", 1, _LEASE) == []
    clock.forward(5.0)
    (again,) = store.claim_chunks("w2", 1, _LEASE)
    assert (again.fate_unknown, again.attempts) == (False, 2)


def test_an_alert_is_taken_first_though_it_came_last(store: Store, clock: Clock) -> None:
    news = _sending(store, clock)
    clock.forward(1)
    alert = _issue(store, clock, kind="disaster")

    assert [due.priority for due in store.due_channels()] == [0]
    assert [chunk.notice_id for chunk in store.claim_chunks("w1", 4, _LEASE)] == [alert] * 3 + [news]
    assert [chunk.notice_id for chunk in store.claim_at_rate("w1", _LEASE, _wish(clock, 9), most=1)[0]] == []


def test_no_more_is_taken_than_the_rate_allows_and_nothing_of_it_is_wasted(store: Store, clock: Clock) -> None:
    _sending(store, clock)
    first = store.claim_at_rate("w1", _LEASE, _wish(clock, 9, burst=2))
    second = store.claim_at_rate("w1", _LEASE, _wish(clock, 9, burst=2))
    clock.forward(0.01)
    third = store.claim_at_rate("w1", _LEASE, _wish(clock, 9, burst=2))
    fourth = store.claim_at_rate("w1", _LEASE, _wish(clock, 9, burst=2))

    assert [(len(claimed), granted.count) for claimed, granted in (first, second, third, fourth)] == [
        (2, 2),
        (0, 0),
        (1, 2),
        (0, 1),
    ]
    assert store.take_tokens(CITY, "multicast", 5, 200.0, 2) == 1


def test_a_paused_notice_is_not_taken_and_another_citys_is(store: Store, clock: Clock) -> None:
    paused = _sending(store, clock, 10)
    _sending(store, clock, 10, city="hoka")
    store.pause_notice(CITY, paused, by=3)

    assert [due.city for due in store.due_channels()] == ["hoka"]
    assert [chunk.city for chunk in store.claim_chunks("w1", 5, _LEASE)] == ["hoka"]


def test_what_somebody_held_of_a_stopped_notice_is_closed_when_the_lease_ends(store: Store, clock: Clock) -> None:
    number = _sending(store, clock)
    store.claim_chunks("w1", 1, _LEASE)
    store.stop_notice(CITY, number, by=3)

    assert store.notice_progress(CITY, number).chunks_open == 1
    assert store.sweep_chunks() == 0
    clock.forward(_LEASE)
    assert store.sweep_chunks() == 1
    assert store.notice_results(CITY, number).stopped == 1_200


def test_who_stopped_while_a_call_waited_is_taken_off_its_list(store: Store, clock: Clock) -> None:
    number = _sending(store, clock, 10)
    (chunk,) = store.claim_chunks("w1", 1, _LEASE)
    add_wishes(store, chunk.recipients[:3], topics=["gomi"], paused=True)
    add_wishes(store, chunk.recipients[3:5], topics=["gomi"])

    left = store.still_wanted(chunk)

    assert left.recipients == chunk.recipients[3:]
    assert store.still_wanted(left) == left
    assert (store.notice_progress(CITY, number).waiting, store.notices(CITY)[0].recipients) == (7, 7)
    clock.forward(_LEASE)
    (again,) = store.claim_chunks("w2", 1, _LEASE)
    assert again.recipients == left.recipients
    add_wishes(store, chunk.recipients[5:6], topics=["gomi"], paused=True)
    with pytest.raises(LeaseLost):
        store.still_wanted(left)


def test_opened_links_are_counts(store: Store, clock: Clock) -> None:
    number = _sending(store, clock, 10)
    for _ in range(3):
        store.notice_tapped(CITY, number, "link")
    clock.forward(3_600)
    store.notice_tapped(CITY, number, "link")

    assert store.notice_results(CITY, number).taps == {"link": 4}
