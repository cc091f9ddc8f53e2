"""The hot path on PostgreSQL. A batch is a few statements over arrays, because each one is a trip to the server.

Several processes write at once: claims skip rows that another one is taking, rows are written in the order of their
keys so that two batches cannot wait for each other in a circle, and new work is told to sleeping workers by NOTIFY.
"""

# ruff: noqa: S608 - every statement is put together from constants of this package
from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, Literal, cast

from sqlalchemy import Connection

from store import statements
from store.engine import Claim, Mark, Sent, Written
from store.errors import LeaseLost, OwnerChanged
from store.handing_over import Engine, write_handover
from store.records import ClaimedEvent, ClaimedOutgoing
from store.rows import Row, Writing, claimed_event, claimed_outgoing
from store.together import Together

if TYPE_CHECKING:  # a town on SQLite need not load the driver
    import psycopg

    Raw = psycopg.Connection[tuple[Any, ...]]

CHANNEL = "madoguchi_work"
_NOTIFY = f"NOTIFY {CHANNEL}"


def _arrays(types: str) -> str:
    """`unnest` of one array a column: `_arrays("text bigint")` is `unnest(%s::text[], %s::bigint[])`."""
    return "unnest(" + ", ".join(f"%s::{name}[]" for name in types.split()) + ")"


