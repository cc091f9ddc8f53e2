"""Carries messages to LINE: one thread with an event loop, any number of calls at once.

A call to LINE takes some 60 ms, nearly all of it waiting. A thread for each call costs more than the call itself: they
wake one another a hundred times an answer (`docs/decisions/engine.md`).
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from clients.line.delivery import Line, deliver
from store.errors import LeaseLost
from store.records import Accepted, ClaimedOutgoing

log = logging.getLogger(__name__)

Done = Callable[[], None]
Told = Callable[[str, str], None]


class Outbox(Protocol):
    """The store's marks: these wait for the database, `outgoing_sent_later` does not."""

    def outgoing_sent_later(
        self, item: ClaimedOutgoing, accepted: Accepted, tell: Callable[[object], None]
    ) -> None: ...
    def outgoing_later(self, item: ClaimedOutgoing, delay_seconds: float, reason: str, fate_unknown: bool) -> None: ...
    def outgoing_push_instead(self, item: ClaimedOutgoing) -> ClaimedOutgoing: ...
    def outgoing_dead(self, item: ClaimedOutgoing, reason: str) -> None: ...


class Courier:
    """Sends what it is given until `stop()`. `told(city, step)` hears how each message ended, for the metrics."""

    def __init__(
        self,
        lines: Mapping[str, Line],
        outbox: Outbox,
        now: Callable[[], float],
        told: Told = lambda _city, _step: None,
    ) -> None:
        self._lines = lines
        self._outbox = outbox
        self._marks = _Marks(outbox)
        self._now = now
        self._told = told
        self._given: deque[tuple[Sequence[ClaimedOutgoing], Done]] = deque()
        self._woken = False
        self._under_way: set[asyncio.Task[None]] = set()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="courier", daemon=True)
        self._thread.start()

    def carry(self, items: Sequence[ClaimedOutgoing], done: Done) -> None:
        """Sends these messages of one resident in their order. `done` is called once, on some thread, when the last is
        recorded (or its lease is left to end)."""
        self._given.append((items, done))
        if not self._woken:
            self._woken = True
            self._loop.call_soon_threadsafe(self._begin)

    def stop(self) -> None:
        """Ends the loop. Messages under way keep their lease and are taken up by whoever runs next."""
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_forever()
            self._loop.run_until_complete(self._close())
        finally:
            self._loop.close()

    async def _close(self) -> None:
        for task in self._under_way:
            task.cancel()
        await asyncio.gather(*self._under_way, return_exceptions=True)
        for line in self._lines.values():
            close: Any = getattr(line, "close", None)
            if close is not None:
                await close()
        await self._loop.shutdown_default_executor()

    def _begin(self) -> None:
        # First the flag, then the look: what is given in between wakes the loop once more, for nothing.
        self._woken = False
        while self._given:
            task = self._loop.create_task(self._carry(*self._given.popleft()))
            self._under_way.add(task)
            task.add_done_callback(self._under_way.discard)

    async def _carry(self, items: Sequence[ClaimedOutgoing], done: Done) -> None:
        *first, last = items
        try:
            for item in first:
                if not await self._sent(item, _nothing):
                    # Those behind it must not overtake it: their lease ends, and they are claimed in order.
                    done()
                    return
            if not await self._sent(last, done):
                done()
        except Exception:
            log.exception("not recorded; the lease will end and it is sent again")
            done()

    async def _sent(self, item: ClaimedOutgoing, recorded: Done) -> bool:
        """Whether LINE has it; `recorded` is then called when that is written down, and else not at all."""
        line = self._lines.get(item.city)
        if line is None:
            await self._marks.outgoing_dead(item, "no channel")
            return False
        item, step = await deliver(item, line, self._marks, self._now)
        self._told(item.city, step.do)
        if step.do != "sent" and step.do != "already":
            return False
        self._outbox.outgoing_sent_later(item, step.do, lambda result: _recorded(result, recorded))
        return True


def _nothing() -> None:
    return None


def _recorded(result: object, done: Done) -> None:
    if isinstance(result, LeaseLost):
        log.warning("somebody else took this message")
    elif isinstance(result, BaseException):
        log.error("a sent message was not recorded", exc_info=result)
    done()


class _Marks:
    """The rare marks, off the loop: they wait for the database."""

    def __init__(self, outbox: Outbox) -> None:
        self._outbox = outbox

    async def outgoing_later(
        self, item: ClaimedOutgoing, delay_seconds: float, reason: str, fate_unknown: bool
    ) -> None:
        await asyncio.to_thread(self._outbox.outgoing_later, item, delay_seconds, reason, fate_unknown)

    async def outgoing_push_instead(self, item: ClaimedOutgoing) -> ClaimedOutgoing:
        return await asyncio.to_thread(self._outbox.outgoing_push_instead, item)

    async def outgoing_dead(self, item: ClaimedOutgoing, reason: str) -> None:
        await asyncio.to_thread(self._outbox.outgoing_dead, item, reason)
