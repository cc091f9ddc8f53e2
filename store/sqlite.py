"""The hot path on SQLite. One process writes at a time (BEGIN IMMEDIATE), so reading before writing is safe.

Each step of a statement lets go of Python's lock, and has to get it back from threads that think. So a statement takes
all its rows at once, and gives none (how many it changed says the usual: all of them) or one, with the rest as JSON.
"""

# ruff: noqa: S608 - every statement is put together from constants of this package
from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, ClassVar, Literal, cast

import orjson
from sqlalchemy import Connection

from store import statements
from store.engine import Claim, Mark, Sent, Written
from store.errors import LeaseLost, OwnerChanged, StoreError
from store.handing_over import Engine, write_handover
from store.records import ClaimedEvent, ClaimedOutgoing
from store.rows import Row, Writing, claimed_event, claimed_outgoing
from store.together import Together


def _placeholders(statement: str) -> str:
    return statement.replace("%s", "?")


def _values(width: int) -> str:
    """A row of `{rows}`."""
    return f"({','.join('?' * width)})"


_ACCEPT = f"""
INSERT INTO inbox ({statements.EVENT_COLUMNS}, due_at) VALUES {{rows}}
ON CONFLICT (city, event_id) DO NOTHING
"""
# First of its resident's open events, and no other one of the resident being worked on.
_CLAIMABLE = f"""
SELECT json_group_array(json_array({statements.EVENT_COLUMNS}, attempts + 1)) FROM (
SELECT * FROM inbox AS e INDEXED BY inbox_due
WHERE state = 'open' AND due_at <= ?1
  AND NOT EXISTS (SELECT 1 FROM inbox AS o INDEXED BY inbox_order
    WHERE o.state = 'open' AND o.city = e.city AND o.resident = e.resident
      AND (o.occurred_at, o.event_id) < (e.occurred_at, e.event_id))
  AND NOT EXISTS (SELECT 1 FROM inbox AS o INDEXED BY inbox_order
    WHERE o.state = 'open' AND o.city = e.city AND o.resident = e.resident
      AND o.worker <> '' AND o.due_at > ?1)
ORDER BY due_at LIMIT ?2)
"""
_HOLD_EVENTS = """
WITH held (worker, due_at, city, event_id) AS (VALUES {rows})
UPDATE inbox SET worker = held.worker, due_at = held.due_at, attempts = inbox.attempts + 1
FROM held WHERE inbox.city = held.city AND inbox.event_id = held.event_id
"""
_HAS_OPEN_CASE = """EXISTS (SELECT 1 FROM cases AS k
    WHERE k.city = {row}.city AND k.resident = {row}.resident AND k.status IN ('waiting', 'staff'))"""
_FINISH = f"""
UPDATE inbox SET state = 'done', finished_at = held.now, worker = '', resident = '', payload = '{{{{}}}}',
  reply_token = ''
FROM (WITH h (city, event_id, worker, attempts, resident, now, fenced) AS (VALUES {{rows}}) SELECT * FROM h) AS held
WHERE inbox.city = held.city AND inbox.event_id = held.event_id AND inbox.finished_at IS NULL
  AND inbox.worker = held.worker AND inbox.attempts = held.attempts
  AND (NOT held.fenced OR NOT {_HAS_OPEN_CASE.format(row="held")})
"""
_RESIDENTS = """
WITH r (city, resident) AS (VALUES {{rows}})
SELECT json_group_array(json_array(city, resident)) FROM r WHERE {wanted}
"""
_OWNED = _RESIDENTS.format(wanted=_HAS_OPEN_CASE.format(row="r"))
_MORE_EVENTS = _RESIDENTS.format(
    wanted="EXISTS (SELECT 1 FROM inbox AS o WHERE o.state = 'open' AND o.city = r.city AND o.resident = r.resident)"
)
_WAITING_RESIDENTS = _RESIDENTS.format(
    wanted="EXISTS (SELECT 1 FROM outbox AS o WHERE o.state = 'open' AND o.city = r.city AND o.resident = r.resident)"
)
_ADD_TURNS = f"""
INSERT INTO turns ({statements.TURN_COLUMNS}) VALUES {{rows}}
ON CONFLICT (city, event_id) DO NOTHING
"""
# New rows get the next numbers.
_NEWEST = "SELECT json_group_array(json_array(city, event_id)) FROM {table} WHERE rowid > ?"
_SET_CONVERSATIONS = f"""
INSERT INTO conversations ({statements.CONVERSATION_COLUMNS}) VALUES {{rows}} {statements.UPSERT_CONVERSATION}
"""
# SQLite counts one column keys only. Never a number twice, even after a purge: the clock carries it on.
_NEXT_ID = "max((SELECT coalesce(max(id), 0) + 1 FROM {table} WHERE city = ?), ?)"
_NEXT_OUTGOING = f"SELECT {_NEXT_ID.format(table='outbox')}"
_ADD_OUTGOING = f"""
INSERT INTO outbox ({statements.OUTGOING_COLUMNS}, due_at, attempts, worker, created_at, id) VALUES {{rows}}
"""
# Cases are emptied and never removed, so the next number is free for good: short ones, because people say them.
_ADD_CASE = f"""
INSERT INTO cases (id, {statements.ADD_CASE_COLUMNS})
VALUES ((SELECT coalesce(max(id), 0) + 1 FROM cases WHERE city = ?),?,?,?,?,?,?,?,?,?,?,?,?) RETURNING id
"""
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
_SENT = """
UPDATE outbox SET state = 'sent', worker = '', messages = '[]', reply_token = '',
  finished_at = held.now, accepted = held.accepted
FROM (WITH h (city, id, worker, attempts, now, accepted) AS (VALUES {rows}) SELECT * FROM h) AS held
WHERE outbox.city = held.city AND outbox.id = held.id AND outbox.finished_at IS NULL
  AND outbox.worker = held.worker AND outbox.attempts = held.attempts
"""
_ROWS_AT_ONCE = (1, 2, 4, 8, 16, 32, 64, 128, 256)
"""Few lengths, so that sqlite3 finds each statement in its cache."""


