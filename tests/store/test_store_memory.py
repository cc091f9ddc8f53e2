"""What is remembered can be read again, and what is to be forgotten is gone."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import create_engine, text

from store import Outcome, Store
from store.opening import database_url as as_url
from store.privacy import PURGE_STEP
from store.tables import metadata
from tests.databases import Clock
from tests.store.store_builders import AT, AT_MS, a_case, a_feedback, a_turn, an_answer, an_event, an_outgoing


def _everything(address: str) -> str:
    """All rows of all tables as one text."""
    engine = create_engine(as_url(address))
    with engine.connect() as connection:
        rows = [str(row) for name in metadata.tables for row in connection.execute(text(f"SELECT * FROM {name}"))]
    engine.dispose()
    return "\n".join(rows)


def test_turns_are_read_in_the_order_they_were_said_and_the_latest_are_kept(store: Store) -> None:
    for number in range(5):
        store.record(Outcome(turn=a_turn(f"e{number}", at=AT + timedelta(seconds=number))))

    assert [turn.event_id for turn in store.turns("demo", "U1", 3)] == ["e2", "e3", "e4"]


def test_a_conversation_is_replaced_by_the_next_state_and_kept_when_there_is_none(store: Store) -> None:
    store.record(Outcome(turn=a_turn("e1"), conversation={"owner": "bot"}))
    store.record(Outcome(turn=a_turn("e2"), conversation={"owner": "waiting", "note": "ごみ"}))
    store.record(Outcome(turn=a_turn("e3")))

    assert store.conversation("demo", "U1") == {"owner": "waiting", "note": "ごみ"}


def test_a_case_waits_for_a_person(store: Store) -> None:
    store.record(Outcome(turn=a_turn("e1"), case=a_case()))
    earlier = a_case(resident="U2", opened_at=AT - timedelta(hours=1), promised_at=None)
    store.record(Outcome(turn=a_turn("e2", resident="U2"), case=earlier))

    older, newer = store.cases("demo")

    assert (newer.status, newer.department, newer.question) == ("waiting", "ごみ減量課", "ごみの日は？")
    assert (older.promised_at, newer.promised_at, newer.opened_at) == (None, AT, AT)
    assert older.id != newer.id
    assert store.cases("demo", "closed") == []


def test_a_case_is_answered_once_and_its_answer_waits_for_a_worker(store: Store) -> None:
    store.record(Outcome(turn=a_turn("e1"), case=a_case()))
    (case,) = store.cases("demo")
    answer = Outcome(turn=a_turn("case-1", kind="staff"), outgoing=(an_outgoing("市民課です"),))

    assert not store.answer_case("other", case.id, answer)
    assert store.answer_case("demo", case.id, answer)
    assert not store.answer_case("demo", case.id, answer)

    assert [found.status for found in store.cases("demo", None)] == ["closed"]
    (message,) = store.claim_outgoing("w1", 10)
    assert (message.messages[0]["text"], message.way, message.fate_unknown) == ("市民課です", "push", False)
    assert [turn.kind for turn in store.turns("demo", "U1")].count("staff") == 1


def test_who_is_a_friend_is_remembered(store: Store) -> None:
    store.record(Outcome(turn=a_turn("e1"), friend="followed"))
    store.record(Outcome(turn=a_turn("e2"), friend="blocked"))

    assert store.friend("demo", "U1") == "blocked"
    assert store.friend("demo", "U2") is None


def test_a_message_taken_back_is_gone_from_every_table(store: Store, database_url: str) -> None:
    secret = "ひみつの相談"
    store.accept([an_event("bad", payload={"message": {"id": "m-e1", "text": secret}})])
    (failing,) = store.claim_events("w1", 1)
    store.fail_event(failing, "too-often")
    store.record(
        Outcome(turn=a_turn("e1", text=secret), case=a_case(question=secret), conversation={"pending": secret})
    )
    store.record(Outcome(turn=a_turn("e2", text="残ることば")))

    store.record(Outcome(turn=a_turn("e3", text=""), erase_messages=("m-e1",)))

    assert secret not in _everything(database_url)
    assert [turn.text for turn in store.turns("demo", "U1")] == ["", "残ることば", ""]


def test_erasing_an_unknown_message_changes_nothing(store: Store) -> None:
    store.record(Outcome(turn=a_turn("e1")))

    assert store.erase_message("demo", "m-unknown") == 0
    assert store.erase_message("demo", "") == 0
    assert store.turns("demo", "U1") == [a_turn("e1")]


def test_an_erased_resident_is_found_in_no_table(store: Store, database_url: str, clock: Clock) -> None:
    store.accept([an_event(f"e{n}", resident="U-gone", occurred_at_ms=AT_MS + n) for n in range(3)])
    (first,) = store.claim_events("w1", 1)
    store.outgoing_sent(store.finish_event(first, an_answer(first))[0], "sent")
    (second,) = store.claim_events("w1", 1)
    store.fail_event(second, "too-often")
    (third,) = store.claim_events("w1", 1)
    store.finish_event(third, an_answer(third))
    extras = {"case": a_case(resident="U-gone"), "feedback": a_feedback(resident="U-gone")}
    store.record(Outcome(turn=a_turn("x", resident="U-gone"), **extras))

    store.erase_resident("demo", "U-gone")

    left = _everything(database_url)
    assert "U-gone" not in left
    assert "ごみの日は" not in left
    assert "月曜" not in left
    clock.forward(60)
    assert store.claim_outgoing("w1", 10) == []


def test_an_erased_resident_leaves_the_others_alone(store: Store) -> None:
    store.record(Outcome(turn=a_turn("e1"), conversation={"n": 1}, case=a_case()))
    store.record(Outcome(turn=a_turn("e1", city="other"), conversation={"n": 2}, case=a_case(city="other")))
    store.record(Outcome(turn=a_turn("e2", resident="U2"), conversation={"n": 3}))

    store.erase_resident("demo", "U1")

    assert store.turns("demo", "U1") == []
    assert store.conversation("demo", "U1") is None
    assert [case.question for case in store.cases("demo", None)] == [""]
    assert store.turns("other", "U1") == [a_turn("e1", city="other")]
    assert store.conversation("other", "U1") == {"n": 2}
    assert store.conversation("demo", "U2") == {"n": 3}
    assert [case.question for case in store.cases("other")] == ["ごみの日は？"]


def test_a_done_event_keeps_nothing_but_that_it_was_there(store: Store, database_url: str) -> None:
    store.accept([an_event(payload={"text": "ひみつの相談"}, resident="U-secret")])
    (claimed,) = store.claim_events("w1", 1)

    store.finish_event(claimed, Outcome(friend="followed"))

    left = _everything(database_url).replace("('demo', 'U-secret', 'followed'", "")
    assert "ひみつ" not in left
    assert "U-secret" not in left
    assert "token-e1" not in left
    assert "e1" in left


def test_a_verdict_pressed_twice_counts_once_and_a_later_one_is_new(store: Store) -> None:
    for number, (minutes, helpful) in enumerate([(0, True), (1, True), (2, False), (60, True)]):
        verdict = a_feedback(at=AT + timedelta(minutes=minutes), helpful=helpful)
        store.record(Outcome(turn=a_turn(f"press-{number}"), feedback=verdict))
    store.record(Outcome(turn=a_turn("another entry"), feedback=a_feedback(entry_id="moving-in")))

    assert store.purge(AT + timedelta(days=1)).feedback == 3


def test_retention_empties_what_is_over_and_keeps_the_rest(store: Store, database_url: str, clock: Clock) -> None:
    def live_a_day(name: str) -> None:
        store.accept([an_event(name, received_at_ms=clock.ms)])
        (event,) = store.claim_events("w1", 1)
        at = AT + timedelta(seconds=clock.now - start)
        turn = a_turn(name, text=f"text-{name}", reply_text=f"reply-{name}", at=at)
        outcome = Outcome(turn=turn, outgoing=(an_outgoing(f"body-{name}"),), feedback=a_feedback(at=at))
        store.outgoing_sent(store.finish_event(event, outcome)[0], "sent")

    start = clock.now = AT.timestamp()
    live_a_day("old")
    clock.forward(86_400)
    live_a_day("new")
    store.record(Outcome(case=a_case(question="まだ待っている", opened_at=AT)))

    purged = store.purge(AT + timedelta(hours=12))

    assert (purged.turns, purged.inbox, purged.outbox, purged.feedback, purged.cases) == (1, 1, 1, 1, 0)
    left = _everything(database_url)
    assert not [word for word in ("text-old", "reply-old", "body-old", "m-old") if word in left]
    assert not [word for word in ("text-new", "reply-new", "m-new", "まだ待っている") if word not in left]
    assert "garbage-days" in left


def test_retention_works_through_more_than_one_step(store: Store) -> None:
    store.accept([an_event(f"e{n}", resident=f"U{n}") for n in range(PURGE_STEP + 3)])
    with store._writing_engine.begin() as connection:
        connection.execute(text("UPDATE inbox SET state = 'failed', finished_at = 1"))
    assert store.queue().inbox_failed == PURGE_STEP + 3

    assert store.purge(AT).inbox == PURGE_STEP + 3
    assert store.queue().inbox_failed == 0


def test_retention_leaves_open_work_alone(store: Store) -> None:
    store.accept([an_event()])
    store.record(Outcome(outgoing=(an_outgoing(),)))

    purged = store.purge(AT + timedelta(days=9999))

    assert (purged.inbox, purged.outbox) == (0, 0)
    assert (store.queue().inbox_waiting, store.queue().outbox_waiting) == (1, 1)


def test_a_message_number_is_not_given_twice_even_after_a_purge(store: Store, clock: Clock) -> None:
    (first,) = store.record(Outcome(outgoing=(an_outgoing(),)))
    store.outgoing_sent(first, "sent")
    clock.forward(1)
    store.purge(AT + timedelta(days=9999))

    (second,) = store.record(Outcome(outgoing=(an_outgoing(),)))

    assert second.id > first.id


@pytest.mark.parametrize("city", ["demo", "other"])
def test_one_city_never_sees_what_another_keeps(store: Store, city: str) -> None:
    """The same ids in two cities, through every method that names a city."""
    for name in ("demo", "other"):
        store.accept([an_event("same", city=name, resident="U1", payload={"of": name})])
    for event in store.claim_events("w1", 10):
        assert event.payload == {"of": event.city}
        extras = {"case": a_case(city=event.city, question=event.city), "feedback": a_feedback(city=event.city)}
        turn = a_turn("same", city=event.city, text=event.city)
        state = {"of": event.city}
        message = an_outgoing(event.city, city=event.city, retry_key="same")
        store.finish_event(event, Outcome(turn=turn, conversation=state, outgoing=(message,), **extras))
        store.publish_revision(event.city, {"city.yaml": event.city}, "staff", "")
    other = {"demo": "other", "other": "demo"}[city]

    store.erase_message(other, "m-same")
    store.erase_resident(other, "U1")

    assert [turn.text for turn in store.turns(city, "U1")] == [city]
    assert store.conversation(city, "U1") == {"of": city}
    assert [case.question for case in store.cases(city)] == [city]
    revision = store.current_revision(city)
    assert revision is not None
    assert (revision.number, revision.files) == (1, {"city.yaml": city})
    assert [found.city for found in store.revisions(city)] == [city]
    assert (store.queue(city).outbox_waiting, store.queue(other).outbox_waiting) == (1, 0)
