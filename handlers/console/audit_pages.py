"""The audit log: who did what to which record; filtered, in pages, and as a CSV file."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from flask import Blueprint, Response, render_template, request

from handlers.console.audit_words import ACTIONS, JAPAN, as_csv, said, stamp, told, who_is
from handlers.console.gate import allowed, audit, staff_member
from handlers.console.parts import MenuItem, Parts
from store.records_accounts import AuditFilter

ON_A_PAGE = 50
LAST = 2**63 - 1


def register(blueprint: Blueprint, parts: Parts) -> None:
    """`/console/<city>/audit` and `…/audit.csv`."""
    parts.menu.append(MenuItem("console.audit_page", "操作の記録", "audit.read", 90))

    @blueprint.get("/<city>/audit")
    @allowed("audit.read")
    def audit_page(city: str) -> str:
        wanted, before = _wanted(), request.args.get("before", "")
        start = int(before) if before.isascii() and before.isdigit() and int(before) <= LAST else 0
        rows = parts.store.audit_rows(city, wanted, before=start, limit=ON_A_PAGE + 1)
        people = parts.store.staff_list(city)
        names = {person.id: person.name for person in people}
        return render_template(
            "console/audit.html",
            rows=[
                (row, stamp(row.at), who_is(row.who, names), said(row.action), told(row)) for row in rows[:ON_A_PAGE]
            ],
            older=rows[ON_A_PAGE - 1].seq if len(rows) > ON_A_PAGE else 0,
            actions=ACTIONS,
            people=people,
            asked=request.args,
            filters={key: value for key, value in request.args.items() if key != "before" and value},
            first=not start,
        )

    @blueprint.get("/<city>/audit.csv")
    @allowed("audit.export")
    def audit_csv(city: str) -> Response:
        wanted = _wanted()
        names = {person.id: person.name for person in parts.store.staff_list(city)}
        audit("audit.exported", "audit", filter={key: value for key, value in request.args.items() if value})
        response = Response(as_csv(parts.store.audit_all(city, wanted), names), mimetype="text/csv")
        day = datetime.now(JAPAN).strftime("%Y%m%d")
        response.headers["Content-Disposition"] = f'attachment; filename="audit-{staff_member().city}-{day}.csv"'
        return response


def _wanted() -> AuditFilter:
    """What the form asks for; a day is a day in Japan, the last one is part of it."""
    until = _day("until")
    return AuditFilter(
        who=request.args.get("who", ""),
        action=request.args.get("action", ""),
        record=request.args.get("record", "").strip(),
        since=_midnight(_day("since")),
        until=_midnight(until + timedelta(days=1)) if until and until < date.max else None,
    )


def _day(name: str) -> date | None:
    try:
        return date.fromisoformat(request.args.get(name, ""))
    except ValueError:
        return None


def _midnight(day: date | None) -> datetime | None:
    return datetime.combine(day, time.min, JAPAN) if day and day.year > 1970 else None
