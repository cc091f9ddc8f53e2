"""The nearest word of the index for a word that nobody wrote there: マイナンバ → まいなんばー.

Only words are compared with words. Comparing whole questions by letters finds the wrong entry nine times in ten
(`docs/matching.md`), and a known word is never changed into another.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz, process

from faq.postings import changes

# Two letters resemble everything.
SHORTEST_WORD: Final = 3
NEAREST: Final = 2
_CODE_BITS: Final = 32


@dataclass(frozen=True, slots=True)
class Spellings:
    """The words of an index that others may be mistaken for. `held[slice(*letters[c])]` are the numbers of those with
    letter `c` in them: of thousands of words only the few that share enough letters are compared."""

    words: tuple[str, ...]
    lengths: NDArray[np.int32]
    held: NDArray[np.int32]
    letters: Mapping[str, tuple[int, int]]


def spelling_choices(terms: Iterable[str]) -> Spellings:
    """The words among these terms."""
    words = tuple(term for term in terms if len(term) >= SHORTEST_WORD and not term.startswith(("=", "~")))
    lengths = np.asarray([len(word) for word in words], np.int32)
    codes = np.frombuffer("".join(words).encode("utf-32-le", "surrogatepass"), np.uint32).astype(np.int64)
    pairs = np.sort(codes << _CODE_BITS | np.arange(len(words)).repeat(lengths))
    code, number = np.divmod(pairs[changes(pairs)], 1 << _CODE_BITS)
    begins = changes(code).tolist()
    ends = [*begins[1:], len(code)]
    letters = {chr(code[begin]): (begin, end) for begin, end in zip(begins, ends, strict=False)}
    return Spellings(words, lengths, number.astype(np.int32), letters)


def nearest(word: str, choices: Spellings, ratio: float) -> list[tuple[str, float]]:
    """Up to two words of at least this likeness (0 to 100), with likeness as a share of 1, the nearest first."""
    if len(word) < SHORTEST_WORD:
        return []
    near = [choices.words[number] for number in _sharing(word, choices, ratio)]
    if not near:
        return []
    found = process.extract(word, near, scorer=fuzz.ratio, score_cutoff=ratio, limit=NEAREST)
    return [(term, likeness / 100) for term, likeness, _ in found]


def _sharing(word: str, choices: Spellings, ratio: float) -> list[int]:
    """Those that can be so like it at all: likeness is twice the letters in common order, of the letters of both."""
    stretches = [choices.held[slice(*choices.letters[letter])] for letter in word if letter in choices.letters]
    if not stretches:
        return []
    shared = np.bincount(np.concatenate(stretches), minlength=len(choices.words))
    enough = shared * (200 / ratio) >= choices.lengths + (len(word) - 1e-6)
    numbers: list[int] = enough.nonzero()[0].tolist()
    return numbers
