"""A city that hears telegrams one after the other, and the telegrams of its weather."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from faq.disaster import Disaster
from notify.dangers import About
from notify.news_of_telegrams import news_of
from notify.rules import Announcement, Told
from notify.telegrams.records import Notice
from notify.telegrams.state import EMPTY, State, apply
from tests.notify.telegram_builders import (
    NOTHING,
    typhoon,
    weather,
)

HERE = ("彩野市", "1199900")
NORTH = ("彩野市北部", "1199911")
SOUTH = ("彩野市南部", "1199912")
RAIN_2 = ("レベル２大雨注意報", "10", "発表")
RAIN_3 = ("レベル３大雨警報", "03", "発表")
RAIN_4 = ("レベル４大雨危険警報", "43", "発表")
RAIN_3_LESS = ("レベル３大雨警報", "03", "危険警報から警報")
NONE = (None, None, NOTHING)
PINNED = (
    *("evacuation-shelter", "hazard-map", "alert-level", "blackout-water-cut"),
    *("disaster-certificate", "disaster-support", "garbage-disaster"),
)
NOW = datetime.fromisoformat("2026-07-01T10:02:00+09:00")


class Town:
    """A city that hears telegrams one after the other and remembers what it told."""

    def __init__(self, disaster: Disaster) -> None:
        self.disaster = disaster
        self.state: State = EMPTY
        self.told: Mapping[About, Told] = {}
        self._notices = 0

    def hear(self, telegram: Notice, now: datetime = NOW, *, drill: bool = False) -> list[Announcement]:
        state = apply(self.state, telegram)
        news = news_of(telegram, state, self.told, self.disaster, now, drill=drill)
        self.state = state
        for one in news:
            self._notices += 1
            told = Told(one.grade, one.original or self._notices)
            self.told = {**self.told, **dict.fromkeys(one.about, told)}
        return news


def rain(kind: tuple[str | None, str | None, str], minute: int = 0, **head: str) -> Notice:
    return weather("VPWW55", [(HERE, [kind])], report_time=f"2026-07-01T10:{minute:02}:00+09:00", **head)


def told(news: Sequence[Announcement]) -> list[tuple[str, str, str]]:
    return [(one.change, one.grade, one.rule.id) for one in news]


AT_SEA = (34.0, 139.56)  # 228 km south of the city
COMING = ("予報　２４時間後", (35.0, 139.56), [("暴風警戒域", [("", 300)])])


def storm(kilometres: int, minute: int = 0, *ahead: Any, **head: str) -> Notice:
    """A typhoon at sea whose storm reaches so far, with what it expects; without `ahead`: of the hours in between."""
    now = ("実況", AT_SEA, [("暴風域", [("", kilometres)])])
    return typhoon([now, *ahead], report_time=f"2026-07-01T10:{minute:02}:00+09:00", **head)
