"""The ranker's features: what is left to say about an entry when its words have been counted. Linear, so that
each can be told.

The weights were learned on judged queries by `benchmarks/learn_ranker.py` (listwise logistic regression, shrunk towards
the plain score); they know no word, no city and no entry.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

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
    "said",  # how many words of the question stand somewhere in the entry
    "in_answer",  # the answer speaks of the same, on a log scale
    "words",  # what was found literally, synonyms aside
    "letters",  # kanji and sounds of the question that its asks share
    "most_letters",  # its place by these: 1, 1/2, 1/3 …
    "near",  # what city halls are asked in these words is like this entry
    "asks_mean",  # how near the entry's asks are by what their words mean
    "answer_means",  # … its answer is
    "both_mean",  # … both together are
    *(f"both_ask_{name}" for name in ASPECT_NAMES),
    *(f"only_entry_asks_{name}" for name in ASPECT_NAMES),
)


_WEIGHTS: Final = np.asarray([RANKER[name] for name in NAMES])
_ASPECTS: Final = len(ASPECT_NAMES)
_PLACES: Final = 1 / np.arange(1, 257)


class Evidence(NamedTuple):
    """What was found in each entry of the pool (columns): per slot in its asks and answer, per synonym group, in pairs.

    `questions` are the entries' own questions among the asks of the index. `found` has a row for each of the `slots`,
    then for the name of each group, then for its members, and tells apart asks and answer; `credited` has one for each
    slot and each group: what counts. `worth` are the weights of the groups. `letters` see `faq.sounds`, `near` see
    `faq.topics`, `meanings` (three rows) see `faq.meanings`.
    """

    questions: NDArray[np.int64]
    slots: int
    found: Doubles
    credited: Doubles
    worth: Doubles
    grams: Doubles
    letters: Doubles
    near: Doubles
    meanings: Doubles
    base: Doubles
    """The plain score: words and groups, each credited once."""

    def ordered(self, order: NDArray[np.intp]) -> Evidence:
        return Evidence(
            self.questions.take(order),
            self.slots,
            self.found.take(order, axis=2),
            self.credited.take(order, axis=1),
            self.worth,
            self.grams.take(order),
            self.letters.take(order),
            self.near.take(order),
            self.meanings.take(order, axis=1),
            self.base.take(order),
        )

    @property
    def words(self) -> Doubles:
        return self.credited[: self.slots]

    @property
    def groups(self) -> Doubles:
        return self.credited[self.slots :]

    @property
    def slot_ask(self) -> Doubles:
        return self.found[: self.slots, 0]

    @property
    def slot_answer(self) -> Doubles:
        return self.found[: self.slots, 1]


def adjusted(index: Index, question: Question, evidence: Evidence) -> Doubles:
    """The final score of each entry: the plain score, and what the other features add as shares of the best one."""
    if not len(evidence.questions):
        return np.zeros(0)
    scores: Doubles = _WEIGHTS @ features(index, question, evidence)
    scores *= np.maximum.reduce(evidence.base)
    return scores


def features(index: Index, question: Question, evidence: Evidence) -> Doubles:
    """One row a feature (`NAMES`), one column an entry."""
    questions, asks, slots = evidence.questions, index.asks, evidence.slots
    said = {index.terms[term] for slot in question.slots for term, _ in slot.options}
    words, in_answer = evidence.words, evidence.found[:, 1]
    by_group = in_answer[slots : slots + len(question.groups)] + in_answer[slots + len(question.groups) :]
    found = np.empty((len(NAMES), len(questions)))
    found[0] = evidence.base / max(float(np.maximum.reduce(evidence.base)), 1e-9)
    found[1] = asks.brevity.take(questions)
    found[2] = np.fromiter(map(said.__contains__, asks.first_word.take(questions).tolist()), float, len(questions))
    found[3] = np.add.reduce(words > 0)
    found[4] = np.log1p(np.add.reduce(in_answer[:slots]) + evidence.worth @ by_group)
    found[5] = np.add.reduce(words) / index.rarest
    found[6] = evidence.letters
    found[7, (-evidence.letters).argsort(kind="stable")] = _PLACES[: len(questions)]
    found[7] *= evidence.letters > 0
    found[8] = evidence.near
    found[9:12] = evidence.meanings
    found[12:] = _SHARED_ASPECTS[question.aspects].take(asks.aspects.take(questions), axis=1)
    return found


def _shared_aspects() -> Doubles:
    """For every set of aspects a question may ask for (bits), a table: a row for each aspect that both ask for, then
    one for each that only the entry asks for; a column for every set that an entry may ask for."""
    sets = np.arange(1 << _ASPECTS)
    asked = sets & (1 << np.arange(_ASPECTS))[:, None] > 0
    return np.stack([np.vstack([asked & row[:, None], asked & ~row[:, None]]) for row in asked.T]).astype(float)


_SHARED_ASPECTS: Final = _shared_aspects()


IN_ASK: Final = 1.0
"""How well a word is accounted for that stands in one of the entry's asks; nothing else comes to as much."""


def explained_words(question: Question, evidence: Evidence) -> list[float]:
    """How well each slot is accounted for in the first entry: `IN_ASK`, down to 0 for not at all."""
    first, slots, groups = evidence.found[:, :, 0].tolist(), evidence.slots, len(question.groups)
    explained = [IN_ASK if ask > 0 else 0.6 if answer > 0 else 0.0 for ask, answer in first[:slots]]
    names, members = first[slots : slots + groups], first[slots + groups :]
    for named, (name_ask, name_answer), (member_ask, member_answer) in zip(
        question.groups, names, members, strict=True
    ):
        named_answer = named.weight * (name_answer + member_answer) > 0
        found = 0.8 if name_ask > 0 else 0.5 if member_ask > 0 else 0.4 if named_answer else 0.0
        for slot in named.slots:
            explained[slot] = max(explained[slot], found)
    return explained
