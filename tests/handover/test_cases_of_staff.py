"""A case in the hands of staff, on both engines: taken once, spoken in by its owner, passed on, ended."""

from __future__ import annotations

from bot.handover import THE_BOT
from store import Outcome, Store
from store.records_cases import OPERATOR
from tests.databases import Clock
from tests.handover.handover_builders import SATO, SUZUKI, asks, conflict_of, hears, said, steps, writes
from tests.store.store_builders import a_turn, an_outgoing


def test_the_first_to_take_a_case_owns_it(store: Store) -> None:
    case = asks(store)

    taken = store.take_case("demo", case.id, SATO, hears("おつなぎしました"))

    assert (taken.status, taken.staff, taken.version) == ("staff", SATO, 1)
    assert conflict_of(lambda: store.take_case("demo", case.id, SUZUKI)) == ("taken", SATO)
    assert store.take_case("demo", case.id, SATO, hears("二度目")) == taken
    assert said(store) == [("text", "ごみの日は？"), ("told", "ごみ減量課: おつなぎしました")]


def test_only_the_owner_speaks(store: Store) -> None:
    case = asks(store)

    assert conflict_of(lambda: store.reply_case("demo", case.id, SATO, "はい", "k1")) == ("changed", 0)
    store.take_case("demo", case.id, SATO)
    assert conflict_of(lambda: store.reply_case("demo", case.id, SUZUKI, "はい", "k2")) == ("taken", SATO)
    assert conflict_of(lambda: store.close_case("demo", case.id, SUZUKI, "x")) == ("taken", SATO)

    assert said(store) == [("text", "ごみの日は？")]


def test_a_reply_sent_twice_is_said_once(store: Store, clock: Clock) -> None:
    case = asks(store)
    store.take_case("demo", case.id, SATO)

    first = store.reply_case("demo", case.id, SATO, "月曜と木曜です", "key-of-the-form")
    again = store.reply_case("demo", case.id, SATO, "月曜と木曜です", "key-of-the-form")

    assert first == again
    assert (first.kind, first.speaker, first.staff) == ("staff", "ごみ減量課", SATO)
    assert said(store) == [("text", "ごみの日は？"), ("staff", "月曜と木曜です")]
    [push] = store.claim_outgoing("w", 10)
    assert (push.way, push.priority, push.messages[0]["text"]) == ("push", 5, "【ごみ減量課】\n月曜と木曜です")


def test_a_reply_repeated_after_the_end_is_still_that_reply(store: Store) -> None:
    """The network was cut, the case closed meanwhile, and the browser sends the form again."""
    case = asks(store)
    store.take_case("demo", case.id, SATO)
    first = store.reply_case("demo", case.id, SATO, "月曜です", "k1")
    store.close_case("demo", case.id, SATO, "answered")

    assert store.reply_case("demo", case.id, SATO, "月曜です", "k1") == first
    assert conflict_of(lambda: store.reply_case("demo", case.id, SATO, "木曜も", "k2")) == ("closed", SATO)


def test_a_transfer_takes_the_talk_along_and_tells_the_resident(store: Store) -> None:
    case = asks(store)
    store.take_case("demo", case.id, SATO)

    moved = store.transfer_case("demo", case.id, SATO, "市民課", "転入の話", hears("引きつぎました"))

    assert (moved.status, moved.department, moved.staff) == ("waiting", "市民課", 0)
    assert store.waiting("demo", "ごみ減量課").count == 0
    assert store.waiting("demo", "市民課").count == 1
    assert said(store)[-1] == ("told", "市民課: 引きつぎました")
    assert [step.reason for step in store.case_log("demo", case.id)][-1] == "転入の話"
    assert store.take_case("demo", case.id, SUZUKI).staff == SUZUKI


def test_a_released_case_waits_again(store: Store) -> None:
    case = asks(store)
    store.take_case("demo", case.id, SATO)

    released = store.release_case("demo", case.id, SATO)

    assert (released.status, released.staff, released.taken_at) == ("waiting", 0, None)
    assert conflict_of(lambda: store.release_case("demo", case.id, SATO)) == ("changed", 0)


def test_a_colleagues_case_can_be_taken_away_only_on_purpose(store: Store) -> None:
    case = asks(store)
    store.take_case("demo", case.id, SATO)

    assert conflict_of(lambda: store.release_case("demo", case.id, SUZUKI)) == ("taken", SATO)
    assert store.release_case("demo", case.id, SUZUKI, forced=True).status == "waiting"
    assert [step.staff for step in store.case_log("demo", case.id)] == [0, SATO, SUZUKI]


def test_after_the_end_the_bot_owns_the_talk(store: Store) -> None:
    case = asks(store)
    store.take_case("demo", case.id, SATO)

    closed = store.close_case("demo", case.id, SATO, "answered", "garbage-days", hears("ここまでです"))

    assert (closed.status, closed.closed_by, closed.close_reason) == ("closed", SATO, "answered")
    assert closed.linked_entry == "garbage-days"
    assert store.remembered("demo", "U1").owner == THE_BOT
    assert said(store)[-1] == ("told", "ごみ減量課: ここまでです")
    writes(store, "ありがとう", owner=THE_BOT)
    assert store.case("demo", case.id).unread == 0
    assert conflict_of(lambda: store.take_case("demo", case.id, SUZUKI)) == ("closed", SATO)


def test_the_clock_ends_a_talk_only_if_nobody_has_spoken_since(store: Store, clock: Clock) -> None:
    case = asks(store)
    taken = store.take_case("demo", case.id, SATO)
    seen = store.idle_case(taken, hears("お返事がないと終わります"))
    clock.forward(300)
    writes(store, "まだいます", owner=seen.owner)

    assert conflict_of(lambda: store.end_case("demo", "U1", "clock", "idle", seen=seen)) == ("changed", SATO)

    now = store.case("demo", case.id)
    assert (now.status, now.idle_told_at) == ("staff", None)
    ended = store.end_case("demo", "U1", "clock", "idle", hears("終わりました"), seen=now)
    assert ended is not None
    assert (ended.status, ended.close_reason) == ("closed", "idle")
    assert store.end_case("demo", "U1", "clock", "idle") is None


def test_the_clock_ends_no_talk_that_still_waits(store: Store) -> None:
    case = asks(store)

    assert conflict_of(lambda: store.end_case("demo", "U1", "clock", "idle")) == ("changed", 0)
    assert store.case("demo", case.id).status == "waiting"


def test_a_case_is_answered_at_the_command_line_in_one(store: Store) -> None:
    case = asks(store)
    answer = Outcome(turn=a_turn("case-1", kind="staff", reply_text="月曜です"), outgoing=(an_outgoing("月曜です"),))

    assert store.answer_case("demo", case.id, answer)
    assert not store.answer_case("demo", case.id, answer)

    closed = store.case("demo", case.id)
    assert (closed.status, closed.closed_by, closed.answered_at is None) == ("closed", OPERATOR, False)
    assert [event for _, event, _ in steps(store, case)] == ["asks", "takes", "replies", "closes"]
    assert [item.state for item in store.deliveries("demo", case.id)] == ["waiting"]
