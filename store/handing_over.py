"""Writing what a resident did while, or in order that, a person owns the talk; and what both sides need for it.

Whoever changes a case holds the lock of its city (SQLite: the database's own), so the changes of a city have one
order: what was decided for another owner is refused, and the turns of an open case follow each other in time.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from bot.handover import Event, State, Who, transition
from store.engine import Written
from store.errors import LeaseLost, OwnerChanged, QueueFull, QueueMoved, StoreError
from store.extras import Execute
from store.file_rows import add_file
from store.free_replies import lend_reply
from store.rows import Row, Writing
from store.statements import MARK_CASES

OPEN_CASE = (
    "SELECT id, version, status, last_at FROM cases "
    "WHERE city = %s AND resident = %s AND status IN ('waiting', 'staff')"
)
_WAITING = "SELECT count(*) FROM cases WHERE city = %s AND department = %s AND status = 'waiting'"
_KNOWN_TURN = "SELECT 1 FROM turns WHERE city = %s AND event_id = %s"
_RESIDENT_WROTE = (
    "UPDATE cases SET resident_at = %s, last_at = %s, unread = unread + 1, idle_told_at = NULL "
    "WHERE city = %s AND id = %s"
)
_RESIDENT_ENDED = (
    "UPDATE cases SET status = %s, closed_at = %s, closed_by = 0, close_reason = %s, unread = 0, version = version + 1 "
    "WHERE city = %s AND id = %s"
)
_LOG = (
    "INSERT INTO case_log (city, case_id, seq, at, who_kind, staff_id, before, after, event, reason) "
    "SELECT %s, %s, coalesce(max(seq), 0) + 1, %s, %s, %s, %s, %s, %s, %s FROM case_log "
    "WHERE city = %s AND case_id = %s RETURNING seq"
)

TURN_AT, CASE_DEPARTMENT = 4, 3
"""The places of `at` in a turn's row and of `department` in a case's row."""

TOLD_NEARLY = 5
"""A fifth more than were told is near enough: hundreds who ask at once would else be decided hundreds of times."""


@dataclass(frozen=True, slots=True)
class Engine:
    """What an engine lends for one outcome: its statements, its lock, and its way of writing the rest."""

    execute: Execute
    lock: Callable[[str], None]
    add_case: Callable[[Row, int], int]
    write: Callable[[Writing], Written | LeaseLost | OwnerChanged]


def write_handover(engine: Engine, outcome: Writing) -> Written | LeaseLost | OwnerChanged:
    """Write an outcome that opens a case, or was decided while one was open. All or nothing, and once."""
    city, turn = outcome.city, outcome.turn
    engine.lock(city)
    held = engine.execute(OPEN_CASE, (city, outcome.resident)).fetchone()
    if outcome.owner is not None and outcome.owner != (f"{held[0]}:{held[1]}" if held else ""):
        return OwnerChanged()
    if outcome.event is None and turn and engine.execute(_KNOWN_TURN, (city, turn[1])).fetchone():
        return Written((), more=False)
    if outcome.case and not held and (refusal := _queue_refuses(engine.execute, outcome)):
        return refusal
    if turn and held:
        turn = (*turn[:TURN_AT], max(turn[TURN_AT], held[3] + 1), *turn[TURN_AT + 1 :])
    written = engine.write(replace(outcome, turn=turn, case=None, owner=None))
    if isinstance(written, Exception):
        return written
    at = turn[TURN_AT] if turn else outcome.now
    lent = False
    if held:
        _join(engine.execute, outcome, held, at if turn else None)
        if outcome.event is not None and not outcome.outgoing:
            lent = lend_reply(engine.execute, outcome.event, held[0], outcome.now)
    elif outcome.case:
        _open(engine, outcome.case, at, outcome.now)
    mark_change(engine.execute, city)
    return replace(written, more=written.more or lent)


def _queue_refuses(execute: Execute, outcome: Writing) -> OwnerChanged | None:
    """Why the resident cannot stand in line as it was decided; None where they can.

    Asked under the lock: of two who saw the last place one has it, and of two who were to hear that they are next.
    """
    assert outcome.case is not None
    if outcome.at_most <= 0 and outcome.ahead < 0:
        return None
    waiting: int = execute(_WAITING, (outcome.city, outcome.case[CASE_DEPARTMENT])).fetchone()[0]
    if 0 < outcome.at_most <= waiting:
        return QueueFull()
    return QueueMoved() if 0 <= outcome.ahead < waiting - outcome.ahead // TOLD_NEARLY else None


def _open(engine: Engine, case: Row, at: int, now: int) -> None:
    number = engine.add_case((*case, at, at, 1), now)
    log_step(engine.execute, case[0], number, at, "resident", 0, "bot", "waiting", "asks")


def _join(execute: Execute, outcome: Writing, held: Row, at: int | None) -> None:
    """The resident's words join the open case, and end it where they say so."""
    number, _, status, _ = held
    if at is not None:
        execute(_RESIDENT_WROTE, (at, at, outcome.city, number))
    if outcome.file and outcome.turn:
        add_file(execute, outcome.turn, outcome.file, number, outcome.now)
    if outcome.ends:
        after = allowed(status, outcome.ends, "resident")  # type: ignore[arg-type]
        execute(_RESIDENT_ENDED, (after, at or outcome.now, outcome.ends, outcome.city, number))
        log_step(execute, outcome.city, number, at or outcome.now, "resident", 0, status, after, outcome.ends)


def allowed(before: State, event: Event, who: Who) -> State:
    """The state after the event; a step that the table does not know is a fault of ours."""
    step = transition(before, event, who)
    if step is None:
        raise StoreError(f"no way from {before} by {event} of {who}", permanent=True)
    return step.after


def log_step(
    execute: Execute,
    city: str,
    case_id: int,
    at: int,
    who: Who,
    staff: int,
    before: State | str,
    after: State | str,
    event: Event | str,
    reason: str = "",
) -> int:
    """Write one row of a case's history; its number."""
    values = (city, case_id, at, who, staff, before, after, event, reason, city, case_id)
    seq: int = execute(_LOG, values).fetchone()[0]
    return seq


def mark_change(execute: Execute, city: str) -> None:
    """Something that a console or an open chat shows has changed. The city's lock is held."""
    execute(MARK_CASES, (city,))
