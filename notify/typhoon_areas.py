"""In which of a typhoon's areas of wind a town lies. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Final

from faq.dangers import TYPHOON, rank
from faq.nearest import EARTH_METRES
from notify.telegrams.records import Circle

NOW_HOURS: Final = 1
"""「推定　１時間後」 is where it is by the time people read of it."""

AHEAD_HOURS: Final = 48
"""A 暴風警戒域 of later than that covers half the country: too early for anybody to act on."""


def step_at(circles: Iterable[Circle], latitude: float, longitude: float) -> str:
    """The highest step of `faq.dangers.TYPHOON` at a point, "" outside of all of them."""
    steps = {circle.kind for circle in circles if _counts(circle) and _holds(circle, latitude, longitude)}
    return max(steps & set(TYPHOON), key=lambda step: rank("台風", step), default="")


def _counts(circle: Circle) -> bool:
    return circle.hours <= (AHEAD_HOURS if circle.kind == "暴風警戒域" else NOW_HOURS)


def _holds(circle: Circle, latitude: float, longitude: float) -> bool:
    here, there = math.radians(latitude), math.radians(circle.latitude)
    east = math.sin(math.radians(longitude - circle.longitude) / 2) ** 2
    half_chord = math.sin((here - there) / 2) ** 2 + math.cos(here) * math.cos(there) * east
    return 2 * EARTH_METRES * math.asin(min(math.sqrt(half_chord), 1.0)) <= 1000 * circle.kilometres
