"""Notices to staff and pictures of residents as the store takes them and gives them back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

FileKind = Literal["image", "video", "audio", "file"]
FileState = Literal["open", "kept", "refused"]
FileReason = Literal["", "kind", "broken", "too_large", "gone"]


@dataclass(frozen=True, slots=True)
class UntakenCase:
    """A case that waits. `since`: when it came to wait in this department (opened, given back, or handed over)."""

    city: str
    case_id: int
    department: str
    since: datetime


NoticeKey = tuple[str, int, str, str, str]
"""city, case, kind, way, target."""


@dataclass(frozen=True, slots=True)
class PlannedNotice:
    """One notice to one receiver. The first five fields are its key: a second one of the same key is never kept."""

    city: str
    case_id: int
    kind: str
    way: str
    target: str
    department: str
    since: datetime

    @property
    def key(self) -> NoticeKey:
        return self.city, self.case_id, self.kind, self.way, self.target


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimedNotice(PlannedNotice):
    """A notice leased to `worker`. `attempts` counts this one too and fences late marks."""

    attempts: int
    planned_at: datetime
    worker: str


@dataclass(frozen=True, slots=True)
class NoticeState:
    """How the notices of an installation are: open ones and the age of the oldest (seconds), and those given up."""

    waiting: int = 0
    oldest_seconds: float = 0.0
    dead: int = 0


@dataclass(frozen=True, slots=True)
class KeptPicture:
    """A picture that `media.clean_picture` has written."""

    data: bytes
    mime: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class SentFile:
    """A file that came with a turn, while a case is open: to be fetched, refused at once, or here already.

    Kept only where a case is open: without one the part of the outcome is dropped.
    """

    kind: FileKind
    state: FileState = "open"
    reason: FileReason = ""
    picture: KeptPicture | None = None


@dataclass(frozen=True, slots=True)
class Attachment:
    """What is known of a file, without its bytes. `width`, `height`, `size` (bytes) are of what was kept."""

    city: str
    id: str
    resident: str
    case_id: int
    event_id: str
    kind: FileKind
    state: FileState
    reason: FileReason
    mime: str
    width: int
    height: int
    size: int
    arrived_at: datetime


@dataclass(frozen=True, slots=True)
class AttachmentContent:
    """A kept picture with its bytes."""

    attachment: Attachment
    data: bytes


@dataclass(frozen=True, slots=True)
class ClaimedAttachment:
    """A file leased to `worker` for fetching. `crashes`: how often somebody took it and was never heard of again."""

    city: str
    id: str
    resident: str
    case_id: int
    message_id: str
    attempts: int
    crashes: int
    arrived_at: datetime
    worker: str
