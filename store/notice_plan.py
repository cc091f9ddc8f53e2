"""Who hears a notice is worked out, and every call that it takes is written down: in one transaction, with its key.

People are read in pieces, so that a million of them are never in memory as such; what is kept is the calls as they will
be made (36 MB for a million). A planner that is killed leaves nothing but a lease that ends.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Connection, and_, func, insert, select, text, update

from notify.notice_life import next_time, quiet_until
from store.errors import NoticeConflict, StoreError, store_error
from store.notice_people import people
from store.notice_rows import notice_values, notice_view
from store.notice_steps import issuing, locked_notice, take_step, this_notice, who_of
from store.notices import Notices, put_notice_row
from store.records_notices import CHUNK_SIZE, SMALL_COUNT, Audience, HeadCount, NewNotice, NoticeView
from store.rows import to_ms
from store.tables_notices import notice_chunks, notice_recipients, notices

log = logging.getLogger(__name__)

PLAN_LEASE_SECONDS = 20.0
"""A planner that was not heard of for so long is thought dead. It renews this while it works: a slow machine must not
have two planners take a notice from each other for ever. Writing the plan of a million takes two seconds."""

MailTo = Callable[[str], Sequence[str]]

_IS_DUE = "status IN ('scheduled', 'planning')"
"""As the partial index says it, or SQLite does not see that it may use it."""

_TRIES = 3
_PAGE = 20_000
_FEW = 100
_AT_ONCE = 200
"""Rows of one INSERT: 4 MB."""


@dataclass(frozen=True, slots=True)
class _Chunk:
    """A call to be: its rows in `notice_chunks` and in `notice_recipients`."""

    row: dict[str, Any]
    people: dict[str, Any]


_Group = tuple[str, int, int]
"""Language, and quiet hours from and to: one call has one text, and one moment that suits all it reaches."""


class NoticePlan(Notices):
    """The part of the `Store` that makes calls out of a notice."""

    def head_count(self, city: str, audience: Audience, now: datetime) -> HeadCount:
        """How many this audience is at the moment. For a million it takes a second or two."""
        found, _ = people(city, audience, now)
        counted = select(func.count()).select_from(found.subquery())
        count = int(self._read(lambda connection: connection.execute(counted).scalar_one()))
        return HeadCount(count, count < SMALL_COUNT)

    def plan_due_notices(
        self,
        now: datetime,
        least: int = 0,
        most: int = 1_000,
        mail_to: Callable[[str], Sequence[str]] = lambda _city: (),
    ) -> int:
        """Plan every notice whose time has come, the urgent ones first; how many were. Any number may do it at once.

        Only those of a priority from `least` to `most`: an alert is not to wait while news for a million are planned.
        `mail_to`: the addresses of a city to which a notice with the channel "mail" goes.
        """
        at, those = to_ms(now), notices.c.priority.between(least, most)
        due = and_(text(_IS_DUE), notices.c.due_at <= at, those)
        found = select(notices.c.city, notices.c.id).where(due).order_by(notices.c.priority, notices.c.due_at)
        waiting = self._read(lambda connection: connection.execute(found).all())
        return sum(self._plan_one(city, number, now, mail_to) for city, number in waiting)

    def _plan_one(self, city: str, number: int, now: datetime, mail_to: MailTo) -> int:
        try:
            notice = self._begin_planning(city, number, now)
            chunks = list(self._chunks_of(notice, now)) if "line" in notice.channels else []
            if "mail" in notice.channels and not notice.drill:
                chunks += _mails(notice, len(chunks), mail_to(city), now)
            self._keep_plan_surely(notice, chunks, now)
        except NoticeConflict:
            # Somebody else plans it, or it was stopped meanwhile.
            return 0
        log.info("planned", extra={"city": city, "notice": number, "chunks": len(chunks)})
        return 1

    def _begin_planning(self, city: str, number: int, now: datetime) -> NoticeView:
        at = to_ms(now)

        def act(connection: Connection) -> NoticeView:
            row = locked_notice(connection, city, number)
            if row.due_at is None or row.due_at > at:
                raise NoticeConflict(row.status)
            values = {"due_at": self._lease_ends(), **issuing(connection, row, at)}
            begun = notice_view(take_step(connection, row, "plans", 0, at, values))
            _plan_next(connection, begun, now)
            return begun

        return self._act(act)

    def _lease_ends(self) -> int:
        return self._now() + round(PLAN_LEASE_SECONDS * 1000)

    def _renewal(self) -> int:
        """When the lease that begins now is to be renewed."""
        return self._now() + round(PLAN_LEASE_SECONDS * 250)

    def _go_on_planning(self, notice: NoticeView) -> None:
        """Renews the lease. Raises NoticeConflict when somebody has stopped the notice or taken it over."""
        ours = and_(this_notice(notice.city, notice.id), notices.c.version == notice.version)

        def act(connection: Connection) -> bool:
            renewed = update(notices).where(ours).values(due_at=self._lease_ends())
            return bool(connection.execute(renewed).rowcount)

        if not self._act(act):
            raise NoticeConflict(notice.status)

    def _chunks_of(self, notice: NoticeView, now: datetime) -> Iterator[_Chunk]:
        groups: dict[_Group, list[str]] = {}
        quiet_matters = notice.kind == "news"
        part = 0
        for resident, language, quiet_from, quiet_to in self._people(notice, now):
            group = (language, quiet_from, quiet_to) if quiet_matters else (language, -1, -1)
            members = groups.setdefault(group, [])
            members.append(resident)
            if len(members) == CHUNK_SIZE:
                part += 1
                yield _chunk(notice, part, group, groups.pop(group), now)
        for group, members in groups.items():
            part += 1
            yield _chunk(notice, part, group, members, now)

    def _people(self, notice: NoticeView, now: datetime) -> Iterator[tuple[str, str, int, int]]:
        found, who = people(notice.city, notice.audience, now)
        after, renew_at = "", self._renewal()
        while True:
            page = found.where(who > after).order_by(who).limit(_PAGE)
            rows = self._read(lambda connection, page=page: connection.execute(page).all())  # type: ignore[misc]
            if self._now() >= renew_at:
                self._go_on_planning(notice)
                renew_at = self._renewal()
            for row in rows:
                yield tuple(row)
            if len(rows) < _PAGE:
                return
            after = rows[-1][0]

    def _keep_plan_surely(self, notice: NoticeView, chunks: list[_Chunk], now: datetime) -> None:
        """Again at once when the database was held by somebody: the lease would cost an alert a minute."""
        for left in reversed(range(_TRIES)):
            try:
                self._keep_plan(notice, chunks, now)
                return
            except StoreError as error:
                if error.permanent or not left:
                    raise

    def _keep_plan(self, notice: NoticeView, chunks: list[_Chunk], now: datetime) -> None:
        """All calls and the notice's next state, or nothing.

        Many megabytes go over a connection of their own: the writer has others to serve meanwhile. Few go through the
        writer: on SQLite another connection waits for a busy writer for a second and more, and an alert must not.
        """

        def act(connection: Connection) -> None:
            _write_plan(connection, notice, chunks, to_ms(now))

        if len(chunks) <= _FEW:
            self._act(act)
            return
        try:
            with self._writing_engine.begin() as connection:
                act(connection)
        except Exception as error:
            raise store_error(error) from None


def _plan_next(connection: Connection, notice: NoticeView, now: datetime) -> None:
    """The next one of a repeating notice. Its key makes it the only one, however often this is tried.

    In the transaction in which this one begins to be planned: a correction finds either this one that waits, and stops
    it, or both.
    """
    then = next_time(notice.repeats, now)
    if then is None:
        return
    values = notice_values(_following(notice, then)) | {"created_by": notice.created_by}
    following = put_notice_row(connection, values, who_of(0), to_ms(now))
    if following.status == "draft":
        row = locked_notice(connection, notice.city, following.id)
        take_step(connection, row, "schedules", 0, to_ms(now), {"due_at": to_ms(then)})


def _write_plan(connection: Connection, notice: NoticeView, chunks: list[_Chunk], at: int) -> None:
    count = sum(chunk.row["count"] for chunk in chunks)
    for begin in range(0, len(chunks), _AT_ONCE):
        some = chunks[begin : begin + _AT_ONCE]
        connection.execute(insert(notice_chunks), [chunk.row for chunk in some])
        connection.execute(insert(notice_recipients), [chunk.people for chunk in some])
    row = locked_notice(connection, notice.city, notice.id)
    if row.version != notice.version:
        raise NoticeConflict(row.status)
    row = take_step(connection, row, "planned", 0, at, {"recipients": count, "due_at": None})
    if not chunks:
        take_step(connection, row, "finishes", 0, at, {"finished_at": at})


def _mails(notice: NoticeView, parts: int, addresses: Sequence[str], now: datetime) -> list[_Chunk]:
    """One to each address; these are no residents, and not counted as such."""
    made = [_chunk(notice, parts + at, ("ja", -1, -1), [to], now) for at, to in enumerate(addresses, 1)]
    return [_Chunk({**chunk.row, "channel": "mail", "count": 0}, chunk.people) for chunk in made]


def _chunk(notice: NoticeView, part: int, group: _Group, members: list[str], now: datetime) -> _Chunk:
    language, quiet_from, quiet_to = group
    due = quiet_until(now, quiet_from, quiet_to) or now
    key = {"city": notice.city, "notice_id": notice.id, "part": part}
    row = {
        **key,
        "channel": "line",
        "language": language,
        "count": len(members),
        "retry_key": str(uuid.uuid4()),
        "quiet_from": quiet_from,
        "quiet_to": quiet_to,
        "priority": notice.priority,
        "due_at": to_ms(due),
    }
    return _Chunk(row, {**key, "recipients": orjson.dumps(members).decode()})


def _following(notice: NoticeView, then: datetime) -> NewNotice:
    """The same notice at its next time; who approved it has approved its repetition, too."""
    first = notice.source_key.partition("/")[0] if notice.source_key.startswith("repeat:") else f"repeat:{notice.id}"
    new = NewNotice(
        city=notice.city,
        kind=notice.kind,
        topic=notice.topic,
        title=notice.title,
        titles=notice.titles,
        texts=notice.texts,
        audience=notice.audience,
        channels=notice.channels,
        link=notice.link,
        picture=notice.picture,
        picture_alt=notice.picture_alt,
        level=notice.level,
        source=notice.source,
        source_key=f"{first}/{then:%Y-%m-%dT%H:%M}",
        priority=notice.priority,
        drill=notice.drill,
        repeats=notice.repeats,
    )
    lasted = (notice.expires_at - notice.issued_at) if notice.expires_at and notice.issued_at else None
    return replace(new, expires_at=None if lasted is None else then + lasted)
