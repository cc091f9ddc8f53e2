"""What a report of a disaster says in three languages: the approved text, filled in, numbered and with its time.

Pure: forms and the store are the pages'.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from faq.city import City
from faq.disaster_texts import LANGUAGES, DisasterText, DisasterTexts, FollowUp, TextLanguage, filled
from faq.place_states import PlaceState, PlaceStatus
from faq.places import Shelter
from handlers.console.times import JAPAN
from store.records_notices import Audience, NewNotice, NoticeChannel, NoticeMark

LONGEST: Final = 1_500
"""Characters of one text: three screens of a telephone."""

LANGUAGE_NAMES: Final[Mapping[TextLanguage, str]] = {"ja": "日本語", "easy": "やさしい日本語", "en": "English"}
ALL_AREAS: Final[Mapping[TextLanguage, str]] = {"ja": "市内全域", "easy": "市内(しない) ぜんぶ", "en": "the whole city"}
STATUS_NAMES: Final[Mapping[PlaceStatus, str]] = {
    "open": "開設",
    "full": "満員",
    "closed": "閉鎖",
    "unopened": "未開設",
}
PLACES_FOR: Final[Mapping[str, tuple[str, PlaceStatus]]] = {
    "shelter-opened": ("shelter", "open"),
    "shelter-full": ("shelter", "full"),
    "shelter-closed": ("shelter", "closed"),
    "water-supply": ("water", "open"),
    "water-closed": ("water", "closed"),
}
"""Which places a text names by itself: kind and status."""

EVERYWHERE: Final[tuple[NoticeChannel, ...]] = ("line", "widget", "page", "feed", "mail")
_ON: Final[Mapping[str, str]] = {"widget": "チャット", "page": "ホームページ", "feed": "RSS", "mail": "メール"}

Texts = Mapping[TextLanguage, str]


@dataclass(frozen=True, slots=True)
class Chosen:
    """What staff chose on the form: ids of areas (() is the whole city), of a reason, and the lines of the places."""

    areas: tuple[str, ...] = ()
    reason: str = ""
    places: str = ""


def first_texts(text: DisasterText, texts: DisasterTexts, city: City, chosen: Chosen) -> dict[TextLanguage, str]:
    """The approved text with everything that was chosen, in each language: what staff see and may still change."""
    return {language: _filled(text, texts, city, chosen, language) for language in LANGUAGES}


def follow_up_texts(follow: FollowUp, city: City, titles: Texts, number: int, at: datetime) -> dict[TextLanguage, str]:
    """A correction or an all-clear of the report `number`, which went out at `at` under these titles.

    What a telegram made has no number of a report: 0.
    """
    said: dict[TextLanguage, str] = {}
    for language in LANGUAGES:
        words = follow.said(language) if number else follow.said(language).replace("第{number}報", "知らせ")
        when = f"{at.astimezone(JAPAN):%H:%M}" if language == "en" else clock(at)
        values = {"title": titles[language], "number": str(number), "time": when, **_of_city(city)}
        said[language] = filled(words, values)
    return said


def with_header(texts: Texts, number: int, at: datetime, drill: DisasterTexts | None) -> dict[str, str]:
    """「第3報 14時05分」 over each text, and 【訓練】 before all of it in a drill."""
    said: dict[str, str] = {}
    for language in LANGUAGES:
        mark = f"{drill.drill.said(language)}\n" if drill is not None else ""
        said[language] = f"{mark}{header(number, at, language)}\n\n{texts[language].strip()}"
    return said


def header(number: int, at: datetime, language: TextLanguage = "ja") -> str:
    """「第3報 14時05分」"""
    if language == "en":
        here = at.astimezone(JAPAN)
        return f"Report {number}, {here:%H:%M}"
    return f"第{number}報 {clock(at)}"


def clock(at: datetime) -> str:
    here = at.astimezone(JAPAN)
    return f"{here.hour}時{here.minute:02}分"


def complaint(texts: Texts) -> str:
    """What is wrong with the texts that were sent, "" for nothing."""
    for language in LANGUAGES:
        if not texts[language].strip():
            return f"{LANGUAGE_NAMES[language]}の文が空です。文を書いてください。"
        if len(texts[language]) > LONGEST:
            return f"{LANGUAGE_NAMES[language]}の文が長すぎます。{LONGEST}文字以内にしてください。"
    return ""


def place_lines(
    text_id: str, states: Mapping[str, PlaceState], shelters: Sequence[Shelter], only: Sequence[str] = ()
) -> str:
    """The places that this text speaks of, as they stand now, a line each. `only`: those that changed just now."""
    kind, status = PLACES_FOR.get(text_id, ("", "unopened"))
    known = {shelter.id: shelter for shelter in shelters}
    lines = []
    for state in sorted(states.values(), key=lambda one: one.place):
        if state.kind != kind or state.status != status or (only and state.place not in only):
            continue
        shelter = known.get(state.place)
        name, address = (shelter.name, shelter.address) if shelter else (state.name, state.address)
        about = "、".join(part for part in (address, state.hours, state.note) if part)
        lines.append(f"・{name}（{about}）" if about else f"・{name}")
    return "\n".join(lines)


def other_channels(channels: Sequence[NoticeChannel]) -> str:
    """「チャット・ホームページ・RSS・災害のページ」: where it goes besides LINE. The last one has everything."""
    return "・".join((*(name for channel, name in _ON.items() if channel in channels), "災害のページ"))


def new_report(
    city_id: str,
    title: str,
    texts: Mapping[str, str],
    audience: Audience,
    *,
    titles: Texts,
    channels: tuple[NoticeChannel, ...] = EVERYWHERE,
    topic: str,
    key: str,
    link: str,
    drill: bool,
    mark: NoticeMark = "",
    original: int = 0,
) -> NewNotice:
    """The notice of a report, for all these channels at once. A drill is on no page but its own."""
    return NewNotice(
        city=city_id,
        kind="disaster",
        topic=topic,
        title=title,
        titles={language: words for language, words in titles.items() if language != "ja"},
        texts=texts,
        audience=audience,
        channels=("line",) if drill else channels,
        link=link,
        mark=mark,
        original=original,
        source_key=f"report:{key}",
        drill=drill,
    )


def _filled(text: DisasterText, texts: DisasterTexts, city: City, chosen: Chosen, language: TextLanguage) -> str:
    reason = texts.reasons.get(chosen.reason)
    values = {
        "areas": _areas(city, chosen.areas, language),
        "reason": reason.said(language) if reason else "",
        "places": chosen.places.strip(),
        **_of_city(city),
    }
    return filled(text.said(language), values)


def _areas(city: City, chosen: Sequence[str], language: TextLanguage) -> str:
    areas = [area for area in city.notices.areas if area.id in chosen]
    if not areas or len(areas) == len(city.notices.areas):
        return ALL_AREAS[language]
    if language == "easy":
        return "、".join(area.said("easy") for area in areas)
    if language == "en" and all(area.en for area in areas):
        return ", ".join(area.said("en") for area in areas)
    return "、".join(f"{area.name}（{'・'.join(area.towns)}）" if area.towns else area.name for area in areas)


def _of_city(city: City) -> dict[str, str]:
    return {"city": city.name, "phone": city.phone, "website": city.website}
