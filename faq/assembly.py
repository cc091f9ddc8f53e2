"""All of a city's files read and laid over the base's, before anything is indexed.

A city's entry replaces the base's of the same id, its wording replaces sentence by sentence, its thesaurus is added.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, get_args

from faq.city import City
from faq.content import (
    CITY_FILE,
    PLACES_FILE,
    THESAURUS_FILE,
    CityFiles,
    is_entry_file,
    is_wording_file,
    language_of,
)
from faq.disaster import Disaster
from faq.disaster_reading import disaster_of
from faq.disaster_texts import DisasterTexts, disaster_texts
from faq.entry import Entry, TranslationLanguage
from faq.places import Shelter, read_shelters
from faq.problems import ContentError, Problem
from faq.reader import locate_entries, read_city, read_entries, read_thesaurus, read_wording
from faq.thesaurus import ThesaurusFile
from faq.wording_check import sound_wording
from faq.yaml_tree import Node

BASE: Final = "_base/"
WORDING_LANGUAGES: Final = ("ja", "easy", *get_args(TranslationLanguage))


@dataclass(frozen=True)
class Content:
    """What was read. `sources` tells the file of each entry; `files` holds the base's under `_base/`."""

    city: City
    entries: Mapping[str, Entry]
    sources: Mapping[str, str]
    thesaurus: tuple[ThesaurusFile, ...]
    wording: Mapping[str, Mapping[str, str]]
    places: tuple[Shelter, ...]
    problems: tuple[Problem, ...]
    files: CityFiles
    disaster: DisasterTexts | None = None
    alerts: Disaster | None = None


class Locator:
    """Lines of entries, found when a report needs them; each file is looked up once."""

    def __init__(self, files: CityFiles) -> None:
        self._files = files
        self._nodes: dict[str, dict[str, Node]] = {}

    def line(self, path: str, entry: str, *loc: str | int) -> int:
        """The line of a field of an entry, or of the nearest thing around it."""
        node = self.nodes(path).get(entry)
        return node.line_of(loc) if node else 1

    def nodes(self, path: str) -> Mapping[str, Node]:
        """Id → node of every entry of the file that has one, sound or not."""
        if path not in self._nodes:
            self._nodes[path] = locate_entries(path, self._files[path])
        return self._nodes[path]


def assemble(files: CityFiles, base_files: CityFiles) -> Content:
    """Everything that can be used, and every problem met. `ContentError` when `city.yaml` gives no city."""
    together = {**{f"{BASE}{name}": text for name, text in base_files.items()}, **files}
    problems: list[Problem] = []
    city, found = _city(files)
    problems.extend(found)
    entries, sources = _entries(together, problems)
    thesaurus = _thesaurus(together, problems)
    wording = _wording(together, problems)
    places = _places(files, problems)
    disaster, found = disaster_texts(files, base_files)
    problems.extend(found)
    alerts, found = disaster_of(files, base_files, city, entries, BASE) if city is not None else (None, ())
    problems.extend(found)
    ordered = tuple(sorted(dict.fromkeys(problems), key=lambda problem: (problem.path, problem.line)))
    if city is None:
        raise ContentError(ordered)
    return Content(city, entries, sources, thesaurus, wording, places, ordered, together, disaster, alerts)


def version_of(files: CityFiles, base_files: CityFiles) -> str:
    """A short name for exactly this content."""
    digest = hashlib.sha256()
    for label, mapping in (("base", base_files), ("city", files)):
        for name, text in sorted(mapping.items()):
            raw = text.encode("utf-8", "surrogateescape")
            digest.update(f"{label}\0{name}\0{len(raw)}\0".encode())
            digest.update(raw)
    return digest.hexdigest()[:16]


