"""What a resident's words ask the index for, step by step, before any entry is looked at."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from faq.asking import aspects
from faq.kana import KanaRun, kana_runs, kana_words
from faq.mending import Mended, mended, with_mended
from faq.sounds import sound_of
from faq.spelling import SHORTEST_WORD, nearest
from faq.text import Token, analyse, analyse_once, is_content, normalise_once

if TYPE_CHECKING:
    from faq.index import Index

Kind = Literal["word", "kana", "spelling"]

# A resident's question; a longer text is a story whose first sentences are enough. Characters.
LONGEST_QUESTION: Final = 500
# Words of a question that are looked at. A story of more words finds nothing better (trial "long stories").
MOST_SLOTS: Final = 40
MOST_GROUPS: Final = 24


class Slot(NamedTuple):
    """One thing the question says, at letters `start:end`: the word as it stands, as it sounds, or as it was meant.

    `options` are the terms that would find it, with their weights; an entry is credited with the best of them.
    """

    form: str
    kind: Kind
    options: tuple[tuple[str, float], ...]
    start: int
    end: int


class Named(NamedTuple):
    """A synonym group that the question names at letters `start:end`, by these of its slots."""

    group: str
    weight: float
    slots: tuple[int, ...]
    start: int
    end: int


class Question(NamedTuple):
    """`aspects` are the bits of `faq.asking`, `sound` is that of `faq.sounds`; `text` is the normalised question that
    all letters count in, with what was `mended` as it was meant (the letters of `mended` count in what was typed)."""

    text: str
    tokens: tuple[Token, ...]
    slots: tuple[Slot, ...]
    groups: tuple[Named, ...]
    aspects: int
    sound: str
    mended: tuple[Mended, ...] = ()


class Placed(NamedTuple):
    """A unit of the question at its letters."""

    token: Token
    start: int
    end: int


def understand(index: Index, query: str) -> Question:
    """A question in slots and synonym groups. Any text is understood, if only as nothing."""
    text = normalise_once(query[: LONGEST_QUESTION * 2])[:LONGEST_QUESTION]
    tokens = analyse_once(text)
    mendings = mended(text, tokens, index.written, index.knows)
    if mendings:
        text = with_mended(text, mendings)[:LONGEST_QUESTION]
        tokens = analyse(text)
    placed = _placed(tokens)
    runs = kana_runs(text)
    heard = tuple(_kana_slots(index, runs, placed))
    sounded = tuple(_sounded(index, runs))
    whole = [*((slot.start, slot.end) for slot in heard), *((named.start, named.end) for named in sounded)]
    words = [_as_heard(slot, index) for slot in _word_slots(index, placed, whole)]
    slots = (*words, *heard, *_sounded_slots(index, sounded, heard))[:MOST_SLOTS]
    groups = tuple(_once((*_named(index, placed, slots), *sounded)))[:MOST_GROUPS]
    asked = aspects(unit.token for unit in placed)
    return Question(text, tokens, slots, groups, asked, sound_of(tokens), mendings)


def _placed(tokens: tuple[Token, ...]) -> list[Placed]:
    """The units that are compared at all."""
    placed, end = [], 0
    for token in tokens:
        start, end = end, end + len(token.surface)
        if not token.idle:
            placed.append(Placed(token, start, end))
    return placed


def _word_slots(index: Index, placed: Sequence[Placed], whole: Sequence[tuple[int, int]]) -> Iterator[Slot]:
    """Every content word once, without the pieces that Sudachi cut out of a word that was heard as a `whole`."""
    said: set[str] = set()
    for token, start, end in placed:
        form = token.form
        if not is_content(token) or form in index.own_forms or form in said:
            continue
        if any(first <= start and end <= last and end - start < last - first for first, last in whole):
            continue
        said.add(form)
        if form in index.terms:
            yield Slot(form, "word", ((form, 1.0),), start, end)
        elif not any(first < end and start < last for first, last in whole):
            yield _unknown_slot(index, form, start, end)


def _as_heard(slot: Slot, index: Index) -> Slot:
    """はらう is mostly written 払う: a word in kana that the index knows, and rarely so, may be the one in kanji."""
    readings = index.readings.get(slot.form) if slot.kind == "word" else None
    if readings is None:
        return slot
    own = next((share for term, share in readings if term == slot.form), 0.0)
    others = tuple(
        (term, index.weights.kana * share**0.5)
        for term, share in readings
        if share > own and term != slot.form and term in index.terms
    )
    return slot._replace(options=(*slot.options, *others)) if others else slot


def _unknown_slot(index: Index, form: str, start: int, end: int) -> Slot:
    """A word that stands nowhere in the index: its nearest spellings, if there are any."""
    weights = index.weights
    strange = len(form) >= SHORTEST_WORD and form not in index.thesaurus.keys
    near = nearest(form, index.spellings, weights.spelling_ratio) if strange else []
    options = tuple((term, weights.spelling * likeness) for term, likeness in near)
    return Slot(form, "spelling" if options else "word", options, start, end)


def _kana_slots(index: Index, runs: Sequence[KanaRun], placed: Sequence[Placed]) -> Iterator[Slot]:
    """Words heard in the question's kana that Sudachi did not already see there, alone or as a part of a word."""
    heard: dict[tuple[int, int], list[tuple[str, float]]] = {}
    for start, end, term, share in kana_words(runs, index.readings):
        heard.setdefault((start, end), []).append((term, share))
    seen = {unit.token.form for unit in placed} if heard else set()
    for (start, end), terms in heard.items():
        if not (any(term in seen for term, _ in terms) or _inside_a_word(start, end, placed)):
            options = tuple((term, index.weights.kana * share**0.5) for term, share in terms if term in index.terms)
            if options:
                yield Slot(options[0][0], "kana", options, start, end)


