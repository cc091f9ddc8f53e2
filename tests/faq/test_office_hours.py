"""Opening hours with Japan's holidays, the turn of the year, n-th Saturdays and the edges of a day."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from faq.city import City, Department
from faq.office_hours import NeverOpen, hours_text, is_open, next_opening, open_time
from tests.builders import WEEKDAYS, a_city

WEEKDAY = {"days": WEEKDAYS, "open": "8:30", "close": "17:15"}
SATURDAY = {"days": ["土"], "weeks": ["2", "4"], "open": "9:00", "close": "12:00"}


def at(text: str) -> datetime:
    """`2026-09-18 17:15` in Japan, unless the text names another zone."""
    return datetime.fromisoformat(text if "+" in text[10:] else f"{text}+09:00")


def a_department(*hours: dict[str, Any], **changes: Any) -> tuple[City, Department]:
    fields = {"name": "市民課", "phone": "048-000-0001", "hours": list(hours), **changes}
    city = a_city(default_department="市民課", departments=[fields], closures={"dates": ["2026-11-20"]})
    return city, city.department("市民課")


MOMENTS = {
    "opening minute": ("2026-09-18 08:30", True),
    "a second before": ("2026-09-18 08:29:59", False),
    "last second": ("2026-09-18 17:14:59", True),
    "closing minute": ("2026-09-18 17:15", False),
    "sunday": ("2026-09-20 10:00", False),
    "敬老の日": ("2026-09-21 10:00", False),
    "国民の休日": ("2026-09-22 10:00", False),
    "秋分の日": ("2026-09-23 10:00", False),
    "振替休日": ("2026-05-06 10:00", False),
    "12-28": ("2026-12-28 10:00", True),
    "12-29": ("2026-12-29 10:00", False),
    "01-03 on a sunday": ("2027-01-03 10:00", False),
    "01-04": ("2027-01-04 10:00", True),
    "first saturday": ("2026-11-07 10:00", False),
    "second saturday": ("2026-11-14 10:00", True),
    "fourth saturday": ("2026-11-28 10:00", True),
    "fourth saturday afternoon": ("2026-11-28 12:00", False),
    "fifth saturday": ("2026-10-31 10:00", False),
    "a day the city closes": ("2026-11-20 10:00", False),
    "utc morning is japan's evening": ("2026-09-18 09:00+00:00", False),
    "utc midnight is japan's morning": ("2026-09-18 00:00+00:00", True),
}


@pytest.mark.parametrize(("moment", "expected"), MOMENTS.values(), ids=MOMENTS.keys())
def test_open_or_closed(moment: str, expected: bool) -> None:
    city, department = a_department(WEEKDAY, SATURDAY)

    assert is_open(city, department, at(moment)) is expected


OPENINGS = {
    "open now": ("2026-09-18 10:00", "2026-09-18 10:00"),
    "before opening": ("2026-09-18 00:00", "2026-09-18 08:30"),
    "friday evening before silver week": ("2026-09-18 17:15", "2026-09-24 08:30"),
    "friday before a fourth saturday": ("2026-11-27 18:00", "2026-11-28 09:00"),
    "last working day of the year": ("2026-12-28 17:15", "2027-01-04 08:30"),
    "new year's midnight": ("2027-01-01 00:00", "2027-01-04 08:30"),
    "thursday night before the city's own holiday": ("2026-11-19 23:59:59", "2026-11-24 08:30"),
}


@pytest.mark.parametrize(("moment", "expected"), OPENINGS.values(), ids=OPENINGS.keys())
def test_the_next_opening(moment: str, expected: str) -> None:
    city, department = a_department(WEEKDAY, SATURDAY)

    assert next_opening(city, department, at(moment)) == at(expected)


TEXTS = {
    "the city's hours": ([], "平日 8:30〜17:15"),
    "and saturdays": ([WEEKDAY, SATURDAY], "平日 8:30〜17:15、第2・第4土曜 9:00〜12:00"),
    "with a lunch break": (
        [{**WEEKDAY, "close": "12:00"}, {**WEEKDAY, "open": "13:00"}],
        "平日 8:30〜12:00・13:00〜17:15",
    ),
    "days in a row": ([{"days": ["火", "水", "木", "金"], "open": "9:30", "close": "19:00"}], "火〜金曜 9:30〜19:00"),
    "two days": ([{"days": ["日", "土"], "open": "9:30", "close": "17:00"}], "土・日曜 9:30〜17:00"),
    "with a gap": ([{"days": ["月", "水", "金"], "open": "9:00", "close": "16:00"}], "月・水・金曜 9:00〜16:00"),
    "until midnight": ([{"days": [*WEEKDAYS, "土", "日"], "open": "18:00", "close": "24:00"}], "毎日 18:00〜24:00"),
    "round the clock": ([{"days": [*WEEKDAYS, "土", "日"], "open": "0:00", "close": "24:00"}], "毎日 24時間"),
}


@pytest.mark.parametrize(("hours", "expected"), TEXTS.values(), ids=TEXTS.keys())
def test_hours_read_as_people_say_them(hours: list[dict[str, Any]], expected: str) -> None:
    city, department = a_department(*hours)

    assert hours_text(city, department) == expected


def test_a_fire_station_never_closes() -> None:
    every_day = {"days": [*WEEKDAYS, "土", "日"], "open": "0:00", "close": "24:00"}
    city, department = a_department(every_day, closures={"national_holidays": "いいえ", "year_end": "なし"})

    assert is_open(city, department, at("2026-12-31 23:59:59.999999"))
    assert is_open(city, department, at("2027-01-01 00:00"))


def test_a_department_with_its_own_closures_opens_on_a_holiday() -> None:
    city, department = a_department(WEEKDAY, closures={"national_holidays": "いいえ"})

    assert is_open(city, department, at("2026-09-22 10:00"))


def test_workdays_are_not_called_平日_where_holidays_are_worked() -> None:
    city, department = a_department(WEEKDAY, closures={"national_holidays": "いいえ"})

    assert hours_text(city, department) == "月〜金曜 8:30〜17:15"


def test_a_department_that_never_opens_is_told_and_not_searched_forever() -> None:
    new_year_only = {"days": ["土"], "weeks": ["1"], "open": "9:00", "close": "10:00"}
    city, department = a_department(new_year_only, closures={"year_end": ["01-01", "12-31"]})

    with pytest.raises(NeverOpen):
        next_opening(city, department, at("2026-11-20 10:00"))


def test_a_time_without_a_zone_is_refused() -> None:
    city, department = a_department(WEEKDAY)

    with pytest.raises(ValueError, match="time zone"):
        is_open(city, department, datetime(2026, 9, 18, 10))  # noqa: DTZ001


# ── How long it was open ─────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("since", "until", "minutes"),
    [
        pytest.param("2026-11-20 10:00", "2026-11-20 10:40", 40, id="within one morning"),
        pytest.param("2026-11-20 17:00", "2026-11-20 18:00", 15, id="into the evening"),
        pytest.param("2026-11-20 17:00", "2026-11-24 08:45", 30, id="over a weekend and a national holiday"),
        pytest.param("2026-11-21 10:00", "2026-11-22 23:00", 0, id="a weekend"),
        pytest.param("2026-11-20 10:00", "2026-11-20 09:00", 0, id="the wrong way round"),
    ],
)
def test_only_open_time_counts_as_waiting(since, until, minutes):
    city = a_city()

    assert open_time(city, city.departments[0], at(since), at(until)) == timedelta(minutes=minutes)
