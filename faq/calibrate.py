"""How sure the best entry is, and what to do with that: answer it, offer choices, or hand over to staff.

Two logistic models over the same few signals. `right`: is the first entry the right one? Its weights start from
values learned
on judged queries and are pulled towards this index's own evidence: the entries' `tests`, and phrasings asked
with themselves left
out. `belongs`: is this a question to a city hall at all? Its weights are the same for every city.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, Literal

import numpy as np

from faq.decision_weights import BELONGS, RIGHT, SPREAD
from faq.features import IN_ASK, explained_words
from faq.postings import Doubles
from faq.question import understand
from faq.ranking import rank
from faq.text import is_content

if TYPE_CHECKING:
    from faq.entry import Entry
    from faq.index import Index
    from faq.question import Question
    from faq.ranking import Ranking

Decision = Literal["answer", "choices", "handoff"]

SIGNALS: Final = (
    "best",  # the best plain score beside the rarest word, on a log scale
    "of_ideal",  # the plain score as a share of what finding every word would be worth
    "margin",  # how far the second is behind, in plain scores
    "margin_to_fifth",  # … and the fifth
    "explained",  # the share of the question that the first entry accounts for
    "asked",  # the share of the entry's question that was said
    "unknown",  # the share of words that nobody wrote in this index
    "length",  # how many words the question has, on a log scale
    "near",  # whether the first entry is the one most like what city halls are asked in these words
    "topical",  # how well one such topic fits better than all others
    "plain",  # whether the first entry also leads by the plain score
    "meant",  # how near the first entry is by what the words mean
    "civic",  # how much the words mean what people ask a city hall
)
# Questions asked of an index by its own build; 240 take 0.2 s. Fewer than 40 teach nothing.
MOST_PROBES: Final = 240
FEWEST_PROBES: Final = 40
# How far the evidence of a full set of probes may move a weight, in spreads (larger: further).
_FREEDOM: Final = 0.4
# A spring that does not give.
_FIXED: Final = 1e6
_SMALLEST_STEP: Final = 1e-6
# A direct answer is claimed where this share of the probes was right; among fewer than this many probes nothing
# is claimed.
AIMED_PRECISION: Final = 0.97
FEWEST_CLAIMS: Final = 20
_COUNTED: Final = 0.25
# A topic said by itself is of at most so many short units: 固定 / 資産 / 税.
LONGEST_TOPIC: Final = 3


@dataclass(frozen=True)
class Calibration:
    """Constants of one index; weights are for `SIGNALS`. Defaults: see docs/matching.md, "判定".

    `answer_from`: direct answer from this probability of being right. `belongs_from`: below this probability of being a
    question to the city at all, the question goes to staff; below `answer_belongs_from` it is not answered directly.
    `probes`: own questions that shaped `right` (0: defaults).
    """

    right: tuple[float, ...] = RIGHT[0]
    right_constant: float = RIGHT[1]
    answer_from: float = 0.8
    belongs: tuple[float, ...] = BELONGS[0]
    belongs_constant: float = BELONGS[1]
    belongs_from: float = 0.6
    answer_belongs_from: float = 0.75
    probes: int = 0


def signals(index: Index, question: Question, ranking: Ranking) -> list[float]:
    """What tells a sure match from a lucky one, for the best entry of a ranking that has one."""
    scores, evidence = ranking.scores[:5].tolist(), ranking.evidence
    plain, highest = float(evidence.base[0]), float(np.maximum.reduce(evidence.base))
    best = max(highest, 1e-6)
    first, second, fifth = scores[0], scores[min(1, len(scores) - 1)], scores[-1]
    rarity = [index.rarity(slot.form) for slot in question.slots]
    total = max(sum(rarity), 1e-6)
    explained = explained_words(question, evidence)
    asked = sum(rare for rare, share in zip(rarity, explained, strict=True) if share == IN_ASK)
    return [
        math.log(best / index.rarest),
        plain / total,
        (first - second) / best if len(scores) > 1 else 1.0,
        (first - fifth) / best if len(scores) > 1 else 1.0,
        sum(map(operator.mul, rarity, explained)) / total,
        min(asked / max(float(index.asks.mass[evidence.questions[0]]), 1e-6), 1.0),
        sum(not slot.options for slot in question.slots) / max(len(question.slots), 1),
        math.log1p(len(question.slots)),
        float(evidence.near[0]),
        ranking.topical,
        float(plain >= highest),
        float(evidence.meanings[2, 0]),
        ranking.civic,
    ]


def confidence(calibration: Calibration, found: Sequence[float]) -> float:
    """The probability, 0 to 1, that the best entry is right."""
    return _probability(found, calibration.right, calibration.right_constant)


def belonging(calibration: Calibration, found: Sequence[float]) -> float:
    """The probability, 0 to 1, that this is a question to a city hall."""
    return _probability(found, calibration.belongs, calibration.belongs_constant)


def decide(calibration: Calibration, found: Sequence[float], bare: bool = False, named: bool = True) -> Decision:
    """What to do with the best entry, by the signals found for it. A bare topic (税金) is never sent away; nothing is
    answered directly where none is `named` (急いでいます)."""
    ours = belonging(calibration, found)
    if ours < calibration.belongs_from:
        return "choices" if bare else "handoff"
    sure = confidence(calibration, found) >= calibration.answer_from and ours >= calibration.answer_belongs_from
    return "answer" if sure and named else "choices"


def names_a_topic(question: Question) -> bool:
    """Whether a question has a noun that carries a topic, or a word that was heard in kana."""
    return any(slot.kind != "word" for slot in question.slots) or any(
        token.noun and is_content(token) for token in question.tokens
    )


def is_bare_topic(question: Question, ranking: Ranking) -> bool:
    """Whether a noun or a few stand there by themselves, and some entry is asked for by every one of them or by a
    synonym of it."""
    slots, evidence = question.slots, ranking.evidence
    if not 0 < len(slots) <= LONGEST_TOPIC or not all(
        token.noun or not token.surface.strip() for token in question.tokens
    ):
        return False
    asked = evidence.slot_ask > 0
    for row, named in enumerate(question.groups, len(slots)):
        asked[list(named.slots)] |= evidence.found[row, 0] > 0
    return bool(asked.all(0).any())


def calibrated(index: Index, entries: Sequence[Entry]) -> Calibration:
    """The constants for this index, from its own questions where there are enough of them."""
    start = Calibration()
    probes = list(_probes(index, entries))
    if len(probes) < FEWEST_PROBES:
        return start
    found = np.vstack([signal for signal, _ in probes])
    right = np.asarray([float(hit) for _, hit in probes])
    weights, constant = _learned(found, right, np.asarray(start.right), start.right_constant)
    sure = _sigmoid(found @ weights + constant)
    return replace(
        start,
        right=tuple(float(weight) for weight in weights),
        right_constant=float(constant),
        answer_from=_threshold(sure, right, start.answer_from),
        probes=len(probes),
    )


def _probes(index: Index, entries: Sequence[Entry]) -> Iterator[tuple[list[float], bool]]:
    """Own questions, spread evenly over the entries: tests, and phrasings without themselves. With whether the
    first is right.

    Half and half, where there are enough of both: a phrasing asked without itself is harder than what residents ask, a
    test by the hand that wrote the phrasings is easier.
    """
    tests = [(number, test, None) for number, entry in enumerate(entries) for test in entry.tests]
    phrasings = [
        (number, phrasing, int(index.first_ask[number]) + place)
        for number, entry in enumerate(entries)
        for place, phrasing in enumerate(entry.phrasings, 1)
    ]
    half = MOST_PROBES // 2
    asked: list[tuple[int, str, int | None]] = _spread(tests, MOST_PROBES - min(len(phrasings), half))
    asked += _spread(phrasings, MOST_PROBES - len(asked))
    for number, text, ask in asked:
        question = understand(index, text)
        ranking = rank(index, question, without_ask=ask)
        if len(ranking.entries):
            yield signals(index, question, ranking), int(ranking.entries[0]) == number


def _spread(probes: Sequence[tuple[int, str, int | None]], most: int) -> list[tuple[int, str, int | None]]:
    places = np.linspace(0, len(probes) - 1, min(most, len(probes))).astype(int).tolist()
    return [probes[place] for place in places]


def _learned(found: Doubles, right: Doubles, start: Doubles, constant: float) -> tuple[Doubles, float]:
    """Logistic regression by Newton steps, each weight held to its start by a spring.

    Own questions hardly ever hold a word that nobody wrote, and all of them are questions to a city hall: they teach
    nothing about that, and these weights stay where the judged queries put them. Left free, that of unknown words went
    from -.7 to +5.6, and idle talk was answered.
    """
    spread = np.asarray(SPREAD)
    scaled = np.hstack([found / spread, np.ones((len(found), 1))])
    origin = np.append(start * spread, constant)
    spring = np.full(len(origin), 1.0 / _FREEDOM**2)
    spring[[SIGNALS.index(name) for name in ("unknown", "civic")]] = _FIXED

    def loss(weights: Doubles) -> float:
        margin = scaled @ weights
        return float(np.sum(np.logaddexp(0, margin) - right * margin) + np.sum(spring * (weights - origin) ** 2) / 2)

    weights = origin.copy()
    for _ in range(12):
        sure = _sigmoid(scaled @ weights)
        slope = scaled.T @ (sure - right) + spring * (weights - origin)
        curve = (scaled * (sure * (1 - sure))[:, None]).T @ scaled + np.diag(spring)
        step = np.linalg.solve(curve, slope)
        # Where hits and misses part cleanly a whole step overshoots and the next one diverges: take less of it.
        while loss(weights - step) > loss(weights) and np.abs(step).max() > _SMALLEST_STEP:
            step = step / 2
        weights = weights - step
    return weights[:-1] / spread, float(weights[-1])


def _sigmoid(margin: Doubles) -> Doubles:
    return np.asarray(1 / (1 + np.exp(-np.clip(margin, -30, 30))))


def _threshold(sure: Doubles, right: Doubles, otherwise: float) -> float:
    """The lowest probability from which the aimed share is right; rather careful where the probes are few.

    Counted is what was expected to be right, and a quarter of what was: that moves in steps, and alone one probe more
    or less moved the threshold by a tenth of all direct answers.
    """
    order = np.argsort(-sure)
    claims = np.arange(1, len(order) + 1)
    counted = np.cumsum(_COUNTED * right[order] + (1 - _COUNTED) * sure[order])
    precise = (counted / claims >= AIMED_PRECISION) & (claims >= FEWEST_CLAIMS)
    if not precise.any():
        return max(otherwise, 0.9)
    return float(min(max(sure[order[np.flatnonzero(precise)[-1]]], 0.6), 0.98))


def _probability(found: Sequence[float], weights: Sequence[float], constant: float) -> float:
    worth = sum(map(operator.mul, found, weights))
    return 1 / (1 + math.exp(-min(max(worth + constant, -30.0), 30.0)))
