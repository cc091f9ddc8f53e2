"""Open pages hear of a change: at once within the process, and soon of what another process did."""

from __future__ import annotations

import threading
import time
from statistics import median

import pytest

from store import Store, open_store
from store.news import LOOK_SECONDS, News
from tests.handover.handover_builders import SATO, asks


def test_a_change_in_the_same_process_wakes_whoever_waits(store: Store) -> None:
    case = asks(store)
    mark = store.console_mark("demo")
    woken: list[int] = []
    waiting = threading.Thread(target=lambda: woken.append(store.wait_for_cases("demo", mark, 20)))
    waiting.start()

    store.take_case("demo", case.id, SATO)
    waiting.join(10)

    assert woken == [store.console_mark("demo")]


def test_a_change_in_another_process_is_heard_of_within_a_second(database_url: str) -> None:
    with open_store(database_url) as web, open_store(database_url) as staff_side:
        case = asks(web)
        mark = web.wait_for_cases("demo", -1, 0)
        took = []
        for change in (staff_side.take_case, staff_side.release_case, staff_side.take_case):
            change("demo", case.id, SATO)
            began = time.monotonic()
            heard = web.wait_for_cases("demo", mark, 20)
            took.append(time.monotonic() - began)
            assert heard > mark
            mark = heard

        assert median(took) < 1  # one of them may meet a busy machine


def test_who_already_knows_waits_in_vain(store: Store) -> None:
    asks(store)

    assert store.wait_for_cases("demo", store.console_mark("demo"), 0.01) == store.console_mark("demo")


def test_a_hundred_pages_ask_the_database_as_often_as_one() -> None:
    looks: list[str] = []

    def look(city: str) -> int:
        looks.append(city)
        return 7

    news = News(look)
    pages = [threading.Thread(target=lambda: news.wait("demo", 7, 2 * LOOK_SECONDS)) for _ in range(100)]
    for page in pages:
        page.start()
    for page in pages:
        page.join(10)

    assert len(looks) <= 8


def test_cities_are_told_apart() -> None:
    news = News({"demo": 3, "other": 9}.__getitem__)

    assert news.wait("demo", -1, 0) == 3
    assert news.wait("other", -1, 0) == 9


def test_when_the_page_that_looked_is_closed_another_one_looks() -> None:
    marks = {"demo": 7}
    news = News(marks.__getitem__)
    heard: list[int] = []
    first = threading.Thread(target=lambda: news.wait("demo", 7, LOOK_SECONDS))
    rest = [threading.Thread(target=lambda: heard.append(news.wait("demo", 7, 20))) for _ in range(5)]
    for page in (first, *rest):
        page.start()
    first.join(10)

    marks["demo"] = 8
    for page in rest:
        page.join(5)

    assert heard == [8] * 5


def test_a_look_that_fails_is_told_to_its_page_and_the_others_go_on() -> None:
    answers: list[int | Exception] = [OSError("the database is away"), 7, 8]

    def look(_city: str) -> int:
        answer = answers.pop(0) if len(answers) > 1 else answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer

    news = News(look)
    with pytest.raises(OSError, match="away"):
        news.wait("demo", -1, 1)

    assert news.wait("demo", 7, 20) == 8


def test_of_a_hundred_pages_one_wakes_up_to_look(monkeypatch: pytest.MonkeyPatch) -> None:
    waits: list[float] = []
    wait = threading.Condition.wait

    def counted(self: threading.Condition, timeout: float | None = None) -> bool:
        waits.append(timeout or 0)
        return wait(self, timeout)

    news = News(lambda _city: 7)
    pages = [threading.Thread(target=lambda: news.wait("demo", 7, 4 * LOOK_SECONDS)) for _ in range(100)]
    for page in pages:
        page.start()
    monkeypatch.setattr(threading.Condition, "wait", counted)
    for page in pages:
        page.join(10)

    # Each page by itself would have waited four times.
    assert len(waits) < 200
