"""Entries in order of what their asks and answers share with the question. Pure numpy, no entry text is read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from faq.postings import Hits, Postings

if TYPE_CHECKING:
    from faq.index import Index
    from faq.question import Clue, Question

# Entries looked at closely after the first sum. In trials 92 of 100 right entries were among the first 60, 90 among 40.
POOL: Final = 40

Doubles = NDArray[np.float64]


@dataclass(frozen=True)
class Ranking:
    """The best entries (numbers of the index), best first, and what each clue gave them (clues in rows, entries in columns)."""

    entries: NDArray[np.intp]
    scores: Doubles
    best_ask: NDArray[np.intp]
    in_ask: Doubles
    in_answer: Doubles


def rank(
    index: Index,
    question: Question,
    pool: int = POOL,
    hidden: NDArray[np.bool_] | None = None,
    without_ask: int | None = None,
) -> Ranking:
    """The `pool` best entries. `hidden` entries never appear; `without_ask` leaves one ask out (it asks about itself)."""
    ask_hits, ask_clues = _hits(index.asks, [(clue, clue.in_ask) for clue in question.clues])
    answer_hits, answer_clues = _hits(index.answers, [(clue, clue.in_answer) for clue in question.clues])
    by_ask = _sum(ask_hits, index.asks.size)
    if without_ask is not None:
        by_ask[without_ask] = 0.0
    totals = np.maximum.reduceat(by_ask, index.first_ask[:-1]) + _sum(answer_hits, index.answers.size)
    if hidden is not None:
        totals[hidden] = 0.0
    entries = _best(totals, pool)
    best_ask = np.asarray([_best_ask(by_ask, index, entry) for entry in entries], np.intp)
    return Ranking(
        entries=entries,
        scores=totals[entries],
        best_ask=best_ask,
        in_ask=_matrix(ask_hits, ask_clues, best_ask, index.asks.size, len(question.clues)),
        in_answer=_matrix(answer_hits, answer_clues, entries, index.answers.size, len(question.clues)),
    )


def _hits(postings: Postings, weighed: list[tuple[Clue, float]]) -> tuple[Hits, NDArray[np.intp]]:
    """What the clues hold here, and which clue each row of it is."""
    found = [
        (postings.terms[clue.term], weight, at)
        for at, (clue, weight) in enumerate(weighed)
        if weight > 0 and clue.term in postings.terms
    ]
    rows = np.asarray([at for _, _, at in found], np.intp)
    return postings.hits([term for term, _, _ in found], [weight for _, weight, _ in found]), rows


def _sum(hits: Hits, size: int) -> Doubles:
    return np.bincount(hits.places, weights=hits.worth, minlength=size).astype(np.float64, copy=False)


def _best(totals: Doubles, count: int) -> NDArray[np.intp]:
    """The numbers of the best entries above zero; equal scores keep the order of the files."""
    if len(totals) > count:
        chosen = np.sort(np.argpartition(-totals, count - 1)[:count])
    else:
        chosen = np.arange(len(totals))
    ordered = chosen[np.argsort(-totals[chosen], kind="stable")]
    return ordered[totals[ordered] > 0]


def _best_ask(by_ask: Doubles, index: Index, entry: int) -> int:
    first, end = int(index.first_ask[entry]), int(index.first_ask[entry + 1])
    return first + int(by_ask[first:end].argmax())


def _matrix(hits: Hits, clues: NDArray[np.intp], chosen: NDArray[np.intp], size: int, rows: int) -> Doubles:
    """The worth of every clue (row) at the chosen places (columns)."""
    columns = np.full(size, -1, np.int32)
    columns[chosen] = np.arange(len(chosen), dtype=np.int32)
    column = columns[hits.places]
    kept = column >= 0
    flat = clues[hits.rows[kept]] * len(chosen) + column[kept]
    summed = np.bincount(flat, weights=hits.worth[kept], minlength=rows * len(chosen))
    return summed.astype(np.float64, copy=False).reshape(rows, len(chosen))
