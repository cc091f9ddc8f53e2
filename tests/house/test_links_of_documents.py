"""Links between the documents: the file is there, and so is the heading that a link points at."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.running import ROOT

DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
_CODE = re.compile(r"```.*?```", re.DOTALL)
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_OUTWARD = re.compile(r"[a-z]+:")
_ROOMS = "bot|faq|handlers|store|clients|emulator|notify|errands|tests|scripts|benchmarks"
_OUR_FILE = re.compile(rf"`((?:{_ROOMS})/[\w/-]+\.(?:py|js|sh))`")


def text_of(document: Path) -> str:
    return _CODE.sub("", document.read_text(encoding="utf-8"))


def anchors(document: Path) -> set[str]:
    """The names that GitHub gives to headings: lower case, spaces as hyphens, no punctuation."""
    headings = re.findall(r"^#+ +(.*)$", text_of(document), re.MULTILINE)
    words = (re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading) for heading in headings)
    return {re.sub(r"[^\w\- ]", "", word.strip().lower()).replace(" ", "-") for word in words}


def broken(document: Path) -> Iterator[str]:
    for link in _LINK.findall(text_of(document)):
        if _OUTWARD.match(link):
            continue
        name, _, heading = link.partition("#")
        file = (document.parent / name).resolve() if name else document
        if not file.exists() or (heading and heading not in anchors(file)):
            yield link
    for name in _OUR_FILE.findall(text_of(document)):
        if not (ROOT / name).exists():
            yield name


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document.relative_to(ROOT).as_posix())
def test_every_link_of_a_document_leads_somewhere(document: Path) -> None:
    assert list(broken(document)) == []
