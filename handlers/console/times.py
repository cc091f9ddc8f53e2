"""Times as staff read them: Japan, plain words; 令和 for the file."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

JAPAN = ZoneInfo("Asia/Tokyo")
_REIWA = 2019
"""The year of 令和元年. Nothing in this service is older than that era."""

_WEEKDAYS = "月火水木金土日"


def clock(at: datetime) -> str:
    """「9:05」."""
    here = at.astimezone(JAPAN)
    return f"{here.hour}:{here.minute:02}"


def day(at: datetime) -> str:
    """「11月21日（土）」."""
    here = at.astimezone(JAPAN)
    return f"{here.month}月{here.day}日（{_WEEKDAYS[here.weekday()]}）"


def moment(at: datetime, now: datetime) -> str:
    """Today only the clock, else the day as well; another year's with its year."""
    here, today = at.astimezone(JAPAN), now.astimezone(JAPAN)
    if here.date() == today.date():
        return clock(at)
    year = "" if here.year == today.year else f"{here.year}年"
    return f"{year}{day(at)} {clock(at)}"


def waited(seconds: float) -> str:
    """How long somebody has waited: 「たった今」「12分」「2時間5分」「3日4時間」."""
    minutes = int(max(seconds, 0) // 60)
    if minutes < 1:
        return "たった今"
    if minutes < 60:
        return f"{minutes}分"
    hours, minutes = divmod(minutes, 60)
    if hours < 24:
        return f"{hours}時間{minutes}分" if minutes else f"{hours}時間"
    days, hours = divmod(hours, 24)
    return f"{days}日{hours}時間" if hours else f"{days}日"


def reiwa(year: int) -> str:
    """「令和8年」, 「令和元年」."""
    return f"令和{'元' if year == _REIWA else year - _REIWA + 1}年"


def for_the_file(at: datetime) -> str:
    """Both calendars and seconds: 「2026年（令和8年）11月21日（土）09時05分12秒」."""
    here = at.astimezone(JAPAN)
    when = f"{here.hour:02}時{here.minute:02}分{here.second:02}秒"
    return f"{here.year}年（{reiwa(here.year)}）{here.month}月{here.day}日（{_WEEKDAYS[here.weekday()]}）{when}"
