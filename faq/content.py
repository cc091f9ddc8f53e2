"""A city's content as plain text: a mapping from relative path to the text of the file.

A folder and a published revision are the same mapping, so both are read, checked and served the same way. Nothing
is refused here: what cannot be decoded or is too big is carried along and named by `faq.reader`.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Final

from faq.places import MAX_BYTES as MAX_PLACES_BYTES
from faq.yaml_tree import MAX_BYTES

CityFiles = Mapping[str, str]

CITY_FILE: Final = "city.yaml"
THESAURUS_FILE: Final = "thesaurus.yaml"
PLACES_FILE: Final = "places/shelters.csv"
DISASTER_TEXTS_FILE: Final = "disaster_texts.yaml"
DISASTER_FILE: Final = "disaster.yaml"
_SINGLE_FILES: Final = (CITY_FILE, THESAURUS_FILE, DISASTER_TEXTS_FILE, DISASTER_FILE)
ENTRY_FOLDER: Final = "faq/"
WORDING_FOLDER: Final = "wording/"
_SUFFIXES: Final = (".yaml", ".yml")
# `~` and `#` are editors' backups, `.` hidden files and swap files.
_BACKUP: Final = ("~", "#")
_PROJECT_BASE: Final = Path(__file__).resolve().parents[1] / "cities" / "_base"

logger = logging.getLogger(__name__)


def read_folder(directory: Path) -> dict[str, str]:
    """Every content file of a city's folder; bytes that are not UTF-8 stay in the text as lone surrogates."""
    return {name: _text(path, name) for name, path in content_files(directory)}


def content_files(directory: Path) -> Iterator[tuple[str, Path]]:
    """(relative path, path) of the files that belong to the content, in order. Links out of the folder are left."""
    root = directory.resolve()
    candidates = [directory / name for name in _SINGLE_FILES]
    for folder in (ENTRY_FOLDER, WORDING_FOLDER):
        candidates.extend(_yaml_below(directory / folder))
    candidates.append(directory / PLACES_FILE)
    for path in candidates:
        if not path.is_file():
            continue
        if not path.resolve().is_relative_to(root):
            _tell_of_link(path)
            continue
        yield path.relative_to(directory).as_posix(), path


def unread_links(directory: Path) -> list[str]:
    """Relative paths of links that look like content and are not read: they lead out of the folder, or nowhere."""
    read = {name for name, _ in content_files(directory)}
    candidates = [directory / name for name in (*_SINGLE_FILES, PLACES_FILE)]
    candidates += [path for folder in (ENTRY_FOLDER, WORDING_FOLDER) for path in _yaml_below(directory / folder)]
    names = (path.relative_to(directory).as_posix() for path in candidates if path.is_symlink())
    return [name for name in names if name not in read]


@lru_cache(1000)
def _tell_of_link(path: Path) -> None:
    """Once a process: the folder is looked at every second."""
    logger.info("content_link_out_of_folder", extra={"path": path.name})


def base_folder(directory: Path) -> Path:
    """`_base` beside the city's folder, else the one that the project ships."""
    sibling = directory.resolve().parent / "_base"
    return sibling if sibling.is_dir() else _PROJECT_BASE


def is_entry_file(name: str) -> bool:
    return name.startswith(ENTRY_FOLDER) and name.lower().endswith(_SUFFIXES)


def is_wording_file(name: str) -> bool:
    return name.startswith(WORDING_FOLDER) and name.lower().endswith(_SUFFIXES)


def language_of(name: str) -> str:
    """`wording/easy.yaml` → `easy`."""
    return Path(name).stem


def _yaml_below(folder: Path) -> list[Path]:
    found: list[Path] = []
    for parent, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        found.extend(Path(parent) / name for name in names if _is_content(name))
    return sorted(found)


def _is_content(name: str) -> bool:
    return name.lower().endswith(_SUFFIXES) and not name.startswith((".", *_BACKUP)) and not name.endswith(_BACKUP)


def _text(path: Path, name: str) -> str:
    """What the file holds. One byte more than allowed is enough for its reader to see that it is too big."""
    allowed = MAX_PLACES_BYTES if name == PLACES_FILE else MAX_BYTES
    with path.open("rb") as file:
        return file.read(allowed + 1).decode("utf-8", "surrogateescape")
