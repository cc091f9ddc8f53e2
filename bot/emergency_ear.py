"""Hears danger in words that no rule names, by the letters, sounds and words of a message.

The rules (bot/emergency_words.py, bot/emergency_signs.py) know phrases and what gives danger away; frightened people
find others. Here every run of one to three letters counts a little for danger or against it, every two or three sounds
in a row (なぐら is in 殴られた, too), every word and every two words in a row as the dictionary spells them (たたく is
叩く), what the message speaks of (bot/emergency_roots.py), alone and two together, and where its words point
(faq/meanings.py): words that nobody has cried yet stand in the company of such that many did. The weights were learned
from five thousand cries and ten thousand ordinary questions by `benchmarks/learn_emergencies.py`, which writes
emergency_ear.tsv. Asked only when the rules heard nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import combinations
from math import inf
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np

from bot.emergency_roots import OF_ROOT
from bot.emergency_words import PATTERNS, Emergency
from faq.meanings import direction_of
from faq.postings import Floats
from faq.text import analyse_once, normalise
from faq.word_vectors import word_vectors

FILE: Final = Path(__file__).with_name("emergency_ear.tsv")
LONGEST_RUN: Final = 3
LONGEST_ROOT: Final = 4
SOUNDS: Final = range(2, 4)
"""How many in a row."""
ALONG: Final = "~"
SOUND: Final = ">"
WORD: Final = "="
"""So begin the rows of the file for the numbers of a direction, for sounds and for words; a searched letter is none of
these."""
MARK: Final = "きごう"
"""How the dictionary reads marks and spaces."""
SHORTEST_CRY: Final = 5
"""Letters. One word more or less decides about fewer, and 「ちがった」 is said in every talk."""
DANGER_FROM: Final = 1.2
"""Of 1,786 questions of another city and 300 lines of idle talk, of which half were not learned from, none is above."""
DANGER_IN_DOUBT: Final = 2.1
"""The same where a message is long, or speaks of a paper, a course, an animal or the past: a dog bite bleeds, too."""
NEAR: Final = 1.0
"""Below this lead the first of two kinds is right in one case of two (cross-validation), above 3 in nine of ten."""
NUMBER_OF: Final[Mapping[Emergency, str]] = {
    **dict.fromkeys(("fire", "ambulance", "disaster"), "119"),
    **dict.fromkeys(("police", "violence", "child_abuse"), "110"),
    **dict.fromkeys(("suicide", "help"), "talk"),
}
"""Which number a kind needs first; the answers to kinds of one number all name it."""


class Pieces(NamedTuple):
    """The different runs of letters in a message, of sounds (`>なぐ`), its words (`=殴る`, `=旦那 に`), and what it
    speaks of, alone and two together: `<blade>`, `<blade+partner>`."""

    runs: frozenset[str]
    sounds: frozenset[str]
    words: frozenset[str]
    matters: frozenset[str]

    def shares(self) -> Iterator[tuple[str, float]]:
        """Each piece with how much it counts: a long message says no more than a short one."""
        for pieces in self:
            yield from ((piece, len(pieces) ** -0.5) for piece in pieces)


@dataclass(frozen=True, eq=False)
class Weights:
    """What each piece says for something, beside a `constant`, and `along` which direction words point to it."""

    constant: float
    of_piece: dict[str, float]
    along: Floats = field(default_factory=lambda: np.zeros(word_vectors().width, np.float32))

    def sum(self, found: Pieces, direction: Floats) -> float:
        of, known, total = self.of_piece.__getitem__, self.of_piece.keys(), self.constant
        total += float(self.along.dot(direction))
        for pieces in found:
            if pieces:
                total += sum(map(of, pieces & known)) / len(pieces) ** 0.5
        return total


class Weighed(NamedTuple):
    """How much a message says for `danger`, the `kind` it says most for, how far that is ahead of the next kind
    (`lead`) and of the next that needs other numbers (`lead_of_numbers`). No kind where it says too little."""

    danger: float
    kind: Emergency = ""
    lead: float = inf
    lead_of_numbers: float = inf


@dataclass(frozen=True)
class Ear:
    danger: Weights
    kinds: dict[Emergency, Weights]

    def weighs(self, letters: str, text: str, from_: float = -inf) -> Weighed:
        """`letters` are those of a text that the rules search; kinds are compared where it says `from_` for danger."""
        found, direction = pieces_of(letters, text), direction_of(text)
        danger = self.danger.sum(found, direction)
        if danger < from_:
            return Weighed(danger)
        sums = {kind: weights.sum(found, direction) for kind, weights in self.kinds.items()}
        kind, *others = sorted(sums, key=sums.__getitem__, reverse=True)
        ahead = [(sums[kind] - sums[other], NUMBER_OF[other]) for other in others]
        of_numbers = (lead for lead, number in ahead if number != NUMBER_OF[kind])
        return Weighed(danger, kind, min((lead for lead, _ in ahead), default=inf), min(of_numbers, default=inf))

    def hears(self, letters: str, text: str, *, from_: float = DANGER_FROM) -> Weighed:
        """What a text speaks of, without a kind where it is rather a question: where it says less than `from_` for
        danger. "help", which names all the numbers, where it says as much for two kinds that need different ones.
        """
        if len(letters) < SHORTEST_CRY:
            return Weighed(-inf)
        weighed = self.weighs(letters, text, from_)
        return weighed._replace(kind="help") if weighed.lead_of_numbers < NEAR else weighed


def pieces_of(letters: str, text: str) -> Pieces:
    """A message in pieces; its beginning and end are letters, too."""
    whole = f"^{letters}$"
    runs = _runs(whole, range(1, LONGEST_RUN + 1))
    spoken_of = sorted({matter for run in _roots_in(runs, whole) for matter in OF_ROOT[run]})
    together = (f"<{one}+{other}>" for one, other in combinations(spoken_of, 2))
    said = [token for token in analyse_once(normalise(text)) if token.reading != MARK and token.form.strip()]
    words = [f"{WORD}{token.form}" for token in said]
    two = (f"{one} {next_one.form}" for one, next_one in zip(words, said[1:], strict=False))
    return Pieces(
        runs,
        frozenset(f"{SOUND}{run}" for run in _runs(f"^{''.join(token.reading for token in said)}$", SOUNDS)),
        frozenset((*words, *two)),
        frozenset((*(f"<{matter}>" for matter in spoken_of), *together)),
    )


def _runs(text: str, sizes: range) -> frozenset[str]:
    return frozenset([text[at : at + size] for size in sizes for at in range(len(text) - size + 1)])


def _roots_in(runs: frozenset[str], whole: str) -> frozenset[str]:
    return (runs | _runs(whole, range(LONGEST_RUN + 1, LONGEST_ROOT + 1))) & OF_ROOT.keys()


@lru_cache(maxsize=1)
def ear() -> Ear:
    """The weights of the file, read once a process."""
    head, constants, *rows = (line.split("\t") for line in FILE.read_text(encoding="utf-8").splitlines())
    of_piece: list[dict[str, float]] = [{} for _ in head]
    along: list[list[float]] = [[] for _ in head]
    # One object for a number wherever it stands: there are a few hundred different ones.
    numbers: dict[str, float] = {}
    for piece, *weights in rows:
        if piece.startswith(ALONG):
            for at, weight in enumerate(weights, 1):
                along[at].append(float(weight))
        else:
            for at, weight in enumerate(weights, 1):
                if weight:
                    of_piece[at][piece] = numbers.setdefault(weight, float(weight))
    columns = {
        name: Weights(float(constants[at]), of_piece[at], np.asarray(along[at], np.float32))
        for at, name in enumerate(head)
        if name
    }
    return Ear(columns["danger"], {kind: columns[kind] for kind in PATTERNS if kind in columns})
