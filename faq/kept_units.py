"""The units of the entries' texts, kept on disk by content: the next start need not have Sudachi cut them again.

Cutting texts is half of building an index. Entries are kept in batches, by their id, so that an edit writes one batch
anew and not the whole city. A batch is named by its texts, the dictionary and the code that cuts; one that is broken or
of another version is no use and does no harm. Where `faq.parsed` keeps nothing, nothing is kept here either.
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final, NamedTuple

from faq import parsed, units, verbatim
from faq.text import Token

_KIND: Final = "units"
_BATCHES: Final = 16
_MOST_SEEN: Final = 10_000


class Batch(NamedTuple):
    """Some entries' texts, and the name for exactly these."""

    name: str
    texts: tuple[str, ...]


# Batches that this process has read or written, and those that it has still to write.
_seen: set[str] = set()
_waiting: dict[str, Batch] = {}


def recall(entries: Iterable[tuple[str, Sequence[str]]]) -> None:
    """Remember what is kept of these entries (id, texts)."""
    if not parsed.keeping():
        return
    # One object for a unit wherever it stands.
    shared: dict[Token, Token] = {}
    for batch in _batches(entries):
        if batch.name not in _seen and not _recalled(batch, shared):
            _waiting[batch.name] = batch


def keep() -> None:
    """Keep what was not kept when it was asked for and has been cut since: when the new index is served already."""
    while _waiting:
        name, batch = _waiting.popitem()
        parsed.keep(_KIND, name, _plain(batch.texts))
        _see(batch)


def _see(batch: Batch) -> None:
    if len(_seen) >= _MOST_SEEN:
        _seen.clear()
    _seen.add(batch.name)


def _batches(entries: Iterable[tuple[str, Sequence[str]]]) -> Iterator[Batch]:
    parts: list[list[str]] = [[] for _ in range(_BATCHES)]
    for name, texts in entries:
        parts[zlib.crc32(name.encode()) % _BATCHES].extend(texts)
    for part in parts:
        if part:
            digest = hashlib.sha256(_cutter().encode())
            for said in part:
                raw = said.encode("utf-8", "surrogatepass")
                digest.update(b"%d:" % len(raw))
                digest.update(raw)
            yield Batch(digest.hexdigest(), tuple(part))


@lru_cache(maxsize=1)
def _cutter() -> str:
    """A name for what cuts: the dictionary, and the code around it."""
    folder = Path(__file__).parent
    code = (hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in ("text.py", "units.py", "verbatim.py"))
    return " ".join((version("sudachipy"), version("sudachidict_core"), *code))


def _plain(texts: Sequence[str]) -> dict[str, Any]:
    """Each different unit once, and the sentences as rows of numbers."""
    numbers: dict[Token, int] = {}
    cut = {}
    for sentence in dict.fromkeys(sentence for said in texts for sentence in units.sentences(said)):
        tokens = units.remembered(sentence)
        if tokens is not None:
            cut[sentence] = [numbers.setdefault(token, len(numbers)) for token in tokens]
    claims = {said: claim for said in texts if (claim := verbatim.remembered(said)) is not None}
    return {"units": list(numbers), "sentences": cut, "claims": claims}


def _recalled(batch: Batch, shared: dict[Token, Token]) -> bool:
    plain = parsed.load(_KIND, batch.name)
    try:
        tokens = [shared.setdefault(token, token) for token in (Token(*unit) for unit in plain["units"])]
        cut = {sentence: tuple(map(tokens.__getitem__, row)) for sentence, row in plain["sentences"].items()}
        claims = {said: (str(written), str(sound)) for said, (written, sound) in plain["claims"].items()}
    except (AttributeError, IndexError, KeyError, TypeError, ValueError):
        return False
    units.remember(cut)
    verbatim.remember(claims)
    _see(batch)
    return True
