"""Disasters and drills so far, and the report of one: who did what, when, and how long it took."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from flask import Blueprint, abort, render_template

from handlers.console.disaster_desk import DisasterDesk, Issued
from handlers.console.gate import allowed
from handlers.console.parts import Parts
from handlers.console.times import waited
from store.incidents import Incident
from store.records_accounts import AuditFilter

MOST_TURNED: Final = 200
_STATUS: Final[Mapping[str, str]] = {"opened": "開設", "full": "満員", "closed": "閉鎖", "unopened": "未開設"}
"""As the audit log writes a status."""


@dataclass(frozen=True, slots=True)
class Line:
    """A report as the table shows it."""

    issued: Issued
    after: str
    took: str
    sent_in: str
    reached: int


@dataclass(frozen=True, slots=True)
class Turned:
    """A place that became something else, by whom, and how long after the beginning."""

    name: str
    status: str
    who: str
    after: str


def register(blueprint: Blueprint, parts: Parts) -> None:
    """`/console/<city>/disaster/past` and `…/past/<number>`."""
    desk = DisasterDesk.of(parts)

    @blueprint.get("/<city>/disaster/past")
    @allowed("disaster.read")
    def past_incidents(city: str) -> str:
        names = {person.id: person.name for person in desk.store.staff_list(city)}
        return render_template("console/disaster_past.html", incidents=desk.store.incidents(city), names=names)

    @blueprint.get("/<city>/disaster/past/<int:number>")
    @allowed("disaster.read")
    def past_incident(city: str, number: int) -> str:
        incident = desk.store.incident(city, number) or abort(404)
        names = {person.id: person.name for person in desk.store.staff_list(city)}
        lines = [_line(issued) for issued in reversed(desk.issued(city, incident))]
        until = incident.ended_at or desk.now()
        return render_template(
            "console/disaster_report.html",
            incident=incident,
            lines=lines,
            names=names,
            lasted=_seconds((until - incident.began_at).total_seconds()),
            turned=_turned(desk, incident, until, names),
            most=MOST_TURNED,
        )


def _turned(desk: DisasterDesk, incident: Incident, until: datetime, names: Mapping[int, str]) -> list[Turned]:
    """What was opened, filled and closed meanwhile, in its order; not what the end itself took back."""
    wanted = AuditFilter(action="place.set", since=incident.began_at, until=until)
    rows = desk.store.audit_rows(incident.city, wanted, limit=MOST_TURNED)
    known = {f"place:{place.id}": place.name for place in desk.knowledge(incident.city).places}
    water = desk.store.place_states(incident.city, drill=incident.drill).values()
    known |= {f"place:{state.place}": state.name for state in water if state.kind == "water"}
    return [
        Turned(
            known.get(row.record, row.record.removeprefix("place:")),
            _STATUS[row.detail["status"]],
            names.get(int(row.who.removeprefix("staff:")), "？") if row.who.startswith("staff:") else "自動",
            _seconds((row.at - incident.began_at).total_seconds()),
        )
        for row in reversed(rows)
        if bool(row.detail.get("drill")) == incident.drill
    ]


def _line(issued: Issued) -> Line:
    report, notice = issued.report, issued.notice
    sent = notice.finished_at if notice is not None and notice.status == "done" else None
    return Line(
        issued,
        _seconds((issued.minutes) * 60) if issued.minutes else "1分以内",
        _seconds((report.at - report.opened_at).total_seconds()),
        _seconds((sent - report.at).total_seconds()) if sent else "",
        issued.progress.accepted if issued.progress else 0,
    )


def _seconds(seconds: float) -> str:
    """「48秒」「12分」"""
    return f"{max(int(seconds), 0)}秒" if seconds < 60 else waited(seconds)
