"""What the 気象庁 tells of, and the steps of each, lowest first: the words of a city's `disaster.yaml`.

A number is the 気象庁's 「警戒レベル○相当」. It never is an evacuation order: those are the city's own
(災害対策基本法; levels 3 to 5 are 高齢者等避難, 避難指示 and 緊急安全確保 of the municipality).
"""

from __future__ import annotations

from typing import Final

from faq.places import Hazard

LEVELS: Final = ("2", "3", "4", "5")
WARNINGS: Final = ("注意報", "警報", "特別警報")
INTENSITIES: Final = ("1", "2", "3", "4", "5弱", "5強", "6弱", "6強", "7")
TSUNAMI: Final = ("津波予報", "津波注意報", "津波警報", "大津波警報")
TYPHOON: Final = ("強風域", "暴風警戒域", "暴風域")
"""In a wind of 15 m/s now; storm possible within two days; in a wind of 25 m/s now."""

VOLCANO: Final = ("火口周辺警報", "噴火警報")
"""Around the crater (or the sea around it); also where people live."""

ONCE: Final = ("発表",)

SCALES: Final[dict[str, tuple[str, ...]]] = {
    **dict.fromkeys(("大雨", "土砂災害", "高潮", "氾濫"), LEVELS),
    **dict.fromkeys(("暴風", "暴風雪", "波浪", "大雪"), WARNINGS),
    # Only in the telegrams before 2026, where neither had a level of today's.
    **dict.fromkeys(("洪水", "高潮（旧）"), WARNINGS),
    **dict.fromkeys(("雷", "融雪", "濃霧", "乾燥", "なだれ", "低温", "霜", "着氷", "着雪"), WARNINGS[:1]),
    "地震": INTENSITIES,
    "津波": TSUNAMI,
    "台風": TYPHOON,
    "噴火": VOLCANO,
    **dict.fromkeys(("記録的短時間大雨", "線状降水帯", "顕著な大雪", "竜巻", "噴火速報"), ONCE),
}
HAPPENINGS: Final = frozenset({"地震", "記録的短時間大雨", "線状降水帯", "顕著な大雪", "竜巻", "噴火速報"})
"""What happens once: nobody is told that it is over or has become less, and old news of it is not told."""

DRILL_MARK: Final = "訓練 "
"""Before the event of what was told in a drill, with the day: the next drill starts anew."""

FLED_FROM: Final[dict[str, tuple[Hazard, str]]] = {
    **dict.fromkeys(("大雨", "氾濫"), ("flood", "3")),
    "土砂災害": ("landslide", "3"),
    "高潮": ("storm_surge", "3"),
    "洪水": ("flood", "警報"),
    "高潮（旧）": ("storm_surge", "警報"),
    "津波": ("tsunami", "津波注意報"),
    "噴火": ("volcano", "噴火警報"),
    "地震": ("earthquake", "5弱"),
}
"""The dangers that people flee from: what a place has to be safe in, and from which step on. An earthquake has
aftershocks for a day (`store.hazards_now`); the others last until they are lowered or lifted."""


def rank(what: str, grade: str) -> int:
    """How far up its scale a step is; -1 for "" (nothing) and what the scale does not know."""
    scale = SCALES.get(what, ())
    return scale.index(grade) if grade in scale else -1
