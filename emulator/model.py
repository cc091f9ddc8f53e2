"""What the platform remembers: channels, residents with their phones, messages in a talk, accepted deliveries."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import Any, Literal

Json = dict[str, Any]
Method = Literal["reply", "push", "multicast", "narrowcast", "broadcast"]
Side = Literal["resident", "city"]
State = Literal["sending", "delivered", "failed", "unsent"]


@dataclass(slots=True)
class Channel:
    """A Messaging API channel (a LINE Official Account) of one city.

    `quota` is the number of recipients a month may have; None is a plan without a limit.
    `redelivery` is the console's switch "Webhook redelivery", off by default as at LINE.
    `refused` are users of right shape whom this channel may not address (of another provider, say): a multicast with
    one of them is refused whole, and LINE names the place (True) or does not say what it minds (False).
    """

    city: str
    access_token: str
    channel_secret: str
    webhook_url: str | None
    bot_user_id: str
    name: str
    webhook_active: bool = True
    redelivery: bool = False
    quota: int | None = None
    chat_on: bool = False
    refused: dict[str, bool] = field(default_factory=dict)


@dataclass(slots=True)
class Resident:
    """A test phone: one LINE user who is, was or may become a friend of the city's account."""

    city: str
    user_id: str
    display_name: str
    language: str = "ja"
    picture_url: str | None = None
    following: bool = True
    group: bool = False


@dataclass(slots=True)
class PhoneMessage:
    """One message in a talk, as the phone shows it. `message` is LINE's message object, `at` seconds since the epoch.

    `read` is the small 既読 under what the resident wrote; `state` tells whether the city's server took it.
    """

    id: str
    sender: Side
    message: Json
    at: float
    read: bool = False
    state: State = "delivered"
    request_id: str = ""


@dataclass(slots=True)
class Talk:
    """The conversation on one phone (or in one group). `version` grows with every change a screen should show."""

    messages: deque[PhoneMessage]
    version: int = 1
    loading_until: float = 0.0


@dataclass(frozen=True, slots=True)
class Delivery:
    """A sending request that LINE accepted (2xx): the proof of "exactly once" in tests.

    `to` are the addressees asked for, `reached` those who were shown the messages (not blocked, known).
    `event_id` is the webhook event whose reply token was used.
    """

    request_id: str
    method: Method
    city: str
    to: tuple[str, ...]
    reached: tuple[str, ...]
    messages: tuple[Json, ...]
    at: float
    retry_key: str | None = None
    reply_token: str | None = None
    event_id: str | None = None
    sent: tuple[Json, ...] = ()


@dataclass(frozen=True, slots=True)
class WebhookEvent:
    """An event as it will be posted; `body` is LINE's JSON."""

    city: str
    chat_id: str
    event_id: str
    body: Json = field(hash=False)
    reply_token: str | None = None
    message_id: str | None = None


class ApiError(Exception):
    """An answer of the API other than 2xx, in LINE's words. `details` holds (message, property) pairs."""

    def __init__(
        self,
        status: int,
        message: str,
        details: tuple[tuple[str, str], ...] = (),
        headers: dict[str, str] | None = None,
        extra: Json | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.details = details
        self.headers = headers or {}
        self.extra = extra or {}

    def body(self) -> Json:
        """The JSON body; `details` is left out when there are none, as LINE does."""
        body: Json = {"message": self.message, **self.extra}
        if self.details:
            body["details"] = [{"message": message, "property": prop} for message, prop in self.details]
        return body
