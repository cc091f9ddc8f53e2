"""When a department is open, when it opens next, and how its hours read. Pure; every time is Japan's.

`at` must carry a time zone: a naive time would be nine hours off on a server that runs on UTC.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from itertools import groupby
from typing import Final, get_args
from zoneinfo import ZoneInfo

import jpholiday

from faq.city import City, Closures, Department, OpeningHours, Weekday

JAPAN: Final = ZoneInfo("Asia/Tokyo")
# A department that is not open once in this time has hours that contradict its closures.
LOOK_AHEAD_DAYS: Final = 400

_WEEK: Final[tuple[Weekday, ...]] = get_args(Weekday)
_WORKDAYS: Final = _WEEK[:5]


class NeverOpen(LookupError):
    """No opening within `LOOK_AHEAD_DAYS`; `faq check` reports it."""


def is_open(city: City, department: Department, at: datetime) -> bool:
    """Whether somebody answers at this moment. The closing minute itself is closed."""
    moment = _in_japan(at)
    return any(opens <= moment < closes for opens, closes in _openings(city, department, moment.date()))


def next_opening(city: City, department: Department, at: datetime) -> datetime:
    """The first moment at or after `at` when the department is open: `at` itself while it is open."""
    moment = _in_japan(at)
    for ahead in range(LOOK_AHEAD_DAYS):
        for opens, closes in _openings(city, department, moment.date() + timedelta(days=ahead)):
            if moment < closes:
                return max(moment, opens)
    raise NeverOpen(department.name)


def open_time(city: City, department: Department, since: datetime, until: datetime) -> timedelta:
    """For how long the department was open between two moments. Looks at every day in between."""
    first, last = _in_japan(since), _in_japan(until)
    total = timedelta()
    for ahead in range((last.date() - first.date()).days + 1):
        for opens, closes in _openings(city, department, first.date() + timedelta(days=ahead)):
            total += max(timedelta(), min(closes, last) - max(opens, first))
    return total


def closing(city: City, department: Department, at: datetime) -> datetime | None:
    """When the department closes that is open at `at`; None while it is closed. A lunch break is a closing."""
    moment = _in_japan(at)
    return next(
        (closes for opens, closes in _openings(city, department, moment.date()) if opens <= moment < closes), None
    )


def hours_text(city: City, department: Department) -> str:
    """`平日 8:30〜17:15、第2・第4土曜 9:00〜12:00`."""
    holidays_off = _closures(city, department).national_holidays
    spans = [(_days_text(hours, holidays_off), _span_text(hours)) for hours in _hours(city, department)]
    parts = [(days, [span for _, span in group]) for days, group in groupby(spans, key=lambda pair: pair[0])]
    return "、".join(f"{days} {'・'.join(found)}" for days, found in parts)


def is_closed_on(city: City, department: Department, day: date) -> bool:
    """Whether this is a national holiday, the turn of the year or a day the city named."""
    closures = _closures(city, department)
    if closures.national_holidays and jpholiday.is_holiday(day):
        return True
    return day in closures.dates or _in_year_end(closures, day)


def _in_japan(at: datetime) -> datetime:
    if at.tzinfo is None:
        raise ValueError("at needs a time zone")
    return at.astimezone(JAPAN)


def _closures(city: City, department: Department) -> Closures:
    return department.closures or city.closures


def _hours(city: City, department: Department) -> tuple[OpeningHours, ...]:
    return department.hours or city.hours


def _openings(city: City, department: Department, day: date) -> Iterator[tuple[datetime, datetime]]:
    """(opens, closes) of one day, in order; `closes` is outside."""
    if is_closed_on(city, department, day):
        return
    today = [hours for hours in _hours(city, department) if _falls_on(hours, day)]
    for hours in sorted(today, key=lambda hours: hours.open):
        yield _at(day, hours.open), _at(day, hours.close)


def _at(day: date, clock: time) -> datetime:
    """`time.max` stands for 24:00, so that 23:59:59.9 is open, too."""
    if clock == time.max:
        return datetime.combine(day + timedelta(days=1), time.min, JAPAN)
    return datetime.combine(day, clock, JAPAN)


def _falls_on(hours: OpeningHours, day: date) -> bool:
    week_of_month = (day.day - 1) // 7 + 1
    return _WEEK[day.weekday()] in hours.days and (not hours.weeks or week_of_month in hours.weeks)


def _in_year_end(closures: Closures, day: date) -> bool:
    if closures.year_end is None:
        return False
    first, last = closures.year_end
    today = f"{day:%m-%d}"
    return first <= today <= last if first <= last else today >= first or today <= last


def _days_text(hours: OpeningHours, holidays_off: bool) -> str:
    days = sorted(set(hours.days), key=_WEEK.index)
    if hours.weeks:
        weeks = "・".join(f"第{week}" for week in sorted(set(hours.weeks)))
        return weeks + _named(days)
    if tuple(days) == _WORKDAYS and holidays_off:
        return "平日"
    return "毎日" if tuple(days) == _WEEK else _named(days)


def _named(days: Sequence[Weekday]) -> str:
    """`火〜金曜` for three and more in a row, `土・日曜` else."""
    first, last = _WEEK.index(days[0]), _WEEK.index(days[-1])
    in_a_row = len(days) >= 3 and last - first + 1 == len(days)
    return f"{days[0]}〜{days[-1]}曜" if in_a_row else f"{'・'.join(days)}曜"


def _span_text(hours: OpeningHours) -> str:
    if hours.open == time.min and hours.close == time.max:
        return "24時間"
    return f"{_clock_text(hours.open)}〜{_clock_text(hours.close)}"


def _clock_text(clock: time) -> str:
    return "24:00" if clock == time.max else f"{clock.hour}:{clock:%M}"
