"""IDOR: nobody reaches a case, a draft or a picture of another department or city by its number."""

from __future__ import annotations

import pytest

from tests.desk_site import CITY, Desk

READ = ("", "/talk", "/faq?q=x", "/export.txt", "/live", "/live.json", "/erase")
DO = ("take", "reply", "note", "transfer", "release", "close", "draft", "erase")


@pytest.mark.parametrize("role", ["担当", "編集", "承認"])
def test_another_departments_case_is_as_good_as_none(desk: Desk, role: str) -> None:
    _, browser = desk.staff(role)  # type: ignore[arg-type]
    case = desk.asks("ごみの相談", "ごみ減量課")
    nothing = case.id + 999

    for number in (case.id, nothing):
        answers = {path: browser.get(f"/cases/{number}{path}") for path in READ}
        assert {path: answer.status_code for path, answer in answers.items() if answer.status_code != 404} == {
            path: 403 for path in READ if answers[path].status_code == 403
        }
        assert all("ごみの相談" not in answer.text for answer in answers.values())
        for act in DO:
            assert browser.post(f"/cases/{number}/{act}", {"text": "x", "sure": "yes"}).status_code in (403, 404)
    assert desk.case(case) == case


def test_who_may_do_everything_in_one_department_gets_404_in_the_other(desk: Desk) -> None:
    _, browser = desk.staff("担当")
    case = desk.asks("ごみの相談", "ごみ減量課")

    for path in (path for path in READ if path != "/erase"):
        assert browser.get(f"/cases/{case.id}{path}").status_code == 404
    for act in (act for act in DO if act != "erase"):
        assert browser.post(f"/cases/{case.id}/{act}").status_code == 404


def test_nothing_of_a_case_shows_in_lists_counts_searches_or_streams_of_others(desk: Desk) -> None:
    person, browser = desk.staff("担当")
    case = desk.asks("粗大ごみの相談", "ごみ減量課", resident="U5")
    desk.store.add_note(CITY, case.id, person.id, "呼び出し", [person.id])

    for path in (
        "/inbox?tab=all",
        "/inbox?tab=mine",
        "/inbox?tab=waiting",
        "/inbox?tab=closed",
        "/search?q=粗大",
        "/search?q=U5&by=resident",
        "/live.json?tab=all&mark=0",
    ):
        page = browser.get(path).text
        assert "相談" not in page, path
        assert f"/cases/{case.id}" not in page, path
    assert browser.get("/live.json?tab=all&mark=0").get_json()["counts"] == {
        "mine": 0,
        "department": 0,
        "waiting": 0,
        "all": 0,
    }


def test_a_closed_case_of_a_department_one_has_left_is_not_seen_any_more(desk: Desk) -> None:
    person, browser = desk.staff("担当")
    case = desk.closed(desk.asks("相談", "市民課"), person)
    assert browser.get(f"/cases/{case.id}").status_code == 200

    desk.store.change_staff(CITY, person.id, "担当", ("ごみ減量課",), "system")

    assert browser.get(f"/cases/{case.id}").status_code == 404


def test_a_number_of_another_city_leads_nowhere(desk: Desk) -> None:
    _, boss = desk.staff("管理", "総合案内")
    for _ in range(3):
        desk.asks("となりの相談", city="other")
    mine = desk.asks("こちらの相談")

    for number in range(1, 6):
        page = boss.get(f"/cases/{number}")
        assert page.status_code == (200 if number == mine.id else 404)
        assert "となりの相談" not in page.text
    assert boss.get("/console/other/inbox").status_code == 404
    assert boss.get("/console/other/cases/1").status_code == 404
