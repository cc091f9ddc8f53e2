"""Collects what is wrong with a request body, then answers 400 as LINE does: everything at once."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import urlsplit

from emulator.checks.units import utf16_length
from emulator.model import ApiError

EMPTY = "May not be empty"
Length = Callable[[str], int]


class Problems:
    """(message, property) pairs of one request; `flex` keeps those inside Flex Messages, which LINE words otherwise."""

    def __init__(self) -> None:
        self.found: list[tuple[str, str]] = []
        self.flex: dict[str, list[tuple[str, str]]] = {}

    def add(self, prop: str, message: str) -> None:
        """Note a problem."""
        self.found.append((message, prop))

    def finish(self) -> None:
        """Raise the 400 if anything was noted."""
        if self.found:
            raise ApiError(400, f"The request body has {len(self.found)} error(s)", tuple(self.found))
        for message, problems in self.flex.items():
            raise ApiError(400, f"A message ({message}) in the request body is invalid", tuple(problems))

    # -- frequent rules --------------------------------------------------------------------------------------------

    def require_text(self, prop: str, value: object) -> bool:
        """There must be some text."""
        if not isinstance(value, str) or not value:
            self.add(prop, EMPTY)
            return False
        return True

    def require_list(self, prop: str, value: object, least: int, most: int) -> bool:
        """There must be a list of this size."""
        if not isinstance(value, list):
            self.add(prop, EMPTY)
            return False
        if not least <= len(value) <= most:
            self.add(prop, f"Size must be between {least} and {most}")
            return False
        return True

    def text(self, prop: str, value: object, most: int, *, required: bool = True, count: Length = utf16_length) -> None:
        """Text of at most `most` in the unit that `count` counts."""
        if value is None and not required:
            return
        if not isinstance(value, str) or (required and not value):
            self.add(prop, EMPTY)
        elif count(value) > most:
            self.add(prop, f"Length must be between {int(required)} and {most}")

    def one_of(self, prop: str, value: object, allowed: tuple[str, ...], *, required: bool = True) -> bool:
        """One of these words."""
        if value is None and not required:
            return True
        if value not in allowed:
            self.add(prop, f"Must be one of the following values: [{', '.join(allowed)}]")
            return False
        return True

    def matches(self, prop: str, value: object, pattern: str, *, required: bool = True) -> None:
        """Text of this form."""
        if value is None and not required:
            return
        if not isinstance(value, str) or not re.fullmatch(pattern, value):
            self.add(prop, f'Must match "{pattern}"')

    def url(self, prop: str, value: object, *, most: int = 2000, required: bool = True) -> None:
        """An https address."""
        if value is None and not required:
            return
        if not isinstance(value, str) or not value:
            self.add(prop, EMPTY)
        elif utf16_length(value) > most:
            self.add(prop, f"Length must be between 1 and {most}")
        elif not is_https(value):
            self.add(prop, "Must be a valid HTTPS URL")

    def number(self, prop: str, value: object, least: float, most: float) -> None:
        """A number between two others, both included."""
        if isinstance(value, bool) or not isinstance(value, int | float) or not least <= value <= most:
            self.add(prop, f"Must be between {least:g} and {most:g}")


def is_https(value: str) -> bool:
    """Whether LINE would fetch from this address: https, a host, no spaces."""
    try:
        parts = urlsplit(value)
    except ValueError:
        return False
    return parts.scheme == "https" and bool(parts.netloc) and not re.search(r"\s", value)
