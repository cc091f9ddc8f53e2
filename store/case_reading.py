"""Looking at cases without changing them: one, the open ones, their history, their talk, the queue, the deliveries."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from statistics import median
from typing import Any
from uuid import UUID, uuid5

import orjson
from sqlalchemy import ColumnElement, Connection, and_, func, or_, select

from bot.handover import THE_BOT, Owner
from store.free_replies import CARRIED
from store.records import Turn
from store.records_cases import CaseStep, CaseView, Delivery, Remembered, Waiting
from store.rows import from_ms, turn_from
from store.statements import READ_TURN_COLUMNS
from store.tables import DEAD, OPEN, cases, outbox, turns
from store.tables_cases import case_log, case_marks

MEASURED_ANSWERS, FEWEST_ANSWERS = 20, 3
SHOWN_TURNS = 50
_KEYS = UUID("5f0f9a51-6f5c-4c39-9d7a-0f6a1c1f3c11")
_TURN = [turns.c[name] for name in READ_TURN_COLUMNS.split(", ")]
_TALKING = cases.c.status.in_(("waiting", "staff"))

_REMEMBERED = """
SELECT (SELECT c.state FROM conversations AS c WHERE c.city = {p} AND c.resident = {p}),
  k.id, k.version, k.status, k.department
FROM (SELECT 1 AS one) AS o LEFT JOIN cases AS k
  ON k.city = {p} AND k.resident = {p} AND k.status IN ('waiting', 'staff')
"""
REMEMBERED = {"sqlite": _REMEMBERED.format(p="?"), "postgresql": _REMEMBERED.format(p="%s")}
_OF_MANY = """
SELECT {row}
FROM ({residents}) AS r
LEFT JOIN conversations AS c ON c.city = r.city AND c.resident = r.resident
LEFT JOIN cases AS k ON k.city = r.city AND k.resident = r.resident AND k.status IN ('waiting', 'staff')
"""
_ROW = "r.city, r.resident, c.state, k.id, k.version, k.status, k.department"
# On SQLite in one step: each step of a statement lets go of Python's lock (`store.sqlite`).
_REMEMBERED_OF_MANY = {
    "sqlite": _OF_MANY.format(
        row=f"json_group_array(json_array({_ROW}))",
        residents="SELECT value ->> 0 AS city, value ->> 1 AS resident FROM json_each(?)",
    ),
    "postgresql": _OF_MANY.format(
        row=_ROW, residents="SELECT * FROM unnest(%s::text[], %s::text[]) AS asked (city, resident)"
    ),
}


def remembered(connection: Connection, city: str, resident: str, read: Any) -> Remembered:
    """The talk's state (`read` makes it of JSON) and its owner, in one statement: asked for every event."""
    statement = REMEMBERED[connection.dialect.name]
    state, *owner = connection.exec_driver_sql(statement, (city, resident, city, resident)).one()
    return Remembered(None if state is None else read(state), owner_of(*owner))


def remembered_of(
    connection: Connection, residents: Sequence[tuple[str, str]], read: Any
) -> dict[tuple[str, str], Remembered]:
    """The same for many residents (city, resident) at once."""
    statement = _REMEMBERED_OF_MANY[connection.dialect.name]
    if connection.dialect.name == "sqlite":
        rows = orjson.loads(connection.exec_driver_sql(statement, (orjson.dumps(residents).decode(),)).scalar_one())
    else:
        rows = connection.exec_driver_sql(statement, tuple(map(list, zip(*residents, strict=True)))).all()
    return {
        (city, resident): Remembered(None if state is None else read(state), owner_of(*owner))
        for city, resident, state, *owner in rows
    }


def owner_of(case_id: int | None, version: int, status: Any, department: str) -> Owner:
    return THE_BOT if case_id is None else Owner(status, case_id, version, department)


def retry_key(city: str, event_id: str) -> str:
    """The key under which LINE gets the words of this turn: always the same, so never twice, and found again."""
    return str(uuid5(_KEYS, f"{city}/{event_id}"))


def case_view(row: Any) -> CaseView:
    return CaseView(
        city=row.city,
        id=row.id,
        resident=row.resident,
        channel=row.channel,
        department=row.department,
        category=row.category,
        entry_id=row.entry_id,
        question=row.question,
        status=row.status,
        opened_at=from_ms(row.opened_at),
        promised_at=_moment(row.promised_at),
        staff=row.staff,
        taken_at=_moment(row.taken_at),
        resident_at=_moment(row.resident_at),
        staff_at=_moment(row.staff_at),
        answered_at=_moment(row.answered_at),
        idle_told_at=_moment(row.idle_told_at),
        closed_at=_moment(row.closed_at),
        closed_by=row.closed_by,
        close_reason=row.close_reason,
        linked_entry=row.linked_entry,
        version=row.version,
        unread=row.unread,
        display_name=row.display_name,
    )


def _moment(value: int | None) -> datetime | None:
    return None if value is None else from_ms(value)


def one_case(connection: Connection, city: str, case_id: int) -> CaseView | None:
    row = connection.execute(select(cases).where(cases.c.city == city, cases.c.id == case_id)).one_or_none()
    return None if row is None else case_view(row)


def open_case_of(connection: Connection, city: str, resident: str) -> CaseView | None:
    these = and_(cases.c.city == city, cases.c.resident == resident, _TALKING)
    row = connection.execute(select(cases).where(these)).one_or_none()
    return None if row is None else case_view(row)


