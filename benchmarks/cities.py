"""What the repository itself offers to measure with: the shared thesaurus and the demo city's entries."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from ruamel.yaml import YAML

from faq.entry import Entry, EntryFile
from faq.thesaurus import Thesaurus, ThesaurusFile

CITIES: Final = Path(__file__).resolve().parents[1] / "cities"


def base_thesaurus() -> Thesaurus:
    return Thesaurus.of([ThesaurusFile.model_validate(_read(CITIES / "_base" / "thesaurus.yaml"))])


def demo_entries() -> list[Entry]:
    """Every entry of the demo city, in the order of its files."""
    files = sorted((CITIES / "demo" / "faq").glob("*.yaml"))
    return [entry for path in files for entry in EntryFile.model_validate(_read(path)).faqs]


def _read(path: Path) -> object:
    """YAML without typing: `8:30` stays text, as `faq.reader` reads it."""
    return YAML(typ="base", pure=True).load(path.read_text(encoding="utf-8"))
