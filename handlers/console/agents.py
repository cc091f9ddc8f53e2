"""A browser's name, short enough for a list of sessions: 「Chrome（Windows）」."""

from __future__ import annotations

_BROWSERS = (
    ("Edg/", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("CriOS/", "Chrome"),
    ("FxiOS/", "Firefox"),
    ("Safari/", "Safari"),
)
_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "Mac"),
    ("CrOS", "Chromebook"),
    ("Linux", "Linux"),
)


def browser_name(user_agent: str) -> str:
    """From the `User-Agent` header; of an unknown one nothing is kept."""
    browser = next((name for mark, name in _BROWSERS if mark in user_agent), "ほかのブラウザー")
    system = next((name for mark, name in _SYSTEMS if mark in user_agent), "")
    return f"{browser}（{system}）" if system else browser