def filed_cases(connection: Connection, city: str, status: str | None) -> list[CaseView]:
    """The city's cases, oldest first; only those of `status` unless it is None ("open": waiting or with staff)."""
    found = select(cases).where(cases.c.city == city).order_by(cases.c.opened_at, cases.c.id)
    if status is not None:
        found = found.where(_TALKING if status == "open" else cases.c.status == status)
    return [case_view(row) for row in connection.execute(found)]


def steps_of(connection: Connection, city: str, case_id: int) -> list[CaseStep]:
    these = and_(case_log.c.city == city, case_log.c.case_id == case_id)
    return [
        CaseStep(
            city=row.city,
            case_id=row.case_id,
            seq=row.seq,
            at=from_ms(row.at),
            who=row.who_kind,
            staff=row.staff_id,
            before=row.before,
            after=row.after,
            event=row.event,
            reason=row.reason,
        )
        for row in connection.execute(select(case_log).where(these).order_by(case_log.c.seq))
    ]


def cases_with(connection: Connection, city: str, event: str) -> frozenset[int]:
    """The open cases to which this has happened."""
    joined = cases.join(case_log, and_(case_log.c.city == cases.c.city, case_log.c.case_id == cases.c.id))
    these = and_(cases.c.city == city, _TALKING, case_log.c.event == event)
    return frozenset(connection.execute(select(cases.c.id).select_from(joined).where(these)).scalars())


def turns_of(connection: Connection, city: str, resident: str, after: str, limit: int = SHOWN_TURNS) -> list[Turn]:
    """The resident's turns in order: the last `limit`, or those behind the turn `after` if it is one of theirs."""
    if not resident:
        return []
    theirs = and_(turns.c.city == city, turns.c.resident == resident)
    since = _place_of(connection, theirs, after) if after else None
    if since is not None:
        beside = and_(turns.c.at == since[0], turns.c.event_id > after)
        theirs = and_(theirs, or_(turns.c.at > since[0], beside))
    found = select(*_TURN).where(theirs).order_by(turns.c.at.desc(), turns.c.event_id.desc()).limit(limit)
    return [turn_from(tuple(row)) for row in reversed(connection.execute(found).all())]


def _place_of(connection: Connection, theirs: ColumnElement[bool], event_id: str) -> Any:
    return connection.execute(select(turns.c.at).where(theirs, turns.c.event_id == event_id)).one_or_none()


def waiting(connection: Connection, city: str, department: str) -> Waiting:
    """The queue of a department; a question asked at night waits from the opening of the window on."""
    here = and_(cases.c.city == city, cases.c.department == department)
    queue = select(func.count(), func.min(cases.c.opened_at)).where(here, cases.c.status == "waiting")
    count, oldest = connection.execute(queue).one()
    answered = (
        select(cases.c.opened_at, cases.c.promised_at, cases.c.answered_at)
        .where(here, cases.c.answered_at.is_not(None))
        .order_by(cases.c.answered_at.desc())
        .limit(MEASURED_ANSWERS)
    )
    took = [
        max(row.answered_at - max(row.opened_at, row.promised_at or 0), 0) / 1000
        for row in connection.execute(answered)
    ]
    return Waiting(count, _moment(oldest), median(took) if len(took) >= FEWEST_ANSWERS else None)


def position(connection: Connection, city: str, case_id: int) -> int:
    """1 for the one whose turn it is next in its department; 0 when it does not wait."""
    here = and_(cases.c.city == city, cases.c.id == case_id, cases.c.status == "waiting")
    mine = connection.execute(select(cases.c.department, cases.c.opened_at).where(here)).one_or_none()
    if mine is None:
        return 0
    queue = and_(cases.c.city == city, cases.c.status == "waiting", cases.c.department == mine.department)
    earlier = and_(cases.c.opened_at == mine.opened_at, cases.c.id < case_id)
    before = select(func.count()).where(queue, or_(cases.c.opened_at < mine.opened_at, earlier))
    return 1 + int(connection.execute(before).scalar_one())


def mark(connection: Connection, city: str) -> int:
    value: int | None = connection.execute(select(case_marks.c.mark).where(case_marks.c.city == city)).scalar()
    return value or 0


def deliveries(connection: Connection, city: str, said: Sequence[Turn]) -> list[Delivery]:
    """What became of these turns of staff and city on LINE; those that retention has taken from the outbox are sent."""
    keys = {retry_key(city, turn.event_id): turn.event_id for turn in said if turn.channel == "line"}
    if not keys:
        return []
    these = and_(outbox.c.city == city, outbox.c.retry_key.in_(keys))
    columns = (outbox.c.retry_key, outbox.c.state, outbox.c.reason, outbox.c.finished_at)
    known = {row.retry_key: row for row in connection.execute(select(*columns).where(these))}
    # Words that were brought along by others had the fate of those.
    bearers = {key: row.reason.removeprefix(CARRIED) for key, row in known.items() if row.reason.startswith(CARRIED)}
    if bearers:
        those = and_(outbox.c.city == city, outbox.c.retry_key.in_(set(bearers.values())))
        found = {row.retry_key: row for row in connection.execute(select(*columns).where(those))}
        known |= {key: found[bearer] for key, bearer in bearers.items() if bearer in found}
    return [_delivery(event_id, known.get(key)) for key, event_id in keys.items()]


def _delivery(event_id: str, row: Any) -> Delivery:
    if row is None:
        return Delivery(event_id, "sent")
    state = {OPEN: "waiting", DEAD: "failed"}.get(row.state, "sent")
    reason = "" if state == "sent" else row.reason
    return Delivery(event_id, state, reason, _moment(row.finished_at))  # type: ignore[arg-type]
