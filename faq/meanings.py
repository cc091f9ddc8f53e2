"""How near an entry is to a question by what their words mean, whichever words they are.

    赤ちゃんが生まれた is near 出生届を出したい: 赤ちゃん and 出生 stand in the same company, 生まれる and 出産 do.

The meaning of a text is the sum of the directions of its words (`faq.word_vectors`), rare words counting most. How rare
a word is, the common topics of city halls tell (`faq.topics`), not the index: so an entry keeps its meaning whatever
stands beside it. Meanings only order entries that were found by their words.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from threading import Lock
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from faq.postings import Doubles, Floats
from faq.text import analyse_once, normalise_once
from faq.topics import common_topics
from faq.word_vectors import row_of, word_vectors

Words = tuple[str, ...]
_Weighed = tuple[list[int], list[float]]

_REMEMBERED: Final = 50_000
# Texts added up in one step: their words' directions stay in the processor's cache.
_AT_ONCE: Final = 32
_LARGEST: Final = 127
_NOTHING: Final = 1e-4


class _Meaning(NamedTuple):
    """A direction in whole steps, and how long the sum of the words is that it was made from."""

    steps: NDArray[np.int8]
    size: float


class Meant(NamedTuple):
    """The words of a question, each with how often it is said, and where they point together: a vector of length 1, or
    zeros."""

    counts: Mapping[str, int]
    direction: Floats


_lock = Lock()
_memory: dict[tuple[bool, Words], _Meaning] = {}


@dataclass(frozen=True, eq=False)
class Meanings:
    """The directions of each entry's asks and of its answer (`steps`: entry × 2 × numbers of a vector).

    `shares` is 1 / their lengths, `of_both` 1 / the length of both directions added up (0 for none), `sizes` the
    lengths of the sums of the asks' words.
    """

    steps: NDArray[np.int8]
    shares: Floats
    of_both: Floats
    sizes: Floats

    @classmethod
    def of(cls, entries: Sequence[tuple[Words, Words]]) -> Meanings:
        """From the words of each entry's asks and of its answer."""
        asked = _meanings([words for words, _ in entries], often=False)
        answered = _meanings([words for _, words in entries], often=True)
        steps = np.zeros((len(entries), 2, word_vectors().width), np.int8)
        for entry, (ask, answer) in enumerate(zip(asked, answered, strict=True)):
            steps[entry] = ask.steps, answer.steps
        shares = _inverse(np.sqrt(np.einsum("ijk,ijk->ij", steps, steps, dtype=np.float32)))
        alike = np.einsum("ik,ik->i", steps[:, 0], steps[:, 1], dtype=np.float32) * shares.prod(1)
        both = np.sqrt(np.maximum((shares > 0).sum(1, dtype=np.float32) + 2 * alike, 0))
        return cls(steps, shares, _inverse(both), np.asarray([ask.size for ask in asked], np.float32))

    def near(self, meant: Meant, entries: NDArray[np.intp], copied: int | None = None) -> Doubles:
        """Three rows, one column an entry: the cosines of a question with the entry's asks, with its answer, and with
        both together. -1 to 1, 0 where there is nothing to compare.

        When the question is a copy of one of the asks of entry `copied`, that ask is left out.
        """
        found = np.zeros((3, len(entries)))
        counts, direction = meant
        if not direction.any():
            return found
        # Not `@`: for so little it would wake the threads of BLAS.
        cosines = np.vecdot(self.steps.take(entries, axis=0).astype(np.float32), direction)
        cosines *= self.shares.take(entries, axis=0)
        found[:2] = cosines.T
        np.add(found[0], found[1], out=found[2])
        found[2] *= self.of_both.take(entries)
        if copied is not None:
            for column in np.flatnonzero(entries == copied).tolist():
                found[::2, column] = self._without(counts, direction, copied)
        return found

    def typical(self, entries: NDArray[np.intp], weights: Doubles) -> Doubles:
        """How near the asks of each of these entries are to those of all of them: cosines with the sum of the
        directions in which each counts by its weight."""
        asks = self.steps[entries, 0] * self.shares[entries, 0].reshape(-1, 1)
        middle = weights.astype(np.float32) @ asks
        cosines: Doubles = (asks @ middle / max(_length(middle), _NOTHING)).astype(float)
        return cosines

    def _without(self, counts: Mapping[str, int], direction: Floats, entry: int) -> tuple[float, float]:
        """The first and the last row for an entry of which these words are not counted as its own."""
        asks, answer = self.steps[entry] * self.shares[entry, :, None]
        left = asks * self.sizes[entry] - _direction(counts, often=False)
        left /= max(_length(left), _NOTHING)
        both = left + answer
        return float(left.dot(direction)), float(both.dot(direction)) / max(_length(both), _NOTHING)


