"""Keeps a flood out: each key may do `burst` things at once and `per_second` from then on. In memory, of fixed size.

Every process counts for itself: this protects the machine, it is no bookkeeping.
"""

from __future__ import annotations

import math
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from ipaddress import IPv6Address, ip_address


class Buckets:
    """Token buckets by key. Of more than `size` keys the longest unused are forgotten (and thereby full again)."""

    def __init__(
        self, burst: float, per_second: float, size: int = 20_000, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._burst = burst
        self._per_second = per_second
        self._size = size
        self._clock = clock
        self._lock = threading.Lock()
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, key: str) -> int:
        """0 when there was a token to take; else the whole seconds until there will be one."""
        now = self._clock()
        with self._lock:
            tokens, since = self._buckets.pop(key, (self._burst, now))
            tokens = min(self._burst, tokens + max(0.0, now - since) * self._per_second)
            allowed = tokens >= 1.0
            self._buckets[key] = (tokens - 1.0 if allowed else tokens, now)
            while len(self._buckets) > self._size:
                self._buckets.popitem(last=False)
        return 0 if allowed else max(1, math.ceil((1.0 - tokens) / self._per_second))

    def __len__(self) -> int:
        return len(self._buckets)


def neighbourhood(address: str) -> str:
    """The key of a client address: IPv4 whole, IPv6 by its /64, which one household can change at will within."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return "unknown"
    return f"{int(parsed) >> 64:x}" if isinstance(parsed, IPv6Address) and parsed.ipv4_mapped is None else str(parsed)
