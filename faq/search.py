"""A resident's words in, entries and a decision out.

search(index, "ゴミいつ").candidates[0].id  ->  "garbage-days"
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from itertools import compress
from typing import NamedTuple

from faq.calibrate import Decision, confidence, decide, is_bare_topic, names_a_topic, signals
from faq.index import Index
from faq.question import Question, understand
from faq.ranking import Ranking, rank, typical_first

Span = tuple[int, int]

SURE = 0.99
"""The confidence of an entry for which staff wrote down this very question."""


class Candidate(NamedTuple):
    """An entry that may answer. `score` orders candidates of one search; what led to it lies at `spans` of `text`."""

    id: str
    score: float
    spans: tuple[Span, ...] = ()
    text: str = ""

    @property
    def matched(self) -> tuple[str, ...]:
        """The words that led to it, in order; neighbours joined: 住民 + 票 → 住民票. Worked out when asked for: the
        city's FAQ pages and the console show them, a conversation does not."""
        words, begin, stop = [], 0, -1
        for start, end in sorted(self.spans):
            if start > stop:
                if stop >= 0:
                    words.append(self.text[begin:stop])
                begin, stop = start, end
            elif end > stop:
                stop = end
        if stop >= 0:
            words.append(self.text[begin:stop])
        return tuple(dict.fromkeys(words))


@dataclass(frozen=True, slots=True)
class SearchResult:
    """`confidence` (0 to 1) is the probability that the first candidate is right, by the index's calibration."""

    query: str
    decision: Decision
    candidates: tuple[Candidate, ...]
    confidence: float


def search(index: Index, query: str, top: int = 5, day: date | None = None) -> SearchResult:
    """The `top` entries for a question, best first; on `day` only those shown then. Any text gets a result."""
    if not len(index) or top < 1:
        return SearchResult(query, "handoff", (), 0.0)
    asked_for = index.verbatim.find(query)
    result = _ranked(index, query, top, day)
    if asked_for is None or (day is not None and index.hidden_on(day)[asked_for]):
        return result
    return _led_by(result, index.ids[asked_for], top)


def _ranked(index: Index, query: str, top: int, day: date | None) -> SearchResult:
    question = understand(index, query)
    ranking = rank(index, question, hidden=index.hidden_on(day) if day else None)
    if not len(ranking.entries):
        return SearchResult(query, "handoff", (), 0.0)
    found, bare = signals(index, question, ranking), is_bare_topic(question, ranking)
    decision = decide(index.calibration, found, bare, names_a_topic(question))
    if bare and decision == "choices":
        ranking = typical_first(index, ranking)
    candidates = tuple(_candidates(index, question, ranking, top))
    return SearchResult(query, decision, candidates, confidence(index.calibration, found))


def _led_by(result: SearchResult, entry: str, top: int) -> SearchResult:
    """The result when the question is one that staff wrote down for this entry: it leads, and it is the answer."""
    best = max((candidate.score for candidate in result.candidates), default=0.0)
    own = next((candidate for candidate in result.candidates if candidate.id == entry), None)
    asked = result.query.strip()
    lead = own._replace(score=best) if own else Candidate(entry, best, ((0, len(asked)),), asked)
    others = tuple(candidate for candidate in result.candidates if candidate.id != entry)
    return replace(result, decision="answer", candidates=(lead, *others)[:top], confidence=max(result.confidence, SURE))


def _candidates(index: Index, question: Question, ranking: Ranking, top: int) -> Iterator[Candidate]:
    said = [(slot.start, slot.end) for slot in question.slots]
    said += [(named.start, named.end) for named in question.groups]
    found = ranking.evidence.credited[:, :top].T.tolist()  # nothing is worth less than nothing
    best = zip(ranking.entries[:top].tolist(), ranking.scores[:top].tolist(), found, strict=True)
    for entry, score, credited in best:
        yield Candidate(index.ids[entry], round(score, 4), tuple(compress(said, credited)), question.text)
