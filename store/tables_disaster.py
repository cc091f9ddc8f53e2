"""The tables of a disaster: which places are open, and the reports that staff issued in one disaster or drill.

See `store.tables` for the conventions.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Table, text

from store.tables import _flag, _moment, _number, _words, metadata

_HAS_KEY, _GOES_ON = text("key <> ''"), text("ended_at IS NULL")

places_state = Table(
    "places_state",
    metadata,
    _words("city", key=True),
    # "real" or "drill": a drill never changes what residents are told.
    _words("board", key=True),
    # The id of its line in places/shelters.csv; a water point's is made here.
    _words("place", key=True),
    # "shelter" or "water"
    _words("kind", default="shelter"),
    _words("status", default="unopened"),
    # Of a water point; a shelter's stand in its line.
    _words("name"),
    _words("address"),
    _words("hours"),
    # "36.054100,139.550000": latitude and longitude in degrees; "" where nobody said.
    _words("point"),
    _words("note"),
    # Grows with each change in the city: what tells another process to read again.
    _moment("seq"),
    _moment("at"),
    _number("who"),
)
Index("places_state_seq", places_state.c.city, places_state.c.board, places_state.c.seq)

# One disaster, or one drill, from its first report to the day on which staff close it.
incidents = Table(
    "incidents",
    metadata,
    _words("city", key=True),
    Column("id", BigInteger, primary_key=True, nullable=False, autoincrement=False),
    _flag("drill"),
    _words("name"),
    _moment("began_at"),
    _number("began_by"),
    _moment("ended_at", nullable=True),
    _number("ended_by"),
)
# A city has one at a time, whoever else begins one at the same moment.
Index("incidents_open", incidents.c.city, unique=True, sqlite_where=_GOES_ON, postgresql_where=_GOES_ON)

# 第1報, 第2報, …: numbered from 1 in each incident.
incident_reports = Table(
    "incident_reports",
    metadata,
    _words("city", key=True),
    Column("incident", BigInteger, primary_key=True, nullable=False, autoincrement=False),
    Column("number", BigInteger, primary_key=True, nullable=False, autoincrement=False),
    # The form it came from: pressed twice it is one report.
    _words("key"),
    # Which approved text it was made of.
    _words("text_id"),
    # What people flee from, as `faq.places.Hazard` names it; "" for what is no order, or has no such name.
    _words("hazard"),
    # Ids of areas, as JSON.
    _words("areas", default="[]"),
    # The notice that carries it; 0 until it was made.
    Column("notice", BigInteger, nullable=False, server_default="0"),
    # When staff opened the form, and when they pressed the button.
    _moment("opened_at"),
    _moment("at"),
    _number("who"),
)
Index(
    "incident_reports_key",
    incident_reports.c.city,
    incident_reports.c.key,
    unique=True,
    sqlite_where=_HAS_KEY,
    postgresql_where=_HAS_KEY,
)
Index("incident_reports_notice", incident_reports.c.city, incident_reports.c.notice)