class Uneven(StoreError):
    """Not every row was as usual, and which one was not cannot be told: the writer does each of them alone."""

    def __init__(self) -> None:
        super().__init__("the database refused some rows", permanent=True)


@lru_cache(256)
def _with_rows(statement: str, count: int, width: int) -> str:
    return statement.format(rows=",".join([_values(width)] * count))


def _in_pieces(rows: Sequence[Row]) -> Iterator[Sequence[Row]]:
    """Pieces of these lengths; the last is filled up with its last row, which changes nothing when it comes twice."""
    longest = _ROWS_AT_ONCE[-1]
    for begin in range(0, len(rows), longest):
        piece = rows[begin : begin + longest]
        length = next(length for length in _ROWS_AT_ONCE if length >= len(piece))
        yield (*piece, *[piece[-1]] * (length - len(piece)))


def _raw(connection: Connection) -> sqlite3.Connection:
    return cast(sqlite3.Connection, connection.connection.driver_connection)


class SqliteHotPath(Together):
    """`store.engine.HotPath` for SQLite."""

    OWNED = _OWNED
    SET_CONVERSATIONS = _SET_CONVERSATIONS
    WAITING_RESIDENTS = _WAITING_RESIDENTS
    _ADD: ClassVar[Mapping[str, str]] = {"inbox": _ACCEPT, "turns": _ADD_TURNS}

    def execute(self, connection: Connection, statement: str, values: Sequence[Any]) -> sqlite3.Cursor:
        return _raw(connection).execute(_placeholders(statement), values)

    def _do(self, connection: Connection, statement: str, rows: Sequence[Row]) -> int:
        """sqlite3 counts what a statement changes only when it begins with INSERT or UPDATE, not with WITH."""
        return sum(cursor.rowcount for cursor in self._run(connection, statement, rows))

    def _ask(self, connection: Connection, statement: str, rows: Sequence[Row]) -> list[Row]:
        cursors = self._run(connection, statement, rows)
        return [tuple(row) for cursor in cursors for row in orjson.loads(cursor.fetchone()[0])]

    def _run(self, connection: Connection, statement: str, rows: Sequence[Row]) -> Iterator[sqlite3.Cursor]:
        raw = _raw(connection)
        for piece in _in_pieces(rows):
            values = [value for row in piece for value in row]
            yield raw.execute(_with_rows(statement, len(piece), len(piece[0])), values)

    def _add(self, connection: Connection, table: Literal["inbox", "turns"], rows: Sequence[Row]) -> set[Row]:
        new: set[Row] = set()
        raw = _raw(connection)
        for begin in range(0, len(rows), _ROWS_AT_ONCE[-1]):
            some = rows[begin : begin + _ROWS_AT_ONCE[-1]]
            (cursor,) = self._run(connection, self._ADD[table], some)
            if cursor.rowcount == len(some):
                new.update(row[:2] for row in some)
            elif cursor.rowcount:
                before = cast(int, cursor.lastrowid) - cursor.rowcount
                (found,) = raw.execute(_NEWEST.format(table=table), (before,)).fetchone()
                new.update(map(tuple, orjson.loads(found)))
        return new

    def _finish(self, connection: Connection, rows: Sequence[Row]) -> dict[Row, bool]:
        if not _all_or_none(self._do(connection, _FINISH, rows), rows):
            return {}
        more = set(self._ask(connection, _MORE_EVENTS, sorted({(row[0], row[4]) for row in rows})))
        return {row[:4]: (row[0], row[4]) in more for row in rows}

    def _add_outgoing_rows(self, connection: Connection, rows: Sequence[Row]) -> dict[Row, int]:
        next_id: dict[str, int] = {}
        numbered = []
        for row in rows:
            city, created_at = row[0], row[-1]
            if city not in next_id:
                (next_id[city],) = _raw(connection).execute(_NEXT_OUTGOING, (city, created_at * 1000)).fetchone()
            numbered.append((*row, next_id[city]))
            next_id[city] += 1
        alone = len(numbered) == 1
        added = self._do(connection, _ADD_OUTGOING if alone else f"{_ADD_OUTGOING} ON CONFLICT DO NOTHING", numbered)
        if added < len(numbered):
            raise Uneven
        return {(row[0], row[6]): row[-1] for row in numbered}

    def _wake_others(self, connection: Connection) -> None:
        """Another process sees that the file has changed (`store.bell.SqliteEar`)."""

    def claim_events(self, connection: Connection, requests: Sequence[Claim]) -> list[list[ClaimedEvent]]:
        return [self._claim_events(connection, claim) for claim in requests]

    def _claim_events(self, connection: Connection, claim: Claim) -> list[ClaimedEvent]:
        (found,) = _raw(connection).execute(_CLAIMABLE, (claim.now, claim.limit)).fetchone()
        rows = orjson.loads(found)
        self._do(connection, _HOLD_EVENTS, [(claim.worker, claim.lease_until, row[0], row[1]) for row in rows])
        return [claimed_event(row, claim.worker) for row in rows]

    def write(self, connection: Connection, requests: Sequence[Writing]) -> list[Written | LeaseLost | OwnerChanged]:
        """Many at once, but those of residents with an open case: each of these after the others, by itself."""
        usual = [outcome for outcome in requests if not outcome.is_handover]
        results = dict(zip(map(id, usual), self._write_many(connection, usual), strict=True))
        lent = self._lent(connection)
        for outcome in requests:
            if outcome.is_handover:
                results[id(outcome)] = write_handover(lent, outcome)
        return [results[id(outcome)] for outcome in requests]

    def _lent(self, connection: Connection) -> Engine:
        return Engine(
            execute=lambda statement, values: self.execute(connection, statement, values),
            lock=lambda city: self.lock_cases(connection, city),
            add_case=lambda row, now: self.add_case(connection, row, now),
            write=lambda outcome: self._write_many(connection, [outcome])[0],
        )

    def lock_cases(self, connection: Connection, city: str) -> None:
        """Whoever writes holds the whole database already."""

    def add_case(self, connection: Connection, case: Row, now: int) -> int:
        number: int = _raw(connection).execute(_ADD_CASE, (case[0], *case)).fetchone()[0]
        return number

    def claim_outgoing(self, connection: Connection, requests: Sequence[Claim]) -> list[list[ClaimedOutgoing]]:
        return [self._claim_outgoing(_raw(connection), claim) for claim in requests]

    def _claim_outgoing(self, raw: sqlite3.Connection, claim: Claim) -> list[ClaimedOutgoing]:
        rows: list[Row] = raw.execute(_SENDABLE, (claim.now, claim.limit)).fetchall()
        raw.executemany(_HOLD_OUTGOING, [(claim.worker, claim.lease_until, row[0], row[9]) for row in rows])
        return [claimed_outgoing(row, claim.worker) for row in rows]

    def sent(self, connection: Connection, requests: Sequence[Sent]) -> list[bool | LeaseLost]:
        rows = sorted({(*_hold(request.item), request.now, request.accepted) for request in requests})
        if not _all_or_none(self._do(connection, _SENT, rows), rows):
            return [LeaseLost() for _ in requests]
        done = {(row[0], row[1], row[3]) for row in rows}
        residents = sorted({(request.item.city, request.item.resident) for request in requests})
        more = set(self._ask(connection, _WAITING_RESIDENTS, residents))
        results: list[bool | LeaseLost] = []
        for item in (request.item for request in requests):
            held = (item.city, item.id, item.attempts)
            results.append((item.city, item.resident) in more if held in done else LeaseLost())
            done.discard(held)
        return results

    def mark(self, connection: Connection, requests: Sequence[Mark]) -> list[LeaseLost | None]:
        raw = _raw(connection)
        done = [raw.execute(_placeholders(mark.statement), mark.values).rowcount for mark in requests]
        return [None if count else LeaseLost() for count in done]


def _hold(item: ClaimedOutgoing) -> Row:
    return item.city, item.id, item.worker, item.attempts


def _all_or_none(changed: int, rows: Sequence[Row]) -> bool:
    """Whether all rows were changed; `Uneven` when some were and some were not."""
    if changed == len(rows):
        return True
    if changed or len(rows) > 1:
        raise Uneven
    return False
