"""The hot path on SQLite. One process writes at a time (BEGIN IMMEDIATE), so reading before writing is safe."""

# ruff: noqa: S608 - every statement is put together from constants of this package
from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import Any, cast

from sqlalchemy import Connection

from store import statements
from store.engine import Claim, Events, Mark, Sent, Written
from store.errors import LeaseLost, OwnerChanged
from store.extras import write_extras
from store.handing_over import OPEN_CASE, Engine, write_handover
from store.proposals import write_proposals
from store.records import ClaimedEvent, ClaimedOutgoing
from store.rows import Row, Writing, claimed_event, claimed_outgoing, in_flight


def _placeholders(statement: str) -> str:
    return statement.replace("%s", "?")


_ACCEPT = (
    f"INSERT INTO inbox ({statements.EVENT_COLUMNS}, due_at) VALUES (?,?,?,?,?,?,?,?,?,?) "
    "ON CONFLICT (city, event_id) DO NOTHING"
)
# First of its resident's open events, and no other one of the resident being worked on.
_CLAIMABLE = f"""
SELECT {statements.EVENT_COLUMNS}, attempts + 1 FROM inbox AS e INDEXED BY inbox_due
WHERE state = 'open' AND due_at <= ?1
  AND NOT EXISTS (SELECT 1 FROM inbox AS o INDEXED BY inbox_order
    WHERE o.state = 'open' AND o.city = e.city AND o.resident = e.resident
      AND (o.occurred_at, o.event_id) < (e.occurred_at, e.event_id))
  AND NOT EXISTS (SELECT 1 FROM inbox AS o INDEXED BY inbox_order
    WHERE o.state = 'open' AND o.city = e.city AND o.resident = e.resident
      AND o.worker <> '' AND o.due_at > ?1)
ORDER BY due_at LIMIT ?2
"""
_HOLD_EVENT = "UPDATE inbox SET worker = ?, due_at = ?, attempts = attempts + 1 WHERE city = ? AND event_id = ?"
_FINISH = (
    "UPDATE inbox SET state = 'done', finished_at = ?, worker = '', resident = '', payload = '{}', reply_token = '' "
    "WHERE city = ? AND event_id = ? AND finished_at IS NULL AND worker = ? AND attempts = ?"
)
_MORE_EVENTS = "SELECT 1 FROM inbox WHERE state = 'open' AND city = ? AND resident = ? LIMIT 1"
_ADD_TURN = (
    f"INSERT INTO turns ({statements.TURN_COLUMNS}) VALUES (?,?,?,?,?,?,?,?,?,?,?,?) "
    "ON CONFLICT (city, event_id) DO NOTHING"
)
_SET_CONVERSATION = (
    f"INSERT INTO conversations ({statements.CONVERSATION_COLUMNS}) VALUES (?,?,?,?) {statements.UPSERT_CONVERSATION}"
)
_MORE_OUTGOING = "SELECT 1 FROM outbox WHERE city = ? AND resident = ? AND state = 'open' LIMIT 1"
# SQLite counts one column keys only. Never a number twice, even after a purge: the clock carries it on.
_NEXT_ID = "max((SELECT coalesce(max(id), 0) + 1 FROM {table} WHERE city = ?), ?)"
_ADD_OUTGOING = f"""
INSERT INTO outbox (id, {statements.OUTGOING_COLUMNS}, due_at, attempts, worker, created_at)
VALUES ({_NEXT_ID.format(table="outbox")},?,?,?,?,?,?,?,?,?,?,?,?,?) RETURNING id
"""
_ADD_CASE = f"""
INSERT INTO cases (id, {statements.ADD_CASE_COLUMNS})
VALUES ({_NEXT_ID.format(table="cases")},?,?,?,?,?,?,?,?,?,?,?,?) RETURNING id
"""
_OPEN_CASE = _placeholders(OPEN_CASE)
_SENDABLE = f"""
SELECT {statements.OUTGOING_COLUMNS}, id, attempts + 1, (fate_unknown OR worker <> ''), created_at
FROM outbox AS e INDEXED BY outbox_due
WHERE state = 'open' AND due_at <= ?1
  AND NOT EXISTS (SELECT 1 FROM outbox AS o INDEXED BY outbox_order
    WHERE o.state = 'open' AND o.city = e.city AND o.resident = e.resident
      AND (o.priority, o.id) < (e.priority, e.id))
ORDER BY priority, due_at LIMIT ?2
"""
_HOLD_OUTGOING = (
    "UPDATE outbox SET fate_unknown = (fate_unknown OR worker <> ''), worker = ?, due_at = ?, attempts = attempts + 1 "
    "WHERE city = ? AND id = ?"
)
_SENT = _placeholders(statements.OUTGOING_SENT)


def _raw(connection: Connection) -> sqlite3.Connection:
    return cast(sqlite3.Connection, connection.connection.driver_connection)


