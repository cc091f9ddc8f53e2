"""A browser for the mode's page."""

from __future__ import annotations

from tests.browser import chromium, new_page  # noqa: F401 - pytest finds fixtures by their names here
