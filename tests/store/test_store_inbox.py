"""Events are kept once, claimed in order, and finished by whoever holds them."""

from __future__ import annotations

import pytest

from store import LeaseLost, Outcome, Store, StoreError
from tests.databases import Clock
from tests.store.store_builders import AT_MS, a_feedback, a_turn, an_answer, an_event, an_outgoing


def test_an_event_comes_back_as_it_was_kept(store: Store) -> None:
    event = an_event(payload={"text": "ゴミ🗑\u0000", "n": [1, None, 0.5]}, redelivered=True)

    store.accept([event])
    (claimed,) = store.claim_events("w1", 10)

    assert (claimed.city, claimed.event_id, claimed.resident, claimed.kind) == ("demo", "e1", "U1", "message")
    assert claimed.payload == event.payload
    assert (claimed.redelivered, claimed.reply_token) == (True, "token-e1")
    assert (claimed.occurred_at_ms, claimed.received_at_ms) == (AT_MS, AT_MS)
    assert (claimed.attempts, claimed.worker) == (1, "w1")


def test_a_redelivered_event_is_not_new(store: Store) -> None:
    assert store.accept([an_event("e1"), an_event("e2")]) == 2

    assert store.accept([an_event("e2", redelivered=True), an_event("e3")]) == 1
    assert store.accept([an_event("e4"), an_event("e4")]) == 1


def test_a_redelivery_of_a_finished_event_is_never_claimed(store: Store) -> None:
    store.accept([an_event()])
    (claimed,) = store.claim_events("w1", 10)
    store.finish_event(claimed, an_answer(claimed))

    assert store.accept([an_event(redelivered=True)]) == 0
    assert store.claim_events("w1", 10) == []


def test_no_events_are_accepted_as_no_events(store: Store) -> None:
    assert store.accept([]) == 0


def test_one_event_that_cannot_be_kept_keeps_none_of_its_body(store: Store) -> None:
    with pytest.raises(StoreError) as refused:
        store.accept([an_event("e1"), an_event("e2", occurred_at_ms=None)])

    assert refused.value.permanent
    assert store.queue().inbox_waiting == 0


@pytest.mark.parametrize("text", ["a\x00b", "\ud83d", "💒" * 400], ids=["NUL", "half an emoji", "long"])
def test_text_that_an_engine_refuses_is_kept_all_the_same(store: Store, text: str) -> None:
    store.accept([an_event(payload={"text": text}, resident=f"U{text[:2]}")])
    (claimed,) = store.claim_events("w1", 1)

    store.finish_event(claimed, Outcome(turn=a_turn(text=text, resident=claimed.resident)))

    (turn,) = store.turns("demo", claimed.resident)
    assert turn.text in (text, text.replace("\x00", ""), "?")


def test_the_oldest_event_is_claimed_first(store: Store, clock: Clock) -> None:
    for number in (3, 1, 2):
        store.accept([an_event(f"e{number}", resident=f"U{number}")])
        clock.forward(1)

    claimed = [store.claim_events("w1", 1)[0].event_id for _ in range(3)]

    assert claimed == ["e3", "e1", "e2"]


def test_a_residents_events_come_one_at_a_time_in_the_order_they_occurred(store: Store) -> None:
    store.accept([an_event("late", occurred_at_ms=AT_MS + 5), an_event("early", occurred_at_ms=AT_MS)])
    store.accept([an_event("between", occurred_at_ms=AT_MS + 1)])

    order = []
    while claimed := store.claim_events("w1", 10):
        assert len(claimed) == 1
        assert store.claim_events("w2", 10) == []
        order.append(claimed[0].event_id)
        store.finish_event(claimed[0], an_answer(claimed[0]))

    assert order == ["early", "between", "late"]


def test_an_earlier_event_that_arrives_late_waits_for_the_one_in_work(store: Store) -> None:
    store.accept([an_event("second", occurred_at_ms=AT_MS + 5)])
    (in_work,) = store.claim_events("w1", 10)
    store.accept([an_event("first", occurred_at_ms=AT_MS)])

    assert store.claim_events("w2", 10) == []

    store.finish_event(in_work, an_answer(in_work))
    assert [event.event_id for event in store.claim_events("w2", 10)] == ["first"]


def test_a_claim_takes_no_more_than_it_asked_for(store: Store) -> None:
    store.accept([an_event(f"e{n}", resident=f"U{n}") for n in range(5)])

    assert len(store.claim_events("w1", 3)) == 3
    assert len(store.claim_events("w2", 3)) == 2


def test_a_killed_workers_event_is_claimed_again_when_its_lease_is_over(store: Store, clock: Clock) -> None:
    store.accept([an_event()])
    store.claim_events("killed", 10, lease_seconds=8)

    clock.forward(7.9)
    assert store.claim_events("w2", 10) == []
    clock.forward(0.2)
    (again,) = store.claim_events("w2", 10)

    assert (again.event_id, again.attempts, again.worker) == ("e1", 2, "w2")


