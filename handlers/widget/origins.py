"""Which pages may use a city's chat: those of `widget.origins` in city.yaml, and our own."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from faq.city import City

_ORIGIN = re.compile(r"https?://(?:\*\.)?[a-z0-9.-]+(?::\d{1,5})?|https?://\[[0-9a-f:]+\](?::\d{1,5})?")


def origin_of(url: str) -> str:
    """`https://www.example.jp` of `https://www.example.jp/page`; "" when it has none."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}".lower() if parts.scheme and parts.netloc else ""


def page_origins(city: City, public_url: str) -> tuple[str, ...]:
    """The origins whose pages may embed this city's chat. What could break out of a header is left out."""
    written = (*(origin.lower().rstrip("/") for origin in city.widget.origins), origin_of(public_url))
    return tuple(dict.fromkeys(origin for origin in written if _ORIGIN.fullmatch(origin)))


def may_call(origin: str, city: City, public_url: str, host: str) -> bool:
    """Whether a script of a page of this origin may talk to us. `host` is the name we were called by.

    Of our own host any scheme will do: behind a proxy that ends TLS we see http where the browser sees https.
    """
    return origin.lower() in page_origins(city, public_url) or (urlsplit(origin).netloc or None) == host


def frame_ancestors(city: City, public_url: str) -> str:
    """The directive that lets these pages, and no others, show the chat in a frame."""
    return " ".join(("frame-ancestors 'self'", *page_origins(city, public_url)))
