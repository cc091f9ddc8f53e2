"""Staff hear of a silent feed by the ways that they know: one mail to each address, one message to each room."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from clients.mail import Letter
from errands.telling import Telling
from faq.city import City
from faq.disaster import Disaster
from notify.staff import Reachable
from notify.staff_alarms import ALARM_WORDS, Alarm, notices_of
from store import Store
from tests.builders import a_city
from tests.databases import Clock

SINCE = datetime(2026, 11, 21, 3, 5, tzinfo=UTC)
RULES = Disaster(staff=("市民課", "総合案内"))


def a_watchful_city() -> City:
    notify = {"mails": ["bosai@city.test.example.jp", "kiki@city.test.example.jp"], "webhook": "logo"}
    departments = [
        {"name": "総合案内", "phone": "048-000-0000", "handoff": {"notify": {"mails": ["bosai@city.test.example.jp"]}}},
        {"name": "市民課", "phone": "048-000-0001", "handoff": {"notify": notify}},
    ]
    return a_city(departments=departments)


class Sent:
    """A mail server and a room that remember what they were given."""

    def __init__(self) -> None:
        self.letters: list[Letter] = []
        self.messages: list[str] = []

    def send_letter(self, letter: Letter, _now: datetime) -> None:
        self.letters.append(letter)


class Mail:
    def __init__(self, sent: Sent) -> None:
        self._sent = sent

    def send(self, letter: Letter, now: datetime) -> None:
        self._sent.send_letter(letter, now)


class Room:
    def __init__(self, sent: Sent) -> None:
        self._sent = sent

    def send(self, body: bytes, idempotency_key: str) -> None:
        self._sent.messages.append(json.dumps(json.loads(body), ensure_ascii=False))


@pytest.fixture
def sent() -> Sent:
    return Sent()


@pytest.fixture
def telling(store: Store, clock: Clock, sent: Sent) -> Telling:
    city = a_watchful_city()
    rooms = {"test": {"": Room(sent)}}
    return Telling(
        store,
        {"test": city}.get,
        Mail(sent),
        rooms,
        own_templates=lambda _city: Path("nowhere"),
        console="https://madoguchi.test.example.jp",
        worker="a",
        clock=clock,
    )


def carry(telling: Telling) -> None:
    while telling.mails_once() or telling.rooms_once():
        pass


def test_a_silent_feed_is_one_mail_to_each_address_and_one_message_to_the_room(telling: Telling, sent: Sent) -> None:
    alarm = Alarm("feed_silent", 29_000_000, SINCE)

    for _ in range(2):  # as two processes might
        telling.alarm(alarm, a_watchful_city(), RULES)
    carry(telling)

    assert sorted(letter.to for letter in sent.letters) == ["bosai@city.test.example.jp", "kiki@city.test.example.jp"]
    assert sent.letters[0].subject == "【試験市】気象庁の情報が届いていません"
    assert "11月21日（土）12時05分から" in sent.letters[0].text
    assert "https://madoguchi.test.example.jp/console/test/mode" in sent.letters[0].text
    assert "ご相談" not in sent.letters[0].text
    assert len(sent.messages) == 1
    assert "気象庁の情報が届いていません" in sent.messages[0]


def test_that_it_is_back_is_another_notice(telling: Telling, sent: Sent) -> None:
    telling.alarm(Alarm("feed_silent", 29_000_000, SINCE), a_watchful_city(), RULES)
    telling.alarm(Alarm("feed_back", 29_000_000, SINCE), a_watchful_city(), RULES)

    carry(telling)

    assert len({letter.message_id for letter in sent.letters}) == 4  # two addresses, twice
    assert {letter.subject for letter in sent.letters} == {
        "【試験市】気象庁の情報が届いていません",
        "【試験市】気象庁の情報が、また届いています",
    }


def test_without_a_mail_server_and_a_room_nothing_is_planned() -> None:
    nobody = Reachable(mail=False, rooms=lambda _city, _channel: False)

    assert notices_of(Alarm("feed_silent", 1, SINCE), a_watchful_city(), RULES, nobody) == []


@pytest.mark.parametrize("kind", ALARM_WORDS)
def test_every_alarm_says_what_to_do(telling: Telling, sent: Sent, kind: str) -> None:
    telling.alarm(Alarm(kind, 1, SINCE), a_watchful_city(), RULES)  # type: ignore[arg-type]

    carry(telling)

    assert ALARM_WORDS[kind].to_do in sent.letters[0].text
