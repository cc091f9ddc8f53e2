"""A small city to search, built once."""

from pathlib import Path

import pytest
from ruamel.yaml import YAML

from faq.entry import Entry, EntryFile
from faq.index import Index, build_index
from faq.thesaurus import Thesaurus, ThesaurusFile

CITIES = Path(__file__).resolve().parents[2] / "cities"


def _read(path: Path) -> object:
    return YAML(typ="base", pure=True).load(path.read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def base_thesaurus() -> Thesaurus:
    return Thesaurus.of([ThesaurusFile.model_validate(_read(CITIES / "_base" / "thesaurus.yaml"))])


@pytest.fixture(scope="session")
def demo_entries() -> list[Entry]:
    files = sorted((CITIES / "demo" / "faq").glob("*.yaml"))
    return [entry for path in files for entry in EntryFile.model_validate(_read(path)).faqs]


@pytest.fixture(scope="session")
def demo_index(demo_entries: list[Entry], base_thesaurus: Thesaurus) -> Index:
    return build_index(demo_entries, base_thesaurus, own_names=["彩野市", "彩野", "さいの市", "さいのし"])
