"""How often the matcher is right: judged queries in, the usual figures out.

A judged query names its relevant entries with grades (2 answers it, 1 is related). Relevant means a grade of 1 or more.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from faq.calibrate import Decision
from faq.entry import Entry
from faq.index import Index
from faq.search import search

DEPTH: Final = 10
_DECISIONS: Final[tuple[tuple[Decision, str], ...]] = (
    ("answer", "直接回答"),
    ("choices", "候補を提示"),
    ("handoff", "職員へ"),
)


class UnreadableQueries(ValueError):
    """A line of a query file that cannot be read; the message names the line, in Japanese, for the person who
    wrote it.
    """


@dataclass(frozen=True, slots=True)
class JudgedQuery:
    query: str
    relevant: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class DecisionQuality:
    """`share` of all queries decided so; `first` and `among_three`: how often the first / one of the first
    three is right.
    """

    share: float
    first: float
    among_three: float


@dataclass(frozen=True, slots=True)
class Quality:
    """Means over the queries, 0 to 1. nDCG has linear gain and looks at ten entries."""

    queries: int
    precision_at_1: float
    hit_at_3: float
    hit_at_5: float
    mrr: float
    ndcg_at_10: float
    decisions: Mapping[Decision, DecisionQuality]


def read_queries(path: Path) -> list[JudgedQuery]:
    """One `{"query": …, "relevant": {id: grade}}` per line; empty lines are skipped."""
    lines = path.read_text(encoding="utf-8-sig").splitlines()
    return [_judged(path, number, line) for number, line in enumerate(lines, 1) if line.strip()]


def own_tests(entries: Iterable[Entry]) -> list[JudgedQuery]:
    """Every entry's `tests` as judged queries: the entry itself is the answer."""
    return [JudgedQuery(test, {entry.id: 2}) for entry in entries for test in entry.tests]


def evaluate(index: Index, queries: Sequence[JudgedQuery]) -> Quality:
    results = [search(index, judged.query, top=DEPTH) for judged in queries]
    gains = [
        [judged.relevant.get(candidate.id, 0) for candidate in result.candidates]
        for judged, result in zip(queries, results, strict=True)
    ]
    decided: dict[Decision, list[list[int]]] = {decision: [] for decision, _ in _DECISIONS}
    for result, gain in zip(results, gains, strict=True):
        decided[result.decision].append(gain)
    return Quality(
        queries=len(queries),
        precision_at_1=_mean(_hit(gain, 1) for gain in gains),
        hit_at_3=_mean(_hit(gain, 3) for gain in gains),
        hit_at_5=_mean(_hit(gain, 5) for gain in gains),
        mrr=_mean(reciprocal_rank(gain) for gain in gains),
        ndcg_at_10=_mean(ndcg(gain, judged.relevant) for gain, judged in zip(gains, queries, strict=True)),
        decisions={
            decision: DecisionQuality(
                share=len(of_decision) / max(len(queries), 1),
                first=_mean(_hit(gain, 1) for gain in of_decision),
                among_three=_mean(_hit(gain, 3) for gain in of_decision),
            )
            for decision, of_decision in decided.items()
        },
    )


def reciprocal_rank(gains: Sequence[int]) -> float:
    return next((1 / place for place, gain in enumerate(gains, 1) if gain > 0), 0.0)


def ndcg(gains: Sequence[int], relevant: Mapping[str, int]) -> float:
    """Discounted gain of the first ten against the best possible order of the judged entries."""
    best = _discounted(sorted(relevant.values(), reverse=True)[:DEPTH])
    return _discounted(gains[:DEPTH]) / best if best else 0.0


def table(quality: Quality) -> str:
    """The figures as staff read them in a terminal."""
    rows = [
        f"問い合わせ文            {quality.queries:6d} 件",
        f"1位が正解 (P@1)         {quality.precision_at_1:6.3f}",
        f"3位までに正解 (Hit@3)   {quality.hit_at_3:6.3f}",
        f"5位までに正解 (Hit@5)   {quality.hit_at_5:6.3f}",
        f"平均逆順位 (MRR)        {quality.mrr:6.3f}",
        f"nDCG@10                 {quality.ndcg_at_10:6.3f}",
        "",
        "判定          割合  1位が正解  3位までに正解",
    ]
    for decision, label in _DECISIONS:
        found = quality.decisions[decision]
        name = label + "　" * (5 - len(label))
        rows.append(f"{name} {found.share:7.3f} {found.first:10.3f} {found.among_three:14.3f}")
    return "\n".join(rows)


def _judged(path: Path, number: int, line: str) -> JudgedQuery:
    try:
        record = json.loads(line)
        query, relevant = record["query"], record["relevant"]
        grades = {str(entry): int(grade) for entry, grade in relevant.items()}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise UnreadableQueries(
            f'{path}:{number}: {{"query": "質問文", "relevant": {{"FAQのid": 2}}}} の形で書いてください'
        ) from error
    return JudgedQuery(str(query), grades)


def _hit(gains: Sequence[int], depth: int) -> float:
    return float(any(gain > 0 for gain in gains[:depth]))


def _discounted(gains: Sequence[int]) -> float:
    return sum(gain / math.log2(place + 1) for place, gain in enumerate(gains, 1))


def _mean(values: Iterable[float]) -> float:
    collected = list(values)
    return sum(collected) / len(collected) if collected else 0.0
