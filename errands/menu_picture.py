"""Draws a city's rich menu for a mode: a heading and four to six buttons, in BIZ UDPGothic. The same every time."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from PIL import Image, ImageDraw, ImageFont

from faq.library import give_back_memory

WIDTH, HEIGHT, HEADING = 1200, 810, 130
"""Pixels. LINE asks for 800 to 2500 in width, and at least 1.45 times as wide as high."""

SMALLEST: Final = 24
MAX_BYTES: Final = 1_000_000
FONTS: Final = (
    Path(__file__).parents[1] / "node_modules/@fontsource/biz-udpgothic/files/biz-udpgothic-japanese-700-normal.woff2",
    Path("/usr/share/fonts/truetype/bizud-gothic/BIZUDPGothic-Bold.ttf"),
    Path("/usr/share/fonts/opentype/noto/NotoSansCJK-Bold.ttc"),
)
"""The one of `make setup`, then those of the Debian packages fonts-morisawa-bizud-gothic and fonts-noto-cjk."""

# Heading's ground, page, button's edge; white on the ground has a contrast of at least 4.5 to 1.
COLOURS: Final = {
    "normal": ("#0b3b8c", "#eef3fb", "#0b3b8c"),
    "alert": ("#7a4b00", "#fff6e0", "#7a4b00"),
    "disaster": ("#a3001b", "#fff0f0", "#a3001b"),
    "recovery": ("#0d5a36", "#edf8f1", "#0d5a36"),
}
_INK: Final = "#1a1a1a"
_FORM: Final = 3
"""Counted up when pictures are drawn differently, so that new menus are made."""


class NoFont(Exception):
    """None of `FONTS` is there: menus stay as they are."""


@dataclass(frozen=True, slots=True)
class Button:
    """What stands on it, and what the resident says by pressing it."""

    label: str
    says: str


@dataclass(frozen=True, slots=True)
class Menu:
    """A rich menu in the making. The mode is said in words, too: colour alone tells nothing."""

    mode: str
    heading: str
    buttons: tuple[Button, ...]

    @property
    def digest(self) -> str:
        said = [_FORM, self.mode, self.heading, [[button.label, button.says] for button in self.buttons]]
        return hashlib.sha256(json.dumps(said, ensure_ascii=False).encode()).hexdigest()[:32]


def definition(menu: Menu) -> dict[str, Any]:
    """The menu as LINE wants it."""
    areas = [
        {
            "bounds": {"x": left, "y": top, "width": right - left, "height": bottom - top},
            "action": {"type": "message", "label": button.label[:20], "text": button.says[:300]},
        }
        for button, (left, top, right, bottom) in zip(menu.buttons, _places(len(menu.buttons)), strict=True)
    ]
    return {
        "size": {"width": WIDTH, "height": HEIGHT},
        "selected": menu.mode != "normal",
        "name": f"madoguchi {menu.mode} {menu.digest[:8]}",
        "chatBarText": "メニュー",
        "areas": areas,
    }


@lru_cache(16)
def picture(menu: Menu) -> bytes:
    """The menu's picture as PNG. Raises `NoFont`."""
    ground, page, edge = COLOURS[menu.mode]
    image = Image.new("RGB", (WIDTH, HEIGHT), page)
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, WIDTH, HEADING), fill=ground)
    _write(draw, menu.heading, (20, 0, WIDTH - 20, HEADING), 56, "#ffffff")
    for button, (left, top, right, bottom) in zip(menu.buttons, _places(len(menu.buttons)), strict=True):
        inside = (left + 14, top + 14, right - 14, bottom - 14)
        draw.rounded_rectangle(inside, 28, fill="#ffffff", outline=edge, width=6)
        _write(draw, button.label, (inside[0] + 24, inside[1] + 10, inside[2] - 24, inside[3] - 10), 62, _INK)
    out = io.BytesIO()
    image.quantize(64).save(out, "PNG", optimize=True)
    image.close()
    # Pictures are drawn once a menu: each size of a font would keep 3 MB, and the picture 10 MB, for ever.
    _font.cache_clear()
    give_back_memory()
    return out.getvalue()


Box = tuple[int, int, int, int]


def _places(count: int) -> Iterator[Box]:
    """Two rows; as many columns as are needed."""
    columns = -(-count // 2)
    width, height = WIDTH // columns, (HEIGHT - HEADING) // 2
    for number in range(count):
        row, column = divmod(number, columns)
        left, top = column * width, HEADING + row * height
        yield left, top, left + width, top + height


def _write(draw: ImageDraw.ImageDraw, text: str, box: Box, size: int, ink: str) -> None:
    """The text in the middle of the box, in as many lines as it needs, smaller where it is long."""
    width, height = box[2] - box[0], box[3] - box[1]
    font, lines = _fitted(text, width, height, size)
    step = round(font.size * 1.35)
    top = box[1] + (height - len(lines) * step) // 2
    for number, line in enumerate(lines):
        middle = (box[0] + box[2]) / 2, top + (number + 0.5) * step
        draw.text(middle, line, font=font, fill=ink, anchor="mm")


def _fitted(text: str, width: int, height: int, size: int) -> tuple[ImageFont.FreeTypeFont, Sequence[str]]:
    """In one line if it need not get much smaller for that, else in several."""
    needed = _font(size).getlength(text)
    if needed * 0.75 <= width:
        return _font(min(size, int(size * width / needed))), [text]
    for smaller in range(size, SMALLEST, -8):
        lines = _lines(text, _font(smaller), width)
        if len(lines) * smaller * 1.35 <= height:
            return _font(smaller), lines
    return _font(SMALLEST), _lines(text, _font(SMALLEST), width)


def _lines(text: str, font: ImageFont.FreeTypeFont, width: int) -> Sequence[str]:
    lines = [""]
    for char in text:
        if char == "\n" or font.getlength(lines[-1] + char) > width:
            lines.append("")
        lines[-1] += char.strip("\n")
    return lines


@lru_cache(32)
def _font(size: int) -> ImageFont.FreeTypeFont:
    for path in FONTS:
        if path.is_file():
            return ImageFont.truetype(path, size)
    raise NoFont
