"""What an engine (`store.sqlite`, `store.postgresql`) has to be able to do by hand-written statements: the hot path.

Each method takes all requests of one sort in a batch and returns one result for each. A request whose lease is gone
gets a `LeaseLost` as its result and writes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from sqlalchemy import Connection

from store.errors import LeaseLost, OwnerChanged
from store.records import ClaimedEvent, ClaimedOutgoing
from store.rows import Row, Writing

Events = Sequence[Row]  # the rows of one `accept`


@dataclass(frozen=True, slots=True)
class Claim:
    """A worker asking for up to `limit` pieces of work, held until `lease_until`."""

    worker: str
    limit: int
    now: int
    lease_until: int


@dataclass(frozen=True, slots=True)
class Written:
    """What writing an outcome gave: messages to send at once, and whether work came free for a worker."""

    in_flight: tuple[ClaimedOutgoing, ...]
    more: bool


@dataclass(frozen=True, slots=True)
class Mark:
    """One fenced change of a row: a statement of `store.statements` and its values."""

    statement: str
    values: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Sent:
    """Messages that the receiver has accepted."""

    item: ClaimedOutgoing
    accepted: str
    now: int


class HotPath(Protocol):
    """The hand-written statements of one engine."""

    def accept(self, connection: Connection, requests: Sequence[Events]) -> list[int]:
        """How many of each request's events are new."""
        ...

    def claim_events(self, connection: Connection, requests: Sequence[Claim]) -> list[list[ClaimedEvent]]: ...

    def write(self, connection: Connection, requests: Sequence[Writing]) -> list[Written | LeaseLost | OwnerChanged]:
        """The outcomes, each whole or not at all."""
        ...

    def claim_outgoing(self, connection: Connection, requests: Sequence[Claim]) -> list[list[ClaimedOutgoing]]: ...

    def sent(self, connection: Connection, requests: Sequence[Sent]) -> list[bool | LeaseLost]:
        """True when more messages wait for the same resident."""
        ...

    def mark(self, connection: Connection, requests: Sequence[Mark]) -> list[LeaseLost | None]: ...

    def add_case(self, connection: Connection, case: Row, now: int) -> int:
        """Insert a case (the columns of `statements.ADD_CASE_COLUMNS`); its number."""
        ...

    def lock_cases(self, connection: Connection, city: str) -> None:
        """From here to the commit nobody else changes who owns a conversation of this city."""
        ...

    def execute(self, connection: Connection, statement: str, values: Sequence[Any]) -> Any:
        """Run one `%s` statement of `store.statements`; the driver's cursor."""
        ...
