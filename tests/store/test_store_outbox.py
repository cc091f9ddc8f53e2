"""Messages go out by priority and in order, and a message whose fate is unknown is remembered as such."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from store import ClaimedOutgoing, LeaseLost, Outcome, Store
from store.tables import outbox
from tests.databases import Clock
from tests.store.store_builders import AT_MS, an_answer, an_event, an_outgoing


def _in_flight(store: Store, event_id: str = "e1", resident: str = "U1") -> ClaimedOutgoing:
    """A message just written by a worker that has it in hand."""
    store.accept([an_event(event_id, resident=resident)])
    (event,) = store.claim_events("w1", 1)
    (message,) = store.finish_event(event, an_answer(event, f"reply to {event_id}"))
    return message


def test_a_message_is_handed_to_the_worker_that_wrote_it_and_to_nobody_else(store: Store) -> None:
    message = _in_flight(store)

    assert message.messages == [{"type": "text", "text": "reply to e1"}]
    assert (message.reply_token, message.fate_unknown) == ("token-e1", False)
    assert store.claim_outgoing("w2", 10) == []


def test_a_sent_message_is_done(store: Store, clock: Clock) -> None:
    message = _in_flight(store)

    store.outgoing_sent(message, "sent")

    clock.forward(60)
    assert store.claim_outgoing("w1", 10) == []
    assert store.queue().outbox_waiting == 0
    with pytest.raises(LeaseLost):
        store.outgoing_sent(message, "sent")


def test_a_sent_message_is_emptied_because_its_buttons_may_hold_where_a_resident_is(store: Store) -> None:
    message = _in_flight(store)

    store.outgoing_sent(message, "sent")

    with store._writing_engine.connect() as connection:
        (row,) = connection.execute(select(outbox.c.state, outbox.c.messages, outbox.c.reply_token))
    assert tuple(row) == ("sent", "[]", "")


def test_a_message_whose_worker_was_killed_comes_back_with_its_fate_unknown(store: Store, clock: Clock) -> None:
    message = _in_flight(store)
    clock.forward(9)

    (again,) = store.claim_outgoing("w2", 10)

    assert again.fate_unknown
    assert (again.id, again.retry_key, again.attempts, again.worker) == (message.id, message.retry_key, 2, "w2")
    with pytest.raises(LeaseLost):
        store.outgoing_sent(message, "sent")


def test_an_unknown_fate_is_not_forgotten_by_a_later_attempt(store: Store, clock: Clock) -> None:
    _in_flight(store)
    clock.forward(9)
    (second,) = store.claim_outgoing("w2", 10)
    store.outgoing_later(second, 1, "rate-limit", fate_unknown=False)
    clock.forward(1)

    (third,) = store.claim_outgoing("w2", 10)

    assert third.fate_unknown


def test_a_refused_message_waits_its_delay_with_its_fate_known(store: Store, clock: Clock) -> None:
    message = _in_flight(store)

    store.outgoing_later(message, 5, "rate-limit", fate_unknown=False)

    clock.forward(4)
    assert store.claim_outgoing("w1", 10) == []
    clock.forward(1)
    (again,) = store.claim_outgoing("w1", 10)
    assert (again.fate_unknown, again.attempts, again.way) == (False, 2, "reply")


def test_a_timeout_is_remembered_as_an_unknown_fate(store: Store, clock: Clock) -> None:
    message = _in_flight(store)

    store.outgoing_later(message, 0, "timeout", fate_unknown=True)

    (again,) = store.claim_outgoing("w1", 10)
    assert again.fate_unknown


def test_a_refused_reply_becomes_a_push_with_the_same_key_and_stays_in_hand(store: Store, clock: Clock) -> None:
    message = _in_flight(store)

    push = store.outgoing_push_instead(message)

    assert (push.way, push.retry_key, push.fate_unknown) == ("push", message.retry_key, False)
    assert store.claim_outgoing("w2", 10) == []
    store.outgoing_later(push, 1, "line-down", fate_unknown=True)
    clock.forward(1)
    (again,) = store.claim_outgoing("w2", 10)
    assert (again.way, again.retry_key, again.fate_unknown) == ("push", message.retry_key, True)


def test_a_dead_message_is_counted_and_lets_later_ones_pass(store: Store) -> None:
    first = _in_flight(store, "e1")
    store.outgoing_later(first, 0, "line-down", fate_unknown=False)
    store.accept([an_event("e2")])
    (event,) = store.claim_events("w1", 1)
    assert store.finish_event(event, an_answer(event, "second")) == ()
    (claimed,) = store.claim_outgoing("w1", 10)

    store.outgoing_dead(claimed, "refused")

    assert store.queue().outbox_dead == 1
    assert [item.messages[0]["text"] for item in store.claim_outgoing("w1", 10)] == ["second"]


def test_a_resident_s_new_message_waits_until_the_older_one_is_sent(store: Store) -> None:
    older = _in_flight(store, "e1")
    store.accept([an_event("e2")])
    (event,) = store.claim_events("w2", 1)

    assert store.finish_event(event, an_answer(event, "second")) == ()
    assert store.claim_outgoing("w2", 10) == []

    store.outgoing_sent(older, "sent")
    assert [item.messages[0]["text"] for item in store.claim_outgoing("w2", 10)] == ["second"]


def test_the_messages_of_one_outcome_come_in_the_order_given(store: Store) -> None:
    store.accept([an_event()])
    (event,) = store.claim_events("w1", 1)

    sending = store.finish_event(event, an_answer(event, "one", "two", "three"))

    assert [item.messages[0]["text"] for item in sending] == ["one", "two", "three"]
    assert [item.id for item in sending] == sorted(item.id for item in sending)


def test_messages_that_were_not_sent_in_turn_come_back_one_by_one_in_order(store: Store, clock: Clock) -> None:
    store.accept([an_event()])
    (event,) = store.claim_events("w1", 1)
    store.finish_event(event, an_answer(event, "one", "two", "three"))
    clock.forward(9)

    texts = []
    while claimed := store.claim_outgoing("w2", 10):
        assert len(claimed) == 1
        texts.append(claimed[0].messages[0]["text"])
        store.outgoing_sent(claimed[0], "sent")

    assert texts == ["one", "two", "three"]


def test_a_disaster_goes_before_everything_else(store: Store, clock: Clock) -> None:
    for number in range(3):
        waiting = _in_flight(store, f"e{number}", resident=f"U{number}")
        store.outgoing_later(waiting, 0, "line-down", fate_unknown=False)
        clock.forward(1)
    alarm = store.record(Outcome(outgoing=(an_outgoing("避難してください", resident="U1", priority=0),)))
    assert alarm == ()  # U1 has an older unsent message, so that the order is the outbox's to decide

    order = [item.messages[0]["text"] for item in store.claim_outgoing("w1", 10)]

    assert order == ["避難してください", "reply to e0", "reply to e2"]


def test_without_a_reply_token_a_message_is_a_push(store: Store) -> None:
    (message,) = store.record(Outcome(outgoing=(an_outgoing(),)), worker="w9")

    assert (message.way, message.worker, message.reply_token) == ("push", "w9", "")


def test_an_item_keeps_what_is_needed_to_judge_its_reply_token(store: Store, clock: Clock) -> None:
    clock.forward(10)
    message = an_outgoing(reply_token="t", token_received_at_ms=AT_MS)
    (sent,) = store.record(Outcome(outgoing=(message,)))

    assert (sent.token_received_at_ms, sent.created_at_ms) == (AT_MS, clock.ms)
