"""A text of an entry as terms: words, the synonym groups it names, the characters of its words. Remembered by content.

Terms of one vocabulary: `住民` a word, `=juminhyo` a group of the thesaurus, `~民票` characters. No word begins with
`=` or `~`, because Sudachi calls those signs and signs are left out.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Iterator
from threading import Lock
from typing import Final

from faq.text import Token, analyse, is_content, normalise
from faq.thesaurus import Thesaurus

# Texts whose units are remembered in this process: about 10 cities of 2,000 entries, some 200 MB at worst.
_REMEMBERED: Final = 100_000

_lock = Lock()
_memory: OrderedDict[str, tuple[Token, ...]] = OrderedDict()


def units(text: str) -> tuple[Token, ...]:
    """The units of a text that are compared at all (no particles, no punctuation), kept for the next build."""
    with _lock:
        known = _memory.get(text)
        if known is not None:
            _memory.move_to_end(text)
            return known
    found = tuple(token for token in analyse(normalise(text)) if not token.idle)
    with _lock:
        _memory[text] = found
        while len(_memory) > _REMEMBERED:
            _memory.popitem(last=False)
    return found


def words(tokens: Iterable[Token], own_forms: frozenset[str]) -> list[str]:
    return [token.form for token in tokens if is_content(token) and token.form not in own_forms]


def groups(tokens: Iterable[Token], thesaurus: Thesaurus) -> list[str]:
    """The synonym groups that a text names, one term a mention."""
    return [f"={mention.group}" for mention in thesaurus.mentions([token.form for token in tokens])]


def grams(forms: Iterable[str]) -> Iterator[str]:
    """Single characters and pairs inside each word: what a typing error leaves intact."""
    for form in forms:
        yield from (f"~{form[at : at + 1]}" for at in range(len(form)))
        yield from (f"~{form[at : at + 2]}" for at in range(len(form) - 1))
