"""Which places hold a term, and what the term is worth there: BM25 multiplied out once, in flat numpy arrays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float32]


class Hits(NamedTuple):
    """Flat and aligned: the row (which of the asked terms), the place that holds it, the worth of the term there."""

    rows: NDArray[np.intp]
    places: NDArray[np.int32]
    worth: Floats


@dataclass(frozen=True)
class Postings:
    """`starts[t]:starts[t+1]` are the places of term `t`. `rarity` is the term's inverse document frequency."""

    terms: Mapping[str, int]
    starts: Ints
    places: NDArray[np.int32]
    worth: Floats
    rarity: Floats
    size: int

    def hits(self, terms: Sequence[int], weights: Sequence[float]) -> Hits:
        """Everything these terms hold, each term's worth times its weight."""
        spans = [(int(self.starts[term]), int(self.starts[term + 1])) for term in terms]
        if not spans:
            return Hits(np.empty(0, np.intp), np.empty(0, np.int32), np.empty(0, np.float32))
        lengths = [end - start for start, end in spans]
        rows = np.repeat(np.arange(len(spans)), lengths)
        places = np.concatenate([self.places[start:end] for start, end in spans])
        worth = np.concatenate([self.worth[start:end] for start, end in spans])
        return Hits(rows, places, worth * np.repeat(np.asarray(weights, np.float32), lengths))


def rarity_of(frequency: NDArray[np.int64], total: int) -> Floats:
    """BM25's inverse document frequency, never negative."""
    return np.log1p((total - frequency + 0.5) / (frequency + 0.5)).astype(np.float32)


def build_postings(
    texts: Sequence[Sequence[str]],
    lengths: Sequence[int],
    owners: Sequence[int],
    k1: float,
    b: float,
) -> Postings:
    """BM25 over `texts` (their terms). `lengths` counts the words of each (other terms do not make a text longer);
    `owners` tells which entry a text belongs to: a word is as rare as the entries that hold it are few."""
    terms: dict[str, int] = {}
    number = terms.setdefault
    flat = np.fromiter((number(term, len(terms)) for text in texts for term in text), np.int64)
    counts = np.fromiter(map(len, texts), np.int64, len(texts))
    places = np.repeat(np.arange(len(texts), dtype=np.int64), counts)
    size = max(len(texts), 1)
    pairs, occurrences = np.unique(flat * size + places, return_counts=True)
    of_term, of_place = np.divmod(pairs, size)

    length = np.asarray(lengths, np.float64)
    relative = length / (length.mean() or 1.0) if len(length) else length
    saturation = k1 * (1 - b + b * relative)[of_place]
    entries = int(max(owners, default=-1)) + 1
    owned = np.unique(of_term * max(entries, 1) + np.asarray(owners, np.int64)[of_place]) // max(entries, 1)
    rarity = rarity_of(np.bincount(owned, minlength=len(terms)), entries)
    worth = rarity[of_term] * (occurrences * (k1 + 1) / (occurrences + saturation))
    return Postings(
        terms=terms,
        starts=np.searchsorted(of_term, np.arange(len(terms) + 1)),
        places=of_place.astype(np.int32),
        worth=worth.astype(np.float32),
        rarity=rarity,
        size=len(texts),
    )
