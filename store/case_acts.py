"""What staff and the clock do with a case, each in one transaction: the change, its row in the history, the words.

The lock of the city is taken first, then the table of `bot.handover` is asked. Whoever comes second gets a
`CaseConflict` as the result, and nothing of it was written.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, and_, select, update

from bot.handover import OPEN_STATES, Event, Transition, Who, transition
from store.audit import write_line
from store.case_reading import cases_with, one_case, open_case_of, retry_key
from store.engine import HotPath
from store.handing_over import log_step, mark_change
from store.proposals import write_proposal
from store.records import Outcome, Outgoing, Proposal, Turn
from store.records_accounts import AuditLine
from store.records_cases import CaseConflict, CaseView, Said, Tell
from store.rows import clean, from_ms, proposal_row, turn_from, writing
from store.statements import READ_TURN_COLUMNS
from store.tables import cases, turns

CLOSING: tuple[Event, ...] = ("closes", "ends", "cancels", "returns")
_SPEAKER = "UPDATE turns SET speaker = %s, staff = %s WHERE city = %s AND event_id = %s"
_TURN = [turns.c[name] for name in READ_TURN_COLUMNS.split(", ")]


@dataclass(frozen=True, slots=True)
class Act:
    """One thing that `who` does. `case_id` 0: whatever case is open for `resident`.

    `seen`: the case must be as it was then, with not a word said since. `forced`: also when a colleague holds it.
    `once`: not when it has happened to this case before. `line` goes into the audit log and `taught` to the proposals,
    if it is done and not otherwise.
    """

    city: str
    event: Event
    who: Who
    now: int
    case_id: int = 0
    resident: str = ""
    staff: int = 0
    reason: str = ""
    department: str = ""
    linked_entry: str = ""
    tell: Tell | None = None
    seen: CaseView | None = None
    forced: bool = False
    once: bool = False
    line: AuditLine | None = None
    taught: Proposal | None = None


@dataclass(frozen=True, slots=True)
class StaffReply:
    """Words of staff. `key` names this very reply: sent twice, it is written once."""

    act: Act
    text: str
    key: str
    said: Said | None
    entry_id: str = ""

    @property
    def event_id(self) -> str:
        return f"staff-{self.act.case_id}-{hashlib.sha256(self.key.encode()).hexdigest()[:24]}"


def act(hot: HotPath, connection: Connection, what: Act) -> CaseView | CaseConflict | None:
    """Do it; the case as it is then. None: no case is open for the resident."""
    hot.lock_cases(connection, what.city)
    case = _found(connection, what)
    if case is None and not what.case_id:
        return None
    if case is not None and what.event == "takes" and case.status == "staff" and case.staff == what.staff:
        return case  # pressed twice
    step = _step(case, what)
    if isinstance(step, CaseConflict):
        return step
    assert case is not None
    if what.once and case.id in cases_with(connection, case.city, what.event):
        return CaseConflict("changed", case.staff)
    at = max(what.now, _last_at(connection, case) + 1)
    connection.execute(update(cases).where(_this(case)).values(**_changes(case, step, what, at)))
    after = one_case(connection, case.city, case.id)
    assert after is not None
    seq = _log(hot, connection, after, step, what, at)
    if what.tell is not None:
        _tell(hot, connection, after, what.tell(after), f"case-{case.id}-{seq}", at, what.now)
    if what.taught is not None:
        write_proposal(lambda sql, values: hot.execute(connection, sql, values), proposal_row(what.taught))
    if what.line is not None:
        write_line(connection, case.city, what.now, what.line)
    mark_change(lambda sql, values: hot.execute(connection, sql, values), case.city)
    return after


def reply(hot: HotPath, connection: Connection, what: StaffReply) -> Turn | CaseConflict:
    """Write what staff say, once; the turn as it is kept."""
    doing = what.act
    hot.lock_cases(connection, doing.city)
    known = _turn(connection, doing.city, what.event_id)
    if known is not None:
        return known
    case = _found(connection, doing)
    step = _step(case, doing)
    if isinstance(step, CaseConflict):
        return step
    assert case is not None
    at = max(doing.now, _last_at(connection, case) + 1)
    connection.execute(update(cases).where(_this(case)).values(**_changes(case, step, doing, at)))
    _log(hot, connection, case, step, doing, at)
    said = what.said or Said(what.text, ({"type": "text", "text": f"【{case.department}】\n{what.text}"},))
    turn = Turn(
        city=case.city,
        resident=case.resident,
        channel=case.channel,
        event_id=what.event_id,
        at=from_ms(at),
        kind="staff",
        decision="staff",
        entry_id=what.entry_id,
        reply_text=clean(said.text),
        speaker=case.department,
        staff=doing.staff,
    )
    _say(hot, connection, turn, said, doing.now)
    if doing.line is not None:
        line = replace(doing.line, detail={**doing.line.detail, "turn": what.event_id})
        write_line(connection, case.city, doing.now, line)
    mark_change(lambda sql, values: hot.execute(connection, sql, values), case.city)
    return turn


def answer(hot: HotPath, connection: Connection, doing: Act, outcome: Outcome) -> None:
    """Write an outcome that was made elsewhere as what the owner of the case says. The city's lock is held."""
    case = one_case(connection, doing.city, doing.case_id)
    step = _step(case, doing)
    assert case is not None
    assert not isinstance(step, CaseConflict)
    at = max(doing.now, _last_at(connection, case) + 1)
    connection.execute(update(cases).where(_this(case)).values(**_changes(case, step, doing, at)))
    _log(hot, connection, case, step, doing, at)
    if outcome.turn is not None:
        turn = replace(outcome.turn, at=from_ms(at), speaker=case.department, staff=doing.staff)
        key = retry_key(case.city, turn.event_id)
        pushes = tuple(replace(item, retry_key=key) for item in outcome.outgoing[:1])
        outcome = replace(outcome, turn=turn, outgoing=(*pushes, *outcome.outgoing[1:]))
    hot.write(connection, [writing(None, outcome, "", doing.now, doing.now)])
    if outcome.turn is not None:
        hot.execute(connection, _SPEAKER, (case.department, doing.staff, case.city, outcome.turn.event_id))


