"""A contact form as the store keeps it. Its fields are personal data: for the city's staff and nobody else."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from datetime import datetime

_REFERENCE = re.compile(r"(\d{4})[\s‐‑‒–—―−ー-]?(\d{4})")


@dataclass(frozen=True, slots=True)
class Contact:
    """How to reach a resident: a name, and an e-mail address or a phone number (or both)."""

    name: str = field(repr=False)
    email: str = field(default="", repr=False)
    phone: str = field(default="", repr=False)
    message: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class ContactForm:
    """One form of one resident. `case_id` is 0 and `sent_at` None until it is sent; `contact` is empty until then.

    `reference` (`1234-5678`) is what the resident is told to say when they call about it.
    `question` is what was asked in the talk (masked), `language` the one the talk was in. After `expires_at` the page
    opens no more.
    """

    city: str
    resident: str
    channel: str
    language: str
    department: str
    question: str
    made_at: datetime
    expires_at: datetime
    case_id: int = 0
    sent_at: datetime | None = None
    reference: str = ""
    contact: Contact = Contact("")


def reference_in(text: str) -> str:
    """`１２３４−５６７８`, as somebody types what was said on the telephone → `1234-5678`; "" for anything else."""
    found = _REFERENCE.fullmatch(unicodedata.normalize("NFKC", text).strip())
    return f"{found[1]}-{found[2]}" if found else ""
