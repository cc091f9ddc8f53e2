"""Notices to many, as the store takes and gives them: frozen, plain, without SQL."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Literal

from notify.notice_life import Status as NoticeStatus

NoticeKind = Literal["news", "disaster"]
NoticeChannel = Literal["line", "widget", "page", "feed", "mail"]
NoticeMark = Literal["", "correction", "all_clear"]
NoticeSource = Literal["staff", "feed", "rule"]
ChunkState = Literal["open", "sent", "dead", "stopped", "split"]

SMALL_COUNT: Final = 5
"""Fewer recipients than this could point to a person: staff are warned."""

CHUNK_SIZE: Final = 500
"""Residents of one call: LINE's limit for a multicast."""

DISASTER_PRIORITY, DRILL_PRIORITY, NEWS_PRIORITY = 0, 1, 8
"""Smaller goes first."""


@dataclass(frozen=True, slots=True)
class Audience:
    """Whom a notice is for.

    `everyone`: all friends of the account, but those who have said what they wish to hear and left these `topics` out
    (or wish to hear nothing). Else those who wish to hear ANY of `topics` AND live in one of `areas` (none: anywhere)
    AND have told EVERY fact of `facts` (any of its values) AND have a child of that age AND read one of `languages`.
    `child_months` is the age in whole months, from and to (both included), when the notice is planned.
    """

    everyone: bool = False
    topics: tuple[str, ...] = ()
    areas: tuple[str, ...] = ()
    facts: tuple[tuple[str, tuple[str, ...]], ...] = ()
    child_months: tuple[int, int] | None = None
    languages: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NewNotice:
    """A notice in the making. `picture` is an address of `store.notice_pictures`, `picture_alt` says what it shows.

    `texts` by language ("ja" must be there), `titles` in the others where there is one. `priority` None is that of its
    kind.

    `repeats` {} is once; {"every": "month", "day": 1, "at": "09:00"} makes the next one when this one is planned.
    """

    city: str
    kind: NoticeKind
    topic: str
    title: str
    texts: Mapping[str, str]
    audience: Audience
    channels: tuple[NoticeChannel, ...]
    link: str = ""
    picture: str = ""
    picture_alt: str = ""
    level: str = ""
    mark: NoticeMark = ""
    original: int = 0
    source: NoticeSource = "staff"
    source_key: str = ""
    priority: int | None = None
    drill: bool = False
    due_at: datetime | None = None
    repeats: Mapping[str, Any] | None = None
    expires_at: datetime | None = None
    needs_approval: bool = False
    titles: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class NoticeView:
    """A notice as it stands. `number` is "" until it is issued; `recipients` are those it was planned for."""

    city: str
    id: int
    number: str
    kind: NoticeKind
    topic: str
    title: str
    texts: Mapping[str, str]
    audience: Audience
    channels: tuple[NoticeChannel, ...]
    link: str
    picture: str
    picture_alt: str
    level: str
    mark: NoticeMark
    original: int
    source: NoticeSource
    source_key: str
    priority: int
    drill: bool
    status: NoticeStatus
    needs_approval: bool
    created_by: int
    approved_by: int
    created_at: datetime
    due_at: datetime | None
    repeats: Mapping[str, Any]
    issued_at: datetime | None
    finished_at: datetime | None
    expires_at: datetime | None
    version: int
    recipients: int
    reason: str
    titles: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class HeadCount:
    """How many a notice would reach on LINE now. `small`: so few that it could point to a person."""

    count: int
    small: bool


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a notice has come, in residents; `per_second` over the last ten seconds.

    `trouble` is the fixed word for why most of what waits had to be tried again ("no answer: …", "status 500"), or "".
    """

    accepted: int
    waiting: int
    failed: int
    chunks_open: int
    per_second: float
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class NoticeInsight:
    """What LINE has counted, in people; None: fewer than 20, which it does not tell."""

    seen: int | None
    opened: int | None
    read_at: datetime


@dataclass(frozen=True, slots=True)
class NoticeResults:
    """What became of a notice.

    `failures` counts residents by the fixed word of the reason; `taps` counts opened links by what was opened.
    `complaints` counts who stopped notices within a day of it ("left_all", "left_topic"), what was "said", and
    who of them "blocked" the account within a week. `insight` is LINE's own count, None before it was asked.
    `again` of the failed (and `again_mails`) may be sent once more; `unsure` may have it, and LINE can no longer say.
    """

    recipients: int
    accepted: int
    waiting: int
    failed: int
    stopped: int
    again: int = 0
    again_mails: int = 0
    unsure: int = 0
    failures: Mapping[str, int] = field(default_factory=dict)
    taps: Mapping[str, int] = field(default_factory=dict)
    languages: Mapping[str, int] = field(default_factory=dict)
    insight: NoticeInsight | None = None
    complaints: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ClaimedChunk:
    """One call to be made, held by `worker` until its lease ends. `fate_unknown`: an earlier call may have arrived.

    `quiet`: from and to when these residents wish to hear no news, in minutes of the day; -1 never. `first_at`: when it
    was first taken to be made (a retry key is good for 24 hours). `splits`: how often it was divided to come to this.
    """

    city: str
    notice_id: int
    part: int
    channel: NoticeChannel
    language: str
    recipients: tuple[str, ...]
    retry_key: str
    quiet: tuple[int, int]
    priority: int
    attempts: int
    fate_unknown: bool
    first_at: datetime
    worker: str
    splits: int = 0
