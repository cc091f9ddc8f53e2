"""The only place that knows SQL: keeps events, conversations and messages, on SQLite or PostgreSQL.

What is decided is `bot`'s, what is sent is `clients`'; times and retries are the worker's.
"""

from __future__ import annotations

import time
from pathlib import Path

from store.accounts import Accounts
from store.attachments import Attachments
from store.audit import Audit
from store.cases import Cases
from store.console_views import ConsoleViews
from store.contacts import Contacts
from store.core import LEASE_SECONDS, Clock
from store.desk_book import DeskBook
from store.errors import LeaseLost, NoticeConflict, OwnerChanged, QueueFull, QueueMoved, StoreError
from store.incidents import Incidents
from store.learning import Learning
from store.memory import Memory
from store.modes import Modes
from store.notice_insights import NoticeInsights
from store.notice_pictures import NoticePictures
from store.notice_results import NoticeCounts
from store.opening import database_url
from store.outbox import Outbox
from store.places_state import PlacesState
from store.rates import Rates
from store.records import (
    ArrivedEvent,
    Case,
    ClaimedEvent,
    ClaimedOutgoing,
    Feedback,
    FiledProposal,
    Outcome,
    Outgoing,
    Proposal,
    Purged,
    QueueState,
    Revision,
    Slot,
    Turn,
)
from store.revisions import Revisions
from store.schedule import Schedule
from store.staff_notices import StaffNotices
from store.telegrams import Telegrams
from store.wishes import ResidentWishes


class Store(
    Outbox,
    Memory,
    Learning,
    Schedule,
    Revisions,
    Attachments,
    Cases,
    Contacts,
    Accounts,
    Audit,
    DeskBook,
    ConsoleViews,
    StaffNotices,
    Telegrams,
    Modes,
    Incidents,
    PlacesState,
    NoticeCounts,
    NoticeInsights,
    NoticePictures,
    Rates,
    ResidentWishes,
):
    """Everything the house asks of its database. Thread-safe; one per process; made by `open_store`.

    Writes return when they are durable and raise `StoreError` (see `permanent`) when nothing was kept.
    """


def open_store(url_or_path: str | Path, *, clock: Clock = time.time, pace_seconds: float = 0.0) -> Store:
    """Open the database, making or migrating it first. `clock` gives seconds since 1970 UTC; tests bring their own.
    Transactions begin at least `pace_seconds` apart (`store.writer`).

    `postgresql://…`, `sqlite:///path` or the path of a SQLite file.
    """
    return Store(database_url(url_or_path), clock, pace_seconds)


__all__ = [
    "LEASE_SECONDS",
    "ArrivedEvent",
    "Case",
    "CaseConflict",
    "CaseStep",
    "CaseView",
    "ClaimedEvent",
    "ClaimedOutgoing",
    "Delivery",
    "Feedback",
    "FiledProposal",
    "LeaseLost",
    "NoticeConflict",
    "Outcome",
    "Outgoing",
    "OwnerChanged",
    "Proposal",
    "Purged",
    "QueueFull",
    "QueueMoved",
    "QueueState",
    "Remembered",
    "Revision",
    "Said",
    "Slot",
    "Store",
    "StoreError",
    "Turn",
    "Waiting",
    "open_store",
]
