"""One step in the life of a notice, with its line in the audit log: one transaction, one at a time in each city."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, exists, func, or_, select, update

from notify.notice_life import JAPAN, Event, Step, Who, step_of
from store.audit import lock_audit, write_audit
from store.errors import NoticeConflict, StoreError
from store.rows import from_ms
from store.tables_notices import notice_chunks, notices


def this_notice(city: str, number: int) -> Any:
    return and_(notices.c.city == city, notices.c.id == number)


def locked_notice(connection: Connection, city: str, number: int) -> Row[Any]:
    """The notice as it stands; nobody else changes a notice of this city until the transaction ends."""
    lock_audit(connection, city)
    row = connection.execute(select(notices).where(this_notice(city, number))).one_or_none()
    if row is None:
        raise StoreError("there is no such notice", permanent=True)
    return row


def take_step(
    connection: Connection, row: Row[Any], event: Event, by: int, now: int, values: Mapping[str, Any] | None = None
) -> Row[Any]:
    """Let `event` happen to a locked notice; `by` 0 is the system. Raises NoticeConflict where it may not."""
    step = allowed_step(row, event, by)
    set_to = {**(values or {}), "status": step.after, "version": row.version + 1}
    connection.execute(update(notices).where(this_notice(row.city, row.id)).values(**set_to))
    if step.action:
        detail = {"number": set_to.get("number", row.number), "before": row.status, "after": step.after}
        told = {name: value for name, value in detail.items() if value}
        write_audit(connection, row.city, now, who_of(by), step.action, f"notice:{row.id}", told)
    return connection.execute(select(notices).where(this_notice(row.city, row.id))).one()


def allowed_step(row: Row[Any], event: Event, by: int) -> Step:
    who: Who = "staff" if by else "system"
    step = step_of(row.status, event, who, needs_approval=bool(row.needs_approval) and not row.approved_by)
    if step is None:
        raise NoticeConflict(row.status)
    return step


def who_of(by: int) -> str:
    return f"staff:{by}" if by else "system"


def issuing(connection: Connection, row: Row[Any], now: int, by: int = 0) -> dict[str, Any]:
    """What an issued notice gets: its number in the city's year (in Japan), and its time. Once.

    From the moment a correction is out nobody else gets what it corrects.
    """
    if row.number:
        return {}
    for wrong in corrected_by(connection, row):
        take_step(connection, wrong, "stops", by, now, {"finished_at": wrong.finished_at or now})
        stop_chunks(connection, wrong.city, wrong.id, now)
    year = from_ms(now).astimezone(JAPAN).year
    of_year = select(notices.c.number).where(notices.c.city == row.city, notices.c.number.startswith(f"{year}-"))
    # By length first: after 9999 comes 10000.
    last = of_year.order_by(func.length(notices.c.number).desc(), notices.c.number.desc()).limit(1)
    found = connection.execute(last).scalar()
    count = int(found.partition("-")[2]) + 1 if found else 1
    return {"number": f"{year}-{count:04d}", "issued_at": now}


def corrected_by(connection: Connection, row: Row[Any]) -> list[Row[Any]]:
    """What this correction stops when it is issued: the wrong ones that still go out, and their next repetitions.

    Those that have gone out whole stay on the pages, where the two are linked. A report of the disaster console names
    the one it corrects itself (`DisasterDesk.issue`), and what telegrams correct is their rules'.
    """
    if row.mark != "correction" or not row.original or row.source != "staff" or row.source_key.startswith("report:"):
        return []
    wrong = list(_before(connection, row))
    again = [notices.c.source_key.startswith(f"repeat:{_first_of(one)}/", autoescape=True) for one in wrong]
    these = or_(notices.c.id.in_([one.id for one in wrong]), *again)
    moving = notices.c.status.in_(("scheduled", "planning", "sending", "paused"))
    found = select(notices).where(notices.c.city == row.city, notices.c.id != row.id, these, moving)
    return list(connection.execute(found.order_by(notices.c.id)))


def corrected() -> ColumnElement[bool]:
    """Of a row of `notices`: a correction that is out says that it was wrong."""
    later = notices.alias("later")
    same = or_(later.c.original == notices.c.id, and_(notices.c.original != 0, later.c.original == notices.c.original))
    out = and_(later.c.mark == "correction", later.c.number != "", later.c.status != "stopped")
    return exists(select(later.c.id).where(later.c.city == notices.c.city, later.c.id > notices.c.id, out, same))


def _before(connection: Connection, row: Row[Any]) -> Iterator[Row[Any]]:
    """The newest first, down to the first one; or to an all-clear, which leaves in force what it was about."""
    family = and_(notices.c.id < row.id, or_(notices.c.id == row.original, notices.c.original == row.original))
    found = select(notices).where(notices.c.city == row.city, family).order_by(notices.c.id.desc())
    for one in connection.execute(found).all():
        yield one
        if one.mark == "all_clear":
            return


def _first_of(row: Row[Any]) -> str:
    """The notice that its repetitions are named after."""
    key: str = row.source_key
    return key.partition("/")[0].removeprefix("repeat:") if key.startswith("repeat:") else str(row.id)


def stop_chunks(connection: Connection, city: str, number: int, now: int) -> None:
    """What has not gone out never will. A call that is on its way cannot be called back: it stays with its sender."""
    waits = and_(notice_chunks.c.state == "open", notice_chunks.c.worker == "")
    these = and_(notice_chunks.c.city == city, notice_chunks.c.notice_id == number, waits)
    gone = {"state": "stopped", "finished_at": now}
    connection.execute(update(notice_chunks).where(these).values(**gone))


def anything_left(connection: Connection, city: str, number: int) -> bool:
    of_it = and_(notice_chunks.c.notice_id == number, notice_chunks.c.city == city, notice_chunks.c.state == "open")
    return connection.execute(select(notice_chunks.c.part).where(of_it).limit(1)).first() is not None
