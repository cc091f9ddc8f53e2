"""Carries notices to many: plans those whose time has come, and makes their calls to LINE.

A thread with an event loop makes the calls of all cities; two threads plan, one of them alerts only, so that an alert
never waits while news for a million residents are worked out. Any number of processes may run this at once: calls are
claimed with leases, and the rate of a channel is shared through the store.
"""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any, Protocol

from clients.line.client import Answer
from errands.channel import USUAL_PACE, Channel, Pace
from notify.sending import URGENT
from store import Store
from store.errors import StoreError

log = logging.getLogger(__name__)

LOOK_SECONDS = 0.25
"""How soon a new alert is seen: by its planner, and by the sender."""

SWEEP_SECONDS = 5.0
FORGET_PAUSE = 0.05
STOP_SECONDS = 8.0
_HANDS = 16
"""Threads that wait for the database while the loop goes on calling."""


class Line(Protocol):
    async def open(self) -> None: ...
    async def multicast(
        self, to: Sequence[str], messages: Sequence[Mapping[str, Any]], retry_key: str, unit: str = ""
    ) -> Answer: ...
    async def close(self) -> None: ...


class Broadcast:
    """Plans and sends until `stop()`. `lines`: the channels by city, for this loop alone; `name_of`: a city's
    name for readers of a language.

    `mail_to`: a city's addresses to which notices go by mail (`errands.notice_mails` sends these).
    `link_of`: the address that counts who opens the link of a notice and leads on; "" for the link itself.
    """

    def __init__(
        self,
        store: Store,
        lines: Mapping[str, Line],
        name_of: Callable[[str, str], str],
        worker: str,
        *,
        pace: Pace = USUAL_PACE,
        link_of: Callable[[str, int], str] = lambda _city, _number: "",
        mail_to: Callable[[str], Sequence[str]] = lambda _city: (),
        clock: Callable[[], float] = time.time,
        look_seconds: float = LOOK_SECONDS,
    ) -> None:
        self._store = store
        self._lines = lines
        self._clock = clock
        self._look = look_seconds
        self._mail_to = mail_to
        self._hands = ThreadPoolExecutor(_HANDS, thread_name_prefix="broadcast-store")
        self._channels = {
            city: Channel(city, line, store, self._in_hand, name_of, link_of, worker, pace, clock)
            for city, line in lines.items()
        }
        self._stopping = threading.Event()
        self._threads = [
            threading.Thread(target=self._plan, args=(0, URGENT), name="plan-alerts", daemon=True),
            threading.Thread(target=self._plan, args=(URGENT + 1, 1_000), name="plan-news", daemon=True),
            threading.Thread(target=self._send, name="broadcast", daemon=True),
        ]

    def start(self) -> Broadcast:
        for thread in self._threads:
            thread.start()
        return self

    def stop(self) -> None:
        """Begins nothing new and waits for the calls under way; what is still open is taken up by whoever runs next."""
        self._stopping.set()
        deadline = time.monotonic() + STOP_SECONDS
        for thread in self._threads:
            if thread.is_alive():
                thread.join(max(0.0, deadline - time.monotonic()))

    # ── Planning ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def _plan(self, least: int, most: int) -> None:
        swept = 0.0
        while not self._stopping.wait(self._look):
            try:
                now = datetime.fromtimestamp(self._clock(), UTC)
                self._store.plan_due_notices(now, least, most, self._mail_to)
                if least and time.monotonic() - swept > SWEEP_SECONDS:
                    swept = time.monotonic()
                    self._sweep()
            except StoreError:
                log.exception("the store does not answer; planning again")
                self._stopping.wait(1.0)
            except Exception:
                log.exception("planner fault")
                self._stopping.wait(1.0)

    def _sweep(self) -> None:
        self._store.sweep_chunks()
        while not self._stopping.wait(FORGET_PAUSE) and self._store.forget_recipients():
            pass

    # ── Sending ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def _send(self) -> None:
        try:
            asyncio.run(self._send_all())
        finally:
            self._hands.shutdown(wait=False)

    async def _send_all(self) -> None:
        try:
            while not self._stopping.is_set():
                await self._look_once()
                await asyncio.sleep(self._look)
            await asyncio.gather(*(channel.finish() for channel in self._channels.values()))
        finally:
            for line in self._lines.values():
                await line.close()

    async def _look_once(self) -> None:
        try:
            due = await self._in_hand(self._store.due_channels)
        except StoreError:
            log.exception("the store does not answer; looking again")
            return
        for one in due:
            if one.city in self._channels:
                self._channels[one.city].go_on(one.priority)

    async def _in_hand(self, work: Callable[..., Any], *given: Any) -> Any:
        """Let the store be waited for by a thread, not by the loop."""
        return await asyncio.get_running_loop().run_in_executor(self._hands, work, *given)
