"""Pictures that residents send while a case is open: the row first, with the turn; the bytes later, through a lease.

Only what `media.clean_picture` has written is kept. A row goes with the resident, with the message that is taken back,
and when retention is over; whoever is just fetching it then loses the lease and keeps nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, exists, select, update

from store.case_acts import tell_case
from store.case_reading import one_case
from store.cases import Cases
from store.errors import LeaseLost
from store.handing_over import mark_change
from store.records_cases import Tell
from store.records_messengers import (
    Attachment,
    AttachmentContent,
    ClaimedAttachment,
    FileReason,
    KeptPicture,
)
from store.rows import from_ms
from store.tables import OPEN
from store.tables_messengers import attachments as table
from store.writer import Kind, one_by_one

KEPT, REFUSED = "kept", "refused"
_WITHOUT_BYTES = [column for column in table.columns if column.name != "data"]


@dataclass(frozen=True, slots=True)
class _Claim:
    worker: str
    limit: int
    now: int
    lease_until: int


@dataclass(frozen=True, slots=True)
class _Refusal:
    item: ClaimedAttachment
    reason: FileReason
    tell: Tell | None
    now: int


class Attachments(Cases):
    """The part of the `Store` about files of residents."""

    def attachments(self, city: str, case_id: int) -> list[Attachment]:
        """The files of a case, in the order in which they came."""
        these = and_(table.c.city == city, table.c.case_id == case_id)
        found = select(*_WITHOUT_BYTES).where(these).order_by(table.c.arrived_at, table.c.id)
        return self._read(lambda connection: [_attachment(row) for row in connection.execute(found)])

    def attachment(self, city: str, attachment_id: str) -> AttachmentContent | None:
        """A kept picture with its bytes; None when there is none of this id, or not yet."""
        found = select(table).where(table.c.city == city, table.c.id == attachment_id, table.c.state == KEPT)
        row = self._read(lambda connection: connection.execute(found).one_or_none())
        return None if row is None else AttachmentContent(_attachment(row), bytes(row.data))

    def claim_attachments(self, worker: str, limit: int, lease_seconds: float) -> list[ClaimedAttachment]:
        """Files to be fetched, oldest due first."""
        now = self._now()
        if not self._read(lambda connection: connection.execute(select(exists().where(_is_due(now)))).scalar()):
            return []
        claim = _Claim(worker, limit, now, now + round(lease_seconds * 1000))
        return self._write(Kind("claim_attachments", 6, one_by_one(_claim)), claim)

    def keep_attachment(self, item: ClaimedAttachment, picture: KeptPicture) -> None:
        """The picture is here; consoles show it. Raises LeaseLost when the row is gone or another holds it."""

        def run(connection: Connection, kept: KeptPicture) -> LeaseLost | None:
            self._hot.lock_cases(connection, item.city)
            values = {"mime": kept.mime, "width": kept.width, "height": kept.height, "size": len(kept.data)}
            return self._settle(connection, item, {"state": KEPT, "data": kept.data, **values}, self._now())

        self._write(Kind(f"keep_attachment {item.city} {item.id}", 6, one_by_one(run)), picture)
        self._case_news()

    def refuse_attachment(self, item: ClaimedAttachment, reason: FileReason, tell: Tell | None) -> None:
        """It is not kept; staff see why, and the resident is told with `tell` while the case is open. Both or neither.

        Raises LeaseLost when the row is gone or another holds it.
        """

        def run(connection: Connection, refusal: _Refusal) -> LeaseLost | None:
            self._hot.lock_cases(connection, item.city)
            values = {"state": REFUSED, "reason": refusal.reason}
            lost = self._settle(connection, item, values, refusal.now)
            case = one_case(connection, item.city, item.case_id)
            if lost is None and refusal.tell and case is not None and case.status in ("waiting", "staff"):
                tell_case(self._hot, connection, case, refusal.tell(case), f"file-{item.id}", refusal.now)
            return lost

        kind: Kind[_Refusal, None] = Kind(f"refuse_attachment {item.city} {item.id}", 6, one_by_one(run))
        self._write(kind, _Refusal(item, reason, tell, self._now()))
        self._case_news()

    def attachment_later(self, item: ClaimedAttachment, delay_seconds: float) -> None:
        """Try again in `delay_seconds`. Raises LeaseLost when the row is gone or another holds it."""
        due = self._now() + round(delay_seconds * 1000)

        def run(connection: Connection, when: int) -> LeaseLost | None:
            return _mark(connection, item, {"due_at": when})

        self._write(Kind(f"attachment_later {item.city} {item.id}", 6, one_by_one(run)), due)

    def _settle(
        self, connection: Connection, item: ClaimedAttachment, values: dict[str, Any], now: int
    ) -> LeaseLost | None:
        lost = _mark(connection, item, {**values, "finished_at": now})
        if lost is None:
            mark_change(lambda sql, given: self._hot.execute(connection, sql, given), item.city)
        return lost


def _is_due(now: int) -> ColumnElement[bool]:
    return and_(table.c.state == OPEN, table.c.due_at <= now)


def _claim(connection: Connection, claim: _Claim) -> list[ClaimedAttachment]:
    chosen = select(*_WITHOUT_BYTES).where(_is_due(claim.now)).order_by(table.c.due_at).limit(claim.limit)
    taken = []
    for row in connection.execute(chosen.with_for_update(skip_locked=True)).all():
        crashes = row.crashes + (1 if row.worker else 0)
        held = {"worker": claim.worker, "due_at": claim.lease_until, "attempts": row.attempts + 1, "crashes": crashes}
        connection.execute(update(table).where(table.c.city == row.city, table.c.id == row.id).values(**held))
        taken.append(
            ClaimedAttachment(
                city=row.city,
                id=row.id,
                resident=row.resident,
                case_id=row.case_id,
                message_id=row.message_id,
                attempts=row.attempts + 1,
                crashes=crashes,
                arrived_at=from_ms(row.arrived_at),
                worker=claim.worker,
            )
        )
    return taken


def _mark(connection: Connection, item: ClaimedAttachment, values: dict[str, Any]) -> LeaseLost | None:
    held = (table.c.worker == item.worker, table.c.attempts == item.attempts, table.c.state == OPEN)
    this = and_(table.c.city == item.city, table.c.id == item.id, *held)
    done = connection.execute(update(table).where(this).values(worker="", **values))
    return None if done.rowcount else LeaseLost()


def _attachment(row: Any) -> Attachment:
    return Attachment(
        city=row.city,
        id=row.id,
        resident=row.resident,
        case_id=row.case_id,
        event_id=row.event_id,
        kind=row.kind,
        state=row.state,
        reason=row.reason,
        mime=row.mime,
        width=row.width,
        height=row.height,
        size=row.size,
        arrived_at=from_ms(row.arrived_at),
    )
