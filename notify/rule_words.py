"""The words of an announcement: a city's approved text, filled in for each language, with the source. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal
from zoneinfo import ZoneInfo

from faq.dangers import LEVELS, SCALES
from faq.disaster import Disaster
from notify.rules import Announcement

Language = Literal["ja", "easy", "en"]
JAPAN: Final = ZoneInfo("Asia/Tokyo")
LONGEST_TITLE: Final = 100

_FIELD: Final = re.compile("{([a-z]+)}")
_SAID_LEVEL: Final = re.compile("レベル *[0-9０-９]")
_LEVEL: Final[Mapping[Language, str]] = {
    "ja": "警戒レベル{}相当",
    "easy": "警戒(けいかい)レベル{}相当(そうとう)",
    "en": "Alert Level {} equivalent",
}
_SOURCE: Final[Mapping[Language, str]] = {
    "ja": "出典：気象庁ホームページ",
    "easy": "出典(しゅってん)：気象庁(きしょうちょう)ホームページ",
    "en": "Source: Japan Meteorological Agency website",
}
_DRILL: Final[Mapping[Language, str]] = {
    "ja": "【訓練】これは訓練です。",
    "easy": "【訓練】これは 練習(れんしゅう)です。本当(ほんとう)では ありません。",
    "en": "[DRILL] This is only a drill.",
}
_SHOWN_ALREADY: Final[Mapping[str, tuple[str, ...]]] = {
    "": ("【訓練】",),
    "correction": ("【訓練】", "【訂正】"),
    "all_clear": ("【訓練】", "【解除】"),
}
_PLAIN_TYPHOON: Final[Mapping[Language, str]] = {"ja": "台風", "easy": "台風(たいふう)", "en": "The typhoon"}
_NOTHING: Final[Mapping[Language, str]] = {"ja": "発表なし", "easy": "なし", "en": "no longer announced"}
_ENGLISH: Final = {
    "大雨": "heavy rain",
    "土砂災害": "landslides",
    "高潮": "storm surge",
    "高潮（旧）": "storm surge",
    "氾濫": "river flooding",
    "洪水": "flooding",
    "暴風": "strong wind",
    "暴風雪": "snowstorm",
    "波浪": "high waves",
    "大雪": "heavy snow",
    "雷": "thunderstorms",
    "融雪": "snowmelt",
    "濃霧": "dense fog",
    "乾燥": "dry air",
    "なだれ": "avalanches",
    "低温": "low temperature",
    "霜": "frost",
    "着氷": "ice accretion",
    "着雪": "snow accretion",
    "地震": "earthquake",
    "津波": "tsunami",
    "台風": "typhoon",
    "強風域": "strong wind area",
    "暴風警戒域": "storm warning area",
    "暴風域": "storm area",
    "記録的短時間大雨": "record short-time heavy rain",
    "線状降水帯": "band of very heavy rain",
    "顕著な大雪": "very heavy snow",
    "竜巻": "tornado or gusts",
    "噴火": "volcanic activity",
    "噴火速報": "volcanic eruption report",
    "火口周辺警報": "warning (near the crater)",
    "噴火警報": "warning (residential areas)",
    "注意報": "advisory",
    "警報": "warning",
    "特別警報": "emergency warning",
    "津波予報": "tsunami forecast (slight sea level changes)",
    "津波注意報": "Tsunami Advisory",
    "津波警報": "Tsunami Warning",
    "大津波警報": "Major Tsunami Warning",
    "5弱": "5 Lower",
    "5強": "5 Upper",
    "6弱": "6 Lower",
    "6強": "6 Upper",
    "発表": "issued",
}


@dataclass(frozen=True, slots=True)
class Words:
    """A notice in words; `level` is the number of the 気象庁's level or "", `titles` those in other languages."""

    title: str
    texts: Mapping[str, str]
    level: str
    titles: Mapping[str, str]


