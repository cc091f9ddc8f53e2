"""Hiragana cut again along the readings this city's index knows: じゅうみんひょう → 住民 + 票, てんにゅう → 転入.

Sudachi cuts unknown hiragana into grammar (まい/なん/ばー); people on small phones write whole questions so.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from operator import itemgetter
from typing import Final, NamedTuple

from faq.text import Token, to_hiragana

_RUN: Final = re.compile(r"[ぁ-ゖァ-ヺー]{3,}")
# Two kana are mostly grammar; words of two kana (ぜい, くに) are found by Sudachi when they stand alone.
SHORTEST_READING: Final = 3
LONGEST_READING: Final = 16
# A reading may stand for many words (こうかい: 公開, 後悔, 航海 …); the most frequent ones of the index are taken.
WORDS_PER_READING: Final = 3

# What every other sentence ends with is no word of an entry: したい is not 死体, しない not 市内, くれる not 暮れる.
_GRAMMAR: Final = frozenset(
    {"したい", "しない", "してい", "しまっ", "いない", "くれる", "くらい", "ところ", "わたし"}
    | {"さらに", "ただし", "ないと", "ないか"}
)

# As thumbs on small phones leave them: てんにゆう for てんにゅう, and without voicing marks こくみんけんこうほけん.
_LARGE: Final = str.maketrans("ぁぃぅぇぉっゃゅょゎ", "あいうえおつやゆよわ")
_BARE: Final = _LARGE | str.maketrans(
    "がぎぐげござじずぜぞだぢづでどばびぶべぼぱぴぷぺぽ", "かきくけこさしすせそたちつてとはひふへほはひふへほ"
)
# Of fewer kana too many other words are made: かき is not 鍵.
_SHORTEST_BARE: Final = 4

Sounds = tuple[tuple[str, float], ...]
KanaRun = tuple[int, str]
"""The letter of a text where a run of kana begins, and the run in hiragana."""


class Readings(dict[str, Sounds]):
    """Reading → the words that sound so, with their share of the uses; also as it is typed without small kana and
    without voicing marks, where no other word sounds so.

    `openings` are the first letters of all of them: where none stands, no reading begins.
    """

    def __init__(self, sounds: Mapping[str, Sounds]) -> None:
        bare = {said.translate(_BARE): words for said, words in sounds.items() if len(said) >= _SHORTEST_BARE}
        large = {said.translate(_LARGE): words for said, words in sounds.items()}
        super().__init__({**bare, **large, **sounds})
        self.openings = frozenset(reading[:SHORTEST_READING] for reading in self)


class KanaWord(NamedTuple):
    """Letters `start` to `end` of the text sound like `term`; `share` of the index's uses of that sound is this
    word.
    """

    start: int
    end: int
    term: str
    share: float


def heard_in(topical: Iterable[Token]) -> tuple[str, ...]:
    """The words that can be heard in kana, of units that carry a topic: each as its reading, a tab and its form."""
    return tuple(
        [
            _said(token.reading, token.form)
            for token in topical
            if SHORTEST_READING <= len(token.reading) <= LONGEST_READING and token.reading not in _GRAMMAR
        ]
    )


@lru_cache(maxsize=50_000)
def _said(reading: str, form: str) -> str:
    """One object for a word wherever it stands."""
    return f"{reading}\t{form}"


def readings_of(heard: Iterable[str]) -> Readings:
    """Reading → the words that sound so (`heard_in`), with their share of the uses, most frequent first."""
    words: defaultdict[str, dict[str, int]] = defaultdict(dict)
    for word, uses in Counter(heard).items():
        reading, _, form = word.partition("\t")
        words[reading][form] = uses
    return Readings({reading: _most_used(forms) for reading, forms in words.items()})


def group_sounds(sounds: Mapping[str, tuple[str, ...]]) -> Readings:
    """The thesaurus's readings in the same form: the sound of a group's member leads to the groups."""
    return Readings({sound: tuple((group, 1.0) for group in groups) for sound, groups in sounds.items()})


def _most_used(forms: Mapping[str, int]) -> Sounds:
    if len(forms) == 1:
        return tuple((form, 1.0) for form in forms)
    total = sum(forms.values())
    ordered = sorted(forms.items(), key=itemgetter(1), reverse=True)
    return tuple((form, count / total) for form, count in ordered[:WORDS_PER_READING])


def kana_runs(normalised: str) -> list[KanaRun]:
    """Where kana stand in a text, so many in a row that a word can be heard in them."""
    return [(run.start(), to_hiragana(run.group())) for run in _RUN.finditer(normalised)]


def kana_words(runs: Iterable[KanaRun], readings: Readings) -> Iterator[KanaWord]:
    """The words heard in the kana runs of a text; the cut that explains the longest pieces wins."""
    for begin, letters in runs:
        for start, end in _best_cut(letters, readings):
            for term, share in readings[letters[start:end]]:
                yield KanaWord(begin + start, begin + end, term, share)


def _best_cut(letters: str, readings: Readings) -> list[tuple[int, int]]:
    """Pieces that are readings, chosen so that the sum of their squared lengths is largest; the rest is skipped."""
    starts = _heard(letters, readings)
    if not starts:
        return []
    best: list[tuple[int, int, bool]] = [(0, 0, False)]
    for end in range(1, len(letters) + 1):
        choice = (best[end - 1][0], end - 1, False)
        for start in starts.get(end, ()):
            worth = best[start][0] + (end - start) ** 2
            if worth > choice[0]:
                choice = (worth, start, True)
        best.append(choice)
    cut, at = [], len(letters)
    while at > 0:
        _, start, word = best[at]
        if word:
            cut.append((start, at))
        at = start
    return cut[::-1]


def _heard(letters: str, readings: Readings) -> dict[int, list[int]]:
    """Where readings end → where those begin that end there, in order."""
    starts: dict[int, list[int]] = {}
    for start in range(len(letters) - SHORTEST_READING + 1):
        if letters[start : start + SHORTEST_READING] in readings.openings:
            for end in range(start + SHORTEST_READING, min(start + LONGEST_READING, len(letters)) + 1):
                if letters[start:end] in readings:
                    starts.setdefault(end, []).append(start)
    return starts
