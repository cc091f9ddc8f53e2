"""Words that thumbs got wrong, put right before a question is read: 住票民 → 住民票, アパパート → アパート, 保育育園.

Sudachi cuts such a word into letters (住/票/民), each of which is a word of its own, so no comparison of words
finds it (`faq.spelling` sees one word at a time). Here a stretch of letters that no known word explains is compared
with the words as they are written in the entries' questions and in the synonyms: two neighbours swapped, one typed
twice or one too many, one left out. Nothing that somebody wrote there is ever changed into something else, nor is a
word of two kanji or more that Sudachi knows.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, islice, pairwise
from typing import Final, NamedTuple

from faq.text import Token

# A shorter stretch may be anything, a longer one is several words. Letters, as typed.
_SHORTEST: Final = 2
_LONGEST: Final = 8
LONGEST_WORD: Final = 10
# Of two letters left over from three, or three from four with one too many, something can be said; not of fewer.
_FEWEST_WHEN_LEFT_OUT: Final = 3
_FEWEST_WHEN_TOO_MANY: Final = 4
# Units that are looked at; a text with more is no question with a slip or two.
_MOST_STRANGE: Final = 12
# Known words that stand side by side and are one longer known word, such as 国民|健康|保険.
_MOST_UNITS: Final = 5

_FIRST_KATAKANA: Final = "ァ"
_ALL_KANJI: Final = re.compile(r"[々一-鿿]+")
_KATAKANA: Final = re.compile(r"[ァ-ヺー]+")
_HARD: Final = re.compile(r"[々一-鿿ァ-ヺー]+")
_RUN: Final = re.compile(r"[々一-鿿]+|[ァ-ヺー]+")
_LETTER: Final = re.compile(r"[々一-鿿ぁ-ゖァ-ヺー]")
_NUMBER: Final = re.compile(r"[0-9一二三四五六七八九十百千万億数何]")

Span = tuple[int, int]


class Mended(NamedTuple):
    """`typed`, the letters `start:end` of a text, stands for `word`."""

    start: int
    end: int
    typed: str
    word: str


@dataclass(frozen=True)
class Written:
    """Words with a kanji or katakana in them, as they are written.

    `shortened` leads from a word without one of its letters to the word, and to "" where it could be several.
    `openings` are the first two letters of everything that may be a slip of one of them: most stretches of a question
    begin with something else.
    """

    whole: frozenset[str]
    openings: frozenset[str]
    shortened: Mapping[str, str]

    @classmethod
    def of(cls, words: Iterable[str], others: Written | None = None) -> Written:
        """These words, together with `others`."""
        known = others or cls(frozenset(), frozenset(), {})
        fresh = {word for word in words if _SHORTEST <= len(word) <= LONGEST_WORD and _HARD.search(word)} - known.whole
        shortened = dict(known.shortened)
        for word in fresh:
            if len(word) >= _FEWEST_WHEN_LEFT_OUT and _RUN.fullmatch(word):
                for at in range(len(word)):
                    left = word[:at] + word[at + 1 :]
                    shortened[left] = word if shortened.get(left, word) == word else ""
        openings = known.openings.union(*map(_openings, fresh))
        return cls(known.whole | fresh, openings, shortened)


def _openings(word: str) -> tuple[str, ...]:
    """The first two letters of a word and of its slips: typed twice, swapped, left out (`_meant`)."""
    first, second = word[0], word[1]
    third = word[2:3]
    return first + second, first + first, second + first, first + third, second + third


def compounds(tokens: Sequence[Token]) -> Iterator[str]:
    """The words of a text as written, and the words they make with the next ones in the same script."""
    for at, token in enumerate(tokens):
        if token.idle:
            continue
        written = token.surface
        yield written
        for follower in tokens[at + 1 : at + 4]:
            if follower.idle or not _RUN.fullmatch(written + follower.surface):
                break
            written += follower.surface
            yield written


def mended(text: str, tokens: Sequence[Token], book: Written, known: Callable[[str], bool]) -> tuple[Mended, ...]:
    """What was mistyped in a text, from left to right; `known` tells whether a form is a word of the index."""
    ends = list(accumulate(len(token.surface) for token in tokens))
    spans = list(zip([0, *ends], ends, strict=False))
    doubtful = (
        at
        for at, token in enumerate(tokens)
        if token.surface >= _FIRST_KATAKANA
        and _is_strange(text, token, spans[at], book, known)
        and not _is_explained(text, at, spans, book)
    )
    strange = list(islice(doubtful, _MOST_STRANGE))
    if not strange:
        return ()
    near = spans[strange[0]][0] - _LONGEST, spans[strange[-1]][1] + _LONGEST
    fine = _fine(text, tokens, spans, book, near)
    runs = [run.span() for run in _KATAKANA.finditer(text)]
    whole = {at for start, end in (*fine, *runs) for at in range(start + 1, end)}
    stretches = {stretch for at in strange for stretch in _stretches(text, spans[at], whole, book)}.difference(fine)
    return tuple(_best([choice for stretch in stretches for choice in _choices(text, stretch, fine, book)]))


def with_mended(text: str, mendings: Sequence[Mended]) -> str:
    """The text as it was meant."""
    for mending in reversed(mendings):
        text = text[: mending.start] + mending.word + text[mending.end :]
    return text


def _is_strange(text: str, token: Token, span: Span, book: Written, known: Callable[[str], bool]) -> bool:
    """Whether a unit may be a piece of a mistyped word."""
    start, end = span
    if token.idle:
        return False
    first = token.surface[0]
    if "一" <= first <= "鿿":
        if end - start > 1:
            return token.unlisted or not known(token.form)
    elif "ァ" <= first <= "ヺ" or first == "ー":
        run = _run_around(text, span)
        if text[run[0] : run[1]] in book.whole:
            return False
        return run != span or token.unlisted
    else:
        return False
    if _NUMBER.match(token.surface) or (start and _NUMBER.match(text[start - 1])):
        return False
    return bool((start and _HARD.match(text[start - 1])) or _HARD.match(text[end : end + 1]))


def _run_around(text: str, span: Span) -> Span:
    """The katakana that a unit stands in, from end to end."""
    start, end = span
    while start and _KATAKANA.match(text[start - 1]):
        start -= 1
    while end < len(text) and _KATAKANA.match(text[end]):
        end += 1
    return start, end


def _is_explained(text: str, at: int, spans: Sequence[Span], book: Written) -> bool:
    """Whether a unit, by itself or with its neighbours, is a word as somebody wrote it."""
    for first in range(max(0, at - _MOST_UNITS + 1), at + 1):
        start = spans[first][0]
        if text[start : start + 2] in book.openings:
            for _, end in spans[at : first + _MOST_UNITS]:
                if text[start:end] in book.whole:
                    return True
    return False


def _fine(text: str, tokens: Sequence[Token], spans: Sequence[Span], book: Written, near: Span) -> list[Span]:
    """Letters of words that are right as they stand, where one of them stands in `near`."""
    fine = []
    for at, (start, end) in enumerate(spans):
        if tokens[at].idle or end + LONGEST_WORD < near[0] or start > near[1]:
            continue
        last = min(at + _MOST_UNITS, len(spans)) - 1 if text[start : start + 2] in book.openings else at
        while last > at and (tokens[last].idle or text[start : spans[last][1]] not in book.whole):
            last -= 1
        if last > at:
            fine.append((start, spans[last][1]))
        elif end - start > 1:
            known = not tokens[at].unlisted and _ALL_KANJI.fullmatch(tokens[at].surface)
            if known or text[start:end] in book.whole:
                fine.append((start, end))
    return fine


def _stretches(text: str, strange: Span, whole: Collection[int], book: Written) -> Iterator[Span]:
    """The stretches around strange letters that may stand for a word; none begins or ends inside what is `whole`."""
    first, last = strange
    begin, stop = _letters_around(text, strange)
    edges = [at for at in range(begin, stop + 1) if at not in whole]
    for start in edges:
        if start >= last:
            break
        if text[start : start + 2] in book.openings and not (start and text[start - 1].isdecimal()):
            for end in edges:
                if end > first and _SHORTEST <= end - start <= _LONGEST:
                    yield start, end


def _choices(text: str, stretch: Span, fine: Sequence[Span], book: Written) -> Iterator[tuple[float, Mended]]:
    """Words that a stretch may stand for, with what speaks for each; longer ones than the fine words in it."""
    start, end = stretch
    typed = text[start:end]
    for liking, word in _meant(typed, book):
        inside = [(a, b) for a, b in fine if start <= a and b <= end]
        longer = all(len(word) > b - a for a, b in inside)
        if longer and not _adds_to_fine(typed, word, start, end, inside):
            yield len(word) + liking, Mended(start, end, typed, word)


def _letters_around(text: str, strange: Span) -> Span:
    """As far as a stretch with one of these letters can reach."""
    start, end = strange
    while start and strange[0] - start < _LONGEST - 1 and _LETTER.match(text[start - 1]):
        start -= 1
    while end < len(text) and end - strange[1] < _LONGEST - 1 and _LETTER.match(text[end]):
        end += 1
    return start, end


def _adds_to_fine(typed: str, word: str, start: int, end: int, inside: Sequence[Span]) -> bool:
    """Whether the word only has one letter more before or behind a word that is right as it stands: 感知器 is no slip
    for 煙感知器."""
    before, behind = word[1:] == typed, word[:-1] == typed
    return any((before and a == start) or (behind and b == end) for a, b in inside)


def _meant(typed: str, book: Written) -> list[tuple[float, str]]:
    """Words of which this may be a slip, the likelier slips with more liking (below 1: length goes first)."""
    found = [(0.2, word) for word in _swapped(typed) if word in book.whole]
    hard = _HARD.fullmatch(typed) is not None
    if hard and book.shortened.get(typed):
        found.append((0.1, book.shortened[typed]))
    too_many = hard and len(typed) > _FEWEST_WHEN_TOO_MANY
    if too_many or len(set(typed)) < len(typed):
        for at in range(1, len(typed)):
            twice = typed[at] == typed[at - 1]
            if twice or (too_many and 1 < at < len(typed) - 1):
                word = typed[:at] + typed[at + 1 :]
                if word in book.whole:
                    found.append((0.3 if twice else 0.0, word))
    return found


def _swapped(typed: str) -> Iterator[str]:
    """The same letters with two neighbours in each other's place."""
    for at, (one, other) in enumerate(pairwise(typed)):
        if one != other:
            yield typed[:at] + other + one + typed[at + 2 :]


def _best(found: list[tuple[float, Mended]]) -> list[Mended]:
    """Those that speak loudest, none of which touches another."""
    chosen: list[Mended] = []
    for _, mending in sorted(found, key=lambda choice: (-choice[0], choice[1])):
        if all(mending.end <= other.start or other.end <= mending.start for other in chosen):
            chosen.append(mending)
    return sorted(chosen)
