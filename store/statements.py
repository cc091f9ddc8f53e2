"""The statements that SQLite and PostgreSQL share word for word, written for `%s` placeholders.

They run on the driver's own connection: building them through SQLAlchemy costs more than running them. Every change
of a row that somebody holds is fenced: it names the holder and the attempt, so a late worker changes nothing.
"""

# ruff: noqa: S608 - every statement is put together from constants of this package
from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

EVENT_COLUMNS = "city, event_id, resident, occurred_at, kind, payload, redelivered, reply_token, received_at"
TURN_COLUMNS = (
    "city, event_id, resident, channel, at, kind, text, message_id, decision, entry_id, candidates, reply_text"
)
CONVERSATION_COLUMNS = "city, resident, state, updated_at"
OUTGOING_COLUMNS = "city, resident, channel, messages, reply_token, token_received_at, retry_key, priority, way"

UPSERT_CONVERSATION = (
    "ON CONFLICT (city, resident) DO UPDATE SET state = excluded.state, updated_at = excluded.updated_at"
)
RETRY_EVENT = (
    "UPDATE inbox SET worker = '', due_at = %s, reason = %s "
    "WHERE city = %s AND event_id = %s AND finished_at IS NULL AND worker = %s AND attempts = %s"
)
FAIL_EVENT = (
    "UPDATE inbox SET state = 'failed', worker = '', finished_at = %s, reason = %s "
    "WHERE city = %s AND event_id = %s AND finished_at IS NULL AND worker = %s AND attempts = %s"
)
_HELD_OUTGOING = "WHERE city = %s AND id = %s AND finished_at IS NULL AND worker = %s AND attempts = %s"
# What was sent is with its receiver. Here it is emptied: a reply's buttons may hold where a resident is.
OUTGOING_SENT = (
    "UPDATE outbox SET state = 'sent', worker = '', messages = '[]', reply_token = '', finished_at = %s, accepted = %s "
    + _HELD_OUTGOING
)
OUTGOING_DEAD = f"UPDATE outbox SET state = 'dead', worker = '', finished_at = %s, reason = %s {_HELD_OUTGOING}"
OUTGOING_LATER = (
    "UPDATE outbox SET worker = '', due_at = %s, reason = %s, fate_unknown = (fate_unknown OR %s) " + _HELD_OUTGOING
)
OUTGOING_PUSH = f"UPDATE outbox SET way = 'push', fate_unknown = %s, due_at = %s {_HELD_OUTGOING}"

# A row of the inbox that nobody claims: it goes with the others when it is old.
TAKEN_BACK = (
    "INSERT INTO inbox (city, event_id, occurred_at, kind, received_at, state, due_at, attempts, finished_at) "
    "VALUES (%s, %s, %s, 'taken back', %s, 'done', %s, 0, %s) ON CONFLICT (city, event_id) DO NOTHING"
)

DROP_LATE_FEEDBACK = "DELETE FROM feedback WHERE city = %s AND resident = %s AND entry_id = %s AND at > %s"
ADD_FEEDBACK = (
    "INSERT INTO feedback (city, resident, entry_id, at, helpful) VALUES (%s, %s, %s, %s, %s) "
    "ON CONFLICT (city, resident, entry_id, at) DO UPDATE SET helpful = excluded.helpful"
)
SET_FRIEND = (
    "INSERT INTO friends (city, resident, status, since) VALUES (%s, %s, %s, %s) "
    "ON CONFLICT (city, resident) DO UPDATE SET status = excluded.status, since = excluded.since"
)
ADD_CASE_COLUMNS = (
    "city, resident, channel, department, question, opened_at, promised_at, category, entry_id, "
    "resident_at, last_at, unread"
)
MARK_CASES = (
    "INSERT INTO case_marks (city, mark) VALUES (%s, 1) ON CONFLICT (city) DO UPDATE SET mark = case_marks.mark + 1"
)
READ_TURN_COLUMNS = f"{TURN_COLUMNS}, speaker, staff"

CLAIM_SLOT = (
    "INSERT INTO slots (city, job, due_at, worker, lease_until) VALUES (%s, %s, %s, %s, %s) "
    "ON CONFLICT (city, job, due_at) DO UPDATE SET worker = excluded.worker, lease_until = excluded.lease_until "
    "WHERE slots.finished_at IS NULL AND slots.lease_until <= %s"
)
FINISH_SLOT = (
    "UPDATE slots SET finished_at = %s "
    "WHERE city = %s AND job = %s AND due_at = %s AND worker = %s AND finished_at IS NULL"
)


class Cursor(Protocol):
    """What sqlite3 and psycopg cursors have in common."""

    @property
    def rowcount(self) -> int: ...
    def fetchall(self) -> list[Any]: ...
    def fetchone(self) -> Any: ...


class RawConnection(Protocol):
    """What sqlite3 and psycopg connections have in common. Statements come in the driver's own placeholder style."""

    def execute(self, statement: str, parameters: Sequence[Any] = ..., /) -> Cursor: ...
