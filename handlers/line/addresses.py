"""Addresses as LINE opens them: percent-encoded in UTF-8, the host in Punycode (Messaging API, "Encoding of a URL
specified in a request body property"). Staff paste what their browser shows: `https://www.city.example.jp/くらし`.
"""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import quote, urlsplit, urlunsplit

from handlers.line.limits import URI_SCHEMES, URI_UNITS

_STRAY_PERCENT = re.compile("%(?![0-9A-Fa-f]{2})")
_KEPT = "%/:=&?~#+!$,;'@()*[]"


@lru_cache(maxsize=2_000)
def as_uri(address: str) -> str:
    """The address for a button, or "" where LINE would refuse it, and the whole answer with it.

    >>> as_uri("https://例え.jp/くらし?q=ごみ"), as_uri("tel:#7119"), as_uri("mailto:a@b.jp")
    ('https://xn--r8jz45g.jp/%E3%81%8F%E3%82%89%E3%81%97?q=%E3%81%94%E3%81%BF', 'tel:%237119', '')
    """
    if not address.startswith(URI_SCHEMES):
        return ""
    if address.startswith("tel:"):
        uri = "tel:" + quote(address.removeprefix("tel:"), safe="+*,;-")
    else:
        uri = _encoded(address)
    return uri if len(uri) <= URI_UNITS else ""


def _encoded(address: str) -> str:
    try:
        parts = urlsplit(address)
        host = parts.netloc if parts.netloc.isascii() else parts.netloc.encode("idna").decode("ascii")
    except ValueError:  # half a bracket; a name that cannot be one (UnicodeError is one of these)
        return ""
    if not host:
        return ""
    path, query, fragment = (
        quote(_STRAY_PERCENT.sub("%25", part), safe=_KEPT, errors="replace")
        for part in (parts.path, parts.query, parts.fragment)
    )
    return urlunsplit((parts.scheme, host, path, query, fragment))
