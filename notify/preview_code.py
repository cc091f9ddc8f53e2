"""「試し 12-k3v9…」: the words with which a member of staff gets a notice in the making on their own phone.

They type them into the city's own account, so that it comes as a reply: nobody's LINE id is kept for it. The code is of
this notice as it stands (`version`) and made with the channel's secret: after a change there is another one.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import unicodedata
from typing import Final

WORD: Final = "試し"
_LETTERS: Final = 10
"""50 bits."""

_TYPED = re.compile(rf"{WORD}\s*(\d{{1,12}})-([a-z2-7]{{{_LETTERS}}})")


def preview_words(secret: str, city: str, number: int, version: int) -> str:
    """What has to be typed."""
    return f"{WORD} {number}-{_code(secret, city, number, version)}"


def read_preview_words(text: str) -> tuple[int, str] | None:
    """The number and the code in these words; None when they are something else."""
    match = _TYPED.fullmatch(unicodedata.normalize("NFKC", text).strip().lower())
    return (int(match[1]), match[2]) if match else None


def is_code(given: str, secret: str, city: str, number: int, version: int) -> bool:
    return hmac.compare_digest(given, _code(secret, city, number, version))


def _code(secret: str, city: str, number: int, version: int) -> str:
    told = f"notice preview|{city}|{number}|{version}".encode()
    digest = hmac.new(secret.encode(), told, hashlib.sha256).digest()
    return base64.b32encode(digest).decode().lower()[:_LETTERS]
