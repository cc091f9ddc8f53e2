"""What the browser sent, made safe: one JSON object in, one frozen value out.

Whatever a body holds, it ends as an `Asked` or as a `BadBody` with a sentence for whoever wrote the page.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any, TypeGuard, cast, get_args

from bot.messages import Language
from bot.privacy import mask

MAX_BODY = 128 * 1024
"""Bytes. Far more than 5,000 characters need, so that somebody who wrote 20,000 is still answered, not refused."""

MAX_TEXT = 5_000
"""Characters that we read; a longer text is read up to here, and the resident is told."""

_CHOICE = re.compile(r"[a-z]{1,20}(?::[A-Za-z0-9._:-]{0,120})?")
_MESSAGE_ID = re.compile(r"[A-Za-z0-9_-]{16,64}")
UNKNOWN_CHOICE = "gone"
"""Stands for a button that none of our replies ever had; the bot knows what to say to it."""


class BadBody(ValueError):
    """The body is not what the route takes. The text is for people."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One message of a resident. `text` is masked; `masked` names what was hidden. `session` is not verified yet.

    `message_id` is the browser's own name for this message, so that a repetition is recognised; "" if it gave none.
    """

    text: str = ""
    choice: str = ""
    session: str = ""
    message_id: str = ""
    language: Language | None = None
    masked: tuple[str, ...] = ()
    too_long: bool = False


def read_asked(body: bytes) -> Asked:
    """Reads `{"text", "choice", "session", "language", "message_id"}`. Raises `BadBody`."""
    data = _json_object(body)
    text, choice = _text(data, "text"), _text(data, "choice")
    if data.get("text") is None and data.get("choice") is None:
        raise BadBody("text（聞きたいこと）か choice（選んだボタン）を、文字で送ってください。")
    hidden = mask(text[:MAX_TEXT])
    language, message_id = data.get("language"), data.get("message_id")
    return Asked(
        text=hidden.text,
        choice=(choice if _CHOICE.fullmatch(choice) else UNKNOWN_CHOICE) if choice else "",
        session=_session(data.get("session")),
        message_id=message_id if looks_like_message_id(message_id) else "",
        language=cast(Language, language) if language in get_args(Language) else None,
        masked=hidden.kinds,
        too_long=len(text) > MAX_TEXT,
    )


def looks_like_message_id(value: object) -> TypeGuard[str]:
    return isinstance(value, str) and _MESSAGE_ID.fullmatch(value) is not None


def _json_object(body: bytes) -> dict[str, Any]:
    try:
        data = json.loads(body)
    except (ValueError, RecursionError):
        raise BadBody("JSON として読めませんでした。") from None
    if not isinstance(data, dict):
        raise BadBody('JSON は {"text": "…"} の形で送ってください。')
    return data


def _text(data: dict[str, Any], name: str) -> str:
    value = data.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise BadBody(f"{name} は文字で送ってください。")
    return clean(value)


def _session(value: object) -> str:
    return value if isinstance(value, str) else ""


def clean(text: str) -> str:
    """Text that can be stored and sent: without NUL, with broken halves of emoji replaced."""
    return text.replace("\x00", "").encode("utf-8", "replace").decode("utf-8")
