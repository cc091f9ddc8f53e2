"""The most that any ask of each entry gives, for all entries at once, in a few vector steps.

Asks are laid out in rounds: first the first ask of every entry, then the second of those that have one, and so on, with
the entries of most asks in front. Every round is then one stretch over the front of the entries. (numpy's `reduceat`
needs twenty times as long, because each entry is a loop of its own.)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from faq.postings import Doubles, Ints


@dataclass(frozen=True, slots=True)
class Rounds:
    """`place_of[a]` is where ask `a` lies, `first[e]` the first ask of entry `e` and `counts[e]` how many it has,
    `position[e]` where the entry stands in its rounds, `ends` the place at which each round ends."""

    place_of: Ints
    first: Ints
    counts: Ints
    position: NDArray[np.intp]
    ends: tuple[int, ...]

    @staticmethod
    def of(counts: Sequence[int]) -> Rounds:
        """For entries of so many asks each, at least one."""
        count = np.asarray(counts, np.int64)
        by_count = np.argsort(-count, kind="stable")
        position = np.empty(len(count), np.intp)
        position[by_count] = np.arange(len(count))
        sizes = [int((count > number).sum()) for number in range(int(count.max(initial=0)))]
        begins = np.cumsum([0, *sizes]).astype(np.int64)
        asker = np.repeat(np.arange(len(count)), count)
        first = np.cumsum(count) - count
        number = np.arange(len(asker)) - first[asker]
        return Rounds(begins[number] + position[asker], first, count, position, tuple(begins[1:].tolist()))

    def most(self, given: Doubles) -> Doubles:
        """For each entry the most that one of its places is given; nothing given is below zero."""
        most = given[: len(self.position)].copy()
        for begin, end in zip(self.ends, self.ends[1:], strict=False):
            front = most[: end - begin]
            np.maximum(front, given[begin:end], out=front)
        return most[self.position]

    def spread(self, entries: NDArray[np.intp], marks: NDArray[np.int16]) -> NDArray[np.int16]:
        """The mark of each of these entries at all of its places, 0 everywhere else."""
        counts = self.counts[entries]
        ends = counts.cumsum()
        asks = np.arange(ends[-1] if len(ends) else 0) + np.repeat(self.first[entries] - ends + counts, counts)
        spread = np.zeros(len(self.place_of), np.int16)
        spread[self.place_of[asks]] = np.repeat(marks, counts)
        return spread
