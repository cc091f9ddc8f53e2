"""Learn the starting weights of the two decisions and show, by cross-validation, how precise direct answers are.

    python benchmarks/learn_decisions.py            # figures only
    python benchmarks/learn_decisions.py --write    # also writes faq/decision_weights.py and faq/civic.txt

`right` (is the first entry right?) from the judged development queries of localgovFAQ. `belongs` (is this a question to
a city hall?) from those, the demo city's tests and keywords, whole messages that were written to teach the ear for
danger (emergency_teaching/innocent_messages.txt), off-topic lines (tests/faq/off_topic_tuning.txt, idle_messages.txt,
the `dev` half of off_topic.yaml), and the demo city's tests asked where their topics are missing. The `unseen` half is
only measured. What words mean at a city hall (`faq.civic`) is learned from the same and the demo city's phrasings; as a
signal of a text it was learned without that text. Run after `learn_ranker.py --write`.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from ruamel.yaml import YAML
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_predict

ROOT: Final = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.cities import base_thesaurus, demo_entries  # noqa: E402
from benchmarks.local_gov_faq import load_entries, load_judged  # noqa: E402
from benchmarks.taught_cries import HARMLESS_MESSAGES, TEACHING, taught_by  # noqa: E402
from faq.calibrate import SIGNALS, signals  # noqa: E402
from faq.civic import FILE as CIVIC_FILE  # noqa: E402
from faq.civic import learned, text_of  # noqa: E402
from faq.entry import Entry  # noqa: E402
from faq.evaluate import own_tests  # noqa: E402
from faq.index import Index, build_index  # noqa: E402
from faq.meanings import meant_by  # noqa: E402
from faq.question import understand  # noqa: E402
from faq.ranking import rank, words_meant  # noqa: E402

Array = NDArray[np.float64]

# scikit-learn's inverse of the penalty, on signals of spread one; .1 to 1 is a plateau.
FREEDOM: Final = 0.3
COVERAGES: Final = (0.15, 0.2, 0.25, 0.3)
THRESHOLDS: Final = (0.5, 0.6, 0.65, 0.7)
OFF_TOPIC: Final = ROOT / "tests" / "faq"
# What the questions of each source weigh together beside one off-topic line each: judged ones most.
SHARES: Final = {"localgovFAQ": 600.0, "demo tests": 400.0, "demo keywords": 100.0, "messages": 800.0}
IDLE_SHARE: Final = 300.0
"""What all lines of idle_messages.txt weigh together."""
MISSING_SHARE: Final = 90.0
"""What the demo city's tests weigh together, asked where their topics are missing."""
CIVIC_FREEDOM: Final = 1.0
"""Inverse of the penalty; .3 to 10 is a plateau."""
CIVIC_COUNTS: Final = {"demo phrasings": 0.3, "demo tests": 0.7, "demo keywords": 0.1}
"""What one text of these counts beside one of the others: many of them are alike."""
CIVIC: Final = SIGNALS.index("civic")


def found(index: Index, questions: Sequence[str], civic_of: Mapping[str, float]) -> tuple[Array, list[str]]:
    """Signals of every question, and the entry found first ("" and no signals where nothing was). `civic_of` tells what
    is said for a question by those that were learned without it."""
    rows, first = np.full((len(questions), len(SIGNALS)), np.nan), []
    for row, text in enumerate(questions):
        question = understand(index, text)
        ranking = rank(index, question)
        if len(ranking.entries):
            rows[row] = signals(index, question, ranking)
            rows[row, CIVIC] = civic_of.get(text, rows[row, CIVIC])
        first.append(index.ids[ranking.entries[0]] if len(ranking.entries) else "")
    return rows, first


def learn_civic(index: Index, ours: Mapping[str, Sequence[str]], idle: Sequence[str]) -> dict[str, float]:
    """Writes what words mean at a city hall (`faq.civic`), used from now on; what it says for each text without it."""
    texts = [*(text for part in ours.values() for text in part), *idle]
    counts = [CIVIC_COUNTS.get(name, 1.0) for name, part in ours.items() for _ in part] + [1.0] * len(idle)
    wanted = np.repeat([1.0, 0.0], [len(texts) - len(idle), len(idle)])
    directions = np.asarray([meant_by(words_meant(understand(index, text))).direction for text in texts])
    model = LogisticRegression(C=CIVIC_FREEDOM, max_iter=3_000)
    without = cross_val_predict(
        model, directions, wanted, cv=5, method="decision_function", params={"sample_weight": np.asarray(counts)}
    )
    model.fit(directions, wanted, sample_weight=counts)
    CIVIC_FILE.write_text(text_of(model.coef_[0].tolist(), float(model.intercept_[0])), encoding="utf-8")
    learned.cache_clear()
    return dict(zip(texts, without.tolist(), strict=True))


