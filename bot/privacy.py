"""Hides numbers that must not be kept: 個人番号 (My Number) and payment cards, in any width, script and spacing.

This runs at the door, before anything is stored. 個人番号 has 12 digits, the last a check digit (総務省令第85号, 2014,
第5条): with P_n the n-th digit from the right of the first eleven and Q_n = n + 1 (n <= 6) or n - 5 (n >= 7), the
check is 0 if sum(P_n * Q_n) mod 11 <= 1, else 11 minus that. About one in ten random 12-digit numbers passes, which we
accept: hiding an order number is a smaller harm than keeping a My Number. Cards have 13 to 19 digits, start with 2 to
6 and satisfy Luhn (ISO/IEC 7812-1).
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from itertools import pairwise

MASK_MY_NUMBER = "［個人番号のため伏せました］"
MASK_CARD = "［カード番号のため伏せました］"

_OTHER_DIGITS = "²³¹⁰⁴-⁹₀-₉①-⑨⑴-⑼⒈-⒐⓪⓵-⓽⓿❶-❾➀-➈➊-➒"
_KANJI_DIGITS = {kanji: str(n) for n, kanji in enumerate("〇一二三四五六七八九")}
_KANJI_DIGITS |= {"零": "0", "壱": "1", "弐": "2", "参": "3"}
_DIGIT = f"[\\d{_OTHER_DIGITS}{''.join(_KANJI_DIGITS)}]"
"""`\\d` holds the digits of every script and width; the others are those with a circle, a bracket or raised."""

_BETWEEN = "[\\W_ーｰの]{0,40}+"
"""What may stand between two digits: anything that is no letter (spaces, lines, dashes, brackets, the frame of a
keycap emoji), a long vowel typed for a dash, and the の of numbers told aloud. Possessive: nothing to try again."""

_FRAME = "\ufe0e\ufe0f\u20e3"
"""What makes a keycap emoji of the digit before it."""

_RUN = re.compile(f"{_DIGIT}(?:{_BETWEEN}{_DIGIT}){{11,}}")


@dataclass(frozen=True, slots=True)
class Masked:
    """Text that may be stored, and what was hidden in it ("my_number", "card"), in order of appearance."""

    text: str
    kinds: tuple[str, ...]


def is_my_number(digits: str) -> bool:
    """Whether 12 ASCII digits end in the check digit of a 個人番号. `is_my_number("123456789018")` is true."""
    if len(digits) != 12 or len(set(digits)) == 1:
        return False
    body = [int(digit) for digit in reversed(digits[:11])]
    remainder = sum(p * (n + 1 if n <= 6 else n - 5) for n, p in enumerate(body, start=1)) % 11
    return int(digits[11]) == (0 if remainder <= 1 else 11 - remainder)


def is_card_number(digits: str) -> bool:
    """Whether 13 to 19 ASCII digits look like a payment card: issuer digit 2 to 6 and a valid Luhn sum."""
    if not 13 <= len(digits) <= 19 or digits[0] not in "23456" or len(set(digits)) == 1:
        return False
    doubled = (int(digit) * (2 if place % 2 else 1) for place, digit in enumerate(reversed(digits)))
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0


def mask(text: str) -> Masked:
    """The text with every 個人番号 and card number replaced by a sentence that says what stood there."""
    kinds: list[str] = []
    pieces: list[str] = []
    done = 0
    for match in _RUN.finditer(text):
        for start, end, kind in _numbers_within(match.group()):
            pieces += [text[done : match.start() + start], MASK_MY_NUMBER if kind == "my_number" else MASK_CARD]
            done = len(text) - len(text[match.start() + end :].lstrip(_FRAME))
            kinds.append(kind)
    return Masked("".join(pieces) + text[done:], tuple(kinds))


def without_masks(text: str) -> str:
    """The words around what was hidden: what stands in for a number must not be searched for."""
    return text.replace(MASK_MY_NUMBER, " ").replace(MASK_CARD, " ")


def _numbers_within(run: str) -> list[tuple[int, int, str]]:
    """Spans (start, end, kind) of numbers to hide in a run of digits and separators; longest first, never overlapping.

    A run may hold more than the number ("048-000-1110 1234 5678 9018" is a phone and a 個人番号), so the number may
    start and end at any group of the run; inside one unbroken group of digits it must be the whole group.
    「①1234…」 are two groups: what counts a list is no part of the number.
    """
    places = [(index, _ascii_digit(char)) for index, char in enumerate(run) if _ascii_digit(char)]
    breaks = {n for n, ((before, _), (index, _)) in enumerate(pairwise(places), 1) if _apart(run, before, index)}
    starts, ends = {0, *breaks}, {len(places) - 1, *(n - 1 for n in breaks)}
    found: list[tuple[int, int, str]] = []
    position = 0
    while position < len(places):
        span = _number_at(places, position, ends) if position in starts else None
        if span is None:
            position += 1
            continue
        length, kind = span
        found.append((places[position][0], places[position + length - 1][0] + 1, kind))
        position += length
    return found


def _number_at(places: list[tuple[int, str]], position: int, ends: set[int]) -> tuple[int, str] | None:
    digits = "".join(digit for _, digit in places[position : position + 19])
    for length in (*range(19, 12, -1), 12):
        if len(digits) < length or position + length - 1 not in ends:
            continue
        candidate = digits[:length]
        if length == 12 and is_my_number(candidate):
            return length, "my_number"
        if length > 12 and is_card_number(candidate):
            return length, "card"
    return None


def _apart(run: str, before: int, index: int) -> bool:
    """Whether two digits that follow each other belong to two groups."""
    return index != before + 1 or run[before].isdecimal() != run[index].isdecimal()


def _ascii_digit(char: str) -> str:
    if char in _KANJI_DIGITS:
        return _KANJI_DIGITS[char]
    value = unicodedata.digit(char, -1)
    return str(value) if value >= 0 else ""
