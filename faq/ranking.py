"""Entries in order of what their asks and answers share with the question. Pure numpy; no entry's text is read.

Two looks: a plain sum over everything found chooses a pool; in the pool each word of the question is credited once,
each synonym group once, and the ranker's few features are added.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import accumulate, chain
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from faq.civic import civic
from faq.features import Evidence, adjusted
from faq.holdings import Hits
from faq.meanings import meant_by
from faq.postings import Doubles
from faq.rounds import Places
from faq.topics import borrowed
from faq.units import gram_terms
from faq.weights import Weights

if TYPE_CHECKING:
    from faq.index import Index
    from faq.question import Question

# Entries looked at closely. 95 of 100 right ones are among the first 50 of the first sum. At most 255.
POOL: Final = 50
# Of a question that looks for so many terms already, further groups are found by their names alone, not by their words.
MANY_TERMS: Final = 40
# What being typical counts where a topic stands by itself (trial "bare topics"), for entries with such a share of the
# best score.
TYPICAL: Final = 0.5
NEARLY_BEST: Final = 0.5
# The row of what is nowhere in the index: the last one, all zeros.
NOWHERE: Final = -1
_NOTHING: Final = [(NOWHERE, 0.0)]
_ABOVE_ZERO: Final = float(np.nextafter(0, 1))


class Ranking(NamedTuple):
    """The best entries (numbers of the index), best first; `evidence` has its columns in the same order.

    `topical` tells how much better one topic (`faq.topics`) fits the question than the others, 0 to 1; `civic` how much
    its words mean what people ask a city hall (`faq.civic`).
    """

    entries: Places
    scores: Doubles
    evidence: Evidence
    topical: float
    civic: float


class _Sought(NamedTuple):
    """All terms a question looks for, each one row, with the strongest weight it is looked for with.

    Rows count from the end, too: -1 is NOWHERE, and before it come the `sums` of several rows, -2 being the first of
    them. `wholes` are the slots, then the names of the groups, then their members: rows or sums, with what each is
    worth, of which the best one counts. `pairs` are the rows of pairs of characters.
    """

    terms: list[int]
    weights: list[float]
    sums: list[list[int]]
    wholes: list[list[tuple[int, float]]]
    pairs: list[int]


def rank(
    index: Index,
    question: Question,
    pool: int = POOL,
    hidden: NDArray[np.bool_] | None = None,
    without_ask: int | None = None,
) -> Ranking:
    """The `pool` best entries. `hidden` entries never appear; `without_ask` leaves one ask out (it asks about
    itself).
    """
    sought = _sought(index, question)
    hits = index.holdings.hits(sought.terms)
    if without_ask is not None:
        hits = hits.without(int(index.rounds.place_of[without_ask]))
    totals = _first_sum(index, sought, hits)
    if hidden is not None:
        totals[hidden[index.rounds.entry_at]] = 0.0
    positions = _best(totals, index.rounds.entry_at, pool)
    entries = index.rounds.entry_at.take(positions)
    found = _found(hits, index.rounds.marked(positions), len(sought.terms) + len(sought.sums) + 1, len(positions))
    copied = None if without_ask is None else int(index.asks.owner[without_ask])
    letters = index.letters.shares(question.sound, entries, copied)
    fit = index.topics.fitting(_said(index, question))
    near = borrowed(fit, index.kin, entries)
    meant = meant_by(words_meant(question))
    meanings = index.meanings.near(meant, entries, copied)
    evidence = _evidence(index, question, sought, entries, found, letters, near, meanings)
    scores = adjusted(index, question, evidence)
    order = (-scores).argsort(kind="stable")
    topical = float(np.maximum.reduce(fit, initial=0.0))
    return Ranking(entries.take(order), scores.take(order), evidence.ordered(order), topical, civic(meant.direction))


def typical_first(index: Index, ranking: Ranking) -> Ranking:
    """The same entries for a topic that stands by itself (犬, 引っ越し). Its words hardly tell them apart: those come
    first that are asked for like most of the others, registering a dog and not being bitten by one.
    """
    scores = ranking.scores.copy()
    if len(scores):
        near = scores >= NEARLY_BEST * scores[0]
        scores[near] += TYPICAL * scores[0] * index.meanings.typical(ranking.entries[near], scores[near])
    order = (-scores).argsort(kind="stable")
    return ranking._replace(
        entries=ranking.entries.take(order), scores=scores.take(order), evidence=ranking.evidence.ordered(order)
    )


class _Rows:
    """Terms numbered as they come up, each with the strongest weight it was looked for with."""

    def __init__(self) -> None:
        self.numbers: dict[int, int] = {}
        self.strongest: list[float] = []

    def row(self, term: int, weight: float) -> int:
        row = self.numbers.get(term)
        if row is None:
            row = self.numbers[term] = len(self.strongest)
            self.strongest.append(weight)
        elif weight > self.strongest[row]:
            self.strongest[row] = weight
        return row


def _said(index: Index, question: Question) -> list[str]:
    """The words and synonym groups of a question for the topics: they know words that nobody wrote in this index."""
    said = [slot.form for slot in question.slots]
    said += [slot.options[0][0] for slot in question.slots if slot.options]
    return said + [f"={named.group}" for named in question.groups]


def words_meant(question: Question) -> list[str]:
    """The words of a question as they were understood."""
    return [slot.options[0][0] if slot.options else slot.form for slot in question.slots]


def _sought(index: Index, question: Question) -> _Sought:
    terms, weights, rows = index.terms, index.weights, _Rows()
    slots = [
        [(rows.row(terms[term], weight), weight) for term, weight in slot.options] or _NOTHING
        for slot in question.slots
    ]
    names, members, sums = _groups(index, question, rows)
    pairs = [
        rows.row(terms[pair], weights.grams)
        for slot in question.slots
        if not slot.options
        for pair in gram_terms(slot.form)
        if pair in terms
    ]
    return _Sought(list(rows.numbers), rows.strongest, sums, slots + names + members, pairs)


_Wholes = list[list[tuple[int, float]]]


def _groups(index: Index, question: Question, rows: _Rows) -> tuple[_Wholes, _Wholes, list[list[int]]]:
    """The groups by name, by their members, and the members of several words.

    Words of the question itself are no news when a synonym brings them up again: they are left out.
    """
    terms, weights, own, row_of = index.terms, index.weights, len(rows.strongest), rows.row
    names: _Wholes = []
    members: _Wholes = []
    sums: list[list[int]] = []
    for named in question.groups:
        name = terms.get(f"={named.group}")
        names.append(_NOTHING if name is None else [(row_of(name, named.weight * weights.group_in_ask), 1.0)])
        weight = 0.5 * weights.member_in_ask * named.weight
        parts = []
        for member, worth in index.expansions[named.group] if len(rows.strongest) < MANY_TERMS else ():
            if len(member) == 1:  # as most of them are
                if (row := row_of(member[0], weight)) >= own:
                    parts.append((row, worth))
                continue
            fresh = [row for term in member if (row := row_of(term, weight)) >= own]
            if len(fresh) > 1:
                sums.append(fresh)
                parts.append((-1 - len(sums), worth))
            elif fresh:
                parts.append((fresh[0], worth))
        members.append(parts or _NOTHING)
    return names, members, sums


def further_words(index: Index, question: Question) -> list[list[tuple[int, ...]]]:
    """For each group of a question, the terms of every member that is looked for besides what the question says."""
    sought = _sought(index, question)
    of_groups = sought.wholes[len(question.slots) + len(question.groups) :]
    rows = [
        [sought.sums[-2 - row] if row < NOWHERE else [row] for row, _ in parts if row != NOWHERE] for parts in of_groups
    ]
    return [[tuple(sought.terms[row] for row in member) for member in members] for members in rows]


def _first_sum(index: Index, sought: _Sought, hits: Hits) -> Doubles:
    """What everything found comes to, for the entry at each position."""
    weights = (np.asarray(sought.weights, float).reshape(-1, 1) * _in_ask_and_answer(index.weights)).ravel()
    given = np.bincount(hits.places, hits.worth * weights.repeat(hits.lengths), index.rounds.size)
    return index.rounds.most(given.astype(float, copy=False))


def _best(totals: Doubles, entry_at: Places, count: int) -> Places:
    """The positions of the best entries above zero; equal scores keep the order of the files."""
    chosen = (totals >= max(_at_least(totals, count), _ABOVE_ZERO)).nonzero()[0]
    return chosen.take(np.lexsort((entry_at.take(chosen), -totals.take(chosen)))[:count])


def _at_least(totals: Doubles, count: int) -> float:
    """A number that the best `count` totals reach, and not many others: the largest of 16 stand for all 16 of them."""
    columns = len(totals) // 16
    if columns <= count:
        return 0.0
    largest = np.maximum.reduce(totals[: columns * 16].reshape(16, columns))
    largest.partition(columns - count)
    return float(largest[columns - count])


def _found(hits: Hits, marks: NDArray[np.uint8], rows: int, pool: int) -> Doubles:
    """Row × (asks, answer) × entry of the pool: the most a term is worth there. What is not a term's row is zero."""
    found = np.zeros((rows, 2, pool))
    column = marks.take(hits.places)
    kept = (column != 0).nonzero()[0]
    stretch = hits.lengths.cumsum().searchsorted(kept, "right")
    np.maximum.at(found.reshape(-1), stretch * pool + column[kept] - 1, hits.worth[kept].astype(float))
    return found