class SqliteHotPath:
    """`store.engine.HotPath` for SQLite: statements are calls within the process, so one by one is quick."""

    def execute(self, connection: Connection, statement: str, values: Sequence[Any]) -> sqlite3.Cursor:
        return _raw(connection).execute(_placeholders(statement), values)

    def accept(self, connection: Connection, requests: Sequence[Events]) -> list[int]:
        raw = _raw(connection)
        return [max(raw.executemany(_ACCEPT, rows).rowcount, 0) for rows in requests]

    def claim_events(self, connection: Connection, requests: Sequence[Claim]) -> list[list[ClaimedEvent]]:
        return [self._claim_events(_raw(connection), claim) for claim in requests]

    def _claim_events(self, raw: sqlite3.Connection, claim: Claim) -> list[ClaimedEvent]:
        rows = raw.execute(_CLAIMABLE, (claim.now, claim.limit)).fetchall()
        raw.executemany(_HOLD_EVENT, [(claim.worker, claim.lease_until, row[0], row[1]) for row in rows])
        return [claimed_event(row, claim.worker) for row in rows]

    def write(self, connection: Connection, requests: Sequence[Writing]) -> list[Written | LeaseLost | OwnerChanged]:
        return [
            write_handover(self._lent(connection), outcome)
            if outcome.is_handover
            else self._write(_raw(connection), outcome)
            for outcome in requests
        ]

    def _lent(self, connection: Connection) -> Engine:
        return Engine(
            execute=lambda statement, values: self.execute(connection, statement, values),
            lock=lambda city: self.lock_cases(connection, city),
            add_case=lambda row, now: self.add_case(connection, row, now),
            write=lambda outcome: self._write(_raw(connection), outcome),
        )

    def lock_cases(self, connection: Connection, city: str) -> None:
        """Whoever writes holds the whole database already."""

    def add_case(self, connection: Connection, case: Row, now: int) -> int:
        number: int = _raw(connection).execute(_ADD_CASE, (case[0], now * 1000, *case)).fetchone()[0]
        return number

    def _write(self, raw: sqlite3.Connection, outcome: Writing) -> Written | LeaseLost | OwnerChanged:
        event = outcome.event
        if outcome.owner is not None and self._more(raw, _OPEN_CASE, outcome.city, outcome.resident):
            return OwnerChanged()
        if event is not None:
            held = (outcome.now, event.city, event.event_id, event.worker, event.attempts)
            if not raw.execute(_FINISH, held).rowcount:
                return LeaseLost()
        if outcome.turn is not None:
            is_new = raw.execute(_ADD_TURN, outcome.turn).rowcount
            if not is_new and event is None:
                return Written((), more=False)
        if outcome.has_extras:
            write_extras(lambda statement, values: raw.execute(_placeholders(statement), values), outcome)
        if outcome.conversation is not None:
            raw.execute(_SET_CONVERSATION, outcome.conversation)
        if outcome.proposal is not None:
            write_proposals(lambda statement, values: raw.execute(_placeholders(statement), values), [outcome])
        sending = self._add_outgoing(raw, outcome)
        waits = len(sending) < len(outcome.outgoing)
        more = waits or (event is not None and self._more(raw, _MORE_EVENTS, event.city, event.resident))
        return Written(sending, more)

    def _add_outgoing(self, raw: sqlite3.Connection, outcome: Writing) -> tuple[ClaimedOutgoing, ...]:
        """Insert the messages, held by the worker unless older ones of the same resident still wait."""
        if not outcome.outgoing:
            return ()
        residents = {(row[0], row[1]) for _, row in outcome.outgoing}
        waiting = {resident for resident in residents if self._more(raw, _MORE_OUTGOING, *resident)}
        now, sending = outcome.now, []
        for item, row in outcome.outgoing:
            waits = (row[0], row[1]) in waiting or not outcome.worker
            lease = (now, 0, "") if waits else (outcome.lease_until, 1, outcome.worker)
            (number,) = raw.execute(_ADD_OUTGOING, (row[0], now * 1000, *row, *lease, now)).fetchone()
            if not waits:
                sending.append(in_flight(item, row, number, outcome.worker, now))
        return tuple(sending)

    def _more(self, raw: sqlite3.Connection, statement: str, city: str, resident: str) -> bool:
        return raw.execute(statement, (city, resident)).fetchone() is not None

    def claim_outgoing(self, connection: Connection, requests: Sequence[Claim]) -> list[list[ClaimedOutgoing]]:
        return [self._claim_outgoing(_raw(connection), claim) for claim in requests]

    def _claim_outgoing(self, raw: sqlite3.Connection, claim: Claim) -> list[ClaimedOutgoing]:
        rows: list[Row] = raw.execute(_SENDABLE, (claim.now, claim.limit)).fetchall()
        raw.executemany(_HOLD_OUTGOING, [(claim.worker, claim.lease_until, row[0], row[9]) for row in rows])
        return [claimed_outgoing(row, claim.worker) for row in rows]

    def sent(self, connection: Connection, requests: Sequence[Sent]) -> list[bool | LeaseLost]:
        raw = _raw(connection)
        return [self._sent(raw, request) for request in requests]

    def _sent(self, raw: sqlite3.Connection, request: Sent) -> bool | LeaseLost:
        item = request.item
        values = (request.now, request.accepted, item.city, item.id, item.worker, item.attempts)
        if not raw.execute(_SENT, values).rowcount:
            return LeaseLost()
        return self._more(raw, _MORE_OUTGOING, item.city, item.resident)

    def mark(self, connection: Connection, requests: Sequence[Mark]) -> list[LeaseLost | None]:
        raw = _raw(connection)
        done = [raw.execute(_placeholders(mark.statement), mark.values).rowcount for mark in requests]
        return [None if count else LeaseLost() for count in done]
