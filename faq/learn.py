"""From what residents taught to what staff read: near-duplicates joined, the most frequent first, conflicts marked.

Measured on public municipal questions, one phrasing in residents' words helps an entry most, two or three a little
more, so an entry shows a few suggestions at a time.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Final

from rapidfuzz import fuzz, process

from faq.entry import Entry
from faq.lint import COPY_RATIO, folded

MIN_COUNT: Final = 2
"""Words said once are shown on request only: one resident may be told from them, and may have meant something else."""

PER_ENTRY: Final = 3
_SHORTEST_ID: Final = 6


@dataclass(frozen=True, slots=True)
class Heard:
    """Words that were asked for an entry, with how often each source brought them. `key` is unique in its city."""

    entry_id: str
    key: str
    phrasing: str
    picked: int = 0
    helpful: int = 0
    staff: int = 0
    first_at: datetime | None = None

    @property
    def count(self) -> int:
        return self.picked + self.helpful + self.staff


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A phrasing for staff to approve or reject. `members` are the spellings joined in it, the shown one first;
    `conflicts` are other entries that are asked for, or proposed for, with (nearly) the same words."""

    id: str
    members: tuple[Heard, ...]
    conflicts: tuple[str, ...] = ()

    @property
    def entry_id(self) -> str:
        return self.members[0].entry_id

    @property
    def phrasing(self) -> str:
        return self.members[0].phrasing

    @property
    def also(self) -> tuple[str, ...]:
        return tuple(member.phrasing for member in self.members[1:])

    @property
    def picked(self) -> int:
        return sum(member.picked for member in self.members)

    @property
    def helpful(self) -> int:
        return sum(member.helpful for member in self.members)

    @property
    def staff(self) -> int:
        return sum(member.staff for member in self.members)

    @property
    def count(self) -> int:
        return self.picked + self.helpful + self.staff

    @property
    def keys(self) -> tuple[tuple[str, str], ...]:
        """(entry id, key) of every member: what is settled together."""
        return tuple((member.entry_id, member.key) for member in self.members)


def suggestions(heard: Iterable[Heard], entries: Mapping[str, Entry]) -> list[Suggestion]:
    """Every suggestion that is news to these entries, the most frequent first."""
    news = [words for words in heard if words.entry_id in entries and not _is_known(words, entries[words.entry_id])]
    news.sort(key=lambda words: words.entry_id)
    groups = [group for _, same in groupby(news, key=lambda words: words.entry_id) for group in _joined(list(same))]
    digits = _digits([words.key for words in news])
    asks = _asks(news, entries)
    found = [Suggestion(_eldest(group).key[:digits], group, _conflicts(group, asks)) for group in groups]
    return sorted(found, key=lambda one: (-one.count, -one.staff, -one.helpful, one.entry_id, one.phrasing))


def worth_reading(found: Sequence[Suggestion], min_count: int = MIN_COUNT) -> list[Suggestion]:
    """Those said often enough, or linked by staff, and of each entry the first few."""
    shown: list[Suggestion] = []
    for one in found:
        earlier = sum(other.entry_id == one.entry_id for other in shown)
        if (one.count >= min_count or one.staff) and earlier < PER_ENTRY:
            shown.append(one)
    return shown


def named(found: Sequence[Suggestion], name: str) -> Suggestion | None:
    """The suggestion of this id. The id of any of its spellings will do, so that it stays good while others join."""
    if len(name) < _SHORTEST_ID:
        return None
    fitting = [one for one in found if any(member.key.startswith(name) for member in one.members)]
    return fitting[0] if len(fitting) == 1 else None


def _is_known(words: Heard, entry: Entry) -> bool:
    """Near copies of the entry's own words bring nothing, and a copy of a test would make the test worthless."""
    known = (entry.question, *entry.phrasings, *entry.tests)
    return any(_alike(words.phrasing, text) for text in known)


def _alike(one: str, other: str) -> bool:
    return fuzz.ratio(folded(one), folded(other)) >= COPY_RATIO


def _joined(words: list[Heard]) -> list[tuple[Heard, ...]]:
    """Near-duplicates together; the most frequent spelling (of equals the eldest) speaks for its group."""
    groups: list[list[Heard]] = []
    for one in sorted(words, key=lambda one: (-one.count, *_age(one))):
        group = next((group for group in groups if _alike(group[0].phrasing, one.phrasing)), None)
        if group is None:
            groups.append([one])
        else:
            group.append(one)
    return [tuple(group) for group in groups]


def _eldest(group: tuple[Heard, ...]) -> Heard:
    return min(group, key=_age)


def _age(words: Heard) -> tuple[float, str]:
    return (words.first_at.timestamp() if words.first_at else 0.0, words.key)


def _digits(keys: Sequence[str]) -> int:
    """How much of a key tells it from all the others."""
    digits = _SHORTEST_ID
    while digits < max(map(len, keys), default=0) and len({key[:digits] for key in keys}) < len(set(keys)):
        digits += 1
    return digits


def _asks(news: Iterable[Heard], entries: Mapping[str, Entry]) -> dict[str, set[str]]:
    """Folded words → the entries that they ask for or are proposed for."""
    asks: dict[str, set[str]] = {}
    for entry in entries.values():
        for text in (entry.question, *entry.phrasings):
            asks.setdefault(folded(text), set()).add(entry.id)
    for words in news:
        asks.setdefault(folded(words.phrasing), set()).add(words.entry_id)
    return asks


def _conflicts(group: tuple[Heard, ...], asks: Mapping[str, set[str]]) -> tuple[str, ...]:
    words, mine = folded(group[0].phrasing), group[0].entry_id
    near = process.extract(words, asks.keys(), scorer=fuzz.ratio, score_cutoff=COPY_RATIO, limit=None)
    return tuple(sorted({entry for text, _, _ in near for entry in asks[text]} - {mine}))
