"""個人番号 in content: a number that must never stand in a text for residents.

The check digit is that of 総務省令第85号（平成26年）第5条. One random 12-digit number in ten passes it, so only
numbers that stand alone (12 digits, or 4-4-4) count, and addresses of web pages are left out.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from faq.content import CityFiles
from faq.problems import Problem

_WEIGHTS: Final = (6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2)
_TWELVE: Final = re.compile(r"(?<![\d-])(?:\d{12}|\d{4}([ -])\d{4}\1\d{4})(?![\d-])")
_URL: Final = re.compile(r"(?:https?|tel|mailto):\S+")


def is_my_number(digits: str) -> bool:
    """Whether these twelve digits pass the check digit."""
    remainder = sum(int(digit) * weight for digit, weight in zip(digits, _WEIGHTS, strict=False)) % 11
    return int(digits[11]) == (0 if remainder <= 1 else 11 - remainder)


def holds_my_number(text: str) -> bool:
    """Whether a 12-digit number that passes stands in this text, in any width, outside of addresses."""
    plain = unicodedata.normalize("NFKC", _URL.sub(" ", text))
    return any(is_my_number(re.sub(r"\D", "", match.group())) for match in _TWELVE.finditer(plain))


def my_number_problems(files: CityFiles) -> Iterator[Problem]:
    """One problem for each line that holds such a number; the number itself is not repeated."""
    message = "マイナンバー（個人番号）と思われる12けたの数字があります。すぐに消してください。"
    for path, text in files.items():
        for line in _lines_with_one(text):
            yield Problem(path, line, "個人番号", message)


@lru_cache(600)
def _lines_with_one(text: str) -> tuple[int, ...]:
    """Kept by content, because it is asked at every edit of any file."""
    return tuple(line for line, content in enumerate(text.splitlines(), 1) if holds_my_number(content))
