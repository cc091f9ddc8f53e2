"""Server-sent events: what staff write arrives in an open chat by itself.

An open stream holds a thread of the server, so there are at most `limit` of them in a process; whoever comes then is
asked to come again, and the chat looks by itself now and then instead.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from store.errors import StoreError

Json = dict[str, Any]
LOOK_SECONDS = 2.0
HEARTBEAT_SECONDS = 15.0
"""A line is written at least so often: proxies keep the connection, and we notice when nobody listens any more."""

LIFE_SECONDS = 600.0
"""Then the stream ends and the browser opens a new one, so that no thread belongs to anybody for ever."""


class Places:
    """How many streams may be open. `take` gives a function that gives the place back, or None when all are taken."""

    def __init__(self, limit: int) -> None:
        self._free = limit
        self._lock = threading.Lock()

    def take(self) -> Callable[[], None] | None:
        with self._lock:
            if self._free < 1:
                return None
            self._free -= 1
        given_back = threading.Event()

        def give_back() -> None:
            with self._lock:
                if not given_back.is_set():
                    given_back.set()
                    self._free += 1

        return give_back


@dataclass(frozen=True, slots=True)
class Pace:
    """How often a stream looks, shows that it lives, and when it ends. Seconds."""

    look: float = LOOK_SECONDS
    heartbeat: float = HEARTBEAT_SECONDS
    life: float = LIFE_SECONDS


def events(news: Callable[[str], list[Json]], after: str, pace: Pace | None = None) -> Iterator[str]:
    """The lines of a stream. `news(id)` tells the messages after the one of this id; only those of staff are sent."""
    pace = pace or Pace()
    waiting = threading.Event()
    ends = time.monotonic() + pace.life
    spoke = time.monotonic()
    yield "retry: 5000\n\n"
    while time.monotonic() < ends:
        for message in _look(news, after):
            after = message["id"]
            if message["from"] == "staff":
                spoke = time.monotonic()
                yield f"id: {after}\ndata: {json.dumps(message, ensure_ascii=False)}\n\n"
        if time.monotonic() - spoke >= pace.heartbeat:
            spoke = time.monotonic()
            yield ": .\n\n"
        waiting.wait(pace.look)


def _look(news: Callable[[str], list[Json]], after: str) -> list[Json]:
    """A store that does not answer now is asked again at the next look."""
    try:
        return news(after)
    except StoreError:
        return []
