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

    rows: Ints
    starts: Ints
    worth: Doubles


class _Sought(NamedTuple):
    """All terms a question looks for, each one row: which rows are the options of the slots, the names of the groups,
    the words of the groups' members (`member_starts` begins each group's members), and the pairs of characters."""

    terms: Ints
    weights: Doubles
    options: _Parts
    names: Ints
    members: _Parts
    member_starts: Ints
    pairs: Ints


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
        ask_hits = ask_hits.without(without_ask)
    by_ask = ask_hits.summed(sought.weights, index.in_asks.size)
    by_answer = answer_hits.summed(sought.weights * index.weights.answer_in_first_sum, index.in_answers.size)
    totals = np.maximum.reduceat(by_ask, index.first_ask[:-1]) + by_answer
    if hidden is not None:
        totals[hidden] = 0.0
    entries = _best(totals, pool)
    rows = len(sought.terms)
    evidence = _evidence(
        index,
        question,
        sought,
        entries,
        ask_hits.best(index.asks.owner, entries, rows, len(index)),
        answer_hits.matrix(entries, rows, len(index)),
    )
    scores = adjusted(index, question, evidence)
    order = np.argsort(-scores, kind="stable")
    return Ranking(entries[order], scores[order], evidence.ordered(order))


def _sought(index: Index, question: Question) -> _Sought:
    """Words of the question itself are no news when a synonym brings them up again: they lead to the row of zeros."""
    terms, weights = index.terms, index.weights
    options = [(terms[term], weight) for slot in question.slots for term, weight in slot.options]
    groups = [(named, index.expansions[named.group]) for named in question.groups]
    pairs = [
        terms[pair] for slot in question.slots if not slot.options for pair in gram_terms(slot.form) if pair in terms
    ]
    names = [terms.get(f"={named.group}", -1) for named, _ in groups]
    member_terms = [expansion.terms for _, expansion in groups]
    flat = np.concatenate(
        [
            np.asarray([number for number, _ in options], np.int64),
            np.asarray(names, np.int64),
            *member_terms,
            np.asarray(pairs, np.int64),
        ]
    )
    worth = np.concatenate(
        [
            np.asarray([weight for _, weight in options]),
            np.asarray([named.weight * weights.group_in_ask for named, _ in groups]),
            *(
                np.full(len(of_group), 0.5 * weights.member_in_ask * named.weight)
                for (named, _), of_group in zip(groups, member_terms, strict=True)
            ),
            np.full(len(pairs), weights.grams),
        ]
    )
    known = flat >= 0
    unique, row_of_known = np.unique(flat[known], return_inverse=True)
    rows = np.full(len(flat), len(unique), np.int64)
    rows[known] = row_of_known
    strongest = np.zeros(len(unique) + 1)
    np.maximum.at(strongest, rows, worth)
    first_name, first_member = len(options), len(options) + len(names)
    first_pair = len(flat) - len(pairs)
    own = np.zeros(len(unique) + 1, np.bool_)
    own[rows[:first_name]] = True
    member_rows = rows[first_member:first_pair]
    return _Sought(
        terms=unique,
        weights=strongest[:-1],
        options=_Parts(rows[:first_name], _starts([len(slot.options) for slot in question.slots]), worth[:first_name]),
        names=rows[first_name:first_member],
        members=_Parts(
            np.where(own[member_rows], len(unique), member_rows),
            _joined_starts([expansion.starts for _, expansion in groups], [len(of_group) for of_group in member_terms]),
            np.concatenate([np.zeros(0), *(expansion.weights for _, expansion in groups)]),
        ),
        member_starts=_starts([len(expansion.weights) for _, expansion in groups]),
        pairs=rows[first_pair:],
    )


def _starts(lengths: list[int]) -> Ints:
    """Where parts of these lengths begin, and where the last one ends."""
    return np.cumsum([0, *lengths]).astype(np.int64)


def _joined_starts(starts: list[Ints], lengths: list[int]) -> Ints:
    """Starts counted in each group's own words, counted in all groups' words."""
    before = _starts(lengths)
    return np.concatenate(
        [np.zeros(0, np.int64), *(own + at for own, at in zip(starts, before.tolist(), strict=False))]
    )


