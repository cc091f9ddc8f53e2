"""`disaster.yaml`: which telegrams of the 気象庁 a city tells its residents of, whom, and in which approved words.

Every sentence is somebody's, written before the day it is needed. Words of the city's own evacuation orders cannot
stand here: those are issued by people, in the console.
"""

from __future__ import annotations

import re
from typing import Annotated, Final, Literal, Self

from pydantic import Field, StringConstraints, field_validator, model_validator
from pydantic_core import PydanticCustomError

from faq.city_notices import LatinWords
from faq.dangers import SCALES, rank
from faq.entry import Identifier, Line, Strict
from faq.yes_no import YesNo

PLACEHOLDERS: Final = frozenset(
    {"city", "place", "what", "name", "kind", "grade", "level", "time", "headline", "phone"}
)
RESERVED: Final = ("lowered", "cleared", "corrected", "cancelled")
"""Ids of the texts for what became less, is over, was corrected or was withdrawn."""

_FIELD: Final = re.compile(r"{([^{}]*)}")
_ORDERS: Final = re.compile("避難指示|緊急安全確保|高齢者等避難")
_BARE_LEVEL: Final = re.compile("レベル *[0-9０-９](?!相当)")

Code = Annotated[str, StringConstraints(pattern=r"^[0-9]{3,12}$")]
Latitude = Annotated[float, Field(ge=20, le=46)]
Longitude = Annotated[float, Field(ge=122, le=154)]
ModeName = Literal["警戒", "災害"]
Channel = Literal["line", "widget", "page", "feed", "mail"]


def _sound(text: str) -> str:
    for name in _FIELD.findall(text):
        if name not in PLACEHOLDERS:
            raise PydanticCustomError("unknown_placeholder", "not a placeholder")
    if _FIELD.sub("", text).count("{") or _FIELD.sub("", text).count("}"):
        raise PydanticCustomError("unknown_placeholder", "not a placeholder")
    if _ORDERS.search(text):
        raise PydanticCustomError("words_of_an_order", "words of an evacuation order")
    if _BARE_LEVEL.search(text):
        raise PydanticCustomError("bare_level", "a level without 相当")
    return text


Title = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60, pattern=r"^[^\n]*$")]


class Wording(Strict):
    """Approved words. Placeholders: see `PLACEHOLDERS`. `{level}` is 「警戒レベル3相当」 in each language.

    Without a title of their own, readers of easy Japanese and of English see the Japanese one.
    """

    id: Identifier
    title: Title
    title_easy: Title | None = None
    title_en: Title | None = None
    ja: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=1000)]
    easy: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=1000)] | None = None
    en: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=1000)] | None = None

    @field_validator("title", "title_easy", "title_en", "ja", "easy", "en")
    @classmethod
    def _is_sound(cls, text: str | None) -> str | None:
        return None if text is None else _sound(text)


class Place(Strict):
    """A part of the city that telegrams speak of by number.

    `code` is the 市町村等 (7 digits); `regions` what contains it (府県予報区, 一次細分区域), `quake` its 細分区域 of
    earthquakes, `tsunami` its 津波予報区. `areas` are ids of `notices.areas` of city.yaml; () for the whole city.
    `point` is its middle (latitude, longitude): a typhoon's telegram names no towns.
    `easy` and `en` are its names in the texts of those languages.
    """

    name: Line
    easy: Line | None = None
    en: LatinWords | None = None
    code: Annotated[str, StringConstraints(pattern=r"^[0-9]{7}$")]
    regions: tuple[Code, ...] = ()
    quake: Code | None = None
    tsunami: Code | None = None
    point: tuple[Latitude, Longitude] | None = None
    areas: tuple[Identifier, ...] = ()

    def said(self, language: str) -> str:
        return {"easy": self.easy, "en": self.en}.get(language) or self.name


