"""What residents teach is counted once a lesson, can be taken back, and points to nobody."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import create_engine, text

from store import Outcome, Store, StoreError, open_store
from store.opening import database_url as as_url
from store.privacy import PURGE_STEP
from tests.databases import Clock
from tests.store.store_builders import AT, a_case, a_proposal, a_turn, an_event


def teach(store: Store, *proposals, event: str = "e") -> None:
    for number, proposal in enumerate(proposals):
        turn = a_turn(f"{event}{number}", city=proposal.city, resident=f"U{number}")
        store.record(Outcome(turn=turn, proposal=proposal))


def counts(store: Store, city: str = "demo") -> list[tuple[str, str, int, int, int]]:
    return [(p.entry_id, p.phrasing, p.picked, p.helpful, p.staff) for p in store.proposals(city)]


def test_the_same_lesson_is_counted_by_its_source_and_keeps_its_first_spelling(store: Store) -> None:
    later = AT + timedelta(days=1)

    teach(
        store,
        a_proposal("ゴミの日"),
        a_proposal("ごみの日！"),
        a_proposal("ごみの日", source="helpful"),
        a_proposal("ゴミの日", source="staff", at=later),
    )

    assert counts(store) == [("garbage-days", "ゴミの日", 2, 1, 1)]
    assert [(p.first_at, p.last_at, p.status) for p in store.proposals("demo")] == [(AT, later, "open")]


def test_a_lesson_comes_with_its_event_or_not_at_all(store: Store, clock: Clock) -> None:
    store.accept([an_event()])
    (held,) = store.claim_events("w1", 1)
    clock.forward(60)
    (taken_over,) = store.claim_events("w2", 1)
    outcome = Outcome(turn=a_turn("e1"), proposal=a_proposal())

    with pytest.raises(StoreError):
        store.finish_event(held, outcome)
    assert counts(store) == []

    store.finish_event(taken_over, outcome)
    assert counts(store) == [("garbage-days", "ごみ いつ", 1, 0, 0)]


def test_a_repeated_turn_of_the_widget_counts_once(store: Store) -> None:
    outcome = Outcome(turn=a_turn("same"), proposal=a_proposal())

    store.record(outcome)
    store.record(outcome)

    assert counts(store) == [("garbage-days", "ごみ いつ", 1, 0, 0)]


def test_a_lesson_taken_back_is_gone_and_those_of_others_stay(store: Store) -> None:
    teach(store, a_proposal("ゴミの日"), a_proposal("ゴミの日"), a_proposal("ごみ いつ"))

    back = {"taken_back": True}
    teach(store, a_proposal("ゴミの日", **back), a_proposal("ごみ いつ", **back), event="back")

    assert counts(store) == [("garbage-days", "ゴミの日", 1, 0, 0)]


def test_nothing_is_taken_back_that_was_not_there(store: Store) -> None:
    teach(store, a_proposal("ゴミの日", source="staff"))

    teach(store, a_proposal("ゴミの日", taken_back=True), a_proposal("知らない", taken_back=True), event="back")

    assert counts(store) == [("garbage-days", "ゴミの日", 0, 0, 1)]


def test_a_settled_proposal_is_not_counted_and_not_settled_again(store: Store) -> None:
    yes, no = a_proposal("ゴミの日"), a_proposal("ゴミ屋敷")
    teach(store, yes, no)

    assert store.settle_proposals("demo", [(yes.entry_id, yes.key)], "approved") == 1
    assert store.settle_proposals("demo", [(no.entry_id, no.key)], "rejected") == 1
    teach(store, yes, no, event="again")

    assert counts(store) == []
    assert store.settle_proposals("demo", [(no.entry_id, no.key), (yes.entry_id, yes.key)], "approved") == 0
    assert [(p.phrasing, p.picked) for p in store.proposals("demo", "approved")] == [("ゴミの日", 1)]


def test_the_words_of_a_rejected_proposal_are_gone_and_do_not_come_back(store: Store, database_url: str) -> None:
    bad = a_proposal("さとうさんのごみ")
    teach(store, bad)

    store.settle_proposals("demo", [(bad.entry_id, bad.key)], "rejected")
    store.record(Outcome(turn=a_turn("later"), proposal=bad))

    assert _proposed_words(database_url) == [""]
    assert store.proposals("demo") == []


def test_a_proposal_names_no_resident(store: Store, database_url: str) -> None:
    store.record(Outcome(turn=a_turn("e1", resident="U-secret"), proposal=a_proposal()))

    engine = create_engine(as_url(database_url))
    with engine.connect() as connection:
        rows = str(connection.execute(text("SELECT * FROM proposals")).all())
    engine.dispose()

    assert "ごみ いつ" in rows
    assert "U-secret" not in rows


def test_a_message_taken_back_takes_what_only_it_has_taught(store: Store) -> None:
    store.record(Outcome(turn=a_turn("e1", text="ひみつの\n相談")))
    store.record(Outcome(turn=a_turn("e2", text="entry:garbage-days"), proposal=a_proposal("ひみつの 相談")))
    teach(store, a_proposal("ゴミの日"), a_proposal("ゴミの日"), event="x")
    store.record(Outcome(turn=a_turn("e3", text="ゴミの日")))

    store.record(Outcome(turn=a_turn("e4", text=""), erase_messages=("m-e1", "m-e3")))

    assert [words for _, words, *_ in counts(store)] == ["ゴミの日"]


def test_an_erased_resident_takes_along_what_only_they_have_taught(store: Store) -> None:
    for resident, words in (("U1", "わたしだけ"), ("U1", "みんなも"), ("U2", "みんなも"), ("U2", "ほかの人だけ")):
        asked = a_turn(f"{resident}{words}", resident=resident, text=words)
        store.record(Outcome(turn=asked, proposal=a_proposal(words)))
    store.record(Outcome(turn=a_turn("o", city="other", text="x"), proposal=a_proposal("わたしだけ", city="other")))

    store.erase_resident("demo", "U1")

    assert {words for _, words, *_ in counts(store)} == {"みんなも", "ほかの人だけ"}
    assert [words for _, words, *_ in counts(store, "other")] == ["わたしだけ"]


def test_a_resident_who_said_very_much_can_be_erased(store: Store) -> None:
    for number in range(30):
        store.record(Outcome(turn=a_turn(f"e{number}", text=f"ことば{number}"), proposal=a_proposal(f"ことば{number}")))
    with store._writing_engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO turns (city, event_id, resident, at, text) "
                "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1500) "
                "SELECT 'demo', 'many' || i, 'U1', i, 'ながい話' || i FROM n"
            )
        )

    store.erase_resident("demo", "U1")

    assert counts(store) == []


def test_retention_forgets_what_one_resident_said_long_ago(store: Store) -> None:
    old, new = AT - timedelta(days=400), AT
    approved = a_proposal("公開したことば", at=old)
    teach(
        store,
        a_proposal("一人だけ", at=old),
        a_proposal("一人と職員", at=old),
        a_proposal("一人と職員", source="staff", at=old),
        a_proposal("二人とも", at=old),
        a_proposal("二人とも", source="helpful", at=old),
        a_proposal("このまえ", at=new),
        approved,
    )
    store.settle_proposals("demo", [(approved.entry_id, approved.key)], "approved")

    purged = store.purge(AT - timedelta(days=1))

    assert purged.proposals == 2
    assert {words for _, words, *_ in counts(store)} == {"二人とも", "このまえ"}
    assert [p.phrasing for p in store.proposals("demo", "approved")] == ["公開したことば"]


def test_retention_of_proposals_works_through_more_than_one_step(store: Store) -> None:
    with store._writing_engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO proposals (city, entry_id, key, phrasing, picked, first_at, last_at) "
                f"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {PURGE_STEP + 3}) "
                "SELECT 'demo', 'garbage-days', 'k' || i, 'w' || i, 1, 1, 1 FROM n"
            )
        )

    assert store.purge(AT).proposals == PURGE_STEP + 3


def test_cities_learn_apart(store: Store) -> None:
    mine, theirs = a_proposal("ゴミの日"), a_proposal("ゴミの日", city="other")
    teach(store, mine, theirs, theirs)

    store.settle_proposals("other", [(theirs.entry_id, theirs.key)], "rejected")

    assert counts(store) == [("garbage-days", "ゴミの日", 1, 0, 0)]
    assert counts(store, "other") == []
    with pytest.raises(StoreError):
        store.record(Outcome(turn=a_turn("mixed"), proposal=theirs))


def test_a_staff_reply_and_what_it_teaches_are_one(store: Store) -> None:
    store.record(Outcome(turn=a_turn("e1"), case=a_case()))
    (case,) = store.cases("demo")
    answer = Outcome(turn=a_turn("case-1", kind="staff"), proposal=a_proposal(source="staff"))

    assert store.answer_case("demo", case.id, answer)
    assert not store.answer_case("demo", case.id, replace(answer, turn=a_turn("case-2", kind="staff")))

    assert counts(store) == [("garbage-days", "ごみ いつ", 0, 0, 1)]


def test_no_lesson_is_lost_when_many_teach_at_once(database_url: str) -> None:
    """Two processes (here: two stores) whose batches touch the same rows in every order."""
    words = [f"ことば{number}" for number in range(6)]

    def crowd(name: str, order: list[str]) -> None:
        with open_store(database_url) as store:
            threads = [
                threading.Thread(
                    target=lambda n=n, w=w: store.record(
                        Outcome(turn=a_turn(f"{name}-{n}-{w}", resident=f"{name}-{n}-{w}"), proposal=a_proposal(w))
                    )
                )
                for n in range(5)
                for w in order
            ]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()

    crowds = [
        threading.Thread(target=crowd, args=("a", words)),
        threading.Thread(target=crowd, args=("b", words[::-1])),
    ]
    for one in crowds:
        one.start()
    for one in crowds:
        one.join()

    with open_store(database_url) as store:
        assert {(p.phrasing, p.picked) for p in store.proposals("demo")} == {(word, 10) for word in words}


def _proposed_words(address: str) -> list[str]:
    engine = create_engine(as_url(address))
    with engine.connect() as connection:
        words = list(connection.execute(text("SELECT phrasing FROM proposals")).scalars())
    engine.dispose()
    return words