def _best(totals: Doubles, count: int) -> NDArray[np.intp]:
    """The numbers of the best entries above zero; equal scores keep the order of the files."""
    chosen = np.arange(len(totals))
    if len(totals) > count:
        chosen = np.sort(np.argpartition(totals, len(totals) - count)[len(totals) - count :])
    ordered = chosen[np.argsort(-totals[chosen], kind="stable")]
    return ordered[totals[ordered] > 0]


def _evidence(
    index: Index, question: Question, sought: _Sought, entries: NDArray[np.intp], in_ask: Doubles, in_answer: Doubles
) -> Evidence:
    """What each slot and each group found in each entry of the pool (columns)."""
    weights = index.weights
    in_ask, in_answer = _with_zeros(in_ask), _with_zeros(in_answer)
    slot_ask, slot_answer = _best_options(in_ask, sought), _best_options(in_answer, sought)
    member_ask = weights.member_in_ask * _best_members(in_ask, sought)
    member_answer = weights.member_in_answer * _best_members(in_answer, sought)
    name_ask, name_answer = (
        weights.group_in_ask * in_ask[sought.names],
        weights.group_in_answer * in_answer[sought.names],
    )
    words = _credited(slot_ask, slot_answer, weights.both)
    groups = _credited(name_ask, name_answer, weights.group_both) + _credited(
        member_ask, member_answer, weights.group_both
    )
    worth = np.asarray([named.weight for named in question.groups]).reshape(-1, 1)
    covers = np.zeros((len(question.groups), len(question.slots)))
    for row, named in enumerate(question.groups):
        covers[row, list(named.slots)] = weights.literal_off
    return Evidence(
        questions=index.first_ask[entries],
        slot_ask=slot_ask,
        slot_answer=slot_answer,
        words=words,
        groups=_thinned(index, entries) * worth * np.maximum(groups - covers @ words, 0.0),
        group_ask=(name_ask > 0) | (member_ask > 0),
        group_answer=worth * (name_answer + member_answer),
        named_ask=name_ask > 0,
        grams=weights.grams * in_ask[sought.pairs].sum(0),
    )


def _with_zeros(matrix: Doubles) -> Doubles:
    """One row more, for what is nowhere."""
    return np.concatenate([matrix, np.zeros((1, matrix.shape[1]))])


def _best_options(matrix: Doubles, sought: _Sought) -> Doubles:
    """For each slot the best of its options."""
    rows, starts, worth = sought.options
    return _reduced(np.maximum, matrix[rows] * worth[:, None], starts)


def _best_members(matrix: Doubles, sought: _Sought) -> Doubles:
    """For each group its best member: the sum of the member's words, by its length."""
    rows, starts, worth = sought.members
    if not len(starts):
        return np.zeros((len(sought.names), matrix.shape[1]))
    members = np.add.reduceat(matrix[rows], starts, axis=0) * worth[:, None]
    return _reduced(np.maximum, members, sought.member_starts)


def _reduced(reduce: np.ufunc, rows: Doubles, starts: Ints) -> Doubles:
    """`reduceat` that gives zeros for empty parts (numpy's own gives the next row)."""
    filled = np.flatnonzero(np.diff(starts))
    reduced = np.zeros((len(starts) - 1, rows.shape[1]))
    if len(filled):
        reduced[filled] = reduce.reduceat(rows, starts[filled], axis=0)
    return reduced


def _thinned(index: Index, entries: NDArray[np.intp]) -> Doubles:
    """An entry that is asked for in many phrasings needs its synonyms less: what is not there is missing."""
    asks = index.first_ask[entries + 1] - index.first_ask[entries]
    thinned: Doubles = asks.astype(np.float64) ** -index.weights.rich_power
    return thinned


def _credited(one: Doubles, other: Doubles, both: float) -> Doubles:
    """The larger find, and a share of the smaller."""
    return np.maximum(one, other) + both * np.minimum(one, other)
