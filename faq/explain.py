"""Why a question finds what it finds: the whole chain as plain values, for staff and for a shell."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, NamedTuple

from faq.asking import ASPECT_NAMES
from faq.calibrate import (
    SIGNALS,
    Calibration,
    Decision,
    belonging,
    confidence,
    decide,
    is_bare_topic,
    names_a_topic,
    signals,
)
from faq.entry import Entry
from faq.features import NAMES, features
from faq.index import Index
from faq.meanings import likest
from faq.postings import Doubles
from faq.question import Question, Slot, understand
from faq.ranker_weights import RANKER
from faq.ranking import Ranking, further_words, rank, typical_first
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
class ExplainedGroup:
    """A synonym group that the letters `said` name. Entries that name it in any way are found by that; `looked_for` are
    words of it that were also looked for one by one."""

    id: str
    name: str
    said: str
    weight: float
    looked_for: tuple[str, ...]


TYPICAL: Final = "typical"
"""The name of what an entry has for being typical (`faq.ranking.typical_first`), beside those of the features."""

CONSTANT: Final = "constant"
"""The name of what the decision begins with, beside those of the signals."""


@dataclass(frozen=True, slots=True)
class ExplainedSignal:
    """A signal of the decision (`faq.calibrate.SIGNALS`, CONSTANT), and what it says for being right and for a question
    to a city hall (log-odds)."""

    name: str
    value: float
    right: float
    belongs: float


@dataclass(frozen=True, slots=True)
class ExplainedCandidate:
    """Points by word (asks, answer), by synonym group (its name), and what each feature of the ranker adds; `score` is
    their sum. `alike` are words of the question with the word of the entry's asks that means most nearly the same, and
    how nearly (a cosine). `title` is the entry's question ("" where the entries are not at hand).
    """

    id: str
    title: str
    score: float
    words: tuple[tuple[str, float, float], ...]
    groups: tuple[tuple[str, float], ...]
    features: tuple[tuple[str, float], ...]
    alike: tuple[tuple[str, str, float], ...] = ()


class Thresholds(NamedTuple):
    """Probabilities, 0 to 1 (`faq.calibrate.Calibration`)."""

    answer_from: float
    answer_belongs_from: float
    belongs_from: float


@dataclass(frozen=True, slots=True)
class Explanation:
    """`tokens` are (surface, form, reading).

    `mended` are slips of the thumb with what they were read as. `verbatim` is the entry for which staff wrote down
    this very question ("" when there is none): it leads, whatever the points say. `candidates` and the numbers after it
    tell what the ranking alone found. `named`: a topic is named, without which nothing is answered directly.
    """

    normalised: str
    mended: tuple[tuple[str, str], ...]
    verbatim: str
    tokens: tuple[tuple[str, str, str], ...]
    words: tuple[ExplainedWord, ...]
    groups: tuple[ExplainedGroup, ...]
    aspects: tuple[str, ...]
    candidates: tuple[ExplainedCandidate, ...]
    signals: tuple[ExplainedSignal, ...]
    confidence: float
    belonging: float
    thresholds: Thresholds
    named: bool
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
    bare = ranking is not None and is_bare_topic(question, ranking)
    named = names_a_topic(question)
    decision = decide(calibration, found, bare, named) if found is not None else "handoff"
    if bare and ranking is not None and decision == "choices":
        ranking = typical_first(index, ranking)
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
                _form(index, slot),
                slot.kind,
                tuple((_term(index, term), weight) for term, weight in slot.options),
                round(index.rarity(slot.form), 3),
            )
            for slot in question.slots
        ),
        groups=tuple(_groups(index, question)),
        aspects=tuple(name for bit, name in enumerate(ASPECT_NAMES) if question.aspects >> bit & 1),
        candidates=_candidates(index, question, ranking, top, entries or {}) if ranking is not None else (),
        signals=tuple(_signals(calibration, found)) if found is not None else (),
        confidence=confidence(calibration, found) if found is not None else 0.0,
        belonging=belonging(calibration, found) if found is not None else 0.0,
        thresholds=Thresholds(calibration.answer_from, calibration.answer_belongs_from, calibration.belongs_from),
        named=named,
        decision=decision,
    )


def _groups(index: Index, question: Question) -> Iterator[ExplainedGroup]:
    words = list(index.terms)
    for named, members in zip(question.groups, further_words(index, question), strict=True):
        yield ExplainedGroup(
            id=named.group,
            name=_name_of(index, named.group),
            said=question.text[named.start : named.end],
            weight=round(named.weight, 3),
            looked_for=tuple("".join(words[term] for term in member) for member in members),
        )


def _name_of(index: Index, group: str) -> str:
    """A group by its first word: staff know 転入届, not the id that somebody made up."""
    known = index.thesaurus.groups.get(group)
    return next(iter(known.words), group) if known else group


def _term(index: Index, term: str) -> str:
    """A term to look for in words: `=juminhyo` is the group 住民票."""
    return f"{_name_of(index, term[1:])}の組" if term.startswith("=") else term


def _form(index: Index, slot: Slot) -> str:
    """The form of a slot; one that only sounds like a group has that one's id for a form."""
    return _name_of(index, slot.form) if slot.options and slot.options[0][0] == f"={slot.form}" else slot.form


def _signals(calibration: Calibration, found: Sequence[float]) -> Iterator[ExplainedSignal]:
    yield ExplainedSignal(CONSTANT, 1.0, round(calibration.right_constant, 3), round(calibration.belongs_constant, 3))
    for name, value, right, belongs in zip(SIGNALS, found, calibration.right, calibration.belongs, strict=True):
        yield ExplainedSignal(name, round(float(value), 3), round(value * right, 3), round(value * belongs, 3))


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
            title=known.question if (known := entries.get(index.ids[entry])) else "",
            score=round(float(ranking.scores[column]), 4),
            words=tuple(
                (
                    _form(index, slot),
                    round(float(evidence.slot_ask[row, column]), 3),
                    round(float(evidence.slot_answer[row, column]), 3),
                )
                for row, slot in enumerate(question.slots)
            ),
            groups=tuple(
                (_name_of(index, named.group), round(float(evidence.groups[row, column]), 3))
                for row, named in enumerate(question.groups)
            ),
            features=tuple(_points(parts[:, column], float(ranking.scores[column]))),
            alike=_alike(index, question, known),
        )
        for column, entry in enumerate(ranking.entries[:top].tolist())
    )


def _points(parts: Doubles, score: float) -> Iterator[tuple[str, float]]:
    """What each feature adds, and last what an entry has for being typical of a topic that stands by itself."""
    points = [RANKER[name] * float(part) for name, part in zip(NAMES, parts, strict=True)]
    yield from ((name, round(worth, 4)) for name, worth in zip(NAMES, points, strict=True))
    yield TYPICAL, round(score - sum(points), 4)


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
