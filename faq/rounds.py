"""The most that any ask of each entry gives, for all entries at once, in a few vector steps.

A place is an ask or an answer. Places lie in rounds: first the first ask of every entry, then the second of those that
have one, and so on, with the entries of most asks in front; behind them the answers, in the same order of entries.
Every round is then one stretch over the front of the entries. (numpy's `reduceat` needs twenty times as long, because
each entry is a loop of its own.)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from faq.postings import Doubles

Places = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Rounds:
    """`place_of[a]` is where ask `a` lies. `entry_at[p]` is the entry that stands at position `p` of its rounds, its
    places are `places_of[p]`, `counts[p]` many. `ends` tells where each round ends, the answers being the last."""

    place_of: Places
    entry_at: Places
    places_of: tuple[Places, ...]
    counts: Places
    ends: tuple[int, ...]

    @staticmethod
    def of(asks: Sequence[int]) -> Rounds:
        """For entries of so many asks each, at least one."""
        count = np.asarray(asks, np.intp)
        entry_at = np.argsort(-count, kind="stable")
        position = np.empty(len(count), np.intp)
        position[entry_at] = np.arange(len(count))
        sizes = [int((count > number).sum()) for number in range(int(count.max(initial=0)))]
        begins = np.cumsum([0, *sizes]).astype(np.intp)
        asker = np.repeat(np.arange(len(count)), count)
        first = np.cumsum(count) - count
        place_of = begins[np.arange(len(asker)) - first[asker]] + position[asker]
        places_of = tuple(
            np.append(place_of[first[entry] : first[entry] + count[entry]], len(asker) + at)
            for at, entry in enumerate(entry_at.tolist())
        )
        ends = (*begins[1:].tolist(), len(asker) + len(count))
        return Rounds(place_of, entry_at, places_of, count[entry_at] + 1, ends)

    @property
    def size(self) -> int:
        return self.ends[-1]

    @property
    def answers(self) -> slice:
        """The places of the answers."""
        return slice(self.ends[-1] - len(self.entry_at), self.ends[-1])

    def most(self, given: Doubles) -> Doubles:
        """For each position the most that one of its asks is given, and what its answer is given. Nothing given is
        below zero."""
        most = given[: len(self.entry_at)].copy()
        for begin, end in pairwise(self.ends[:-1]):
            front = most[: end - begin]
            np.maximum(front, given[begin:end], out=front)
        most += given[self.answers]
        return most

    def marked(self, positions: Places) -> NDArray[np.uint8]:
        """At all places of these positions (at most 255): which of them, counted from 1; 0 everywhere else."""
        marks = np.zeros(self.size, np.uint8)
        if len(positions):
            places = np.concatenate([self.places_of[position] for position in positions.tolist()])
            marks[places] = np.arange(1, len(positions) + 1, dtype=np.uint8).repeat(self.counts[positions])
        return marks
