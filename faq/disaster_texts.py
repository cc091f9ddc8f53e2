"""The approved texts of a disaster: `_base/disaster_texts.yaml`, and over it the city's `disaster_texts.yaml` by id.

    texts, problems = disaster_texts({"disaster_texts.yaml": …}, {"disaster_texts.yaml": …})

Staff press a button and the text is there in three languages; nobody composes with shaking hands.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Annotated, Final, Literal, get_args

from pydantic import AfterValidator, Field, StringConstraints
from pydantic_core import PydanticCustomError

from faq.content import DISASTER_TEXTS_FILE as FILE
from faq.entry import Identifier, Strict
from faq.places import Hazard
from faq.problems import Problem
from faq.reader import read_model

BASE: Final = "_base/"
Group = Literal["evacuation", "shelter", "water", "support"]
Asked = Literal["areas", "reason", "places"]
TextLanguage = Literal["ja", "easy", "en"]
LANGUAGES: Final[tuple[TextLanguage, ...]] = get_args(TextLanguage)
BRACES: Final = ("areas", "reason", "places", "city", "phone", "website", "number", "time", "title")
_BRACE: Final = re.compile(r"\{([^{}]*)\}")


def _braces_are_known(text: str) -> str:
    if any(found[1] not in BRACES for found in _BRACE.finditer(text)):
        raise PydanticCustomError("disaster_brace", "a brace that nobody fills")
    return text


_Known = AfterValidator(_braces_are_known)
Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=800), _Known]
Short = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60, pattern=r"^[^\n]*$"), _Known
]
Mark = Annotated[str, StringConstraints(min_length=1, max_length=60, pattern=r"^[^\n]*$")]


class Spoken(Strict):
    """Something with a field for each language."""

    def said(self, language: TextLanguage) -> str:
        text: str = getattr(self, language)
        return text


class ShortIn(Spoken):
    """A line in each language."""

    ja: Short
    easy: Short
    en: Short


class DrillMark(Spoken):
    """What stands before every title and text of a drill."""

    ja: Mark
    easy: Mark
    en: Mark


class Reason(Spoken):
    """Why people have to leave, as a sentence in each language; `name` is what staff choose.

    `hazard`: what a place to flee to has to be safe in while an order for this reason is in force.
    """

    id: Identifier
    name: Short
    hazard: Hazard | None = None
    ja: Short
    easy: Short
    en: Short


class FollowUp(Spoken):
    """A correction or an all-clear; `{number}`, `{time}` and `{title}` are the original's."""

    title: ShortIn
    ja: Words
    easy: Words
    en: Words


class DisasterText(FollowUp):
    """What one big button issues. `level` is the city's own 警戒レベル; `asks` what the form asks for."""

    id: Identifier
    group: Group
    button: Short
    level: Literal["", "3", "4", "5"] = ""
    asks: tuple[Asked, ...] = ()


class DisasterTextsFile(Strict):
    """The file. A city may write any part of it; what it leaves out is the base's."""

    drill: DrillMark | None = None
    reasons: tuple[Reason, ...] = Field(default=(), max_length=20)
    texts: tuple[DisasterText, ...] = Field(default=(), max_length=40)
    correction: FollowUp | None = None
    all_clear: FollowUp | None = None
    ended: FollowUp | None = None


@dataclass(frozen=True)
class DisasterTexts:
    """Both files laid over each other. `all_clear` lifts what made people leave; what else is over has `ended`."""

    drill: DrillMark
    reasons: Mapping[str, Reason]
    texts: Mapping[str, DisasterText]
    correction: FollowUp
    all_clear: FollowUp
    ended: FollowUp

    def of_group(self, group: Group) -> tuple[DisasterText, ...]:
        return tuple(text for text in self.texts.values() if text.group == group)


def disaster_texts(
    files: Mapping[str, str], base_files: Mapping[str, str]
) -> tuple[DisasterTexts | None, tuple[Problem, ...]]:
    """The texts of a city, None where not even the base has them; a file with a mistake is left out whole."""
    base, problems = _read(f"{BASE}{FILE}", base_files.get(FILE))
    own, found = _read(FILE, files.get(FILE))
    layers = [layer for layer in (base, own) if layer is not None]
    drill = next((layer.drill for layer in reversed(layers) if layer.drill), None)
    correction = next((layer.correction for layer in reversed(layers) if layer.correction), None)
    all_clear = next((layer.all_clear for layer in reversed(layers) if layer.all_clear), None)
    ended = next((layer.ended for layer in reversed(layers) if layer.ended), None)
    texts = {text.id: text for layer in layers for text in layer.texts}
    reasons = {reason.id: reason for layer in layers for reason in layer.reasons}
    if drill is None or correction is None or all_clear is None or not texts:
        return None, problems + found
    return DisasterTexts(drill, reasons, texts, correction, all_clear, ended or all_clear), problems + found


@lru_cache(64)
def _read(path: str, text: str | None) -> tuple[DisasterTextsFile | None, tuple[Problem, ...]]:
    return read_model(DisasterTextsFile, path, text) if text is not None else (None, ())


def filled(text: str, values: Mapping[str, str]) -> str:
    """The braces filled; an empty value takes its line along when nothing else stands on it."""
    lines = []
    for line in text.splitlines():
        said = _BRACE.sub(lambda found: values.get(found[1], ""), line)
        if said.strip() or not line.strip():
            lines.append(said)
    return "\n".join(lines)
