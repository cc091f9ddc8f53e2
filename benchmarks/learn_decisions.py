"""Learn the starting weights of the two decisions and show, by cross-validation, how precise direct answers are.

    python benchmarks/learn_decisions.py            # figures only
    python benchmarks/learn_decisions.py --write    # also writes faq/decision_weights.py

`right` (is the first entry right?) from the judged development queries of localgovFAQ. `belongs` (is this a question to
a city hall?) from those, the demo city's tests and keywords, and off-topic lines: tests/faq/off_topic_tuning.txt and
the `dev` half of off_topic.yaml. The `unseen` half is only measured. Run after `learn_ranker.py --write`.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from ruamel.yaml import YAML
from sklearn.linear_model import LogisticRegression

ROOT: Final = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.cities import base_thesaurus, demo_entries  # noqa: E402
from benchmarks.local_gov_faq import load_entries, load_judged  # noqa: E402
from faq.calibrate import SIGNALS, signals  # noqa: E402
from faq.evaluate import own_tests  # noqa: E402
from faq.index import Index, build_index  # noqa: E402
from faq.question import understand  # noqa: E402
from faq.ranking import rank  # noqa: E402

Array = NDArray[np.float64]

# scikit-learn's inverse of the penalty, on signals of spread one; .1 to 1 is a plateau.
FREEDOM: Final = 0.3
COVERAGES: Final = (0.15, 0.2, 0.25, 0.3)
THRESHOLDS: Final = (0.5, 0.6, 0.65, 0.7)
OFF_TOPIC: Final = ROOT / "tests" / "faq"
# What the questions of each source weigh together beside one off-topic line each: judged ones most.
SHARES: Final = {"localgovFAQ": 600.0, "demo tests": 400.0, "demo keywords": 100.0}


def found(index: Index, questions: Iterable[str]) -> tuple[Array, list[str]]:
    """Signals of every question that finds anything, and the entry found first."""
    rows, first = [], []
    for text in questions:
        question = understand(index, text)
        ranking = rank(index, question)
        if len(ranking.entries):
            rows.append(signals(index, question, ranking))
            first.append(index.ids[ranking.entries[0]])
    return np.asarray(rows).reshape(-1, len(SIGNALS)), first


def precision_by_coverage(values: Array, right: Array) -> Array:
    """Five-fold, six splits: how often the surest shares of the questions are right."""
    runs = []
    for seed in range(6):
        fold = np.random.default_rng(seed).permutation(np.arange(len(right)) % 5)
        sure = np.zeros(len(right))
        for held in range(5):
            seen = fold != held
            model = LogisticRegression(C=FREEDOM, max_iter=2_000).fit(values[seen], right[seen])
            sure[~seen] = model.predict_proba(values[~seen])[:, 1]
        order = np.argsort(-sure)
        cuts = [order[: int(len(right) * share)] for share in COVERAGES]
        runs.append([right[cut].mean() for cut in cuts] + [sure[cut[-1]] for cut in cuts])
    return np.asarray(np.mean(runs, 0)).reshape(2, -1)


def off_topic(half: str) -> list[str]:
    if half == "tuning":
        return (OFF_TOPIC / "off_topic_tuning.txt").read_text(encoding="utf-8").split("\n")
    lines: list[str] = YAML(typ="safe").load((OFF_TOPIC / "off_topic.yaml").read_text(encoding="utf-8"))[half]
    return lines


def weights_of(model: LogisticRegression, spread: Array) -> tuple[list[float], float]:
    return [round(float(weight), 3) for weight in model.coef_[0] / spread], round(float(model.intercept_[0]), 3)


def write(spread: Array, right: tuple[list[float], float], belongs: tuple[list[float], float], when: str) -> None:
    text = f'''"""Starting weights of the decisions in `faq.calibrate`, for its `SIGNALS`, then the constant.

Written by `benchmarks/learn_decisions.py` on {when}.
"""

from __future__ import annotations

from typing import Final

# The usual spread of each signal over judged queries: what one step of a weight means.
SPREAD: Final = {tuple(round(float(value), 3) for value in spread)}
RIGHT: Final = ({tuple(right[0])}, {right[1]})
BELONGS: Final = ({tuple(belongs[0])}, {belongs[1]})
'''
    (ROOT / "faq" / "decision_weights.py").write_text(text, encoding="utf-8")


def main(arguments: Sequence[str]) -> None:
    entries = load_entries()
    if not entries:
        print("判定済みの質問（localgovFAQ）が見つからないため、何もしません。")
        return
    demo = demo_entries()
    city = build_index(entries, base_thesaurus(), own_names=["尼崎市", "尼崎", "あまがさき"])
    example = build_index(demo, base_thesaurus(), own_names=["彩野市", "彩野", "さいの"])
    judged = load_judged()
    values, first = found(city, [query.query for query in judged])
    right = np.asarray([query.relevant.get(entry, 0) > 0 for query, entry in zip(judged, first, strict=True)], float)
    spread = values.std(0) + 1e-9
    precision, thresholds = precision_by_coverage(values / spread, right)
    for share, precise, threshold in zip(COVERAGES, precision, thresholds, strict=True):
        print(f"direct answers for {share:.2f}: right {precise:.3f} (from {threshold:.2f})")
    sure = LogisticRegression(C=FREEDOM, max_iter=2_000).fit(values / spread, right)

    asked = {
        "localgovFAQ": values,
        "demo tests": found(example, [test.query for test in own_tests(demo)])[0],
        "demo keywords": found(example, [word for entry in demo for word in entry.keywords])[0],
    }
    idle = [found(index, off_topic(half))[0] for half in ("tuning", "dev") for index in (city, example)]
    rows = np.vstack([*asked.values(), *idle]) / spread
    ours = np.repeat([1.0, 0.0], [sum(map(len, asked.values())), sum(map(len, idle))])
    weight = [np.full(len(part), SHARES[name] / len(part)) for name, part in asked.items()]
    belonging = LogisticRegression(C=FREEDOM, max_iter=2_000).fit(
        rows, ours, sample_weight=np.concatenate([*weight, np.ones(sum(map(len, idle)))])
    )
    for threshold in THRESHOLDS:
        kept = {name: (belonging.predict_proba(part / spread)[:, 1] < threshold).mean() for name, part in asked.items()}
        print(
            f"belongs from {threshold}: sent away " + ", ".join(f"{name} {share:.3f}" for name, share in kept.items())
        )
        for half in ("dev", "unseen"):
            for name, index in (("localgovFAQ", city), ("demo", example)):
                lines = off_topic(half)
                stayed = (belonging.predict_proba(found(index, lines)[0] / spread)[:, 1] >= threshold).sum()
                print(f"    off-topic {half}, {name}: sent away {1 - stayed / len(lines):.3f}")
    if "--write" in arguments:
        write(spread, weights_of(sure, spread), weights_of(belonging, spread), "2026-11-21")


if __name__ == "__main__":
    main(sys.argv[1:])
