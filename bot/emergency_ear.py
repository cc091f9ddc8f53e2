"""Hears danger in words that no rule names, by the letters, sounds and words of a message.

The rules (bot/emergency_words.py, bot/emergency_signs.py) know phrases and what gives danger away; frightened people
find others. Here every run of one to three letters counts a little for danger or against it, every two or three sounds
in a row (なぐら is in 殴られた, too), every word and every two words in a row as the dictionary spells them (たたく is
叩く), what the message speaks of (bot/emergency_roots.py), alone and two together, and where its words point
(faq/meanings.py): words that nobody has cried yet stand in the company of such that many did. The weights were learned
from 21,000 cries and 38,000 ordinary sentences by `benchmarks/learn_emergencies.py`, which writes emergency_ear.tsv.
What a rule heard is weighed again: it is perhaps no cry.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, combinations
from math import inf
from operator import itemgetter
from pathlib import Path
from typing import Final, NamedTuple, cast

import numpy as np
from numpy.typing import NDArray

from bot.emergency_roots import OF_ROOT
from bot.emergency_words import Emergency
from faq.meanings import direction_of
from faq.postings import Floats
from faq.text import analyse_once, normalise_once

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
_WIDE: Final = "〓"
SHORTEST_CRY: Final = 5
"""Letters. One word more or less decides about fewer, and 「ちがった」 is said in every talk."""
SHORTEST_HEARD: Final = 3
"""Letters. So few may be a cry, and are never one for sure."""
DANGER_FROM: Final = 1.0
"""Of 472 cries of writers that are not learned from 456 are then heard, and of 3,400 harmless questions and messages
(of another city and its residents, idle talk, of the same writers) ten are taken for cries. From .6: 457 and 13; from
1.5: 451 and 7. Those in between are told the numbers anyway."""
DANGER_WITHOUT_KANA: Final = 2.0
"""The same for other languages and for single words in kanji, of which the ear knows less."""
NEAR: Final = 1.0
"""Below this lead the first of two kinds is right in one case of two (cross-validation), above 3 in nine of ten."""
NUMBER_OF: Final[Mapping[Emergency, str]] = {
    **dict.fromkeys(("fire", "ambulance", "disaster"), "119"),
    **dict.fromkeys(("police", "violence"), "110"),
    "child_abuse": "189",
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


class Weighed(NamedTuple):
    """How much a message says for `danger`, the `kind` it says most for, how far that is ahead of the next kind
    (`lead`) and of the next that needs other numbers (`lead_of_numbers`). No kind where it says too little."""

    danger: float
    kind: Emergency = ""
    lead: float = inf
    lead_of_numbers: float = inf


@dataclass(frozen=True, eq=False)
class Ear:
    """What pieces say for danger (column 0 of all tables) and for each of the `kinds` (the others).

    `hashes`, in order, are those of the pieces (in this process only) whose `weights` stand in the same row: as
    strings a hundred thousand pieces would take eight times the memory. `along` has a row for each number of a
    direction.
    """

    kinds: tuple[Emergency, ...]
    hashes: NDArray[np.int64]
    weights: Floats
    constants: Floats
    along: Floats

    @classmethod
    def of_table(
        cls, kinds: Sequence[Emergency], pieces: Sequence[str], weights: Floats, constants: Floats, along: Floats
    ) -> Ear:
        """From a row of `weights` for each piece, in any order."""
        hashes = _hashes(pieces, len(pieces))
        order = hashes.argsort()
        return cls(tuple(kinds), hashes[order], weights.reshape(-1, 1 + len(kinds))[order], constants, along)

    def sums(self, found: Pieces, direction: Floats) -> list[float]:
        """What a message says for danger, then for each of the kinds."""
        total = self.constants + np.einsum("i,ij->j", direction, self.along)
        sizes = [len(pieces) for pieces in found]
        wanted = _hashes(chain.from_iterable(found), sum(sizes))
        if len(wanted) and len(self.hashes):
            row = self.hashes.searchsorted(wanted)
            known = self.hashes.take(row, mode="clip") == wanted
            share = np.asarray([max(size, 1) ** -0.5 for size in sizes], np.float32).repeat(sizes)
            total += np.einsum("i,ij->j", share[known], self.weights.take(row[known], axis=0))
        sums: list[float] = total.tolist()
        return sums

    def weighs(self, letters: str, text: str) -> Weighed:
        """`letters` are those of a text that the rules search."""
        danger, *sums = self.sums(pieces_of(letters, text), direction_of(text))
        (most, kind), *others = sorted(zip(sums, self.kinds, strict=True), key=itemgetter(0), reverse=True)
        ahead = [(most - other, NUMBER_OF[name]) for other, name in others]
        of_numbers = (lead for lead, number in ahead if number != NUMBER_OF[kind])
        return Weighed(danger, kind, min((lead for lead, _ in ahead), default=inf), min(of_numbers, default=inf))

    def hears(self, letters: str, text: str, *, from_: float = DANGER_FROM) -> Weighed:
        """What a text speaks of, without a kind where it is rather a question: where it says less than `from_` for
        danger. "help", which names all the numbers, where it says as much for two kinds that need different ones.
        """
        if len(letters) < SHORTEST_HEARD:
            return Weighed(-inf)
        weighed = self.weighs(letters, text)
        if weighed.danger < from_ or len(letters) < SHORTEST_CRY:
            return Weighed(weighed.danger)
        return weighed._replace(kind="help") if weighed.lead_of_numbers < NEAR else weighed


def _hashes(pieces: Iterable[str], count: int) -> NDArray[np.int64]:
    """One for each piece, behind a letter of two bytes: Python sees the same bytes in `ag` and in 条."""
    return np.fromiter(map(hash, map(_WIDE.__add__, pieces)), np.int64, count)


def pieces_of(letters: str, text: str) -> Pieces:
    """A message in pieces; its beginning and end are letters, too."""
    whole = f"^{letters}$"
    runs = _runs(whole, range(1, LONGEST_RUN + 1))
    spoken_of = sorted({matter for run in _roots_in(runs, whole) for matter in OF_ROOT[run]})
    together = (f"<{one}+{other}>" for one, other in combinations(spoken_of, 2))
    said = [token for token in analyse_once(normalise_once(text)) if token.reading != MARK and token.form.strip()]
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
    (_, _, *kinds), (_, *constants), *rows = (
        line.split("\t") for line in FILE.read_text(encoding="utf-8").splitlines()
    )
    weights = np.asarray([[float(weight or 0) for weight in row] for _, *row in rows], np.float32)
    pieces = [row[0] for row in rows]
    along = [at for at, piece in enumerate(pieces) if piece.startswith(ALONG)]
    return Ear.of_table(
        cast("list[Emergency]", kinds), pieces, weights, np.asarray(constants, np.float32), weights[along]
    )
