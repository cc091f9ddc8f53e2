"""Turns LINE's webhook events into inquiries. Unknown types become something we can answer or leave alone; none fails.

Rules: no answer in standby mode (another module owns the talk), none in groups and rooms (we serve residents one to
one), none without a user. Facts: Messaging API reference, "Webhook event objects".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from bot.messages import Inquiry, InquiryKind, Place
from bot.privacy import mask

Action = Literal["answer", "erase", "followed", "blocked", "ignore"]
MESSAGE_KINDS: Mapping[str, InquiryKind] = {
    "text": "text",
    "sticker": "sticker",
    "image": "image",
    "video": "video",
    "audio": "audio",
    "file": "file",
    "location": "location",
}
TEXT_LIMIT = 5000
WORDS = ("text", "fileName", "title", "address")
"""What of a message residents or their files name: a document may well be called 「マイナンバー1234….pdf」."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """What to do about an event: answer `inquiry`, erase `message_id`, note a follow or a block, or nothing."""

    action: Action
    inquiry: Inquiry | None = None
    message_id: str = ""


def read_event(city: str, event: Mapping[str, Any]) -> Arrival:
    """What an event asks of us. `event` is one element of the webhook's `events`, already masked (`mask_event`)."""
    source = _mapping(event.get("source"))
    resident = str(source.get("userId", ""))
    kind = str(event.get("type", ""))
    if kind == "unsend":
        return Arrival("erase", message_id=str(_mapping(event.get("unsend")).get("messageId", "")))
    if source.get("type") != "user" or not resident:
        return Arrival("ignore")
    if kind == "unfollow":
        return Arrival("blocked")
    inquiry = _inquiry(city, resident, kind, event)
    if event.get("mode", "active") != "active" or inquiry is None:
        return Arrival("followed" if kind == "follow" else "ignore")
    return Arrival("followed" if kind == "follow" else "answer", inquiry)


def mask_event(event: dict[str, Any]) -> dict[str, Any]:
    """The event as it may be stored: numbers hidden in its words, and what was hidden noted under `masked`."""
    message = event.get("message")
    if not isinstance(message, dict):
        return event
    hidden = {name: mask(message[name][:TEXT_LIMIT]) for name in WORDS if isinstance(message.get(name), str)}
    if not hidden:
        return event
    words = {name: masked.text for name, masked in hidden.items()}
    kinds = [kind for masked in hidden.values() for kind in masked.kinds]
    return {**event, "message": {**message, **words, "masked": kinds}}


def _inquiry(city: str, resident: str, kind: str, event: Mapping[str, Any]) -> Inquiry | None:
    message, postback = _mapping(event.get("message")), _mapping(event.get("postback"))
    if kind == "message":
        known: InquiryKind = MESSAGE_KINDS.get(str(message.get("type", "")), "unknown")
        text = str(message.get("text", "")) if known == "text" else ""
    elif kind == "postback":
        known, text = "choice", ""
    elif kind == "follow":
        known, text = "follow", "unblocked" if _mapping(event.get("follow")).get("isUnblocked") else ""
    else:
        return None
    return Inquiry(
        city=city,
        resident=resident,
        channel="line",
        kind=known,
        event_id=str(event.get("webhookEventId", "")),
        at=datetime.fromtimestamp(_milliseconds(event) / 1000, UTC),
        text=text,
        choice=str(postback.get("data", "")) if known == "choice" else "",
        place=_place(message) if known == "location" else None,
        message_id=str(message.get("id", "")),
        masked=_hidden(message),
    )


def _hidden(message: Mapping[str, Any]) -> tuple[str, ...]:
    """What `mask_event` hid. LINE knows no such property; should it ever write one of this name, it means nothing."""
    kinds = message.get("masked")
    return tuple(str(kind) for kind in kinds) if isinstance(kinds, list) else ()


def _place(message: Mapping[str, Any]) -> Place | None:
    latitude, longitude = message.get("latitude"), message.get("longitude")
    if not isinstance(latitude, int | float) or not isinstance(longitude, int | float):
        return None
    return Place(float(latitude), float(longitude), str(message.get("title", "")), str(message.get("address", "")))


def _milliseconds(event: Mapping[str, Any]) -> int:
    value = event.get("timestamp")
    return value if isinstance(value, int) and 0 <= value < 10**14 else 0


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
