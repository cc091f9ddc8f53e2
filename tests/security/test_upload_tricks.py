"""Upload tricks: what is no picture is refused whatever it calls itself, and nothing hidden in a picture is kept."""

from __future__ import annotations

import io
import struct
import tracemalloc
import zlib

import pytest
from PIL import Image, PngImagePlugin

from media import MAX_KEPT_BYTES, MAX_SIDE, Picture, Refused, clean_picture
from tests.security.tricky_pictures import MARKER, NO_PICTURES, SCRIPT, a_picture, encoded, png_of, with_exif


def opened(picture: Picture) -> Image.Image:
    image = Image.open(io.BytesIO(picture.data))
    image.load()
    return image


def refused(data: bytes) -> str:
    with pytest.raises(Refused) as error:
        clean_picture(data)
    return error.value.reason


@pytest.mark.parametrize("data", NO_PICTURES.values(), ids=NO_PICTURES)
def test_what_is_no_picture_is_refused_by_its_bytes(data):
    assert refused(data) == "kind"


DISGUISED = {
    "html behind a png's signature": b"\x89PNG\r\n\x1a\n" + SCRIPT,
    "html behind a jpeg's first bytes": b"\xff\xd8\xff\xe0" + SCRIPT,
    "html behind a webp's first bytes": b"RIFF\x40\0\0\0WEBP" + SCRIPT,
    "webp without a picture": b"RIFF\x04\0\0\0WEBP",
    "png of no width": png_of(0, 10),
    "png without its pixels": png_of(500, 500),
    "png of impossible depth": png_of(10, 10, bits=3, colour=6),
}


@pytest.mark.parametrize("data", DISGUISED.values(), ids=DISGUISED)
def test_a_disguise_is_not_enough(data):
    assert refused(data) == "broken"


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("part", [0.1, 0.5, 0.9])
def test_half_a_picture_is_no_picture(kind, part):
    noise = Image.effect_noise((200, 200), 80).convert("RGB")
    whole = encoded(noise, kind)

    assert refused(whole[: int(len(whole) * part)]) == "broken"


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("hidden", [SCRIPT, b"PK\x03\x04" + MARKER, b"%PDF-1.7\n" + MARKER], ids=["html", "zip", "pdf"])
def test_a_second_file_behind_a_picture_does_not_come_along(kind, hidden):
    kept = clean_picture(a_picture(kind) + hidden)

    assert MARKER not in kept.data
    assert opened(kept).size == (64, 48)


def test_words_hidden_in_a_picture_do_not_come_along():
    notes = PngImagePlugin.PngInfo()
    notes.add_text("Comment", MARKER.decode())
    notes.add_itxt("XML:com.adobe.xmp", SCRIPT.decode())
    png = a_picture("PNG", pnginfo=notes, icc_profile=MARKER * 10)
    webp = a_picture("WEBP", exif=b"Exif\0\0" + MARKER, xmp=SCRIPT, icc_profile=MARKER)
    jpeg = a_picture("JPEG", comment=MARKER, icc_profile=MARKER * 10)

    for data in (png, webp, jpeg):
        assert MARKER in data or MARKER in zlib.decompress(data[data.index(b"\x78", 60) :]) or b"iCCP" in data
        kept = clean_picture(data)
        assert MARKER not in kept.data
        assert opened(kept).info.keys() <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}


def test_the_place_where_a_photo_was_taken_is_gone():
    photo = with_exif()
    assert Image.open(io.BytesIO(photo)).getexif().get_ifd(0x8825)

    kept = clean_picture(photo)

    assert len(opened(kept).getexif()) == 0
    assert b"Exif" not in kept.data
    assert MARKER not in kept.data


CORNER = {1: (5, 5), 2: (58, 5), 3: (58, 42), 4: (5, 42), 5: (5, 5), 6: (42, 5), 7: (42, 58), 8: (5, 58)}


@pytest.mark.parametrize("orientation", CORNER)
def test_a_photo_stands_upright_without_the_note_that_said_how(orientation):
    image = opened(clean_picture(with_exif(orientation)))

    assert image.size == ((64, 48) if orientation < 5 else (48, 64))
    red, green, _ = image.getpixel(CORNER[orientation])
    assert (red > 200, green < 80) == (True, True)


@pytest.mark.parametrize("value", [0, 9, 65535])
def test_a_senseless_orientation_counts_as_upright(value):
    assert opened(clean_picture(with_exif(value))).size == (64, 48)


@pytest.mark.parametrize(
    ("width", "height"), [(60_000, 60_000), (100_000, 1_000), (5_001, 5_000), (2**31 - 1, 2**31 - 1)]
)
def test_a_picture_that_would_fill_the_memory_is_refused_before_it_is_decoded(width, height):
    bomb = png_of(width, height)
    tracemalloc.start()

    reason = refused(bomb)

    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (reason, peak < 3_000_000) == ("too_large", True)


def test_words_that_unpack_to_much_do_not_fill_the_memory():
    bomb = zlib.compress(b"\0" * 80_000_000, 9)
    text = b"Comment\0\0" + bomb
    chunk = struct.pack(">I", len(text)) + b"zTXt" + text + struct.pack(">I", zlib.crc32(b"zTXt" + text))
    whole = a_picture("PNG")

    assert refused(whole[:33] + chunk + whole[33:]) == "broken"


def test_more_bytes_than_allowed_are_refused_unread():
    assert refused(a_picture() + b"\0" * 10_000_000) == "too_large"


@pytest.mark.parametrize(("kind", "size"), [("JPEG", (5000, 3000)), ("PNG", (300, 4900)), ("WEBP", (4000, 4000))])
def test_a_large_picture_becomes_one_that_fits(kind, size):
    kept = clean_picture(a_picture(kind, size))

    assert max(kept.width, kept.height) == MAX_SIDE
    assert opened(kept).size == (kept.width, kept.height)
    assert len(kept.data) <= MAX_KEPT_BYTES


def test_a_picture_full_of_noise_is_kept_small():
    noise = Image.effect_noise((2400, 1600), 120).convert("RGB")

    kept = clean_picture(encoded(noise, "PNG"))

    assert kept.mime == "image/jpeg"
    assert len(kept.data) <= MAX_KEPT_BYTES


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_every_sort_of_png_comes_out_as_png(mode):
    kept = clean_picture(encoded(Image.new(mode, (20, 10)), "PNG"))

    assert (kept.mime, opened(kept).format) == ("image/png", "PNG")


def test_colours_of_print_are_readable_too():
    kept = clean_picture(encoded(Image.new("CMYK", (20, 10)), "JPEG"))

    assert (kept.mime, opened(kept).mode) == ("image/jpeg", "RGB")


def test_of_a_moving_picture_the_first_frame_is_kept():
    frames = [Image.new("RGB", (20, 10), colour) for colour in ("red", "blue")]

    kept = clean_picture(encoded(frames[0], "WEBP", save_all=True, append_images=frames[1:], lossless=True))

    assert getattr(opened(kept), "n_frames", 1) == 1
    assert opened(kept).getpixel((5, 5))[0] > 200
