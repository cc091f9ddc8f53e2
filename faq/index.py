"""A city's searchable knowledge: one immutable object, built off the request path and shared by all threads."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Final

import numpy as np
from numpy.typing import NDArray

from faq import calibrate
from faq.calibrate import Calibration
from faq.entry import Entry
from faq.kana import Readings, readings_of
from faq.postings import Ints, Postings, build_postings
from faq.spelling import spelling_choices
from faq.text import Token, is_content
from faq.thesaurus import Thesaurus
from faq.units import grams, groups, units, words
from faq.weights import DEFAULT, Weights

_EARLIEST: Final = date.min.toordinal()
_LATEST: Final = date.max.toordinal()


@dataclass(frozen=True)
class Index:
    """Entries by number (their order), their asks (question, phrasings, keywords) and their answers as postings.

    `first_ask[n]:first_ask[n + 1]` are the asks of entry `n`; `ask_mass` is the rarity of all different words of an ask.
    `calibration` holds the constants of the decision, made from this index's own phrasings and tests.
    """

    ids: tuple[str, ...]
    asks: Postings
    answers: Postings
    first_ask: Ints
    ask_owner: NDArray[np.int32]
    ask_mass: NDArray[np.float32]
    shown_from: NDArray[np.int32]
    shown_until: NDArray[np.int32]
    thesaurus: Thesaurus
    own_forms: frozenset[str]
    readings: Readings
    spellings: tuple[str, ...]
    weights: Weights = DEFAULT
    calibration: Calibration = field(default_factory=Calibration)

    def __len__(self) -> int:
        return len(self.ids)

    def hidden_on(self, day: date) -> NDArray[np.bool_]:
        """Which entries residents do not see on this day."""
        number = day.toordinal()
        return (self.shown_from > number) | (self.shown_until < number)


def build_index(
    entries: Sequence[Entry],
    thesaurus: Thesaurus,
    own_names: Sequence[str] = (),
    weights: Weights = DEFAULT,
) -> Index:
    """The index of these entries. The city's own names are no topic: every question is about this city."""
    own_forms = frozenset(token.form for name in own_names for token in units(name) if len(token.form) > 1)
    asks = [[units(text) for text in ask_texts(entry)] for entry in entries]
    answers = [units(entry.answer) for entry in entries]
    flat_asks = [ask for of_entry in asks for ask in of_entry]
    owners = [number for number, of_entry in enumerate(asks) for _ in of_entry]

    ask_words = [words(ask, own_forms) for ask in flat_asks]
    ask_terms = [
        found + groups(ask, thesaurus) + list(grams(found)) for found, ask in zip(ask_words, flat_asks, strict=True)
    ]
    answer_words = [words(answer, own_forms) for answer in answers]
    answer_terms = [found + groups(answer, thesaurus) for found, answer in zip(answer_words, answers, strict=True)]

    ask_postings = build_postings(ask_terms, list(map(len, ask_words)), owners, weights.ask_k1, weights.ask_b)
    answer_postings = build_postings(
        answer_terms, list(map(len, answer_words)), range(len(entries)), weights.answer_k1, weights.answer_b
    )
    index = Index(
        ids=tuple(entry.id for entry in entries),
        asks=ask_postings,
        answers=answer_postings,
        first_ask=np.cumsum([0, *map(len, asks)]).astype(np.int64),
        ask_owner=np.asarray(owners, np.int32),
        ask_mass=np.asarray([_mass(found, ask_postings) for found in ask_words], np.float32),
        shown_from=_ordinals([entry.valid_from for entry in entries], _EARLIEST),
        shown_until=_ordinals([entry.valid_until for entry in entries], _LATEST),
        thesaurus=thesaurus,
        own_forms=own_forms,
        readings=readings_of(_all(flat_asks, answers)),
        spellings=spelling_choices(
            [*ask_postings.terms, *(t for t in answer_postings.terms if t not in ask_postings.terms)]
        ),
        weights=weights,
    )
    return replace(index, calibration=calibrate.calibrated(index, entries))


def ask_texts(entry: Entry) -> list[str]:
    """The texts that ask for an entry, each searched by itself: the question, each phrasing, the keywords together."""
    texts = [entry.question, *entry.phrasings]
    return [*texts, " ".join(entry.keywords)] if entry.keywords else texts


def _mass(found: Sequence[str], postings: Postings) -> float:
    return float(sum(postings.rarity[postings.terms[word]] for word in set(found)))


def _ordinals(days: Sequence[date | None], missing: int) -> NDArray[np.int32]:
    return np.asarray([day.toordinal() if day else missing for day in days], np.int32)


def _all(asks: Sequence[tuple[Token, ...]], answers: Sequence[tuple[Token, ...]]) -> Iterator[Token]:
    for texts in (asks, answers):
        for text in texts:
            yield from text


__all__ = ["Index", "ask_texts", "build_index", "is_content"]
