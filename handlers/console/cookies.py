"""The console's cookies: who is logged in, which browser this is, and the message for the next page.

All are HttpOnly, SameSite=Lax, Secure under https, and sent to one city's console only (`Path=/console/<city>`). The
token of a session names its city, so that even a cookie that is carried to another city by hand opens nothing there.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from dataclasses import dataclass

from flask import Response, request
from itsdangerous import BadData, URLSafeTimedSerializer

SESSION, BROWSER, NOTE = "madoguchi", "madoguchi_browser", "madoguchi_note"
BROWSER_SECONDS = 180 * 86_400
NOTE_SECONDS = 120
_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")


@dataclass(frozen=True, slots=True)
class Note:
    """What the next page says first: "done" or "problem", and the words."""

    kind: str
    text: str


def new_token() -> str:
    """256 random bits; what is kept of it is `digest`."""
    return secrets.token_urlsafe(32)


def digest(token: str) -> str:
    """A token of 256 random bits needs no salt and no slow hash."""
    return hashlib.sha256(token.encode()).hexdigest()


def session_token(city: str) -> str:
    """The token of this request's session; "" without one, or when it is another city's."""
    named, _, token = request.cookies.get(SESSION, "").rpartition(".")
    return token if named == city and _TOKEN.fullmatch(token) else ""


def session_of_another_city(city: str) -> bool:
    named, dot, _ = request.cookies.get(SESSION, "").rpartition(".")
    return bool(dot) and named != city


def browser_token() -> str:
    token = request.cookies.get(BROWSER, "")
    return token if _TOKEN.fullmatch(token) else ""


class Cookies:
    """Sets and takes away cookies of one city on one answer."""

    def __init__(self, city: str, secure: bool, key: bytes) -> None:
        self._path = f"/console/{city}"
        self._city = city
        self._secure = secure
        self._notes = URLSafeTimedSerializer(key, salt=f"note-{city}")

    def set_session(self, response: Response, token: str) -> None:
        """For as long as the browser is open; the server ends it earlier by its own limits."""
        self._set(response, SESSION, f"{self._city}.{token}", None)

    def drop_session(self, response: Response) -> None:
        response.delete_cookie(SESSION, path=self._path, secure=self._secure, httponly=True, samesite="Lax")

    def set_browser(self, response: Response, token: str) -> None:
        self._set(response, BROWSER, token, BROWSER_SECONDS)

    def set_note(self, response: Response, note: Note) -> None:
        self._set(response, NOTE, str(self._notes.dumps([note.kind, note.text])), NOTE_SECONDS)

    def drop_note(self, response: Response) -> None:
        response.delete_cookie(NOTE, path=self._path, secure=self._secure, httponly=True, samesite="Lax")

    def note(self) -> Note | None:
        """The message that the page before has left. Signed: nobody else can put words on our pages."""
        try:
            kind, text = self._notes.loads(request.cookies.get(NOTE, ""), max_age=NOTE_SECONDS)
        except (BadData, TypeError, ValueError):
            return None
        return Note(str(kind), str(text))

    def _set(self, response: Response, name: str, value: str, seconds: int | None) -> None:
        response.set_cookie(
            name, value, max_age=seconds, path=self._path, secure=self._secure, httponly=True, samesite="Lax"
        )
