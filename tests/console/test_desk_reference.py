"""A resident calls and says the number of the contact form: staff find the case, their own and no other."""

from __future__ import annotations

import pytest

from store.records_contacts import Contact, reference_in
from tests.desk_site import Desk

TOKEN = "t" * 43


def a_sent_form(desk: Desk, department: str = "市民課") -> str:
    """The number that the resident was told."""
    desk.store.offer_contact("test", TOKEN, "U1", "line", "ja", department, "委任状はいりますか")
    sent = desk.store.send_contact("test", TOKEN, Contact("山田", "a@b.jp"), None)
    assert sent is not None
    return sent.reference


@pytest.mark.parametrize("as_heard", [str, lambda number: number.replace("-", ""), lambda number: f" {number} "])
def test_the_number_said_on_the_telephone_finds_the_case(desk: Desk, as_heard) -> None:
    _, browser = desk.staff("担当", "市民課")
    number = a_sent_form(desk)
    case = desk.store.open_case("test", "U1")
    assert case is not None

    assert f"/cases/{case.id}" in browser.get(f"/search?q={as_heard(number)}").text


def test_the_case_of_another_department_is_not_found(desk: Desk) -> None:
    number = a_sent_form(desk, "ごみ減量課")
    _, browser = desk.staff("担当", "市民課")

    assert "/cases/" not in browser.get(f"/search?q={number}").text


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("１２３４−５６７８", "1234-5678"),
        ("1234 5678", "1234-5678"),
        ("12345678", "1234-5678"),
        ("048-000-1110", ""),
        ("1234-567", ""),
        ("ごみ", ""),
        ("", ""),
    ],
)
def test_a_number_is_known_however_it_is_typed(typed: str, number: str) -> None:
    assert reference_in(typed) == number
