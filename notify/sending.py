"""What LINE's answer to a call of a notice means: for the call, and for the channel.

Pure. Whenever a call may have been accepted it is made again with the same key; LINE then answers 409: success.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal, Protocol

from notify.notice_life import RETRY_KEY_LIFE, quiet_until

URGENT: Final = 1
"""Priorities up to this one (alerts, drills) overtake: they may use the tokens and places that are kept for them."""

FIRST_PAUSE, LONGEST_PAUSE, REFUSED_PAUSE = 1.0, 60.0, 60.0
LONGEST_URGENT_PAUSE = 10.0
"""Of an alert: when LINE is back it goes out at once."""

FAILURES = 5
"""After so many calls in a row without success the channel is thought down: it is probed, one call at a time."""

PROBE_PAUSES = (1.0, 2.0, 4.0, 8.0, 15.0)

SLOWER_PAUSES = (0.25, 0.5, 1.0, 2.0, 4.0)
"""After a 429 that names no time: calls came closer together on their way than they were made. More when it recurs."""

RESIDENT_REFUSED: Final = "resident refused"
"""Why a call to a single resident was given up whom LINE does not take: a wrong id, or one of another account."""

_A_RESIDENT = re.compile(r"/?to(?:\[|/)(\d{1,4})\]?")
_ALL_RESIDENTS = re.compile(r"/?to\b")


class Call(Protocol):
    """What the rules look at of a `store.records_notices.ClaimedChunk`."""

    @property
    def part(self) -> int: ...
    @property
    def priority(self) -> int: ...
    @property
    def attempts(self) -> int: ...
    @property
    def fate_unknown(self) -> bool: ...
    @property
    def first_at(self) -> datetime: ...
    @property
    def quiet(self) -> tuple[int, int]: ...
    @property
    def recipients(self) -> tuple[str, ...]: ...


class Failure(Protocol):
    """What the rules look at of a `clients.errors.ClientError`."""

    @property
    def reason(self) -> str: ...
    @property
    def permanent(self) -> bool: ...
    @property
    def fate_unknown(self) -> bool: ...
    @property
    def status(self) -> int | None: ...
    @property
    def retry_after(self) -> float: ...
    @property
    def blamed(self) -> tuple[str, ...]: ...


@dataclass(frozen=True, slots=True)
class Step:
    """What to do with a call. `pause` is in seconds.

    "split": one of its residents is refused, the others shall not suffer. `named` are the places of those whom LINE
    names; with none and not `sure`, LINE does not say what it minds: it may be the message, which nobody would get.
    """

    do: Literal["call", "sent", "later", "dead", "split"]
    reason: str = ""
    pause: float = 0.0
    fate_unknown: bool = False
    request_id: str = ""
    named: tuple[int, ...] = ()
    sure: bool = False


CALL: Final = Step("call")


def before_calling(call: Call, now: datetime, expires_at: datetime | None) -> Step:
    """Whether to call at all: not with a key that LINE may have forgotten, not at night, not when it is over."""
    if call.fate_unknown:
        # Whether these residents have it is asked at any hour; no new message comes of it that was not sent before.
        return Step("dead", "retry key expired") if now - call.first_at > RETRY_KEY_LIFE else CALL
    if expires_at is not None and expires_at <= now:
        return Step("dead", "expired")
    until = quiet_until(now, *call.quiet)
    if until is not None:
        return Step("later", "quiet hours", (until - now).total_seconds())
    return CALL


def after_failure(call: Call, error: Failure) -> Step:
    """What LINE's refusal or silence means for this call."""
    if error.permanent:
        return _after_refusal(call, error)
    longest = LONGEST_URGENT_PAUSE if call.priority <= URGENT else LONGEST_PAUSE
    pause = min(longest, FIRST_PAUSE * 2 ** min(10, max(0, call.attempts - 1)))
    if error.status == 429:
        # It was not looked at: the channel rests, and so need not this call.
        pause = max(error.retry_after, FIRST_PAUSE)
    elif error.status in (401, 403):
        # A wrong secret is mended by an operator, not by dropping notices.
        pause = max(pause, REFUSED_PAUSE)
    spread = 1 + call.part % 10 / 20  # what failed together does not come back in one moment
    return Step("later", error.reason, pause * spread, call.fate_unknown or error.fate_unknown)


def _after_refusal(call: Call, error: Failure) -> Step:
    """LINE takes a call whole or not at all: whom or what does it mind?

    A refusal for the body holds for every call that was made with this key, since the body was the same: none of them
    was accepted, so the residents may be called anew with other keys.
    """
    if error.status != 400:
        return Step("dead", error.reason)
    places = [found for name in error.blamed if (found := _A_RESIDENT.fullmatch(name))]
    if not places and any(not _ALL_RESIDENTS.match(name) for name in error.blamed):
        return Step("dead", error.reason)
    if len(call.recipients) == 1:
        return Step("dead", RESIDENT_REFUSED if places else error.reason)
    named = sorted({int(place[1]) for place in places} & set(range(len(call.recipients))))
    return Step("split", error.reason, named=tuple(named), sure=bool(places))


@dataclass(frozen=True, slots=True)
class Health:
    """How a channel is: calls without success in a row, and until when (seconds of the clock given) it rests.

    `slowed`: how many rests in a row a 429 asked for.
    """

    failures: int = 0
    rests_until: float = 0.0
    slowed: int = 0

    @property
    def down(self) -> bool:
        return self.failures >= FAILURES

    def after(self, error: Failure | None, now: float) -> Health:
        """After one more answer. A call that is refused for itself says that the channel works."""
        if error is None or (error.permanent and error.status not in (401, 403)):
            # An answer to a call that was made before a 429 does not end the rest it asks for.
            return self if self.slowed and now < self.rests_until else Health()
        if error.status == 429:
            return self._slower(error.retry_after, now)
        failures = self.failures + 1
        if error.status in (401, 403):
            return Health(max(failures, FAILURES), now + PROBE_PAUSES[-1])
        if failures < FAILURES:
            return Health(failures, self.rests_until)
        return Health(failures, now + PROBE_PAUSES[min(failures - FAILURES, len(PROBE_PAUSES) - 1)])

    def _slower(self, retry_after: float, now: float) -> Health:
        """Calls that were under way together are refused together: that is one rest, not many."""
        if self.slowed and now < self.rests_until:
            return Health(0, max(self.rests_until, now + retry_after), self.slowed)
        pause = SLOWER_PAUSES[min(self.slowed, len(SLOWER_PAUSES) - 1)]
        return Health(0, now + max(retry_after, pause), self.slowed + 1)
