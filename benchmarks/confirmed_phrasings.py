"""What phrasings that residents confirmed are worth: queries of localgovFAQ, some of which become phrasings.

    python benchmarks/confirmed_phrasings.py

Five folds. The queries of four folds are "confirmed": each becomes a phrasing of one entry that answers it (grade 2),
at most N of them an entry. The queries of the fifth fold are asked of that index; a tested query is never a phrasing,
and the ranker's weights are learned from the other four folds, too. Two figures: over all queries, and over those of
which an answering entry got a phrasing at all (the others can only lose by it). Residents' words lie further apart than
the words that crowd workers find for one page, so a real gain may be smaller.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

ROOT: Final = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.cities import base_thesaurus  # noqa: E402
from benchmarks.learn_ranker import FOLDS, Array, Case, Judged, cases, learn  # noqa: E402
from benchmarks.local_gov_faq import load_entries, load_judged  # noqa: E402
from faq.evaluate import JudgedQuery, ndcg  # noqa: E402
from faq.features import features  # noqa: E402
from faq.index import Index, build_index  # noqa: E402
from faq.question import understand  # noqa: E402
from faq.ranking import rank  # noqa: E402

MOST: Final = (0, 1, 2, 3)
ANSWERS: Final = 2
SEED: Final = 0


def confirmed(judged: Sequence[JudgedQuery], most: int, chance: random.Random) -> dict[str, list[str]]:
    """Entry → the queries that become its phrasings: each query confirms one entry that answers it."""
    phrasings: dict[str, list[str]] = {}
    for query in chance.sample(list(judged), len(judged)):
        answering = [entry for entry, grade in query.relevant.items() if grade >= ANSWERS]
        if answering and len(phrasings.get(entry := chance.choice(answering), [])) < most:
            phrasings.setdefault(entry, []).append(query.query)
    return phrasings


def gains(index: Index, judged: JudgedQuery, weights: Array) -> list[int]:
    """The grades of the entries found, best first, by these weights of the ranker's features."""
    question = understand(index, judged.query)
    ranking = rank(index, question)
    scores = weights @ features(index, question, ranking.evidence)
    found = ranking.entries[np.argsort(-scores, kind="stable")]
    return [judged.relevant.get(index.ids[entry], 0) for entry in found.tolist()]


def ranker_weights(fold: NDArray[np.int64]) -> list[Array]:
    """For each fold the ranker's weights, learned as they are shipped but without the queries of that fold."""
    asked: Mapping[str, list[Case]] = cases()
    judged = Judged([case for part in asked.values() for case in part])
    # Every spelling of a query is in its fold; phrasings of the demo city are in none.
    spellings = [fold if len(part) == len(fold) else np.full(len(part), -1) for part in asked.values()]
    held = np.concatenate(spellings)
    return [learn(judged, np.flatnonzero(held != number)) / judged.spread for number in range(FOLDS)]


def figures(found: Sequence[tuple[JudgedQuery, list[int]]]) -> str:
    hits = [
        ("P@1", np.mean([any(gain[:1]) for _, gain in found])),
        ("Hit@3", np.mean([any(gain[:3]) for _, gain in found])),
        ("Hit@5", np.mean([any(gain[:5]) for _, gain in found])),
        ("nDCG@10", np.mean([ndcg(gain, judged.relevant) for judged, gain in found])),
    ]
    return f"{len(found):4d}問  " + "  ".join(f"{name} {value:.3f}" for name, value in hits)


def main() -> None:
    entries, judged, thesaurus = load_entries(), load_judged(), base_thesaurus()
    if not entries:
        print("判定済みの質問（localgovFAQ）が見つからないため、何もしません。")
        return
    fold = np.random.default_rng(SEED).permutation(len(judged)) % FOLDS
    weights = ranker_weights(fold)
    known = [
        confirmed([judged[at] for at in np.flatnonzero(fold != held)], 1, random.Random(SEED)) for held in range(FOLDS)
    ]
    helped = {
        at
        for at, query in enumerate(judged)
        if any(query.relevant[e] >= ANSWERS for e in query.relevant if e in known[fold[at]])
    }
    for most in MOST:
        found: dict[int, list[int]] = {}
        for held in range(FOLDS):
            said = confirmed([judged[at] for at in np.flatnonzero(fold != held)], most, random.Random(SEED))
            phrased = [entry.model_copy(update={"phrasings": tuple(said.get(entry.id, ()))}) for entry in entries]
            index = build_index(phrased, thesaurus, own_names=["尼崎市", "尼崎", "あまがさき"])
            found |= {at: gains(index, judged[at], weights[held]) for at in np.flatnonzero(fold == held).tolist()}
        print(f"言い換え {most} つまで　全部      {figures([(judged[at], gain) for at, gain in found.items()])}")
        print(f"　　　　　　　　　　　ついた問い {figures([(judged[at], found[at]) for at in sorted(helped)])}")


if __name__ == "__main__":
    main()