_EVENT_TYPES = "text text text bigint text text bool text bigint bigint"
_ACCEPT = f"""
WITH new AS (
  INSERT INTO inbox ({statements.EVENT_COLUMNS}, due_at) SELECT * FROM {_arrays(_EVENT_TYPES)}
  ON CONFLICT (city, event_id) DO NOTHING RETURNING city, event_id)
SELECT city, event_id, pg_notify('{CHANNEL}', '') FROM new
"""
# How these are written leaves the planner one way, because it plans while the tables are small and keeps the plan when
# a burst has filled them (a claim beside 20,000 waiting events took 300 ms instead of 2, 2026-11-21):
# "(SELECT … ORDER BY … LIMIT 1)" is looked up in the index of that order, while EXISTS may become a join over
# everything that is open; rows are found by their key first and changed by their place (ctid); what is changed is
# asked for "finished_at IS NULL", which no partial index offers.
#
# Claiming takes two steps. The first picks rows that nobody else is taking and locks their residents until commit; the
# second looks again with a fresh snapshot, so that a worker that committed in between is seen. Together: one event a
# resident.
_PICK_EVENTS = """
WITH due AS MATERIALIZED (
  SELECT ctid AS place, city, resident FROM inbox AS e
  WHERE state = 'open' AND due_at <= %(now)s
    AND event_id = (SELECT o.event_id FROM inbox AS o
      WHERE o.state = 'open' AND o.city = e.city AND o.resident = e.resident
      ORDER BY o.occurred_at, o.event_id LIMIT 1)
  ORDER BY due_at LIMIT %(limit)s FOR UPDATE OF e SKIP LOCKED)
SELECT place::text FROM due
WHERE pg_try_advisory_xact_lock(hashtextextended(city || chr(31) || resident, 20))
"""
_HOLD_EVENTS = f"""
UPDATE inbox AS e SET worker = %s, due_at = %s, attempts = attempts + 1
WHERE e.ctid = ANY (%s::tid[]) AND e.finished_at IS NULL AND e.due_at <= %s
  AND e.event_id = (SELECT o.event_id FROM inbox AS o
    WHERE o.state = 'open' AND o.city = e.city AND o.resident = e.resident
    ORDER BY o.occurred_at, o.event_id LIMIT 1)
  AND (SELECT 1 FROM inbox AS o
    WHERE o.state = 'open' AND o.city = e.city AND o.resident = e.resident AND o.worker <> '' AND o.due_at > %s
    ORDER BY o.occurred_at, o.event_id LIMIT 1) IS NULL
RETURNING e.{statements.EVENT_COLUMNS.replace(", ", ", e.")}, e.attempts
"""
_OPEN_CASE_OF = (
    "(SELECT 1 FROM cases AS k WHERE k.city = {row}.city AND k.resident = {row}.resident "
    "AND k.status IN ('waiting', 'staff') LIMIT 1)"
)
_OWNED = f"""
SELECT city, resident FROM {_arrays("text text")} AS r (city, resident) WHERE {_OPEN_CASE_OF.format(row="r")} = 1
"""
_FINISH = f"""
UPDATE inbox AS e SET state = 'done', finished_at = held.now, worker = '', resident = '', payload = '{{}}',
  reply_token = ''
FROM (SELECT * FROM {_arrays("text text text int text bigint bool")}
    AS h (city, event_id, worker, attempts, resident, now, fenced),
  LATERAL (SELECT i.ctid AS place FROM inbox AS i WHERE i.city = h.city AND i.event_id = h.event_id OFFSET 0) AS i
) AS held
WHERE e.ctid = held.place AND e.finished_at IS NULL AND e.worker = held.worker AND e.attempts = held.attempts
  AND (NOT held.fenced OR {_OPEN_CASE_OF.format(row="held")} IS NULL)
RETURNING e.city, e.event_id, held.worker, held.attempts, (SELECT 1 FROM inbox AS o
  WHERE o.state = 'open' AND o.city = held.city AND o.resident = held.resident AND o.event_id <> held.event_id
  ORDER BY o.occurred_at, o.event_id LIMIT 1) IS NOT NULL
"""
_ADD_TURNS = (
    f"INSERT INTO turns ({statements.TURN_COLUMNS}) "
    f"SELECT * FROM {_arrays('text text text text bigint text text text text text text text')} "
    "ON CONFLICT (city, event_id) DO NOTHING RETURNING city, event_id"
)
_SET_CONVERSATIONS = (
    f"INSERT INTO conversations ({statements.CONVERSATION_COLUMNS}) "
    f"SELECT * FROM {_arrays('text text text bigint')} {statements.UPSERT_CONVERSATION}"
)
_WAITING_RESIDENTS = f"""
SELECT city, resident FROM {_arrays("text text")} AS r (city, resident)
WHERE (SELECT 1 FROM outbox AS o
  WHERE o.state = 'open' AND o.city = r.city AND o.resident = r.resident ORDER BY o.priority, o.id LIMIT 1) = 1
"""
_OUTGOING_TYPES = "text text text text text bigint text int text bigint int text bigint"
# Numbers are drawn in the order of the rows given, because the resident reads them in that order.
_ADD_OUTGOING = f"""
INSERT INTO outbox ({statements.OUTGOING_COLUMNS}, due_at, attempts, worker, created_at)
SELECT c1, c2, c3, c4, c5, c6, c7, c8, c9, c10, c11, c12, c13
FROM {_arrays(_OUTGOING_TYPES)} WITH ORDINALITY AS r (c1, c2, c3, c4, c5, c6, c7, c8, c9, c10, c11, c12, c13, place)
ORDER BY place RETURNING city, retry_key, id
"""
_ADD_CASE = (
    f"INSERT INTO cases ({statements.ADD_CASE_COLUMNS}) "
    "VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s) RETURNING id"
)
_LOCK_CASES = "SELECT pg_advisory_xact_lock(hashtextextended(%s, 21))"
_CLAIM_OUTGOING = f"""
WITH due AS MATERIALIZED (
  SELECT ctid AS place FROM outbox AS e
  WHERE state = 'open' AND due_at <= %s
    AND id = (SELECT o.id FROM outbox AS o
      WHERE o.state = 'open' AND o.city = e.city AND o.resident = e.resident
      ORDER BY o.priority, o.id LIMIT 1)
  ORDER BY priority, due_at LIMIT %s FOR UPDATE OF e SKIP LOCKED)
UPDATE outbox AS e SET fate_unknown = (fate_unknown OR worker <> ''), worker = %s, due_at = %s, attempts = attempts + 1
FROM due WHERE e.ctid = due.place
RETURNING e.{statements.OUTGOING_COLUMNS.replace(", ", ", e.")}, e.id, e.attempts, e.fate_unknown, e.created_at
"""
_SENT = f"""
UPDATE outbox AS e SET state = 'sent', worker = '', messages = '[]', reply_token = '',
  finished_at = held.now, accepted = held.accepted
FROM (SELECT * FROM {_arrays("text bigint text int bigint text")} AS h (city, id, worker, attempts, now, accepted),
  LATERAL (SELECT i.ctid AS place FROM outbox AS i WHERE i.city = h.city AND i.id = h.id OFFSET 0) AS i
) AS held
WHERE e.ctid = held.place AND e.finished_at IS NULL AND e.worker = held.worker AND e.attempts = held.attempts
RETURNING e.city, e.id, held.worker, held.attempts, (SELECT 1 FROM outbox AS o
  WHERE o.state = 'open' AND o.city = e.city AND o.resident = e.resident AND o.id <> e.id
  ORDER BY o.priority, o.id LIMIT 1) IS NOT NULL
"""


def _raw(connection: Connection) -> Raw:
    return cast("Raw", connection.connection.driver_connection)


def _array(values: Iterable[Any]) -> str:
    return "{" + ",".join(map(_element, values)) + "}"


def _columns(rows: Iterable[Row]) -> list[str]:
    """Rows as one array literal a column. psycopg writes arrays value by value in Python, which took a quarter of the
    time of accepting events; the statements name the types."""
    return [_array(column) for column in zip(*rows, strict=True)]


def _element(value: Any) -> str:
    """One value of an array literal: a text quoted, as PostgreSQL's manual has it (8.15.2); numbers and booleans."""
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return "NULL" if value is None else str(value)


