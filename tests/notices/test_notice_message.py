"""A notice as LINE shows it, and what LINE's answers mean for a call."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from clients.errors import ClientError
from emulator.checks.messages import check_messages
from emulator.checks.problems import Problems
from handlers.line.limits import utf16_units
from notify.notice_message import notice_mail, notice_messages
from notify.sending import FAILURES, Health, after_failure, before_calling

_AT = datetime(2026, 9, 21, 6, 30, tzinfo=UTC)


@dataclass(frozen=True)
class _Notice:
    kind: str = "news"
    topic: str = "gomi"
    drill: bool = False
    mark: str = ""
    number: str = "2026-0012"
    title: str = "収集日の変更"
    titles: Mapping[str, str] = field(default_factory=dict)
    texts: Any = None
    link: str = ""
    picture: str = ""
    picture_alt: str = ""
    channels: tuple[str, ...] = ("line", "page")
    issued_at: datetime | None = _AT


@dataclass(frozen=True)
class _Call:
    part: int = 0
    priority: int = 8
    attempts: int = 1
    fate_unknown: bool = False
    first_at: datetime = _AT
    quiet: tuple[int, int] = (-1, -1)
    recipients: tuple[str, ...] = ("U1", "U2", "U3")


_TEXTS = {"ja": "ごみの日が変わります。", "easy": "ごみの 日が かわります。", "en": "New collection day."}


def _named(language: str) -> str:
    return "Saino City" if language == "en" else "彩野市"


def _shown(notice: _Notice, language: str = "ja") -> dict[str, Any]:
    (message,) = notice_messages(replace(notice, texts=notice.texts or _TEXTS), language, _named)
    return message


def test_a_notice_is_text_with_its_number_its_time_and_who_says_it() -> None:
    assert _shown(_Notice())["text"] == ("収集日の変更\n\nごみの日が変わります。\n\n彩野市 2026-0012（9月21日 15:30）")


def test_the_title_is_in_the_readers_language_where_staff_wrote_one() -> None:
    notice = _Notice(titles={"en": "Collection day changed"}, mark="correction", link="https://city.example.jp/gomi")

    english, easy = _shown(notice, "en"), _shown(notice, "easy")

    assert english["altText"].startswith("[CORRECTION] Collection day changed\n\nNew collection day.")
    assert easy["altText"].startswith("【訂正（なおします）】収集日の変更")
    _, mail = notice_mail(replace(notice, texts=_TEXTS), "彩野市")
    assert "Collection day changed\n\nNew collection day." in mail


def test_who_reads_latin_letters_reads_the_citys_name_and_the_date_in_them() -> None:
    assert _shown(_Notice(), "en")["text"].endswith(
        "\n\nNew collection day.\n\nSaino City 2026-0012 (2026-09-21 15:30)"
    )
    assert _shown(_Notice(), "vi")["text"].endswith("\n\n彩野市 2026-0012（9月21日 15:30）"), "in easy Japanese"


@pytest.mark.parametrize(("language", "heard"), [("en", "New collection"), ("vi", "かわります"), ("ja", "変わります")])
def test_who_reads_a_language_without_a_text_gets_easy_japanese(language: str, heard: str) -> None:
    assert heard in _shown(_Notice(), language)["text"]


def test_a_drill_is_a_drill_in_the_first_word() -> None:
    drill = _Notice(kind="disaster", drill=True, mark="all_clear", link="https://city.example.jp/")

    card = _shown(drill)

    assert card["altText"].startswith("【訓練】【防災】【解除】")
    assert card["contents"]["body"]["contents"][0]["text"].startswith("【訓練】")
    assert _shown(drill, "en")["altText"].startswith("[DRILL] [EMERGENCY] [ALL CLEAR] ")


def test_a_link_is_a_button() -> None:
    link = "https://city.example.jp/gomi"

    assert _shown(_Notice(link=link))["contents"]["footer"]["contents"][0]["action"]["uri"] == link


@pytest.mark.parametrize("link", ["", "https://city.example.jp/gomi"])
@pytest.mark.parametrize(("language", "alt"), [("ja", "写真・絵：通れない道の地図"), ("en", "")])
def test_a_picture_follows_the_words_and_who_cannot_see_it_reads_what_it_shows(
    link: str, language: str, alt: str
) -> None:
    safe = "https://city.example.jp/notices/saino/picture/abc"
    notice = _Notice(link=link, picture=safe, picture_alt="通れない道の地図", texts=_TEXTS)

    words, picture = notice_messages(notice, language, _named)

    assert picture["originalContentUrl"] == safe
    assert picture["previewImageUrl"] == f"{safe}/small"
    said = json.dumps(words, ensure_ascii=False)
    assert ("地図" in said) == bool(alt)
    assert alt in said
    assert "quickReply" not in words, "LINE shows it under the last message only"
    assert picture["quickReply"]["items"][0]["action"]["text"] == "お知らせの設定"
    found = Problems()
    check_messages(found, {"messages": [words, picture]})
    assert (found.found, found.flex) == ([], {})


@pytest.mark.parametrize("channels", [("line", "page"), ("line",)])
def test_line_gets_no_picture_from_an_unsafe_address_but_its_words(channels: tuple[str, ...]) -> None:
    unsafe = "http://127.0.0.1/notices/saino/picture/abc"
    notice = _Notice(picture=unsafe, picture_alt="地図", channels=channels, texts=_TEXTS)

    [message] = notice_messages(notice, "ja", _named)

    assert message["type"] == "text"
    assert "\n\n写真・絵：地図\n" in message["text"]
    assert ("お知らせのページで見られます" in message["text"]) == ("page" in channels)
    assert unsafe not in message["text"]


def test_news_can_be_stopped_in_two_taps_and_alerts_carry_nothing_that_distracts() -> None:
    assert _shown(_Notice())["quickReply"]["items"][0]["action"]["text"] == "お知らせの設定"
    assert "quickReply" not in _shown(_Notice(kind="disaster"))


@pytest.mark.parametrize("language", ["ja", "easy", "en"])
def test_the_topic_of_a_notice_is_stopped_by_one_tap_under_it(language: str) -> None:
    message = _shown(_Notice(), language)
    found = Problems()

    check_messages(found, {"messages": [message]})

    assert message["quickReply"]["items"][1]["action"]["data"] == "wish:topic:gomi:off"
    assert (found.found, found.flex) == ([], {})


def test_a_mail_holds_all_languages_and_the_link() -> None:
    notice = _Notice(kind="disaster", drill=True, texts=_TEXTS, link="https://city.example.jp/a")

    subject, text = notice_mail(notice, "彩野市")

    assert subject == "【彩野市】【訓練】【防災】収集日の変更"
    assert text.index(_TEXTS["ja"]) < text.index(_TEXTS["easy"]) < text.index(_TEXTS["en"]) < text.index("https://")


@pytest.mark.parametrize("letter", ["あ", "🍎"])
def test_no_text_is_longer_than_line_takes(letter: str) -> None:
    long = {"ja": letter * 6000}

    assert utf16_units(_shown(_Notice(texts=long))["text"]) <= 5000
    linked = _shown(_Notice(texts={"ja": letter * 900}, link="https://city.example.jp/"))
    assert utf16_units(linked["altText"]) <= 400
    assert len(json.dumps(linked, ensure_ascii=False).encode()) < 30 * 1024


@pytest.mark.parametrize(
    ("call", "now", "expires", "do", "reason"),
    [
        (_Call(), _AT, None, "call", ""),
        (_Call(), _AT, _AT, "dead", "expired"),
        (_Call(fate_unknown=True), _AT, _AT, "call", ""),
        (_Call(fate_unknown=True), _AT + timedelta(hours=23, seconds=1), None, "dead", "retry key expired"),
        (_Call(), _AT + timedelta(days=2), None, "call", ""),
        (_Call(quiet=(15 * 60, 16 * 60)), _AT, None, "later", "quiet hours"),
        (_Call(quiet=(15 * 60, 16 * 60), fate_unknown=True), _AT, None, "call", ""),
    ],
)
def test_before_a_call(call: _Call, now: datetime, expires: datetime | None, do: str, reason: str) -> None:
    step = before_calling(call, now, expires)

    assert (step.do, step.reason) == (do, reason)
    assert step.pause == (30 * 60 if do == "later" else 0)


@pytest.mark.parametrize(
    ("error", "known_before", "do", "fate_unknown", "least", "most"),
    [
        (ClientError("status 500", fate_unknown=True, status=500), True, "later", True, 1, 1.5),
        (ClientError("no answer", fate_unknown=True), True, "later", True, 1, 1.5),
        (ClientError("status 429", status=429), True, "later", False, 1, 1.5),
        (ClientError("status 429", status=429, retry_after=7), True, "later", False, 7, 10.5),
        (ClientError("status 429", status=429), False, "later", True, 1, 1.5),
        (ClientError("status 401", status=401), True, "later", False, 60, 90),
        (ClientError("status 413", permanent=True, status=413), True, "dead", False, 0, 0),
        (ClientError("monthly limit", permanent=True, status=429), True, "dead", False, 0, 0),
    ],
)
def test_after_a_failure(
    error: ClientError, known_before: bool, do: str, fate_unknown: bool, least: float, most: float
) -> None:
    step = after_failure(_Call(part=7, fate_unknown=not known_before), error)

    assert (step.do, step.fate_unknown, step.reason) == (do, fate_unknown, error.reason)
    assert least <= step.pause <= most


@pytest.mark.parametrize(
    ("blamed", "do", "named", "sure"),
    [
        (("to[1]",), "split", (1,), True),
        (("to[2]", "to[0]", "to[2]"), "split", (0, 2), True),
        (("/to/1",), "split", (1,), True),
        (("to[1]", "messages[0].text"), "split", (1,), True),
        (("to[499]",), "split", (), True),
        (("to",), "split", (), False),
        ((), "split", (), False),
        (("messages[0].text",), "dead", (), False),
        (("customAggregationUnits[0]",), "dead", (), False),
        (("total",), "dead", (), False),
    ],
)
def test_a_refusal_is_of_the_message_or_of_a_resident(
    blamed: tuple[str, ...], do: str, named: tuple[int, ...], sure: bool
) -> None:
    refused = ClientError("status 400", permanent=True, status=400, blamed=blamed)

    step = after_failure(_Call(), refused)
    alone = after_failure(_Call(recipients=("U1",)), refused)

    assert (step.do, step.named, step.sure, step.reason) == (do, named, sure, "status 400")
    assert (alone.do, alone.reason) == ("dead", "resident refused" if sure else "status 400")


def test_pauses_grow_and_end() -> None:
    unknown = ClientError("no answer", fate_unknown=True)

    assert [after_failure(_Call(attempts=n), unknown).pause for n in (1, 2, 3, 7, 50)] == [1, 2, 4, 60, 60]
    assert [after_failure(_Call(attempts=n, priority=0), unknown).pause for n in (1, 2, 50)] == [1, 2, 10]


def test_a_channel_that_does_not_answer_is_probed_and_comes_back_at_once() -> None:
    silent, health = ClientError("no answer", fate_unknown=True), Health()
    for _ in range(FAILURES):
        assert not health.down
        health = health.after(silent, 100.0)

    assert health.down
    assert health.rests_until == 101.0
    assert health.after(silent, 101.0).rests_until == 103.0
    assert health.after(None, 101.0) == Health()
    assert health.after(ClientError("status 400", permanent=True, status=400), 101.0) == Health()
    assert Health().after(ClientError("status 401", status=401), 100.0).down
    assert Health().after(ClientError("status 429", status=429, retry_after=3), 100.0).rests_until == 103.0


def test_calls_that_were_too_many_cost_a_short_rest_and_a_longer_one_when_it_happens_again() -> None:
    too_many, health, now = ClientError("status 429", status=429), Health(), 100.0
    rests = []
    for _ in range(6):
        health = health.after(too_many, now).after(too_many, now + 0.01).after(None, now + 0.02)
        rests.append(health.rests_until - now)
        now = health.rests_until

    assert rests == [0.25, 0.5, 1, 2, 4, 4]
    assert health.after(None, now) == Health()
