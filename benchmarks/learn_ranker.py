"""Learn the ranker's weights from judged queries and show, by cross-validation, what they are worth.

    python benchmarks/learn_ranker.py            # five-fold figures only
    python benchmarks/learn_ranker.py --write    # also writes faq/ranker_weights.py

Listwise logistic regression (softmax over the pool against the grades), pulled towards the plain score by an L2
penalty, so
that a feature earns its weight. Every judged query is learned from as it is, mistyped, and in kana; cross-validation
holds back all of these together. Needs the evaluation set beside the repository; nothing of it is kept except
these weights.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

ROOT: Final = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.cities import base_thesaurus, demo_entries  # noqa: E402
from benchmarks.local_gov_faq import load_entries, load_judged  # noqa: E402
from benchmarks.misspelling import in_kana, mistyped  # noqa: E402
from faq.evaluate import JudgedQuery, ndcg, reciprocal_rank  # noqa: E402
from faq.features import NAMES, features  # noqa: E402
from faq.index import Index, build_index  # noqa: E402
from faq.question import understand  # noqa: E402
from faq.ranking import POOL, rank  # noqa: E402

# .003 to .1 is a plateau; the start is the plain score alone at the slope that fits it (tau).
PENALTY: Final = 0.01
TAU: Final = 1.5
FOLDS: Final = 5
SEEDS: Final = (0, 1, 2, 3)
# Phrasings of each demo entry to learn from, so that a city with phrasings weighs as much as one without.
OWN_PHRASINGS: Final = 3
LEARNED: Final = "2026-11-21"

Array = NDArray[np.float64]


class Case(NamedTuple):
    """A judged query asked of an index; `left_out` is the ask of that index that it is a copy of, if it is one."""

    asked_of: Index
    judged: JudgedQuery
    left_out: int | None


def cases() -> dict[str, list[Case]]:
    """The judged queries of localgovFAQ (as they are, mistyped, in kana), and phrasings of the demo entries, each
    asked without itself."""
    thesaurus = base_thesaurus()
    city = build_index(load_entries(), thesaurus, own_names=["尼崎市", "尼崎", "あまがさき"])
    entries = [entry for entry in demo_entries() if entry.phrasings]
    demo = build_index(entries, thesaurus, own_names=["彩野市", "彩野", "さいの"])
    phrasings = [
        Case(demo, JudgedQuery(phrasing, {entry.id: 2}), int(demo.first_ask[number]) + place)
        for number, entry in enumerate(entries)
        for place, phrasing in enumerate(entry.phrasings[:OWN_PHRASINGS], start=1)
    ]
    judged = load_judged()
    return {
        "localgovFAQ": [Case(city, query, None) for query in judged],
        "mistyped": [
            Case(city, JudgedQuery(mistyped(query.query, seed), query.relevant), None)
            for seed, query in enumerate(judged)
        ],
        "in kana": [Case(city, JudgedQuery(in_kana(query.query), query.relevant), None) for query in judged],
        "demo phrasings": phrasings,
    }


class Judged:
    """Pools of all queries as one tensor: queries × pool × features, with grades and the ids in the pool."""

    def __init__(self, asked: list[Case]) -> None:
        self.queries = [case.judged for case in asked]
        self.values = np.zeros((len(asked), POOL, len(NAMES)))
        self.mask = np.zeros((len(asked), POOL))
        self.grades = np.zeros((len(asked), POOL))
        self.ids: list[list[str]] = []
        for number, (index, judged, left_out) in enumerate(asked):
            question = understand(index, judged.query)
            ranking = rank(index, question, without_ask=left_out)
            ids = [index.ids[entry] for entry in ranking.entries]
            size = len(ids)
            self.values[number, :size] = features(index, question, ranking.evidence).T if size else 0
            self.mask[number, :size] = 1
            self.grades[number, :size] = [judged.relevant.get(entry, 0) for entry in ids]
            self.ids.append(ids)
        mean = (self.values * self.mask[..., None]).sum(1) / np.maximum(self.mask.sum(1), 1)[:, None]
        centred = (self.values - mean[:, None]) * self.mask[..., None]
        self.spread = np.sqrt((centred**2).sum((0, 1)) / self.mask.sum()) + 1e-9
        self.values = centred / self.spread

    def order(self, number: int, weights: Array) -> list[str]:
        ids = self.ids[number]
        scores = self.values[number, : len(ids)] @ weights
        return [ids[at] for at in np.argsort(-scores, kind="stable")]


def learn(judged: Judged, chosen: NDArray[np.intp], penalty: float = PENALTY) -> Array:
    """Weights (for spread-one features) from the chosen queries."""
    chosen = chosen[judged.grades[chosen].sum(1) > 0]
    values, mask, grades = judged.values[chosen], judged.mask[chosen], judged.grades[chosen]
    target = grades / grades.sum(1, keepdims=True)
    start = np.zeros(len(NAMES))
    start[0] = TAU

    def loss(weights: Array) -> tuple[float, Array]:
        scores = np.where(mask > 0, values @ weights, -1e9)
        scores -= scores.max(1, keepdims=True)
        share = np.exp(scores)
        share /= share.sum(1, keepdims=True)
        pull = weights - start
        slope = -((target - share)[..., None] * values).sum((0, 1)) / len(values)
        value = -(target * np.log(share + 1e-12)).sum(1).mean() + penalty * float(pull @ pull)
        return float(value), slope + 2 * penalty * pull

    found: Array = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 200}).x
    return found


def figures(judged: Judged, orders: list[list[str]], chosen: slice) -> dict[str, float]:
    pairs = list(zip(judged.queries[chosen], orders[chosen], strict=True))
    gains = [[query.relevant.get(entry, 0) for entry in order] for query, order in pairs]
    return {
        "P@1": float(np.mean([bool(gain and gain[0]) for gain in gains])),
        "Hit@3": float(np.mean([any(gain[:3]) for gain in gains])),
        "Hit@5": float(np.mean([any(gain[:5]) for gain in gains])),
        "MRR": float(np.mean([reciprocal_rank(gain[:10]) for gain in gains])),
        "nDCG@10": float(np.mean([ndcg(gain, query.relevant) for gain, (query, _) in zip(gains, pairs, strict=True)])),
    }


def cross_validated(judged: Judged, parts: dict[str, slice], penalty: float = PENALTY) -> dict[str, dict[str, float]]:
    """Means over several five-fold splits; no query is ranked by weights that saw it."""
    runs: dict[str, list[dict[str, float]]] = {name: [] for name in parts}
    count = len(judged.queries)
    # The same query in another spelling is in the same fold: parts list the queries in the same order.
    place = np.concatenate([np.arange(part.stop - part.start) for part in parts.values()])
    for seed in SEEDS:
        fold = np.random.default_rng(seed).permutation(np.arange(place.max() + 1) % FOLDS)[place]
        orders: list[list[str]] = [[] for _ in range(count)]
        for held in range(FOLDS):
            weights = learn(judged, np.flatnonzero(fold != held), penalty)
            for number in np.flatnonzero(fold == held):
                orders[number] = judged.order(int(number), weights)
        for name, part in parts.items():
            runs[name].append(figures(judged, orders, part))
    return {
        name: {key: float(np.mean([run[key] for run in found])) for key in found[0]} for name, found in runs.items()
    }


def show(label: str, found: dict[str, float]) -> None:
    print(f"{label:<32}" + "  ".join(f"{name} {value:.3f}" for name, value in found.items()))


def write(weights: Array, judged: Judged, found: dict[str, dict[str, float]]) -> None:
    """As `faq/ranker_weights.py`, scaled so that the plain score counts 1."""
    scaled = weights / judged.spread
    scaled = scaled / scaled[0]
    rows = "\n".join(f'    "{name}": {value:.4f},' for name, value in zip(NAMES, scaled, strict=True))
    fair = found["localgovFAQ"]
    text = f'''"""Weights of the features in `faq.features`, as shares of the best plain score.

