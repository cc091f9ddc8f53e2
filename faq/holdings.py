"""Which asks and answers hold a term, and what it is worth there: both kinds of postings in one row of places, so that
a question looks everything up at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from faq.postings import Floats, Ints, Pairs, Postings, paired, unpaired
from faq.rounds import Places, Rounds


class Hits(NamedTuple):
    """Flat and aligned: a place that holds an asked term, and what the term is worth there. The terms one after the
    other, of each first the asks, then the answers; `lengths` counts these stretches."""

    places: Places
    worth: Floats
    lengths: Ints

    def without(self, place: int) -> Hits:
        """The same without what one place gives."""
        return self._replace(worth=np.where(self.places == place, np.float32(0), self.worth))


@dataclass(frozen=True)
class Holdings:
    """The places that hold term `t`, asks before answers, and its worth there are `pairs[starts[t]:starts[t + 1]]`;
    `lengths[t]` are (asks, answers)."""

    pairs: Pairs
    starts: tuple[int, ...]
    lengths: Ints

    @staticmethod
    def of(in_asks: Postings, in_answers: Postings, rounds: Rounds) -> Holdings:
        """Both together; the places of `in_asks` and `in_answers` count asks and entries in the order of the files."""
        lengths = np.stack([np.diff(in_asks.starts), np.diff(in_answers.starts)], axis=1)
        asks = np.arange(len(in_asks.places)) + np.repeat(in_answers.starts[:-1], lengths[:, 0])
        answers = np.arange(len(in_answers.places)) + np.repeat(in_asks.starts[1:], lengths[:, 1])
        position = np.empty(len(rounds.entry_at), np.intp)
        position[rounds.entry_at] = np.arange(len(position))
        places = np.empty(len(asks) + len(answers), np.int32)
        worth = np.empty(len(places), np.float32)
        places[asks], worth[asks] = rounds.place_of[in_asks.places], in_asks.worth
        places[answers], worth[answers] = rounds.answers.start + position[in_answers.places], in_answers.worth
        return Holdings(paired(places, worth), (0, *lengths.sum(1).cumsum().tolist()), lengths)

    def hits(self, terms: Sequence[int]) -> Hits:
        """Everything these terms hold."""
        pairs, starts = self.pairs, self.starts
        places, worth = unpaired([pairs[starts[term] : starts[term + 1]] for term in terms])
        return Hits(places, worth, self.lengths.take(terms, axis=0).ravel())
