"""Hours × holidays × the turn of the year × a full queue × departments without chat: what a resident is told."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.reception import Queue, estimate, heard_closed, heard_no, heard_open, opening_text, situation
from faq.office_hours import next_opening
from tests.reception.conftest import at

OPEN = "2026-11-20 10:00"  # a Friday
NOBODY, ONE, THREE = Queue(0), Queue(1), Queue(3)

SITUATIONS = [
    ("市民課", OPEN, NOBODY, "open"),
    ("市民課", OPEN, ONE, "open"),
    ("市民課", OPEN, THREE, "full"),
    ("市民課", OPEN, None, "open"),
    ("市民課", "2026-11-20 08:29", NOBODY, "closed"),
    ("市民課", "2026-11-20 08:30", NOBODY, "open"),
    ("市民課", "2026-11-20 17:15", NOBODY, "closed"),
    ("市民課", "2026-11-20 22:00", THREE, "closed"),
    ("市民課", "2026-11-22 10:00", NOBODY, "closed"),
    ("市民課", "2026-11-23 10:00", NOBODY, "closed"),
    ("市民課", "2026-12-29 10:00", NOBODY, "closed"),
    ("市民課", "2026-12-29 10:00", THREE, "closed"),
    ("市民課", "2027-01-04 08:30", NOBODY, "open"),
    ("ごみ減量課", OPEN, NOBODY, "open"),
    ("ごみ減量課", OPEN, ONE, "full"),
    ("消防本部", OPEN, NOBODY, "no_chat"),
    ("消防本部", "2026-11-20 22:00", NOBODY, "no_chat"),
    ("図書館", OPEN, NOBODY, "closed"),
    ("図書館", "2026-11-22 10:00", NOBODY, "open"),
    ("図書館", "2026-11-22 12:30", NOBODY, "closed"),
    ("図書館", "2027-01-02 10:00", NOBODY, "open"),
]


@pytest.mark.parametrize(("department", "now", "queue", "expected"), SITUATIONS)
def test_how_a_department_takes_somebody_at_a_moment(voice, department, now, queue, expected):
    city = voice().city

    assert situation(city, city.department(department), queue, at(now)) == expected


OPENINGS = [
    ("市民課", "2026-11-20 07:00", "11月20日（金）8時30分"),
    ("市民課", "2026-11-20 17:15", "11月24日（火）8時30分"),
    ("市民課", "2026-12-28 18:00", "1月4日（月）8時30分"),
    ("図書館", "2026-11-22 12:30", "11月22日（日）13時"),
    ("図書館", "2026-12-31 10:00", "1月2日（土）9時30分"),
]


@pytest.mark.parametrize(("department", "now", "opening"), OPENINGS)
def test_out_of_hours_the_next_opening_is_said(voice, department, now, opening):
    speaker = voice(now)
    found = speaker.city.department(department)

    said = heard_closed(speaker, found, next_opening(speaker.city, found, speaker.now))

    assert f"{opening}から" in said[0].text


ESTIMATES = [
    (Queue(0), None),
    (Queue(5), None),
    (Queue(0, None, 30), (5, 5)),
    (Queue(1, None, 60 * 5), (5, 10)),
    (Queue(2, None, 60 * 10), (10, 15)),
    (Queue(2, None, 60 * 23), (20, 35)),
    (Queue(2, at("2026-11-20 09:15"), 60 * 10), (45, 70)),
    (Queue(2, at("2026-11-20 10:30"), 60 * 10), (10, 15)),
    (Queue(9, None, 60 * 90), (90, 135)),
]


@pytest.mark.parametrize(("queue", "expected"), ESTIMATES)
def test_an_estimate_is_a_range_that_half_of_the_last_residents_and_the_longest_waiting_bear_out(queue, expected):
    assert estimate(queue, at(OPEN)) == expected


SENTENCES = [
    (None, []),
    (Queue(0), ["次の順番です。"]),
    (Queue(2), ["ただいま2人お待ちです。待ち時間の目安は、まだ分かりません。"]),
    (Queue(0, None, 60), ["次の順番です。お返事の目安は5分ほどです。"]),
    (Queue(2, None, 600), ["ただいま2人お待ちです。お返事の目安は10〜15分です。"]),
    (Queue(2, None, 5400), ["ただいま2人お待ちです。お返事の目安は1時間以上です。"]),
]


@pytest.mark.parametrize(("queue", "expected"), SENTENCES)
def test_the_queue_is_told_as_it_is_and_nothing_is_promised_that_nobody_knows(voice, queue, expected):
    speaker = voice(OPEN)

    said = heard_open(speaker, speaker.city.department("市民課"), queue)

    assert [text.text for text in said[1:]] == expected


@pytest.mark.parametrize(
    ("now", "queue", "told"),
    [
        ("2026-11-20 17:00", Queue(1, None, 600), False),
        ("2026-11-20 17:01", Queue(1, None, 600), True),
        ("2026-11-20 17:12", Queue(0), True),
        ("2026-11-20 16:00", Queue(0), False),
    ],
)
def test_who_may_not_be_answered_before_the_window_closes_hears_it_at_once(voice, now, queue, told):
    speaker = voice(now)

    said = heard_open(speaker, speaker.city.department("市民課"), queue)

    assert ("17:15まで" in said[-1].text and "11月24日（火）8時30分から" in said[-1].text) is told


@pytest.mark.parametrize("why", ["full", "no_chat"])
@pytest.mark.parametrize("language", ["ja", "easy", "en"])
def test_whoever_cannot_be_taken_hears_the_phone_and_the_page_and_no_promise(voice, why, language):
    speaker = voice(OPEN, language)

    said = "\n".join(text.text for text in heard_no(speaker, speaker.city.department("市民課"), why, "https://x.jp/c"))

    assert "048-000-0001" in said
    assert "https://x.jp/c" in said
    assert "{" not in said


def test_without_a_page_to_offer_none_is_named(voice):
    speaker = voice(OPEN)

    said = heard_no(speaker, speaker.city.department("市民課"), "full", "")

    assert len(said) == 2
    assert "ページ" not in said[1].text


def test_a_queue_fills_up_at_the_number_the_department_wrote(voice):
    city = voice().city
    department = city.department("市民課")

    found = [situation(city, department, Queue(number), at(OPEN)) for number in range(5)]

    assert found == ["open", "open", "open", "full", "full"]


@pytest.mark.parametrize(
    ("moment", "language", "expected"),
    [
        ("2026-11-24 08:30", "ja", "11月24日（火）8時30分"),
        ("2026-11-24 09:00", "easy", "11月24日（火）9時"),
        ("2026-11-24 08:30", "en", "Tuesday, November 24, 8:30"),
    ],
)
def test_a_time_is_said_as_people_say_it(moment, language, expected):
    assert opening_text(at(moment), language) == expected


def test_the_estimate_does_not_shrink_while_somebody_waits_longer_and_longer():
    began = at(OPEN)
    lows = [estimate(Queue(1, began, 300), began + timedelta(minutes=m))[0] for m in range(0, 120, 7)]

    assert lows == sorted(lows)
    assert lows[-1] >= 100