Written by `benchmarks/learn_ranker.py`.

Learned {LEARNED} from the judged development queries of localgovFAQ (as they are, mistyped and in kana) and
phrasings of the demo entries, each asked without itself. Five-fold cross-validation on localgovFAQ:
nDCG@10 {fair["nDCG@10"]:.3f}, P@1 {fair["P@1"]:.3f}.
"""

from __future__ import annotations

from typing import Final

RANKER: Final[dict[str, float]] = {{
{rows}
}}
'''
    (ROOT / "faq" / "ranker_weights.py").write_text(text, encoding="utf-8")


def main() -> None:
    if not load_entries():
        print("判定済みの質問（localgovFAQ）が見つからないため、何もしません。")
        return
    asked = cases()
    judged = Judged([case for part in asked.values() for case in part])
    ends = np.cumsum([0, *map(len, asked.values())]).tolist()
    parts = {name: slice(start, end) for name, start, end in zip(asked, ends[:-1], ends[1:], strict=True)}
    plain = np.zeros(len(NAMES))
    plain[0] = 1
    orders = [judged.order(number, plain) for number in range(len(judged.queries))]
    for name, part in parts.items():
        show(f"{name}, plain score", figures(judged, orders, part))
    for penalty in (0.1, PENALTY, 0.005):
        for name, found in cross_validated(judged, parts, penalty).items():
            show(f"{name}, L2 {penalty}", found)
    if "--write" in sys.argv:
        write(learn(judged, np.arange(len(judged.queries))), judged, cross_validated(judged, parts))


if __name__ == "__main__":
    main()
