"""What city halls everywhere are asked, and in which words: topics that lend their words to an entry like them.

An entry imported from a city's web page says 廃棄物の収集日程; nobody asks so. The topic most like it was asked
about as ごみの日 or なんようび, and a question in those words finds the entry by way of the topic. No entry says more
by it: a topic only tells which of the entries that were found are about the same.

`topics.tsv` holds, line by line, the words and synonym groups of a topic's asks and answer. It is made from the demo
city's content by `benchmarks/learn_topics.py`; nobody reads it at run time but this module.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import chain, pairwise, repeat
from pathlib import Path
from threading import Lock
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from faq.postings import Doubles, Pairs, Postings, Shape, Terms, build_postings, number_terms, paired, unpaired

FILE: Final = Path(__file__).with_name("topics.tsv")
# Topics that an entry borrows from; 10 and all of them do the same.
NEAREST: Final = 16
_LITTLE: Final = 1e-9
# How much an entry's question says of what it is about, beside its answer.
_ASK_SHARE: Final = 3
_SHAPE: Final = Shape(k1=1.2, b=0.75, power=1.0)
_REMEMBERED: Final = 50_000
# Entries compared in one step: the numbers of so many stay in the processor's cache.
_AT_ONCE: Final = 64
# A term of so many topics is common.
_MANY: Final = 16

Row = tuple[NDArray[np.int16], NDArray[np.float32]]
Described = tuple[tuple[str, ...], tuple[str, ...]]
"""The terms of an entry's question and of its answer."""

_lock = Lock()
_memory: dict[Described, Row] = {}


class Kin(NamedTuple):
    """For each entry (row) the topics most like it and how like, 0 to 1."""

    topics: NDArray[np.int16]
    likeness: NDArray[np.float32]


@dataclass(frozen=True)
class Topics:
    """`asked` finds topics by the words of a question; `known[t]` are the topics that hold term `t`, as shares of their
    whole (`weight`). `rarity` tells how few topics hold a term."""

    titles: tuple[str, ...]
    terms: Mapping[str, int]
    asked: Postings
    starts: NDArray[np.int64]
    places: NDArray[np.int32]
    weight: Doubles
    rarity: Doubles
    rarest: float

    def fitting(self, terms: Iterable[str]) -> Doubles:
        """How well each topic fits a question of these words and groups: shares of 1.

        One that it fits well counts more than many that it fits a little: the third power (2 to 6 do the same).
        """
        numbers = [self.terms[term] for term in dict.fromkeys(terms) if term in self.terms]
        if not numbers:
            return np.zeros(len(self.titles))
        held = self._held_by_asks
        places, worth = unpaired([held[number] for number in numbers])
        fit = np.bincount(places, worth, len(self.titles)).astype(np.float64, copy=False)
        sharp: Doubles = fit * fit * fit  # numpy's own power takes ten times as long
        sharp /= max(float(np.add.reduce(sharp)), _LITTLE)
        return sharp

    @cached_property
    def _held_by_asks(self) -> list[Pairs]:
        """For each term the topics asked for with it, and its worth there."""
        pairs = paired(self.asked.places, self.asked.worth)
        return [pairs[start:end] for start, end in pairwise(self.asked.starts.tolist())]

    def kin(self, entries: Sequence[tuple[str, tuple[str, ...], tuple[str, ...]]]) -> Kin:
        """The topics most like each entry: (its question, the terms of it, the terms of its answer).

        A topic that was made from one of these very entries is left out: it has nothing new to tell.
        """
        if not entries:
            return Kin(np.zeros((0, NEAREST), np.int16), np.zeros((0, NEAREST), np.float32))
        questions = {question for question, _, _ in entries}
        own = np.asarray([title in questions for title in self.titles])
        rows = self._rows([(asked, answered) for _, asked, answered in entries])
        topics = np.stack([row[0] for row in rows])
        likeness = np.stack([row[1] for row in rows])
        return Kin(topics, np.where(own[topics], np.float32(0), likeness))

    def _rows(self, described: Sequence[Described]) -> list[Row]:
        """The row of each entry: the next build of an edited city compares only what is new."""
        rows = {terms: _memory.get(terms) for terms in described}
        fresh = [terms for terms, row in rows.items() if row is None]
        for first in range(0, len(fresh), _AT_ONCE):
            some = fresh[first : first + _AT_ONCE]
            rows.update(zip(some, self._nearest(some), strict=True))
        with _lock:
            if len(_memory) + len(fresh) > _REMEMBERED:
                _memory.clear()
            _memory.update((terms, row) for terms, row in rows.items() if row is not None)
        return [row for terms in described if (row := rows[terms]) is not None]

    def _nearest(self, described: Sequence[Described]) -> Iterator[Row]:
        """The topics most like each of these (cosine), all compared at once."""
        counts = [_counted(asked, answered) for asked, answered in described]
        entry = np.repeat(np.arange(len(counts)), [len(found) for found in counts])
        numbers = map(self.terms.get, chain.from_iterable(counts), repeat(-1))
        number = np.fromiter(numbers, np.int64, len(entry))
        weight = np.log1p(np.fromiter(chain.from_iterable(found.values() for found in counts), np.float64, len(entry)))
        weight *= np.where(number < 0, self.rarest, self.rarity[number])
        whole = np.sqrt(np.bincount(entry, weight**2, len(counts)))
        share = weight / np.where(whole > 0, whole, 1.0)[entry]
        known = number >= 0
        entry, number, share = entry[known], number[known], share[known]
        like = self._by_common_terms(entry, number, share, len(counts))
        rare = self._row_of_common[number] < 0
        entry, number, share = entry[rare], number[rare], share[rare]
        begins = self.starts[number]
        held = self.starts[number + 1] - begins
        at = np.arange(held.sum()) + np.repeat(begins - held.cumsum() + held, held)
        cell = np.repeat(entry * len(self.titles), held) + self.places[at]
        like += np.bincount(cell, self.weight[at] * np.repeat(share, held), like.size).reshape(like.shape)
        nearest = _first_of_each(like, NEAREST)
        topics, likeness = np.zeros((len(counts), NEAREST), np.int16), np.zeros((len(counts), NEAREST), np.float32)
        topics[:, : nearest.shape[1]] = nearest
        likeness[:, : nearest.shape[1]] = np.take_along_axis(like, nearest, axis=1)
        return zip(topics, likeness, strict=True)

    def _by_common_terms(
        self, entry: NDArray[np.int64], number: NDArray[np.int64], share: Doubles, entries: int
    ) -> Doubles:
        """Entries × topics: how alike they are by the terms that many topics hold."""
        row = self._row_of_common[number]
        common = row >= 0
        row, share = row[common], share[common]
        bounds = np.searchsorted(entry[common], np.arange(entries + 1)).tolist()
        like = np.empty((entries, len(self.titles)))
        for at, (first, end) in enumerate(pairwise(bounds)):
            # Not `@`: that wakes the threads of BLAS, which cost more than they do here.
            np.einsum("i,ij->j", share[first:end], self._common.take(row[first:end], axis=0), out=like[at])
        return like

    @cached_property
    def _row_of_common(self) -> NDArray[np.int64]:
        """For each term its row in `_common`, -1 for those that few topics hold."""
        common = np.diff(self.starts) >= _MANY
        return np.where(common, common.cumsum() - 1, -1)

    @cached_property
    def _common(self) -> Doubles:
        """Terms that many topics hold × topics, written out: all but a few of the things to be compared."""
        term = np.repeat(np.arange(len(self.starts) - 1), np.diff(self.starts))
        row = self._row_of_common[term]
        common = row >= 0
        table = np.zeros((int(self._row_of_common.max(initial=-1)) + 1, len(self.titles)))
        table[row[common], self.places[common]] = self.weight[common]
        return table