class PostgresHotPath(Together):
    """`store.engine.HotPath` for PostgreSQL."""

    OWNED = _OWNED
    SET_CONVERSATIONS = _SET_CONVERSATIONS
    WAITING_RESIDENTS = _WAITING_RESIDENTS

    def execute(self, connection: Connection, statement: str, values: Sequence[Any]) -> psycopg.Cursor[Any]:
        return _raw(connection).execute(statement, values)

    def _do(self, connection: Connection, statement: str, rows: Sequence[Row]) -> int:
        return _raw(connection).execute(statement, _columns(rows)).rowcount

    def _ask(self, connection: Connection, statement: str, rows: Sequence[Row]) -> list[Row]:
        return _raw(connection).execute(statement, _columns(rows)).fetchall()

    def _add(self, connection: Connection, table: Literal["inbox", "turns"], rows: Sequence[Row]) -> set[Row]:
        return {row[:2] for row in self._ask(connection, _ACCEPT if table == "inbox" else _ADD_TURNS, rows)}

    def _finish(self, connection: Connection, rows: Sequence[Row]) -> dict[Row, bool]:
        return {tuple(lease): waiting for *lease, waiting in self._ask(connection, _FINISH, rows)}

    def _add_outgoing_rows(self, connection: Connection, rows: Sequence[Row]) -> dict[Row, int]:
        return {(city, key): number for city, key, number in self._ask(connection, _ADD_OUTGOING, rows)}

    def _wake_others(self, connection: Connection) -> None:
        _raw(connection).execute(_NOTIFY)

    def claim_events(self, connection: Connection, requests: Sequence[Claim]) -> list[list[ClaimedEvent]]:
        return [self._claim_events(_raw(connection), claim) for claim in requests]

    def _claim_events(self, raw: Raw, claim: Claim) -> list[ClaimedEvent]:
        picked = raw.execute(_PICK_EVENTS, {"now": claim.now, "limit": claim.limit}).fetchall()
        if not picked:
            return []
        places = _array(place for (place,) in picked)
        values = (claim.worker, claim.lease_until, places, claim.now, claim.now)
        rows = raw.execute(_HOLD_EVENTS, values).fetchall()
        events = [claimed_event(row, claim.worker) for row in rows]
        return sorted(events, key=lambda event: (event.received_at_ms, event.occurred_at_ms))

    def write(self, connection: Connection, requests: Sequence[Writing]) -> list[Written | LeaseLost | OwnerChanged]:
        """Many at once, but those of residents with an open case: each of these after the others, by itself."""
        usual = [outcome for outcome in requests if not outcome.is_handover]
        results = dict(zip(map(id, usual), self._write_many(connection, usual), strict=True))
        lent = self._lent(connection)
        # By city, so that two processes rarely wait for each other in a circle.
        for outcome in sorted((o for o in requests if o.is_handover), key=lambda outcome: outcome.city):
            results[id(outcome)] = write_handover(lent, outcome)
        return [results[id(outcome)] for outcome in requests]

    def _lent(self, connection: Connection) -> Engine:
        return Engine(
            execute=_raw(connection).execute,
            lock=lambda city: self.lock_cases(connection, city),
            add_case=lambda row, now: self.add_case(connection, row, now),
            write=lambda outcome: self._write_many(connection, [outcome])[0],
        )

    def lock_cases(self, connection: Connection, city: str) -> None:
        _raw(connection).execute(_LOCK_CASES, (city,))

    def add_case(self, connection: Connection, case: Row, now: int) -> int:
        number: int = _raw(connection).execute(_ADD_CASE, case).fetchall()[0][0]
        return number

    def claim_outgoing(self, connection: Connection, requests: Sequence[Claim]) -> list[list[ClaimedOutgoing]]:
        return [self._claim_outgoing(_raw(connection), claim) for claim in requests]

    def _claim_outgoing(self, raw: Raw, claim: Claim) -> list[ClaimedOutgoing]:
        values = (claim.now, claim.limit, claim.worker, claim.lease_until)
        rows = raw.execute(_CLAIM_OUTGOING, values).fetchall()
        items = [claimed_outgoing(row, claim.worker) for row in rows]
        return sorted(items, key=lambda item: (item.priority, item.id))

    def sent(self, connection: Connection, requests: Sequence[Sent]) -> list[bool | LeaseLost]:
        rows = sorted(
            {
                _hold(request.item): (*_hold(request.item), request.now, request.accepted) for request in requests
            }.values()
        )
        done = _raw(connection).execute(_SENT, _columns(rows)).fetchall()
        more = {tuple(lease): waiting for *lease, waiting in done}
        return [more.pop(_hold(request.item), LeaseLost()) for request in requests]

    def mark(self, connection: Connection, requests: Sequence[Mark]) -> list[LeaseLost | None]:
        raw = _raw(connection)
        done = [raw.execute(mark.statement, mark.values).rowcount for mark in requests]
        return [None if count else LeaseLost() for count in done]


def _hold(item: ClaimedOutgoing) -> tuple[str, int, str, int]:
    return item.city, item.id, item.worker, item.attempts
