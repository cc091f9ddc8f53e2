"""The nearest word of the index for a word that nobody wrote there: マイナンバ → まいなんばー.

Only words are compared with words. Comparing whole questions by letters finds the wrong entry nine times in ten
(`docs/matching.md`), and a known word is never changed into another.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from rapidfuzz import fuzz, process

# Two letters resemble everything.
SHORTEST_WORD: Final = 3
NEAREST: Final = 2


def spelling_choices(terms: Iterable[str]) -> tuple[str, ...]:
    """The words of an index that others may be mistaken for."""
    return tuple(term for term in terms if len(term) >= SHORTEST_WORD and not term.startswith(("=", "~")))


def nearest(word: str, choices: Sequence[str], ratio: float) -> list[tuple[str, float]]:
    """Up to two words of at least this likeness (0 to 100), with likeness as a share of 1, the nearest first."""
    if len(word) < SHORTEST_WORD:
        return []
    found = process.extract(word, choices, scorer=fuzz.ratio, score_cutoff=ratio, limit=NEAREST)
    return [(term, likeness / 100) for term, likeness, _ in found]
