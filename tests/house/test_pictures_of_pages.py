"""The documents' pictures: every page of the console has one, none is missing, none lies about unused."""

from __future__ import annotations

import re
from pathlib import Path

from PIL import Image

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
SHOWN = re.compile(r"!\[([^\]]*)\]\(([^)#]+)\)")
FRAGMENTS = {"attachments", "base", "cities", "disaster_base", "faq_hits", "inbox_line", "talk"}
"""Templates that are parts of other pages; the choice of a city is seen only where one house serves several."""

PICTURE_OF = {
    "case": "conversation",
    "disaster_end": "disaster-end",
    "disaster_past": "disaster-past",
    "disaster_form": "disaster-form",
    "disaster_places": "disaster-places",
    "disaster_preview": "disaster-preview",
    "disaster_report": "disaster-report",
    "notice_form": "notice-form",
    "recovery_codes": "recovery-codes",
    "staff_form": "staff",
    "staff_person": "colleague",
}


def shown() -> dict[Path, str]:
    """Every picture that a page of ours shows, with what it says to those who do not see it."""
    return {
        (page.parent / address).resolve(): words
        for page in (ROOT / "README.md", *DOCS.rglob("*.md"))
        for words, address in SHOWN.findall(page.read_text("utf-8"))
        if "://" not in address
    }


def test_every_picture_that_is_shown_is_there_and_says_what_it_shows() -> None:
    for picture, words in shown().items():
        assert picture.is_file(), picture
        assert words.strip(), picture


def test_no_picture_lies_about_that_nobody_shows() -> None:
    assert set((DOCS / "images").rglob("*.png")) - set(shown()) == set()


def test_every_page_of_the_console_is_shown_at_three_widths() -> None:
    templates = {path.stem for path in (ROOT / "handlers/console/templates/console").glob("*.html")} - FRAGMENTS
    pictures = {DOCS / "images/console/pages" / f"{PICTURE_OF.get(name, name)}.png" for name in templates}

    assert pictures - set(shown()) == set()
    widths = {Image.open(picture).width for picture in pictures}
    assert widths == {round(0.6 * 1280) + round(0.6 * 768) + round(0.6 * 320) + 4 * 24}
