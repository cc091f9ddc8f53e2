"""The line above the chat: what the city has to tell everybody now; one look at the database serves many visitors."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from handlers.notice_words import title_of
from store import Store
from store.errors import StoreError
from store.records_notices import NoticeView

SHOWN: Final = 2
KEPT_SECONDS: Final = 10.0
"""So long one look serves everybody. A database that does not answer leaves the last lines in place."""


class Banner:
    """One for a process; safe for its threads."""

    def __init__(
        self, store: Store, clock: Callable[[], datetime], timer: Callable[[], float] = time.monotonic
    ) -> None:
        self._store = store
        self._clock = clock
        self._timer = timer
        self._lock = threading.Lock()
        self._kept: dict[str, tuple[float, list[dict[str, Any]]]] = {}

    def lines(self, city: str) -> list[dict[str, Any]]:
        """Disasters first, then the newest: `{"text", "url", "urgent"}`; `url` leads to a page of ours."""
        now = self._timer()
        with self._lock:
            kept_at, lines = self._kept.get(city, (-KEPT_SECONDS, []))
            if now - kept_at < KEPT_SECONDS:
                return lines
            # One asks; the others go on with what was there, however long the database takes.
            self._kept[city] = (now, lines)
        try:
            found = self._store.public_notices(city, self._clock(), channel="widget")
        except StoreError:
            return lines
        found.sort(key=lambda notice: notice.kind != "disaster")
        lines = [_line(notice) for notice in found[:SHOWN]]
        self._kept[city] = (now, lines)
        return lines


def _line(notice: NoticeView) -> dict[str, Any]:
    page = f"/notices/{notice.city}/{notice.id}" if "page" in notice.channels else ""
    return {"text": title_of(notice), "url": page, "urgent": notice.kind == "disaster"}
