"""Receives a resident who wants a person: which department, whether somebody is there, and how long it may take.

Pure: the hours come from the city, the numbers of the queue and the address of a form are handed in, so that every
case is a line of a table. Nothing is promised that is not known.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

from bot.answer import Voice
from bot.messages import Choice, Choices, Language, Text
from bot.privacy import without_masks
from faq.city import City, Department
from faq.office_hours import NeverOpen, closing, is_open, next_opening
from faq.place_states import NOTHING_KNOWN, KnownPlaces
from faq.search import search

LIKELY = 4
"""Departments in the question back, besides 「わからない」: a list that is read at a glance."""

NEAR = 0.8
"""Of the entries found, those with at least this share of the first one's score name a department (of twelve vague
questions to the demo city all kept the right one, and the far-fetched ones fell away; 2026-11-21)."""

ONE_FOR_ALL = 0.6
"""A topic belongs to a department that answers at least this share of its entries."""

SOON_MINUTES, LONG_MINUTES, STEP_MINUTES = 5, 60, 5
SPREAD = 1.5
"""Half of the last residents waited longer than their median; the upper end of the range leaves them room."""

Situation = Literal["open", "closed", "full", "no_chat"]


@dataclass(frozen=True, slots=True)
class Queue:
    """Who waits in a department before this resident. Unknown is None, never a guess.

    `median_seconds`: from asking to the first answer of a person, over the last residents of this department.
    """

    waiting: int = 0
    oldest: datetime | None = None
    median_seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Counter:
    """What the house can tell about its queues, and the form that it can offer this resident.

    `queue_of(department)` is None when the store does not answer; `form` is the address of a contact form that nobody
    else knows, "" where there is none to offer; `place_of(case)` is 1 for who is next, 0 where nobody can say;
    `places()` are the shelters as staff last described them.
    `notices` is the address of the page of the city's notices, "" where residents cannot open it.
    """

    queue_of: Callable[[str], Queue | None] = lambda _department: None
    form: str = ""
    place_of: Callable[[int], int] = lambda _case: 0
    notices: str = ""
    places: Callable[[], KnownPlaces] = lambda: NOTHING_KNOWN


NOBODY_AT_THE_COUNTER: Final = Counter()
"""Where nothing can be asked or offered: a store that does not answer, a test."""


def situation(city: City, department: Department, queue: Queue | None, now: datetime) -> Situation:
    """How the department can take somebody at this moment. Out of hours there is no limit: nobody stands in line."""
    rules = city.handoff_of(department.name)
    if not rules.chat:
        return "no_chat"
    try:
        next_opening(city, department, now)
    except NeverOpen:
        return "no_chat"
    if not is_open(city, department, now):
        return "closed"
    return "full" if queue is not None and queue.waiting >= rules.max_waiting else "open"


# ── Which department ─────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Route:
    """The department, or where it is unclear the likely ones ("" and at least two names, the default one last)."""

    department: str
    likely: tuple[str, ...] = ()


def route(voice: Voice, question: str, shown: str, topic: str = "") -> Route:
    """By the entry shown last, else by the department that the question names, else by what the question means, else
    by the topic looked at; the default otherwise.
    """
    default = voice.city.default_department
    if shown:
        return Route(voice.department(shown).name)
    if named := [department.name for department in voice.city.departments if department.name in question]:
        return _one_or_several(sorted(named, key=question.index), default)
    found = search(voice.knowledge.index, without_masks(question), top=5, day=voice.now.date())
    near = [c.id for c in found.candidates if c.score >= NEAR * found.candidates[0].score]
    entries = [entry for entry_id in near if (entry := voice.shown(entry_id)) is not None]
    names = _distinct(voice.department(entry.department).name for entry in entries)
    if found.decision == "answer" and names:
        return Route(names[0])
    if found.decision == "choices" and names:
        return _one_or_several(names, default)
    return _by_topic(voice, topic, default)


def _by_topic(voice: Voice, topic: str, default: str) -> Route:
    entries = [entry for entry in voice.knowledge.entries.values() if topic and entry.category == topic]
    if not entries:
        return Route(default)
    names = [voice.department(entry.department).name for entry in entries]
    often = sorted(_distinct(names), key=names.count, reverse=True)
    if names.count(often[0]) >= ONE_FOR_ALL * len(names):
        return Route(often[0])
    return _one_or_several(often, default)


def _one_or_several(names: list[str], default: str) -> Route:
    likely = [name for name in names if name != default][:LIKELY]
    if len(names) == 1 or not likely:
        return Route(names[0])
    return Route("", (*likely, default))


def _distinct(names: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(names))


def which_department(voice: Voice, likely: tuple[str, ...]) -> Choices:
    """The one question back: the likely departments, and 「わからない」 for the default one."""
    *others, default = likely
    choices = [Choice(name, f"person:{mark_of(name)}") for name in others]
    unsure = spoken(voice, "person_unsure", department=default)
    prompt = spoken(voice, "person_which")
    return Choices(
        prompt.text, (*choices, Choice(unsure.text, f"person:{mark_of(default)}")), "candidates", prompt.language
    )


def mark_of(department: str) -> str:
    """A department's name as the value of a button: short, and the same however the list is ordered."""
    return hashlib.sha256(department.encode()).hexdigest()[:10]


