"""Rich menu objects, their images and aliases."""

from __future__ import annotations

import io
from typing import Any

from PIL import Image, UnidentifiedImageError

from emulator.checks.actions import check_action
from emulator.checks.problems import Problems
from emulator.checks.units import grapheme_length
from emulator.model import ApiError, Json

MAX_IMAGE_BYTES = 1024 * 1024
MAX_AREAS = 20
MIN_RATIO = 1.45


def check_rich_menu(menu: Json) -> None:
    """The body of "create rich menu"; raises the 400."""
    problems = Problems()
    size = menu.get("size")
    width, height = _check_size(problems, size if isinstance(size, dict) else {})
    if not isinstance(menu.get("selected"), bool):
        problems.add("selected", "May not be null")
    problems.text("name", menu.get("name"), 300)
    problems.text("chatBarText", menu.get("chatBarText"), 14, count=grapheme_length)
    areas = menu.get("areas")
    if problems.require_list("areas", areas, 0, MAX_AREAS) and isinstance(areas, list):
        for number, area in enumerate(areas):
            _check_area(problems, f"areas[{number}]", area, width, height)
    problems.finish()


def _check_size(problems: Problems, size: Json) -> tuple[float, float]:
    problems.number("size.width", size.get("width"), 800, 2500)
    problems.number("size.height", size.get("height"), 250, 2500)
    if problems.found:
        return 0, 0
    if size["width"] / size["height"] < MIN_RATIO:
        problems.add("size", f"The aspect ratio must be at least {MIN_RATIO}")
    return size["width"], size["height"]


def _check_area(problems: Problems, path: str, area: Any, width: float, height: float) -> None:
    bounds = area.get("bounds") if isinstance(area, dict) else None
    if not isinstance(bounds, dict):
        problems.add(f"{path}.bounds", "May not be null")
        return
    given = (bounds.get(name) for name in ("x", "y", "width", "height"))
    numbers = [number for number in given if isinstance(number, int) and number >= 0]
    if len(numbers) < 4:
        problems.add(f"{path}.bounds", "Must be numbers of at least 0")
    elif width and (numbers[0] + numbers[2] > width or numbers[1] + numbers[3] > height):
        problems.add(f"{path}.bounds", "Must lie within the size of the rich menu")
    check_action(problems, f"{path}.action", area.get("action"), "richmenu")


def check_rich_menu_image(data: bytes, mime: str, menu: Json) -> None:
    """An uploaded picture: JPEG or PNG as declared, at most 1 MB, of the size the menu states."""
    if mime not in ("image/jpeg", "image/png"):
        raise ApiError(415, "The media type is not supported")
    if len(data) > MAX_IMAGE_BYTES:
        raise ApiError(413, "The image is larger than 1 MB")
    try:
        with Image.open(io.BytesIO(data)) as image:
            size, kind = image.size, Image.MIME.get(image.format or "")
    except (UnidentifiedImageError, OSError, Image.DecompressionBombError):
        raise ApiError(400, "The image could not be read") from None
    if kind != mime:
        raise ApiError(400, "The image is not of the declared type")
    if size != (menu["size"]["width"], menu["size"]["height"]):
        raise ApiError(400, "The image size does not match the rich menu")


def check_alias(body: Json, *, with_id: bool) -> None:
    """The body of "create alias" (with its ID) or "update alias"; raises the 400."""
    problems = Problems()
    if with_id:
        problems.matches("richMenuAliasId", body.get("richMenuAliasId"), r"[a-z0-9_-]{1,32}")
    problems.require_text("richMenuId", body.get("richMenuId"))
    problems.finish()
