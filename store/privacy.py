"""Forgetting: one message, one resident, and everything that is older than the retention says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, and_, delete, func, insert, not_, or_, select, tuple_, update

from store.desk_book import DESK_TABLES, forget_notes_of, of_emptied_cases
from store.proposals import SAID_BY_ONE, forget_words_of
from store.records_accounts import AuditLine
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
from store.tables_cases import case_log
from store.tables_contacts import contact_forms
from store.tables_messengers import attachments, staff_notices
from store.tables_notices import subscriber_facts, subscribers, subscriptions

# A step of a retention run. The writer has other things to do in between: an accept must not wait for a purge.
PURGE_STEP = 500

_NO_WORDS = {"resident": "", "text": "", "reply_text": "", "message_id": ""}


@dataclass(frozen=True, slots=True)
class Resident:
    city: str
    resident: str
    now: int
    line: AuditLine | None = None


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
    forget_cases(connection, who.city, who.resident, who.now)
    connection.execute(delete(contact_forms).where(theirs(contact_forms)))
    connection.execute(delete(attachments).where(theirs(attachments)))
    for wishes in (subscribers, subscriptions, subscriber_facts):
        connection.execute(delete(wishes).where(theirs(wishes)))
    failed = and_(theirs(inbox), inbox.c.state == FAILED)
    connection.execute(update(inbox).where(failed).values(resident="", payload="{}", reply_token=""))
    unsent = and_(theirs(outbox), outbox.c.state == OPEN)
    connection.execute(update(outbox).where(unsent).values(state=DEAD, worker="", reason="erased", finished_at=who.now))
    connection.execute(update(outbox).where(theirs(outbox)).values(resident="", messages="[]", reply_token=""))


def forget_cases(connection: Connection, city: str, resident: str, now: int) -> None:
    """Their cases stay as counts: erased, with the history of who did what when, without a word of anybody."""
    theirs = and_(cases.c.city == city, cases.c.resident == resident)
    forget_notes_of(connection, city, theirs)
    for number, status in connection.execute(select(cases.c.id, cases.c.status).where(theirs)).all():
        this = and_(case_log.c.city == city, case_log.c.case_id == number)
        connection.execute(update(case_log).where(this).values(reason=""))
        last = connection.execute(select(func.max(case_log.c.seq)).where(this)).scalar() or 0
        step = {"seq": last + 1, "at": now, "who_kind": "resident", "before": status, "after": "erased"}
        connection.execute(insert(case_log).values(city=city, case_id=number, event="erases", **step))
    gone = {"resident": "", "question": "", "display_name": "", "close_reason": "", "status": "erased", "unread": 0}
    connection.execute(update(cases).where(theirs).values(**gone, version=cases.c.version + 1))


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
            # A case that waits for a person, or is with one, is not over, however old it is.
            over = cases.c.status.not_in(("waiting", "staff"))
            ended = func.coalesce(cases.c.closed_at, cases.c.opened_at) < before
            emptied = {"resident": "", "question": "", "display_name": ""}
            return cases, and_(over, cases.c.resident != "", ended), emptied
        case "case_log":
            return case_log, and_(case_log.c.at < before, case_log.c.reason != ""), {"reason": ""}
        case "contact_forms":
            return contact_forms, and_(contact_forms.c.made_at < before, _without_case_since(before)), None
        case "attachments":
            return attachments, and_(attachments.c.arrived_at < before, _without_open_case(attachments)), None
        case "staff_notices":
            # A notice of a case that still waits keeps a second one from being sent.
            return staff_notices, and_(staff_notices.c.finished_at < before, _without_open_case(staff_notices)), None
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
        case "notes" | "mentions" | "seen" | "drafts":
            return of_emptied_cases(step.name)
    raise ValueError(step.name)


def _without_case_since(before: int) -> ColumnElement[bool]:
    """A form is kept as long as its case is: open, or closed after `before`."""
    open_or_young = or_(cases.c.status.in_(("waiting", "staff")), cases.c.closed_at >= before)
    its_case = and_(cases.c.city == contact_forms.c.city, cases.c.id == contact_forms.c.case_id, open_or_young)
    return not_(select(cases.c.id).where(its_case).exists())


def _without_open_case(table: Table) -> ColumnElement[bool]:
    open_one = and_(
        cases.c.city == table.c.city, cases.c.id == table.c.case_id, cases.c.status.in_(("waiting", "staff"))
    )
    return not_(select(cases.c.id).where(open_one).exists())


PURGED_TABLES = (
    "turns",
    "conversations",
    "cases",
    "feedback",
    "inbox",
    "outbox",
    "slots",
    "proposals",
    "case_log",
    "contact_forms",
    "attachments",
    "staff_notices",
    *DESK_TABLES,
)
