"""Why a question finds what it finds: the whole chain as plain values, for staff and for a shell."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from faq.asking import ASPECT_NAMES
from faq.calibrate import SIGNALS, Decision, belonging, confidence, decide, is_bare_topic, signals
from faq.entry import Entry
from faq.features import NAMES, features
from faq.index import Index
from faq.meanings import likest
from faq.question import Question, understand
from faq.ranker_weights import RANKER
from faq.ranking import Ranking, rank
from faq.text import content
from faq.units import units, words


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
    their sum. `alike` are words of the question with the word of the entry's asks that means most nearly the same, and
    how nearly (a cosine).
    """

    id: str
    score: float
    words: tuple[tuple[str, float, float], ...]
    groups: tuple[tuple[str, float], ...]
    features: tuple[tuple[str, float], ...]
    alike: tuple[tuple[str, str, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Explanation:
    """`tokens` are (surface, form, reading); `groups` are the synonym groups named, with their weights.

    `mended` are slips of the thumb with what they were read as. `verbatim` is the entry for which staff wrote down
    this very question ("" when there is none): it leads, whatever the points say. `candidates` and the numbers after it
    tell what the ranking alone found.
    """

    normalised: str
    mended: tuple[tuple[str, str], ...]
    verbatim: str
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


def explain(
    index: Index, query: str, top: int = 3, day: date | None = None, entries: Mapping[str, Entry] | None = None
) -> Explanation:
    """The chain from the words of a question to the decision, with the numbers `search` decides by.

    With the city's `entries` at hand it also tells which of their words mean nearly the same.
    """
    question = understand(index, query)
    ranking = rank(index, question, hidden=index.hidden_on(day) if day else None) if len(index) else None
    found = signals(index, question, ranking) if ranking is not None and len(ranking.entries) else None
    calibration = index.calibration
    asked_for = index.verbatim.find(query)
    sure = asked_for is not None and not (day is not None and index.hidden_on(day)[asked_for])
    return Explanation(
        normalised=question.text,
        mended=tuple((slip.typed, slip.word) for slip in question.mended),
        verbatim=index.ids[asked_for] if asked_for is not None and sure else "",
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
        candidates=_candidates(index, question, ranking, top, entries or {}) if ranking is not None else (),
        signals=tuple(zip(SIGNALS, (round(float(value), 3) for value in found), strict=True))
        if found is not None
        else (),
        confidence=confidence(calibration, found) if found is not None else 0.0,
        belonging=belonging(calibration, found) if found is not None else 0.0,
        thresholds=(("answer_from", calibration.answer_from), ("belongs_from", calibration.belongs_from)),
        decision=decide(calibration, found, is_bare_topic(question, ranking))
        if found is not None and ranking is not None
        else "handoff",
    )


def _candidates(
    index: Index, question: Question, ranking: Ranking, top: int, entries: Mapping[str, Entry]
) -> tuple[ExplainedCandidate, ...]:
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
            alike=_alike(index, question, entries.get(index.ids[entry])),
        )
        for column, entry in enumerate(ranking.entries[:top].tolist())
    )


def _alike(index: Index, question: Question, entry: Entry | None) -> tuple[tuple[str, str, float], ...]:
    """Words of the question that the entry's asks do not say, with their nearest in meaning there."""
    if entry is None:
        return ()
    asks = (entry.question, *entry.phrasings, *entry.keywords)
    said = [form for text in asks for form in words(content(units(text)), index.own_forms)]
    others = [slot.form for slot in question.slots if slot.form not in said]
    return tuple((word, other, round(like, 2)) for word, other, like in likest(others, said) if like >= _ALIKE)


_ALIKE = 0.35
"""Words less alike than this say nothing to each other (half of all pairs of words that mean the same reach it)."""

_DECISIONS = {"answer": "そのまま答える", "choices": "候補を出す", "handoff": "見つからない（職員へ）"}
_KINDS = {"word": "そのまま", "kana": "かなの中から", "spelling": "近いつづり"}
_MOST_OPTIONS = 8


def table(explanation: Explanation) -> str:
    """The explanation as text that staff can read."""
    lines = [f"質問　{explanation.normalised}", ""]
    if explanation.mended:
        read_as = "、".join(f"{typed} → {word}" for typed, word in explanation.mended)
        lines += [f"打ちまちがいとして読みかえました　{read_as}", ""]
    if explanation.verbatim:
        lines += [f"言い回しとして書かれています → {explanation.verbatim}（点数にかかわらず、これを答えます）", ""]
    lines.append("ことば（→ 探したことばと重み）")
    lines += [f"　{_word(word)}" for word in explanation.words]
    if explanation.groups:
        lines.append("言いかえ　" + "、".join(f"{name}（{weight}）" for name, weight in explanation.groups))
    if explanation.aspects:
        lines.append("聞いていること　" + "、".join(explanation.aspects))
    for number, candidate in enumerate(explanation.candidates, start=1):
        lines += ["", f"{number}. {candidate.id}　{candidate.score}点"]
        found = [f"{form}（質問 {ask}、回答 {answer}）" for form, ask, answer in candidate.words if ask or answer]
        lines.append("　合ったことば　" + ("、".join(found) or "なし"))
        groups = [f"{name} {points}" for name, points in candidate.groups if points]
        lines += ["　合った言いかえ　" + "、".join(groups)] if groups else []
        alike = [f"{word} ≒ {other}（{like}）" for word, other, like in candidate.alike]
        lines += ["　意味の近いことば　" + "、".join(alike)] if alike else []
        lines.append(
            "　点数の内わけ　" + "、".join(f"{name} {points}" for name, points in candidate.features if points)
        )
    thresholds = dict(explanation.thresholds)
    decision = _DECISIONS["answer" if explanation.verbatim else explanation.decision]
    return "\n".join(
        [
            *lines,
            "",
            f"判定　{decision}",
            f"　正しい確かさ {explanation.confidence:.2f}（{thresholds['answer_from']:.2f} 以上で、そのまま答える）",
            f"　市への質問らしさ {explanation.belonging:.2f}（{thresholds['belongs_from']:.2f} 未満で、職員へ）",
        ]
    )


def _word(word: ExplainedWord) -> str:
    options = "、".join(f"{term} {weight:.2f}" for term, weight in word.looked_for[:_MOST_OPTIONS])
    return (
        f"{word.surface}（{_KINDS.get(word.kind, word.kind)}、めずらしさ {word.rarity}）→ {options or '知らないことば'}"
    )
