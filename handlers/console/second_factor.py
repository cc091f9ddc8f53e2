"""The second factor: a code that changes every 30 seconds (TOTP, RFC 6238), and recovery codes on paper."""

from __future__ import annotations

import hmac
import secrets
import unicodedata

import pyotp
import segno

from handlers.console.cookies import digest

STEP_SECONDS = 30
CLOCK_STEPS = 1
"""A telephone's clock may be half a minute early or late."""

RECOVERY_CODES = 10
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
"""Without i, l, o, 0 and 1, which look alike on paper."""


def new_secret() -> str:
    """160 random bits, as RFC 4226 recommends."""
    return pyotp.random_base32(32)


def matching_step(secret: str, code: str, now: float) -> int | None:
    """The 30-second step to which this code belongs; None when it is not a code of about now."""
    given = _plain(code)
    present = int(now) // STEP_SECONDS
    codes = pyotp.TOTP(secret, interval=STEP_SECONDS)
    for step in range(present - CLOCK_STEPS, present + CLOCK_STEPS + 1):
        if hmac.compare_digest(codes.at(step * STEP_SECONDS).encode(), given.encode()):
            return step
    return None


def address(secret: str, email: str, city_name: str) -> str:
    """What the QR code says to the telephone."""
    return pyotp.TOTP(secret, interval=STEP_SECONDS).provisioning_uri(name=email, issuer_name=f"{city_name} まどぐち")


def qr_image(words: str) -> str:
    """The QR code as an address of an image, so that the secret is in the page only and in no log of requests."""
    image: str = segno.make(words, error="m").svg_data_uri(scale=4, border=4, dark="#000", light="#fff")
    return image


def new_recovery_codes() -> list[str]:
    """Ten codes of 59 random bits, written in three groups of four."""
    return [
        "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(3)) for _ in range(RECOVERY_CODES)
    ]


def recovery_hash(city: str, staff_id: int, code: str) -> str:
    """What is kept of a recovery code: it is random enough for a quick hash."""
    return digest(f"recovery {city} {staff_id} {_plain(code)}")


def in_groups(secret: str) -> str:
    """For typing by hand."""
    return " ".join(secret[i : i + 4] for i in range(0, len(secret), 4))


def _four_letters() -> str:
    return "".join(secrets.choice(_LETTERS) for _ in range(4))


def _plain(code: str) -> str:
    """As people type: full-width digits, spaces, hyphens of any kind, capitals."""
    return "".join(letter for letter in unicodedata.normalize("NFKC", code).lower() if letter.isalnum())[:40]
