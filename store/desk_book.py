"""What staff write for themselves: notes with mentions, canned answers, FAQ drafts; and who has seen which case."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Table, and_, delete, func, insert, not_, select, text, update

from store.core import Core
from store.records_desk import Canned, Draft, DraftStatus, Note
from store.rows import clean, from_ms, to_ms
from store.tables import OPEN, cases
from store.tables_desk import canned, drafts, mentions, notes, seen
from store.writer import Kind, one_by_one


class DeskBook(Core):
    """The part of the `Store` that keeps the staff's own words. Ids are counted from 1 in each city."""

    def add_note(self, city: str, case_id: int, staff: int, words: str, mentioned: Iterable[int] = ()) -> Note:
        new = Note(city, 0, case_id, staff, from_ms(self._now()), clean(words), tuple(dict.fromkeys(mentioned)))
        return self._write(Kind("add_note", 6, one_by_one(_add_note)), new)

    def notes(self, city: str, case_id: int) -> list[Note]:
        """The notes on a case, in the order in which they were written."""
        return self._read(lambda connection: _notes(connection, city, case_id))

    def see_case(self, city: str, case_id: int, staff: int) -> None:
        """This member of staff has the case before their eyes now; mentions of them in it are answered by that."""
        self._write(Kind("see_case", 6, one_by_one(_see)), _Look(city, case_id, staff, self._now()))

    def canned(self, city: str) -> list[Canned]:
        """All canned answers of the city: those for everybody first, then by department and title."""
        return self._read(lambda connection: _canned(connection, city))

    def put_canned(self, city: str, number: int, department: str, title: str, words: str, staff: int) -> int | None:
        """Keep a canned answer; `number` 0 is a new one. Its number; None when the one to change is gone."""
        kept = Canned(city, number, clean(department), clean(title), clean(words), staff, from_ms(self._now()))
        return self._write(Kind("put_canned", 6, one_by_one(_put_canned)), kept)

    def drop_canned(self, city: str, number: int) -> bool:
        return self._write(Kind("drop_canned", 6, one_by_one(_drop_canned)), (city, number))

    def make_draft(self, city: str, case_id: int, title: str, words: str, staff: int) -> Draft:
        at = from_ms(self._now())
        new = Draft(city, 0, case_id, clean(title), clean(words), "open", staff, at, staff, at)
        return self._write(Kind("make_draft", 6, one_by_one(_make_draft)), new)

    def draft(self, city: str, number: int) -> Draft | None:
        found = select(drafts).where(drafts.c.city == city, drafts.c.id == number)
        row = self._read(lambda connection: connection.execute(found).one_or_none())
        return None if row is None else _draft(row)

    def drafts(self, city: str, status: DraftStatus = "open") -> list[Draft]:
        """Newest first."""
        found = select(drafts).where(drafts.c.city == city, drafts.c.status == status).order_by(drafts.c.id.desc())
        return [_draft(row) for row in self._read(lambda connection: connection.execute(found).all())]

    def drafts_of(self, city: str, case_id: int) -> list[Draft]:
        """Those made from one case, open or done."""
        found = select(drafts).where(drafts.c.city == city, drafts.c.case_id == case_id).order_by(drafts.c.id)
        return [_draft(row) for row in self._read(lambda connection: connection.execute(found).all())]

    def change_draft(self, before: Draft, title: str, words: str, status: DraftStatus, staff: int) -> bool:
        """False when somebody else has changed it since `before` was read; then nothing is written."""
        at = from_ms(self._now())
        new = replace(before, title=clean(title), text=clean(words), status=status, changed_by=staff, changed_at=at)
        return self._write(Kind("change_draft", 6, one_by_one(_change_draft)), (before, new))


@dataclass(frozen=True, slots=True)
class _Look:
    city: str
    case_id: int
    staff: int
    now: int


def _next_id(connection: Connection, table: Table, city: str) -> int:
    """One above the city's last. PostgreSQL may have several writers: they take turns."""
    if connection.dialect.name == "postgresql":
        connection.execute(text(f"LOCK TABLE {table.name} IN SHARE ROW EXCLUSIVE MODE"))
    return int(connection.execute(select(func.max(table.c.id)).where(table.c.city == city)).scalar() or 0) + 1


def _add_note(connection: Connection, new: Note) -> Note:
    number, at = _next_id(connection, notes, new.city), to_ms(new.at)
    connection.execute(
        insert(notes).values(city=new.city, id=number, case_id=new.case_id, staff=new.staff, at=at, text=new.text)
    )
    for called in new.mentions:
        values = {"city": new.city, "staff": called, "note_id": number, "case_id": new.case_id, "at": at}
        connection.execute(insert(mentions).values(**values))
    return replace(new, id=number)


def _notes(connection: Connection, city: str, case_id: int) -> list[Note]:
    called: dict[int, list[int]] = {}
    for number, staff in connection.execute(
        select(mentions.c.note_id, mentions.c.staff)
        .join(notes, and_(notes.c.city == mentions.c.city, notes.c.id == mentions.c.note_id))
        .where(notes.c.city == city, notes.c.case_id == case_id)
        .order_by(mentions.c.staff)
    ):
        called.setdefault(number, []).append(staff)
    found = select(notes).where(notes.c.city == city, notes.c.case_id == case_id).order_by(notes.c.id)
    return [
        Note(city, row.id, row.case_id, row.staff, from_ms(row.at), row.text, tuple(called.get(row.id, ())))
        for row in connection.execute(found)
    ]


