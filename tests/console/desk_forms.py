"""The forms of a talk's page, read and pressed without a browser."""

from __future__ import annotations

import re
from typing import Any

from werkzeug.test import TestResponse

from tests.console_site import Visitor
from tests.desk_site import CITY, Desk


def key_of(page: str) -> str:
    """The hidden number of the reply form."""
    return re.search(r'name="key" value="([^"]+)"', page).group(1)  # type: ignore[union-attr]


def text_in_box(page: str) -> str:
    return re.search(r'<textarea id="text"[^>]*>(.*?)</textarea>', page, re.S).group(1)  # type: ignore[union-attr]


def press(browser: Visitor, number: int, act: str, **data: Any) -> TestResponse:
    """Opens the case and sends one of its forms."""
    return browser.submit(f"/cases/{number}", f"/cases/{number}/{act}", data)


def actions(desk: Desk) -> list[str]:
    return [row.action for row in desk.store.audit_all(CITY)]
