"""What arrives and what goes back: the two values that cross every border of the house.

A door (`handlers/line`, `handlers/widget`) turns its own payload into an `Inquiry`; the bot turns that into a
`Reply`; the door's renderer turns the reply into LINE messages or into JSON for the widget. Everything is frozen.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Channel = Literal["line", "widget"]
Language = Literal["ja", "easy", "en", "zh", "ko", "vi", "pt"]
InquiryKind = Literal["text", "choice", "sticker", "image", "video", "audio", "file", "location", "follow", "unknown"]
Decision = Literal["answer", "choices", "handoff", "menu", "talk", "staff"]
"""What became of an inquiry. "staff": it is for the person who owns the talk, and the bot says nothing."""

ChoiceStyle = Literal["candidates", "menu", "feedback", "related", "next"]


@dataclass(frozen=True, slots=True)
class Place:
    """A point a resident sent: degrees (WGS 84), with the title and address when LINE knows them."""

    latitude: float
    longitude: float
    title: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True)
class Inquiry:
    """One thing a resident did: words typed, a button pressed, a picture sent.

    `text` has already been masked (`bot.privacy`); `masked` names what was hidden ("my_number", "card").
    `choice` is the value of a pressed button (`Choice.value`), else "". `event_id` is unique within a city.
    """

    city: str
    resident: str
    channel: Channel
    kind: InquiryKind
    event_id: str
    at: datetime
    text: str = ""
    choice: str = ""
    place: Place | None = None
    message_id: str = ""
    masked: tuple[str, ...] = ()
    language: Language | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    """A button. `value` comes back as `Inquiry.choice`; `label` is what the resident reads (or types).

    Values: `entry:<id>` an entry · `none` none of these · `person[:<department>]` ask a person · `contact` the page
    for contact data · `menu[:<page>]` the topics ·
    `topic:<id>` a topic · `helpful:<entry id>:yes|no` feedback · `language:<code>` · `erase:yes|no` ·
    `handover:back` no person after all · `wish[:…]` the settings of notices (`bot.wish_talk`) ·
    `shelter:<hazard or any>:<latitude>:<longitude>` the nearest places to flee to (`bot.shelters`) ·
    `water[:any:<latitude>:<longitude>]` where there is water now (`bot.water`).
    """

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Link:
    title: str
    url: str


@dataclass(frozen=True, slots=True)
class Text:
    """A paragraph the city says."""

    text: str
    language: Language = "ja"


@dataclass(frozen=True, slots=True)
class Answer:
    """An entry shown whole: title, reviewed text, window, phone, links."""

    entry_id: str
    title: str
    body: str
    department: str = ""
    place: str = ""
    hours: str = ""
    phone: str = ""
    links: tuple[Link, ...] = ()
    language: Language = "ja"


@dataclass(frozen=True, slots=True)
class Choices:
    """Buttons under a sentence; shown numbered as text too, because desktop LINE has no quick replies.

    `style` tells a renderer what it is: candidates and menu are numbered; related, feedback and next are not.
    """

    prompt: str
    choices: tuple[Choice, ...]
    style: ChoiceStyle = "candidates"
    language: Language = "ja"


Block = Text | Answer | Choices


@dataclass(frozen=True, slots=True)
class Reply:
    """What the city says to one inquiry, in order. Without a block only where staff own the talk ("staff")."""

    decision: Decision
    blocks: tuple[Block, ...]
