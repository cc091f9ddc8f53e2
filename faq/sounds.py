"""How alike a question and an entry are by their letters: kanji, and pairs of kana in the sound of the words.

    しゆうみんひよう, 住民表 and じゅうみんひょう all share most of their letters with 住民票.

The sound is folded: no voicing marks, no small kana, no long vowels, as thumbs on small phones leave them. Words
tell entries apart; letters only add what the cut into words lost (typing errors, words run together, verb endings).
Kept as a table, entry by entry, so that a question costs the same in a city of 500 and of 22,000 entries.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from operator import add
from typing import Final

import numpy as np
from numpy.typing import NDArray

from faq.postings import Doubles, Floats, Ints, changes, rarity_of
from faq.text import Token, to_hiragana

_K1: Final = 1.2
_B: Final = 0.75

_FOLDED: Final = str.maketrans(
    "がぎぐげござじずぜぞだぢづでどばびぶべぼぱぴぷぺぽぁぃぅぇぉっゃゅょゎゔ",
    "かきくけこさしすせそたちつてとはひふへほはひふへほあいうえおつやゆよわう",
    "ー",
)
_UNHEARD: Final = re.compile(r"[^ぁ-ゖ一-鿿a-z0-9]+")
_KANJI: Final = re.compile(r"[一-鿿]+")
_END: Final = "\n"
_MOST_COUNTED: Final = 255
# Two letters of 16 bits; the number of an entry behind them.
_CODE_BITS: Final = 32
_OWNER_BITS: Final = 24


def sound_of(tokens: Iterable[Token]) -> str:
    """The folded sound of a text's units, and behind a line's end its kanji."""
    said = list(tokens)
    heard = "".join([_heard(token.reading or token.surface) for token in said])
    return heard + _END + "".join(_KANJI.findall("".join([token.surface for token in said])))


@lru_cache(maxsize=20_000)
def _heard(reading: str) -> str:
    """One unit's part of the sound: the same few thousand come up again and again."""
    return _UNHEARD.sub("", to_hiragana(reading)).translate(_FOLDED)


def _pieces(sound: str) -> list[str]:
    """The letters that are compared: pairs of the sound, and kanji one by one."""
    heard, _, kanji = sound.partition(_END)
    return [*map(add, heard, heard[1:]), *kanji]


def _all_pieces(sounds: Sequence[str]) -> tuple[Ints, Ints]:
    """The pieces of all these sounds at once: which sound each stands in, and its code (`_piece`)."""
    line = np.frombuffer("".join(f"{sound}{_END}" for sound in sounds).encode("utf-32-le"), np.uint32).astype(np.int64)
    # Every sound is two lines, first what is heard and then its kanji.
    ends = line == ord(_END)
    number = np.cumsum(ends)
    heard = number % 2 == 0
    paired_up = np.flatnonzero(heard[:-1] & ~ends[:-1] & ~ends[1:])
    kanji = np.flatnonzero(~heard & ~ends)
    at = np.concatenate([paired_up, kanji])
    code = np.concatenate([line[paired_up] << _CODE_BITS // 2 | line[paired_up + 1], line[kanji]])
    return number[at] // 2, code


def _piece(code: int) -> str:
    """The letters of a code: all of them are below 2**16, and of a single kanji the first one is 0."""
    first, second = divmod(code, 1 << _CODE_BITS // 2)
    return f"{chr(first)}{chr(second)}" if first else chr(second)


@dataclass(frozen=True)
class Sounds:
    """`letters` numbers pairs of sounds and kanji, `rarity` is theirs, `rarest` that of letters nobody wrote.
    `counts[n, e]` tells how often letter `n` stands in entry `e` (a byte each: 7 MB for 2,000 entries), `lengths` how
    many letters the entry has in all, beside the `usual` length; `damping` is what BM25 makes of that."""

    letters: Mapping[str, int]
    rarity: Floats
    rarest: float
    counts: NDArray[np.uint8]
    lengths: Doubles
    usual: float
    damping: Floats

    @classmethod
    def of(cls, asks: Sequence[str], owners: Sequence[int], entries: int) -> Sounds:
        """From the sound of every ask and the entry that it belongs to."""
        ask, code = _all_pieces(asks)
        owner = np.asarray(owners, np.int64)[ask]
        pairs = np.sort(code << _OWNER_BITS | owner)
        begins = changes(pairs)
        of_code, of_entry = np.divmod(pairs[begins], 1 << _OWNER_BITS)
        first = changes(of_code)
        codes = of_code[first]
        of_letter = np.repeat(np.arange(len(codes)), np.diff(first, append=len(of_code)))
        counts = np.zeros((len(codes), entries), np.uint8)
        counts[of_letter, of_entry] = np.minimum(np.diff(begins, append=len(pairs)), _MOST_COUNTED)
        lengths = np.bincount(owner, minlength=entries).astype(np.float64)
        usual = (float(lengths.mean()) if entries else 1.0) or 1.0
        return cls(
            letters={_piece(code): number for number, code in enumerate(codes.tolist())},
            rarity=rarity_of(np.bincount(of_letter, minlength=len(codes)), entries, 1.0),
            rarest=float(np.log1p(2 * entries)),
            counts=counts,
            lengths=lengths,
            usual=usual,
            damping=_damping(lengths / usual).astype(np.float32),
        )

    def shares(self, sound: str, entries: NDArray[np.intp], copied: int | None = None) -> Doubles:
        """How much of a question's letters each of these entries has, 0 to about 2, rare letters counting most.

        When the question is a copy of one of the asks of entry `copied`, that ask is left out.
        """
        letters, asked = self.letters, _pieces(sound)
        different = dict.fromkeys(asked)
        known = [number for number in map(letters.get, different) if number is not None]
        if not known or not len(entries):
            return np.zeros(len(entries))
        rarity = self.rarity.take(known)
        # Letter by letter: a row is read from end to end, which costs less than a byte here and there.
        worth = self.counts.take(known, axis=0).take(entries, axis=1).astype(np.float32)
        worth /= worth + self.damping.take(entries)
        shares: Doubles = (rarity @ worth).astype(np.float64)
        shares *= _K1 + 1
        if copied is not None and copied in entries:
            shares[entries == copied] = self._without(asked, copied)
        shares /= float(np.add.reduce(rarity)) + self.rarest * (len(different) - len(known))
        return shares

    def _without(self, asked: Sequence[str], entry: int) -> float:
        """What the entry shares with these letters when they are not counted as its own."""
        again = Counter(self.letters[piece] for piece in asked if piece in self.letters)
        numbers = list(again)
        left = self.counts[numbers, entry].astype(np.float64) - np.asarray(list(again.values()))
        length = max(float(self.lengths[entry]) - len(asked), 1.0) / self.usual
        worth = left * (_K1 + 1) / (left + _damping(np.asarray(length)))
        return float((self.rarity[numbers] * worth)[left > 0].sum())


def _damping(length: Doubles) -> Doubles:
    """How slowly a letter counts more, the more often it stands in a text of this length (1 is the usual one)."""
    return _K1 * (1 - _B + _B * length)
