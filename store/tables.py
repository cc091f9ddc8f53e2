"""The schema, one for SQLite and PostgreSQL. `city` is part of every key and every index.

Times are integers: milliseconds since 1970, UTC. JSON is text. "Open" rows (work not yet finished) have partial
indexes of their own, so that millions of finished rows never slow a claim. A change here needs a migration.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Identity, Index, Integer, MetaData, Table, Text, text

metadata = MetaData()

OPEN, DONE, FAILED, SENT, DEAD = "open", "done", "failed", "sent", "dead"
_IS_OPEN, _IS_FAILED, _IS_DEAD = text("state = 'open'"), text("state = 'failed'"), text("state = 'dead'")
_IS_FINISHED = text("finished_at IS NOT NULL")
_IS_TALKING, _IS_ANSWERED = text("status IN ('waiting', 'staff')"), text("answered_at IS NOT NULL")
_HAS_RESIDENT, _HAS_MESSAGE = text("resident <> ''"), text("message_id <> ''")


def _words(name: str, *, key: bool = False, default: str | None = "") -> Column[str]:
    return Column(name, Text, primary_key=key, nullable=False, server_default=None if key else default)


def _moment(name: str, *, key: bool = False, nullable: bool = False) -> Column[int]:
    return Column(name, BigInteger, primary_key=key, nullable=nullable, autoincrement=False)


def _number(name: str) -> Column[int]:
    return Column(name, Integer, nullable=False, server_default="0")


def _flag(name: str) -> Column[bool]:
    return Column(name, Boolean, nullable=False, server_default=text("false"))


inbox = Table(
    "inbox",
    metadata,
    _words("city", key=True),
    _words("event_id", key=True),
    # "" once the event is done: the row stays only so that a redelivery is known.
    _words("resident"),
    _moment("occurred_at"),
    _words("kind"),
    _words("payload", default="{}"),
    _flag("redelivered"),
    _words("reply_token"),
    _moment("received_at"),
    _words("state", default=OPEN),
    # The next moment at which a worker may take the row: when it is planned, or when the holder's lease ends.
    _moment("due_at"),
    _number("attempts"),
    # Who holds the row; "" when it waits.
    _words("worker"),
    _words("reason"),
    _moment("finished_at", nullable=True),
)
Index("inbox_due", inbox.c.due_at, inbox.c.city, inbox.c.event_id, sqlite_where=_IS_OPEN, postgresql_where=_IS_OPEN)
Index(
    "inbox_order",
    inbox.c.city,
    inbox.c.resident,
    inbox.c.occurred_at,
    inbox.c.event_id,
    sqlite_where=_IS_OPEN,
    postgresql_where=_IS_OPEN,
)
Index("inbox_failed", inbox.c.city, inbox.c.finished_at, sqlite_where=_IS_FAILED, postgresql_where=_IS_FAILED)
Index("inbox_finished", inbox.c.city, inbox.c.finished_at, sqlite_where=_IS_FINISHED, postgresql_where=_IS_FINISHED)

outbox = Table(
    "outbox",
    metadata,
    _words("city", key=True),
    Column("id", BigInteger, Identity(always=False), primary_key=True, nullable=False),
    _words("resident"),
    _words("channel"),
    _words("messages", default="[]"),
    _words("reply_token"),
    _moment("token_received_at"),
    _words("retry_key"),
    _number("priority"),
    _words("way"),
    _words("state", default=OPEN),
    _moment("due_at"),
    _number("attempts"),
    _words("worker"),
    _flag("fate_unknown"),
    _words("accepted"),
    _words("reason"),
    _moment("created_at"),
    _moment("finished_at", nullable=True),
)
# Not "city" first: only the key begins with it, or PostgreSQL takes the wrong one for a row of a small table.
Index("outbox_retry_key", outbox.c.retry_key, outbox.c.city, unique=True)
Index(
    "outbox_due",
    outbox.c.priority,
    outbox.c.due_at,
    outbox.c.city,
    outbox.c.id,
    sqlite_where=_IS_OPEN,
    postgresql_where=_IS_OPEN,
)
Index("outbox_order", outbox.c.resident, outbox.c.city, outbox.c.state, outbox.c.priority, outbox.c.id)
Index("outbox_dead", outbox.c.city, outbox.c.finished_at, sqlite_where=_IS_DEAD, postgresql_where=_IS_DEAD)
Index("outbox_finished", outbox.c.city, outbox.c.finished_at, sqlite_where=_IS_FINISHED, postgresql_where=_IS_FINISHED)

turns = Table(
    "turns",
    metadata,
    _words("city", key=True),
    _words("event_id", key=True),
    # "" once the turn was erased or its retention is over: what stays counts, and points to nobody.
    _words("resident"),
    _words("channel"),
    _moment("at"),
    _words("kind"),
    _words("text"),
    _words("message_id"),
    _words("decision"),
    _words("entry_id"),
    _words("candidates", default="[]"),
    _words("reply_text"),
    # Who of the city speaks in a turn of staff: the department, and the number of the account.
    _words("speaker"),
    _number("staff"),
)
Index("turns_resident", turns.c.city, turns.c.resident, turns.c.at)
Index("turns_kept", turns.c.city, turns.c.at, sqlite_where=_HAS_RESIDENT, postgresql_where=_HAS_RESIDENT)
Index("turns_message", turns.c.city, turns.c.message_id, sqlite_where=_HAS_MESSAGE, postgresql_where=_HAS_MESSAGE)

conversations = Table(
    "conversations",
    metadata,
    _words("city", key=True),
    _words("resident", key=True),
    _words("state", default="{}"),
    _moment("updated_at"),
)
Index("conversations_updated", conversations.c.city, conversations.c.updated_at)

cases = Table(
    "cases",
    metadata,
    _words("city", key=True),
    Column("id", BigInteger, Identity(always=False), primary_key=True, nullable=False),
    _words("resident"),
    _words("channel"),
    _words("department"),
    _words("question"),
    _words("status", default="waiting"),
    _moment("opened_at"),
    _moment("promised_at", nullable=True),
    _words("category"),
    _words("entry_id"),
    _words("display_name"),
    # Who owns it: the number of an account, 0 for nobody.
    _number("staff"),
    _moment("taken_at", nullable=True),
    # When the resident, and when staff, wrote last; when staff wrote first; when the resident was told of the silence.
    _moment("resident_at", nullable=True),
    _moment("staff_at", nullable=True),
    _moment("answered_at", nullable=True),
    _moment("idle_told_at", nullable=True),
    _moment("closed_at", nullable=True),
    _number("closed_by"),
    _words("close_reason"),
    _words("linked_entry"),
    # Counts the changes of hands; what was decided before the last one is not written.
    _number("version"),
    _number("unread"),
    # The time of the talk's last turn: the turns of an open case never go back behind it.
    Column("last_at", BigInteger, nullable=False, server_default="0"),
)
Index("cases_status", cases.c.city, cases.c.status, cases.c.opened_at)
Index("cases_resident", cases.c.city, cases.c.resident)
# One owner at a time: a resident has at most one open case.
Index("cases_open", cases.c.city, cases.c.resident, unique=True, sqlite_where=_IS_TALKING, postgresql_where=_IS_TALKING)
Index(
    "cases_answered",
    cases.c.city,
    cases.c.department,
    cases.c.answered_at,
    sqlite_where=_IS_ANSWERED,
    postgresql_where=_IS_ANSWERED,
)

feedback = Table(
    "feedback",
    metadata,
    _words("city", key=True),
    _words("resident", key=True),
    _words("entry_id", key=True),
    _moment("at", key=True),
    _flag("helpful"),
)
Index("feedback_at", feedback.c.city, feedback.c.at)

friends = Table(
    "friends",
    metadata,
    _words("city", key=True),
    _words("resident", key=True),
    _words("status"),
    _moment("since"),
)

slots = Table(
    "slots",
    metadata,
    _words("city", key=True),
    _words("job", key=True),
    _moment("due_at", key=True),
    _words("worker"),
    _moment("lease_until"),
    _moment("finished_at", nullable=True),
)

proposals = Table(
    "proposals",
    metadata,
    _words("city", key=True),
    _words("entry_id", key=True),
    # A mark of the entry and the folded words; it stays when the words of a rejected one are emptied.
    _words("key", key=True),
    _words("phrasing"),
    _number("picked"),
    _number("helpful"),
    _number("staff"),
    _moment("first_at"),
    _moment("last_at"),
    _words("status", default=OPEN),
)
Index("proposals_phrasing", proposals.c.phrasing, proposals.c.city)

revisions = Table(
    "revisions",
    metadata,
    _words("city", key=True),
    Column("number", Integer, primary_key=True, nullable=False, autoincrement=False),
    _words("files", default="{}"),
    _words("author"),
    _words("note"),
    _moment("at"),
)
