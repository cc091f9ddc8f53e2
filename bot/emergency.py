"""Recognises a cry for help before anything else is looked at.

Only phrases that a person in danger writes and that no question about a procedure contains (bot/emergency_words.py).
The sentences that answer them are wording keys, reviewed by staff like every other text (`emergency_*`).
How well it hears is measured by tests/bot/test_emergency.py.
"""

from __future__ import annotations

import re
from functools import lru_cache
from math import inf
from typing import Final, NamedTuple

from bot.emergency_ear import DANGER_FROM, DANGER_WITHOUT_KANA, NUMBER_OF, SHORTEST_CRY, ear
from bot.emergency_parts import PROCEDURE
from bot.emergency_signs import SIGNS
from bot.emergency_words import ALONE, PATTERNS, UNLESS, Emergency
from bot.intents import Intent, recognise, squash
from faq.knowledge import COMMON_LETTERS, REMEMBERED

LONGEST_CRY = 120
"""Letters. In a longer text signs that have nothing to do with each other stand together."""
RULE_IN_DOUBT_BELOW: Final = -2.0
"""Of 1,563 cries of writers that were not learned from and that a rule heard, 16 are below, and 129 of 156 harmless
messages in which a rule heard a cry."""
WISH_TO_DIE_IN_DOUBT_BELOW: Final = -5.0
"""The same for who speaks of dying: none of 157, and 15 of 24 (「消えたいくらい恥ずかしい」)."""
NO_RULE_BELOW: Final = -8.0
"""The same where not even the numbers are needed: one of 1,406, and 60 of 132."""
SURE_OF_KIND: Final = 3.0
"""Then the ear is right about the kind more often than the rule (.91 and .89 of what was not learned from)."""

_MAY_BE_CRIES: Final[frozenset[Intent]] = frozenset({"", "person", "help", "opening", "abuse"})
"""All other intents are words of the talk itself."""
OFFICE: Final = 2.0
"""A message that speaks of a paper, a course, an animal or the past must say so much more to be perhaps a cry."""

_LARGE = str.maketrans("ぁぃぅぇぉっゃゅょ", "あいうえおつやゆよ")


class Heard(NamedTuple):
    """The kind of danger that a message speaks of, or "".

    `torn`: another kind, which needs other numbers, is nearly as likely. `danger` is how much the letters and words say
    for any danger: without a kind it is none, but the nearer to `emergency_ear.DANGER_FROM` (or above), the more it may
    be one.
    """

    kind: Emergency
    torn: bool = False
    danger: float = -inf


def recognise_emergency(text: str) -> Emergency:
    """The kind of danger a message speaks of, or "". One that speaks of two gets the first in the order of PATTERNS.

    >>> recognise_emergency("もう死にたい"), recognise_emergency("死亡届の出し方")
    ('suicide', '')
    """
    return listen(text).kind


def listen(text: str) -> Heard:
    """What a message says of danger, and how sure that is."""
    return _heard_again(text) if len(text) <= COMMON_LETTERS else _heard(text)


def searched_letters(text: str) -> str:
    """The letters of a message as the rules read them."""
    return squash(text).translate(_LARGE)


def _heard(text: str) -> Heard:
    searched = searched_letters(text)
    by_phrase: Emergency = next((kind for kind in _HEARD if _speaks_of(kind, searched)), "")
    if by_phrase:
        return _weighed_again(by_phrase, searched, text)
    if by_signs := _told_by_signs(searched):
        return _weighed_again(by_signs, searched, text)
    return _told_by_less(searched, text)


# Hundreds of patterns for every message: what many people write is looked at once (`faq.knowledge.Knowledge.search`).
_heard_again = lru_cache(maxsize=REMEMBERED)(_heard)


def _speaks_of(kind: Emergency, searched: str) -> bool:
    unless = _NOT_HEARD.get(kind)
    return bool(_HEARD[kind].search(searched)) and not (unless and unless.search(searched))


def _told_by_signs(searched: str) -> Emergency:
    """The kind whose signs all stand in a message that is no story and speaks of no procedure."""
    if len(searched) > LONGEST_CRY or _PROCEDURE.search(searched):
        return ""
    return next((kind for kind, signs in _SIGNS if all(sign.search(searched) for sign in signs)), "")


def _told_by_less(searched: str, text: str) -> Heard:
    """What the letters and words of a message tell (`bot.emergency_ear`).

    Of other languages the ear knows too little to say that a message is perhaps a cry.
    """
    if _ALONE.fullmatch(searched):
        return Heard("", danger=0.0)
    if recognise(text) not in _MAY_BE_CRIES:
        return Heard("")  # 「おわります！」 ends a talk
    if len(searched) > LONGEST_CRY:
        return Heard("")
    procedure, known = _PROCEDURE.search(searched), _KANA.search(searched)
    weighed = ear().hears(searched, text, from_=DANGER_FROM if known else DANGER_WITHOUT_KANA)
    if not weighed.kind or _HEADING.search(text):
        return Heard("", danger=weighed.danger - (OFFICE if procedure else 0.0)) if known else Heard("")
    return Heard(weighed.kind, weighed.kind != "help" and weighed.lead_of_numbers < SURE_OF_KIND, weighed.danger)


def _weighed_again(by_rule: Emergency, searched: str, text: str) -> Heard:
    """What a rule heard, unless all the letters and words say that it is another danger, or none: 「蚊に刺された公園」.
    Then it is perhaps one; nothing at all only where they say so most clearly, and nobody speaks of dying."""
    if not SHORTEST_CRY <= len(searched) <= LONGEST_CRY:
        return Heard(by_rule)
    weighed, to_die = ear().weighs(searched, text), by_rule == "suicide"
    if weighed.danger < (WISH_TO_DIE_IN_DOUBT_BELOW if to_die else RULE_IN_DOUBT_BELOW):
        return Heard("", danger=DANGER_FROM if to_die or weighed.danger > NO_RULE_BELOW else weighed.danger)
    if weighed.danger > 0 and weighed.lead > SURE_OF_KIND and not to_die:
        return Heard(weighed.kind)
    return Heard(by_rule, by_rule != "help" and NUMBER_OF[weighed.kind] != NUMBER_OF[by_rule])


def _folded(pattern: str) -> str:
    """The pattern in the spelling that is searched: hiragana for katakana, small letters (but `\\D` stays what it is),
    no long-vowel mark, no small kana."""
    hiragana = "".join(chr(ord(c) - 0x60) if "ァ" <= c <= "ヶ" else c for c in pattern.replace("ー", ""))
    small = _SIGN.sub(lambda sign: sign[0] if sign[0].startswith("\\") else sign[0].lower(), hiragana)
    return small.translate(_LARGE)


_KANA = re.compile("[ぁ-ん]")
_HEADING = re.compile("【[^】]+】")  # copied from a page
_SIGN = re.compile(r"\\.|.", re.DOTALL)
# What is searched is in small letters already: with IGNORECASE every search would take twice as long.
_HEARD = {kind: re.compile(_folded("|".join(patterns))) for kind, patterns in PATTERNS.items()}
_NOT_HEARD = {kind: re.compile(_folded(pattern)) for kind, pattern in UNLESS.items()}
_SIGNS = tuple((kind, tuple(re.compile(_folded(sign), re.IGNORECASE) for sign in signs)) for kind, signs in SIGNS)
_PROCEDURE = re.compile(_folded(PROCEDURE))
_ALONE = re.compile(_folded(ALONE))