def test_a_worker_that_lost_its_lease_writes_nothing(store: Store, clock: Clock) -> None:
    store.accept([an_event()])
    (slow,) = store.claim_events("slow", 10)
    clock.forward(9)
    store.claim_events("quick", 10)

    with pytest.raises(LeaseLost):
        store.finish_event(slow, an_answer(slow))
    with pytest.raises(LeaseLost):
        store.retry_event(slow, 1, "line-down")
    with pytest.raises(LeaseLost):
        store.fail_event(slow, "line-down")

    assert store.turns("demo", "U1") == []
    assert store.conversation("demo", "U1") is None
    assert store.queue().outbox_waiting == 0


def test_a_worker_that_claimed_its_own_lost_event_again_cannot_finish_it_twice(store: Store, clock: Clock) -> None:
    store.accept([an_event()])
    (first,) = store.claim_events("w1", 10)
    clock.forward(9)
    (second,) = store.claim_events("w1", 10)

    with pytest.raises(LeaseLost):
        store.finish_event(first, an_answer(first))
    assert len(store.finish_event(second, an_answer(second))) == 1
    with pytest.raises(LeaseLost):
        store.finish_event(second, an_answer(second))


def test_a_lease_that_is_over_but_not_taken_can_still_be_finished(store: Store, clock: Clock) -> None:
    store.accept([an_event()])
    (claimed,) = store.claim_events("w1", 10)
    clock.forward(60)

    assert len(store.finish_event(claimed, an_answer(claimed))) == 1


def test_a_retried_event_comes_back_after_its_delay_and_holds_back_later_ones(store: Store, clock: Clock) -> None:
    store.accept([an_event("e1"), an_event("e2", occurred_at_ms=AT_MS + 1)])
    (claimed,) = store.claim_events("w1", 10)

    store.retry_event(claimed, 2.0, "store-busy")

    assert store.claim_events("w1", 10) == []
    clock.forward(2)
    (again,) = store.claim_events("w1", 10)
    assert (again.event_id, again.attempts) == ("e1", 2)


def test_a_failed_event_lets_the_residents_later_ones_pass(store: Store) -> None:
    store.accept([an_event("e1"), an_event("e2", occurred_at_ms=AT_MS + 1)])
    (claimed,) = store.claim_events("w1", 10)

    store.fail_event(claimed, "too-often")

    assert [event.event_id for event in store.claim_events("w1", 10)] == ["e2"]
    assert store.queue().inbox_failed == 1


def test_finishing_an_event_writes_everything_it_led_to(store: Store) -> None:
    store.accept([an_event()])
    (claimed,) = store.claim_events("w1", 10)

    (message,) = store.finish_event(claimed, an_answer(claimed))

    assert store.turns("demo", "U1") == [a_turn()]
    assert store.conversation("demo", "U1") == {"owner": "bot", "last": "e1"}
    assert (message.worker, message.attempts, message.way) == ("w1", 1, "reply")
    assert store.queue().inbox_waiting == 0


def test_an_outcome_that_cannot_be_written_leaves_the_event_open(store: Store, clock: Clock) -> None:
    store.accept([an_event()])
    (claimed,) = store.claim_events("w1", 10)
    message = an_outgoing()
    twice = Outcome(turn=a_turn(), outgoing=(message, message))  # the same retry key

    with pytest.raises(StoreError) as refused:
        store.finish_event(claimed, twice)

    assert refused.value.permanent
    assert store.turns("demo", "U1") == []
    clock.forward(9)
    assert [event.event_id for event in store.claim_events("w1", 10)] == ["e1"]


def test_the_driver_s_words_stay_out_of_the_error(store: Store) -> None:
    store.accept([an_event()])
    (claimed,) = store.claim_events("w1", 10)
    message = an_outgoing("ひみつの言葉", retry_key="the-same")

    with pytest.raises(StoreError) as refused:
        store.finish_event(claimed, Outcome(outgoing=(message, message)))

    assert "ひみつ" not in repr(refused.value)
    assert "the-same" not in repr(refused.value)
    assert refused.value.__cause__ is None


def test_an_outcome_of_another_city_is_refused(store: Store) -> None:
    store.accept([an_event()])
    (claimed,) = store.claim_events("w1", 10)

    with pytest.raises(StoreError):
        store.finish_event(claimed, Outcome(turn=a_turn(city="other")))


def test_a_widget_turn_is_recorded_once_however_often_it_is_sent(store: Store) -> None:
    outcome = Outcome(turn=a_turn("w1", channel="widget"), conversation={"n": 1}, feedback=a_feedback())

    store.record(outcome)
    store.record(Outcome(turn=a_turn("w1", channel="widget"), conversation={"n": 2}))

    assert len(store.turns("demo", "U1")) == 1
    assert store.conversation("demo", "U1") == {"n": 1}


def test_an_outcome_without_a_resident_is_refused(store: Store) -> None:
    with pytest.raises(StoreError):
        store.record(Outcome(conversation={"n": 1}))


def test_the_queue_tells_how_long_the_oldest_event_waits(store: Store, clock: Clock) -> None:
    store.accept([an_event("e1", received_at_ms=clock.ms), an_event("e2", city="other", received_at_ms=clock.ms)])
    clock.forward(3)

    assert (store.queue().inbox_waiting, store.queue().inbox_oldest_seconds) == (2, 3.0)
    assert (store.queue("demo").inbox_waiting, store.queue("nowhere").inbox_oldest_seconds) == (1, 0.0)
