"""Entries that a mode favours, before others that were found about as well. Pure."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import replace
from typing import Final

from faq.search import SURE, Candidate, SearchResult

AS_WELL: Final = 0.8
"""Share of the best score from which a favoured entry goes before the others. Chosen by hand (2026-11-21), small enough
that a question that plainly asks for something else is left alone."""


def boosted(result: SearchResult, favoured: Set[str]) -> SearchResult:
    """Where another entry was the answer and a favoured one is about as good, the resident chooses between them.

    What staff wrote down word for word stays the answer.
    """
    if not favoured or not result.candidates or result.decision == "handoff" or result.confidence >= SURE:
        return result
    best = max(candidate.score for candidate in result.candidates)
    ordered = sorted(result.candidates, key=lambda candidate: not _goes_first(candidate, favoured, best))
    if ordered[0].id == result.candidates[0].id:
        return result
    return replace(result, decision="choices", candidates=tuple(ordered))


def _goes_first(candidate: Candidate, favoured: Set[str], best: float) -> bool:
    return candidate.id in favoured and candidate.score >= AS_WELL * best
