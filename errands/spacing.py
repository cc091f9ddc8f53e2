"""Calls of one process, one after another, at the pace at which they are to arrive.

What a stalled loop has kept back does not go out in one moment. And the first calls after a rest open connections: they
arrive late, close upon the next ones; so these begin slowly.
"""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import Awaitable, Callable
from typing import Final

TOLERANCE: Final = 1.0
"""So many calls may catch up what the loop's timer was late."""

REST_SECONDS: Final = 10.0
"""After a longer one connections are closed (`clients.line.client.KEEP_ALIVE_SECONDS`)."""

WARMING_SECONDS: Final = 0.5
WARMING_SHARE: Final = 0.5

_LEAST: Final = 0.001
_Turn = tuple[bool, float, int]
"""(is it news, its moment, which came first): the least is next."""


class Spacing:
    """Lets at most `per_second` + `TOLERANCE` calls pass in any second, each at its moment or later."""

    def __init__(
        self,
        per_second: float,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._space = 1.0 / per_second
        self._clock = clock
        self._sleep = sleep
        self._next = self._warm_at = float("-inf")
        self._waiting: set[_Turn] = set()
        self._numbers = itertools.count()

    @property
    def slow(self) -> bool:
        """Whether a call would be one of the first after a rest."""
        now = self._clock()
        return now < self._warm_at or now - self._next > REST_SECONDS

    async def pass_at(self, moment: float, *, urgent: bool = False) -> None:
        """Comes back at `moment` (of the monotonic clock), or as soon after it as calls that came before allow.

        An urgent one goes before all others whose moment has come.
        """
        mine = (not urgent, moment, next(self._numbers))
        self._waiting.add(mine)
        try:
            while (left := self._left(mine)) > 0:
                await self._sleep(left)
        finally:
            self._waiting.discard(mine)
        now = self._clock()
        if now - self._next > REST_SECONDS:
            self._warm_at = now + WARMING_SECONDS
        self._next = max(self._next, now) + self._space_at(now)

    def _left(self, mine: _Turn) -> float:
        """Seconds to wait before looking again; 0 or less: it is this one's turn."""
        now = self._clock()
        if (early := mine[1] - now) > 0:
            return early
        before = sum(other < mine and other[1] <= now for other in self._waiting)
        left = self._next - now + (before - TOLERANCE) * self._space_at(now)
        return max(left, _LEAST) if before else left

    def _space_at(self, now: float) -> float:
        return self._space if now >= self._warm_at else self._space / WARMING_SHARE