class Rule(Strict):
    """From this step of the scale (up to the next rule's) residents are told in these words.

    `everyone`: all friends but those who stopped the topics; else those who wish to hear of `topics` (and live in the
    place's areas, where it has some). `mode` is switched to, never back.
    """

    id: Identifier
    what: Line
    at: Line
    text: Identifier
    everyone: YesNo = False
    topics: tuple[Identifier, ...] = ()
    channels: tuple[Channel, ...] = Field(default=("line", "widget", "page", "feed"), min_length=1)
    mode: ModeName | None = None

    @model_validator(mode="after")
    def _says_what_and_whom(self) -> Self:
        if self.what not in SCALES:
            raise PydanticCustomError("unknown_danger", "not a danger")
        if rank(self.what, self.at) < 0:
            raise PydanticCustomError("unknown_step", "not a step of this danger")
        if not self.topics:
            raise PydanticCustomError("nobody_told", "no topics")
        return self


class Drill(Strict):
    """Whom telegrams of drills reach, in drill mode only: those who wish to hear of `topics`."""

    topics: tuple[Identifier, ...] = Field(min_length=1)


Said = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300)]
ButtonLabel = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=12)]


class ModeEffects(Strict):
    """What a mode other than 平常 changes for residents.

    The greeting stands before the usual one, `banner` above the chat of the city's pages. `pinned` are ids of entries
    offered as buttons with every greeting; the first three also stand on the rich menu, there called by `labels`.
    Questions that could mean several things are answered with entries of the topics `boost` first. Staff are asked
    every `remind_hours` whether the mode is still right.
    """

    mode: Literal["警戒", "災害", "復旧"]
    greeting: Said
    easy: Said | None = None
    en: Said | None = None
    banner: Line | None = None
    pinned: tuple[Identifier, ...] = Field(default=(), max_length=5)
    labels: dict[Identifier, ButtonLabel] = Field(default_factory=dict)
    boost: tuple[Identifier, ...] = ()
    remind_hours: Annotated[int, Field(ge=1, le=168)] = 12


class Disaster(Strict):
    """`family` 新 are VPWW55〜61, 旧 are VPWW53・54: one of them, or residents are told twice.

    `mode_with_orders`: an order to evacuate that staff issue makes the mode 災害 in the same action.
    `rich_menu`: residents on LINE see the menu that we draw for the mode (it stands before one made at LINE).
    `staff` are departments of city.yaml whose addresses (`handoff.notify`) hear when the feed is silent.
    """

    family: Literal["新", "旧"] = "新"
    staff: tuple[Line, ...] = ()
    places: tuple[Place, ...] = ()
    texts: tuple[Wording, ...] = ()
    rules: tuple[Rule, ...] = ()
    drill: Drill | None = None
    modes: tuple[ModeEffects, ...] = ()
    mode_with_orders: YesNo = False
    rich_menu: YesNo = False

    @model_validator(mode="after")
    def _says_each_thing_once(self) -> Self:
        for ids in ([text.id for text in self.texts], [rule.id for rule in self.rules]):
            if len(set(ids)) < len(ids):
                raise PydanticCustomError("notice_id_twice", "two of a list have one id")
        modes = [effects.mode for effects in self.modes]
        if len(set(modes)) < len(modes):
            raise PydanticCustomError("notice_id_twice", "two effects for one mode")
        steps = [(rule.what, rule.at) for rule in self.rules]
        if len(set(steps)) < len(steps):
            raise PydanticCustomError("step_twice", "two rules for one step")
        whats = {rule.what for rule in self.rules}
        if self.family == "新" and whats & {"洪水", "高潮（旧）"}:
            raise PydanticCustomError("both_families", "a danger of the other family")
        if self.family == "旧" and "高潮" in whats:
            raise PydanticCustomError("both_families", "a danger of the other family")
        return self

    def text(self, text_id: str) -> Wording | None:
        return next((text for text in self.texts if text.id == text_id), None)

    def effects(self, mode: str) -> ModeEffects | None:
        """What this mode (警戒, 災害, 復旧) changes; None for 平常."""
        return next((effects for effects in self.modes if effects.mode == mode), None)

    def rule_for(self, what: str, grade: str) -> Rule | None:
        """The rule of the highest step that this one reaches."""
        reached = [rule for rule in self.rules if rule.what == what and rank(what, rule.at) <= rank(what, grade)]
        return max(reached, key=lambda rule: rank(what, rule.at), default=None)
