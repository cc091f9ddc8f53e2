"""Learn which letters, sounds and words tell danger, from cries for help and harmless questions.

    python benchmarks/learn_emergencies.py            # cross-validated figures only
    python benchmarks/learn_emergencies.py --write    # also writes bot/emergency_ear.tsv

Logistic regression over the pieces that `bot.emergency_ear` reads a message in and the direction of its words: one row
of weights tells danger from questions, others (softmax) tell the kinds of danger apart. What is learned from: the cries
and the harmless sentences and messages of benchmarks/emergency_teaching, the phrasings of
tests/bot/emergency_phrasings.yaml, the demo city's entries (except those about danger), what the city says itself, and
the half of the off-topic list that may be tuned on. Neither the other half nor any question of another city is learned
from.
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
from ruamel.yaml import YAML
from scipy.sparse import csr_matrix, hstack
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold

ROOT: Final = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.cities import demo_entries  # noqa: E402
from benchmarks.taught_cries import AS_TAUGHT, HARMLESS, NEIGHBOURS, TEACHING, Said, taught_by, written_apart  # noqa: E402
from bot.emergency import searched_letters  # noqa: E402
from bot.emergency_ear import ALONG, FILE, Pieces, pieces_of  # noqa: E402
from faq.meanings import direction_of  # noqa: E402
from faq.word_vectors import word_vectors  # noqa: E402

TESTS: Final = ROOT / "tests"
OF_DANGER: Final = (8.0, 0.2)
"""Inverse of the L2 penalty (30, 3 and 1 hear .02 to .04 less of two further writers where three of a thousand harmless
messages may be taken for cries, and as much where six may), and the smallest weight that is kept: no figure moves by
.005."""
OF_KINDS: Final = (15.0, 0.2)
"""The same for the kinds: of 1,060 cries of four writers that were not learned from 33 get the numbers of another kind
first, 6 of them without the right ones beside (with 100: 36 and 12)."""
FEWEST: Final = 3
"""Texts that a piece must stand in (2 hears as much, and takes half as much memory again)."""
NEGATIVE_SHARES: Final = (0.001, 0.003, 0.005, 0.01)
FOLDS: Final = 4
DIRECTION_SHARE: Final = 0.3
"""How much a direction counts beside the pieces; 1 hears .02 less, 2 .04 less."""

_SENTENCE: Final = re.compile(r"[^。\n]{5,40}(?=[。\n]|$)")
_OF_DANGER: Final = re.compile(
    "11[089]|171|7119|8000|死|命|逃げ|助け|倒れ|血|息|意識|火事|燃え|津波|氾濫|暴力|虐待|警察|救急|危険|危ない|けが|刃物"
)

Floats = Any


def everything_said() -> list[Said]:
    """The cries first, each kind's in one run no matter where they stand, then what is harmless."""
    known = _yaml(TESTS / "bot" / "emergency_phrasings.yaml")
    cries = [
        Said(kind, phrase, half)
        for half, kinds in known.items()
        if half not in (HARMLESS, "about_danger")
        for kind, phrases in kinds.items()
        for phrase in phrases
    ]
    questions = [*harmless(known["about_danger"]), *known[HARMLESS]]
    quiet = [Said("", text, f"asked {number}") for number, text in enumerate(questions)]
    by_the_city = enumerate(said_by_the_city(known["about_danger"]))
    quiet += [Said("", text, f"told {number // NEIGHBOURS}", AS_TAUGHT) for number, text in by_the_city]
    taught = [said for path in sorted(TEACHING.glob("*.txt")) for said in taught_by(path)]
    taught += written_apart()
    return [*cries, *(said for said in taught if said.kind), *quiet, *(said for said in taught if not said.kind)]


def harmless(about_danger: Sequence[str]) -> list[str]:
    """What city halls are asked, and idle talk."""
    entries = [entry for entry in demo_entries() if entry.id not in about_danger]
    asked = [text for e in entries for text in (e.question, *e.phrasings, *e.keywords, *e.tests)]
    translated = [said.question for entry in entries for said in entry.translations.values()]
    return [*asked, *translated, *_all_texts(_yaml(TESTS / "faq" / "off_topic.yaml")["dev"])]


