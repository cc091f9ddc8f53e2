"""How far a notice has come, and what became of it: counts, nobody's name."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, and_, case, func, select

from store.notice_again import its_list_is_kept, may_go_again
from store.notice_mending import NoticeMending
from store.notice_steps import this_notice
from store.records_notices import NoticeInsight, NoticeResults, Progress
from store.rows import from_ms
from store.tables_notices import notice_chunks as chunks
from store.tables_notices import notice_complaints, notice_insights, notice_taps, notices

_LATELY = 10_000


class NoticeCounts(NoticeMending):
    """The part of the `Store` that counts."""

    def notice_progress(self, city: str, number: int) -> Progress:
        """In residents; `per_second` over the last ten seconds in which something went out."""
        now = self._now()
        return self._read(lambda connection: _progress(connection, city, number, now))

    def notice_results(self, city: str, number: int) -> NoticeResults:
        now = self._now()
        return self._read(lambda connection: _results(connection, city, number, now))


def _of(city: str, number: int) -> Any:
    return and_(chunks.c.city == city, chunks.c.notice_id == number)


def _progress(connection: Connection, city: str, number: int, now: int) -> Progress:
    residents, calls = func.coalesce(func.sum(chunks.c.count), 0), func.count()
    found = select(chunks.c.state, residents, calls).where(_of(city, number)).group_by(chunks.c.state)
    counts = {state: (int(people), int(calls)) for state, people, calls in connection.execute(found)}
    lately = select(residents).where(_of(city, number), chunks.c.state == "sent", chunks.c.finished_at > now - _LATELY)
    recent = int(connection.execute(lately).scalar_one())
    trouble = (
        select(chunks.c.reason)
        .where(_of(city, number), chunks.c.state == "open", chunks.c.reason != "")
        .group_by(chunks.c.reason)
        .order_by(func.count().desc(), chunks.c.reason)
        .limit(1)
    )
    return Progress(
        accepted=counts.get("sent", (0, 0))[0],
        waiting=counts.get("open", (0, 0))[0],
        failed=counts.get("dead", (0, 0))[0],
        chunks_open=counts.get("open", (0, 0))[1],
        per_second=recent / (_LATELY / 1000),
        trouble=connection.execute(trouble).scalar() or "",
    )


def _results(connection: Connection, city: str, number: int, now: int) -> NoticeResults:
    issued = select(notices.c.recipients).where(this_notice(city, number))
    recipients = connection.execute(issued).scalar() or 0
    again, again_mails, unsure = _once_more(connection, city, number, now)
    found = (
        select(chunks.c.state, chunks.c.reason, chunks.c.language, func.sum(chunks.c.count))
        .where(_of(city, number))
        .group_by(chunks.c.state, chunks.c.reason, chunks.c.language)
    )
    states: dict[str, int] = {}
    failures: dict[str, int] = {}
    languages: dict[str, int] = {}
    for state, reason, language, people in connection.execute(found):
        states[state] = states.get(state, 0) + int(people)
        if state == "dead":
            failures[reason] = failures.get(reason, 0) + int(people)
        if state == "sent":
            languages[language] = languages.get(language, 0) + int(people)
    return NoticeResults(
        recipients=recipients,
        accepted=states.get("sent", 0),
        waiting=states.get("open", 0),
        failed=states.get("dead", 0),
        stopped=states.get("stopped", 0),
        again=again,
        again_mails=again_mails,
        unsure=unsure,
        failures=failures,
        taps=_taps(connection, city, number),
        languages=languages,
        insight=_insight(connection, city, number),
        complaints=_complaints(connection, city, number),
    )


def _once_more(connection: Connection, city: str, number: int, now: int) -> tuple[int, int, int]:
    """Residents and mails of which nobody would hear it twice; residents whom LINE may have told, it cannot say now."""
    may, line = and_(may_go_again(now), its_list_is_kept()), chunks.c.channel == "line"
    unsure = and_(chunks.c.state == "dead", chunks.c.fate_unknown.is_(True), line, ~may_go_again(now))
    counts = (
        func.sum(case((and_(may, line), chunks.c.count), else_=0)),
        func.sum(case((and_(may, ~line), 1), else_=0)),
        func.sum(case((unsure, chunks.c.count), else_=0)),
    )
    residents, mails, others = connection.execute(select(*counts).where(_of(city, number))).one()
    return int(residents or 0), int(mails or 0), int(others or 0)


def _insight(connection: Connection, city: str, number: int) -> NoticeInsight | None:
    of_it = and_(notice_insights.c.city == city, notice_insights.c.notice_id == number)
    row = connection.execute(select(notice_insights).where(of_it)).one_or_none()
    return None if row is None else NoticeInsight(row.seen, row.opened, from_ms(row.read_at))


def _complaints(connection: Connection, city: str, number: int) -> dict[str, int]:
    of_it = and_(notice_complaints.c.city == city, notice_complaints.c.notice_id == number)
    found = select(notice_complaints.c.what, func.count()).where(of_it).group_by(notice_complaints.c.what)
    return {what: int(count) for what, count in connection.execute(found)}


def _taps(connection: Connection, city: str, number: int) -> dict[str, int]:
    of_it = and_(notice_taps.c.city == city, notice_taps.c.notice_id == number)
    found = select(notice_taps.c.what, func.sum(notice_taps.c.count)).where(of_it).group_by(notice_taps.c.what)
    return {what: int(count) for what, count in connection.execute(found)}
