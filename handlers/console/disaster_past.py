"""Disasters and drills so far, and the report of one: who did what, when, and how long it took."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, abort, render_template

from handlers.console.disaster_desk import DisasterDesk, Issued
from handlers.console.gate import allowed
from handlers.console.parts import Parts
from handlers.console.times import waited


@dataclass(frozen=True, slots=True)
class Line:
    """A report as the table shows it."""

    issued: Issued
    after: str
    took: str
    sent_in: str
    reached: int


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
        )


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
