"""Why a question finds what it finds: the whole chain as plain values, for staff and for a shell."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from faq.asking import ASPECT_NAMES
from faq.calibrate import SIGNALS, Decision, belonging, confidence, decide, signals
from faq.features import NAMES, features
from faq.index import Index
from faq.question import Question, understand
from faq.ranker_weights import RANKER
from faq.ranking import Ranking, rank


@dataclass(frozen=True, slots=True)
class ExplainedWord:
    """`kind`: word as it stands, kana (heard in a run of kana) or spelling (the nearest known word).
    `looked_for` are the
    terms with their weights; empty when the index knows nothing like it. `rarity` is what finding it can be worth."""

    surface: str
    form: str
    kind: str
    looked_for: tuple[tuple[str, float], ...]
    rarity: float


@dataclass(frozen=True, slots=True)
class ExplainedCandidate:
    """Points by word (asks, answer), by synonym group, and what each feature of the ranker adds; `score` is
    their sum.
    """

    id: str
    score: float
    words: tuple[tuple[str, float, float], ...]
    groups: tuple[tuple[str, float], ...]
    features: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class Explanation:
    """`tokens` are (surface, form, reading); `groups` are the synonym groups named, with their weights."""

    normalised: str
    tokens: tuple[tuple[str, str, str], ...]
    words: tuple[ExplainedWord, ...]
    groups: tuple[tuple[str, float], ...]
    aspects: tuple[str, ...]
    candidates: tuple[ExplainedCandidate, ...]
    signals: tuple[tuple[str, float], ...]
    confidence: float
    belonging: float
    thresholds: tuple[tuple[str, float], ...]
    decision: Decision


def explain(index: Index, query: str, top: int = 3, day: date | None = None) -> Explanation:
    """The chain from the words of a question to the decision, with the numbers `search` decides by."""
    question = understand(index, query)
    ranking = rank(index, question, hidden=index.hidden_on(day) if day else None) if len(index) else None
    found = signals(index, question, ranking) if ranking is not None and len(ranking.entries) else None
    calibration = index.calibration
    return Explanation(
        normalised=question.text,
        tokens=tuple((token.surface, token.form, token.reading) for token in question.tokens),
        words=tuple(
            ExplainedWord(
                question.text[slot.start : slot.end],
                slot.form,
                slot.kind,
                slot.options,
                round(index.rarity(slot.form), 3),
            )
            for slot in question.slots
        ),
        groups=tuple((named.group, round(named.weight, 3)) for named in question.groups),
        aspects=tuple(name for bit, name in enumerate(ASPECT_NAMES) if question.aspects >> bit & 1),
        candidates=_candidates(index, question, ranking, top) if ranking is not None else (),
        signals=tuple(zip(SIGNALS, (round(float(value), 3) for value in found), strict=True))
        if found is not None
        else (),
        confidence=confidence(calibration, found) if found is not None else 0.0,
        belonging=belonging(calibration, found) if found is not None else 0.0,
        thresholds=(("answer_from", calibration.answer_from), ("belongs_from", calibration.belongs_from)),
        decision=decide(calibration, found) if found is not None else "handoff",
    )


def _candidates(index: Index, question: Question, ranking: Ranking, top: int) -> tuple[ExplainedCandidate, ...]:
    evidence = ranking.evidence
    if not len(ranking.entries):
        return ()
    parts = features(index, question, evidence) * float(evidence.base.max())
    return tuple(
        ExplainedCandidate(
            id=index.ids[entry],
            score=round(float(ranking.scores[column]), 4),
            words=tuple(
                (
                    slot.form,
                    round(float(evidence.slot_ask[row, column]), 3),
                    round(float(evidence.slot_answer[row, column]), 3),
                )
                for row, slot in enumerate(question.slots)
            ),
            groups=tuple(
                (named.group, round(float(evidence.groups[row, column]), 3))
                for row, named in enumerate(question.groups)
            ),
            features=tuple(
                (name, round(RANKER[name] * float(parts[row, column]), 4)) for row, name in enumerate(NAMES)
            ),
        )
        for column, entry in enumerate(ranking.entries[:top].tolist())
    )
