"""Finding words in past talks as people write them: ゴミ and ごみ, ＡＢＣ and abc are one. No sign is a wildcard.

Both engines match one letter class after the other (SQLite: GLOB, PostgreSQL: a regular expression), on the words
themselves. No copy of residents' words is kept for searching, so what was erased cannot be found by construction.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import ColumnElement, Text, bindparam, literal

MAX_WORDS, MAX_LETTERS = 5, 50
"""So many words of a search are looked for, and so many letters of each."""

_HIRAGANA, _KATAKANA, _APART = 0x3041, 0x30A1, 0x60
_KANA: Final = range(0x3041, 0x3097)
_FULL_WIDTH: Final = 0xFEE0
_HALF_KANA: Final = {unicodedata.normalize("NFKC", chr(code)): chr(code) for code in range(0xFF65, 0xFFA0)}


def words_of(query: str) -> tuple[str, ...]:
    """The words of a search, all of which must be found: cut at blanks, folded, few enough to look for."""
    folded = unicodedata.normalize("NFKC", query.replace("\x00", "")).split()
    return tuple(dict.fromkeys(word[:MAX_LETTERS] for word in folded))[:MAX_WORDS]


@lru_cache(4096)
def spellings(letter: str) -> str:
    """Every way of writing one letter: both kana, both widths, both cases; itself first."""
    ways = {letter: None, letter.lower(): None, letter.upper(): None}
    for way in tuple(ways):
        code = ord(way) if len(way) == 1 else 0
        if code in _KANA:
            ways[chr(code + _APART)] = None
        elif code - _APART in _KANA:
            ways[chr(code - _APART)] = None
        elif 0x21 <= code <= 0x7E:
            ways[chr(code + _FULL_WIDTH)] = None
    for way in tuple(ways):
        if way in _HALF_KANA:
            ways[_HALF_KANA[way]] = None
    return "".join(way for way in ways if len(way) == 1)


def glob(word: str) -> str:
    """The word anywhere, as a pattern of SQLite's GLOB: `*[ごゴ][みミ]*`."""
    return "*" + "".join(_glob_letter(spellings(letter)) for letter in word) + "*"


def _glob_letter(ways: str) -> str:
    if "]" in ways:  # stands first to be itself; no other spelling of it but the wide one
        return "[]" + ways.replace("]", "") + "]"
    if "^" in ways:  # must not stand first
        return "[" + ways.replace("^", "") + "^]"
    return ways if len(ways) == 1 and ways not in "*?[" else f"[{ways}]"


def regular_expression(word: str) -> str:
    """The word anywhere, as a regular expression of PostgreSQL: `[ごゴ][みミ]`."""
    return "".join(f"[{''.join(_escaped(way) for way in spellings(letter))}]" for letter in word)


def _escaped(letter: str) -> str:
    return letter if letter.isalnum() or not letter.isascii() else f"\\{letter}"


def holds(column: ColumnElement[Any], word: str, dialect: str) -> ColumnElement[bool]:
    """Whether the column holds the word, in whatever spelling."""
    if dialect == "sqlite":
        return column.op("GLOB", is_comparison=True)(literal(glob(word), Text))
    return column.regexp_match(bindparam(None, regular_expression(word), Text))


def place_of(text: str, word: str) -> int:
    """Where the word begins in a text; -1 when it is not there. The same as `holds`, for marking what was found."""
    classes = [spellings(letter) for letter in word]
    last = len(text) - len(classes)
    return next(
        (start for start in range(last + 1) if all(text[start + n] in ways for n, ways in enumerate(classes))), -1
    )
