"""The month's pushes are used up: what staff said comes with the free reply to the resident's next message."""

from __future__ import annotations

from typing import Any

import pytest

from bot.handover import Owner
from store import Outcome, Store
from store.records import ClaimedOutgoing
from store.records_cases import CaseView
from tests.databases import Clock
from tests.handover.handover_builders import SATO, Desk, asks, hears
from tests.handover.handover_on_line import asks_for_a_person, now, turns
from tests.running import CITY, House, wait_until, words
from tests.store.store_builders import a_turn, an_event, an_outgoing


def told_in_vain(store: Store, *texts: str, reason: str = "monthly limit") -> CaseView:
    """A case that staff hold, and what they said to it, each refused by LINE."""
    case = asks(store)
    store.take_case("demo", case.id, SATO)
    for text in texts:
        store.reply_case("demo", case.id, SATO, text, text)
        [push] = store.claim_outgoing("w", 10)
        store.outgoing_dead(push, reason)
    taken = store.case("demo", case.id)
    assert taken is not None
    return taken


def writes_on_line(store: Store, case: CaseView, event_id: str = "e1", **changes: Any) -> list[ClaimedOutgoing]:
    """The resident writes while staff own the talk; what is to be sent then."""
    store.accept([an_event(event_id, received_at_ms=round(store._clock() * 1000))])
    [event] = store.claim_events("w", 1)
    outcome = Outcome(turn=a_turn(event_id, decision="staff", reply_text=""), owner=case.owner, **changes)
    return [*store.finish_event(event, outcome), *store.claim_outgoing("w", 10)]


def texts(sent: list[ClaimedOutgoing]) -> list[list[str]]:
    return [[message["text"].removeprefix("【ごみ減量課】\n") for message in item.messages] for item in sent]


def fates(store: Store, case: CaseView) -> list[tuple[str, str]]:
    return [(item.state, item.reason) for item in store.deliveries("demo", case.id)]


def test_what_was_refused_goes_out_with_the_token_of_the_next_message(store: Store) -> None:
    case = told_in_vain(store, "火曜です")

    sent = writes_on_line(store, case)

    assert texts(sent) == [["火曜です"]]
    assert (sent[0].way, sent[0].reply_token) == ("reply", "token-e1")
    assert fates(store, case) == [("waiting", "")]
    store.outgoing_sent(sent[0], "sent")
    assert fates(store, case) == [("sent", "")]


def test_several_come_together_in_the_order_they_were_said(store: Store) -> None:
    case = told_in_vain(store, "火曜です", "8時までです", "袋は透明です")

    sent = writes_on_line(store, case)

    assert texts(sent) == [["火曜です", "8時までです", "袋は透明です"]]
    store.outgoing_sent(sent[0], "sent")
    assert fates(store, case) == [("sent", "")] * 3
    assert writes_on_line(store, case, "e2") == []


def test_a_reply_holds_five_messages_and_the_rest_waits_for_the_next_one(store: Store) -> None:
    case = told_in_vain(store, *"123456")

    first = writes_on_line(store, case)
    store.outgoing_sent(first[0], "sent")
    second = writes_on_line(store, case, "e2")

    assert texts(first) == [list("12345")]
    assert texts(second) == [["6"]]


def test_when_that_is_refused_too_staff_see_it_and_it_is_tried_again(store: Store) -> None:
    """The token was too old, so it went by push, and the month is still used up."""
    case = told_in_vain(store, "火曜です", "8時までです")
    [sent] = writes_on_line(store, case)
    store.outgoing_dead(store.outgoing_push_instead(sent), "monthly limit")

    assert fates(store, case) == [("failed", "monthly limit")] * 2

    again = writes_on_line(store, case, "e2")
    assert texts(again) == [["火曜です", "8時までです"]]
    assert again[0].retry_key == sent.retry_key


def test_while_the_bot_answers_the_token_is_the_bots(store: Store) -> None:
    case = told_in_vain(store, "火曜です")

    answer = an_outgoing("承りました", reply_token="token-e1")
    sent = writes_on_line(store, case, outgoing=(answer,))

    assert texts(sent) == [["承りました"]]
    assert fates(store, case) == [("failed", "monthly limit")]


@pytest.mark.parametrize("reason", ["status 400", "erased", "retry key expired"])
def test_what_failed_for_another_reason_is_not_repeated(store: Store, reason: str) -> None:
    case = told_in_vain(store, "火曜です", reason=reason)

    assert writes_on_line(store, case) == []


def test_words_of_an_earlier_case_do_not_come_up_again(store: Store, clock: Clock) -> None:
    old = told_in_vain(store, "火曜です")
    store.close_case("demo", old.id, SATO, "answered")
    clock.forward(3600)
    case = asks(store, event_id="again")
    taken = store.take_case("demo", case.id, SATO)

    assert writes_on_line(store, taken) == []


def test_nobody_elses_words_come_along(store: Store) -> None:
    told_in_vain(store, "火曜です")
    case = asks(store, resident="U2")
    taken = store.take_case("demo", case.id, SATO)
    store.accept([an_event("e9", resident="U2")])
    [event] = store.claim_events("w", 1)

    turn = a_turn("e9", resident="U2", decision="staff")
    assert store.finish_event(event, Outcome(turn=turn, owner=taken.owner)) == ()
    assert store.claim_outgoing("w", 10) == []


def test_what_was_forgotten_is_not_said(store: Store) -> None:
    told_in_vain(store, "火曜です")
    store.erase_resident("demo", "U1")
    case = asks(store, event_id="again")
    taken = store.take_case("demo", case.id, SATO, hears("おつなぎしました"))
    [push] = store.claim_outgoing("w", 10)
    store.outgoing_sent(push, "sent")

    assert writes_on_line(store, taken) == []


def test_without_a_person_in_the_talk_nothing_is_looked_for(store: Store) -> None:
    case = told_in_vain(store, "火曜です")
    store.close_case("demo", case.id, SATO, "answered")
    store.accept([an_event("e1")])
    [event] = store.claim_events("w", 1)

    assert store.finish_event(event, Outcome(turn=a_turn("e1"), owner=Owner())) == ()
    assert store.claim_outgoing("w", 10) == []


def test_on_the_phone_the_answer_comes_when_the_resident_writes(house: House, counter: Desk) -> None:
    case = asks_for_a_person(house)
    house.line.channel(CITY).quota = 0
    counter.take(case, SATO)
    reply = house.parts.store.reply_case(CITY, case.id, SATO, "窓口へどうぞ", "k1")
    wait_until(house.settled)

    heard = words(house.type("まだですか"))

    assert "おつなぎしました" in heard
    assert "窓口へどうぞ" in heard
    wait_until(house.settled)
    states = {item.event_id: item.state for item in house.parts.store.deliveries(CITY, case.id)}
    assert states[reply.event_id] == "sent"
    assert set(states.values()) == {"sent"}
    assert now(house, case).status == "staff"
    assert [turn.text for turn in turns(house) if turn.kind == "text"][-1] == "まだですか"
