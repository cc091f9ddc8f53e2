"""A request for a person as the store keeps it: who owns it, what happened to it, and what a race tells its loser."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal

from bot.handover import THE_BOT, Event, Owner, State, Who
from store.errors import StoreError

OPERATOR: Final = -1
"""Stands for whoever answers at the command line, where the console has the number of an account."""

ConflictReason = Literal["taken", "closed", "moved", "changed", "gone"]
DeliveryState = Literal["waiting", "sent", "failed"]


@dataclass(frozen=True, slots=True)
class CaseView:
    """A case as it is now. Times are with zone; None: not yet.

    `resident` is "" once the case was erased or its retention is over. `staff`, `closed_by`: the number of an account,
    0 nobody, `OPERATOR` the command line. `answered_at`: the first answer of staff. `idle_told_at`: when the resident
    was told that the talk ends without another word. `version` counts the changes of hands. `unread`: messages of the
    resident since staff last wrote or looked (`read_case`). `question` is masked.
    """

    city: str
    id: int
    resident: str
    channel: str
    department: str
    category: str
    entry_id: str
    question: str
    status: State
    opened_at: datetime
    promised_at: datetime | None = None
    staff: int = 0
    taken_at: datetime | None = None
    resident_at: datetime | None = None
    staff_at: datetime | None = None
    answered_at: datetime | None = None
    idle_told_at: datetime | None = None
    closed_at: datetime | None = None
    closed_by: int = 0
    close_reason: str = ""
    linked_entry: str = ""
    version: int = 0
    unread: int = 0
    display_name: str = ""

    @property
    def owner(self) -> Owner:
        """Who owns the conversation by this case."""
        return Owner(self.status, self.id, self.version, self.department)


@dataclass(frozen=True, slots=True)
class CaseStep:
    """One row of a case's history. `staff` is 0 unless `who` is "staff"."""

    city: str
    case_id: int
    seq: int
    at: datetime
    who: Who
    staff: int
    before: State
    after: State
    event: Event
    reason: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """A department's queue: how many wait, since when the first, and how long the last answers took.

    `staff_median_seconds`: from the question (or the opening of the window) to the first answer, over the last 20
    answered; None below three of them.
    """

    count: int = 0
    oldest: datetime | None = None
    staff_median_seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Delivery:
    """What became of a message of staff on LINE. `reason` is a fixed word ("monthly limit", "status 500"), or ""."""

    event_id: str
    state: DeliveryState
    reason: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Remembered:
    """What the store knows of a resident when they say something: the talk's state, and who owns it."""

    state: dict[str, Any] | None = None
    owner: Owner = THE_BOT


@dataclass(frozen=True, slots=True)
class Said:
    """What the resident is told: the words as they are kept, and as LINE messages (none: a plain text message)."""

    text: str
    messages: tuple[dict[str, Any], ...] = ()


Tell = Callable[[CaseView], Said]
"""Makes the words from the case as it is after the change. Runs on the store's thread: no waiting, no store calls."""


class CaseConflict(StoreError):
    """Somebody was quicker, and nothing was written. `held_by`: the account that owns (or closed) the case now.

    "taken" another holds it · "closed" it is over · "moved" another department has it · "changed" something else
    happened meanwhile · "gone" there is none, or it was erased.
    """

    def __init__(self, reason: ConflictReason, held_by: int = 0) -> None:
        super().__init__(f"the case is {reason}", permanent=True)
        self.reason = reason
        self.held_by = held_by
