"""`notices:` of `city.yaml`: what residents may choose to hear of, where they may live, and what only this city asks.

Each id stands in what residents have chosen, so it is never changed; a topic that is taken away is heard by nobody.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Annotated, Final, Literal, Self

from pydantic import AfterValidator, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from faq.entry import Identifier, Line, Strict
from faq.handoff import MailAddresses
from faq.yes_no import YesNo

LATIN: Final = ("en", "vi", "pt")
"""Written in the letters in which `Area.en` stands."""

_LATIN_LETTERS: Final = re.compile("[ -~À-ɏ]+")
NoticeLanguage = Literal["ja", "easy", "en", "zh", "ko", "vi", "pt"]
Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40, pattern=r"^[^\n]*$")]


def _in_latin_letters(words: str) -> str:
    if not _LATIN_LETTERS.fullmatch(words):
        raise PydanticCustomError("not_latin", "not in Latin letters")
    return words


LatinWords = Annotated[Words, AfterValidator(_in_latin_letters)]


class NoticeTopic(Strict):
    """Something to hear of. `from_start`: new friends on LINE hear of it until they say no, and are told so."""

    id: Identifier
    title: Words
    easy: Words | None = None
    from_start: YesNo = False
    kind: Literal["disaster", "news"] = "news"


class Area(Strict):
    """A part of the city; `towns` are the 町字 in it, by which residents find it.

    `easy` is its name in やさしい日本語 (left out: the name with its kana), `en` in Latin letters.
    """

    id: Identifier
    name: Words
    kana: Words
    easy: Words | None = None
    en: LatinWords | None = None
    towns: tuple[Line, ...] = ()

    def said(self, language: str) -> str:
        """Its name for readers of this language."""
        if language == "ja":
            return self.name
        if language in LATIN and self.en:
            return self.en
        return self.easy or f"{self.name}({self.kana})"


class NoticeChoice(Strict):
    """One answer of a question."""

    id: Identifier
    title: Words
    easy: Words | None = None


class NoticeQuestion(Strict):
    """A fact of the household. `month` takes months of birth, one a child; `choice` any of the `choices`."""

    id: Identifier
    ask: Words
    easy: Words | None = None
    kind: Literal["month", "choice"]
    choices: tuple[NoticeChoice, ...] = Field(default=(), max_length=12)

    @model_validator(mode="after")
    def _choices_are_for_a_choice(self) -> Self:
        if (self.kind == "choice") != bool(self.choices):
            raise PydanticCustomError("question_and_choices", "choices belong to kind: choice")
        _different(self.choices)
        return self


class Notices(Strict):
    """`approval`: a second person approves each notice before it is sent. `languages`: what staff may write in.

    `mails`: where a notice goes by mail: the posting address of the city's mail magazine, the fire brigade, the radio.
    """

    topics: tuple[NoticeTopic, ...] = Field(default=(), max_length=20)
    areas: tuple[Area, ...] = Field(default=(), max_length=100)
    questions: tuple[NoticeQuestion, ...] = Field(default=(), max_length=10)
    approval: YesNo = False
    languages: tuple[NoticeLanguage, ...] = ("ja", "easy")
    mails: MailAddresses = ()

    @model_validator(mode="after")
    def _ids_are_different(self) -> Self:
        for things in (self.topics, self.areas, self.questions):
            _different(things)
        return self

    @property
    def from_start(self) -> tuple[NoticeTopic, ...]:
        """The topics that new friends hear of from the start."""
        return tuple(topic for topic in self.topics if topic.from_start)

    def topic(self, topic_id: str) -> NoticeTopic | None:
        return next((topic for topic in self.topics if topic.id == topic_id), None)

    def area(self, area_id: str) -> Area | None:
        return next((area for area in self.areas if area.id == area_id), None)

    def question(self, question_id: str) -> NoticeQuestion | None:
        return next((question for question in self.questions if question.id == question_id), None)


def _different(things: Iterable[NoticeTopic | Area | NoticeQuestion | NoticeChoice]) -> None:
    ids = [thing.id for thing in things]
    if len(set(ids)) < len(ids):
        raise PydanticCustomError("notice_id_twice", "two of a list have one id")
