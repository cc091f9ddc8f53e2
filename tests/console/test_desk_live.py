"""What open pages hear by themselves: streams, looking where there is none, and an end when one has logged out."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from handlers.console.desk_data import DeskData
from handlers.console.live import events
from handlers.widget.streams import Pace
from tests.desk_site import CITY, Desk

QUICK = Pace(heartbeat=0.02, life=5.0)


def data_of(line: str) -> Any:
    return json.loads(next(part for part in line.splitlines() if part.startswith("data: "))[6:])


def stream(desk: Desk, browser: Any, path: str) -> Iterator[str]:
    """The lines of a stream, without those that only show that it lives."""
    response = browser.client.get(f"/console/{CITY}{path}")
    assert response.status_code == 200
    assert response.mimetype == "text/event-stream"
    lines = (line.decode() for line in response.response)
    return (line for line in lines if line.startswith("id: "))


def test_a_new_case_comes_to_an_open_inbox_as_its_line(both_desk: Desk) -> None:
    _, browser = both_desk.staff()
    first = both_desk.asks("住民票")
    browser.get("/inbox?tab=waiting")
    told = stream(both_desk, browser, f"/live?tab=waiting&mark={both_desk.store.console_mark(CITY)}")

    second = both_desk.asks("<b>保育園</b>")
    news = data_of(next(told))

    assert news["order"] == [first.id, second.id]
    assert list(news["rows"]) == [str(second.id)]
    assert "&lt;b&gt;保育園&lt;/b&gt;" in news["rows"][str(second.id)]
    assert news["counts"] == {"mine": 0, "department": 2, "waiting": 2, "all": 2}
    assert news["calls"] == 2


def test_a_page_older_than_the_stream_gets_everything(desk: Desk) -> None:
    _, browser = desk.staff()
    cases = [desk.asks("住民票"), desk.asks("保育園")]

    news = data_of(next(stream(desk, browser, "/live?tab=waiting&mark=0")))

    assert sorted(map(int, news["rows"])) == [case.id for case in cases]


def test_a_case_of_another_department_is_never_told(desk: Desk) -> None:
    _, browser = desk.staff()
    mark = desk.store.console_mark(CITY)
    told = stream(desk, browser, f"/live?tab=all&mark={mark}")
    desk.asks("ごみ", "ごみ減量課")
    mine = desk.asks("住民票", "市民課")

    news = data_of(next(told))

    assert news["order"] == [mine.id]


def test_words_of_the_resident_are_heard_on_the_page_of_the_case(both_desk: Desk) -> None:
    person, browser = both_desk.staff()
    case = both_desk.answered(both_desk.asks(), person)
    told = stream(both_desk, browser, f"/cases/{case.id}/live?mark={both_desk.store.console_mark(CITY)}")

    both_desk.says(case, "日曜も開いていますか")
    news = data_of(next(told))

    assert news["calls"] == 1
    assert "日曜も開いていますか" in browser.get(f"/cases/{case.id}/talk").text


def test_without_a_stream_a_look_tells_the_same(desk: Desk) -> None:
    _, browser = desk.staff()
    mark = desk.store.console_mark(CITY)

    assert browser.get(f"/live.json?tab=waiting&mark={mark}").get_json() is None
    case = desk.asks("住民票")
    news = browser.get(f"/live.json?tab=waiting&mark={mark}").get_json()

    assert news["order"] == [case.id]
    assert browser.get(f"/cases/{case.id}/live.json?mark={mark}").get_json()["mark"] == news["mark"]


def test_the_streams_of_a_process_are_counted_and_given_back(desk: Desk) -> None:
    _, browser = desk.staff()
    opened = []
    while (answer := browser.client.get(f"/console/{CITY}/live")).status_code == 200:
        opened.append(answer)

    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "20"
    assert len(opened) == desk.site.config.live_streams
    opened.pop().close()
    assert browser.client.get(f"/console/{CITY}/live").status_code == 200


@pytest.mark.parametrize("how", ["logged out", "disabled"])
def test_a_stream_ends_when_its_reader_may_not_read_any_more(desk: Desk, how: str) -> None:
    person, browser = desk.staff()
    browser.get("/inbox")
    held = desk.store.sessions_of(CITY, person.id, desk_limits(desk))[0]
    data = DeskData(console_parts(desk))
    lines = events(data, held, lambda mark, me: {"mark": mark}, desk.store.console_mark(CITY), QUICK)
    assert next(lines).startswith("retry")
    assert next(lines) == ": .\n\n"

    if how == "disabled":
        desk.store.disable_staff(CITY, person.id, "system")
    else:
        desk.store.end_session(held)

    assert list(lines) == []


def test_an_auditor_reads_the_inbox_and_can_do_nothing(desk: Desk) -> None:
    _, browser = desk.staff("監査", "総合案内")
    case = desk.asks("住民票", "ごみ減量課")

    page = browser.get(f"/cases/{case.id}").text

    assert "住民票" in page
    assert ">受ける<" not in page
    for act in ("take", "reply", "note", "transfer", "release", "close", "draft", "erase"):
        assert browser.post(f"/cases/{case.id}/{act}").status_code == 403
    assert browser.get(f"/cases/{case.id}/export.txt").status_code == 403


def console_parts(desk: Desk) -> Any:
    """The parts that the console's pages were made with."""
    with desk.site.app.test_request_context("/console/"):
        desk.site.app.preprocess_request()
        from flask import g

        return g.console


def desk_limits(desk: Desk) -> Any:
    return console_parts(desk).limits


def test_a_colleague_of_a_moment_ago_has_a_name(desk: Desk) -> None:
    _, browser = desk.staff()
    case = desk.asks("住民票")
    browser.get("/inbox?tab=all")
    colleague, _ = desk.staff(name="鈴木一郎")

    desk.store.take_case(CITY, case.id, colleague.id)

    assert "鈴木一郎さんが話しています" in browser.get("/inbox?tab=all").text