def meant_by(words: Iterable[str]) -> Meant:
    """What these words of a question mean together."""
    counts: dict[str, int] = {}
    for word in words:  # a Counter takes four times as long for so few
        counts[word] = counts.get(word, 0) + 1
    direction = _direction(counts, often=True)
    length = _length(direction)
    if length:
        direction /= length
    return Meant(counts, direction)


def direction_of(text: str) -> Floats:
    """Where the words of a text point together, as a vector of length 1; all zeros when none of them points anywhere.

    All its words count, also those by which questions are asked and that search does not look for.
    """
    tokens = analyse_once(normalise_once(text))
    whole = _direction(Counter(token.form for token in tokens if not token.idle), often=True)
    length = _length(whole)
    return whole / np.float32(length) if length else whole


def likest(words: Iterable[str], others: Iterable[str]) -> list[tuple[str, str, float]]:
    """For each word that one of the others which is most like it, and how like (the cosine)."""
    vectors = word_vectors()
    against = [(row, other) for other in dict.fromkeys(others) if (row := row_of(other)) is not None]
    found = []
    for word in dict.fromkeys(words):
        row = row_of(word)
        if row is not None and against:
            likeness, other = max((vectors.likeness(row, one), name) for one, name in against)
            found.append((word, other, likeness))
    return found


def _meanings(texts: Sequence[Words], often: bool) -> list[_Meaning]:
    """One a text: the next build of an edited city works out only what is new."""
    found = {words: _memory.get((often, words)) for words in texts}
    fresh = [words for words, known in found.items() if known is None]
    for first in range(0, len(fresh), _AT_ONCE):
        some = fresh[first : first + _AT_ONCE]
        found.update(zip(some, _in_steps([_weighed(Counter(words), often) for words in some]), strict=True))
    with _lock:
        if len(_memory) + len(fresh) > _REMEMBERED:
            _memory.clear()
        _memory.update(((often, words), meaning) for words in fresh if (meaning := found[words]) is not None)
    return [meaning for words in texts if (meaning := found[words]) is not None]


def _in_steps(weighed: Sequence[_Weighed]) -> Iterator[_Meaning]:
    """The words of each text added up, in steps of the largest of its numbers / 127: the cosine moves by less than
    .01."""
    whole = word_vectors().sums(weighed)
    largest = np.maximum.reduce(np.abs(whole), 1, keepdims=True)
    steps = np.rint(whole * np.divide(_LARGEST, largest, out=np.zeros_like(largest), where=largest > 0))
    sizes = np.sqrt(np.einsum("ij,ij->i", whole, whole)).tolist()
    yield from map(_Meaning, steps.astype(np.int8), sizes)


def _direction(counts: Mapping[str, int], often: bool) -> Floats:
    """These words added up: nothing (all zeros) when none of them has a direction.

    A word counts by its rarity; in a text that says it `often`, 1 + ln(times) times, otherwise every time.
    """
    return word_vectors().together(*_weighed(counts, often))


def _weighed(counts: Mapping[str, int], often: bool) -> _Weighed:
    """The rows of the words that have a direction, and what each counts."""
    rows, weights = [], []
    for word, said in counts.items():
        known = _known(word)
        if known is not None:
            rows.append(known[0])
            weights.append(known[1] * (_dampened(said) if often else said))
    return rows, weights


def _length(vector: Floats) -> float:
    return math.sqrt(vector.dot(vector))


def _inverse(lengths: Floats) -> Floats:
    return np.divide(1, lengths, out=np.zeros_like(lengths), where=lengths > _NOTHING)


@lru_cache(maxsize=_REMEMBERED)
def _known(word: str) -> tuple[int, float] | None:
    """The row of a word that has a direction, and how rare it is."""
    row = row_of(word)
    if row is None:
        return None
    topics = common_topics()
    number = topics.terms.get(word)
    return row, topics.rarest if number is None else float(topics.rarity[number])


@lru_cache(maxsize=256)
def _dampened(said: int) -> float:
    return 1.0 + math.log(said)
