"""One channel of LINE, as the sender of notices sees it: its pace, its health, the calls under way."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from typing import Any, Protocol

from clients.errors import ClientError
from clients.line.client import Answer
from errands.spacing import REST_SECONDS, Spacing
from notify.notice_message import notice_messages
from notify.sending import URGENT, Health, Step, after_failure, before_calling
from store import Store
from store.errors import LeaseLost, StoreError
from store.rates import Grant, Wish
from store.records_notices import ClaimedChunk
from telemetry import NOTICE_CALLS

log = logging.getLogger(__name__)

BUCKET = "multicast"
UNIT = "customAggregationUnits"
WAITED_SECONDS = 300.0
"""A call that waited longer (quiet hours, a pause, LINE was down) asks again who still wishes to hear it."""

FEW = 8
"""Calls under way as long as they are made slowly, and until LINE has answered one of them."""

_KEPT_MESSAGES = 64


class Line(Protocol):
    async def open(self) -> None: ...
    async def multicast(
        self, to: Sequence[str], messages: Sequence[Mapping[str, Any]], retry_key: str, unit: str = ""
    ) -> Answer: ...


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast one channel may be used by all processes together, and how much of it this one begins at a time.

    LINE allows 200 multicasts a second. `per_second` and `burst` together stay below that, so that no second, wherever
    it begins, holds more, even when a call takes 50 ms longer than the next one. Tokens are taken up to `ahead` calls
    before their moment, so that a slow store costs no time. `reserve` of the tokens, and `places_for_alerts` of the
    calls under way, are never taken by news. `at_most`: how fast a process may catch up.
    """

    per_second: float = 187.0
    burst: int = 3
    ahead: int = 48
    at_most: float = 193.0
    reserve: int = 4
    batch: int = 48
    places: int = 144
    places_for_alerts: int = 32
    lease_seconds: float = 8.0
    wait_seconds: float = 0.04


USUAL_PACE = Pace()
InHand = Callable[..., Awaitable[Any]]


@dataclass(frozen=True, slots=True)
class _Told:
    """What the sender must know of a notice: its words in one language, until when they are worth saying."""

    messages: list[dict[str, Any]]
    expires_at: datetime | None
    issued_at: float
    unit: str


