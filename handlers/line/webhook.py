"""LINE's webhook: verify, accept, 200. Nothing is decided here; a worker answers.

All events of a body are stored in one transaction before we say 200. What cannot be stored is answered 500, so that
LINE delivers it again; what a second delivery would not mend is answered 200 and logged by type.
"""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable, Mapping
from typing import Any, Protocol

import orjson
from flask import Blueprint, Response, request
from linebot.v3.webhook import SignatureValidator

from config import LineChannel
from handlers.line.events import mask_event
from handlers.widget.buckets import Buckets, neighbourhood
from store.errors import StoreError
from store.records import ArrivedEvent

log = logging.getLogger(__name__)
MAX_BODY = 4 * 1024 * 1024


class Inbox(Protocol):
    def accept(self, events: list[ArrivedEvent]) -> int: ...


def line_blueprint(
    channels: Mapping[str, LineChannel],
    inbox: Inbox,
    accepted: Callable[[str, int, float], None],
    forgeries: Buckets | None = None,
) -> Blueprint:
    """The route `POST /line/<city>/callback`. `accepted(city, new events, seconds)` is told of each body.

    What LINE has signed is never limited, whatever else comes from the same address (all of it does behind a proxy that
    nobody told us of). Who sends other things quickly hears 429 and fills no log: `forgeries` counts them by address.
    """
    blueprint = Blueprint("line", __name__)
    forgeries = Buckets(burst=20, per_second=0.2) if forgeries is None else forgeries
    validators = {city: SignatureValidator(channel.secret) for city, channel in channels.items()}

    @blueprint.post("/line/<city>/callback")
    def callback(city: str) -> Response:
        started = time.perf_counter()
        validator = validators.get(city)
        if validator is None:
            return _say(404, "unknown city")
        if (request.content_length or 0) > MAX_BODY:
            return _say(413, "too large")
        body = request.get_data(cache=False)
        if not _signed(validator, body, request.headers.get("X-Line-Signature", "")):
            if forgeries.take(neighbourhood(request.remote_addr or "")):
                return _say(429, "too many bad signatures")
            log.warning("webhook refused: signature", extra={"city": city})
            return _say(400, "bad signature")
        try:
            new = inbox.accept(arrived(city, body, int(time.time() * 1000)))
        except StoreError:
            log.exception("webhook not stored; LINE will deliver it again", extra={"city": city})
            return _say(500, "not stored")
        accepted(city, new, time.perf_counter() - started)
        return _say(200, "OK")

    return blueprint


def arrived(city: str, body: bytes, now_ms: int) -> list[ArrivedEvent]:
    """The events of a signed body, ready to be stored. A body that is no webhook holds none."""
    payload = _json(body)
    events = payload.get("events") if isinstance(payload, dict) else None
    if not isinstance(events, list):
        log.error("webhook signed by LINE is not understood", extra={"city": city, "bytes": len(body)})
        return []
    read = (_event(city, event, now_ms) for event in events)
    return [event for event in read if event is not None]


def _json(body: bytes) -> Any:
    """What a body says, None when it is no JSON. orjson is the quick one; half a surrogate pair only Python's reads."""
    try:
        return orjson.loads(body)
    except ValueError:
        try:
            return json.loads(body)
        except (ValueError, RecursionError):
            return None


def _event(city: str, event: object, now_ms: int) -> ArrivedEvent | None:
    if not isinstance(event, dict) or not isinstance(event.get("webhookEventId"), str):
        log.warning("webhook event without an id ignored", extra={"city": city})
        return None
    masked = mask_event(event)
    source, delivery = masked.get("source"), masked.get("deliveryContext")
    timestamp = masked.get("timestamp")
    return ArrivedEvent(
        city=city,
        event_id=masked["webhookEventId"],
        resident=_text(source, "userId"),
        occurred_at_ms=timestamp if isinstance(timestamp, int) and 0 <= timestamp < 10**14 else now_ms,
        kind=str(masked.get("type", ""))[:40],
        payload=masked,
        received_at_ms=now_ms,
        redelivered=isinstance(delivery, dict) and delivery.get("isRedelivery") is True,
        reply_token=_text(masked, "replyToken"),
    )


def _text(value: Any, key: str) -> str:
    found = value.get(key) if isinstance(value, dict) else None
    return found if isinstance(found, str) else ""


def _signed(validator: SignatureValidator, body: bytes, signature: str) -> bool:
    """Whether LINE signed exactly these bytes. A body that is no UTF-8 was not written by LINE."""
    try:
        return bool(signature) and bool(validator.validate(body.decode("utf-8"), signature))
    except (UnicodeDecodeError, ValueError, TypeError):
        return False


def _say(status: int, text: str) -> Response:
    return Response(text, status, mimetype="text/plain")
