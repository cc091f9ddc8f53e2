"""Reply tokens (single use, one minute) and retry keys (remembered a day). Both are bounded and forget by the clock.

Neither class locks: the platform calls them under its own lock.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from emulator.model import Json

REPLY_SECONDS = 60.0
REPLY_CAP_SECONDS = 20 * 60.0
RETRY_KEY_SECONDS = 24 * 60 * 60.0

_UUID = re.compile(r"[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}")


def is_uuid(text: str) -> bool:
    """Whether a retry key has the form LINE wants: a UUID in hyphenated hexadecimal."""
    return _UUID.fullmatch(text) is not None


@dataclass(slots=True)
class ReplyToken:
    """Whom a reply reaches and until when (seconds since the epoch)."""

    city: str
    chat_id: str
    event_id: str
    event_at: float
    expires: float


class ReplyTokens:
    """Tokens that may still be used. A used, expired or unknown token is the same to LINE: invalid."""

    def __init__(self, clock: Callable[[], float], capacity: int = 200_000) -> None:
        self._clock = clock
        self._capacity = capacity
        self._tokens: dict[str, ReplyToken] = {}

    def __len__(self) -> int:
        return len(self._tokens)

    def issue(self, token: str, city: str, chat_id: str, event_id: str) -> None:
        """Remember a token of an event that happens now."""
        now = self._clock()
        self._tokens[token] = ReplyToken(city, chat_id, event_id, now, now + REPLY_SECONDS)
        self._forget(now)

    def delivered(self, tokens: Iterable[str | None]) -> None:
        """A webhook with these tokens leaves now: one minute from here, never beyond 20 minutes after the event."""
        now = self._clock()
        for token in tokens:
            entry = self._tokens.get(token or "")
            if entry:
                entry.expires = min(now + REPLY_SECONDS, entry.event_at + REPLY_CAP_SECONDS)

    def find(self, token: str, city: str) -> ReplyToken | None:
        """The token if this channel may use it now."""
        entry = self._tokens.get(token)
        if entry is None or entry.city != city or entry.expires < self._clock():
            return None
        return entry

    def spend(self, token: str) -> None:
        """A reply was accepted: the token is dead."""
        del self._tokens[token]

    def _forget(self, now: float) -> None:
        """Drop from the oldest on: beyond the capacity, or so old that no redelivery can revive it."""
        while self._tokens:
            oldest = next(iter(self._tokens))
            if len(self._tokens) <= self._capacity and self._tokens[oldest].event_at + REPLY_CAP_SECONDS >= now:
                return
            del self._tokens[oldest]


@dataclass(frozen=True, slots=True)
class Accepted:
    """What was answered when a retry key was seen first."""

    request_id: str
    at: float
    sent: tuple[Json, ...]


class RetryKeys:
    """Keys of accepted requests, per channel, for 24 hours."""

    def __init__(self, clock: Callable[[], float], capacity: int = 200_000) -> None:
        self._clock = clock
        self._capacity = capacity
        self._keys: dict[tuple[str, str], Accepted] = {}

    def __len__(self) -> int:
        return len(self._keys)

    def accepted(self, city: str, key: str) -> Accepted | None:
        """The accepted request with this key, if it is remembered still."""
        entry = self._keys.get((city, key.lower()))
        return entry if entry and entry.at + RETRY_KEY_SECONDS > self._clock() else None

    def remember(self, city: str, key: str, request_id: str, sent: tuple[Json, ...]) -> None:
        """A request with this key was accepted now."""
        now = self._clock()
        self._keys.pop((city, key.lower()), None)
        self._keys[city, key.lower()] = Accepted(request_id, now, sent)
        while self._keys:
            oldest = next(iter(self._keys))
            if len(self._keys) <= self._capacity and self._keys[oldest].at + RETRY_KEY_SECONDS > now:
                return
            del self._keys[oldest]
