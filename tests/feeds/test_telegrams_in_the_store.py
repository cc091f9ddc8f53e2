"""Telegrams in the store: kept once, newest first, one at a time, and nothing half-written; on both engines."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from store import LeaseLost, Store
from store.records_feeds import FoundTelegram, KeptTelegram, ToldDanger
from tests.databases import Clock

AT = datetime(2026, 7, 1, 1, tzinfo=UTC)


def found(name: str, minutes: int = 0) -> FoundTelegram:
    return FoundTelegram(name, f"https://h/{name}", "VPWW55", AT + timedelta(minutes=minutes))


def newest(version: int, text: str = "{}") -> KeptTelegram:
    return KeptTelegram("VPWW55", "area", "110000", text, AT, version)


def told(grade: str = "4") -> ToldDanger:
    return ToldDanger("demo", "大雨", "", "1199900", grade, 1, AT)


def test_a_telegram_named_again_is_kept_once(store: Store) -> None:
    first = store.feed_answered("extra", "e", "m", [found("a"), found("b")])
    again = store.feed_answered("extra", "e2", "m2", [found("b"), found("c")])

    assert (first, again) == (2, 1)
    assert store.feeds()["extra"].etag == "e2"


def test_the_newest_is_taken_first_and_one_at_a_time(store: Store) -> None:
    store.feed_answered("extra", "", "", [found("old"), found("new", 5)])

    taken = store.claim_telegram("a", 30)

    assert taken is not None
    assert taken.id == "new"
    assert store.claim_telegram("b", 30) is None
    store.telegram_read(taken, (), ())
    after = store.claim_telegram("b", 30)
    assert after is not None
    assert after.id == "old"


def test_a_worker_whose_lease_ended_marks_nothing(store: Store, clock: Clock) -> None:
    store.feed_answered("extra", "", "", [found("a")])
    slow = store.claim_telegram("slow", 30)
    clock.forward(31)
    quick = store.claim_telegram("quick", 30)
    assert slow is not None
    assert quick is not None

    with pytest.raises(LeaseLost):
        store.telegram_read(slow, [newest(0)], [told()])

    assert store.kept_telegrams("VPWW55") == []
    assert store.told_dangers("demo") == []
    store.telegram_read(quick, [newest(0)], [told()])
    assert [one.version for one in store.kept_telegrams("VPWW55")] == [1]
    assert [one.grade for one in store.told_dangers("demo")] == ["4"]


@pytest.mark.parametrize("seen", [0, 1], ids=["it was not there yet", "an older one"])
def test_who_decided_on_an_older_state_writes_nothing_and_reads_again(store: Store, clock: Clock, seen: int) -> None:
    store.feed_answered("extra", "", "", [found("a"), found("b", 1), found("c", 2)])
    for version in range(2):
        earlier = store.claim_telegram("a", 30)
        assert earlier is not None
        store.telegram_read(earlier, [newest(version, f'"{version}"')], ())
    late = store.claim_telegram("b", 30)
    assert late is not None

    with pytest.raises(LeaseLost):
        store.telegram_read(late, [newest(seen, '"late"')], [told()])

    assert [one.telegram for one in store.kept_telegrams("VPWW55")] == ['"1"']
    assert store.told_dangers("demo") == []
    clock.forward(31)
    again = store.claim_telegram("b", 30)
    assert again is not None
    assert again.id == late.id


def test_a_city_hears_of_its_own_dangers_alone(store: Store) -> None:
    store.feed_answered("extra", "", "", [found("a")])
    taken = store.claim_telegram("a", 30)
    assert taken is not None

    store.telegram_read(taken, (), [told()])

    assert store.told_dangers("other") == []


def test_a_feed_is_silent_from_the_first_failure_until_it_answers(store: Store, clock: Clock) -> None:
    store.feed_answered("extra", "", "", ())
    answered = datetime.fromtimestamp(clock.now, UTC)
    clock.forward(300)
    store.feed_failed("extra", "status 503")
    clock.forward(300)
    store.feed_failed("extra", "no answer")
    now = datetime.fromtimestamp(clock.now, UTC)

    silent = store.feeds()["extra"]
    store.feed_answered("extra", "", "", ())

    assert silent.silence(now) == now - answered == timedelta(minutes=10)
    assert silent.reason == "no answer"
    assert store.feeds()["extra"].silence(now) == timedelta()


def test_of_two_processes_one_notes_that_staff_were_told(store: Store) -> None:
    store.feed_failed("extra", "status 503")

    assert [store.feed_told("extra", AT) for _ in range(2)] == [True, False]
    assert [store.feed_told("extra", None) for _ in range(2)] == [True, False]
