"""A city's searchable knowledge: one immutable object, built off the request path and shared by all threads."""

from __future__ import annotations

import gc
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import chain
from typing import Final

import numpy as np
from numpy.typing import NDArray

from faq import kept_units
from faq.calibrate import Calibration, calibrated
from faq.entry import Entry
from faq.holdings import Holdings
from faq.kana import Readings, readings_of
from faq.meanings import Meanings
from faq.mending import Written
from faq.postings import Ints, Postings, Terms, build_postings, number_terms
from faq.rounds import Rounds
from faq.sounds import Sounds
from faq.spelling import Spellings, spelling_choices
from faq.thesaurus import Member, Thesaurus
from faq.topics import Kin, Topics, common_topics
from faq.units import Read, Told, read, told, units
from faq.verbatim import Verbatim
from faq.weights import DEFAULT, Weights

# Words of an answer that are looked at; more changes nothing (trial "answer length") and costs memory.
LONGEST_ANSWER: Final = 250

# A word in an answer that is worth less (one that stands in every other answer, or in every third and in a long one)
# finds nothing, and such are a quarter of all there is to look up (trial "least worth").
LEAST_WORTH: Final = 0.5

# The share of the entries that may change before the constants of the decision are learned again.
LENDING_SHARE: Final = 0.01

# An entry with one or two asks beside its question needs its synonyms as much as one without.
FEW_ASKS: Final = 2
_LONG: Final = 3.4
_EARLIEST: Final = date.min.toordinal()
_LATEST: Final = date.max.toordinal()


Expansion = tuple[tuple[tuple[int, ...], float], ...]
"""The words to look for when a group is named: the terms of each member, and what each of them counts."""


@dataclass(frozen=True)
class Asks:
    """What is known of each ask (question, phrasing, keywords) beside its postings, one row an ask.

    `brevity` is the larger the fewer words it has (on a log scale, 0 from 30 words on), `mass` the rarity of its
    different words together, `first_word` its first one (-1: none), `aspects` what it asks for.
    """

    owner: NDArray[np.int32]
    brevity: NDArray[np.float64]
    mass: NDArray[np.float32]
    first_word: NDArray[np.int64]
    aspects: NDArray[np.int32]


@dataclass(frozen=True)
class Index:
    """Entries by number (their order). `first_ask[n]:first_ask[n + 1]` are the asks of entry `n`.

    An entry that is asked for in many Japanese phrasings needs its synonyms less (what is not there is missing): they
    count `thinned[n]` of their worth.
    `holdings` tells where a term is, by the places of `rounds`. `terms` numbers words, `=group` and `~pair of
    characters`; `calibration` holds the constants of the decision, made from the phrasings and tests of `learned_from`;
    `rarest` is the rarity of a word that nobody wrote.
    """

    ids: tuple[str, ...]
    terms: Mapping[str, int] = field(repr=False)
    holdings: Holdings = field(repr=False)
    asks: Asks = field(repr=False)
    first_ask: Ints = field(repr=False)
    rounds: Rounds = field(repr=False)
    letters: Sounds = field(repr=False)
    topics: Topics = field(repr=False)
    kin: Kin = field(repr=False)
    meanings: Meanings = field(repr=False)
    rarities: tuple[float, ...] = field(repr=False)
    thinned: NDArray[np.float64] = field(repr=False)
    shown_from: NDArray[np.int32] = field(repr=False)
    shown_until: NDArray[np.int32] = field(repr=False)
    thesaurus: Thesaurus = field(repr=False)
    expansions: Mapping[str, Expansion] = field(repr=False)
    own_forms: frozenset[str] = field(repr=False)
    readings: Readings = field(repr=False)
    sounds: Readings = field(repr=False)
    spellings: Spellings = field(repr=False)
    written: Written = field(repr=False)
    verbatim: Verbatim = field(repr=False)
    weights: Weights = field(default=DEFAULT, repr=False)
    calibration: Calibration = field(default_factory=Calibration)
    learned_from: tuple[Entry, ...] = field(default=(), repr=False)
    rarest: float = 0.0

    def __len__(self) -> int:
        return len(self.ids)

    def hidden_on(self, day: date) -> NDArray[np.bool_]:
        """Which entries residents do not see on this day."""
        number = day.toordinal()
        return (self.shown_from > number) | (self.shown_until < number)

    def knows(self, form: str) -> bool:
        """Whether a form is a word of the entries or a synonym of one."""
        return form in self.terms or form in self.thesaurus.keys

    def rarity(self, form: str) -> float:
        """How rare a word is among the asks; one that nobody wrote is as rare as can be."""
        number = self.terms.get(form)
        return self.rarest if number is None else self.rarities[number]