def _inside_a_word(start: int, end: int, placed: Sequence[Placed]) -> bool:
    """Whether these letters are a part of one word that Sudachi knows: ちゃん of 赤ちゃん, ボール of 段ボール."""
    return any(
        first <= start and end <= last and end - start < last - first and not token.unlisted
        for token, first, last in placed
    )


def _sounded_slots(index: Index, sounded: Sequence[Named], heard: Sequence[Slot]) -> Iterator[Slot]:
    """What sounds like a group and like no single word of this index is found by the group's name."""
    for named in sounded:
        term = f"={named.group}"
        if term in index.terms and not any(slot.start < named.end and named.start < slot.end for slot in heard):
            yield Slot(named.group, "kana", ((term, index.weights.kana),), named.start, named.end)


def _named(index: Index, placed: Sequence[Placed], slots: Sequence[Slot]) -> Iterator[Named]:
    """The groups named by words. A name inside a longer name says less; a rare word needs its synonyms more."""
    mentions = index.thesaurus.mentions([unit.token.form for unit in placed])
    if not mentions:
        return
    spans = {(mention.start, mention.end) for mention in mentions}
    weights, rarest = index.weights, index.rarest
    slots_of: dict[str, list[int]] = {}
    for number, slot in enumerate(slots):
        slots_of.setdefault(slot.form, []).append(number)
    forms = [unit.token.form if is_content(unit.token) else "" for unit in placed]
    rarities = [index.rarity(form) if form else 0.0 for form in forms]
    numbers = [slots_of.get(form, []) if form else [] for form in forms]
    for group, start, end, _ in mentions:
        inner = len(spans) > 1 and any(a <= start and end <= b and b - a > end - start for a, b in spans)
        weight = (max(rarities[start:end]) / rarest) ** weights.rare_power * (weights.inner if inner else 1.0)
        covered = numbers[start] if end - start == 1 else sorted(set(chain.from_iterable(numbers[start:end])))
        yield Named(group, weight, tuple(covered), placed[start].start, placed[end - 1].end)


def _sounded(index: Index, runs: Sequence[KanaRun]) -> Iterator[Named]:
    """The groups whose names are heard in the question's kana."""
    for start, end, group, _ in kana_words(runs, index.sounds):
        yield Named(group, index.weights.sounded, (), start, end)


def _once(named: Iterable[Named]) -> Iterator[Named]:
    """Each group once, by its strongest name."""
    best: dict[str, Named] = {}
    for one in named:
        if one.group not in best or one.weight > best[one.group].weight:
            best[one.group] = one
    yield from best.values()
