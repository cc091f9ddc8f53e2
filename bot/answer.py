"""Turns what was found into blocks a resident reads: plain values in, plain values out.

`Voice` bundles what every sentence needs (the city's knowledge, the language, the time), so that each function says
only what it decides.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar

from bot.messages import Answer, Block, Choice, Choices, ChoiceStyle, Language, Link, Text
from bot.wording import Wording
from faq.city import City, Department
from faq.entry import Clarify, Entry, Translation
from faq.knowledge import Knowledge
from faq.office_hours import hours_text

_Item = TypeVar("_Item")

CANDIDATES = 5
RELATED = 2
TOPICS_PER_PAGE = 9
LONGEST_GENERAL = 40
"""Characters. Longer words are not too general to answer."""

QUESTIONS_PER_PAGE = 8


@dataclass(frozen=True, slots=True)
class Voice:
    """Who speaks (the city), in which language, at which time."""

    knowledge: Knowledge
    language: Language
    now: datetime

    @property
    def city(self) -> City:
        return self.knowledge.city

    def say(self, key: str, **values: object) -> str:
        """A sentence of the city, with the city's own name and number at hand."""
        if values:
            return self._said(key, values)
        said: dict[object, str] = self.knowledge.remembered
        sentence = said.get((key, self.language))
        if sentence is None:
            sentence = said[key, self.language] = self._said(key, {})
        return sentence

    def _said(self, key: str, values: dict[str, object]) -> str:
        known = {"city": self.city.said(self.spoken), "phone": self.city.phone}
        return Wording(self.knowledge.wording).say(key, self.language, **{**known, **values})

    def text(self, key: str, **values: object) -> Text:
        return Text(self.say(key, **values), self.spoken)

    @property
    def spoken(self) -> Language:
        """The language the city's own sentences are in: やさしい日本語 stands in for those it does not speak."""
        return self.language if Wording(self.knowledge.wording).has_own(self.language) else "easy"

    @property
    def japanese(self) -> tuple[Voice, Voice]:
        """The same voice in both kinds of Japanese, for what residents copy from an earlier message."""
        return replace(self, language="ja"), replace(self, language="easy")

    def button(self, key: str, value: str) -> Choice:
        return Choice(self.say(key), value)

    def department(self, name: str | None) -> Department:
        return self.city.department(name)

    def contact(self, name: str | None) -> dict[str, str]:
        """The braces of a sentence that names a department: its name, phone and hours."""
        department = self.department(name)
        hours = hours_text(self.city, department)
        return {"department": department.name, "phone": department.phone, "hours": hours}

    def shown(self, entry_id: str) -> Entry | None:
        """The entry, if residents may see it today."""
        entry = self.knowledge.entries.get(entry_id)
        return entry if entry is not None and entry.shown_on(self.now.date()) else None

    def title(self, entry: Entry) -> str:
        translated = translation(entry, self.language)
        return translated.question if translated else entry.question


def answer_blocks(voice: Voice, entry: Entry, near: Sequence[Entry]) -> tuple[Block, ...]:
    """The entry whole, up to two near entries, the question whether it helped, and the way to a person."""
    related = tuple(Choice(voice.title(other), f"entry:{other.id}") for other in near[:RELATED])
    was_it_helpful = (
        voice.button("helpful_yes", f"helpful:{entry.id}:yes"),
        voice.button("helpful_no", f"helpful:{entry.id}:no"),
        voice.button("person_button", "person"),
    )
    return (
        answer(voice, entry),
        *_choices(voice, "related", related, "related"),
        *_choices(voice, "was_it_helpful", was_it_helpful, "feedback"),
    )


def answer(voice: Voice, entry: Entry) -> Answer:
    """The reviewed text of the entry in the resident's language, with the window that answers for it."""
    department = voice.department(entry.department)
    body, language = _body(voice, entry)
    return Answer(
        entry_id=entry.id,
        title=voice.title(entry),
        body=body,
        department=department.name,
        place=entry.contact or department.place or "",
        hours=hours_text(voice.city, department),
        phone=department.phone,
        links=tuple(Link(link.title, link.url) for link in entry.links),
        language=language,
    )


def _body(voice: Voice, entry: Entry) -> tuple[str, Language]:
    if voice.language == "ja":
        return entry.answer.strip(), "ja"
    if voice.language == "easy":
        if entry.easy:
            return entry.easy.strip(), "easy"
        return f"{voice.say('no_easy')}\n\n{entry.answer.strip()}", "ja"
    translated = translation(entry, voice.language)
    if translated:
        return translated.answer.strip(), voice.language
    easy = entry.easy or entry.answer
    return f"{voice.say('no_translation')}\n\n{easy.strip()}", "easy" if entry.easy else "ja"


def translation(entry: Entry, language: Language) -> Translation | None:
    """What the entry says in a language other than Japanese, if somebody translated it."""
    return next((said for code, said in entry.translations.items() if code == language), None)