def _city(files: CityFiles) -> tuple[City | None, tuple[Problem, ...]]:
    if CITY_FILE not in files:
        message = (
            "city.yaml がありません。市の名前・電話・課を書いたファイルを作ってください（docs/faq-authoring.md）。"
        )
        return None, (Problem(CITY_FILE, 1, "ファイル", message),)
    return read_city(CITY_FILE, files[CITY_FILE])


def _entries(files: CityFiles, problems: list[Problem]) -> tuple[dict[str, Entry], dict[str, str]]:
    """Base entries first, then the city's over them; of two with one id in the same place, the first is kept."""
    entries: dict[str, Entry] = {}
    sources: dict[str, str] = {}
    locator = Locator(files)
    names = [name for name in files if is_entry_file(name.removeprefix(BASE))]
    for path in sorted(names, key=_reading_order):
        read, found = read_entries(path, files[path])
        problems.extend(found)
        for entry in read:
            earlier = sources.get(entry.id)
            if earlier and earlier.startswith(BASE) == path.startswith(BASE):
                problems.append(_twice(entry.id, path, earlier, files, locator))
                continue
            entries[entry.id] = entry
            sources[entry.id] = path
    return entries, sources


def _reading_order(path: str) -> tuple[bool, list[tuple[str, int]]]:
    """The base first, then by name with numbers as numbers: tax, tax-2, tax-10."""
    parts = re.findall(r"(\D*)(\d*)", path.rpartition(".")[0])
    return not path.startswith(BASE), [(text, int(number or -1)) for text, number in parts]


def _twice(entry: str, path: str, earlier: str, files: CityFiles, locator: Locator) -> Problem:
    lines = [n for n, line in enumerate(files[path].splitlines(), 1) if _names(line, entry)]
    line = lines[-1] if lines else locator.line(path, entry, "id")
    message = f"id「{entry}」は {earlier} にもあります。どちらかの id を変えてください。"
    return Problem(path, line, "id", message, entry=entry)


def _names(line: str, entry: str) -> bool:
    """Whether this line is `- id: <entry>`."""
    key, colon, value = line.strip().removeprefix("-").strip().partition(":")
    return key == "id" and bool(colon) and value.partition(" #")[0].strip().strip("'\"") == entry


def _thesaurus(files: CityFiles, problems: list[Problem]) -> tuple[ThesaurusFile, ...]:
    read = []
    for path in (f"{BASE}{THESAURUS_FILE}", THESAURUS_FILE):
        if path in files:
            thesaurus, found = read_thesaurus(path, files[path])
            read.append(thesaurus)
            problems.extend(found)
    return tuple(read)


def _places(files: CityFiles, problems: list[Problem]) -> tuple[Shelter, ...]:
    """The city's own places to flee to; nothing is inherited, because every city has its own."""
    if PLACES_FILE not in files:
        return ()
    places, found = read_shelters(PLACES_FILE, files[PLACES_FILE])
    problems.extend(found)
    return places


def _wording(files: CityFiles, problems: list[Problem]) -> dict[str, dict[str, str]]:
    """Language → key → sentence; the base's, with the city's sound ones over it."""
    layers: dict[bool, dict[str, dict[str, str]]] = {True: {}, False: {}}
    for path in sorted(name for name in files if is_wording_file(name.removeprefix(BASE))):
        language = language_of(path)
        if language not in WORDING_LANGUAGES:
            message = f"ファイル名は {', '.join(f'{code}.yaml' for code in WORDING_LANGUAGES)} のどれかにしてください。"
            problems.append(Problem(path, 1, "ファイル", message))
            continue
        sentences, found = read_wording(path, files[path])
        problems.extend(found)
        of_base = path.startswith(BASE)
        if not of_base:
            sentences, found = sound_wording(path, files[path], sentences, language, layers[True])
            problems.extend(found)
        layers[of_base].setdefault(language, {}).update(sentences)
    languages = {**layers[True], **layers[False]}
    return {code: {**layers[True].get(code, {}), **layers[False].get(code, {})} for code in languages}
