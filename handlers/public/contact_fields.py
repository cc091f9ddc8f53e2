"""What somebody wrote into the contact form: read, put in order, and checked field by field. Knows no Flask."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.privacy import mask
from store.records_contacts import Contact

MAX_BODY = 64 * 1024
"""Bytes: six times what 2,000 characters need, so that a longer question is corrected and not refused."""

MAX_MESSAGE, MAX_NAME, MAX_EMAIL = 2_000, 60, 254
FIELDS = ("message", "name", "email", "phone")
_EMAIL = re.compile(r"[^\s@,;:<>()\"']+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
_PHONE = re.compile(r"\+?[0-9]{9,15}")
_BETWEEN_FIGURES = re.compile(r"[\s()‐‑‒–—―−－ー.-]")


@dataclass(frozen=True, slots=True)
class Filled:
    """The form as it was sent. `values` are shown again as they were typed; `errors` names wording keys by field.

    `contact` is what is kept when there are no errors; 個人番号 and card numbers in it are hidden.
    """

    values: Mapping[str, str] = field(repr=False)
    consent: bool
    errors: Mapping[str, str]
    contact: Contact


def read_fields(form: Mapping[str, str]) -> Filled:
    """Everything that is wrong at once, in the order of the page."""
    values = {name: _tidy(form.get(name, ""), lines=name == "message") for name in FIELDS}
    consent = form.get("consent") == "yes"
    email, phone = _narrow(values["email"]), plain_phone(values["phone"])
    contact = Contact(mask(values["name"]).text, email, phone, mask(values["message"]).text)
    errors = dict(_errors(values, email, phone, consent))
    return Filled(values, consent, errors, contact)


def _errors(values: Mapping[str, str], email: str, phone: str, consent: bool) -> list[tuple[str, str]]:
    found = []
    if not values["message"]:
        found.append(("message", "e_message"))
    elif len(values["message"]) > MAX_MESSAGE:
        found.append(("message", "e_message_long"))
    if not values["name"]:
        found.append(("name", "e_name"))
    elif len(values["name"]) > MAX_NAME:
        found.append(("name", "e_name_long"))
    if not email and not values["phone"]:
        found.append(("email", "e_reach"))
    if email and (len(email) > MAX_EMAIL or not _EMAIL.fullmatch(email)):
        found.append(("email", "e_email"))
    if values["phone"] and not _PHONE.fullmatch(_figures(values["phone"])):
        found.append(("phone", "e_phone"))
    if not consent:
        found.append(("consent", "e_consent"))
    return found


def plain_phone(text: str) -> str:
    """`０９０（１２３４）５６７８` → `090-1234-5678` where it is so written; figures alone stay figures."""
    return "-".join(part for part in re.split(r"[^0-9+]+", _narrow(text)) if part)


def _figures(text: str) -> str:
    return _BETWEEN_FIGURES.sub("", _narrow(text))


def _narrow(text: str) -> str:
    """Full-width letters and figures as ASCII, as an address needs them."""
    return unicodedata.normalize("NFKC", text).strip()


def _tidy(text: str, *, lines: bool) -> str:
    """Without what no keyboard types; only the question has lines."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").encode("utf-8", "ignore").decode("utf-8")
    kept = (char for char in text if char == "\n" or unicodedata.category(char) not in ("Cc", "Cs", "Co", "Cn"))
    tidy = "".join(kept).strip()
    return tidy if lines else " ".join(tidy.split())
