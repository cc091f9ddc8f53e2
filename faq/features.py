"""The ranker's features: what is left to say about an entry when its words have been counted. Linear, so that
each can be told.

The weights were learned on judged queries by `benchmarks/learn_ranker.py` (listwise logistic regression, shrunk towards
the plain score); they know no word, no city and no entry.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from faq.asking import ASPECT_NAMES
from faq.postings import Doubles
from faq.ranker_weights import RANKER

if TYPE_CHECKING:
    from faq.index import Index
    from faq.question import Question

NAMES: Final = (
    "of_best",  # the plain score as a share of the best one
    "short",  # the entry's question has few words
    "topic_first",  # the first word of the entry's question, mostly its topic, is said
    "said_elsewhere",  # minus the words of the question that stand nowhere in the entry
    "in_answer",  # the answer speaks of the same, on a log scale
    *(f"both_ask_{name}" for name in ASPECT_NAMES),
    *(f"only_entry_asks_{name}" for name in ASPECT_NAMES),
)


_WEIGHTS: Final = np.asarray([RANKER[name] for name in NAMES])
_ASPECTS: Final = len(ASPECT_NAMES)
_ASPECT_BITS: Final = 1 << np.arange(_ASPECTS)[:, None]


@dataclass(frozen=True)
class Evidence:
    """What was found in each entry of the pool (columns): per slot in its asks and answer, per synonym group, in pairs.

    `questions` are the entries' own questions among the asks of the index.
    """

    questions: NDArray[np.int64]
    slot_ask: Doubles
    slot_answer: Doubles
    words: Doubles
    groups: Doubles
    group_ask: NDArray[np.bool_]
    group_answer: Doubles
    named_ask: NDArray[np.bool_]
    grams: Doubles

    def ordered(self, order: NDArray[np.intp]) -> Evidence:
        return Evidence(**{part.name: getattr(self, part.name)[..., order] for part in fields(self)})

    @property
    def base(self) -> Doubles:
        """The plain score: words and groups, each credited once."""
        total: Doubles = self.words.sum(0) + self.groups.sum(0) + self.grams
        return total


def adjusted(index: Index, question: Question, evidence: Evidence) -> Doubles:
    """The final score of each entry: the plain score, and what the other features add as shares of the best one."""
    if not len(evidence.questions):
        return np.zeros(0)
    scores: Doubles = float(evidence.base.max()) * (_WEIGHTS @ features(index, question, evidence))
    return scores


def features(index: Index, question: Question, evidence: Evidence) -> Doubles:
    """One row a feature (`NAMES`), one column an entry."""
    questions, base, asks = evidence.questions, evidence.base, index.asks
    said = {index.terms[term] for slot in question.slots for term, _ in slot.options}
    asked = asks.aspects[questions] & _ASPECT_BITS
    found = np.empty((len(NAMES), len(questions)))
    found[0] = base / max(float(base.max()), 1e-9)
    found[1] = -np.log1p(asks.length[questions])
    found[2] = [word in said for word in asks.first_word[questions].tolist()]
    found[3] = -((evidence.slot_ask + evidence.slot_answer) <= 0).sum(0)
    found[4] = np.log1p(evidence.slot_answer.sum(0) + evidence.group_answer.sum(0))
    found[5:-_ASPECTS] = asked & question.aspects
    found[-_ASPECTS:] = asked & ~question.aspects
    found[5:] = found[5:] > 0
    return found


def explained_words(question: Question, evidence: Evidence) -> list[float]:
    """How well each slot is accounted for in the first entry: 1 in its ask, down to 0 for not at all."""
    slot_ask, slot_answer = evidence.slot_ask[:, 0].tolist(), evidence.slot_answer[:, 0].tolist()
    explained = [
        1.0 if ask > 0 else 0.6 if answer > 0 else 0.0 for ask, answer in zip(slot_ask, slot_answer, strict=True)
    ]
    named_ask, group_ask = evidence.named_ask[:, 0].tolist(), evidence.group_ask[:, 0].tolist()
    group_answer = evidence.group_answer[:, 0].tolist()
    for row, named in enumerate(question.groups):
        found = 0.8 if named_ask[row] else 0.5 if group_ask[row] else 0.4 if group_answer[row] > 0 else 0.0
        for slot in named.slots:
            explained[slot] = max(explained[slot], found)
    return explained
