"""What the store takes and gives back: frozen, plain, without SQL. Times ending in `_ms` are milliseconds UTC."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal
from uuid import uuid4

from bot.handover import Owner
from bot.wishes import Wishes
from store.records_messengers import SentFile

Way = Literal["reply", "push"]
Friend = Literal["followed", "blocked"]
Accepted = Literal["sent", "already"]
ProposalSource = Literal["picked", "helpful", "staff"]
ProposalStatus = Literal["open", "approved", "rejected"]


@dataclass(frozen=True, slots=True)
class ArrivedEvent:
    """One event as it came in at the door. `event_id` is unique within its city; `payload` is JSON."""

    city: str
    event_id: str
    resident: str
    occurred_at_ms: int
    kind: str
    payload: dict[str, Any]
    received_at_ms: int
    redelivered: bool = False
    reply_token: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimedEvent(ArrivedEvent):
    """An event leased to `worker`; `attempts` counts this one too (1 at first) and fences late writers."""

    attempts: int
    worker: str


@dataclass(frozen=True, slots=True)
class Turn:
    """One thing said and what was answered. `text` is already masked; `candidates` are (entry id, score).

    Of kind "staff" `reply_text` is what staff wrote: `speaker` is their department, `staff` the number of the account.
    Of kind "told" it is what the city said unasked: that somebody is there now, that the bot is back.
    """

    city: str
    resident: str
    channel: str
    event_id: str
    at: datetime
    kind: str
    text: str = ""
    message_id: str = ""
    decision: str = ""
    entry_id: str = ""
    candidates: tuple[tuple[str, float], ...] = ()
    reply_text: str = ""
    speaker: str = ""
    staff: int = 0


@dataclass(frozen=True, slots=True)
class Case:
    """A request for a person. `question` is masked; `promised_at` is when the resident was told to expect an answer.

    `entry_id`, `category`: what the resident had read last, "" for nothing. `at_most`: how many may wait in the
    department, this one included, for it to be opened (`QueueFull` otherwise); 0 for any number. `ahead`: how many the
    resident is told wait before them (`QueueMoved` where many more do); -1 for nothing said. Neither is kept.
    """

    city: str
    resident: str
    channel: str
    department: str
    question: str
    opened_at: datetime
    promised_at: datetime | None = None
    category: str = ""
    entry_id: str = ""
    at_most: int = 0
    ahead: int = -1


@dataclass(frozen=True, slots=True)
class Feedback:
    city: str
    resident: str
    entry_id: str
    helpful: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class Proposal:
    """A resident's words that turned out to ask for an entry. Names no resident.

    `key` is the same for other spellings of the same words. `taken_back`: an earlier one did not hold.
    """

    city: str
    entry_id: str
    key: str
    phrasing: str
    source: ProposalSource
    at: datetime
    taken_back: bool = False


@dataclass(frozen=True, slots=True)
class FiledProposal:
    """A proposal as the store keeps it: the first spelling, and how often which source brought it."""

    city: str
    entry_id: str
    key: str
    phrasing: str
    picked: int
    helpful: int
    staff: int
    first_at: datetime
    last_at: datetime
    status: ProposalStatus


@dataclass(frozen=True, slots=True)
class Outgoing:
    """Messages for one resident. `retry_key` stays the same for every attempt, so the receiver can tell repeats.

    `priority` 0 is a disaster, 5 an answer; smaller goes first. Without `reply_token` it goes by push.
    """

    city: str
    resident: str
    channel: str
    messages: list[dict[str, Any]]
    reply_token: str = ""
    token_received_at_ms: int = 0
    retry_key: str = field(default_factory=lambda: str(uuid4()))
    priority: int = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimedOutgoing(Outgoing):
    """Messages leased to `worker` for sending.

    `fate_unknown`: an earlier attempt began and nobody knows whether it arrived (a killed worker, a timeout).
    `attempts` counts this one too. Past 24 h after `created_at_ms` LINE forgets the retry key.
    """

    id: int
    attempts: int
    way: Way
    fate_unknown: bool
    created_at_ms: int
    worker: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """Everything one inquiry leads to; written in one transaction. `conversation` None leaves it as it is.

    `owner`: who owned the conversation when this was decided. If somebody else owns it by the time of writing, nothing
    is written (`OwnerChanged`); None writes in any case. While a case is open, `turn` joins it. `case` opens one (if
    none is open and the queue has room), `ends` closes the one of `owner`: what the resident did, "cancels" or "ends".
    `file` came with `turn` and is kept only where `owner` is a case. `wishes`: what the resident wants to hear of from
    now on. `complains`: they say that the city sends too much.
    """

    turn: Turn | None = None
    conversation: dict[str, Any] | None = None
    outgoing: tuple[Outgoing, ...] = ()
    case: Case | None = None
    feedback: Feedback | None = None
    proposal: Proposal | None = None
    erase_messages: tuple[str, ...] = ()
    friend: Friend | None = None
    owner: Owner | None = None
    ends: Literal["", "cancels", "ends"] = ""
    file: SentFile | None = None
    wishes: Wishes | None = None
    complains: bool = False


@dataclass(frozen=True, slots=True)
class Revision:
    """One published state of a city's content: file name to text."""

    city: str
    number: int
    files: Mapping[str, str]
    author: str
    note: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Slot:
    """One planned run of a job. `city` is "" for a job of the whole installation."""

    city: str
    job: str
    due_at: datetime


@dataclass(frozen=True, slots=True)
class QueueState:
    """How much work waits. Ages are seconds of the oldest unfinished piece, 0.0 when there is none."""

    inbox_waiting: int = 0
    inbox_oldest_seconds: float = 0.0
    inbox_failed: int = 0
    outbox_waiting: int = 0
    outbox_oldest_seconds: float = 0.0
    outbox_dead: int = 0


@dataclass(frozen=True, slots=True)
class Purged:
    """How many rows a retention run emptied or removed."""

    turns: int = 0
    conversations: int = 0
    cases: int = 0
    feedback: int = 0
    inbox: int = 0
    outbox: int = 0
    slots: int = 0
    proposals: int = 0
    case_log: int = 0
    contact_forms: int = 0
    attachments: int = 0
    staff_notices: int = 0
    notes: int = 0
    mentions: int = 0
    seen: int = 0
    drafts: int = 0
