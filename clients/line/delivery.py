"""The one place that sends: takes a claimed message, calls LINE, and decides what its answer means.

Reply first; the same text by push when the token is refused before anything was sent; never both. What is unknown after
a crash or a timeout is asked again with the same token or retry key, which LINE accepts at most once.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal, Protocol

from clients.errors import ClientError
from clients.line.client import Accepted, InvalidReplyToken
from store.records import ClaimedOutgoing

log = logging.getLogger(__name__)

TOKEN_SECONDS = 50.0
"""A reply token is good for about a minute from the webhook's arrival; we stop trusting it a little earlier."""

LAST_TOKEN_SECONDS = 20 * 60.0
"""LINE takes no token later than this. What may have been delivered is asked for with its token until then."""

RETRY_KEY_SECONDS = 23 * 3600.0
"""LINE remembers a retry key for 24 h; after that the same call would be a new message."""

FIRST_PAUSE, LONGEST_PAUSE = 1.0, 300.0
REFUSED_PAUSE = 60.0
UNCONNECTED_PAUSE = 60.0
"""Seconds, at most: a call that finds no way to LINE asks nothing of it, and residents wait for the first that does."""


class Line(Protocol):
    async def reply(self, reply_token: str, messages: list[dict[str, object]]) -> Accepted: ...
    async def push(self, to: str, messages: list[dict[str, object]], retry_key: str) -> Accepted: ...


class Outbox(Protocol):
    """Where it is written down what became of a message; each call returns when that is durable."""

    async def outgoing_later(
        self, item: ClaimedOutgoing, delay_seconds: float, reason: str, fate_unknown: bool
    ) -> None: ...
    async def outgoing_push_instead(self, item: ClaimedOutgoing) -> ClaimedOutgoing: ...
    async def outgoing_dead(self, item: ClaimedOutgoing, reason: str) -> None: ...


@dataclass(frozen=True, slots=True)
class Step:
    """What to do with a message after LINE's answer."""

    do: Literal["sent", "already", "push", "plain", "later", "dead"]
    reason: str = ""
    pause: float = 0.0
    fate_unknown: bool = False


def before_sending(item: ClaimedOutgoing, now: float) -> Step | None:
    """What to do without calling LINE at all, or None to call. `now` is Unix time in seconds."""
    if item.way == "push":
        too_old = now - item.created_at_ms / 1000 > RETRY_KEY_SECONDS
        return Step("dead", "retry key expired") if too_old else None
    if not token_is_old(item, now):
        return None
    if not item.fate_unknown:
        return Step("push", "token too old")
    # A reply that may have been delivered must not come again by push: nobody reads an answer twice. With its token it
    # cannot, and LINE may still take that.
    return Step("dead", "reply fate unknown") if _token_age(item, now) > LAST_TOKEN_SECONDS else None


def after_failure(item: ClaimedOutgoing, error: ClientError, now: float) -> Step:
    """What LINE's refusal or silence means for this message.

    A refused token that we may have used ourselves means that the reply arrived; or, once it is old, that it is too
    late to find out.
    """
    if isinstance(error, InvalidReplyToken):
        if not item.fate_unknown:
            return Step("push", "token refused")
        return Step("dead", "reply fate unknown") if token_is_old(item, now) else Step("already")
    if error.permanent:
        # A part of a card is named by its place in the card ("/body/contents/0"), the receiver as "to".
        minds_a_message = bool(error.blamed) and not any(part.startswith(("to", "replyToken")) for part in error.blamed)
        return Step("plain" if minds_a_message else "dead", error.reason)
    never_left = error.status is None and not error.fate_unknown
    longest = UNCONNECTED_PAUSE if never_left else LONGEST_PAUSE
    pause = min(longest, FIRST_PAUSE * 2 ** max(0, item.attempts - 1))
    if error.status in (401, 403):
        pause = max(pause, REFUSED_PAUSE)
    return Step("later", error.reason, pause, item.fate_unknown or error.fate_unknown)


def token_is_old(item: ClaimedOutgoing, now: float) -> bool:
    return _token_age(item, now) > TOKEN_SECONDS


def _token_age(item: ClaimedOutgoing, now: float) -> float:
    return now - item.token_received_at_ms / 1000


async def deliver(
    item: ClaimedOutgoing, line: Line, outbox: Outbox, now: Callable[[], float]
) -> tuple[ClaimedOutgoing, Step]:
    """Sends one claimed message. Whatever LINE did not take is recorded when this returns.

    Returns the message as it is now held, and the last step. "sent" and "already" are left for the caller to record,
    who can do so for many messages at once.
    """
    step = before_sending(item, now())
    if step is None:
        step = await _send(item, line, now)
    if step.do == "push":
        item = await outbox.outgoing_push_instead(item)
        step = await _send(item, line, now)
    if step.do == "plain":
        step = await _send_as_text(item, line, now, step)
    ids = {"city": item.city, "outgoing": item.id, "reason": step.reason}
    if step.do == "later":
        log.warning("message waits for another try", extra=ids)
        await outbox.outgoing_later(item, step.pause, step.reason, step.fate_unknown)
    elif step.do == "dead":
        log.error("message given up", extra=ids)
        await outbox.outgoing_dead(item, step.reason)
    return item, step


async def _send_as_text(item: ClaimedOutgoing, line: Line, now: Callable[[], float], refused: Step) -> Step:
    """LINE minds something in a card that our own limits let through: its words are better than silence. Nothing was
    sent by the refused call, so token and retry key still serve."""
    texts = as_texts(item.messages)
    if texts == item.messages:
        return Step("dead", refused.reason)
    step = await _send(replace(item, messages=texts), line, now)
    return Step("dead", step.reason) if step.do == "plain" else step


def as_texts(messages: list[dict[str, object]]) -> list[dict[str, object]]:
    """What these messages say, without cards, pictures and buttons."""
    words = (str(message.get("text") or message.get("altText") or "").strip() for message in messages)
    return [{"type": "text", "text": text} for text in words if text] or messages


async def _send(item: ClaimedOutgoing, line: Line, now: Callable[[], float]) -> Step:
    try:
        if item.way == "reply":
            return Step(await line.reply(item.reply_token, item.messages))
        return Step(await line.push(item.resident, item.messages, item.retry_key))
    except ClientError as error:
        return after_failure(item, error, now())
