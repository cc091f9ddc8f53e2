"""The short units of an entry's texts, remembered by content so that the next build of an edited city is fast."""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Iterable, Iterator
from threading import Lock
from typing import Final

from faq.text import Token, analyse, is_content, normalise
from faq.thesaurus import Thesaurus

# Sentences whose units are remembered in this process, the oldest forgotten first: ten cities of 2,000 entries.
_REMEMBERED: Final = 200_000
_SENTENCE: Final = re.compile(r"[^。\n]+[。\n]*|^$")

_lock = Lock()
_memory: OrderedDict[str, tuple[Token, ...]] = OrderedDict()


def units(text: str) -> tuple[Token, ...]:
    """The units of a text that are compared at all (no particles, no punctuation), sentence by sentence."""
    sentences = _SENTENCE.findall(text)
    if len(sentences) == 1:
        return _units_of(text)
    return tuple(token for sentence in sentences for token in _units_of(sentence))


def _units_of(sentence: str) -> tuple[Token, ...]:
    known = _memory.get(sentence)
    if known is None:
        known = tuple(token for token in analyse(normalise(sentence)) if not token.idle)
        with _lock:
            _memory[sentence] = known
            while len(_memory) > _REMEMBERED:
                _memory.popitem(last=False)
    return known


def words(tokens: Iterable[Token], own_forms: frozenset[str]) -> list[str]:
    """The forms that carry a topic; the city's own names do not."""
    return [token.form for token in tokens if is_content(token) and token.form not in own_forms]


def group_terms(tokens: Iterable[Token], thesaurus: Thesaurus) -> list[str]:
    """The synonym groups that a text names, as terms: `=juminhyo`. No word begins so, because signs are left out."""
    mentions = thesaurus.mentions([token.form for token in tokens])
    return list(dict.fromkeys(f"={mention.group}" for mention in mentions))


def gram_terms(form: str) -> Iterator[str]:
    """The pairs of characters in a word, as terms `~民票`: what a typing error leaves intact."""
    yield from (f"~{form[at : at + 2]}" for at in range(len(form) - 1))
