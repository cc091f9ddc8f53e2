"""The replies given last, by message: what a browser asks for again after a network cut."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import Any

Json = dict[str, Any]


class RecentReplies:
    """At most `size` replies; the oldest go first. Safe for threads."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._lock = threading.Lock()
        self._replies: OrderedDict[str, Json] = OrderedDict()

    def get(self, key: str) -> Json | None:
        with self._lock:
            return self._replies.get(key)

    def put(self, key: str, reply: Json) -> None:
        with self._lock:
            self._replies[key] = reply
            while len(self._replies) > self._size:
                self._replies.popitem(last=False)

    def forget(self, session: str) -> None:
        """Drops the replies of this session: the resident asked us to forget."""
        with self._lock:
            for key in [key for key, reply in self._replies.items() if reply["session"] == session]:
                del self._replies[key]