def _found(connection: Connection, what: Act) -> CaseView | None:
    if what.case_id:
        return one_case(connection, what.city, what.case_id)
    return open_case_of(connection, what.city, what.resident)


def _step(case: CaseView | None, what: Act) -> Transition | CaseConflict:
    """The table's row for it, or why it cannot be."""
    if case is None or case.status == "erased":
        return CaseConflict("gone")
    if case.status not in OPEN_STATES:
        return CaseConflict("closed", case.closed_by)
    seen = what.seen
    if seen is not None and _as_seen(seen) != _as_seen(case):
        return CaseConflict("moved" if seen.department != case.department else "changed", case.staff)
    held = case.status == "staff" and what.who == "staff"
    if held and (what.event == "takes" or (case.staff != what.staff and not what.forced)):
        return CaseConflict("taken", case.staff)
    step = transition(case.status, what.event, what.who)
    return CaseConflict("changed", case.staff) if step is None else step


def _as_seen(case: CaseView) -> tuple[Any, ...]:
    return case.version, case.department, case.resident_at, case.staff_at, case.idle_told_at


def _changes(case: CaseView, step: Transition, what: Act, at: int) -> dict[str, Any]:
    """The columns that this step changes. A change of hands counts the version up; words alone do not."""
    values: dict[str, Any] = {"status": step.after}
    match step.event:
        case "takes":
            values |= {"staff": what.staff, "taken_at": at, "version": case.version + 1}
        case "releases" | "transfers":
            values |= {"staff": 0, "taken_at": None, "idle_told_at": None, "version": case.version + 1}
            if step.event == "transfers":
                values["department"] = what.department
        case "replies":
            values |= {"staff_at": at, "unread": 0, "idle_told_at": None, "last_at": at}
            values |= {} if case.answered_at else {"answered_at": at}
        case "idles":
            values |= {"idle_told_at": at}
        case _ if step.event in CLOSING:
            values |= {"closed_at": at, "closed_by": what.staff, "close_reason": clean(what.reason), "unread": 0}
            values |= {"linked_entry": what.linked_entry, "version": case.version + 1}
    return values


def _log(hot: HotPath, connection: Connection, case: CaseView, step: Transition, what: Act, at: int) -> int:
    return log_step(
        lambda sql, values: hot.execute(connection, sql, values),
        case.city,
        case.id,
        at,
        what.who,
        what.staff,
        step.before,
        step.after,
        step.event,
        clean(what.reason),
    )


def _tell(hot: HotPath, connection: Connection, case: CaseView, said: Said, event_id: str, at: int, now: int) -> None:
    """Say it unasked: on LINE by push, in the widget as a turn that the open page finds."""
    turn = Turn(
        city=case.city,
        resident=case.resident,
        channel=case.channel,
        event_id=event_id,
        at=from_ms(at),
        kind="told",
        decision="staff",
        reply_text=clean(said.text),
        speaker=case.department,
    )
    connection.execute(update(cases).where(_this(case)).values(last_at=at))
    _say(hot, connection, turn, said, now)


def tell_case(hot: HotPath, connection: Connection, case: CaseView, said: Said, event_id: str, now: int) -> None:
    """Tell the resident of an open case something that is no step of the case. The city's lock is held."""
    _tell(hot, connection, case, said, event_id, max(now, _last_at(connection, case) + 1), now)
    mark_change(lambda sql, values: hot.execute(connection, sql, values), case.city)


def _say(hot: HotPath, connection: Connection, turn: Turn, said: Said, now: int) -> None:
    messages = list(said.messages) or [{"type": "text", "text": said.text}]
    push = Outgoing(
        turn.city, turn.resident, turn.channel, messages, retry_key=retry_key(turn.city, turn.event_id), priority=5
    )
    outcome = Outcome(turn=turn, outgoing=(push,) if turn.channel == "line" else ())
    # Held by nobody: a worker, perhaps of another process, claims and sends it.
    hot.write(connection, [writing(None, outcome, "", now, now)])
    hot.execute(connection, _SPEAKER, (clean(turn.speaker), turn.staff, turn.city, turn.event_id))


def _this(case: CaseView) -> Any:
    return and_(cases.c.city == case.city, cases.c.id == case.id)


def _last_at(connection: Connection, case: CaseView) -> int:
    last: int = connection.execute(select(cases.c.last_at).where(_this(case))).scalar_one()
    return last


def _turn(connection: Connection, city: str, event_id: str) -> Turn | None:
    found = select(*_TURN).where(turns.c.city == city, turns.c.event_id == event_id)
    row = connection.execute(found).one_or_none()
    return None if row is None else turn_from(tuple(row))
