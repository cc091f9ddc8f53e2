"""Identifiers in the shapes LINE gives them."""

from __future__ import annotations

import itertools
import random
import re
import uuid

USER_ID = re.compile(r"U[0-9a-f]{32}")
CHAT_ID = re.compile(r"[UCR][0-9a-f]{32}")

_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_message_numbers = itertools.count(461_230_966_842_064_897 + random.getrandbits(40))


def ulid(at: float) -> str:
    """A ULID of this moment (seconds since the epoch), as in `webhookEventId`."""
    number = (int(at * 1000) << 80) | random.getrandbits(80)
    return "".join(_CROCKFORD[(number >> shift) & 31] for shift in range(125, -1, -5))


def hex_id(prefix: str) -> str:
    """`U…` a user, `C…` a group, `R…` a room, "" a reply token: 32 hexadecimal digits after the prefix."""
    return f"{prefix}{random.getrandbits(128):032x}"


def message_id() -> str:
    """Eighteen digits, growing, never given twice in one process."""
    return str(next(_message_numbers))


def request_id() -> str:
    """The value of `x-line-request-id`."""
    return str(uuid.UUID(int=random.getrandbits(128), version=4))


def opaque_token() -> str:
    """Quote tokens and mark-as-read tokens: opaque text."""
    return f"{random.getrandbits(192):048x}"