def words_of(announcement: Announcement, disaster: Disaster, city: str, phone: str) -> Words | None:
    """The notice's title and texts. None when the city's file no longer has the text."""
    wording = disaster.text(announcement.text_id)
    if wording is None:
        return None
    known: dict[Language, str | None] = {"ja": wording.ja, "easy": wording.easy, "en": wording.en}
    texts = {
        language: _finished(text, language, _values(announcement, disaster, city, phone, language), announcement.drill)
        for language, text in known.items()
        if text is not None
    }
    level = announcement.shown if _levelled(announcement.about[0].what) else ""
    titled: dict[Language, str | None] = {"ja": wording.title, "easy": wording.title_easy, "en": wording.title_en}
    titles = {
        str(language): _title(title, announcement, _values(announcement, disaster, city, phone, language))
        for language, title in titled.items()
        if title is not None
    }
    return Words(titles.pop("ja"), {str(language): text for language, text in texts.items()}, level, titles)


def _title(words: str, announcement: Announcement, values: Mapping[str, str]) -> str:
    """Without the marks that every channel puts before a title by itself (`notify.notice_message.heading`)."""
    title = " ".join(_filled(words, values).split())
    for mark in _SHOWN_ALREADY[announcement.mark]:
        title = title.removeprefix(mark).strip()
    return title[:LONGEST_TITLE]


def _finished(text: str, language: Language, values: Mapping[str, str], drill: bool) -> str:
    lines = [_filled(text, values).strip(), _SOURCE[language]]
    return "\n".join([_DRILL[language], *lines] if drill else lines)


def _filled(text: str, values: Mapping[str, str]) -> str:
    return _FIELD.sub(lambda found: values.get(found[1], ""), text)


def _values(
    announcement: Announcement, disaster: Disaster, city: str, phone: str, language: Language
) -> dict[str, str]:
    what, danger = announcement.about[0].what, announcement.danger
    codes = {about.area for about in announcement.about}
    names = [place.said(language) for place in disaster.places if place.code in codes]
    grade = _grade(what, announcement.shown, language)
    english = language == "en"
    kind = f"{_ENGLISH[what]} {grade}" if english else _without_level(danger.kind if danger else "") or what
    return {
        "city": city,
        "phone": phone,
        "place": (", " if english else "・").join(names),
        "what": _ENGLISH[what] if english else what.removesuffix("（旧）"),
        "name": _name(what, danger.name if danger else "", language),
        "kind": kind,
        "grade": grade,
        "level": grade,
        "time": _time(announcement.report_at, language),
        "headline": danger.headline if danger else "",
    }


def _name(what: str, name: str, language: Language) -> str:
    """A typhoon's number is said in each language; a river has the name that it has."""
    if what != "台風":
        return name
    number = "".join(filter(str.isdecimal, name))
    known = {"easy": f"台風(たいふう){number}号(ごう)", "en": f"Typhoon No. {number}"}
    return known.get(language, name) if number else _PLAIN_TYPHOON[language]


def _without_level(kind: str) -> str:
    """「レベル４大雨危険警報」 → 「大雨危険警報」: the level is said by `{level}`, as an equivalent."""
    return _SAID_LEVEL.sub("", kind)


def _levelled(what: str) -> bool:
    return SCALES[what] == LEVELS


def _grade(what: str, shown: str, language: Language) -> str:
    if not shown:
        return _NOTHING[language]
    if _levelled(what):
        return _LEVEL[language].format(shown)
    return _ENGLISH.get(shown, shown) if language == "en" else shown


def _time(moment: datetime, language: Language) -> str:
    there = moment.astimezone(JAPAN)
    if language == "en":
        return f"{there:%B} {there.day}, {there.hour}:{there:%M}"
    if language == "easy":
        half = "午前(ごぜん)" if there.hour < 12 else "午後(ごご)"
        return f"{there.month}月(がつ){there.day}日(にち) {half}{there.hour % 12}時(じ){there.minute}分(ふん)"
    return f"{there.month}月{there.day}日{there.hour}時{there:%M}分"
