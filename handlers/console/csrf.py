"""Forms that only our own pages can send.

A token in every form, made from the visitor's own cookie (the session's, or before the login the browser's) with a
key of ours: it needs no storage, changes with the session at every login, and is worthless in any other session or
city. On top, browsers say where a request comes from (`Sec-Fetch-Site`, `Origin`); one from elsewhere is refused.
"""

from __future__ import annotations

import base64
import hmac
import secrets
from urllib.parse import urlsplit

from flask import request

from handlers.console.keys import Keys

FIELD, HEADER = "csrf_token", "X-CSRF-Token"
_PAD = 32


def make_token(keys: Keys, city: str, holder: str) -> str:
    """A token for the forms of the visitor who holds the cookie value `holder`. Looks different each time (BREACH)."""
    mark, pad = _mark(keys, city, holder), secrets.token_bytes(_PAD)
    return base64.urlsafe_b64encode(pad + _mixed(mark, pad)).decode()


def is_good(keys: Keys, city: str, holder: str) -> bool:
    """Whether this request was sent by a form of ours, given to this very visitor."""
    given = request.headers.get(HEADER) or request.form.get(FIELD, "")
    try:
        raw = base64.b64decode(given.encode("ascii"), altchars=b"-_", validate=True)
    except (ValueError, UnicodeEncodeError):
        return False
    pad, mixed = raw[:_PAD], raw[_PAD:]
    return bool(holder) and hmac.compare_digest(_mixed(mixed, pad), _mark(keys, city, holder))


def from_here(public_url: str) -> bool:
    """Whether the browser says that one of our own pages sent this. Old browsers say nothing; the token stands."""
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        return False
    origin = request.headers.get("Origin")
    return origin is None or origin in (_origin(public_url), f"{request.scheme}://{request.host}")


def _mark(keys: Keys, city: str, holder: str) -> bytes:
    return bytes.fromhex(keys.sign(f"csrf {city} {holder}"))


def _mixed(mark: bytes, pad: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(mark, pad, strict=False)) if len(mark) == len(pad) else b""


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
