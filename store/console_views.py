"""What the staff's pages look at and nobody else: who has seen what, closed cases, a case's own talk, past talks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, and_, exists, false, func, or_, select, true

from store.case_reading import case_view
from store.core import Core
from store.records import Turn
from store.records_cases import CaseView
from store.records_desk import Watched
from store.rows import from_ms, to_ms, turn_from
from store.statements import READ_TURN_COLUMNS
from store.tables import cases, turns
from store.tables_desk import mentions, seen
from store.talk_search import holds, words_of

BEFORE, WITHIN = 30, 300
"""How many turns of a talk are shown: before the resident asked for a person, and from then on."""

_TALKING = cases.c.status.in_(("waiting", "staff"))
_TURN = [turns.c[name] for name in READ_TURN_COLUMNS.split(", ")]
_END_OF_TIME = 2**62


@dataclass(frozen=True, slots=True)
class Sight:
    """Which cases somebody may be given: all of the city (`departments` None), or those and what `staff` holds."""

    city: str
    staff: int
    departments: tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class Page:
    """A page of cases, and whether there are more behind it."""

    cases: tuple[CaseView, ...]
    more: bool


class ConsoleViews(Core):
    """The part of the `Store` that the console reads from."""

    def watched(self, city: str) -> Watched:
        """Who has seen which open case, and whose name is called where."""
        return self._read(lambda connection: _watched(connection, city))

    def called_back(self, city: str) -> list[CaseView]:
        """Closed cases in which a note calls somebody who has not looked yet."""
        calling = select(mentions.c.case_id).where(mentions.c.city == city, mentions.c.seen_at.is_(None))
        here = and_(cases.c.city == city, cases.c.id.in_(calling))
        these = select(cases).where(here, cases.c.status == "closed", cases.c.resident != "")
        return self._read(lambda connection: [case_view(row) for row in connection.execute(these)])

    def closed_cases(self, sight: Sight, page: int, size: int) -> Page:
        """Closed cases, the last one first; `page` counts from 1."""
        found = (
            select(cases)
            .where(_in(sight), cases.c.status == "closed", cases.c.resident != "")
            .order_by(cases.c.closed_at.desc(), cases.c.id.desc())
        )
        return self._read(lambda connection: _page(connection, found, page, size))

    def cases_of(self, city: str, resident: str) -> list[CaseView]:
        """Every case of a resident, in order."""
        if not resident:
            return []
        these = select(cases).where(cases.c.city == city, cases.c.resident == resident).order_by(cases.c.opened_at)
        return self._read(lambda connection: [case_view(row) for row in connection.execute(these)])

    def talk_of(self, case: CaseView) -> list[Turn]:
        """What was said in this case until it ended, with the last turns before it; in order."""
        return self._read(lambda connection: _talk(connection, case))

    def search_cases(self, sight: Sight, query: str, since: datetime | None, page: int, size: int) -> Page:
        """Cases in which every word of the query was said by the resident or by staff; the newest first.

        Letters count in any spelling (`store.talk_search`). Nothing is found of erased cases or after retention.
        """
        return self._read(lambda connection: _search(connection, sight, query, since, page, size))

    def cases_of_resident(self, sight: Sight, resident: str, page: int, size: int) -> Page:
        """The cases of one resident, named by id or, in part, by what they call themselves; the newest first."""
        return self._read(lambda connection: _of_resident(connection, sight, resident, page, size))


def _watched(connection: Connection, city: str) -> Watched:
    looked = (
        select(seen.c.staff, seen.c.case_id, seen.c.at)
        .join(cases, and_(cases.c.city == seen.c.city, cases.c.id == seen.c.case_id))
        .where(cases.c.city == city, _TALKING)
    )
    called: dict[int, set[int]] = {}
    for staff, case_id in connection.execute(
        select(mentions.c.staff, mentions.c.case_id).where(mentions.c.city == city, mentions.c.seen_at.is_(None))
    ):
        called.setdefault(staff, set()).add(case_id)
    return Watched(
        {(staff, case_id): from_ms(at) for staff, case_id, at in connection.execute(looked)},
        {staff: frozenset(where) for staff, where in called.items()},
    )


def _in(sight: Sight) -> ColumnElement[bool]:
    """The condition that every list of cases carries."""
    here = cases.c.city == sight.city
    if sight.departments is None:
        return here
    held = and_(cases.c.status == "staff", cases.c.staff == sight.staff)
    return and_(here, or_(cases.c.department.in_(sight.departments) if sight.departments else false(), held))


def _page(connection: Connection, found: object, page: int, size: int) -> Page:
    rows = connection.execute(found.limit(size + 1).offset((page - 1) * size)).all()  # type: ignore[attr-defined]
    return Page(tuple(case_view(row) for row in rows[:size]), len(rows) > size)


def _talk(connection: Connection, case: CaseView) -> list[Turn]:
    if not case.resident:
        return []
    theirs = and_(turns.c.city == case.city, turns.c.resident == case.resident)
    begins, ends = to_ms(case.opened_at), _END_OF_TIME if case.closed_at is None else to_ms(case.closed_at)
    newest = (turns.c.at.desc(), turns.c.event_id.desc())
    before = select(*_TURN).where(theirs, turns.c.at < begins).order_by(*newest).limit(BEFORE)
    within = select(*_TURN).where(theirs, turns.c.at >= begins, turns.c.at <= ends).order_by(*newest).limit(WITHIN)
    rows = [*connection.execute(within).all(), *connection.execute(before).all()]
    return [turn_from(tuple(row)) for row in reversed(rows)]


def _search(connection: Connection, sight: Sight, query: str, since: datetime | None, page: int, size: int) -> Page:
    words = words_of(query)
    if not words:
        return Page((), False)
    dialect = connection.dialect.name
    recent = true() if since is None else cases.c.opened_at >= to_ms(since)
    found = (
        select(cases)
        .where(_in(sight), cases.c.resident != "", recent, *(_said(word, dialect) for word in words))
        .order_by(cases.c.opened_at.desc(), cases.c.id.desc())
    )
    return _page(connection, found, page, size)


def _said(word: str, dialect: str) -> ColumnElement[bool]:
    """Whether the word was said in the case: in the question, by the resident, or by staff; the bot's words are not."""
    within = and_(
        turns.c.city == cases.c.city,
        turns.c.resident == cases.c.resident,
        turns.c.at >= cases.c.opened_at,
        turns.c.at <= func.coalesce(cases.c.closed_at, _END_OF_TIME),
    )
    by_staff = and_(turns.c.kind == "staff", holds(turns.c.reply_text, word, dialect))
    in_talk = exists().where(within, or_(holds(turns.c.text, word, dialect), by_staff))
    return or_(holds(cases.c.question, word, dialect), in_talk)


def _of_resident(connection: Connection, sight: Sight, resident: str, page: int, size: int) -> Page:
    names: Sequence[ColumnElement[bool]] = [
        holds(cases.c.display_name, word, connection.dialect.name) for word in words_of(resident)
    ]
    if not names:
        return Page((), False)
    found = (
        select(cases)
        .where(_in(sight), cases.c.resident != "", or_(cases.c.resident == resident.strip(), and_(*names)))
        .order_by(cases.c.opened_at.desc(), cases.c.id.desc())
    )
    return _page(connection, found, page, size)
