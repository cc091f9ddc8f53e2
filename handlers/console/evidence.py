"""What the bot had found for a resident's question: then, from the record, and now, with the content of today."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from bot.privacy import without_masks
from faq.explain import explain
from faq.explain_words import Section, sections
from faq.knowledge import Knowledge
from faq.search import search
from store.records import Turn

SHOWN: Final = 5
CHAINED: Final = 3
"""Entries whose points are told one by one."""
SAME: Final = 0.005
"""Scores this near to each other are the same: they were rounded when they were kept."""

DECISIONS: Final = {
    "answer": "そのまま答えました",
    "choices": "候補を出しました",
    "handoff": "見つからないので、人に聞くことをすすめました",
    "menu": "メニューを出しました",
    "talk": "",
    "staff": "",
}


@dataclass(frozen=True, slots=True)
class Found:
    """One entry. `before` and `now` are its scores, None where it was (is) not among the first. `words` led to it."""

    id: str
    title: str
    before: float | None
    now: float | None
    words: tuple[str, ...]
    points: tuple[tuple[str, float], ...]
    exists: bool


@dataclass(frozen=True, slots=True)
class Evidence:
    """A question and what it found. `changed`: today's content finds something else than was found then. `chain` tells
    step by step how today's content is searched with it (`faq.explain_words`)."""

    question: str
    decision: str
    found: tuple[Found, ...]
    confidence: float
    changed: bool
    chain: tuple[Section, ...]


def question_turns(turns: Sequence[Turn], most: int = 3) -> list[Turn]:
    """The last questions for which the bot had looked for entries, newest first."""
    return [turn for turn in reversed(turns) if turn.text and turn.kind == "text" and turn.candidates][:most]


def evidence(turn: Turn, knowledge: Knowledge, day: date) -> Evidence:
    """Looks the stored (masked) question up again and puts both findings beside each other."""
    words = without_masks(turn.text)
    result = search(knowledge.index, words, top=SHOWN, day=day)
    explanation = explain(knowledge.index, words, SHOWN, day, knowledge.entries)
    explained = {candidate.id: candidate for candidate in explanation.candidates}
    then = dict(turn.candidates[:SHOWN])
    today = {candidate.id: candidate for candidate in result.candidates}
    found = []
    for entry_id in dict.fromkeys((*then, *today)):
        entry, candidate = knowledge.entries.get(entry_id), today.get(entry_id)
        points = explained[entry_id].words if entry_id in explained else ()
        found.append(
            Found(
                id=entry_id,
                title=entry.question if entry else entry_id,
                before=then.get(entry_id),
                now=candidate.score if candidate else None,
                words=candidate.matched if candidate else (),
                points=tuple((form, ask + answer) for form, ask, answer in points if ask or answer),
                exists=entry is not None,
            )
        )
    return Evidence(
        turn.text,
        DECISIONS.get(turn.decision, ""),
        tuple(found),
        result.confidence,
        _differs(found, then),
        tuple(sections(replace(explanation, candidates=explanation.candidates[:CHAINED]))),
    )


def _differs(found: Sequence[Found], then: dict[str, float]) -> bool:
    """Fewer may have been kept than are looked up now; only those that were kept can tell of a change."""
    kept = [one for one in found if one.id in then]
    return any(one.now is None or one.before is None or abs(one.now - one.before) > SAME for one in kept)
