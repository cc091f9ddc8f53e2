"""Which places hold a term, and what the term is worth there: BM25 multiplied out once, in flat numpy arrays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import Final

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]


_SMALL: Final = 2**31

Pairs = NDArray[np.int64]
"""A number below 2**31 and what it is worth, side by side: many short stretches are gathered at half the cost."""


def paired(numbers: NDArray[np.int32], worth: Floats) -> Pairs:
    pairs = np.empty(len(numbers), np.int64)
    pairs.view(np.int32)[::2], pairs.view(np.float32)[1::2] = numbers, worth
    return pairs


def unpaired(stretches: Sequence[Pairs]) -> tuple[NDArray[np.intp], Floats]:
    """The numbers of all these stretches, one after the other, and their worth."""
    pairs = np.concatenate(stretches) if stretches else np.empty(0, np.int64)
    return pairs.view(np.int32)[::2].astype(np.intp), pairs.view(np.float32)[1::2]


@dataclass(frozen=True)
class Postings:
    """`starts[t]:starts[t+1]` are the places of term `t`, and what it is worth in each."""

    starts: Ints
    places: NDArray[np.int32]
    worth: Floats
    rarity: Floats
    size: int

    def above(self, least: float) -> Postings:
        """Without the places where a term is worth less than `least`."""
        kept = self.worth >= least
        before = np.concatenate([[0], kept.cumsum()])
        return replace(self, starts=before[self.starts], places=self.places[kept], worth=self.worth[kept])


@dataclass(frozen=True, slots=True)
class Shape:
    """BM25's saturation `k1` and length correction `b`; `power` sharpens the rarity (1 is plain BM25)."""

    k1: float
    b: float
    power: float


class Terms(dict[str, int]):
    """Terms numbered as they come up: a new one is added by being looked up."""

    def __missing__(self, term: str) -> int:
        number = self[term] = len(self)
        return number


def number_terms(texts: Sequence[Sequence[str]], terms: Terms) -> Ints:
    """All terms of the texts as numbers, one text after the other; new terms are added to `terms`."""
    return np.fromiter(map(terms.__getitem__, chain.from_iterable(texts)), np.int64)


def build_postings(
    numbers: Ints,
    counts: Sequence[int],
    lengths: Sequence[int],
    owners: Sequence[int],
    vocabulary: int,
    shape: Shape,
    usual: float | None = None,
) -> Postings:
    """BM25 over texts of `counts` terms each. `lengths` counts their words (other terms do not make a text longer);
    `owners` tells which entry a text belongs to, in order: a word is as rare as the entries that hold it are few.
    `usual` is the length that is neither short nor long (the mean)."""
    size = max(len(counts), 1)
    place_of = np.repeat(np.arange(len(counts), dtype=np.int64), np.asarray(counts, np.int64))
    pairs = numbers * size + place_of
    if vocabulary * size < _SMALL:
        pairs = pairs.astype(np.int32)  # sorted in half the time
    pairs.sort()
    begins = changes(pairs)
    occurrences = np.diff(begins, append=len(pairs))
    of_term, of_place = np.divmod(pairs[begins].astype(np.int64), size)

    length = np.asarray(lengths, np.float64)
    relative = length / (usual or length.mean() or 1.0) if len(length) else length
    saturation = shape.k1 * (1 - shape.b + shape.b * relative)[of_place]
    owner = np.asarray(owners, np.int64)
    entries = int(owner.max()) + 1 if len(owner) else 0
    # Texts of one entry lie side by side, and so do the places of a term.
    owned = changes(of_term * max(entries, 1) + owner[of_place])
    rarity = rarity_of(np.bincount(of_term[owned], minlength=vocabulary), entries, shape.power)
    worth = rarity[of_term] * (occurrences * (shape.k1 + 1) / (occurrences + saturation))
    return Postings(
        starts=np.searchsorted(of_term, np.arange(vocabulary + 1)).astype(np.int64),
        places=of_place.astype(np.int32),
        worth=worth.astype(np.float32),
        rarity=rarity,
        size=len(counts),
    )


def changes(numbers: Ints) -> Ints:
    """Where another number begins."""
    return np.flatnonzero(np.diff(numbers, prepend=-1))


def rarity_of(frequency: NDArray[np.int64], total: int, power: float) -> Floats:
    """BM25's inverse document frequency, never negative; a term that is nowhere counts as the rarest."""
    return (np.log1p((total - frequency + 0.5) / (frequency + 0.5)) ** power).astype(np.float32)