def without_topics(entries: Sequence[Entry]) -> Iterator[tuple[list[Entry], list[str]]]:
    """Every second topic (`garbage-…`) left out, then the others; with the tests of what is missing."""
    topics = list(dict.fromkeys(map(topic_of, entries)))
    for first in (0, 1):
        kept = set(topics[first::2])
        missing = [test for entry in entries if topic_of(entry) not in kept for test in entry.tests]
        yield [entry for entry in entries if topic_of(entry) in kept], missing


def topic_of(entry: Entry) -> str:
    return entry.id.partition("-")[0]


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
        return [line for line in (OFF_TOPIC / "off_topic_tuning.txt").read_text(encoding="utf-8").split("\n") if line]
    if half == "messages":
        return (ROOT / "benchmarks" / "idle_messages.txt").read_text(encoding="utf-8").splitlines()
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
RIGHT: Final = (
    {tuple(right[0])},
    {right[1]},
)
BELONGS: Final = (
    {tuple(belongs[0])},
    {belongs[1]},
)
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
    ours = {
        "localgovFAQ": [query.query for query in judged],
        "demo tests": [test.query for test in own_tests(demo)],
        "demo keywords": [word for entry in demo for word in entry.keywords],
        "messages": [said.text for said in taught_by(TEACHING / f"{HARMLESS_MESSAGES}.txt")],
    }
    phrasings = [text for entry in demo for text in (entry.question, *entry.phrasings)]
    idle = {half: off_topic(half) for half in ("tuning", "dev", "messages")}
    before = CIVIC_FILE.read_text(encoding="utf-8")
    civic_of = learn_civic(
        example, {**ours, "demo phrasings": phrasings}, [line for lines in idle.values() for line in lines]
    )

    values, first = found(city, ours["localgovFAQ"], civic_of)
    some = ~np.isnan(values).any(1)
    right = np.asarray([query.relevant.get(entry, 0) > 0 for query, entry in zip(judged, first, strict=True)], float)
    values, right = values[some], right[some]
    spread = values.std(0) + 1e-9
    precision, thresholds = precision_by_coverage(values / spread, right)
    for share, precise, threshold in zip(COVERAGES, precision, thresholds, strict=True):
        print(f"direct answers for {share:.2f}: right {precise:.3f} (from {threshold:.2f})")
    sure = LogisticRegression(C=FREEDOM, max_iter=2_000).fit(values / spread, right)

    parts = {
        name: found(city if name == "localgovFAQ" else example, texts, civic_of)[0] for name, texts in ours.items()
    }
    away = {
        (half, name): found(index, lines, civic_of)[0]
        for half, lines in idle.items()
        for name, index in (("localgovFAQ", city), ("demo", example))
    }
    for lacking, texts in without_topics(demo):
        index = build_index(lacking, base_thesaurus(), own_names=["彩野市", "彩野", "さいの"])
        away["missing", f"demo {len(lacking)}"] = found(index, texts, civic_of)[0]
    shares = [SHARES[name] / len(part) for name, part in parts.items()]
    of_idle = {"messages": IDLE_SHARE / 2, "missing": MISSING_SHARE / 2}
    shares += [of_idle.get(half, len(part)) / len(part) for (half, _), part in away.items()]
    together = [*parts.values(), *away.values()]
    rows = np.vstack(together) / spread
    wanted = np.repeat([1.0, 0.0], [sum(map(len, parts.values())), sum(map(len, away.values()))])
    weight = np.concatenate([np.full(len(part), share) for part, share in zip(together, shares, strict=True)])
    some = ~np.isnan(rows).any(1)
    belonging = LogisticRegression(C=FREEDOM, max_iter=2_000).fit(rows[some], wanted[some], sample_weight=weight[some])
    for name, index in (("localgovFAQ", city), ("demo", example)):
        away["unseen", name] = found(index, off_topic("unseen"), {})[0]
    for threshold in THRESHOLDS:
        print(f"belongs from {threshold}: sent away", end="")
        for part_name, part in [*parts.items(), *((" ".join(key), part) for key, part in away.items())]:
            sure_of = belonging.predict_proba(np.nan_to_num(part / spread))[:, 1]
            print(f", {part_name} {((sure_of < threshold) | np.isnan(part).any(1)).mean():.3f}", end="")
        print()
    if "--write" not in arguments:
        CIVIC_FILE.write_text(before, encoding="utf-8")
    else:
        write(spread, weights_of(sure, spread), weights_of(belonging, spread), "2026-11-22")


if __name__ == "__main__":
    main(sys.argv[1:])
