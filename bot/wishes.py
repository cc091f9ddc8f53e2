"""What a resident wants to hear of: topics, where they live, what the city asked, language and quiet hours.

Kept apart from the talk (`store.wishes`): of the talk in which it was chosen neither the words nor the buttons that
would tell it are remembered (`without_wish`).
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Final

from bot.messages import Choice, Language
from bot.spelling import squash
from faq.city_notices import Area, NoticeQuestion, Notices, NoticeTopic

VERB: Final = "wish"
CHOSEN: Final = "✓ "
OLDEST_CHILD_MONTHS: Final = 20 * 12
MAX_CHILDREN: Final = 10
DAY_MINUTES: Final = 24 * 60
_MONTH = re.compile(
    r"(令和|平成|R|H)?\s*(\d{4}|\d{1,2}|元)\s*[年./-]\s*(\d{1,2})(?!\d)|(?<!\d)(\d{4})(\d{2})(?!\d)", re.I
)
_ERAS: Final = {"令和": 2018, "r": 2018, "平成": 1988, "h": 1988}
_HOURS = re.compile(
    r"(\d{1,2})(?:時|:00)?(半|:30)?\s*(?:から|より|~|-|ー|→|、)\s*(?:翌朝|朝)?(\d{1,2})(?:時|:00)?(半|:30)?"
)


@dataclass(frozen=True, slots=True)
class Wishes:
    """One resident's wishes. `facts` are (question, value): ("child", "2024-05"), ("pet", "dog").

    `quiet_from` and `quiet_to` are minutes of the day in Japan, -1 for none; `to` may lie on the next day.
    `paused`: nothing at all. `since` None: they have never chosen.
    """

    topics: tuple[str, ...] = ()
    area: str = ""
    facts: tuple[tuple[str, str], ...] = ()
    language: Language = "ja"
    quiet_from: int = -1
    quiet_to: int = -1
    paused: bool = False
    since: datetime | None = None

    def values(self, question: str) -> tuple[str, ...]:
        """What was told to this question."""
        return tuple(value for name, value in self.facts if name == question)

    def with_topic(self, topic: str, wanted: bool) -> Wishes:
        """Whoever chooses a topic wants to hear of it, even after 「すべて止める」."""
        topics = tuple(dict.fromkeys((*self.topics, topic))) if wanted else _without(self.topics, topic)
        return replace(self, topics=topics, paused=self.paused and not wanted)

    def with_fact(self, question: str, value: str, wanted: bool = True) -> Wishes:
        fact = (question, value)
        return replace(self, facts=tuple(sorted({*self.facts, fact} if wanted else {*self.facts} - {fact})))

    def without_facts(self, question: str) -> Wishes:
        return replace(self, facts=tuple(fact for fact in self.facts if fact[0] != question))


def taken_along(wishes: Wishes) -> dict[str, Any]:
    """Everything that is kept, in the words of JSON, for the resident to take along; {} for who has never chosen."""
    if wishes.since is None:
        return {}
    return {
        "topics": list(wishes.topics),
        "area": wishes.area,
        "facts": [list(fact) for fact in wishes.facts],
        "language": wishes.language,
        "quiet": [wishes.quiet_from, wishes.quiet_to] if wishes.quiet_from >= 0 else [],
        "paused": wishes.paused,
        "since": wishes.since.isoformat(),
    }


def first_wishes(notices: Notices, language: Language) -> Wishes:
    """What somebody hears who has not chosen yet: the topics that the city sends from the start."""
    return Wishes(tuple(topic.id for topic in notices.from_start), language=language)


def _without(topics: tuple[str, ...], topic: str) -> tuple[str, ...]:
    return tuple(one for one in topics if one != topic)


def without_wish(choice: Choice) -> Choice:
    """The button as the talk may remember it: what it is about, and not whether it was chosen."""
    if not choice.value.startswith(f"{VERB}:"):
        return choice
    value = choice.value.removesuffix(":on").removesuffix(":off")
    return Choice(choice.label.removeprefix(CHOSEN), value)


# ── What residents type ──────────────────────────────────────────────────────────────────────────────────────────────


def read_months(text: str, today: date) -> tuple[str, ...] | None:
    """The months in a text as `2024-05`; None when there is none, () when none of them can be a child's.

    >>> read_months("令和6年5月と2022/1", date(2026, 11, 21))
    ('2024-05', '2022-01')
    """
    found = list(_MONTH.finditer(unicodedata.normalize("NFKC", text)))
    months = [(_year(match[1], match[2] or match[4]), int(match[3] or match[5])) for match in found]
    here = today.year * 12 + today.month
    good = [(y, m) for y, m in months if 1 <= m <= 12 and 0 <= here - (y * 12 + m) <= OLDEST_CHILD_MONTHS]
    return tuple(dict.fromkeys(f"{year}-{month:02}" for year, month in good)) if found else None


def _year(era: str | None, year: str) -> int:
    number = 1 if year == "元" else int(year)
    return number + _ERAS[era.lower()] if era else number


def month_text(value: str) -> str:
    """`2024-05` → 「2024年5月」"""
    year, _, month = value.partition("-")
    return f"{year}年{int(month)}月"


def read_hours(text: str) -> tuple[int, int] | None:
    """Minutes of the day from and to: 「21時から7時」「22:00〜6:30」. None when that is not what was typed."""
    match = _HOURS.search(unicodedata.normalize("NFKC", text).replace("〜", "~"))
    if match is None or max(int(match[1]), int(match[3])) > 24:
        return None
    start, end = (
        (int(hour) * 60 + (30 if half else 0)) % DAY_MINUTES
        for hour, half in ((match[1], match[2]), (match[3], match[4]))
    )
    return (start, end) if start != end else None


def clock_words(minutes: int) -> str:
    """「21時」「6時30分」"""
    return f"{minutes // 60}時" + (f"{minutes % 60}分" if minutes % 60 else "")


def area_named(text: str, notices: Notices) -> Area | None:
    """The one area that a text names, by its name, kana or one of its 町字 (「本町2丁目」); the longest name wins."""
    words = squash(text)
    if len(words) < 2:
        return None
    names = [
        (squash(name), area)
        for area in notices.areas
        for name in (area.name, area.kana, area.en, *area.towns)
        if name is not None
    ]
    held = sorted((len(name), area.id) for name, area in names if name in words)
    if held:
        longest = {area for length, area in held if length == held[-1][0]}
        return notices.area(longest.pop()) if len(longest) == 1 else None
    begun = {area.id for name, area in names if name.startswith(words)}
    return notices.area(begun.pop()) if len(begun) == 1 else None


def topics_named(text: str, notices: Notices) -> tuple[NoticeTopic, ...]:
    """The topics whose names stand in a text: 「ごみと子育て」. Of 「防災訓練」 only that, not 「防災」 as well."""
    words, found = squash(text), set()
    names = [(squash(part), topic.id) for topic in notices.topics for part in re.split("[・と]", topic.title)]
    for name, topic_id in sorted(names, key=lambda named: -len(named[0])):
        if name and name in words:
            words = words.replace(name, " ")
            found.add(topic_id)
    return tuple(topic for topic in notices.topics if topic.id in found)


def several_numbers(text: str) -> tuple[int, ...]:
    """「1と3」「1,3」 as numbers; () when a message is anything else."""
    plain = unicodedata.normalize("NFKC", text).strip()
    if not re.fullmatch(r"\d{1,2}番?(?:\s*[と,、・\s]\s*\d{1,2}番?)+", plain):
        return ()
    return tuple(dict.fromkeys(int(number) for number in re.findall(r"\d+", plain)))


def value_text(question: NoticeQuestion, value: str, easy: bool = False) -> str:
    """A told fact in words; one that the city no longer asks for stands as it is."""
    if question.kind == "month":
        return month_text(value)
    choice = next((choice for choice in question.choices if choice.id == value), None)
    return ((easy and choice.easy) or choice.title) if choice else value
