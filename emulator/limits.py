"""How often and how much: rate limits per channel and endpoint, and the monthly quota."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from datetime import datetime, timedelta, timezone

JST = timezone(timedelta(hours=9), "JST")
HOUR = 3600.0
DEFAULT_RATE = (2000.0, 1.0)

# Requests per seconds, as the Messaging API reference states them (section "Rate limits").
RATES: dict[str, tuple[float, float]] = {
    "multicast": (200, 1.0),
    "narrowcast": (60, HOUR),
    "broadcast": (60, HOUR),
    "webhook_test": (60, HOUR),
    "insight_aggregation": (60, HOUR),
    "webhook_get": (1000, 60.0),
    "webhook_set": (1000, 60.0),
    "loading": (100, 1.0),
    "richmenu_create": (100, HOUR),
    "richmenu_delete": (100, HOUR),
    "richmenu_alias_delete": (100, HOUR),
    "richmenu_list": (10, 1.0),
    "richmenu_batch": (3, HOUR),
    "richmenu_batch_progress": (100, HOUR),
}


class RateLimits:
    """What each channel asked of each endpoint lately: no period, wherever it begins, may hold more than is allowed.

    LINE does not say how it counts ("200 requests per second"); this is the strictest reading of it.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self.enabled = True
        self._clock = clock
        self._rates = dict(RATES)
        self._taken: dict[tuple[str, str], deque[float]] = {}
        self._lock = threading.Lock()

    def set_rate(self, endpoint: str, requests: float, seconds: float = 1.0) -> None:
        """Allow `requests` in `seconds` from now on; what was used of the old rate is forgotten."""
        with self._lock:
            self._rates[endpoint] = (requests, seconds)
            self._taken = {key: taken for key, taken in self._taken.items() if key[1] != endpoint}

    def take(self, city: str, endpoint: str) -> bool:
        """Use one request of the allowance; False when there is none left. Who is refused has used nothing."""
        if not self.enabled:
            return True
        with self._lock:
            requests, period = self._rates.get(endpoint, DEFAULT_RATE)
            now, taken = self._clock(), self._taken.setdefault((city, endpoint), deque())
            while taken and taken[0] <= now - period:
                taken.popleft()
            if len(taken) >= requests:
                return False
            taken.append(now)
            return True


def day(at: float) -> str:
    """The day in Japan, `yyyyMMdd`, as the delivery-count endpoints take it."""
    return datetime.fromtimestamp(at, JST).strftime("%Y%m%d")


class Usage:
    """Recipients counted against the month's quota, and requests' messages counted by day. Not locked by itself."""

    def __init__(self) -> None:
        self._months: dict[tuple[str, str], int] = {}
        self._days: dict[tuple[str, str, str], int] = {}

    def month(self, city: str, at: float) -> int:
        """Recipients so far in the calendar month (in Japan) of this moment."""
        return self._months.get((city, day(at)[:6]), 0)

    def on_day(self, city: str, method: str, yyyymmdd: str) -> int:
        """Messages sent by this method on this day."""
        return self._days.get((city, method, yyyymmdd), 0)

    def count(self, city: str, method: str, recipients: int, at: float) -> None:
        """Count a sending; replies do not use the quota."""
        key = (city, method, day(at))
        self._days[key] = self._days.get(key, 0) + recipients
        if method != "reply":
            month = (city, day(at)[:6])
            self._months[month] = self._months.get(month, 0) + recipients