class Channel:
    """Makes the calls of one city. All of it runs on the loop; the store is asked by `in_hand`."""

    def __init__(
        self,
        city: str,
        line: Line,
        store: Store,
        in_hand: InHand,
        name_of: Callable[[str, str], str],
        link_of: Callable[[str, int], str],
        worker: str,
        pace: Pace,
        clock: Callable[[], float],
    ) -> None:
        self._city = city
        self._line = line
        self._store = store
        self._in_hand = in_hand
        self._name_of = name_of
        self._link_of = link_of
        self._worker = worker
        self._pace = pace
        self._clock = clock
        self._health = Health()
        self._answered_at = float("-inf")
        self._spacing = Spacing(pace.at_most)
        self._told: dict[tuple[int, str], _Told] = {}
        self._under_way: set[asyncio.Task[None]] = set()
        self._running: asyncio.Task[None] | None = None
        self._priority = URGENT + 1
        self._ending = False

    def go_on(self, priority: int) -> None:
        """Something is due here; `priority` is that of the most urgent call."""
        self._priority = priority
        if not self._ending and (self._running is None or self._running.done()):
            self._running = asyncio.create_task(self._run())

    async def finish(self) -> None:
        """Let what is under way end; begin nothing."""
        self._ending = True
        if self._running is not None:
            await asyncio.gather(self._running, return_exceptions=True)
        await asyncio.gather(*self._under_way, return_exceptions=True)

    async def _run(self) -> None:
        """Until nothing is due, the channel rests, or all places are taken."""
        try:
            await self._line.open()
            while not self._ending:
                if not await self._begin_some():
                    return
        except StoreError:
            log.exception("the store does not answer; going on later", extra={"city": self._city})

    async def _begin_some(self) -> bool:
        """Claims a few calls and begins them. Few, so that an alert, a pause or a stop is seen at the next claim."""
        urgent = self._priority <= URGENT
        wanted = self._free_places(urgent=urgent)
        if self._clock() < self._health.rests_until:
            return False
        if not wanted:
            await self._one_ends()
            return True
        pace, keep = self._pace, 0 if urgent else self._pace.reserve
        rate = Wish(self._city, BUCKET, wanted, pace.per_second, pace.burst, keep, self._milliseconds, pace.ahead)
        most = 1_000 if self._free_places(urgent=False) else URGENT
        claimed, granted = await self._claim(rate, most)
        if not granted.count:
            await asyncio.sleep(pace.wait_seconds)
            return True
        behind = time.monotonic() - self._clock()
        for number, chunk in enumerate(claimed):
            task = asyncio.create_task(self._carry(chunk, granted.moment(number) + behind))
            self._under_way.add(task)
            task.add_done_callback(self._under_way.discard)
        return len(claimed) == granted.count

    async def _claim(self, rate: Wish, most: int) -> tuple[list[ClaimedChunk], Grant]:
        lease = self._pace.lease_seconds
        claimed: tuple[list[ClaimedChunk], Grant] = await self._in_hand(
            self._store.claim_at_rate, self._worker, lease, rate, most
        )
        return claimed

    def _free_places(self, *, urgent: bool) -> int:
        if self._health.down:
            return 0 if self._under_way else 1
        places = self._pace.places + (self._pace.places_for_alerts if urgent else 0)
        if self._spacing.slow or self._clock() - self._answered_at > REST_SECONDS:
            # What is taken now goes out late: it would be made up for upon what other processes take then.
            places = FEW
        return max(0, min(self._pace.batch, places - len(self._under_way)))

    def _milliseconds(self) -> int:
        return round(self._clock() * 1000)

    async def _one_ends(self) -> None:
        await asyncio.wait(self._under_way, timeout=1.0, return_when=asyncio.FIRST_COMPLETED)

    # ── One call ─────────────────────────────────────────────────────────────────────────────────────────────────────

    async def _carry(self, chunk: ClaimedChunk, moment: float) -> None:
        """`moment`: not before this (of the monotonic clock) may LINE be called."""
        try:
            await self._sent(chunk, moment)
        except LeaseLost:
            log.warning("somebody else has this call", extra=_ids(chunk))
        except StoreError:
            log.exception("not recorded; the lease will end and the same call is made again", extra=_ids(chunk))
        except Exception:
            log.exception("sender fault", extra=_ids(chunk))

    async def _sent(self, chunk: ClaimedChunk, moment: float) -> None:
        told = await self._words(chunk)
        if told is None:
            await self._in_hand(self._store.chunk_dead, chunk, "no notice")
            return
        step = before_calling(chunk, datetime.fromtimestamp(self._clock(), UTC), told.expires_at)
        if step.do == "call" and self._waited(chunk, told):
            chunk = await self._in_hand(self._store.still_wanted, chunk)
            step = step if chunk.recipients else Step("sent", "nobody is left")
        if step.do == "call":
            step = await self._call(chunk, told, moment)
        NOTICE_CALLS.labels(self._city, step.do).inc()
        if step.do == "sent":
            await self._in_hand(self._store.chunk_sent, chunk, step.request_id, step.reason)
        elif step.do == "dead":
            log.error("a call of a notice was given up", extra={**_ids(chunk), "reason": step.reason})
            await self._in_hand(self._store.chunk_dead, chunk, step.reason)
        elif step.do == "split":
            log.warning("a call of a notice is divided: LINE refuses somebody in it", extra=_ids(chunk))
            await self._in_hand(self._store.split_chunk, chunk, step.reason, step.named, step.sure)
        else:
            await self._in_hand(self._store.chunk_later, chunk, step.pause, step.reason, step.fate_unknown)

    def _waited(self, chunk: ClaimedChunk, told: _Told) -> bool:
        """Whether wishes may have changed since it was planned. What may have been accepted must stay as it was."""
        return not chunk.fate_unknown and self._clock() - told.issued_at > WAITED_SECONDS

    async def _call(self, chunk: ClaimedChunk, told: _Told, moment: float) -> Step:
        await self._spacing.pass_at(moment, urgent=chunk.priority <= URGENT)
        rests = self._health.rests_until - self._clock()
        if rests > 0 and not self._health.down:
            return Step("later", "the channel rests", rests, chunk.fate_unknown)
        try:
            answer = await self._multicast(chunk, told)
        except ClientError as error:
            self._note(error)
            if error.status == 429:
                await self._in_hand(self._store.drain_tokens, self._city, BUCKET)
            return after_failure(chunk, error)
        self._note(None)
        # Why it counts as sent although this call sent nothing is kept, for whoever looks into an outage later.
        return Step("sent", "already" if answer.accepted == "already" else "", request_id=answer.request_id)

    async def _multicast(self, chunk: ClaimedChunk, told: _Told) -> Answer:
        try:
            return await self._line.multicast(chunk.recipients, told.messages, chunk.retry_key, told.unit)
        except ClientError as error:
            if error.status != 400 or not told.unit or not _only_of_the_unit(error.blamed):
                raise
        # Counting is worth less than being heard. What was refused was not accepted: the key may be used.
        log.warning("LINE does not count this notice", extra=_ids(chunk))
        self._told[chunk.notice_id, chunk.language] = replace(told, unit="")
        return await self._line.multicast(chunk.recipients, told.messages, chunk.retry_key)

    def _note(self, error: ClientError | None) -> None:
        self._answered_at = self._clock()
        before, self._health = self._health, self._health.after(error, self._clock())
        if self._health.down and not before.down:
            log.error("the channel does not answer; it is probed", extra={"city": self._city})
        elif before.down and not self._health.down:
            log.info("the channel answers again", extra={"city": self._city})

    async def _words(self, chunk: ClaimedChunk) -> _Told | None:
        """The words of a notice that goes out cannot be changed, so they are worked out once."""
        key = (chunk.notice_id, chunk.language)
        if key not in self._told:
            notice = await self._in_hand(self._store.notice, self._city, chunk.notice_id)
            if notice is None:
                return None
            link = self._link_of(self._city, notice.id) if notice.link else ""
            messages = notice_messages(notice, chunk.language, partial(self._name_of, self._city), link)
            while len(self._told) >= _KEPT_MESSAGES:
                del self._told[next(iter(self._told))]
            issued_at = notice.issued_at.timestamp() if notice.issued_at else 0.0
            unit = await self._in_hand(self._store.unit_of, notice)
            self._told[key] = _Told(messages, notice.expires_at, issued_at, unit)
        return self._told[key]


def _ids(chunk: ClaimedChunk) -> dict[str, object]:
    return {"city": chunk.city, "notice": chunk.notice_id, "part": chunk.part}


def _only_of_the_unit(blamed: Sequence[str]) -> bool:
    """Whether LINE minds nothing but the name under which it was to count."""
    return bool(blamed) and all(part.startswith(UNIT) for part in blamed)
