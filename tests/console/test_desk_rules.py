"""Who sees which case, what stands on which shelf, and who has waited longest."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from handlers.console.desk_rules import Tab, departments_seen, is_unread, oldest_first, on_tab, visible, waits_since
from handlers.console.inbox_view import Desk, calls_for, counts, first_words, line
from handlers.console.times import for_the_file, moment, waited
from store.records_accounts import ROLES, Role, Staff
from store.records_cases import CaseView
from store.records_desk import Watched

NOON = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)


def a_staff(role: Role = "担当", *departments: str, number: int = 1, city: str = "test") -> Staff:
    return Staff(city, number, "山田花子", "a@city.example.jp", role, departments or ("市民課",), NOON)


def a_view(number: int = 7, minutes: float = 10, **changes: Any) -> CaseView:
    """A case that has waited for so many minutes."""
    known: dict[str, Any] = {
        "city": "test",
        "id": number,
        "resident": "U1",
        "channel": "line",
        "department": "市民課",
        "category": "",
        "entry_id": "",
        "question": "住民票",
        "status": "waiting",
        "opened_at": NOON - timedelta(minutes=minutes),
        "resident_at": NOON - timedelta(minutes=minutes),
    }
    return CaseView(**{**known, **changes})


def a_desk(*cases: CaseView, seen: dict[tuple[int, int], datetime] | None = None, called: Any = None) -> Desk:
    return Desk(1, cases, Watched(seen or {}, called or {}))


@pytest.mark.parametrize(
    ("me", "case", "sees"),
    [
        (a_staff("担当"), a_view(), True),
        (a_staff("担当"), a_view(department="税務課"), False),
        (a_staff("担当", "税務課", "市民課"), a_view(department="税務課"), True),
        (a_staff("編集"), a_view(), True),
        (a_staff("承認"), a_view(department="税務課"), False),
        (a_staff("管理", "総合案内"), a_view(department="税務課"), True),
        (a_staff("監査", "総合案内"), a_view(department="税務課"), True),
        (a_staff("管理", city="other"), a_view(), False),
        (a_staff("担当"), a_view(department="税務課", status="staff", staff=1), True),
        (a_staff("担当"), a_view(department="税務課", status="staff", staff=2), False),
        (a_staff("担当"), a_view(department="税務課", status="closed", staff=1), False),
    ],
    ids=[
        "own department",
        "another department",
        "second department",
        "an editor's department",
        "not an approver's",
        "the city's manager",
        "the city's auditor",
        "another city's manager",
        "one that I hold",
        "one that another holds",
        "one that I held once",
    ],
)
def test_a_case_is_seen_by_its_department_its_holder_and_who_answers_for_the_city(
    me: Staff, case: CaseView, sees: bool
) -> None:
    assert visible(me, case) is sees


def test_a_query_gives_all_departments_to_managers_and_auditors_only() -> None:
    assert {role for role in ROLES if departments_seen(a_staff(role)) is None} == {"管理", "監査"}


@pytest.mark.parametrize(
    ("case", "tabs"),
    [
        (a_view(), {"department", "waiting", "all"}),
        (a_view(status="staff", staff=1), {"mine", "department", "all"}),
        (a_view(status="staff", staff=2), {"department", "all"}),
        (a_view(status="staff", staff=1, department="税務課"), {"mine", "all"}),
    ],
    ids=["waits", "mine", "a colleague's", "mine, of another department"],
)
def test_each_open_case_stands_on_its_shelves(case: CaseView, tabs: set[str]) -> None:
    every: tuple[Tab, ...] = ("mine", "department", "waiting", "all", "closed")

    assert {tab for tab in every if on_tab(tab, a_staff(), case, ())} == tabs


def test_a_call_by_name_brings_a_case_to_my_own_shelf() -> None:
    desk = a_desk(a_view(7), a_view(8), called={1: frozenset({8})})

    assert counts(desk, a_staff())["mine"] == 1
    assert calls_for(desk, a_staff()) == 2  # both wait in my department; one call more is not one case more


def test_only_what_asks_for_me_is_counted_in_the_title() -> None:
    new, old = NOON, NOON - timedelta(hours=1)
    desk = a_desk(
        a_view(1, department="税務課"),
        a_view(2, status="staff", staff=1, resident_at=new),
        a_view(3, status="staff", staff=1, resident_at=new),
        a_view(4, status="staff", staff=2, resident_at=new),
        seen={(1, 2): old, (1, 3): new},
    )

    assert calls_for(desk, a_staff()) == 1


def test_whoever_waits_longest_stands_first_and_those_who_have_an_answer_last() -> None:
    answered = a_view(1, 90, status="staff", staff=1, resident_at=NOON - timedelta(minutes=90), staff_at=NOON)
    wrote_again = a_view(
        2, 80, status="staff", staff=1, resident_at=NOON - timedelta(minutes=5), staff_at=NOON - timedelta(minutes=30)
    )

    cases = oldest_first([answered, wrote_again, a_view(3, 2), a_view(4, 40)])

    assert [case.id for case in cases] == [4, 2, 3, 1]
    assert waits_since(answered) is None
    assert waits_since(wrote_again) == NOON - timedelta(minutes=5)


def test_what_came_after_the_last_look_is_unread() -> None:
    case = a_view(minutes=10)

    assert is_unread(case, None)
    assert is_unread(case, NOON - timedelta(minutes=11))
    assert not is_unread(case, NOON)


def test_a_line_names_who_holds_the_case_and_how_long_the_resident_waits() -> None:
    waits = line(a_view(minutes=20), a_staff(), {2: "鈴木"}, NOON)
    held = line(a_view(status="staff", staff=2, staff_at=NOON), a_staff(), {2: "鈴木"}, NOON)

    assert (waits.waited, waits.long, waits.holder, waits.mine) == ("20分", True, "", False)
    assert (held.waited, held.holder, held.mine) == ("", "鈴木", False)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "たった今"),
        (59, "たった今"),
        (60, "1分"),
        (3600, "1時間"),
        (7500, "2時間5分"),
        (90000, "1日1時間"),
        (-5, "たった今"),
    ],
)
def test_waiting_times_are_plain_words(seconds: float, words: str) -> None:
    assert waited(seconds) == words


def test_first_words_are_one_line() -> None:
    assert first_words("母が\n昨日　亡くなり  ました", 8) == "母が 昨日 亡く…"


def test_times_are_those_of_japan_in_both_calendars() -> None:
    late = datetime(2026, 11, 20, 15, 5, 9, tzinfo=UTC)

    assert for_the_file(late) == "2026年（令和8年）11月21日（土）00時05分09秒"
    assert for_the_file(datetime(2019, 5, 1, tzinfo=UTC)).startswith("2019年（令和元年）5月1日（水）09時")
    assert moment(late, NOON) == "0:05"
    assert moment(late - timedelta(days=1), NOON) == "11月20日（金） 0:05"
