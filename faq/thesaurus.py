"""Civic synonyms: groups of words that mean the same at a city hall, found in a text as runs of short units.

A member is compared as one joined string, so 国民健康保険 matches however Sudachi cuts it, but only where units begin
and end: 保険 is not found inside 保険者番号 unless a unit ends there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Annotated, Final, Literal, NamedTuple

from pydantic import StringConstraints

from faq.entry import Line, Strict
from faq.text import Token, analyse, normalise, to_hiragana

GroupId = Annotated[str, StringConstraints(pattern=r"^\S{1,64}$")]
Relation = Literal["word", "colloquial", "reading"]

# A member longer than this many units is a sentence, not a word.
LONGEST_MEMBER: Final = 8


class ThesaurusGroup(Strict):
    """Words that mean the same. `readings` are how they sound, `colloquial` how people say it when they ask;
    `broader` names groups (by id) or words that mean more than these."""

    id: GroupId
    words: tuple[Line, ...] = ()
    readings: tuple[Line, ...] = ()
    colloquial: tuple[Line, ...] = ()
    broader: tuple[Line, ...] = ()


class ThesaurusFile(Strict):
    groups: tuple[ThesaurusGroup, ...] = ()


class Mention(NamedTuple):
    """A group met in a text: units `start` to `end` (exclusive) name it, by this relation."""

    group: str
    start: int
    end: int
    relation: Relation


@dataclass(frozen=True)
class Thesaurus:
    """All groups of a city. `keys` leads from a joined member to its groups; `prefixes` tells where a member may begin."""

    groups: MappingProxyType[str, ThesaurusGroup] = field(default_factory=lambda: MappingProxyType({}))
    keys: MappingProxyType[str, tuple[tuple[str, Relation], ...]] = field(default_factory=lambda: MappingProxyType({}))
    prefixes: frozenset[str] = frozenset()

    @staticmethod
    def of(files: Iterable[ThesaurusFile]) -> Thesaurus:
        """One thesaurus of several files; groups with the same id (a city adds to the base) become one."""
        groups: dict[str, ThesaurusGroup] = {}
        for group in (group for file in files for group in file.groups):
            known = groups.get(group.id)
            groups[group.id] = _joined(known, group) if known else group
        keys = _keys(groups.values())
        prefixes = frozenset(key[:length] for key in keys for length in range(1, len(key) + 1))
        return Thesaurus(MappingProxyType(groups), MappingProxyType(keys), prefixes)

    def __reduce__(self) -> tuple[object, ...]:
        return _rebuilt, (dict(self.groups), dict(self.keys), self.prefixes)

    def broader(self, group: str) -> tuple[str, ...]:
        return self.groups[group].broader

    def mentions(self, units: Sequence[str]) -> Iterator[Mention]:
        """Every group named by a run of these units, longest and shortest alike."""
        for start, unit in enumerate(units):
            joined, end = unit, start + 1
            while joined in self.prefixes:
                for group, relation in self.keys.get(joined, ()):
                    yield Mention(group, start, end, relation)
                if end >= len(units) or end - start >= LONGEST_MEMBER:
                    break
                joined, end = joined + units[end], end + 1


def _rebuilt(
    groups: dict[str, ThesaurusGroup], keys: dict[str, tuple[tuple[str, Relation], ...]], prefixes: frozenset[str]
) -> Thesaurus:
    return Thesaurus(MappingProxyType(groups), MappingProxyType(keys), prefixes)


def _joined(one: ThesaurusGroup, other: ThesaurusGroup) -> ThesaurusGroup:
    def both(first: tuple[str, ...], second: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(first + second))

    return ThesaurusGroup(
        id=one.id,
        words=both(one.words, other.words),
        readings=both(one.readings, other.readings),
        colloquial=both(one.colloquial, other.colloquial),
        broader=both(one.broader, other.broader),
    )


def _keys(groups: Iterable[ThesaurusGroup]) -> dict[str, tuple[tuple[str, Relation], ...]]:
    """Joined member → its groups; the first relation written for a group wins (word before colloquial before reading)."""
    keys: dict[str, dict[str, Relation]] = {}
    for group in groups:
        for relation, members in _relations(group):
            for member in members:
                for key in member_keys(member):
                    keys.setdefault(key, {}).setdefault(group.id, relation)
    return {key: tuple(found.items()) for key, found in keys.items()}


def _relations(group: ThesaurusGroup) -> tuple[tuple[Relation, tuple[str, ...]], ...]:
    return (("word", group.words), ("colloquial", group.colloquial), ("reading", group.readings))


def member_keys(member: str) -> tuple[str, ...]:
    """A member as it can appear: its forms without particles, and its letters as they are typed."""
    normalised = normalise(member)
    tokens = analyse(normalised)
    return tuple(dict.fromkeys(key for key in (form_key(tokens), letters(normalised)) if key))


def form_key(tokens: Sequence[Token]) -> str:
    return "".join(token.form for token in tokens if not token.idle)


def letters(normalised: str) -> str:
    return to_hiragana(normalised).replace(" ", "")
