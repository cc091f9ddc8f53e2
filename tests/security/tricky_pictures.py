"""Pictures that hide something, and files that only call themselves pictures."""

from __future__ import annotations

import io
import struct
import zlib

from PIL import Image

MARKER = b"SECRET-MARKER-7f3a"
SCRIPT = b"<script>alert('" + MARKER + b"')</script>"


def encoded(image: Image.Image, kind: str, **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def a_picture(kind: str = "JPEG", size: tuple[int, int] = (64, 48), **options: object) -> bytes:
    return encoded(Image.new("RGB", size, (200, 30, 30)), kind, **options)


def with_exif(orientation: int = 1) -> bytes:
    """A photo with the place where it was taken, the telephone's name, and how it was held."""
    image = Image.new("RGB", (64, 48), "white")
    image.paste((255, 0, 0), (0, 0, 32, 24))  # red at the top left, as the camera saw it
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010F] = MARKER.decode()
    place = exif.get_ifd(0x8825)
    place[1], place[2], place[3], place[4] = "N", (35.0, 51.0, 25.0), "E", (139.0, 38.0, 56.0)
    return encoded(image, "JPEG", exif=exif, quality=95, comment=MARKER)


def png_of(width: int, height: int, *, bits: int = 8, colour: int = 2) -> bytes:
    """A PNG that claims a size and holds next to nothing."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", width, height, bits, colour, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 64)) + chunk(b"IEND", b"")


NO_PICTURES = {
    "pdf": b"%PDF-1.7\n1 0 obj\n",
    "svg": b"<svg xmlns='http://www.w3.org/2000/svg'>" + SCRIPT + b"</svg>",
    "svg with a prologue": b'<?xml version="1.0"?>\n<svg onload="alert(1)"/>',
    "html": b"<!doctype html>" + SCRIPT,
    "gif": b"GIF89a\x01\x00\x01\x00\x80\x00\x00" + b"\0" * 20,
    "gif as script": b"GIF89a/*" + SCRIPT,
    "bmp": b"BM" + b"\0" * 60,
    "tiff": b"II*\0" + b"\0" * 60,
    "eps": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\n",
    "zip": b"PK\x03\x04" + b"\0" * 60,
    "heic": b"\0\0\0\x18ftypheic" + b"\0" * 60,
    "wav": b"RIFF\x24\0\0\0WAVEfmt " + b"\0" * 40,
    "mz": b"MZ" + b"\0" * 60,
    "nothing": b"",
    "one byte": b"\xff",
    "text": "これは写真です".encode(),
}
