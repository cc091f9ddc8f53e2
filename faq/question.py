"""What a resident's words ask the index for: the clues, each with its reason, before any entry is looked at."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final, Literal, NamedTuple

from faq.index import Index
from faq.kana import kana_words
from faq.spelling import SHORTEST_WORD, nearest
from faq.text import Token, analyse, is_content, normalise
from faq.thesaurus import Relation
from faq.units import grams
from faq.weights import Weights

Kind = Literal["word", "group", "broader", "gram", "kana", "spelling"]

# A resident's question; a longer text is a story whose first sentences are enough. Characters.
LONGEST_QUESTION: Final = 500


class Clue(NamedTuple):
    """A term of the index to look for. `start:end` are the letters of the question it comes from."""

    term: str
    kind: Kind
    in_ask: float
    in_answer: float
    start: int
    end: int


class Unit(NamedTuple):
    """A content word of the question at its letters."""

    token: Token
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Question:
    text: str
    tokens: tuple[Token, ...]
    words: tuple[Unit, ...]
    clues: tuple[Clue, ...]


def understand(index: Index, query: str) -> Question:
    """A question as clues; every step adds its own and none looks at the others' results."""
    text = normalise(query[: LONGEST_QUESTION * 2])[:LONGEST_QUESTION]
    tokens = analyse(text)
    placed = _placed(tokens)
    words = _once(unit for unit in placed if is_content(unit.token) and unit.token.form not in index.own_forms)
    heard = tuple(_kana_clues(index, text, words))
    clues = (
        *_word_clues(words, heard, index.weights),
        *_group_clues(index, placed, text),
        *heard,
        *_spelling_clues(index, words, heard),
        *_gram_clues(words, index.weights),
    )
    return Question(text, tokens, words, clues)


def _placed(tokens: tuple[Token, ...]) -> list[Unit]:
    placed, at = [], 0
    for token in tokens:
        placed.append(Unit(token, at, at + len(token.surface)))
        at += len(token.surface)
    return placed


def _once(units: Iterable[Unit]) -> tuple[Unit, ...]:
    """Said twice is meant once."""
    first: dict[str, Unit] = {}
    for unit in units:
        first.setdefault(unit.token.form, unit)
    return tuple(first.values())


def _word_clues(words: tuple[Unit, ...], heard: tuple[Clue, ...], weights: Weights) -> Iterator[Clue]:
    """Each content word as it stands; a hiragana piece inside a longer word that was heard is doubted."""
    for token, start, end in words:
        doubted = any(c.start <= start and end <= c.end and end - start < c.end - c.start for c in heard)
        weight = weights.kana_doubt if doubted else 1.0
        yield Clue(token.form, "word", weight, weights.answer * weight, start, end)


def _group_clues(index: Index, placed: list[Unit], text: str) -> Iterator[Clue]:
    """The synonym groups the question names, by words or by the letters as typed, and the broader ones."""
    thesaurus, seen = index.thesaurus, set()
    kept = [unit for unit in placed if not unit.token.idle]
    mentions = [
        (m.group, m.relation, kept[m.start].start, kept[m.end - 1].end)
        for m in thesaurus.mentions([unit.token.form for unit in kept])
    ]
    for group, relation, start, end in mentions:
        if group in seen:
            continue
        seen.add(group)
        weight = relation_weight(relation, index.weights)
        yield Clue(
            f"={group}", "group", index.weights.same_in_ask * weight, index.weights.same_in_answer * weight, start, end
        )


def relation_weight(relation: Relation, weights: Weights) -> float:
    return {"word": 1.0, "colloquial": weights.colloquial, "reading": weights.reading}[relation]


def _kana_clues(index: Index, text: str, words: tuple[Unit, ...]) -> Iterator[Clue]:
    """Words heard in the question's kana that Sudachi did not already see there."""
    seen = {unit.token.form for unit in words}
    for start, end, term, share in kana_words(text, index.readings):
        if term not in seen:
            weight = index.weights.kana * share
            yield Clue(term, "kana", weight, index.weights.answer * weight, start, end)


def _spelling_clues(index: Index, words: tuple[Unit, ...], heard: tuple[Clue, ...]) -> Iterator[Clue]:
    """Nearest words for those that stand nowhere in the index."""
    for token, start, end in words:
        form = token.form
        unknown = len(form) >= SHORTEST_WORD and form not in index.asks.terms and form not in index.answers.terms
        if unknown and not any(clue.start < end and start < clue.end for clue in heard):
            for term, likeness in nearest(form, index.spellings, index.weights.spelling_ratio):
                weight = index.weights.spelling * likeness
                yield Clue(term, "spelling", weight, index.weights.answer * weight, start, end)


def _gram_clues(words: tuple[Unit, ...], weights: Weights) -> Iterator[Clue]:
    seen: set[str] = set()
    for token, start, end in words:
        for gram in grams([token.form]):
            if gram not in seen:
                seen.add(gram)
                yield Clue(gram, "gram", weights.grams, 0.0, start, end)
