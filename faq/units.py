"""The short units of an entry's texts, remembered by content so that the next build of an edited city is fast."""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import chain
from threading import Lock
from typing import Any, Final, NamedTuple

from faq.asking import aspects
from faq.kana import heard_in
from faq.mending import compounds
from faq.sounds import sound_of
from faq.text import Token, analyse, content, normalise
from faq.thesaurus import Thesaurus

# Sentences whose units are remembered in this process, the oldest forgotten first: ten cities of 2,000 entries.
_REMEMBERED: Final = 200_000
# Texts remembered with one thesaurus; all are forgotten when there are more.
_MOST_READ: Final = 50_000
_SENTENCE: Final = re.compile(r"[^。\n]+[。\n]*|^$")

_lock = Lock()
_memory: OrderedDict[str, tuple[Token, ...]] = OrderedDict()


def units(text: str) -> tuple[Token, ...]:
    """The units of a text that are compared at all (no particles, no punctuation)."""
    return tuple(token for token in spoken(text) if not token.idle)


def spoken(text: str) -> tuple[Token, ...]:
    """All units of a text, sentence by sentence."""
    cut = sentences(text)
    if len(cut) == 1:
        return _units_of(text)
    return tuple(chain.from_iterable(map(_units_of, cut)))


def sentences(text: str) -> list[str]:
    """The sentences whose units are remembered."""
    if "。" not in text and "\n" not in text:
        return [text]
    found: list[str] = _SENTENCE.findall(text)
    return [text] if len(found) == 1 else found


def _units_of(sentence: str) -> tuple[Token, ...]:
    known = _memory.get(sentence)
    if known is None:
        known = analyse(normalise(sentence))
        remember({sentence: known})
    return known


def remembered(sentence: str) -> tuple[Token, ...] | None:
    """The units of a sentence, when it was cut before."""
    return _memory.get(sentence)


def remember(cut: Mapping[str, tuple[Token, ...]]) -> None:
    """Take over the units of these sentences."""
    with _lock:
        _memory.update(cut)
        while len(_memory) > _REMEMBERED:
            _memory.popitem(last=False)


def words(topical: Iterable[Token], own_forms: frozenset[str]) -> list[str]:
    """The forms of units that carry a topic (`faq.text.content`); the city's own names do not."""
    return [token.form for token in topical if token.form not in own_forms]


class Read(NamedTuple):
    """A text of an entry as the index takes it in. Its terms are its words, the synonym groups it names (`=juminhyo`;
    no word begins so, because signs are left out), and the pairs of characters in its words; `aspects` see
    `faq.asking`, `heard` see `faq.kana`, `sound` see `faq.sounds`, `written` see `faq.mending`."""

    heard: tuple[str, ...]
    words: tuple[str, ...]
    groups: tuple[str, ...]
    pairs: tuple[str, ...]
    aspects: int
    sound: str
    written: tuple[str, ...]


class Told(NamedTuple):
    """An answer, or a sentence of one, as the index takes it in: as in `Read`, without what only asks are read for."""

    heard: tuple[str, ...]
    words: tuple[str, ...]
    groups: tuple[str, ...]


def read(text: str, own_forms: frozenset[str], thesaurus: Thesaurus) -> Read:
    """An ask read with these synonyms, remembered for the next build."""
    memory, key = thesaurus.remembered, (text, own_forms, True)
    known: Read | None = memory.get(key)
    if known is None:
        said = spoken(text)
        tokens = tuple(token for token in said if not token.idle)
        topical = content(tokens)
        found = tuple(words(topical, own_forms))
        known = Read(
            heard_in(topical),
            found,
            _groups_in(tokens, thesaurus),
            tuple(chain.from_iterable(map(_pairs_of, found))),
            aspects(tokens),
            sound_of(said),
            tuple(compounds(said)),
        )
        _remember_read(memory, key, known)
    return known


def told(text: str, own_forms: frozenset[str], thesaurus: Thesaurus, read_before: dict[str, Told]) -> Told:
    """An answer read with these synonyms, sentence by sentence: many a sentence stands in many answers of a build
    (`read_before`). A group that begins in one sentence and ends in the next is none."""
    memory, key = thesaurus.remembered, (text, own_forms, False)
    known: Told | None = memory.get(key)
    if known is None:
        parts = [_sentence_told(sentence, own_forms, thesaurus, read_before) for sentence in sentences(text)]
        known = parts[0] if len(parts) == 1 else _joined(parts)
        _remember_read(memory, key, known)
    return known


def _joined(parts: Sequence[Told]) -> Told:
    heard, found, groups = zip(*parts, strict=True) if parts else ((), (), ())
    once = dict.fromkeys(chain.from_iterable(groups))
    return Told(tuple(chain.from_iterable(heard)), tuple(chain.from_iterable(found)), tuple(once))


def _sentence_told(
    sentence: str, own_forms: frozenset[str], thesaurus: Thesaurus, read_before: dict[str, Told]
) -> Told:
    known = read_before.get(sentence)
    if known is None:
        tokens = [token for token in _units_of(sentence) if not token.idle]
        topical = content(tokens)
        known = Told(heard_in(topical), tuple(words(topical, own_forms)), _groups_in(tokens, thesaurus))
        read_before[sentence] = known
    return known


def _groups_in(tokens: Iterable[Token], thesaurus: Thesaurus) -> tuple[str, ...]:
    return tuple(map(_group_term, thesaurus.named([token.form for token in tokens])))


def _remember_read(memory: dict[object, Any], key: object, found: Read | Told) -> None:
    with _lock:
        if len(memory) >= _MOST_READ:
            memory.clear()
        memory[key] = found


@lru_cache(maxsize=20_000)
def _group_term(group: str) -> str:
    """One object for a group wherever it is named."""
    return f"={group}"


def gram_terms(form: str) -> tuple[str, ...]:
    """The pairs of characters in a word, as terms `~民票`: what a typing error leaves intact."""
    return tuple(f"~{form[at : at + 2]}" for at in range(len(form) - 1))


@lru_cache(maxsize=20_000)
def _pairs_of(form: str) -> tuple[str, ...]:
    """Those of a word of the entries, which stands in many of them."""
    return gram_terms(form)
