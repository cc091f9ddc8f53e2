"""The most that any ask of each entry gives, for all entries at once, in a few vector steps.

A place is an ask or an answer. Places lie in rounds: first the first ask of every entry, then the second of those that
have one, and so on, with the entries of most asks in front; behind them the answers, in the same order of entries.
Every round is then one stretch over the front of the entries, and rounds of much the same width are a table. (numpy's
`reduceat` needs twenty times as long, because each entry is a loop of its own.)
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from faq.postings import Doubles

Places = NDArray[np.intp]


# Rounds are laid side by side as a block, each as wide as the block's first one, while that takes at most so many times
# the places they need, or so many places in all: one step for a block instead of one for a round.
_SPARE: Final = 1.25
_SMALL: Final = 4096
_MARKS: Final = np.arange(1, 256, dtype=np.uint8).reshape(-1, 1)


@dataclass(frozen=True, slots=True)
class Rounds:
    """`place_of[a]` is where ask `a` lies. `entry_at[p]` is the entry that stands at position `p` of its rounds, and
    `places[p]` are all its places, filled up with `size`, where nothing is. `answers` are the places of the answers;
    `blocks` are the first place, the number of rounds and the width of each block of rounds."""

    place_of: Places
    entry_at: Places
    places: NDArray[np.int32]
    answers: slice
    blocks: tuple[tuple[int, int, int], ...]

    @staticmethod
    def of(asks: Sequence[int]) -> Rounds:
        """For entries of so many asks each, at least one."""
        count = np.asarray(asks, np.intp)
        entry_at = np.argsort(-count, kind="stable")
        position = np.empty(len(count), np.intp)
        position[entry_at] = np.arange(len(count))
        blocks = tuple(_blocks([int((count > number).sum()) for number in range(int(count.max(initial=0)))]))
        begins = [begin + width * number for begin, rounds, width in blocks for number in range(rounds)]
        behind = sum(rounds * width for _, rounds, width in blocks)
        begins.append(behind)
        asker = np.repeat(np.arange(len(count)), count)
        number = np.arange(len(asker)) - (np.cumsum(count) - count)[asker]
        place_of = np.asarray(begins, np.intp)[number] + position[asker]
        places = np.full((len(count), len(begins)), behind + len(count), np.int32)
        places[position[asker], number] = place_of
        places[:, -1] = np.arange(behind, behind + len(count))  # every entry has an answer
        return Rounds(place_of, entry_at, places, slice(behind, behind + len(count)), blocks)

    @property
    def size(self) -> int:
        """How many places there are."""
        return int(self.answers.stop)

    def most(self, given: Doubles) -> Doubles:
        """For each position the most that one of its asks is given, and what its answer is given. Nothing given is
        below zero."""
        most = given[self.answers].copy()
        best: Doubles | None = None
        for begin, rounds, width in self.blocks:
            block = np.maximum.reduce(given[begin : begin + rounds * width].reshape(rounds, width))
            if best is None:
                best = block
            else:
                np.maximum(best[:width], block, out=best[:width])
        if best is not None:
            most += best
        return most

    def marked(self, positions: Places) -> NDArray[np.uint8]:
        """At all places of these positions (at most 255): which of them, counted from 1; 0 everywhere else."""
        marks = np.zeros(self.size + 1, np.uint8)
        marks[self.places.take(positions, axis=0)] = _MARKS[: len(positions)]
        return marks


def _blocks(sizes: Sequence[int]) -> Iterator[tuple[int, int, int]]:
    """Rounds of these sizes, largest first, as blocks."""
    begin, first = 0, 0
    while first < len(sizes):
        width, end = sizes[first], first + 1
        while end < len(sizes) and (end + 1 - first) * width <= max(_SPARE * sum(sizes[first : end + 1]), _SMALL):
            end += 1
        yield begin, end - first, width
        begin, first = begin + (end - first) * width, end
