"""A session of the widget: a token that only the resident's browser holds. The store knows its hash alone."""

from __future__ import annotations

import hashlib
import re
import secrets

_SHAPE = re.compile(r"[A-Za-z0-9_-]{43}")


def new_session() -> str:
    """256 random bits, as 43 characters that fit into a URL."""
    return secrets.token_urlsafe(32)


def looks_like_session(value: object) -> bool:
    return isinstance(value, str) and _SHAPE.fullmatch(value) is not None


def resident_of(session: str) -> str:
    """The resident's id in the store. From it nobody can come back to the session that opens the talk."""
    return f"widget:{hashlib.sha256(session.encode()).hexdigest()[:32]}"
