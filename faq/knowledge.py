"""What one city knows, ready to be asked: one frozen value, built off the request path and swapped whole."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property, lru_cache, partial
from pathlib import Path
from types import MappingProxyType
from typing import Any

from faq.assembly import Content, assemble, version_of
from faq.boost import boosted
from faq.city import City
from faq.content import CityFiles, base_folder, read_folder
from faq.disaster import Disaster
from faq.disaster_texts import DisasterTexts
from faq.entry import Entry
from faq.index import Index, build_index
from faq.my_number import my_number_problems
from faq.places import Shelter
from faq.problems import ContentError, Problem
from faq.references import reference_problems
from faq.search import SearchResult, search
from faq.thesaurus import Thesaurus
from faq.verbatim import bare, sounded

COMMON_LETTERS = 30
"""Up to this many characters somebody else may well ask the same."""

REMEMBERED = 2_000
"""Questions, some 2 KB each. They live in memory only, and no longer than this version of the content."""

__all__ = ["ContentError", "Knowledge", "build_knowledge", "load_knowledge"]


@dataclass(frozen=True)
class Knowledge:
    """A city and its entries, searchable. `wording` is language ("ja", "easy") → key → sentence, base and city joined.

    `sources` is entry id → the file it stands in (`_base/…` for inherited ones). `problems` are what was left out or
    looks wrong; `version` names exactly this content. `places` are the places to flee to, () where the city lists none;
    `disaster` the approved texts for the worst day, `alerts` what is told of telegrams (None: nothing).
    `asked_back` is a spelling of words too general to answer → the id of the entry whose `clarify` asks back.
    """

    city: City
    entries: Mapping[str, Entry]
    index: Index
    wording: Mapping[str, Mapping[str, str]]
    problems: tuple[Problem, ...]
    version: str
    sources: Mapping[str, str]
    places: tuple[Shelter, ...] = ()
    disaster: DisasterTexts | None = None
    alerts: Disaster | None = None
    asked_back: Mapping[str, str] = field(default_factory=dict)
    # What the mode of the day changes (`faq.in_mode`): its name, the line above the chat, entries offered with
    # every greeting, entries that go before others found as well.
    mode: str = "normal"
    mode_line: str = ""
    pinned: tuple[str, ...] = ()
    boosted: frozenset[str] = frozenset()
    # What never changes while this knowledge is served, worked out when it is first needed.
    remembered: dict[object, Any] = field(default_factory=dict, repr=False, compare=False)

    def search(self, words: str, top: int, day: date) -> SearchResult:
        """`faq.search.search`, remembering what was found for short words.

        Many residents ask the same few words, and on a bad day all of them the same ones. Longer texts are told by one
        person only, and are not kept.
        """
        found = self._found if len(words) <= COMMON_LETTERS else partial(search, self.index)
        return boosted(found(words, top, day), self.boosted)

    def asks_back_for(self, words: str) -> str | None:
        """The id of the entry that asks back when just these words are said, however they are spelt."""
        return self._asks_back_for(words) if len(words) <= COMMON_LETTERS else self._general(words)

    def of_folder(self, folder: str) -> Knowledge:
        """With the city under the name of its folder (`City.of_folder`)."""
        return self if self.city.id == folder else replace(self, city=self.city.of_folder(folder))

    def _general(self, words: str) -> str | None:
        return self.asked_back.get(bare(words)) or self.asked_back.get(sounded(words))

    @cached_property
    def _asks_back_for(self) -> Callable[[str], str | None]:
        return lru_cache(maxsize=REMEMBERED)(self._general)

    @cached_property
    def _found(self) -> Callable[[str, int, date], SearchResult]:
        return lru_cache(maxsize=REMEMBERED)(partial(search, self.index))


def build_knowledge(files: CityFiles, base_files: CityFiles, earlier: Knowledge | None = None) -> Knowledge:
    """Knowledge of everything usable in these files. `ContentError` when there is no city or not one entry.

    What the city knew `earlier` makes the next build after a small edit faster.
    """
    content = assemble(files, base_files)
    problems = _sorted((*my_number_problems(files), *content.problems, *reference_problems(content)))
    if not content.entries:
        nothing = Problem("faq", 1, "ファイル", "使える質問が1つもありません。faq/ に YAML ファイルを置いてください。")
        raise ContentError((*problems, nothing))
    return Knowledge(
        city=content.city,
        entries=MappingProxyType(dict(content.entries)),
        index=index_of(content, earlier.index if earlier else None),
        wording=MappingProxyType({code: MappingProxyType(said) for code, said in content.wording.items()}),
        problems=problems,
        version=version_of(files, base_files),
        sources=MappingProxyType(dict(content.sources)),
        places=content.places,
        disaster=content.disaster,
        alerts=content.alerts,
        asked_back=MappingProxyType(_asked_back(content.entries.values())),
    )


def _asked_back(entries: Iterable[Entry]) -> dict[str, str]:
    return {
        spelling: entry.id
        for entry in entries
        for words in (entry.clarify.phrasings if entry.clarify else ())
        for spelling in (bare(words), sounded(words))
    }


def load_knowledge(directory: Path) -> Knowledge:
    """Knowledge of a city's folder, with the base beside it."""
    return build_knowledge(read_folder(directory), read_folder(base_folder(directory)))


def index_of(content: Content, earlier: Index | None = None) -> Index:
    entries, thesaurus = tuple(content.entries.values()), Thesaurus.of(content.thesaurus)
    return build_index(entries, thesaurus, content.city.own_names, earlier=earlier)


def _sorted(problems: tuple[Problem, ...]) -> tuple[Problem, ...]:
    return tuple(sorted(problems, key=lambda problem: (problem.path, problem.line)))
