"""Makes a picture that somebody sent into one of ours: decoded, turned upright, made smaller, written anew.

What comes out was written by this module pixel by pixel, so nothing that was hidden in the file (a place, a name, a
script, a second file behind the first) comes along. What it is, its bytes say; names and headers are not asked.
"""

from __future__ import annotations

import io
import logging
import threading
from dataclasses import dataclass
from typing import Final, Literal

from PIL import Image

log = logging.getLogger(__name__)

MAX_BYTES: Final = 10_000_000
"""Of what is sent. LINE's own limit for pictures is 10 MB."""

MAX_SIDE: Final = 2048
MAX_KEPT_BYTES: Final = 2_000_000
MAX_PIXELS: Final = 25_000_000
"""Decoded: 100 MB at 4 bytes each. One picture at a time is decoded in a process (`_one_at_a_time`)."""

MAX_JPEG_PIXELS: Final = 220_000_000
"""JPEG is decoded at a half to an eighth of its size; telephones make up to 200 million pixels."""

Image.MAX_IMAGE_PIXELS = MAX_JPEG_PIXELS
"""Pillow's own doubts begin (and end, at twice as many) above ours."""

PREVIEW_SIDE: Final = 640
"""Of a picture's small copy, in pixels: some 60 KB, and never more than 640 × 640 × 3 bytes."""

FORMATS: Final = ("JPEG", "PNG", "WEBP")
QUALITIES: Final = (85, 75, 60, 45)
_ORIENTATION: Final = 0x0112
_UPRIGHT: Final = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_one_at_a_time = threading.Lock()

Reason = Literal["kind", "broken", "too_large"]


class Refused(Exception):
    """Not a picture we take. `kind`: something else (PDF, SVG, GIF, …); `broken`; `too_large`: bytes or pixels."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason: Reason = reason


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture written by us: JPEG or PNG, at most `MAX_SIDE` wide and high and `MAX_KEPT_BYTES` long."""

    data: bytes
    mime: Literal["image/jpeg", "image/png"]
    width: int
    height: int


def clean_picture(data: bytes) -> Picture:
    """The picture in `data`, written anew. Raises `Refused`, and nothing else, whatever the bytes are."""
    if len(data) > MAX_BYTES:
        raise Refused("too_large")
    if not _looks_like_a_picture(data):
        raise Refused("kind")
    try:
        with _one_at_a_time:
            return _rewritten(data)
    except Refused:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning, MemoryError):
        raise Refused("too_large") from None
    except Exception as error:
        # Decoders answer broken files with whatever error they run into (struct.error, SyntaxError, EOFError, …).
        log.info("a picture could not be read", extra={"fault": type(error).__name__, "bytes": len(data)})
        raise Refused("broken") from None


def small_jpeg(picture: Picture, side: int = PREVIEW_SIDE) -> bytes:
    """One of our own pictures as a JPEG of at most `side` wide and high: far below the 1 MB that LINE takes."""
    with _one_at_a_time, Image.open(io.BytesIO(picture.data), formats=FORMATS) as image:
        small = _pixels(image)
        small.thumbnail((side, side), Image.Resampling.LANCZOS)
        out = io.BytesIO()
        _flat(small).save(out, "JPEG", quality=QUALITIES[0], progressive=False)
        return out.getvalue()


def _looks_like_a_picture(data: bytes) -> bool:
    jpeg_or_png = data.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n"))
    return jpeg_or_png or (data.startswith(b"RIFF") and data[8:12] == b"WEBP")


def _rewritten(data: bytes) -> Picture:
    with Image.open(io.BytesIO(data), formats=FORMATS) as image:
        _refuse_too_many_pixels(image, MAX_JPEG_PIXELS)
        turn = _UPRIGHT.get(_orientation(image))
        image.draft("RGB", (MAX_SIDE, MAX_SIDE))  # of a JPEG: decoded smaller
        _refuse_too_many_pixels(image, MAX_PIXELS)
        was_png = image.format == "PNG"
        image.load()
        pixels = _pixels(image)
    return _written(pixels.transpose(turn) if turn is not None else pixels, was_png)


def _refuse_too_many_pixels(image: Image.Image, limit: int) -> None:
    """Before anything is decoded: the size stands in the first bytes."""
    if image.width * image.height > limit:
        raise Refused("too_large")


def _orientation(image: Image.Image) -> int:
    """How the camera was held, 1 to 8. What was said of it in a broken way counts as upright."""
    try:
        return int(image.getexif().get(_ORIENTATION, 1))
    except Exception:
        return 1


def _pixels(image: Image.Image) -> Image.Image:
    """A new image with nothing but the pixels of the first frame: RGB, or RGBA where something shows through."""
    see_through = image.mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in image.info
    mode = "RGBA" if see_through else "RGB"
    if image.mode.startswith("I"):
        # 16 bits of grey would be cut off at white.
        image = image.convert("I").point(lambda value: value * (1 / 257) + 0).convert("L")
    small = image if image.mode == mode else image.convert(mode)
    small.thumbnail((MAX_SIDE, MAX_SIDE), Image.Resampling.LANCZOS, reducing_gap=2.0)
    plain = Image.new(mode, small.size)
    plain.paste(small)
    return plain


def _written(pixels: Image.Image, was_png: bool) -> Picture:
    """PNG for screen shots and what shows through, while it is small enough; else JPEG, the best that is."""
    if was_png or pixels.mode == "RGBA":
        out = io.BytesIO()
        pixels.save(out, "PNG", optimize=False)
        if out.tell() <= MAX_KEPT_BYTES:
            return Picture(out.getvalue(), "image/png", *pixels.size)
    flat = _flat(pixels)
    while True:
        for quality in QUALITIES:
            out = io.BytesIO()
            flat.save(out, "JPEG", quality=quality, progressive=False)
            if out.tell() <= MAX_KEPT_BYTES:
                return Picture(out.getvalue(), "image/jpeg", *flat.size)
        flat = flat.resize((max(1, flat.width // 2), max(1, flat.height // 2)), Image.Resampling.LANCZOS)


def _flat(pixels: Image.Image) -> Image.Image:
    """What shows through shows white."""
    if pixels.mode != "RGBA":
        return pixels
    flat = Image.new("RGB", pixels.size, "white")
    flat.paste(pixels, mask=pixels.getchannel("A"))
    return flat