def _first_of_each(like: Doubles, count: int) -> NDArray[np.int64]:
    """For each row the columns of its largest numbers, largest first and equal ones in order."""
    rows, columns = like.shape
    if columns <= count:
        return np.argsort(-like, axis=1, kind="stable")
    least = np.partition(like, columns - count, axis=1)[:, columns - count, None]
    row, column = np.nonzero(like >= least)
    order = np.lexsort((column, -like[row, column], row))
    begins = np.searchsorted(row, np.arange(rows))
    first: NDArray[np.int64] = column[order[begins[:, None] + np.arange(count)]]
    return first


def _counted(asked: Sequence[str], answered: Sequence[str]) -> Counter[str]:
    """How often each term is said; in the question it counts more."""
    return Counter(chain(*repeat(asked, _ASK_SHARE), answered))


def borrowed(fit: Doubles, kin: Kin, entries: NDArray[np.intp]) -> Doubles:
    """How much each of these entries is about what the question fits, as a share of the one that is most (0 to 1)."""
    near: Doubles = np.add.reduce(fit.take(kin.topics.take(entries, axis=0)) * kin.likeness.take(entries, axis=0), 1)
    return near / max(float(np.maximum.reduce(near, initial=0.0)), _LITTLE)


@lru_cache(maxsize=1)
def common_topics() -> Topics:
    """The topics of `topics.tsv`, read once a process."""
    lines = [line.split("\t") for line in FILE.read_text(encoding="utf-8").splitlines()]
    return topics_of([(title, asked.split(), answered.split()) for title, asked, answered in lines])


def topics_of(described: Sequence[tuple[str, Sequence[str], Sequence[str]]]) -> Topics:
    """Topics by title, the terms of their asks (as often as they were said) and of their answer."""
    numbered = Terms()
    asks = [asked for _, asked, _ in described]
    numbers = number_terms(asks, numbered)
    number_terms([answered for _, _, answered in described], numbered)
    terms = dict(numbered)
    counts = [Counter(asked) + Counter(answered) for _, asked, answered in described]
    held = [(terms[term], place, count) for place, found in enumerate(counts) for term, count in found.items()]
    held.sort()
    of_term = np.asarray([term for term, _, _ in held], np.int64)
    places = np.asarray([place for _, place, _ in held], np.int32)
    frequency = np.bincount(of_term, minlength=len(terms))
    rarest = float(np.log(max(len(described), 1)))
    rarity = np.log(max(len(described), 1) / np.maximum(frequency, 1))
    weight = np.log1p(np.asarray([count for _, _, count in held], np.float64)) * rarity[of_term]
    whole = np.sqrt(np.bincount(places, weight**2, len(described)))
    return Topics(
        titles=tuple(title for title, _, _ in described),
        terms=terms,
        asked=build_postings(
            numbers,
            [len(asked) for asked in asks],
            [sum(not term.startswith("=") for term in asked) for asked in asks],
            range(len(asks)),
            len(terms),
            _SHAPE,
        ),
        starts=of_term.searchsorted(np.arange(len(terms) + 1)),
        places=places,
        weight=weight / np.maximum(whole[places], 1e-9),
        rarity=rarity,
        rarest=rarest,
    )
