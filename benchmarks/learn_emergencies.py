"""Learn which runs of letters sound like danger, from the cries and the harmless questions that the tests know.

    python benchmarks/learn_emergencies.py            # cross-validated figures only
    python benchmarks/learn_emergencies.py --write    # also writes bot/emergency_ear.tsv

Logistic regression over the pieces that `bot.emergency_ear` reads a message in and the direction of its words: one row
of weights tells danger from questions, others tell the kinds of danger apart. What is learned from: the phrasings of
tests/bot/emergency_phrasings.yaml, the demo city's entries (except those about danger), and the half of the off-topic
list that may be tuned on. Neither the other half nor any question of another city is learned from.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
from ruamel.yaml import YAML
from scipy.sparse import csr_matrix, hstack
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import KFold

ROOT: Final = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.cities import demo_entries  # noqa: E402
from bot.emergency import searched_letters  # noqa: E402
from bot.emergency_ear import ALONG, FILE, Pieces, pieces_of  # noqa: E402
from faq.meanings import direction_of  # noqa: E402
from faq.word_vectors import word_vectors  # noqa: E402

TESTS: Final = ROOT / "tests"
FREEDOM: Final = 300.0
"""Inverse of the L2 penalty; 20 to 300 do the same on what was not learned."""
FEWEST: Final = 2
"""Texts that a piece must stand in."""
SMALLEST: Final = 0.4
"""A weight below this is left out: half of the file, and no figure moves by .005."""
NEGATIVE_SHARES: Final = (0.001, 0.003, 0.005, 0.01)
FOLDS: Final = 4
DIRECTION_SHARE: Final = 0.3
"""How much a direction counts beside the pieces; 1 hears as much, 3 less."""

Floats = Any


def phrasings() -> tuple[list[tuple[str, str]], list[str]]:
    """(kind, cry), and the questions that share words with danger."""
    known = _yaml(TESTS / "bot" / "emergency_phrasings.yaml")
    cries = [
        (kind, phrase)
        for half, kinds in known.items()
        if half not in ("innocent", "about_danger")
        for kind, phrases in kinds.items()
        for phrase in phrases
    ]
    return cries, list(known["innocent"])


def harmless(about_danger: Sequence[str]) -> list[str]:
    """What city halls are asked, and idle talk."""
    entries = [entry for entry in demo_entries() if entry.id not in about_danger]
    asked = [text for e in entries for text in (e.question, *e.phrasings, *e.keywords, *e.tests)]
    translated = [said.question for entry in entries for said in entry.translations.values()]
    return [*asked, *translated, *_all_texts(_yaml(TESTS / "faq" / "off_topic.yaml")["dev"])]


def entries_about_danger() -> list[str]:
    return list(_yaml(TESTS / "bot" / "emergency_phrasings.yaml")["about_danger"])


def _all_texts(found: Any) -> list[str]:
    if isinstance(found, str):
        return [found]
    return [text for part in (found.values() if isinstance(found, dict) else found) for text in _all_texts(part)]


def _yaml(path: Path) -> Any:
    return YAML(typ="safe").load(path.read_text(encoding="utf-8"))


def matrix(texts: Sequence[Pieces], numbers: Mapping[str, int]) -> csr_matrix:
    rows, columns, values = [], [], []
    for row, found in enumerate(texts):
        for piece, share in found.shares():
            if piece in numbers:
                rows.append(row)
                columns.append(numbers[piece])
                values.append(share)
    return csr_matrix((values, (rows, columns)), shape=(len(texts), len(numbers)))


def learn(values: csr_matrix, wanted: Floats) -> tuple[Floats, float]:
    """Weights for the pieces, then for the numbers of a direction."""
    model = LogisticRegression(C=FREEDOM, solver="liblinear", max_iter=300).fit(values, wanted)
    weights = model.coef_[0].copy()
    pieces = weights[: -word_vectors().width]
    pieces[np.abs(pieces) < SMALLEST] = 0.0
    return weights, float(model.intercept_[0])


def main() -> None:
    cries, innocent = phrasings()
    quiet = harmless(entries_about_danger()) + innocent
    said = [*(cry for _, cry in cries), *quiet]
    texts = [pieces_of(searched_letters(text)) for text in said]
    stands_in = Counter(piece for found in texts for piece, _ in found.shares())
    numbers = {piece: at for at, piece in enumerate(sorted(p for p, count in stands_in.items() if count >= FEWEST))}
    directions = csr_matrix(np.asarray([direction_of(text) for text in said]) * DIRECTION_SHARE)
    values = hstack([matrix(texts, numbers), directions]).tocsr()
    wanted = np.arange(len(texts)) < len(cries)
    scores = np.zeros(len(texts))
    for learned, held in KFold(FOLDS, shuffle=True, random_state=0).split(scores):
        weights, constant = learn(values[learned], wanted[learned])
        scores[held] = values[held] @ weights + constant
    alarms = np.sort(scores[~wanted])[::-1]
    print(f"危険 {len(cries)}、そうでない {len(quiet)}、手がかり {len(numbers)}")
    for share in NEGATIVE_SHARES:
        line = alarms[int(share * len(quiet))]
        print(f"空ぶり {share:.1%}: しきい値 {line:.2f}、交差検証で聞きとった危険 {(scores[wanted] > line).mean():.3f}")
    if "--write" in sys.argv:
        write(values, wanted, [kind for kind, _ in cries], list(numbers))


def write(values: csr_matrix, wanted: Floats, kinds: Sequence[str], names: Sequence[str]) -> None:
    """Rows of `bot/emergency_ear.tsv`: letters, then danger and each kind in turn."""
    columns = [learn(values, wanted)]
    of_kind = np.asarray(kinds)
    order = list(dict.fromkeys(kinds))
    columns += [learn(values[: len(kinds)], of_kind == kind) for kind in order]
    table = np.column_stack([weights for weights, _ in columns])
    width = word_vectors().width
    lines = ["\t".join(["", "danger", *order]), "\t".join(["", *(f"{constant:.2f}" for _, constant in columns)])]
    for name, row in zip(names, table[:-width], strict=True):
        if row.any():
            lines.append("\t".join([name, *("" if not weight else f"{weight:.1f}" for weight in row)]))
    for number, row in enumerate(table[-width:] * DIRECTION_SHARE):
        lines.append("\t".join([f"{ALONG}{number}", *(f"{weight:.2f}" for weight in row)]))
    FILE.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
