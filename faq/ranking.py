"""Entries in order of what their asks and answers share with the question. Pure numpy; no entry's text is read.

Two looks: a plain sum over everything found chooses a pool; in the pool each word of the question is credited once, each
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


class _Sought(NamedTuple):
    """All terms a question looks for, each once: `numbers` of the index, and where slots, groups and pairs stand in them."""

    numbers: Ints
    slots: tuple[tuple[Ints, Doubles], ...]
    groups: tuple[tuple[int, Ints, Ints, Doubles], ...]
    grams: Ints
    first_sum: Doubles


def rank(
    index: Index,
    question: Question,
    pool: int = POOL,
    hidden: NDArray[np.bool_] | None = None,
    without_ask: int | None = None,
) -> Ranking:
    """The `pool` best entries. `hidden` entries never appear; `without_ask` leaves one ask out (it asks about itself)."""
    sought = _sought(index, question)
    ask_hits, answer_hits = index.in_asks.hits(sought.numbers), index.in_answers.hits(sought.numbers)
    if without_ask is not None:
        ask_hits = ask_hits.without(without_ask)
    by_ask = ask_hits.summed(sought.first_sum, index.in_asks.size)
    by_answer = answer_hits.summed(sought.first_sum * index.weights.answer_in_first_sum, index.in_answers.size)
    totals = np.maximum.reduceat(by_ask, index.first_ask[:-1]) + by_answer
    if hidden is not None:
        totals[hidden] = 0.0
    entries = _best(totals, pool)
    rows = len(sought.numbers)
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
    """Terms in order of first need. Words of the question itself are no news when a synonym brings them up again."""
    rows: dict[int, int] = {}
    weights: list[float] = []

    def row(number: int, weight: float) -> int:
        at = rows.setdefault(number, len(rows))
        if at == len(weights):
            weights.append(weight)
        else:
            weights[at] = max(weights[at], weight)
        return at

    slots = []
    for slot in question.slots:
        known = [(index.terms[term], weight) for term, weight in slot.options]
        slots.append(
            (
                np.asarray([row(number, weight) for number, weight in known], np.int64),
                np.asarray([weight for _, weight in known], np.float64),
            )
        )
    own = len(rows)
    groups = []
    for named in question.groups:
        number = index.terms.get(f"={named.group}")
        name = -1 if number is None else row(number, named.weight * index.weights.group_in_ask)
        terms, starts, worth = index.expansions[named.group]
        weight = named.weight * index.weights.member_in_ask
        ats = np.asarray([row(term, weight * 0.5) for term in terms.tolist()], np.int64)
        groups.append((name, ats, starts, worth))
    grams = []
    for slot in question.slots:
        if not slot.options:
            grams += [
                row(index.terms[gram], index.weights.grams) for gram in gram_terms(slot.form) if gram in index.terms
            ]
    return _Sought(
        np.asarray(list(rows), np.int64),
        tuple(slots),
        tuple((name, np.where(ats < own, len(rows), ats), starts, worth) for name, ats, starts, worth in groups),
        np.asarray(grams, np.int64),
        np.asarray(weights, np.float64),
    )


def _best(totals: Doubles, count: int) -> NDArray[np.intp]:
    """The numbers of the best entries above zero; equal scores keep the order of the files."""
    chosen = np.arange(len(totals))
    if len(totals) > count:
        chosen = np.sort(np.argpartition(-totals, count - 1)[:count])
    ordered = chosen[np.argsort(-totals[chosen], kind="stable")]
    return ordered[totals[ordered] > 0]


def _evidence(
    index: Index, question: Question, sought: _Sought, entries: NDArray[np.intp], in_ask: Doubles, in_answer: Doubles
) -> Evidence:
    """What each slot and each group found in each entry of the pool (columns)."""
    weights, columns = index.weights, len(entries)
    nothing = np.zeros((1, columns))
    in_ask, in_answer = np.vstack([in_ask, nothing]), np.vstack([in_answer, nothing])

    def slot_rows(matrix: Doubles) -> Doubles:
        found = [(matrix[at] * worth[:, None]).max(0) if len(at) else nothing[0] for at, worth in sought.slots]
        return np.vstack(found) if found else np.zeros((0, columns))

    def group_rows(matrix: Doubles, name_weight: float, member_weight: float) -> tuple[Doubles, Doubles]:
        names = [name_weight * matrix[name] if name >= 0 else nothing[0] for name, _, _, _ in sought.groups]
        members = [
            member_weight * (np.add.reduceat(matrix[ats], starts, axis=0) * worth[:, None]).max(0)
            if len(starts)
            else nothing[0]
            for _, ats, starts, worth in sought.groups
        ]
        if not names:
            return np.zeros((0, columns)), np.zeros((0, columns))
        return np.vstack(names), np.vstack(members)

    slot_ask, slot_answer = slot_rows(in_ask), slot_rows(in_answer)
    name_ask, member_ask = group_rows(in_ask, weights.group_in_ask, weights.member_in_ask)
    name_answer, member_answer = group_rows(in_answer, weights.group_in_answer, weights.member_in_answer)
    words = _credited(slot_ask, slot_answer, weights.both)
    groups = _credited(name_ask, name_answer, weights.group_both) + _credited(
        member_ask, member_answer, weights.group_both
    )
    worth = np.asarray([named.weight for named in question.groups])[:, None] if question.groups else np.zeros((0, 1))
    literal = np.vstack([words[list(named.slots)].sum(0) for named in question.groups]) if question.groups else groups
    return Evidence(
        questions=index.first_ask[entries],
        slot_ask=slot_ask,
        slot_answer=slot_answer,
        words=words,
        groups=_thinned(index, entries) * worth * np.maximum(groups - weights.literal_off * literal, 0.0),
        group_ask=(name_ask > 0) | (member_ask > 0),
        group_answer=worth * (name_answer + member_answer),
        named_ask=name_ask > 0,
        grams=weights.grams * in_ask[sought.grams].sum(0) if len(sought.grams) else nothing[0],
    )


def _thinned(index: Index, entries: NDArray[np.intp]) -> Doubles:
    """An entry that is asked for in many phrasings needs its synonyms less: what is not there is missing."""
    asks = index.first_ask[entries + 1] - index.first_ask[entries]
    thinned: Doubles = asks.astype(np.float64) ** -index.weights.rich_power
    return thinned


def _credited(one: Doubles, other: Doubles, both: float) -> Doubles:
    """The larger find, and a share of the smaller."""
    return np.maximum(one, other) + both * np.minimum(one, other)
