"""One FAQ entry as staff write it in YAML: the schema, its meaning and its limits.

Every scalar arrives as text (`faq.reader` switches YAML's typing off, so `8:30`, `011002` and `no` stay what staff
typed); pydantic does the typing here. `docs/faq-authoring.md` explains each field to staff.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

Identifier = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9._-]{0,63}$")]
Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200, pattern=r"^[^\n]*$")]
Question = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500, pattern=r"^[^\n]*$")]
Prose = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=10_000)]
Url = Annotated[str, StringConstraints(pattern=r"^(https?://|tel:|mailto:)\S+$", max_length=1000)]
TranslationLanguage = Literal["en", "zh", "ko", "vi", "pt"]


def _day(value: object) -> object:
    """Only `2027-03-31`: pydantic alone would read `20270331` as seconds since 1970."""
    if isinstance(value, str) and not re.fullmatch(r"\d{4}-\d{2}-\d{2}", value.strip()):
        raise ValueError("not a day")
    return value.strip() if isinstance(value, str) else value


Day = Annotated[date, BeforeValidator(_day)]


class Strict(BaseModel):
    """Frozen, and a misspelt field is an error: `phrasing:` must not be dropped in silence."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class EntryLink(Strict):
    title: Line
    url: Url


class Translation(Strict):
    question: Question
    answer: Prose


class ClarifyingChoice(Strict):
    """One answer to a clarifying question, and the entry it leads to."""

    label: Line
    easy: Line | None = None
    entry: Identifier


class Clarify(Strict):
    """A question about the one thing that tells near entries apart and that a resident knows (本人か代理人か).

    `phrasings` are words too general for any one answer (引っ越し, 住民票): whoever types them is asked at once.
    """

    question: Line
    easy: Line | None = None
    phrasings: tuple[Line, ...] = ()
    choices: tuple[ClarifyingChoice, ...] = Field(min_length=2, max_length=5)


class Entry(Strict):
    """A question the city answers, the ways residents ask it, and the reviewed answer.

    `clarify` is asked, at most once, when a search finds several of the entries that its choices lead to.
    `tests` are sentences that must find this entry (and are never indexed); `phrasings` are indexed.
    `valid_from` and `valid_until` are inclusive, Japan time; outside them the entry is not shown.
    After `review_by` the entry is still shown and staff are told to look at it again.
    """

    id: Identifier
    question: Question
    answer: Prose
    category: Identifier = "general"
    phrasings: tuple[Line, ...] = ()
    keywords: tuple[Line, ...] = ()
    easy: Prose | None = None
    department: Line | None = None
    contact: Line | None = None
    links: tuple[EntryLink, ...] = ()
    related: tuple[Identifier, ...] = ()
    clarify: Clarify | None = None
    valid_from: Day | None = None
    valid_until: Day | None = None
    review_by: Day | None = None
    tests: tuple[Line, ...] = ()
    translations: dict[TranslationLanguage, Translation] = Field(default_factory=dict)

    def shown_on(self, day: date) -> bool:
        """Whether residents see this entry on `day` (a date in Japan)."""
        started = self.valid_from is None or self.valid_from <= day
        return started and (self.valid_until is None or day <= self.valid_until)


class EntryFile(Strict):
    """One file under `faq/`: a category that its entries share, and the entries."""

    category: Identifier = "general"
    faqs: tuple[Entry, ...] = ()
