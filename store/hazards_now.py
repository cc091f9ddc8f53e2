"""What people flee from now, by city: the orders to evacuate that staff issued, and the warnings that rules told of.

An order counts from its report until a correction or an all-clear follows it, somebody stops its notice, or the
disaster is closed; a warning until the 気象庁 lowers or lifts it, or staff correct or lift what was told of it. Drills
never count.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final, cast, get_args

from sqlalchemy import Connection, and_, exists, select

from faq.dangers import DRILL_MARK, FLED_FROM, HAPPENINGS, rank
from faq.places import Hazard
from notify.notice_life import PUBLIC
from store.tables_disaster import incident_reports, incidents
from store.tables_feeds import told_dangers
from store.tables_notices import notices

Pairs = frozenset[tuple[str, Hazard]]
"""(city, hazard)"""

AFTERSHOCKS_MS: Final = round(timedelta(days=1) / timedelta(milliseconds=1))
LONGEST_MS: Final = 3 * AFTERSHOCKS_MS
"""A warning that was told so long ago, and of which nothing was heard since, does not count: its feed may be off."""


def hazards_now(connection: Connection, now_ms: int) -> Pairs:
    return _of_orders(connection) | _of_warnings(connection, now_ms)


def _of_orders(connection: Connection) -> Pairs:
    report, incident, followed = incident_reports.c, incidents.c, notices.alias("followed")
    carried = and_(notices.c.city == report.city, notices.c.id == report.notice, notices.c.status.in_(PUBLIC))
    over = exists().where(
        followed.c.city == report.city,
        followed.c.original == report.notice,
        followed.c.mark != "",
        followed.c.issued_at.is_not(None),
    )
    goes_on = and_(incident.city == report.city, incident.id == report.incident)
    found = (
        select(report.city, report.hazard)
        .select_from(incident_reports.join(incidents, goes_on).join(notices, carried))
        .where(incident.ended_at.is_(None), incident.drill.is_(False), report.hazard.in_(get_args(Hazard)), ~over)
    )
    return frozenset((row.city, cast("Hazard", row.hazard)) for row in connection.execute(found))


def _of_warnings(connection: Connection, now_ms: int) -> Pairs:
    """Those of a step at which people leave; which of them residents hear of is the city's own `disaster.yaml`."""
    told, followed = told_dangers.c, notices.alias("followed")
    taken_back = exists().where(
        followed.c.city == told.city,
        followed.c.original == told.notice,
        followed.c.mark != "",
        followed.c.source == "staff",
        followed.c.issued_at.is_not(None),
    )
    shook = and_(told.what.in_(HAPPENINGS), told.report_at < now_ms - AFTERSHOCKS_MS)
    found = select(told.city, told.what, told.event, told.grade).where(
        told.grade != "",
        told.what.in_(FLED_FROM),
        ~told.event.startswith(DRILL_MARK),
        told.report_at >= now_ms - LONGEST_MS,
        ~shook,
        ~taken_back,
    )
    return frozenset(
        (row.city, FLED_FROM[row.what][0])
        for row in connection.execute(found)
        if rank(row.what, row.grade) >= rank(row.what, FLED_FROM[row.what][1])
    )
