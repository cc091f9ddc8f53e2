"""Civic synonyms: groups of words that mean the same at a city hall, found in a text as runs of short units.

A member is compared as one joined string, so 国民健康保険 matches however Sudachi cuts it, but only where units begin
and end: 保険 is not found inside 保険者番号 unless a unit ends there.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Annotated, Any, Final, Literal, NamedTuple

from pydantic import StringConstraints

from faq.entry import Line, Strict
from faq.kana import Readings, group_sounds
from faq.mending import Written
from faq.text import analyse, content_forms, is_content, normalise, to_hiragana

GroupId = Annotated[str, StringConstraints(pattern=r"^\S{1,64}$")]
Relation = Literal["word", "colloquial"]
Names = tuple[tuple[str, Relation], ...]
"""Groups that a word names, each with how."""

_KANA: Final = re.compile(r"[ぁ-ゖー]{3,}")

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


class Member(NamedTuple):
    """The content words of one member of a group; `broader` ones mean more than the group."""

    forms: tuple[str, ...]
    broader: bool


@dataclass(frozen=True)
class Thesaurus:
    """All groups of a city, made once and never changed. `keys` leads from joined forms to groups, `sounds` from kana;
    `members` are the words to look for; `begun` leads from the beginning of a joined form to the groups that it names
    and to the letters that may come next; `written` see `faq.mending`."""

    groups: Mapping[str, ThesaurusGroup] = field(default_factory=dict, repr=False)
    keys: Mapping[str, Names] = field(default_factory=dict, repr=False)
    sounds: Mapping[str, tuple[str, ...]] = field(default_factory=dict, repr=False)
    members: Mapping[str, tuple[Member, ...]] = field(default_factory=dict, repr=False)
    begun: Mapping[str, tuple[Names, str]] = field(default_factory=dict, repr=False)
    written: Written = field(default_factory=lambda: Written.of(()), repr=False)
    # Texts of entries as read with these synonyms, for the next build of an edited city (`faq.units.read`).
    remembered: dict[object, Any] = field(default_factory=dict, repr=False, compare=False)

    @staticmethod
    def of(files: Iterable[ThesaurusFile]) -> Thesaurus:
        """One thesaurus of several files; groups with the same id (a city adds to the base) become one.

        The same files give the same object again: most edits of a city change an entry, not its synonyms.
        """
        return _made(tuple(files))

    @cached_property
    def heard(self) -> Readings:
        """`sounds` as `faq.kana` cuts by them."""
        return group_sounds(self.sounds)

    def __getstate__(self) -> dict[str, object]:
        """Without what it remembers: a copy reads again."""
        return {**self.__dict__, "remembered": {}}

    def named(self, units: Sequence[str]) -> dict[str, None]:
        """The groups named by a run of these units, each once, in order."""
        return {group: None for groups, _, _ in self._runs(units) for group, _ in groups}

    def mentions(self, units: Sequence[str]) -> list[Mention]:
        """Every group named by a run of these units, longest and shortest alike."""
        return [
            Mention(group, start, end, relation)
            for groups, start, end in self._runs(units)
            for group, relation in groups
        ]

    def _runs(self, units: Sequence[str]) -> Iterator[tuple[Names, int, int]]:
        begun = self.begun
        for start, joined in enumerate(units):
            known = begun.get(joined)
            end, last = start + 1, start + LONGEST_MEMBER
            while known is not None:
                groups, following = known
                if groups:
                    yield groups, start, end
                if end >= last or end >= len(units) or units[end][:1] not in following:
                    break
                joined += units[end]
                known, end = begun.get(joined), end + 1


@lru_cache(maxsize=16)
def _made(files: tuple[ThesaurusFile, ...]) -> Thesaurus:
    """0.3 s for the base's 1,600 groups; a city with synonyms of its own keeps one for itself."""
    groups: dict[str, ThesaurusGroup] = {}
    for group in (group for file in files for group in file.groups):
        known = groups.get(group.id)
        groups[group.id] = _joined(known, group) if known else group
    keys = _keys(groups.values())
    said = (normalise(member) for group in groups.values() for member in (*group.words, *group.colloquial))
    written = Written.of(member for member in said if " " not in member)
    return Thesaurus(groups, keys, _sounds(groups.values()), _members(groups), _begun(keys), written)


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


def _keys(groups: Iterable[ThesaurusGroup]) -> dict[str, Names]:
    """Joined forms → their groups; the first relation written for a group wins (word before colloquial)."""
    keys: dict[str, dict[str, Relation]] = {}
    for group in groups:
        parts: tuple[tuple[Relation, tuple[str, ...]], ...] = (("word", group.words), ("colloquial", group.colloquial))
        for relation, members in parts:
            for key in filter(None, map(form_key, members)):
                keys.setdefault(key, {}).setdefault(group.id, relation)
    return {key: tuple(found.items()) for key, found in keys.items()}


def _begun(keys: Mapping[str, Names]) -> dict[str, tuple[Names, str]]:
    """Every beginning of a key, and every key → the groups it names by itself and the letters that may come next."""
    found: dict[str, set[str]] = {key: set() for key in keys}
    for key in keys:
        for length in range(1, len(key)):
            found.setdefault(key[:length], set()).add(key[length])
    return {begun: (keys.get(begun, ()), "".join(sorted(letters))) for begun, letters in found.items()}


def _sounds(groups: Iterable[ThesaurusGroup]) -> dict[str, tuple[str, ...]]:
    """Kana → the groups that sound so. Sudachi is not asked: it reads しぼう as する in the volitional."""
    sounds: dict[str, dict[str, None]] = {}
    for group in groups:
        for member in (*group.readings, *group.words, *group.colloquial):
            kana = letters(normalise(member))
            if _KANA.fullmatch(kana):
                sounds.setdefault(kana, {})[group.id] = None
    return {sound: tuple(found) for sound, found in sounds.items()}


def _members(groups: Mapping[str, ThesaurusGroup]) -> dict[str, tuple[Member, ...]]:
    """What to look for when a group is named: its members' words, and those of the groups it calls broader."""
    return {name: tuple(dict.fromkeys(_members_of(group, groups))) for name, group in groups.items()}


def _members_of(group: ThesaurusGroup, groups: Mapping[str, ThesaurusGroup]) -> Iterator[Member]:
    own = (*group.words, *group.colloquial)
    wider = (word for name in group.broader for word in (groups[name].words if name in groups else (name,)))
    for texts, broader in ((own, False), (wider, True)):
        for text in texts:
            forms = content_forms(analyse(normalise(text)))
            if forms:
                yield Member(forms, broader)


def form_key(member: str) -> str:
    """A member as joined forms without particles; empty when only general words are left (どうすればいい)."""
    tokens = [token for token in analyse(normalise(member)) if not token.idle]
    return "".join(token.form for token in tokens) if any(map(is_content, tokens)) else ""


def letters(normalised: str) -> str:
    return to_hiragana(normalised).replace(" ", "")
