"""Notices to many: written, approved, issued, paused, stopped, and read again.

What may happen when is `notify.notice_life`'s; every decision of somebody has its line in the audit log, written in the
same transaction.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, func, insert, or_, select
from sqlalchemy.dialects import postgresql, sqlite

from notify.notice_life import PUBLIC, Event
from store.acts import Acts
from store.audit import lock_audit, write_audit
from store.errors import NoticeConflict
from store.notice_rows import changed_values, notice_values, notice_view
from store.notice_steps import (
    anything_left,
    corrected_by,
    issuing,
    locked_notice,
    stop_chunks,
    take_step,
    this_notice,
    who_of,
)
from store.records_notices import NewNotice, NoticeView
from store.rows import clean, to_ms
from store.tables_notices import notice_taps, notices

_HOUR = 3_600_000


class Notices(Acts):
    """The part of the `Store` that keeps notices to many. `by` is the number of an account, 0 the system.

    What cannot happen to a notice as it stands raises `NoticeConflict`, and nothing is written.
    """

    def put_notice(self, new: NewNotice, by: int) -> NoticeView:
        """A new draft. With a `source_key` that is known, the notice that is there already, however it stands."""
        values, now = notice_values(new) | {"created_by": by}, self._now()
        return self._act(lambda connection: put_notice_row(connection, values, who_of(by), now))

    def change_notice(self, city: str, number: int, version: int, by: int, **changes: Any) -> NoticeView:
        """Change fields of a draft (see `store.notice_rows.CHANGEABLE`), if nobody else did since `version`."""
        values, now = changed_values(changes), self._now()

        def act(connection: Connection) -> NoticeView:
            row = locked_notice(connection, city, number)
            if row.version != version:
                raise NoticeConflict(row.status)
            return notice_view(take_step(connection, row, "changes", by, now, values))

        return self._act(act)

    def submit_notice(self, city: str, number: int, by: int) -> NoticeView:
        """Ask for a second person's yes."""
        return self._step(city, number, "submits", by)

    def approve_notice(self, city: str, number: int, by: int) -> NoticeView:
        """Somebody else than its maker agrees: it goes out at its time, or at once when it has none."""
        now = self._now()

        def act(connection: Connection) -> NoticeView:
            row = locked_notice(connection, city, number)
            if row.created_by == by:
                raise NoticeConflict(row.status, "nobody approves what they made themselves")
            due = row.due_at if row.due_at and row.due_at > now else now
            values = {"approved_by": by, "due_at": due}
            issued = issuing(connection, row, now, by) if due == now else {}
            return notice_view(take_step(connection, row, "approves", by, now, values | issued))

        return self._act(act)

    def withdraw_notice(self, city: str, number: int, by: int) -> NoticeView:
        """Back to a draft, before anybody was told. A yes that was given is void. An issued one is stopped instead."""
        now = self._now()

        def act(connection: Connection) -> NoticeView:
            row = locked_notice(connection, city, number)
            if row.number:
                raise NoticeConflict(row.status)
            return notice_view(take_step(connection, row, "withdraws", by, now, {"approved_by": 0}))

        return self._act(act)

    def schedule_notice(self, city: str, number: int, by: int, at: datetime) -> NoticeView:
        """Let it go out at `at`."""
        return self._step(city, number, "schedules", by, {"due_at": to_ms(at)})

    def issue_notice(self, city: str, number: int, by: int) -> NoticeView:
        """Let it go out now: it gets its number and is on the pages at once. The system needs no second person."""
        now = self._now()

        def act(connection: Connection) -> NoticeView:
            row = locked_notice(connection, city, number)
            if row.number and row.status in PUBLIC:
                return notice_view(row)
            values = {"due_at": now, **issuing(connection, row, now, by)}
            return notice_view(take_step(connection, row, "issues", by, now, values))

        return self._act(act)

    def pause_notice(self, city: str, number: int, by: int) -> NoticeView:
        """Begin no further call; those under way arrive."""
        return self._step(city, number, "pauses", by)

    def resume_notice(self, city: str, number: int, by: int) -> NoticeView:
        now = self._now()

        def act(connection: Connection) -> NoticeView:
            row = take_step(connection, locked_notice(connection, city, number), "resumes", by, now)
            if not anything_left(connection, city, number):
                row = take_step(connection, row, "finishes", 0, now, {"finished_at": now})
            return notice_view(row)

        return self._act(act)

    def stop_notice(self, city: str, number: int, by: int) -> NoticeView:
        """What has not gone out never will, and pages no longer show it."""
        now = self._now()

        def act(connection: Connection) -> NoticeView:
            row = locked_notice(connection, city, number)
            row = take_step(connection, row, "stops", by, now, {"finished_at": row.finished_at or now})
            stop_chunks(connection, city, number, now)
            return notice_view(row)

        return self._act(act)

    def notice(self, city: str, number: int) -> NoticeView | None:
        found = select(notices).where(this_notice(city, number))
        row = self._read(lambda connection: connection.execute(found).one_or_none())
        return None if row is None else notice_view(row)

    def notices(self, city: str, kind: str = "", limit: int = 50, before: int = 0) -> list[NoticeView]:
        """Newest first; `before` (an id) continues a list."""
        those = [notices.c.city == city]
        if kind:
            those.append(notices.c.kind == kind)
        if before:
            those.append(notices.c.id < before)
        return self._views(and_(*those), notices.c.id.desc(), limit)

    def public_notices(self, city: str, now: datetime, limit: int = 20, channel: str = "page") -> list[NoticeView]:
        """What this channel ("page", "feed", "widget") shows now: issued and not over, newest first. No drills."""
        at = to_ms(now)
        lives = or_(notices.c.expires_at.is_(None), notices.c.expires_at > at)
        on_it = notices.c.channels.contains(f'"{channel}"', autoescape=True)
        issued = and_(notices.c.issued_at <= at, notices.c.status.in_(PUBLIC), notices.c.drill.is_(False))
        return self._views(and_(notices.c.city == city, issued, lives, on_it), notices.c.issued_at.desc(), limit)

    def related_notices(self, city: str, number: int) -> list[NoticeView]:
        """The notice it began with, and every correction and all-clear of that, oldest first."""
        its_first = select(notices.c.original).where(this_notice(city, number)).scalar_subquery()
        first = func.coalesce(func.nullif(its_first, 0), number)
        these = and_(notices.c.city == city, or_(notices.c.id == first, notices.c.original == first))
        return self._views(these, notices.c.id.asc(), 100)

    def stopped_by(self, city: str, number: int) -> list[NoticeView]:
        """What this correction will stop when it is issued."""
        found = select(notices).where(this_notice(city, number))

        def act(connection: Connection) -> list[NoticeView]:
            row = connection.execute(found).one_or_none()
            return [] if row is None or row.number else [notice_view(one) for one in corrected_by(connection, row)]

        return self._read(act)

    def notice_tapped(self, city: str, number: int, what: str) -> None:
        """Somebody opened this link of the notice. Counted by the hour, without who."""
        at = self._now() // _HOUR * _HOUR
        self._act(lambda connection: _tapped(connection, clean(city), number, at, clean(what)))

    def _step(self, city: str, number: int, event: Event, by: int, values: dict[str, Any] | None = None) -> NoticeView:
        now = self._now()

        def act(connection: Connection) -> NoticeView:
            row = locked_notice(connection, city, number)
            return notice_view(take_step(connection, row, event, by, now, values))

        return self._act(act)

    def _views(self, those: ColumnElement[bool], order: ColumnElement[Any], limit: int) -> list[NoticeView]:
        found = select(notices).where(those).order_by(order, notices.c.id.desc()).limit(limit)
        return [notice_view(row) for row in self._read(lambda connection: connection.execute(found).all())]


def put_notice_row(connection: Connection, values: dict[str, Any], who: str, now: int) -> NoticeView:
    """`Notices.put_notice` as a part of a transaction; `who`: whom the audit log names."""
    city = values["city"]
    lock_audit(connection, city)
    if values["source_key"]:
        same = and_(notices.c.city == city, notices.c.source_key == values["source_key"])
        known = connection.execute(select(notices).where(same)).one_or_none()
        if known is not None:
            return notice_view(known)
    number = (connection.execute(select(func.max(notices.c.id)).where(notices.c.city == city)).scalar() or 0) + 1
    connection.execute(insert(notices).values(id=number, created_at=now, **values))
    detail = {"kind": values["kind"], "source": values["source"]}
    write_audit(connection, city, now, who, "notice.make", f"notice:{number}", detail)
    return notice_view(connection.execute(select(notices).where(this_notice(city, number))).one())


def _tapped(connection: Connection, city: str, number: int, at: int, what: str) -> None:
    insertion = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    new = insertion(notice_taps).values(city=city, notice_id=number, at=at, what=what, count=1)
    key = list(notice_taps.primary_key.columns)
    connection.execute(new.on_conflict_do_update(index_elements=key, set_={"count": notice_taps.c.count + 1}))