@contextmanager
def _many_things_at_once() -> Iterator[None]:
    """Without Python's search for circles of garbage: a build makes a million things and no circles, and the search
    would look through all of them again and again, a fifth of the time."""
    searching = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if searching:
            gc.enable()


@_many_things_at_once()
def build_index(
    entries: Sequence[Entry],
    thesaurus: Thesaurus,
    own_names: Sequence[str] = (),
    weights: Weights = DEFAULT,
    earlier: Index | None = None,
) -> Index:
    """The index of these entries. The city's own names are no topic: every question is about this city.

    An `earlier` index of the city lends its constants of the decision while hardly an entry has changed.
    """
    own_forms = frozenset(token.form for name in own_names for token in units(name) if _names_a_city(token.form))
    kept_units.recall((entry.id, (*ask_texts(entry), entry.answer)) for entry in entries)
    asks_of = [[read(text, own_forms, thesaurus) for text in ask_texts(entry)] for entry in entries]
    sentences: dict[str, Told] = {}
    answers = [told(entry.answer, own_forms, thesaurus, sentences) for entry in entries]
    asks = [ask for of_entry in asks_of for ask in of_entry]
    owners = [number for number, of_entry in enumerate(asks_of) for _ in of_entry]
    ask_words = [ask.words for ask in asks]
    answer_words = [answer.words[:LONGEST_ANSWER] for answer in answers]

    numbered = Terms()
    ask_terms = [ask.words + ask.groups + ask.pairs for ask in asks]
    answer_terms = [found + answer.groups for found, answer in zip(answer_words, answers, strict=True)]
    ask_numbers, answer_numbers = number_terms(ask_terms, numbered), number_terms(answer_terms, numbered)
    terms = dict(numbered)
    # Translations neither make Japanese asks short by comparison, nor are they phrasings of an entry.
    japanese = [len(ask.words) for entry, said in zip(entries, asks_of, strict=True) for ask in said[: _phrased(entry)]]
    usual = sum(japanese) / len(japanese) if japanese else None
    in_asks = build_postings(
        ask_numbers, _lengths(ask_terms), _lengths(ask_words), owners, len(terms), weights.ask, usual
    )
    in_answers = build_postings(
        answer_numbers, _lengths(answer_terms), _lengths(answer_words), range(len(entries)), len(terms), weights.answer
    ).above(LEAST_WORTH)
    rounds = Rounds.of(_lengths(asks_of))
    topics = common_topics()
    index = Index(
        ids=tuple(entry.id for entry in entries),
        terms=terms,
        holdings=Holdings.of(in_asks, in_answers, rounds),
        asks=_asks(asks, owners, terms, in_asks),
        first_ask=np.cumsum([0, *map(len, asks_of)]).astype(np.int64),
        rounds=rounds,
        letters=Sounds.of([ask.sound for ask in asks], owners, len(entries)),
        topics=topics,
        kin=topics.kin(_described(entries, asks_of, answers)),
        meanings=Meanings.of(
            [
                (tuple(chain.from_iterable(ask.words for ask in said[: _phrased(entry)])), found)
                for entry, said, found in zip(entries, asks_of, answer_words, strict=True)
            ]
        ),
        rarities=tuple(in_asks.rarity.tolist()),
        thinned=np.asarray([max(_phrased(entry) - FEW_ASKS, 1) ** -weights.rich_power for entry in entries]),
        shown_from=_ordinals([entry.valid_from for entry in entries], _EARLIEST),
        shown_until=_ordinals([entry.valid_until for entry in entries], _LATEST),
        thesaurus=thesaurus,
        expansions={name: _expansion(members, terms, weights) for name, members in thesaurus.members.items()},
        own_forms=own_forms,
        readings=readings_of(
            chain.from_iterable(chain((ask.heard for ask in asks), (answer.heard for answer in answers)))
        ),
        sounds=thesaurus.heard,
        spellings=spelling_choices(terms),
        written=Written.of({word for ask in asks for word in ask.written}, thesaurus.written),
        verbatim=Verbatim.of(entries),
        weights=weights,
        rarest=float(np.log1p(2 * len(entries)) ** weights.ask.power),
    )
    if earlier is not None and _lends_constants(earlier, index, entries):
        return replace(index, calibration=earlier.calibration, learned_from=earlier.learned_from)
    return replace(index, calibration=calibrated(index, entries), learned_from=tuple(entries))


