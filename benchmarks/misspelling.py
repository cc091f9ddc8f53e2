"""Questions as thumbs type them: made from judged ones, to learn from and to measure with."""

from __future__ import annotations

import random
import re
from typing import Final

from faq.text import analyse, normalise

# Of a hundred characters so many are left out, typed twice or swapped with the next.
MISTYPED: Final = 0.08
_KANJI: Final = re.compile("[一-鿿]")


def mistyped(text: str, seed: int) -> str:
    """The text with typing errors; the same seed makes the same errors."""
    chance, typed, at = random.Random(seed), [], 0
    while at < len(text):
        if chance.random() >= MISTYPED:
            typed.append(text[at])
        else:
            kind = chance.choice(("left out", "twice", "swapped"))
            if kind == "twice":
                typed.append(text[at] * 2)
            elif kind == "swapped" and at + 1 < len(text):
                typed.append(text[at + 1] + text[at])
                at += 1
            elif kind == "swapped":
                typed.append(text[at])
        at += 1
    return "".join(typed)


def in_kana(text: str) -> str:
    """Every word written with kanji, as it sounds."""
    return "".join(
        token.reading if _KANJI.search(token.surface) else token.surface for token in analyse(normalise(text))
    )
