"""A department takes no more residents than it says, also when they all ask at the same moment; on both engines."""

from __future__ import annotations

import pytest

from bot.handover import Owner
from bot.messages import Inquiry
from bot.numbering import plain_text
from desk import decide
from faq.knowledge import Knowledge
from store import Outcome, OwnerChanged, QueueFull, QueueMoved, Store, open_store
from store.errors import StoreError
from store.records_contacts import Contact
from tests.crowd import together
from tests.reception.conftest import at
from tests.store.store_builders import a_case, a_turn

OPEN, NIGHT = "2026-11-20 10:00", "2026-11-20 22:00"
ROOM = 3
"""How many 市民課 lets wait in the city of these tests."""


def one_who(resident: str, at_most: int, department: str = "市民課") -> Outcome:
    case = a_case(resident=resident, department=department, at_most=at_most)
    return Outcome(turn=a_turn(f"ask-{resident}", resident=resident), case=case, owner=Owner())


def ask_for_a_person(store: Store, knowledge: Knowledge, resident: str, now: str = OPEN) -> str:
    """As a door does it: what the store refuses is decided again. The words that the resident hears."""
    for number, (text, choice) in enumerate((("転入届の出し方", ""), ("", "person"))):
        kind = "choice" if choice else "text"
        inquiry = Inquiry("test", resident, "line", kind, f"{resident}-{number}", at(now), text, choice)
        while True:
            outcome, reply = decide(inquiry, lambda _: knowledge, store, at(now))
            try:
                store.record(outcome)
            except OwnerChanged:
                continue
            break
    return plain_text(reply)


def test_of_many_who_ask_at_once_only_as_many_wait_as_the_department_takes(
    database_url: str, city_of_departments: Knowledge
) -> None:
    """Twelve residents, two processes (here: two stores), three places."""
    heard: list[str] = []
    with open_store(database_url) as first, open_store(database_url) as second:

        def ask(number: int) -> None:
            heard.append(ask_for_a_person((first, second)[number % 2], city_of_departments, f"U{number}"))

        together(*[lambda n=n: ask(n) for n in range(12)])  # type: ignore[misc]

        assert first.waiting("test", "市民課").count == ROOM
        assert len(first.cases("test", None)) == ROOM
        refused = [words for words in heard if "ここでは新しくお受けできません" in words]
        assert (len(heard), len(refused)) == (12, 12 - ROOM)


def test_the_last_place_is_given_once_however_late_the_others_have_looked(store: Store) -> None:
    """Everybody decided while the queue was empty; written one after the other, in one batch or in many."""
    for resident in ("U1", "U2"):
        store.record(one_who(resident, 2))

    with pytest.raises(QueueFull):
        store.record(one_who("U3", 2))

    assert store.waiting("demo", "市民課").count == 2
    assert store.turns("demo", "U3", 5) == []


def test_of_many_who_ask_at_once_each_hears_their_own_place(database_url: str, city_of_departments: Knowledge) -> None:
    """Not: everybody is next."""
    heard: list[str] = []
    with open_store(database_url) as first, open_store(database_url) as second:

        def ask(number: int) -> None:
            heard.append(ask_for_a_person((first, second)[number % 2], city_of_departments, f"U{number}"))

        together(*[lambda n=n: ask(n) for n in range(8)])  # type: ignore[misc]

    told = ("次の順番です", "ただいま1人お待ちです", "ただいま2人お待ちです", "ここでは新しくお受けできません")
    assert [sum(sentence in words for words in heard) for sentence in told] == [1, 1, 1, 5]


@pytest.mark.parametrize(
    ("ahead", "wait", "refused"),
    [
        (0, 0, False),
        (0, 1, True),
        (1, 1, False),
        (2, 1, False),
        (4, 5, True),
        (5, 6, False),
        (5, 7, True),
        (-1, 9, False),
    ],
)
def test_a_place_is_told_nearly_as_it_is(store: Store, ahead: int, wait: int, refused: bool) -> None:
    for number in range(wait):
        store.record(one_who(f"W{number}", 0))

    def stand_in_line() -> None:
        case = a_case(resident="U1", department="市民課", ahead=ahead)
        store.record(Outcome(turn=a_turn("ask-U1"), case=case, owner=Owner()))

    if refused:
        with pytest.raises(QueueMoved):
            stand_in_line()
    else:
        stand_in_line()
    assert store.waiting("demo", "市民課").count == wait + (not refused)


def test_who_is_taken_makes_room(store: Store) -> None:
    store.record(one_who("U1", 1))
    case = store.open_case("demo", "U1")
    assert case is not None
    store.take_case("demo", case.id, 7)

    store.record(one_who("U2", 1))

    assert store.waiting("demo", "市民課").count == 1


def test_the_queue_of_another_department_takes_no_places_here(store: Store) -> None:
    store.record(one_who("U1", 1, "ごみ減量課"))

    store.record(one_who("U2", 1))

    assert store.waiting("demo", "市民課").count == 1


def test_who_waits_already_is_not_turned_away_by_the_same_words_brought_twice(store: Store) -> None:
    store.record(one_who("U1", 1))

    with pytest.raises(OwnerChanged) as told:
        store.record(one_who("U1", 1))

    assert not isinstance(told.value, QueueFull)
    assert store.waiting("demo", "市民課").count == 1


def test_out_of_hours_nobody_stands_in_line_and_everybody_is_taken(
    store: Store, city_of_departments: Knowledge
) -> None:
    for number in range(ROOM + 2):
        ask_for_a_person(store, city_of_departments, f"U{number}", NIGHT)

    assert store.waiting("test", "市民課").count == ROOM + 2


def test_a_queue_that_cannot_be_read_turns_nobody_away(
    store: Store, city_of_departments: Knowledge, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else the door would decide the same again and again, and the store refuse it as often."""

    def away(*_: object) -> None:
        raise StoreError("away")

    for number in range(ROOM):
        ask_for_a_person(store, city_of_departments, f"U{number}")
    monkeypatch.setattr(store, "waiting", away)

    words = ask_for_a_person(store, city_of_departments, "U9")

    assert "お受けできません" not in words
    assert store.open_case("test", "U9") is not None


def test_a_form_is_taken_while_the_queue_is_full(store: Store) -> None:
    """Whoever was turned away has left their question on the page: that is not lost to the same limit."""
    store.record(one_who("U1", 1))
    store.offer_contact("demo", "t" * 43, "U2", "line", "ja", "市民課", "転入届について")

    assert store.send_contact("demo", "t" * 43, Contact("佐藤", "s@example.jp", "", "お願いします"), None) is not None

    assert store.waiting("demo", "市民課").count == 2