def _lends_constants(earlier: Index, index: Index, entries: Sequence[Entry]) -> bool:
    """Whether the constants of an earlier index are good enough: learning them takes half the time of a rebuild.

    They are statistics over the whole city, and one entry moves them less than chance does. All changes since they were
    learned count together, and other synonyms, names or weights are another matter.
    """
    if (earlier.thesaurus, earlier.own_forms, earlier.weights) != (index.thesaurus, index.own_forms, index.weights):
        return False
    known = {entry.id: entry for entry in earlier.learned_from}
    changed = [entry for entry in entries if (old := known.pop(entry.id, None)) is not entry and old != entry]
    return len(changed) + len(known) <= len(earlier.learned_from) * LENDING_SHARE


def _described(
    entries: Sequence[Entry], asks_of: Sequence[Sequence[Read]], answers: Sequence[Told]
) -> list[tuple[str, tuple[str, ...], tuple[str, ...]]]:
    """What each entry is about, as `Topics.kin` compares it."""
    return [
        (entry.question, asks[0].words + asks[0].groups, answer.words[:LONGEST_ANSWER] + answer.groups)
        for entry, asks, answer in zip(entries, asks_of, answers, strict=True)
    ]


def _names_a_city(form: str) -> bool:
    """Not 野 out of 彩野: one letter is too common a word, unless it says what kind of municipality this is."""
    return len(form) > 1 or form in "市町村区"


def ask_texts(entry: Entry) -> list[str]:
    """The texts that ask for an entry, each searched by itself: the question, each phrasing, the keywords together, and
    the question in each language it is translated into."""
    keywords = [" ".join(entry.keywords)] if entry.keywords else []
    return [entry.question, *entry.phrasings, *keywords, *(said.question for said in entry.translations.values())]


def _phrased(entry: Entry) -> int:
    """How many asks are in Japanese."""
    return 1 + len(entry.phrasings) + bool(entry.keywords)


def _lengths(texts: Sequence[Sequence[object]]) -> list[int]:
    return [len(text) for text in texts]


def _asks(asks: Sequence[Read], owners: Sequence[int], terms: Mapping[str, int], in_asks: Postings) -> Asks:
    is_word = np.fromiter((not term.startswith(("=", "~")) for term in terms), np.bool_, len(terms))
    rare = np.where(is_word, in_asks.rarity, 0).repeat(np.diff(in_asks.starts))
    return Asks(
        owner=np.asarray(owners, np.int32),
        brevity=np.maximum(_LONG - np.log1p([len(ask.words) for ask in asks]), 0.0),
        mass=np.bincount(in_asks.places, rare, len(asks)).astype(np.float32),
        first_word=np.asarray([terms[ask.words[0]] if ask.words else -1 for ask in asks], np.int64),
        aspects=np.asarray([ask.aspects for ask in asks], np.int32),
    )


def _expansion(members: Sequence[Member], terms: Mapping[str, int], weights: Weights) -> Expansion:
    """The members this index can find at all. A member of which a part is unknown still counts by its whole length."""
    expansion = []
    for member in members:
        known = tuple(terms[form] for form in member.forms if form in terms)
        if known:
            worth = (weights.broader if member.broader else 1.0) / len(member.forms) ** weights.member_power
            expansion.append((known, worth))
    return tuple(expansion)


def _ordinals(days: Sequence[date | None], missing: int) -> NDArray[np.int32]:
    return np.asarray([day.toordinal() if day else missing for day in days], np.int32)
