"""Forgetting: one message, one resident, and everything that is older than the retention says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, and_, delete, select, tuple_, update

from store.proposals import SAID_BY_ONE, forget_words_of
from store.tables import (
    DEAD,
    DONE,
    FAILED,
    OPEN,
    SENT,
    cases,
    conversations,
    feedback,
    inbox,
    metadata,
    outbox,
    proposals,
    slots,
    turns,
)

# A step of a retention run. The writer has other things to do in between: an accept must not wait for a purge.
PURGE_STEP = 500

_NO_WORDS = {"resident": "", "text": "", "reply_text": "", "message_id": ""}


@dataclass(frozen=True, slots=True)
class Resident:
    city: str
    resident: str
    now: int


def erase_resident(connection: Connection, who: Resident) -> None:
    """Forget a resident. Turns stay as counts without words and without a name; unsent messages are not sent.

    An event that is still waiting or being answered is left: it was not yet heard, and it is emptied when it is done.
    What only they have taught goes too (see `store.proposals`).
    Whether somebody is a friend of the account (`friends`) is LINE's fact, not something they told us: it stays.
    """

    def theirs(table: Table) -> ColumnElement[bool]:
        return and_(table.c.city == who.city, table.c.resident == who.resident)

    forget_words_of(connection, who.city, who.resident)
    connection.execute(update(turns).where(theirs(turns)).values(**_NO_WORDS))
    connection.execute(delete(conversations).where(theirs(conversations)))
    connection.execute(delete(feedback).where(theirs(feedback)))
    connection.execute(update(cases).where(theirs(cases)).values(resident="", question="", status="erased"))
    failed = and_(theirs(inbox), inbox.c.state == FAILED)
    connection.execute(update(inbox).where(failed).values(resident="", payload="{}", reply_token=""))
    unsent = and_(theirs(outbox), outbox.c.state == OPEN)
    connection.execute(update(outbox).where(unsent).values(state=DEAD, worker="", reason="erased", finished_at=who.now))
    connection.execute(update(outbox).where(theirs(outbox)).values(resident="", messages="[]", reply_token=""))


def cities_in(connection: Connection, name: str) -> list[str]:
    table = metadata.tables[name]
    return list(connection.execute(select(table.c.city).distinct()).scalars())


@dataclass(frozen=True, slots=True)
class PurgeStep:
    """Up to `PURGE_STEP` rows of the city in the table `name` that ended before `before`."""

    name: str
    city: str
    before: int


def purge_step(connection: Connection, step: PurgeStep) -> int:
    """How many rows were emptied or removed; less than `PURGE_STEP` means that this table is done."""
    table, old, values = _old_rows(step)
    keys = list(table.primary_key.columns)
    chosen = connection.execute(select(*keys).where(table.c.city == step.city, old).limit(PURGE_STEP)).all()
    if not chosen:
        return 0
    these = tuple_(*keys).in_([tuple(row) for row in chosen])
    connection.execute(delete(table).where(these) if values is None else update(table).where(these).values(**values))
    return len(chosen)


def _old_rows(step: PurgeStep) -> tuple[Table, ColumnElement[bool], dict[str, Any] | None]:
    """(table, which rows are over, what to set; None removes them)."""
    before = step.before
    match step.name:
        case "turns":
            return turns, and_(turns.c.resident != "", turns.c.at < before), _NO_WORDS
        case "conversations":
            return conversations, conversations.c.updated_at < before, None
        case "cases":
            # A case that waits for a person is not over, however old it is.
            closed = and_(cases.c.status != "waiting", cases.c.resident != "", cases.c.opened_at < before)
            return cases, closed, {"resident": "", "question": ""}
        case "feedback":
            return feedback, feedback.c.at < before, None
        case "inbox":
            return inbox, and_(inbox.c.state.in_([DONE, FAILED]), inbox.c.finished_at < before), None
        case "outbox":
            return outbox, and_(outbox.c.state.in_([SENT, DEAD]), outbox.c.finished_at < before), None
        case "slots":
            return slots, and_(slots.c.finished_at < before, slots.c.due_at < before), None
        case "proposals":
            return proposals, and_(SAID_BY_ONE, proposals.c.last_at < before), None
    raise ValueError(step.name)


PURGED_TABLES = ("turns", "conversations", "cases", "feedback", "inbox", "outbox", "slots", "proposals")
