"""Hears danger in words that no rule names, by the letters of a message.

The rules (bot/emergency_words.py, bot/emergency_signs.py) know phrases and what gives danger away; frightened people
find others. Here every run of one to four letters counts a little for danger or against it, and so does what the
message speaks of (bot/emergency_roots.py), alone and two together, and where its words point (faq/meanings.py): words
that nobody has cried yet stand in the company of such that many did. The weights were learned from a thousand cries and
eight thousand ordinary questions by `benchmarks/learn_emergencies.py`, which writes emergency_ear.tsv. Asked only when
the rules heard nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import combinations
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np

from bot.emergency_roots import OF_ROOT
from bot.emergency_words import PATTERNS, Emergency
from faq.meanings import direction_of
from faq.postings import Floats
from faq.word_vectors import word_vectors

FILE: Final = Path(__file__).with_name("emergency_ear.tsv")
LONGEST_RUN: Final = 4
ALONG: Final = "~"
"""So begin the rows of the file for the numbers of a direction; a searched letter is none of these."""
SHORTEST_CRY: Final = 5
"""Letters. One word more or less decides about fewer, and 「ちがった」 is said in every talk."""
DANGER_FROM: Final = 3.0
"""Of three hundred ordinary questions of the demo city that were not learned from one is above (cross-validation), of
the 1,786 of another city and of 300 lines of idle talk none."""


class Pieces(NamedTuple):
    """The different runs of letters in a message, and what it speaks of, alone and two together: `<blade>`,
    `<blade+partner>`."""

    runs: frozenset[str]
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


@dataclass(frozen=True)
class Ear:
    danger: Weights
    kinds: dict[Emergency, Weights]

    def hears(self, letters: str, text: str) -> Emergency:
        """The kind of danger that a text speaks of most, or "" where it is rather a question. `letters` are those of it
        that the rules search."""
        if len(letters) < SHORTEST_CRY:
            return ""
        found, direction = pieces_of(letters), direction_of(text)
        if self.danger.sum(found, direction) < DANGER_FROM:
            return ""
        return max(self.kinds, key=lambda kind: self.kinds[kind].sum(found, direction))


def pieces_of(letters: str) -> Pieces:
    """A message in pieces; its beginning and end are letters, too."""
    text = f"^{letters}$"
    runs = frozenset(text[at : at + size] for size in range(1, LONGEST_RUN + 1) for at in range(len(text) - size + 1))
    spoken_of = sorted({matter for run in runs & OF_ROOT.keys() for matter in OF_ROOT[run]})
    together = (f"<{one}+{other}>" for one, other in combinations(spoken_of, 2))
    return Pieces(runs, frozenset((*(f"<{matter}>" for matter in spoken_of), *together)))


@lru_cache(maxsize=1)
def ear() -> Ear:
    """The weights of the file, read once a process."""
    head, constants, *rows = (line.split("\t") for line in FILE.read_text(encoding="utf-8").splitlines())
    pieces = [row for row in rows if not row[0].startswith(ALONG)]
    along = [row for row in rows if row[0].startswith(ALONG)]
    columns = {
        name: Weights(
            float(constants[at]),
            {row[0]: float(row[at]) for row in pieces if row[at]},
            np.asarray([float(row[at]) for row in along], np.float32),
        )
        for at, name in enumerate(head)
        if name
    }
    return Ear(columns["danger"], {kind: columns[kind] for kind in PATTERNS if kind in columns})
