"""One page of the console at three widths, beside each other: a desk's screen, a tablet, a telephone.

docs/images/console/pages/<page>.png   what `docs/console-pages.md` shows
docs/images/console/<page>-1280.png    the same page for the texts that speak of it
"""

from __future__ import annotations

import io

from PIL import Image
from playwright.sync_api import Page
from screenshots import IMAGES, save

WIDTHS = (1280, 768, 320)
SCREEN, SHORTEST, TALLEST = 860, 480, 1300
"""A screen's height for pages in texts; of longer pages than `TALLEST` the gallery shows the upper part."""

SCALE, GAP, GREY = 0.6, 24, "#e6e6e6"
IN_TEXTS = frozenset({"inbox", "conversation", "draft", "notice", "disaster", "mode"})


def keep(page: Page, name: str, address: str = "", below: str = "") -> None:
    """Takes the pictures of this page (the one that is open, without an `address`), from the place `below` on."""
    if address:
        page.goto(address)
    (IMAGES / "console" / "pages").mkdir(parents=True, exist_ok=True)
    if name in IN_TEXTS:
        save(f"console/{name}-{WIDTHS[0]}.png", _shot(page, WIDTHS[0], SCREEN, ""))
    shots = [_shot(page, width, TALLEST, below) for width in WIDTHS]
    save(f"console/pages/{name}.png", _side_by_side([_smaller(shot) for shot in shots]))


def _shot(page: Page, width: int, tallest: int, below: str) -> Image.Image:
    page.set_viewport_size({"width": width, "height": SCREEN if tallest == SCREEN else SHORTEST})
    page.evaluate("document.fonts.ready.then(() => scrollTo(0, 0))")
    whole = Image.open(io.BytesIO(page.screenshot(full_page=True))).convert("RGB")
    place = page.locator(below).first.bounding_box() if below else None
    top = min(int(place["y"]), max(0, whole.height - SHORTEST)) if place else 0
    return whole.crop((0, top, width, min(whole.height, top + tallest)))


def _smaller(shot: Image.Image) -> Image.Image:
    return shot.resize((round(shot.width * SCALE), round(shot.height * SCALE)), Image.Resampling.LANCZOS)


def _side_by_side(parts: list[Image.Image]) -> Image.Image:
    """On grey, from the top, so that the edges of white pages are seen."""
    width = sum(part.width for part in parts) + GAP * (len(parts) + 1)
    whole = Image.new("RGB", (width, max(part.height for part in parts) + 2 * GAP), GREY)
    x = GAP
    for part in parts:
        whole.paste(part, (x, GAP))
        x += part.width + GAP
    return whole
