"""Asks the 気象庁's feeds each minute, and tells staff when they fall silent and when they are back.

Any number of processes may run this: a minute is one process's (a slot of the store), a telegram is kept once.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Final, NamedTuple, Protocol

from clients.errors import ClientError
from clients.jma import FeedAnswer
from faq.city import City
from faq.disaster import Disaster
from notify.dangers import wanted
from notify.staff_alarms import Alarm
from notify.telegrams.atom import FeedEntry, read_feed
from notify.telegrams.records import TelegramError
from store import Store
from store.records_feeds import FeedView, FoundTelegram
from telemetry import FEEDS

log = logging.getLogger(__name__)

NAMES: Final = ("extra", "eqvol")
"""Warnings, rivers and bulletins; earthquakes, tsunami and volcanoes. `regular` and `other` have nothing we tell of."""

POLL_AT_SECOND: Final = 20
"""The feeds are renewed at each full minute; a moment later is when the 気象庁 suggests to ask."""

JOB: Final = "jma-feeds"
SLOT_LEASE_SECONDS: Final = 55.0
SHORT_FEED_HOLDS: Final = timedelta(minutes=8)
"""The short feed holds at least the last 10 minutes; after a longer silence the long one is read, too."""

LOOK_BACK: Final = timedelta(hours=24)
"""Of the long feed no older telegrams are fetched: what is in force is repeated within a day."""

KEPT_FOR: Final = timedelta(days=14)
"""Longer than the long feed reaches back, so that nothing is fetched twice."""


class Jma(Protocol):
    def feed(self, name: str, etag: str = "", modified: str = "") -> FeedAnswer: ...
    def telegram(self, url: str) -> bytes: ...
    def ours(self, url: str) -> bool: ...


class Town(NamedTuple):
    """A city that tells its residents of telegrams."""

    city: City
    disaster: Disaster


Towns = Callable[[], Mapping[str, Town]]
Raise = Callable[[Alarm, City, Disaster], int]
"""Plans what staff are told (`errands.telling.Telling.alarm`)."""


class Feeds:
    """The errands around feeds. Without a city that has rules nothing is asked."""

    def __init__(
        self, store: Store, jma: Jma, towns: Towns, alarm: Raise, worker: str, clock: Callable[[], float] = time.time
    ) -> None:
        self._store = store
        self._jma = jma
        self._towns = towns
        self._alarm = alarm
        self._worker = worker
        self._clock = clock
        self._polled: datetime | None = None

    def poll_once(self) -> int:
        """Asks the feeds if this minute is nobody else's. How many telegrams are new."""
        towns, now = self._towns(), self._now()
        due = _due(now)
        if due == self._polled or not any(town.disaster.rules for town in towns.values()):
            return 0
        self._polled = due
        if not self._store.claim_slot(JOB, due, self._worker, SLOT_LEASE_SECONDS):
            return 0
        known = self._store.feeds()
        new = sum(self._ask(known.get(name, FeedView(name)), towns, now) for name in NAMES)
        self._tell_of_silence(towns, now)
        if due.minute == 0:
            self._store.forget_telegrams(now - KEPT_FOR)
        self._store.finish_slot(JOB, due, self._worker)
        return new

    def _ask(self, view: FeedView, towns: Mapping[str, Town], now: datetime) -> int:
        try:
            answer = self._jma.feed(view.name, view.etag, view.modified)
            found = read_feed(answer.content) if answer.content is not None else ()
        except (ClientError, TelegramError) as error:
            self._failed(view.name, _reason(error))
            return 0
        telegrams = self._ours(found, towns, now)
        if view.answered_at is None or now - view.answered_at > SHORT_FEED_HOLDS:
            try:
                telegrams += self._ours(self._long_feed(view.name), towns, now)
            except (ClientError, TelegramError) as error:
                # What came meanwhile is not known, so the silence goes on; but what is known is told at once.
                self._failed(view.name, f"long feed: {_reason(error)}")
                return self._store.keep_telegrams(telegrams)
        FEEDS.labels(view.name, "unchanged" if answer.content is None else "read").inc()
        return self._store.feed_answered(view.name, answer.etag, answer.modified, telegrams)

    def _failed(self, name: str, reason: str) -> None:
        log.warning("feed not read", extra={"feed": name, "reason": reason})
        FEEDS.labels(name, "failed").inc()
        self._store.feed_failed(name, reason)

    def _long_feed(self, name: str) -> tuple[FeedEntry, ...]:
        answer = self._jma.feed(f"{name}_l")
        log.info("long feed read", extra={"feed": name})
        return read_feed(answer.content) if answer.content is not None else ()

    def _ours(self, found: Iterable[FeedEntry], towns: Mapping[str, Town], now: datetime) -> list[FoundTelegram]:
        return [_found(entry) for entry in found if self._is_ours(entry, towns, now)]

    def _is_ours(self, entry: FeedEntry, towns: Mapping[str, Town], now: datetime) -> bool:
        young = now - entry.updated_at < LOOK_BACK
        return young and self._jma.ours(entry.url) and any(wanted(entry.data_type, t.disaster) for t in towns.values())

    def _tell_of_silence(self, towns: Mapping[str, Town], now: datetime) -> None:
        """Once when a feed has been silent for ten minutes, once when it is back."""
        for view in self._store.feeds().values():
            if view.is_silent(now) and view.told_at is None:
                since = view.answered_at or view.silent_since or now
                self._raise("feed_silent", since, towns)
                self._store.feed_told(view.name, now)
                log.error("feed is silent", extra={"feed": view.name, "reason": view.reason})
            elif view.silent_since is None and view.told_at is not None:
                self._raise("feed_back", view.told_at, towns)
                self._store.feed_told(view.name, None)
                log.info("feed is back", extra={"feed": view.name})

    def _raise(self, kind: str, since: datetime, towns: Mapping[str, Town]) -> None:
        number = int(since.timestamp()) // 60
        for town in towns.values():
            alarm = Alarm("feed_silent" if kind == "feed_silent" else "feed_back", number, since)
            self._alarm(alarm, town.city, town.disaster)

    def _now(self) -> datetime:
        return datetime.fromtimestamp(self._clock(), UTC)


def _due(now: datetime) -> datetime:
    """The last moment at which the feeds were to be asked."""
    due = now.replace(second=POLL_AT_SECOND, microsecond=0)
    return due if due <= now else due - timedelta(minutes=1)


def _reason(error: ClientError | TelegramError) -> str:
    return error.reason if isinstance(error, ClientError) else "not a feed"


def _found(entry: FeedEntry) -> FoundTelegram:
    return FoundTelegram(entry.id, entry.url, entry.data_type, entry.updated_at)
