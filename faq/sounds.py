"""How alike a question and an entry are by their letters: kanji, and pairs of kana in the sound of the words.

    しゆうみんひよう, 住民表 and じゅうみんひょう all share most of their letters with 住民票.

The sound is folded: no voicing marks, no small kana, no long vowels, as thumbs on small phones leave them. Words
tell entries apart; letters only add what the cut into words lost (typing errors, words run together, verb endings).
Kept as a forward index, entry by entry, so that a question costs the same in a city of 500 and of 22,000 entries.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from faq.postings import Doubles, Ints, number_terms, rarity_of
from faq.text import Token, to_hiragana

_K1: Final = 1.2
_B: Final = 0.75

_FOLDED: Final = str.maketrans(
    "がぎぐげござじずぜぞだぢづでどばびぶべぼぱぴぷぺぽぁぃぅぇぉっゃゅょゎゔ",
    "かきくけこさしすせそたちつてとはひふへほはひふへほあいうえおつやゆよわう",
    "ー",
)
_UNHEARD: Final = re.compile(r"[^ぁ-ゖ一-鿿a-z0-9]+")
_UNWRITTEN: Final = re.compile(r"[^一-鿿]+")
_END: Final = "\n"
_COUNT_BITS: Final = 8
_MOST_COUNTED: Final = 255


def sound_of(tokens: Iterable[Token]) -> str:
    """The folded sound of a text's units, and behind a line's end its kanji."""
    said = list(tokens)
    heard = _UNHEARD.sub("", to_hiragana("".join(token.reading or token.surface for token in said)))
    return heard.translate(_FOLDED) + _END + _UNWRITTEN.sub("", "".join(token.surface for token in said))


def _pieces(sound: str) -> Iterator[str]:
    """The letters that are compared: pairs of the sound, and kanji one by one."""
    heard, _, kanji = sound.partition(_END)
    yield from map("".join, pairwise(heard))
    yield from kanji


@dataclass(frozen=True)
class Sounds:
    """`letters` numbers pairs of sounds and kanji, `rarity` is theirs. `held[starts[e]:starts[e + 1]]` are those of
    entry `e`: the number of the letter and, in the lowest byte, how often; `lengths` is how many it has."""

    letters: Mapping[str, int]
    rarity: Doubles
    starts: Ints
    held: Ints
    lengths: Doubles

    @classmethod
    def of(cls, asks: Sequence[str], owners: Sequence[int], entries: int) -> Sounds:
        """From the sound of every ask and the entry that it belongs to."""
        letters: dict[str, int] = {}
        pieces = [list(_pieces(ask)) for ask in asks]
        number = number_terms(pieces, letters)
        owner = np.repeat(np.asarray(owners, np.int64), [len(found) for found in pieces])
        size = max(len(letters), 1)
        pairs, counts = np.unique(owner * size + number, return_counts=True)
        of_entry, of_letter = np.divmod(pairs, size)
        return cls(
            letters=letters,
            rarity=rarity_of(np.bincount(of_letter, minlength=len(letters)), entries, 1.0).astype(np.float64),
            starts=of_entry.searchsorted(np.arange(entries + 1)),
            held=of_letter << _COUNT_BITS | np.minimum(counts, _MOST_COUNTED),
            lengths=np.bincount(owner, minlength=entries).astype(np.float64),
        )

    def shares(self, sound: str, entries: NDArray[np.intp], copied: int | None = None) -> Doubles:
        """How much of a question's letters each of these entries has, 0 to about 2, rare letters counting most.

        When the question is a copy of one of the asks of entry `copied`, that ask is left out.
        """
        asked = Counter(_pieces(sound))
        known = [self.letters[piece] for piece in asked if piece in self.letters]
        if not known or not len(entries):
            return np.zeros(len(entries))
        rarity = self.rarity[known]
        column = np.zeros(len(self.letters), np.int16)
        column[known] = np.arange(1, len(known) + 1)
        starts, ends = self.starts[entries], self.starts[entries + 1]
        held = np.concatenate([self.held[start:end] for start, end in zip(starts.tolist(), ends.tolist(), strict=True)])
        found = column[held >> _COUNT_BITS]
        met = found.nonzero()[0]
        row, found = (ends - starts).cumsum().searchsorted(met, "right"), found[met] - 1
        counts = (held[met] & _MOST_COUNTED).astype(np.float64)
        lengths = self.lengths[entries]
        if copied is not None:
            own = (entries == copied)[row]
            again = np.asarray([count for piece, count in asked.items() if piece in self.letters])
            counts[own] = np.maximum(counts[own] - again[found[own]], 0)
            lengths = np.maximum(lengths - asked.total() * (entries == copied), 1)
        long = _K1 * (1 - _B + _B * lengths / float(self.lengths.mean()))
        worth = rarity[found] * (counts * (_K1 + 1) / (counts + long[row]))
        unknown = float(np.log1p(2 * len(self.lengths))) * (len(asked) - len(known))
        return np.bincount(row, worth, len(entries)) / (float(rarity.sum()) + unknown)