def candidate_blocks(voice: Voice, entries: Sequence[Entry], prompt: str = "choose") -> tuple[Block, ...]:
    """Up to five entries to choose from, and always the way to a person."""
    choices = (
        *(Choice(voice.title(entry), f"entry:{entry.id}") for entry in entries[:CANDIDATES]),
        voice.button("none_of_these", "none"),
    )
    return _choices(voice, prompt, choices, "candidates")


def clarification(entries: Sequence[Entry]) -> Clarify | None:
    """The question that tells the first entries found apart, if somebody wrote one.

    It must be about the best entry, and lead to at least two of the four best: otherwise it would narrow down the wrong
    thing.
    """
    best = [entry.id for entry in entries[:4]]
    for entry in entries[:4]:
        if entry.clarify is None:
            continue
        led_to = {choice.entry for choice in entry.clarify.choices}
        if best[0] in led_to and len(led_to.intersection(best)) >= 2:
            return entry.clarify
    return None


def clarification_of(voice: Voice, words: str) -> Clarify | None:
    """The question that staff wrote for exactly these general words, however they are spelt."""
    written = voice.knowledge.asks_back_for(words) if len(words) <= LONGEST_GENERAL else None
    entry = voice.shown(written) if written else None
    return entry.clarify if entry else None


def clarify_blocks(voice: Voice, clarify: Clarify) -> tuple[Block, ...]:
    """The question back, its answers as buttons, and the way to a person."""
    easy = voice.language != "ja"
    choices = tuple(
        Choice((easy and choice.easy) or choice.label, f"entry:{choice.entry}")
        for choice in clarify.choices
        if voice.shown(choice.entry)
    )
    prompt = (easy and clarify.easy) or clarify.question
    return (Choices(prompt, (*choices, voice.button("none_of_these", "none")), "candidates", voice.spoken),)


def way_on(voice: Voice) -> tuple[Block, ...]:
    """The two ways that are always open: the topics and a person; before them what the mode of the day has pinned."""
    entries = (voice.shown(entry) for entry in voice.knowledge.pinned)
    pinned = tuple(Choice(voice.title(entry), f"entry:{entry.id}") for entry in entries if entry is not None)
    if pinned:
        buttons = (*pinned, voice.button("menu_button", "menu"), voice.button("person_button", "person"))
        return _choices(voice, "", buttons, "next")
    return _choices(voice, "", (voice.button("menu_button", "menu"), voice.button("person_button", "person")), "next")


def menu_blocks(voice: Voice, page: int = 0) -> tuple[Block, ...]:
    """The topics that have something to show today, nine a page."""
    filled = {entry.category for entry in voice.knowledge.entries.values() if entry.shown_on(voice.now.date())}
    topics = [topic for topic in voice.city.topics if topic.id in filled]
    shown, more = _page(topics, page, TOPICS_PER_PAGE)
    choices = [Choice(topic.title, f"topic:{topic.id}") for topic in shown]
    if more is not None:
        choices.append(voice.button("menu_next" if more else "menu_first", f"menu:{more}"))
    return (
        *_choices(voice, "menu", choices, "menu"),
        *_choices(voice, "", (voice.button("person_button", "person"),), "next"),
    )


def topic_blocks(voice: Voice, topic_id: str, page: int = 0) -> tuple[Block, ...]:
    """The questions of a topic in the order of its file, eight a page; the menu when there is no such topic."""
    topic = next((topic for topic in voice.city.topics if topic.id == topic_id), None)
    if topic is None:
        return menu_blocks(voice)
    today = voice.now.date()
    entries = [e for e in voice.knowledge.entries.values() if e.category == topic_id and e.shown_on(today)]
    if not entries:
        return (voice.text("topic_empty"), *menu_blocks(voice))
    shown, more = _page(entries, page, QUESTIONS_PER_PAGE)
    choices = [Choice(voice.title(entry), f"entry:{entry.id}") for entry in shown]
    if more:
        choices.append(voice.button("topic_next", f"topic:{topic_id}:{more}"))
    return (*_choices(voice, "topic", choices, "menu", topic=topic.title), *way_on(voice))


def _page(items: Sequence[_Item], page: int, size: int) -> tuple[Sequence[_Item], int | None]:
    """One page of items and the number of the next page (0 = back to the first; None = everything fits on one)."""
    pages = max(1, -(-len(items) // size))
    page = page % pages
    return items[page * size : (page + 1) * size], None if pages == 1 else (page + 1) % pages


def _choices(
    voice: Voice, prompt: str, choices: Iterable[Choice], style: ChoiceStyle, **values: object
) -> tuple[Choices, ...]:
    """A block of buttons, or nothing when there is no button."""
    buttons = tuple(choices)
    said = voice.say(prompt, **values) if prompt else ""
    return (Choices(said, buttons, style, voice.spoken),) if buttons else ()