def _see(connection: Connection, look: _Look) -> None:
    whose = and_(seen.c.city == look.city, seen.c.case_id == look.case_id, seen.c.staff == look.staff)
    if not connection.execute(update(seen).where(whose).values(at=look.now)).rowcount:
        # Two windows of one person may open the case at once, in two processes.
        connection.execute(
            text(
                "INSERT INTO seen (city, case_id, staff, at) VALUES (:city, :case_id, :staff, :at) "
                "ON CONFLICT (city, case_id, staff) DO NOTHING"
            ),
            {"city": look.city, "case_id": look.case_id, "staff": look.staff, "at": look.now},
        )
    theirs = and_(mentions.c.city == look.city, mentions.c.staff == look.staff, mentions.c.case_id == look.case_id)
    connection.execute(update(mentions).where(theirs, mentions.c.seen_at.is_(None)).values(seen_at=look.now))


def _canned(connection: Connection, city: str) -> list[Canned]:
    found = select(canned).where(canned.c.city == city).order_by(canned.c.department, canned.c.title, canned.c.id)
    return [
        Canned(city, row.id, row.department, row.title, row.text, row.staff, from_ms(row.at))
        for row in connection.execute(found)
    ]


def _put_canned(connection: Connection, kept: Canned) -> int | None:
    values = {
        "department": kept.department,
        "title": kept.title,
        "text": kept.text,
        "staff": kept.staff,
        "at": to_ms(kept.at),
    }
    if not kept.id:
        number = _next_id(connection, canned, kept.city)
        connection.execute(insert(canned).values(city=kept.city, id=number, **values))
        return number
    this = and_(canned.c.city == kept.city, canned.c.id == kept.id)
    return kept.id if connection.execute(update(canned).where(this).values(**values)).rowcount else None


def _drop_canned(connection: Connection, which: tuple[str, int]) -> bool:
    this = and_(canned.c.city == which[0], canned.c.id == which[1])
    return bool(connection.execute(delete(canned).where(this)).rowcount)


def _make_draft(connection: Connection, new: Draft) -> Draft:
    number = _next_id(connection, drafts, new.city)
    at = to_ms(new.made_at)
    connection.execute(
        insert(drafts).values(
            city=new.city,
            id=number,
            case_id=new.case_id,
            title=new.title,
            text=new.text,
            status=new.status,
            made_by=new.made_by,
            made_at=at,
            changed_by=new.changed_by,
            changed_at=at,
        )
    )
    return replace(new, id=number)


def _draft(row: Any) -> Draft:
    return Draft(
        city=row.city,
        id=row.id,
        case_id=row.case_id,
        title=row.title,
        text=row.text,
        status=row.status,
        made_by=row.made_by,
        made_at=from_ms(row.made_at),
        changed_by=row.changed_by,
        changed_at=from_ms(row.changed_at),
    )


def _change_draft(connection: Connection, change: tuple[Draft, Draft]) -> bool:
    before, after = change
    same = and_(
        drafts.c.city == before.city,
        drafts.c.id == before.id,
        drafts.c.text == before.text,
        drafts.c.status == before.status,
        drafts.c.changed_at == to_ms(before.changed_at),
    )
    values = {
        "title": after.title,
        "text": after.text,
        "status": after.status,
        "changed_by": after.changed_by,
        "changed_at": to_ms(after.changed_at),
    }
    return bool(connection.execute(update(drafts).where(same).values(**values)).rowcount)


# ── Forgetting ───────────────────────────────────────────────────────────────────────────────────────────────────────


def forget_notes_of(connection: Connection, city: str, theirs: ColumnElement[bool]) -> None:
    """Empty what staff wrote about the cases that `theirs` names (a condition on `cases`): it speaks of the resident.

    An open draft holds the resident's words and goes; a finished one has become the city's text and only forgets
    where it came from. Called before the cases themselves are emptied.
    """
    these = select(cases.c.id).where(cases.c.city == city, theirs)
    connection.execute(delete(mentions).where(mentions.c.city == city, mentions.c.case_id.in_(these)))
    connection.execute(delete(notes).where(notes.c.city == city, notes.c.case_id.in_(these)))
    connection.execute(delete(seen).where(seen.c.city == city, seen.c.case_id.in_(these)))
    from_these = and_(drafts.c.city == city, drafts.c.case_id.in_(these))
    connection.execute(delete(drafts).where(from_these, drafts.c.status == OPEN))
    connection.execute(update(drafts).where(from_these).values(case_id=0))


DESK_TABLES: Final = ("notes", "mentions", "seen", "drafts")


def of_emptied_cases(name: str) -> tuple[Table, ColumnElement[bool], None]:
    """What a retention run removes from one of `DESK_TABLES`: what belongs to a case that it has emptied."""
    table = {one.name: one for one in (notes, mentions, seen, drafts)}[name]
    kept = select(cases.c.id).where(cases.c.city == table.c.city, cases.c.id == table.c.case_id, cases.c.resident != "")
    without_case = not_(kept.exists())
    return (
        table,
        and_(without_case, drafts.c.status == OPEN, drafts.c.case_id != 0) if table is drafts else without_case,
        None,
    )