def _evidence(
    index: Index,
    question: Question,
    sought: _Sought,
    entries: Places,
    found: Doubles,
    letters: Doubles,
    near: Doubles,
    meanings: Doubles,
) -> Evidence:
    """What each slot and each group found in each entry of the pool."""
    weights, slots, groups = index.weights, len(question.slots), len(question.groups)
    most = _best_parts(found, sought) * _kinds(weights, slots, groups)
    one, other = most[:, 0], most[:, 1]
    credited = np.maximum(one, other) + _shares(weights, slots, groups) * np.minimum(one, other)
    worth = np.asarray([named.weight for named in question.groups])
    if groups:
        words, by_group = credited[:slots], credited[slots : slots + groups]
        by_group += credited[slots + groups :]
        literal = np.zeros((groups, slots))
        for row, named in enumerate(question.groups):
            for slot in named.slots:
                literal[row, slot] = weights.literal_off
        by_group -= literal @ words
        np.maximum(by_group, 0.0, out=by_group)
        by_group *= worth.reshape(-1, 1)
        by_group *= index.thinned.take(entries)
        credited = credited[: slots + groups]
    grams = weights.grams * np.add.reduce(found[sought.pairs, 0]) if sought.pairs else np.zeros(len(entries))
    base = np.add.reduce(credited) + grams
    return Evidence(index.first_ask.take(entries), slots, most, credited, worth, grams, letters, near, meanings, base)


