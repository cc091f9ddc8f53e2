"""What words mean, as directions: words that stand in the same company point the same way (転居 and 引越し).

`word_vectors.npz` is made by `benchmarks/learn_word_vectors.py` from chiVe (see NOTICE): general Japanese as it is
written everywhere, nothing of any city. 87,742 forms of `faq.text` share 17,687 vectors of 300 numbers.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import chain
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from faq.postings import Floats

FILE: Final = Path(__file__).with_name("word_vectors.npz")
_END: Final = b"\n"
# Words on one shelf.
_SHELF: Final = 64
# Words of which the row is remembered: those of a large city's entries.
_REMEMBERED: Final = 50_000


@dataclass(frozen=True, eq=False)
class WordVectors:
    """`words` are UTF-8 in order of their bytes, one a line, that of number `n` from `starts[n]` on; `rows[n]` is its
    row of `vectors`, whose lengths are `lengths`."""

    words: bytes
    starts: NDArray[np.uint32]
    rows: NDArray[np.uint16]
    vectors: NDArray[np.int8]
    lengths: Floats

    @classmethod
    def of(cls, words: bytes, rows: NDArray[np.uint16], vectors: NDArray[np.int8]) -> WordVectors:
        ends = np.flatnonzero(np.frombuffer(words, np.uint8) == _END[0])
        starts = np.concatenate([[0], ends + 1]).astype(np.uint32)
        squares = np.einsum("ij,ij->i", vectors, vectors, dtype=np.float32)
        return cls(words, starts, rows, vectors, np.sqrt(squares))

    @property
    def width(self) -> int:
        """How many numbers a vector has."""
        return int(self.vectors.shape[1])

    def row(self, form: str) -> int | None:
        """The row of a form, None for one that has no vector."""
        wanted = form.encode("utf-8", "surrogatepass")
        shelf = max(bisect_right(self._shelves, wanted) - 1, 0) * _SHELF
        last = min(shelf + _SHELF, len(self.rows))
        words = self.words[self.starts[shelf] : self.starts[last] - 1].split(_END)
        return int(self.rows[shelf + words.index(wanted)]) if wanted in words else None

    def together(self, rows: Sequence[int], weights: Sequence[float]) -> Floats:
        """The directions of these rows added up, each as long as its weight says."""
        if not rows:
            return np.zeros(self.width, np.float32)
        shares = np.asarray(weights, np.float32) / self.lengths.take(rows)
        whole: Floats = shares @ self.vectors.take(rows, axis=0).astype(np.float32)
        return whole

    def sums(self, texts: Sequence[tuple[Sequence[int], Sequence[float]]]) -> Floats:
        """`together` for many texts, each its rows and weights: a row of numbers a text."""
        counts = np.asarray([len(rows) for rows, _ in texts], np.intp)
        sums = np.zeros((len(texts), self.width), np.float32)
        if counts.any():
            rows = np.fromiter(chain.from_iterable(rows for rows, _ in texts), np.intp)
            weights = np.fromiter(chain.from_iterable(weights for _, weights in texts), np.float32)
            directions = self.vectors.take(rows, axis=0).astype(np.float32)
            directions *= (weights / self.lengths.take(rows)).reshape(-1, 1)
            held = counts > 0
            sums[held] = np.add.reduceat(directions, (counts.cumsum() - counts)[held])
        return sums

    def likeness(self, one: int, other: int) -> float:
        """The cosine of two rows."""
        both = self.vectors[[one, other]].astype(np.float32)
        return float(both[0] @ both[1]) / float(self.lengths[one] * self.lengths[other])

    @cached_property
    def _shelves(self) -> list[bytes]:
        """The first word of every shelf: one is found in these, and then on its shelf."""
        begins = self.starts[:-1:_SHELF]
        return [self.words[begin : self.words.index(_END, begin)] for begin in begins.tolist()]


@lru_cache(maxsize=1)
def word_vectors() -> WordVectors:
    """Those of the file, read once a process."""
    with np.load(FILE, allow_pickle=False) as kept:
        return WordVectors.of(kept["words"].tobytes(), kept["rows"], kept["vectors"])


@lru_cache(maxsize=_REMEMBERED)
def row_of(form: str) -> int | None:
    return word_vectors().row(form)
