"""Webhook events, property by property as LINE writes them."""

from __future__ import annotations

from emulator import ids
from emulator.model import Json


def event(
    kind: str,
    source: Json | None,
    at: float,
    *,
    reply_token: str | None = None,
    standby: bool = False,
    **properties: object,
) -> Json:
    """The common properties around those of one kind. In standby mode there is no reply token."""
    body: Json = {
        "type": kind,
        **properties,
        "webhookEventId": ids.ulid(at),
        "deliveryContext": {"isRedelivery": False},
        "timestamp": int(at * 1000),
        "mode": "standby" if standby else "active",
    }
    if source is not None:
        body["source"] = source
    if reply_token and not standby:
        body["replyToken"] = reply_token
    return body


def user_source(user_id: str) -> Json:
    """An event of a one-to-one talk."""
    return {"type": "user", "userId": user_id}


def group_source(chat_id: str, user_id: str | None) -> Json:
    """An event of a group (`C…`) or a room (`R…`)."""
    kind, key = ("group", "groupId") if chat_id.startswith("C") else ("room", "roomId")
    return {"type": kind, key: chat_id} | ({"userId": user_id} if user_id else {})


def text(message_id: str, words: str) -> Json:
    """A text message as received."""
    return {"type": "text", "id": message_id, "quoteToken": ids.opaque_token(), "text": words}


def sticker(message_id: str, package_id: str, sticker_id: str, keywords: tuple[str, ...]) -> Json:
    """A sticker as received; `keywords` are LINE's English words for it, at most 15."""
    return {
        "type": "sticker",
        "id": message_id,
        "quoteToken": ids.opaque_token(),
        "stickerId": sticker_id,
        "packageId": package_id,
        "stickerResourceType": "STATIC",
        "keywords": list(keywords[:15]),
    }


def media(kind: str, message_id: str, duration_ms: int | None = None) -> Json:
    """An image, a video or an audio message; its bytes are fetched from the content endpoint."""
    message: Json = {"type": kind, "id": message_id, "contentProvider": {"type": "line"}}
    if kind != "audio":
        message["quoteToken"] = ids.opaque_token()
    if duration_ms is not None:
        message["duration"] = duration_ms
    return message


def file(message_id: str, name: str, size: int) -> Json:
    """A file message; its bytes are fetched from the content endpoint."""
    return {"type": "file", "id": message_id, "fileName": name, "fileSize": size}


def location(message_id: str, latitude: float, longitude: float, title: str, address: str) -> Json:
    """A location message; title and address are left out when LINE does not know them."""
    message: Json = {"type": "location", "id": message_id, "latitude": latitude, "longitude": longitude}
    if title:
        message["title"] = title
    if address:
        message["address"] = address
    return message
