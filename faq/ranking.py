"""Entries in order of what their asks and answers share with the question. Pure numpy; no entry's text is read.

Two looks: a plain sum over everything found chooses a pool; in the pool each word of the question is credited
once, each
synonym group once, and the ranker's few features are added.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from faq.features import Evidence, adjusted
from faq.postings import Doubles, Ints
from faq.units import gram_terms

if TYPE_CHECKING:
    from faq.index import Index
    from faq.question import Question

# Entries looked at closely. 95 of 100 right ones are among the first 50 of the first sum.
POOL: Final = 50


@dataclass(frozen=True)
class Ranking:
    """The best entries (numbers of the index), best first; `evidence` has its columns in the same order."""

    entries: NDArray[np.intp]
    scores: Doubles
    evidence: Evidence


class _Parts(NamedTuple):
    """Wholes made of rows, flat: `rows[starts[n]:starts[n + 1]]` make part `n`, worth `worth[n]` (a row, or the
    whole).
    """

    rows: list[int]
    starts: list[int]
    worth: list[float]


class _Sought(NamedTuple):
    """All terms a question looks for, each one row: which rows are the options of the slots, the names of the groups,
    the words of the groups' members (`member_starts` begins each group's members), and the pairs of characters."""

    terms: Ints
    weights: Doubles
    options: _Parts
    names: list[int]
    members: _Parts
    member_starts: list[int]
    pairs: list[int]


class _Rows:
    """Terms numbered as they come up, each with the strongest weight it was looked for with."""

    def __init__(self) -> None:
        self.numbers: dict[int, int] = {}
        self.strongest: list[float] = []

    def row(self, term: int, weight: float) -> int:
        found = self.numbers.setdefault(term, len(self.strongest))
        if found == len(self.strongest):
            self.strongest.append(weight)
        elif weight > self.strongest[found]:
            self.strongest[found] = weight
        return found


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
    ask_hits, answer_hits = index.in_asks.hits(sought.terms), index.in_answers.hits(sought.terms)
    if without_ask is not None:
        ask_hits = ask_hits.without(int(index.rounds.place_of[without_ask]))
    totals = index.rounds.most(ask_hits.summed(sought.weights, index.in_asks.size))
    totals += answer_hits.summed(sought.weights * index.weights.answer_in_first_sum, index.in_answers.size)
    if hidden is not None:
        totals[hidden] = 0.0
    entries = _best(totals, pool)
    columns = np.arange(1, len(entries) + 1, dtype=np.int16)
    in_ask = ask_hits.best(index.rounds.spread(entries, columns), len(entries))
    in_answer = answer_hits.best(_laid(entries, columns, len(index)), len(entries))
    evidence = _evidence(index, question, sought, entries, in_ask, in_answer)
    scores = adjusted(index, question, evidence)
    order = np.argsort(-scores, kind="stable")
    return Ranking(entries[order], scores[order], evidence.ordered(order))


def _sought(index: Index, question: Question) -> _Sought:
    """Words of the question itself are no news when a synonym brings them up again: they lead to the row of zeros."""
    terms, weights, rows = index.terms, index.weights, _Rows()
    options, nowhere = _Parts([], [0], []), -1
    for slot in question.slots:
        for term, weight in slot.options:
            options.rows.append(rows.row(terms[term], weight))
            options.worth.append(weight)
        options.starts.append(len(options.rows))
    own = len(rows.strongest)
    members, member_starts, names = _Parts([], [], []), [0], []
    for named in question.groups:
        name = terms.get(f"={named.group}")
        names.append(nowhere if name is None else rows.row(name, named.weight * weights.group_in_ask))
        expansion, before = index.expansions[named.group], len(members.rows)
        worth = 0.5 * weights.member_in_ask * named.weight
        found = [rows.row(term, worth) for term in expansion.terms]
        members.rows.extend([row if row >= own else nowhere for row in found])
        members.starts.extend([before + start for start in expansion.starts])
        members.worth.extend(expansion.weights)
        member_starts.append(len(members.starts))
    pairs = [
        rows.row(terms[pair], weights.grams)
        for slot in question.slots
        if not slot.options
        for pair in gram_terms(slot.form)
        if pair in terms
    ]
    return _Sought(
        terms=np.fromiter(rows.numbers, np.int64, len(rows.numbers)),
        weights=np.asarray(rows.strongest, np.float64),
        options=options,
        names=names,
        members=members,
        member_starts=member_starts,
        pairs=pairs,
    )


def _laid(entries: NDArray[np.intp], columns: NDArray[np.int16], size: int) -> NDArray[np.int16]:
    laid = np.zeros(size, np.int16)
    laid[entries] = columns
    return laid


def _best(totals: Doubles, count: int) -> NDArray[np.intp]:
    """The numbers of the best entries above zero; equal scores keep the order of the files."""
    chosen = np.flatnonzero(totals >= max(_at_least(totals, count), np.nextafter(0, 1)))
    return chosen[np.argsort(-totals[chosen], kind="stable")][:count]


def _at_least(totals: Doubles, count: int) -> float:
    """A number that the best `count` totals reach, and not many others: the largest of 16 stand for all 16 of them."""
    columns = len(totals) // 16
    if columns <= count:
        return 0.0
    largest = totals[: columns * 16].reshape(16, columns).max(0)
    return float(np.partition(largest, columns - count)[columns - count])


def _evidence(
    index: Index, question: Question, sought: _Sought, entries: NDArray[np.intp], in_ask: Doubles, in_answer: Doubles
) -> Evidence:
    """What each slot and each group found in each entry of the pool (columns); asks and answers go side by side."""
    weights, pool = index.weights, len(entries)
    # One row more, the last, for what is nowhere.
    both = np.zeros((len(in_ask) + 1, 2 * pool))
    both[:-1, :pool], both[:-1, pool:] = in_ask, in_answer
    slots, members, names = _best_options(both, sought), _best_members(both, sought), both[sought.names]
    slot_ask, slot_answer = slots[:, :pool], slots[:, pool:]
    member_ask, member_answer = weights.member_in_ask * members[:, :pool], weights.member_in_answer * members[:, pool:]
    name_ask, name_answer = weights.group_in_ask * names[:, :pool], weights.group_in_answer * names[:, pool:]
    words = _credited(slot_ask, slot_answer, weights.both)
    groups = _credited(name_ask, name_answer, weights.group_both)
    groups += _credited(member_ask, member_answer, weights.group_both)
    worth = np.asarray([named.weight for named in question.groups]).reshape(-1, 1)
    for row, named in enumerate(question.groups):
        for slot in named.slots:
            groups[row] -= weights.literal_off * words[slot]
    np.maximum(groups, 0.0, out=groups)
    return Evidence(
        questions=index.first_ask[entries],
        slot_ask=slot_ask,
        slot_answer=slot_answer,
        words=words,
        groups=index.thinned[entries] * worth * groups,
        group_ask=(name_ask > 0) | (member_ask > 0),
        group_answer=worth * (name_answer + member_answer),
        named_ask=name_ask > 0,
        grams=weights.grams * both[sought.pairs, :pool].sum(0) if sought.pairs else np.zeros(pool),
    )


def _best_options(matrix: Doubles, sought: _Sought) -> Doubles:
    """For each slot the best of its options."""
    rows, starts, worth = sought.options
    return _most(matrix[rows] * np.asarray(worth).reshape(-1, 1), starts)


def _best_members(matrix: Doubles, sought: _Sought) -> Doubles:
    """For each group its best member: the sum of the member's words, by its length."""
    rows, starts, worth = sought.members
    if not starts:
        return np.zeros((len(sought.names), matrix.shape[1]))
    found = matrix[rows]
    members = found if len(starts) == len(rows) else np.add.reduceat(found, starts, axis=0)
    return _most(members * np.asarray(worth).reshape(-1, 1), sought.member_starts)


def _most(rows: Doubles, starts: list[int]) -> Doubles:
    """The largest of each part of the rows, zeros for an empty part (numpy's own `reduceat` gives the next row)."""
    parts = len(starts) - 1
    if len(rows) == parts and all(at == start for at, start in enumerate(starts)):
        return rows
    most = np.zeros((parts, rows.shape[1]))
    filled = [part for part in range(parts) if starts[part] < starts[part + 1]]
    if filled:
        most[filled] = np.maximum.reduceat(rows, [starts[part] for part in filled], axis=0)
    return most


def _credited(one: Doubles, other: Doubles, both: float) -> Doubles:
    """The larger find, and a share of the smaller."""
    return np.maximum(one, other) + both * np.minimum(one, other)