def marked(city: City, mark: str) -> Department:
    """The department that a button named; the default one when there is none (an older list)."""
    named = (department for department in city.departments if mark_of(department.name) == mark)
    return next(named, city.department(None))


# ── What the resident hears ──────────────────────────────────────────────────────────────────────────────────────────


def heard_open(voice: Voice, department: Department, queue: Queue | None) -> tuple[Text, ...]:
    """That the question has arrived, and honestly when an answer may come."""
    recorded = spoken(voice, "person_recorded_open", department=department.name)
    if queue is None:
        return (recorded,)
    low, high = estimate(queue, voice.now) or (0, 0)
    how_long = _how_long(voice, low, high)
    key = ("person_next" if not queue.waiting else "person_waiting") + ("" if high else "_unknown")
    waiting = spoken(voice, key, count=queue.waiting, estimate=how_long)
    return (recorded, waiting, *_maybe_not_today(voice, department, high))


def estimate(queue: Queue, now: datetime) -> tuple[int, int] | None:
    """Between how many minutes an answer may come, in steps of five; None when nobody can say.

    Who waits longest has already waited that long: the estimate is never shorter.
    """
    if queue.median_seconds is None:
        return None
    waited = max(0.0, (now - queue.oldest).total_seconds()) if queue.oldest else 0.0
    minutes = max(queue.median_seconds, waited) / 60
    low = max(STEP_MINUTES, math.floor(minutes / STEP_MINUTES) * STEP_MINUTES)
    high = max(STEP_MINUTES, math.ceil(minutes * SPREAD / STEP_MINUTES) * STEP_MINUTES)
    return (low, high) if minutes > SOON_MINUTES / SPREAD else (SOON_MINUTES, SOON_MINUTES)


def _how_long(voice: Voice, low: int, high: int) -> str:
    if low >= LONG_MINUTES:
        return spoken(voice, "wait_long").text
    if low == high:
        return spoken(voice, "wait_few", minutes=high).text
    return spoken(voice, "wait_range", low=low, high=high).text


def _maybe_not_today(voice: Voice, department: Department, minutes: int) -> tuple[Text, ...]:
    """A window that closes before the answer may come says so now, not at the closed door."""
    closes = closing(voice.city, department, voice.now)
    if closes is None or voice.now + timedelta(minutes=max(minutes, STEP_MINUTES)) <= closes:
        return ()
    opens = opening_text(next_opening(voice.city, department, closes), voice.language)
    return (spoken(voice, "person_maybe_later", closing=clock_text(closes), opening=opens),)


def heard_again(voice: Voice, place: int) -> tuple[Text, ...]:
    """Where in the queue somebody is by now; nothing where nobody can say."""
    if place < 1:
        return ()
    return (spoken(voice, "person_next_unknown" if place == 1 else "person_place", place=place),)


def heard_closed(voice: Voice, department: Department, opens: datetime) -> tuple[Text, ...]:
    opening = opening_text(opens, voice.language)
    return (spoken(voice, "person_recorded_closed", department=department.name, opening=opening),)


def heard_no(voice: Voice, department: Department, why: Situation, form: str) -> tuple[Text, ...]:
    """Nobody can be waited for here: why, and the two ways that are open."""
    key = "person_full" if why == "full" else "person_no_chat"
    phone = spoken(voice, "person_call", **voice.contact(department.name))
    instead = (spoken(voice, "person_form_instead", link=form),) if form else ()
    return (spoken(voice, key, department=department.name), *instead, phone)


def call(voice: Voice, department: Department) -> Text:
    """Its phone: at once while somebody answers it, else in its hours."""
    key = "person_phone" if is_open(voice.city, department, voice.now) else "person_phone_closed"
    return spoken(voice, key, **voice.contact(department.name))


def form_offer(voice: Voice, form: str) -> tuple[Text, ...]:
    """The page on which contact data stay with the city, for who wants the answer another way."""
    return (spoken(voice, "person_form", link=form),) if form else ()


def in_other_languages(voice: Voice, department: Department) -> tuple[Text, ...]:
    """One sentence in a language that the city's sentences are not in: a person answers in Japanese."""
    key = f"person_help_{voice.language}"
    known = key in voice.knowledge.wording.get("ja", {})
    return (Text(voice.say(key, phone=department.phone), voice.language),) if known else ()


def spoken(voice: Voice, key: str, **values: object) -> Text:
    """The sentence in the resident's language where the city has it (`key_en`), else as `Voice.text` says it."""
    own = f"{key}_{voice.language}"
    if own in voice.knowledge.wording.get("ja", {}):
        return Text(voice.say(own, **values), voice.language)
    return voice.text(key, **values)


def opening_text(at: datetime, language: Language = "ja") -> str:
    """A time as the city says it: 「11月24日（火）8時30分」, `Tuesday, November 24, 8:30`."""
    if language == "en":
        return f"{_DAYS[at.weekday()]}, {_MONTHS[at.month - 1]} {at.day}, {at.hour}:{at.minute:02}"
    weekday = "月火水木金土日"[at.weekday()]
    minutes = f"{at.minute}分" if at.minute else ""
    return f"{at.month}月{at.day}日（{weekday}）{at.hour}時{minutes}"


def clock_text(at: datetime) -> str:
    """`17:15`; midnight, at which a window closes, is 24:00."""
    return f"{at.hour or 24}:{at.minute:02}"


_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
