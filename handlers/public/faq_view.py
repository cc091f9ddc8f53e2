"""What the FAQ pages show of a city, prepared from its knowledge. Knows no Flask."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from bot.privacy import mask, without_masks
from faq.city import City, Topic
from faq.entry import Entry
from faq.knowledge import Knowledge
from faq.office_hours import hours_text
from faq.search import search
from handlers.public.prose import summary

RESULTS = 10
MAX_QUERY = 500
"""Characters of a question that are searched; the page says so when there were more."""

OTHERS = "general"


@dataclass(frozen=True, slots=True)
class Hit:
    """One line of a list: the entry, a foretaste of its answer, and the words of the question that led to it."""

    entry: Entry
    foretaste: str
    matched: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """What a question found. `query` is what may be shown again: masked and cut."""

    query: str
    hits: tuple[Hit, ...]
    sure: bool
    masked: bool
    cut: bool


@dataclass(frozen=True, slots=True)
class Shelf:
    """A topic and its entries of today."""

    topic: Topic
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Contact:
    """Who answers for an entry."""

    department: str
    place: str
    hours: str
    phone: str


def entries_on(knowledge: Knowledge, day: date) -> Iterator[Entry]:
    return (entry for entry in knowledge.entries.values() if entry.shown_on(day))


def shelves(knowledge: Knowledge, day: date) -> tuple[Shelf, ...]:
    """The topics that have entries today, in the city's order; what has no topic stands last."""
    by_category: dict[str, list[Entry]] = {}
    topics = {topic.id: topic for topic in knowledge.city.topics}
    for entry in entries_on(knowledge, day):
        by_category.setdefault(entry.category if entry.category in topics else OTHERS, []).append(entry)
    ordered = (*topics.values(), *(() if OTHERS in topics else (Topic(id=OTHERS, title="そのほか"),)))
    return tuple(Shelf(topic, tuple(by_category[topic.id])) for topic in ordered if topic.id in by_category)


def find(knowledge: Knowledge, question: str, day: date) -> Found:
    """The entries for a question. Numbers that must not be kept are not searched for and not shown again."""
    clean = question.replace("\x00", "").encode("utf-8", "replace").decode("utf-8").strip()
    hidden = mask(clean)
    words = without_masks(hidden.text)[:MAX_QUERY]
    result = search(knowledge.index, words, top=RESULTS, day=day) if words.strip() else None
    hits = tuple(
        Hit(entry, summary(entry.answer), candidate.matched)
        for candidate in (result.candidates if result else ())
        if (entry := knowledge.entries.get(candidate.id)) is not None and entry.shown_on(day)
    )
    sure = result is not None and result.decision != "handoff"
    return Found(hidden.text[:MAX_QUERY], hits, sure, bool(hidden.kinds), len(hidden.text) > MAX_QUERY)


def contact(city: City, entry: Entry) -> Contact:
    department = city.department(entry.department)
    place = entry.contact or department.place or ""
    return Contact(department.name, place, hours_text(city, department), department.phone)


def related(knowledge: Knowledge, entry: Entry, day: date) -> tuple[Entry, ...]:
    known = (knowledge.entries.get(other) for other in entry.related)
    return tuple(other for other in known if other is not None and other.shown_on(day))


def structured_data(entry: Entry, address: str) -> dict[str, Any]:
    """schema.org for search engines: one question and its answer."""
    return {
        "@context": "https://schema.org",
        "@type": "FAQPage",
        "inLanguage": "ja",
        "url": address,
        "mainEntity": [
            {
                "@type": "Question",
                "name": entry.question,
                "acceptedAnswer": {"@type": "Answer", "text": entry.answer.strip()},
            }
        ],
    }
