"""A resident on a page of the city: from the bot to a person and back; what staff write is there at once, and later."""

from __future__ import annotations

import http.client
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from statistics import median
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest

from handlers.widget.sessions import resident_of
from handlers.widget.streams import LOOK_SECONDS
from store import Store, open_store
from store.records_cases import CaseView
from tests.handover.handover_builders import SATO, Desk
from tests.running import CITY, House, wait_until

Json = dict[str, Any]
SOON = 1.0
"""Seconds in which a word of staff is on the page."""


@dataclass
class Page:
    """The chat as a browser talks to it: JSON there and back, and a stream."""

    house: House
    session: str | None = None
    last: str = ""

    def say(self, text: str = "", **fields: Any) -> Json:
        body = json.dumps({"text": text, "session": self.session, **fields})
        answer = self._ask("POST", f"/widget/{CITY}/messages", body)
        self.session = answer["session"]
        return answer

    def earlier(self, after: str = "") -> Json:
        query = urlencode({"session": self.session, "after": after})
        return self._ask("GET", f"/widget/{CITY}/messages?{query}")

    @contextmanager
    def open_stream(self, after: str = "") -> Iterator[list[tuple[float, Json]]]:
        """The messages that arrive, with the moment; ready when this is entered."""
        arrived: list[tuple[float, Json]] = []
        connection = self._connection()
        query = urlencode({"session": self.session, "after": after})
        connection.request("GET", f"/widget/{CITY}/stream?{query}")
        response = connection.getresponse()
        assert response.readline().startswith(b"retry:")

        def read() -> None:
            for line in iter(response.readline, b""):
                if line.startswith(b"data: "):
                    arrived.append((time.monotonic(), json.loads(line[6:])))

        reading = threading.Thread(target=read, daemon=True)
        reading.start()
        try:
            yield arrived
        finally:
            response.fp.raw._sock.shutdown(2)  # type: ignore[union-attr]
            reading.join(5)
            connection.close()

    def _ask(self, method: str, path: str, body: str | None = None) -> Json:
        connection = self._connection()
        try:
            connection.request(method, path, body, {"Content-Type": "application/json"})
            response = connection.getresponse()
            answer: Json = json.loads(response.read())
            assert response.status == 200, answer
            return answer
        finally:
            connection.close()

    def _connection(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection(urlsplit(self.house.url).netloc, timeout=20)


@pytest.fixture
def page(house: House) -> Page:
    return Page(house)


@pytest.fixture
def staff_side(house: House) -> Iterator[Store]:
    """The store of another process, in which staff work."""
    with open_store(house.parts.config.database_url) as store:
        yield store


def asks_for_a_person(page: Page) -> CaseView:
    page.say("まいなんばー無くした")
    asked = page.say(choice="person")
    assert asked["owner"] == {"state": "waiting", "department": "市民課"}
    [case] = page.house.parts.store.cases(CITY)
    return case


def spoken(messages: list[Json]) -> list[tuple[str, str]]:
    return [(one["from"], one["reply"]["blocks"][0]["text"]) for one in messages if one["from"] != "resident"]


def test_a_page_sees_the_talk_change_hands_and_come_back(page: Page, staff_side: Store) -> None:
    counter = Desk(page.house.parts.library, staff_side)
    case = asks_for_a_person(page)

    with page.open_stream() as arrived:
        counter.take(case, SATO)
        wait_until(lambda: len(arrived) == 1)
        delivered = page.say("転入届の出し方")
        staff_side.reply_case(CITY, case.id, SATO, "市民課の佐藤です。", "k1")
        wait_until(lambda: len(arrived) == 2)
        taken = staff_side.case(CITY, case.id)
        assert taken is not None
        counter.close(taken, SATO, "answered")
        wait_until(lambda: len(arrived) == 3)
    answer = page.say("転入届の出し方")

    first, second, third = (message for _, message in arrived)
    assert (first["from"], first["owner"]) == ("city", {"state": "staff", "department": "市民課"})
    assert (delivered["reply"], delivered["owner"]["state"]) == ({"decision": "staff", "blocks": []}, "staff")
    assert (second["from"], second["department"]) == ("staff", "市民課")
    assert (third["from"], third["owner"]["state"]) == ("city", "bot")
    assert spoken([first, second, third])[1] == ("staff", "市民課の佐藤です。")
    assert answer["reply"]["decision"] in ("answer", "choices")
    assert answer["waiting"] is False


def test_a_word_of_staff_in_another_process_is_on_the_page_within_a_second(page: Page, staff_side: Store) -> None:
    case = asks_for_a_person(page)
    staff_side.take_case(CITY, case.id, SATO)

    with page.open_stream() as arrived:
        took = []
        for number in range(8):
            said_at = time.monotonic()
            staff_side.reply_case(CITY, case.id, SATO, f"返事{number}", f"k{number}")
            wait_until(lambda number=number: len(arrived) > number)
            took.append(arrived[number][0] - said_at)

    assert median(took) < SOON  # one of them may meet a busy machine
    assert max(took) < LOOK_SECONDS  # none had to wait until the stream looks by itself


def test_a_page_opened_again_shows_what_came_meanwhile(page: Page, staff_side: Store) -> None:
    case = asks_for_a_person(page)
    staff_side.take_case(CITY, case.id, SATO)
    staff_side.reply_case(CITY, case.id, SATO, "市民課の佐藤です。", "k1")

    told = page.earlier()

    assert spoken(told["messages"])[-1:] == [("staff", "市民課の佐藤です。")]
    assert (told["waiting"], told["owner"]) == (True, {"state": "staff", "department": "市民課"})


def test_a_stream_that_was_cut_goes_on_behind_the_last_word_that_arrived(page: Page, staff_side: Store) -> None:
    case = asks_for_a_person(page)
    staff_side.take_case(CITY, case.id, SATO)
    with page.open_stream() as arrived:
        staff_side.reply_case(CITY, case.id, SATO, "一つ目", "k1")
        wait_until(lambda: len(arrived) == 1)
    staff_side.reply_case(CITY, case.id, SATO, "二つ目", "k2")
    page.say("待っています")
    staff_side.reply_case(CITY, case.id, SATO, "三つ目", "k3")

    with page.open_stream(after=arrived[0][1]["id"]) as rest:
        wait_until(lambda: len(rest) == 2)
        polled = page.earlier(after=arrived[0][1]["id"])

    assert [text for _, text in spoken([message for _, message in rest])] == ["二つ目", "三つ目"]
    assert [text for _, text in spoken(polled["messages"])] == ["二つ目", "三つ目"]


def test_a_long_talk_is_read_on_from_where_it_was(page: Page, staff_side: Store) -> None:
    """More than a page shows; what was read long ago is not sent again."""
    case = asks_for_a_person(page)
    staff_side.take_case(CITY, case.id, SATO)
    first = staff_side.reply_case(CITY, case.id, SATO, "はじめ", "k0")
    for number in range(60):
        staff_side.reply_case(CITY, case.id, SATO, f"返事{number}", f"key{number}")
    last = staff_side.case_turns(CITY, case.id)[-1]

    assert page.earlier(after=last.event_id)["messages"] == []
    assert len(page.earlier(after=first.event_id)["messages"]) == 50


@pytest.mark.parametrize(("taken", "sentence"), [(False, "取り消しました"), (True, "終わりました")])
def test_the_resident_gives_the_talk_back(page: Page, staff_side: Store, taken: bool, sentence: str) -> None:
    case = asks_for_a_person(page)
    if taken:
        staff_side.take_case(CITY, case.id, SATO)

    back = page.say("おわり")

    assert sentence in back["reply"]["blocks"][0]["text"]
    assert (back["waiting"], back["owner"]["state"]) == (False, "bot")
    assert page.say("ゴミの日")["reply"]["blocks"] != []


def test_danger_is_answered_on_the_page_while_staff_own_the_talk(page: Page, staff_side: Store) -> None:
    case = asks_for_a_person(page)
    staff_side.take_case(CITY, case.id, SATO)

    assert "119" in page.say("火事です")["reply"]["blocks"][0]["text"]


def test_a_message_decided_while_staff_take_the_talk_is_for_staff(
    page: Page, staff_side: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Staff take it after the page's question was read and before its answer is written."""
    case = asks_for_a_person(page)
    store = page.house.parts.store
    remembered: Callable[..., Any] = store.remembered
    calls = []

    def read_and_then_taken(city: str, resident: str) -> Any:
        known = remembered(city, resident)
        calls.append(known.owner.state)
        if len(calls) == 2:  # the first look is whose session it is, the second is what decides
            staff_side.take_case(CITY, case.id, SATO)
        return known

    monkeypatch.setattr(store, "remembered", read_and_then_taken)

    answer = page.say("転入届の出し方")

    assert calls == ["waiting", "waiting", "staff"]
    assert answer["reply"] == {"decision": "staff", "blocks": []}
    turns = store.turns(CITY, resident_of(page.session or ""), 50)
    assert [turn.text for turn in turns].count("転入届の出し方") == 1


def test_a_repeated_message_is_delivered_once(page: Page, staff_side: Store) -> None:
    case = asks_for_a_person(page)
    staff_side.take_case(CITY, case.id, SATO)
    message = {"text": "急いでいます", "message_id": "0123456789abcdef"}

    first, again = page.say(**message), page.say(**message)

    assert first["reply"] == again["reply"]
    turns = staff_side.case_turns(CITY, case.id)
    assert [turn.text for turn in turns].count("急いでいます") == 1
