"""Telegrams and feeds of the 気象庁, as the store takes and gives them: frozen, plain, without SQL."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

SILENT_FOR: Final = timedelta(minutes=10)
"""A feed that has not answered for longer is told of: to staff, on their screens, in `/readyz` and `/metrics`."""


@dataclass(frozen=True, slots=True)
class FeedView:
    """How a feed stands. `etag` and `modified` are for the next conditional request; None: never, or not now."""

    name: str
    etag: str = ""
    modified: str = ""
    answered_at: datetime | None = None
    silent_since: datetime | None = None
    told_at: datetime | None = None
    reason: str = ""

    def silence(self, now: datetime) -> timedelta:
        """For how long it has not answered though it was asked; zero when it answers."""
        return timedelta() if self.silent_since is None else now - (self.answered_at or self.silent_since)

    def is_silent(self, now: datetime) -> bool:
        return self.silence(now) > SILENT_FOR

    def is_unasked(self, now: datetime) -> bool:
        """Whether nobody asks any more: no worker runs, and so no worker can tell of it either."""
        unheard = self.answered_at is not None and now - self.answered_at > SILENT_FOR
        return unheard and self.silent_since is None


@dataclass(frozen=True, slots=True)
class FoundTelegram:
    """A telegram that a feed names. `id` is its file's name."""

    id: str
    url: str
    data_type: str
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class ClaimedTelegram:
    """A telegram to be fetched and read, held by `worker` until its lease ends."""

    id: str
    url: str
    data_type: str
    attempts: int
    worker: str


@dataclass(frozen=True, slots=True)
class KeptTelegram:
    """The newest telegram about one thing: `series`, `speaks_by` and `name` are `notify.telegrams.state.Key`.

    `version` is that which was read; 0 for one that is not there yet.
    """

    series: str
    speaks_by: str
    name: str
    telegram: str
    report_at: datetime
    version: int = 0


@dataclass(frozen=True, slots=True)
class ToldDanger:
    """What a city's residents were last told of a danger. `grade` "" when they were told that it is over."""

    city: str
    what: str
    event: str
    area: str
    grade: str
    notice: int
    report_at: datetime


@dataclass(frozen=True, slots=True)
class TelegramCounts:
    """Of all telegrams kept: waiting to be read, read, and given up."""

    waiting: int
    done: int
    dead: int
