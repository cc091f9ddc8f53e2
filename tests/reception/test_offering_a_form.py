"""At the desk: a form is offered only when the store has it, and its address stays in the reply alone."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

import pytest

from bot.messages import Inquiry
from bot.numbering import plain_text
from desk import decide
from faq.knowledge import Knowledge
from store import Store
from store.errors import StoreError
from store.records import Outcome
from tests.reception.conftest import at

HOME = "https://madoguchi.example.jp"
NIGHT = at("2026-11-20 22:00")

Ask = Callable[..., tuple[Outcome, str]]


@pytest.fixture
def ask(store: Store, city_of_departments: Knowledge) -> Ask:
    """Asks at the desk as a door does, and keeps what came of it."""
    numbers = iter(range(100))

    def make(text: str = "", choice: str = "", now: datetime = NIGHT, home: str = HOME) -> tuple[Outcome, str]:
        kind = "choice" if choice else "text"
        inquiry = Inquiry("test", "U1", "line", kind, f"e{next(numbers)}", now, text, choice)
        outcome, reply = decide(inquiry, lambda _: city_of_departments, store, now, home)
        store.record(outcome)
        return outcome, plain_text(reply)

    return make


def token_in(words: str) -> str:
    found = re.search(rf"{HOME}/contact/test/([\w-]{{43}})", words)
    assert found is not None
    return found[1]


def test_at_night_the_offered_form_opens_and_belongs_to_the_case(ask: Ask, store: Store):
    ask("転入届の出し方")

    outcome, words = ask(choice="person")

    form = store.contact_form("test", token_in(words))
    assert form is not None
    assert (form.resident, form.department, form.question) == ("U1", "市民課", "転入届の出し方")
    assert outcome.case is not None
    assert outcome.case.promised_at == at("2026-11-24 08:30")


def test_nothing_that_is_kept_tells_the_way_into_the_form(ask: Ask):
    ask("転入届の出し方")

    outcome, words = ask(choice="person")

    assert token_in(words) not in repr(replace(outcome, outgoing=()))


def test_two_wishes_get_two_forms(ask: Ask):
    ask("転入届の出し方")
    _, first = ask(choice="person")

    _, second = ask(choice="contact")

    assert token_in(first) != token_in(second)


def test_where_the_store_cannot_make_a_form_the_question_is_taken_without_one(ask: Ask, store: Store, monkeypatch):
    def away(*_: object) -> None:
        raise StoreError("away")

    ask("転入届の出し方")
    monkeypatch.setattr(store, "offer_contact", away)

    outcome, words = ask(choice="person")

    assert outcome.case is not None
    assert "/contact/" not in words
    assert "11月24日（火）8時30分から" in words


def test_where_no_public_address_is_known_no_form_is_offered(ask: Ask):
    ask("転入届の出し方", home="")

    assert "/contact/" not in ask(choice="person", home="")[1]


def test_the_queue_is_the_stores(ask: Ask, store: Store, city_of_departments: Knowledge):
    morning = at("2026-11-20 10:00")
    for resident in ("U7", "U8"):
        inquiry = Inquiry("test", resident, "line", "text", f"{resident}-1", morning, "転入届の出し方")
        store.record(decide(inquiry, lambda _: city_of_departments, store, morning)[0])
        wish = replace(inquiry, kind="choice", choice="person", text="", event_id=f"{resident}-2")
        store.record(decide(wish, lambda _: city_of_departments, store, morning)[0])
    ask("転入届の出し方", now=morning)

    assert "ただいま2人お待ちです。" in ask(choice="person", now=morning)[1]
