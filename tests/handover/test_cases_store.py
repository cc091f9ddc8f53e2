"""A case in the store, on both engines: opened once, heard in order, counted, shown, forgotten."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.handover import THE_BOT, Owner
from store import Outcome, OwnerChanged, Store
from tests.databases import Clock
from tests.handover.handover_builders import SATO, SUZUKI, asks, at, conflict_of, hears, said, steps, writes
from tests.store.store_builders import a_case, a_turn, an_event, an_outgoing


def test_who_asks_waits_and_is_next(store: Store) -> None:
    case = asks(store, category="moving", entry_id="moving-in")

    assert (case.status, case.department, case.question, case.unread) == ("waiting", "ごみ減量課", "ごみの日は？", 1)
    assert (case.category, case.entry_id) == ("moving", "moving-in")
    assert store.case("demo", case.id) == case
    assert store.remembered("demo", "U1").owner == case.owner == Owner("waiting", case.id, 0, "ごみ減量課")
    assert store.position("demo", case.id) == 1
    assert steps(store, case) == [("resident", "asks", "waiting")]


def test_who_never_asked_talks_to_the_bot(store: Store) -> None:
    store.record(Outcome(turn=a_turn("e1"), conversation={"n": 1}, owner=THE_BOT))

    remembered = store.remembered("demo", "U1")

    assert (remembered.state, remembered.owner) == ({"n": 1}, THE_BOT)
    assert store.remembered("demo", "U2").owner == THE_BOT
    assert store.open_case("demo", "U1") is None


def test_many_are_remembered_as_each_of_them_is(store: Store) -> None:
    store.record(Outcome(turn=a_turn("e1"), conversation={"said": "「\"」\\ '", "n": 1}, owner=THE_BOT))
    asks(store, resident="U2'\"")
    asks(store, resident="U1", city="other")
    residents = [("demo", "U1"), ("demo", "U2'\""), ("demo", "U3"), ("other", "U1")]

    assert store.remembered_of(residents) == {key: store.remembered(*key) for key in residents}
    assert store.remembered_of([]) == {}


def test_asking_twice_opens_one_case(store: Store) -> None:
    first = asks(store)

    store.record(Outcome(turn=a_turn("again", text="まだですか"), case=a_case(question="まだですか")))

    assert [case.id for case in store.cases("demo")] == [first.id]
    assert store.case("demo", first.id).unread == 2
    with pytest.raises(OwnerChanged):
        store.record(Outcome(turn=a_turn("once-more"), case=a_case(), owner=THE_BOT))
    assert "once-more" not in [turn.event_id for turn in store.turns("demo", "U1")]


def test_what_was_decided_for_another_owner_is_not_written(store: Store, clock: Clock) -> None:
    case = asks(store)
    store.take_case("demo", case.id, SATO)
    before = said(store)

    for stale in (THE_BOT, case.owner):
        with pytest.raises(OwnerChanged):
            writes(store, "転入届の出し方", owner=stale, outgoing=(an_outgoing("自動の答え"),))

    assert said(store) == before
    clock.forward(60)
    assert store.claim_outgoing("w", 10) == []


def test_an_event_decided_for_another_owner_stays_with_its_worker(store: Store) -> None:
    case = asks(store)
    store.accept([an_event("e9", resident="U1")])
    [event] = store.claim_events("w", 1)
    stale = Outcome(turn=a_turn("e9"), owner=THE_BOT, outgoing=(an_outgoing("自動の答え"),))

    with pytest.raises(OwnerChanged):
        store.finish_event(event, stale)
    sent = store.finish_event(event, replace(stale, owner=case.owner, outgoing=()))

    assert sent == ()
    assert store.queue().inbox_waiting == 0
    assert said(store)[-1] == ("text", "ごみの日は？")


def test_a_stale_event_does_not_take_its_neighbours_with_it(store: Store) -> None:
    """They are written together with others; only the one whose talk changed hands is refused."""
    asks(store, resident="U1")
    store.accept([an_event(f"e-{who}", resident=who) for who in ("U1", "U2")])
    events = {event.resident: event for event in store.claim_events("w", 2)}
    told: dict[str, object] = {}

    for who, event in events.items():
        outcome = Outcome(turn=a_turn(event.event_id, resident=who), owner=THE_BOT)
        store.finish_event_later(event, outcome, lambda result, who=who: told.setdefault(who, result))
    store.record(Outcome(turn=a_turn("flush", resident="U3")))

    assert isinstance(told["U1"], OwnerChanged)
    assert told["U2"] == ()


def test_words_of_the_resident_join_the_open_case(store: Store, clock: Clock) -> None:
    case = asks(store)
    clock.forward(60)

    writes(store, "急いでいます", owner=case.owner)

    now = store.case("demo", case.id)
    assert (now.unread, now.version, now.resident_at) == (2, 0, at(store))
    store.read_case("demo", case.id)
    assert store.case("demo", case.id).unread == 0


def test_the_same_words_brought_twice_join_once(store: Store) -> None:
    case = asks(store)

    writes(store, "急いでいます", owner=case.owner, event_id="e7")
    writes(store, "急いでいます", owner=case.owner, event_id="e7")

    assert store.case("demo", case.id).unread == 2
    assert said(store).count(("text", "急いでいます")) == 1


def test_the_talk_is_in_order_even_where_clocks_are_not(store: Store, clock: Clock) -> None:
    """Whoever reads on from a turn misses nothing: nothing comes in before what was already read."""
    case = asks(store)
    clock.forward(100)
    store.take_case("demo", case.id, SATO)
    reply = store.reply_case("demo", case.id, SATO, "担当です", "k1")

    clock.forward(-90)
    owner = store.remembered("demo", "U1").owner
    writes(store, "お願いします", owner=owner)
    late = store.reply_case("demo", case.id, SATO, "どうぞ", "k2")

    assert [turn.event_id for turn in store.case_turns("demo", case.id, after=reply.event_id)] == [
        "say-お願いします",
        late.event_id,
    ]
    assert store.case_turns("demo", case.id, after=late.event_id) == []
    assert store.turns_after("demo", "U1", reply.event_id) == store.case_turns("demo", case.id, after=reply.event_id)


def test_the_talk_of_a_case_holds_what_was_said_before(store: Store, clock: Clock) -> None:
    store.record(Outcome(turn=a_turn("before", at=at(store), text="粗大ごみ"), owner=THE_BOT))
    clock.forward(5)

    case = asks(store)

    assert [turn.text for turn in store.case_turns("demo", case.id)] == ["粗大ごみ", "ごみの日は？"]


def test_who_asks_again_after_the_end_gets_a_new_case(store: Store) -> None:
    first = asks(store)
    store.close_case("demo", first.id, SATO, "answered")

    second = asks(store, event_id="second")

    assert second.id != first.id
    assert [case.status for case in store.cases("demo", None)] == ["closed", "waiting"]


@pytest.mark.parametrize(("taken", "ends"), [(False, "cancels"), (True, "ends")])
def test_a_resident_gives_the_talk_back(store: Store, taken: bool, ends: str) -> None:
    case = asks(store)
    owner = store.take_case("demo", case.id, SATO).owner if taken else case.owner

    writes(store, "おわり", owner=owner, ends=ends, outgoing=(an_outgoing("自動の案内です"),))

    assert store.remembered("demo", "U1").owner == THE_BOT
    now = store.case("demo", case.id)
    assert (now.status, now.closed_by, now.close_reason, now.unread) == ("closed", 0, ends, 0)
    assert steps(store, case)[-1] == ("resident", ends, "closed")


def test_the_queue_of_a_department_is_counted_in_order(store: Store, clock: Clock) -> None:
    first = asks(store, resident="U1")
    clock.forward(30)
    second = asks(store, resident="U2")
    other = asks(store, resident="U3", department="市民課")

    assert (store.position("demo", first.id), store.position("demo", second.id)) == (1, 2)
    assert store.position("demo", other.id) == 1
    assert store.waiting("demo", "ごみ減量課").count == 2
    assert store.waiting("demo", "ごみ減量課").oldest == first.opened_at
    store.take_case("demo", first.id, SATO)
    assert (store.position("demo", first.id), store.position("demo", second.id)) == (0, 1)


def test_how_long_people_waited_is_measured_from_the_opening_of_the_window(store: Store, clock: Clock) -> None:
    for number, (night, minutes) in enumerate([(0, 4), (3600 * 10, 6), (0, 20)]):
        opened = at(store)
        promised = opened + timedelta(seconds=night)
        case = asks(store, resident=f"U{number}", opened_at=opened, promised_at=promised)
        clock.forward(night + minutes * 60)
        store.take_case("demo", case.id, SATO)
        if number == 2:
            assert store.waiting("demo", "ごみ減量課").staff_median_seconds is None
        store.reply_case("demo", case.id, SATO, "はい", f"k{number}")

    assert store.waiting("demo", "ごみ減量課").staff_median_seconds == pytest.approx(360, abs=1)
    assert store.waiting("demo", "市民課").staff_median_seconds is None


def test_whatever_a_console_shows_moves_the_mark(store: Store) -> None:
    marks = [store.console_mark("demo")]

    def moved() -> None:
        marks.append(store.console_mark("demo"))

    case = asks(store)
    moved()
    writes(store, "急いでいます", owner=case.owner)
    moved()
    store.read_case("demo", case.id)
    moved()
    owner = store.take_case("demo", case.id, SATO).owner
    moved()
    store.reply_case("demo", case.id, SATO, "はい", "k1")
    moved()
    store.name_case("demo", case.id, "佐藤ハナ")
    moved()
    writes(store, "おわり", owner=owner, ends="ends")
    moved()
    store.cases_changed("demo")
    moved()

    assert marks == sorted(set(marks))
    assert store.console_mark("other") == 0


def test_a_message_taken_back_goes_from_the_page_of_staff_too(store: Store) -> None:
    case = asks(store)
    writes(store, "まちがえて送りました", owner=case.owner, event_id="wrong")
    mark = store.console_mark("demo")

    store.erase_message("demo", "m-wrong")

    assert store.console_mark("demo") > mark
    assert "まちがえて送りました" not in repr(store.case_turns("demo", case.id))


def test_what_became_of_each_message_on_line_is_known(store: Store) -> None:
    case = asks(store)
    store.take_case("demo", case.id, SATO, hears("おつなぎしました"))
    reply = store.reply_case("demo", case.id, SATO, "はい", "k1")
    told, answered = store.deliveries("demo", case.id)
    assert (told.state, answered.state, answered.event_id) == ("waiting", "waiting", reply.event_id)

    [first] = store.claim_outgoing("w", 10)
    store.outgoing_sent(first, "sent")
    [second] = store.claim_outgoing("w", 10)
    store.outgoing_dead(second, "monthly limit")

    told, answered = store.deliveries("demo", case.id)
    assert (told.state, told.reason) == ("sent", "")
    assert (answered.state, answered.reason) == ("failed", "monthly limit")


def test_cities_never_meet(store: Store) -> None:
    case = asks(store)

    assert store.case("other", case.id) is None
    assert store.case_turns("other", case.id) == []
    assert store.case_log("other", case.id) == []
    assert conflict_of(lambda: store.take_case("other", case.id, SATO)) == ("gone", 0)
    assert store.remembered("other", "U1").owner == THE_BOT


def test_an_erased_resident_leaves_a_case_without_a_word(store: Store) -> None:
    case = asks(store, question="ひみつの相談")
    store.name_case("demo", case.id, "佐藤ハナ")
    store.take_case("demo", case.id, SATO)
    store.transfer_case("demo", case.id, SATO, "市民課", "佐藤さんの件")

    store.erase_resident("demo", "U1")

    erased = store.case("demo", case.id)
    assert (erased.status, erased.resident, erased.question, erased.display_name) == ("erased", "", "", "")
    assert "佐藤" not in repr(store.case_log("demo", case.id))
    assert steps(store, case)[-1] == ("resident", "erases", "erased")
    assert store.case_turns("demo", case.id) == []
    assert store.remembered("demo", "U1").owner == THE_BOT
    assert conflict_of(lambda: store.take_case("demo", case.id, SUZUKI)) == ("gone", 0)


def test_retention_empties_what_is_over_and_leaves_what_is_open(store: Store, clock: Clock) -> None:
    over, waiting = asks(store, resident="U1"), asks(store, resident="U2")
    store.take_case("demo", over.id, SATO)
    store.transfer_case("demo", over.id, SATO, "市民課", "佐藤さんの件")
    store.close_case("demo", over.id, SATO, "answered")
    held = store.take_case("demo", asks(store, resident="U3").id, SATO)
    clock.forward(86400 * 40)

    store.purge(at(store) - timedelta(days=30))

    assert (store.case("demo", over.id).resident, store.case("demo", over.id).question) == ("", "")
    assert "佐藤" not in repr(store.case_log("demo", over.id))
    assert store.case("demo", waiting.id).question == "ごみの日は？"
    assert store.case("demo", held.id).question == "ごみの日は？"