def _best_parts(found: Doubles, sought: _Sought) -> Doubles:
    """For each slot the best of its options, for each group its name, for each group its best member."""
    sums, wholes = sought.sums, sought.wholes
    if sums:
        longest = max(map(len, sums))
        rows = [[*rows, *[NOWHERE] * (longest - len(rows))] for rows in sums]
        found[-2 : -2 - len(sums) : -1] = np.add.reduce(found.take(rows, axis=0), 1)
    wanted, worths = zip(*chain.from_iterable(wholes), strict=True) if wholes else ((), ())
    parts = found.take(wanted, axis=0)
    parts *= np.asarray(worths, float).reshape(-1, 1, 1)
    if len(parts) == len(wholes):
        return parts
    # Most wholes have one part: `reduceat`, which goes through them all, needs half as long again.
    begins = [0, *accumulate(map(len, wholes))]
    most = parts.take(begins[:-1], axis=0)
    for number, whole in enumerate(wholes):
        if len(whole) > 1:
            np.maximum.reduce(parts[begins[number] : begins[number + 1]], out=most[number])
    return most


@lru_cache(maxsize=16)
def _in_ask_and_answer(weights: Weights) -> Doubles:
    return np.asarray([1.0, weights.answer_in_first_sum])


@lru_cache(maxsize=1024)
def _kinds(weights: Weights, slots: int, groups: int) -> Doubles:
    """What a find is worth in an ask and in an answer, for slots, names and members."""
    name, member = (weights.group_in_ask, weights.group_in_answer), (weights.member_in_ask, weights.member_in_answer)
    kinds = np.asarray(list(chain([(1.0, 1.0)] * slots, [name] * groups, [member] * groups)))
    return kinds.reshape(-1, 2, 1)


@lru_cache(maxsize=1024)
def _shares(weights: Weights, slots: int, groups: int) -> Doubles:
    """The share that the smaller of two finds counts."""
    return np.asarray([weights.both] * slots + [weights.group_both] * (2 * groups)).reshape(-1, 1)
