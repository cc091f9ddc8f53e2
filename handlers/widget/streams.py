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
LOOK_SECONDS = 7.5
"""At the latest. What changes a case is seen at once, or within 0.25 s when another process did it (`store.news`); this
is only the longest that a fault of that way could go unnoticed."""

AWAY_SECONDS = 2.0
"""While the database does not answer, it is asked again after so long."""

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


News = Callable[[str], tuple[str, list[Json]]]
"""Given the id of the last turn that is known: the id of the last one there is, and what was said unasked since."""

Wait = Callable[[int, float], int]
"""Waits until the city's cases have changed since this mark, at most so many seconds; the mark then."""


def events(news: News, wait: Wait, after: str, pace: Pace | None = None) -> Iterator[str]:
    """The lines of a stream: what staff and city say behind the turn `after`, as soon as it is said."""
    pace = pace or Pace()
    ends, spoke, mark = time.monotonic() + pace.life, time.monotonic(), -1
    yield "retry: 3000\n\n"
    while time.monotonic() < ends:
        try:
            mark = wait(mark, pace.look)
            after, messages = news(after)
        except StoreError:
            messages = []
            time.sleep(min(pace.look, AWAY_SECONDS))
        for message in messages:
            spoke = time.monotonic()
            yield f"id: {message['id']}\ndata: {json.dumps(message, ensure_ascii=False)}\n\n"
        if time.monotonic() - spoke >= pace.heartbeat:
            spoke = time.monotonic()
            yield ": .\n\n"