def said_by_the_city(about_danger: Sequence[str]) -> list[str]:
    """What the city says itself, sentence by sentence, where it is no help in danger: plain statements are no cries."""
    words = _yaml(ROOT / "cities" / "_base" / "wording" / "ja.yaml")
    texts = [text for key, text in words.items() if "emergency" not in key and "danger" not in key]
    texts += [entry.answer for entry in demo_entries() if entry.id not in about_danger]
    sentences = dict.fromkeys(sentence for text in texts for sentence in _SENTENCE.findall(text))
    return [sentence for sentence in sentences if not _OF_DANGER.search(sentence)]


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


def learn(
    values: csr_matrix, wanted: Floats, counted: Floats, freedom: float, smallest: float
) -> tuple[Floats, Floats]:
    """A row of weights and a constant for each kind that is wanted, or one for danger where only that is: first for the
    pieces, then for the numbers of a direction. `counted`: as how many each row counts."""
    model = LogisticRegression(C=freedom, max_iter=2000, tol=1e-6).fit(values, wanted, sample_weight=counted)
    weights = model.coef_.copy()
    pieces = weights[:, : -word_vectors().width]
    pieces[np.abs(pieces) < smallest] = 0.0
    return weights, model.intercept_


def main() -> None:
    said = everything_said()
    texts = [pieces_of(searched_letters(one.text), one.text) for one in said]
    stands_in = Counter(piece for found in texts for piece, _ in found.shares())
    numbers = {piece: at for at, piece in enumerate(sorted(p for p, count in stands_in.items() if count >= FEWEST))}
    directions = csr_matrix(np.asarray([direction_of(one.text) for one in said]) * DIRECTION_SHARE)
    values = hstack([matrix(texts, numbers), directions]).tocsr()
    kinds = np.asarray([one.kind for one in said])
    print(f"危険 {(kinds != '').sum()}、そうでない {(kinds == '').sum()}、手がかり {len(numbers)}")
    counted = np.asarray([one.counts for one in said])
    if "--write" in sys.argv:
        write(values, kinds, counted, list(numbers))
    else:
        measure(values, kinds, counted, [one.group for one in said])


def measure(values: csr_matrix, kinds: Floats, counted: Floats, groups: Sequence[str]) -> None:
    """Each sentence by what was learned without its neighbours, the cries of a batch without that whole batch."""
    danger, scores, told = kinds != "", np.zeros(len(kinds)), kinds.copy()
    for learned, held in GroupKFold(FOLDS, shuffle=True, random_state=0).split(scores, groups=groups):
        weights, constant = learn(values[learned], danger[learned], counted[learned], *OF_DANGER)
        scores[held] = values[held] @ weights[0] + constant[0]
        cries = learned[danger[learned]]
        weights, constants = learn(values[cries], kinds[cries], counted[cries], *OF_KINDS)
        told[held] = np.unique(kinds[cries])[(values[held] @ weights.T + constants).argmax(1)]
    alarms = np.sort(scores[~danger])[::-1]
    print(f"種類が合う {(told == kinds)[danger].mean():.3f}")
    for share in NEGATIVE_SHARES:
        line = alarms[int(share * len(alarms))]
        print(f"空ぶり {share:.1%}: しきい値 {line:.2f}、交差検証で聞きとった危険 {(scores[danger] > line).mean():.3f}")


def write(values: csr_matrix, kinds: Floats, counted: Floats, names: Sequence[str]) -> None:
    """Rows of `bot/emergency_ear.tsv`: letters, then danger and each kind in turn."""
    danger = kinds != ""
    cries = learn(values[danger], kinds[danger], counted[danger], *OF_KINDS)
    learned = learn(values, danger, counted, *OF_DANGER), cries
    weights, constants = map(np.concatenate, zip(*learned, strict=True))
    width = word_vectors().width
    head = ["", "danger", *np.unique(kinds[danger])]
    lines = ["\t".join(head), "\t".join(["", *(f"{constant:.2f}" for constant in constants)])]
    for name, row in zip(names, weights[:, :-width].T, strict=True):
        if row.any():
            lines.append(
                "\t".join([name, *(f"{weight:.{1 + (not at)}f}" if weight else "" for at, weight in enumerate(row))])
            )
    for number, row in enumerate(weights[:, -width:].T * DIRECTION_SHARE):
        lines.append("\t".join([f"{ALONG}{number}", *(f"{weight:.2f}" for weight in row)]))
    FILE.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
