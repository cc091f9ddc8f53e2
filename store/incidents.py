"""One disaster, or one drill: when it began and ended, and its numbered reports (第1報, 第2報, …)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, func, insert, select, update

from store.acts import Acts
from store.audit import lock_audit, write_audit
from store.rows import clean, from_ms, to_ms
from store.tables_disaster import incident_reports, incidents


@dataclass(frozen=True, slots=True)
class Incident:
    city: str
    id: int
    drill: bool
    name: str
    began_at: datetime
    began_by: int
    ended_at: datetime | None
    ended_by: int


@dataclass(frozen=True, slots=True)
class Report:
    """A report of an incident. `notice` is what carries it, 0 until that was made; `opened_at`: when the form was."""

    incident: int
    number: int
    text_id: str
    areas: tuple[str, ...]
    notice: int
    opened_at: datetime
    at: datetime
    who: int


class Incidents(Acts):
    """The part of the `Store` about disasters and drills. A city has one open incident at a time."""

    def open_incident(self, city: str) -> Incident | None:
        found = select(incidents).where(incidents.c.city == city, incidents.c.ended_at.is_(None))
        row = self._read(lambda connection: connection.execute(found).one_or_none())
        return None if row is None else _incident(row)

    def incident(self, city: str, number: int) -> Incident | None:
        found = select(incidents).where(incidents.c.city == city, incidents.c.id == number)
        row = self._read(lambda connection: connection.execute(found).one_or_none())
        return None if row is None else _incident(row)

    def incidents(self, city: str, limit: int = 30) -> list[Incident]:
        """The newest first."""
        found = select(incidents).where(incidents.c.city == city).order_by(incidents.c.id.desc()).limit(limit)
        return [_incident(row) for row in self._read(lambda connection: connection.execute(found).all())]

    def begin_incident(self, city: str, name: str, by: int, *, drill: bool = False) -> Incident:
        """The open incident if it is of this kind; else a new one. A drill ends when the real thing begins, and a
        real one has to be ended before a drill: then the real one is returned."""
        now = self._now()
        return self._act(lambda connection: _begin(connection, city, clean(name), by, now, drill))

    def end_incident(self, city: str, number: int, by: int) -> bool:
        """False when it has ended before."""
        now = self._now()
        return self._act(lambda connection: _end(connection, city, number, by, now))

    def take_report(
        self,
        city: str,
        incident: int,
        key: str,
        text_id: str,
        areas: tuple[str, ...],
        opened_at: datetime,
        by: int,
        hazard: str = "",
    ) -> Report:
        """The next number of the incident; for a `key` that was seen before, the number that it got then.

        `hazard`: what people are to flee from (`faq.places.Hazard`), "" for what is no order to leave.
        """
        now = self._now()
        values = {"key": clean(key), "text_id": clean(text_id), "areas": json.dumps(areas), "who": by, "hazard": hazard}
        values |= {"opened_at": to_ms(opened_at), "at": now}
        return self._act(lambda connection: _take(connection, city, incident, values))

    def link_report(self, city: str, incident: int, number: int, notice: int) -> None:
        """This notice carries the report."""
        this = _one(city, incident, number)
        self._act(lambda connection: connection.execute(update(incident_reports).where(this).values(notice=notice)))

    def reports(self, city: str, incident: int) -> list[Report]:
        """In their order."""
        found = select(incident_reports).where(incident_reports.c.city == city, incident_reports.c.incident == incident)
        rows = self._read(lambda connection: connection.execute(found.order_by(incident_reports.c.number)).all())
        return [_report(row) for row in rows]

    def report_of(self, city: str, notice: int) -> Report | None:
        """The report that a notice carries."""
        found = select(incident_reports).where(
            incident_reports.c.city == city, incident_reports.c.notice == notice, incident_reports.c.notice != 0
        )
        row = self._read(lambda connection: connection.execute(found).one_or_none())
        return None if row is None else _report(row)


def _one(city: str, incident: int, number: int) -> Any:
    table = incident_reports
    return and_(table.c.city == city, table.c.incident == incident, table.c.number == number)


def _begin(connection: Connection, city: str, name: str, by: int, now: int, drill: bool) -> Incident:
    lock_audit(connection, city)
    mine = select(incidents).where(incidents.c.city == city)
    row = connection.execute(mine.where(incidents.c.ended_at.is_(None))).one_or_none()
    if row is not None and (row.drill == drill or not row.drill):
        return _incident(row)
    if row is not None:
        _end(connection, city, row.id, by, now)
    last = connection.execute(select(func.max(incidents.c.id)).where(incidents.c.city == city)).scalar() or 0
    values = {"city": city, "id": last + 1, "drill": drill, "name": name, "began_at": now, "began_by": by}
    connection.execute(insert(incidents).values(**values, ended_by=0))
    action = "drill.begin" if drill else "incident.begin"
    write_audit(connection, city, now, _who(by), action, f"incident:{last + 1}", {})
    return _incident(connection.execute(mine.where(incidents.c.id == last + 1)).one())


def _end(connection: Connection, city: str, number: int, by: int, now: int) -> bool:
    lock_audit(connection, city)
    this = and_(incidents.c.city == city, incidents.c.id == number, incidents.c.ended_at.is_(None))
    row = connection.execute(select(incidents).where(this)).one_or_none()
    if row is None:
        return False
    connection.execute(update(incidents).where(this).values(ended_at=now, ended_by=by))
    action = "drill.end" if row.drill else "incident.end"
    write_audit(connection, city, now, _who(by), action, f"incident:{number}", {})
    return True


def _take(connection: Connection, city: str, incident: int, values: dict[str, Any]) -> Report:
    # The lock of the city's log: of two who press at the same moment one is first.
    lock_audit(connection, city)
    table = incident_reports
    if values["key"]:
        same = select(table).where(table.c.city == city, table.c.key == values["key"])
        row = connection.execute(same).one_or_none()
        if row is not None:
            return _report(row)
    last = select(func.max(table.c.number)).where(table.c.city == city, table.c.incident == incident)
    number = (connection.execute(last).scalar() or 0) + 1
    connection.execute(insert(table).values(city=city, incident=incident, number=number, **values))
    told = {"report": number, "text": values["text_id"]}
    write_audit(connection, city, values["at"], _who(values["who"]), "report.take", f"incident:{incident}", told)
    return _report(connection.execute(select(table).where(_one(city, incident, number))).one())


def _who(by: int) -> str:
    return f"staff:{by}" if by else "system"


def _incident(row: Any) -> Incident:
    return Incident(
        city=row.city,
        id=row.id,
        drill=row.drill,
        name=row.name,
        began_at=from_ms(row.began_at),
        began_by=row.began_by,
        ended_at=None if row.ended_at is None else from_ms(row.ended_at),
        ended_by=row.ended_by,
    )


def _report(row: Any) -> Report:
    return Report(
        incident=row.incident,
        number=row.number,
        text_id=row.text_id,
        areas=tuple(json.loads(row.areas)),
        notice=row.notice,
        opened_at=from_ms(row.opened_at),
        at=from_ms(row.at),
        who=row.who,
    )
