"""How residents spell: the same words in any width, script and punctuation, with and without readings in brackets."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_DROPPED = re.compile(r"[\s!！?？。、.,…・~〜ー\-―♪☆★()（）「」]+")
_READING = re.compile(r"[(（][ぁ-んァ-ヴー\s]+[)）]")
_READ_WORD = re.compile(r"[一-鿿々〆ヶ]+[(（]([ぁ-んァ-ヴー\s]+)[)）]")
_FIGURES = re.compile(r"\d[\d年月日時分〒+#]{3,}|\d{1,4}月\d{1,2}日|〒\d+")
_BETWEEN = re.compile(
    r"[。！？!?\n]+|(?:(?<=[。、！？!?\sてすい])|^)(?:あと|それと|それから|ついでに|もうひとつ|もう一つ)[、は]?"
)

_AND = re.compile(
    r"(?<=[々一-鿿ぁ-ゖァ-ヺー])と(?:[、，, 　]*)"
    r"(?!一緒|いっしょ|言|思|聞|同|けん|ころ|[かきこもはいおしなりれらうのってど])"
)
"""The と between two nouns; not that of という, ところ, とき, といっしょに."""

LONGEST_PAIR = 60
SHORTEST_PART = 4
RECENT = 8
"""Messages. A dozen steps look at the same message one after the other; what the last few look like without marks is
kept in memory, so that each step need not work it out again. Nothing else remembers residents' words here."""
LAST_PARTS = 8
"""A story ends with what is asked; a longer one is not read from its beginning."""


class _Folding(dict[int, str | None]):
    """What becomes of each character, found out once: katakana to hiragana, symbols and controls to nothing."""

    def __missing__(self, code: int) -> str | None:
        char = chr(code)
        kept = not _is_mark(char) or char in "+#"
        self[code] = (chr(code - 0x60) if "ァ" <= char <= "ヶ" else char) if kept else None
        return self[code]


_FOLDING = _Folding()


@lru_cache(maxsize=RECENT)
def squash(text: str) -> str:
    """Text without width, case, kana script, spaces, marks and emoji: 「ﾒﾆｭｰ！」 and 「めにゅー」 become the same."""
    return _DROPPED.sub("", unicodedata.normalize("NFKC", text).casefold().translate(_FOLDING))


def _is_mark(char: str) -> bool:
    """Symbols, controls, and what turns a letter into an emoji (U+FE0F, U+20E3)."""
    return unicodedata.category(char)[0] in "SC" or char in "\ufe0f\u20e3"


def has_emoji(text: str) -> bool:
    return any(unicodedata.category(char) in ("So", "Sk") for char in text)


def without_readings(text: str) -> str:
    """「人(ひと)に 聞(き)く」 as it is typed: 「人に 聞く」."""
    return _READING.sub("", text)


def is_label(text: str, label: str) -> bool:
    """Whether these are the words of the button: as shown, without the readings, or in kana."""
    return not typed(text).isdisjoint(spellings(label))


@lru_cache(maxsize=RECENT)
def typed(text: str) -> frozenset[str]:
    """A message as it may stand for a button: squashed as it is, and without readings; without letters it is none."""
    return frozenset(filter(None, (squash(text), squash(without_readings(text)))))


@lru_cache(maxsize=2048)
def spellings(label: str) -> frozenset[str]:
    """A button's words in every spelling that picks it. Labels are the city's text and few; they are worth keeping."""
    return frozenset((squash(label), squash(without_readings(label)), squash(_READ_WORD.sub(r"\1", label))))


@lru_cache(maxsize=2048)
def squashed_label(label: str) -> str:
    """A button's words as most people type them."""
    return squash(without_readings(label))


def is_kana(text: str) -> bool:
    """Whether squashed text is hiragana only: short pieces of it stand in any other word."""
    return all("ぁ" <= char <= "ゖ" for char in text)


def only_figures(text: str) -> bool:
    """Whether a message is a phone number, a postal code, a day or another number, and nothing else.

    Not so 「119」 or 「#7119」: three or four figures may be what somebody wants to know about.
    """
    figures = re.sub(r"[/:]", "", squash(text))
    return bool(_FIGURES.fullmatch(figures)) and not figures.startswith("#")


def parts(text: str) -> tuple[str, ...]:
    """The sentences of a message that are long enough to mean something, the last eight of them."""
    sentences = (sentence.strip(" 　、") for sentence in _BETWEEN.split(text))
    return tuple(sentence for sentence in sentences if len(squash(sentence)) >= SHORTEST_PART)[-LAST_PARTS:]


def halves(text: str) -> tuple[str, ...]:
    """Two things named in one breath: 「転入と児童手当の手続き」 → 「転入」「児童手当の手続き」; () where not."""
    sides = _AND.split(text) if len(text) <= LONGEST_PAIR else []
    return tuple(sides) if len(sides) == 2 and all(len(squash(side)) > 1 for side in sides) else ()
