"""The tables of the hand-off beside `cases`: every step of every case, and how often a city's cases have changed."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, Table, Text

from store.tables import metadata

case_log = Table(
    "case_log",
    metadata,
    Column("city", Text, primary_key=True, nullable=False),
    Column("case_id", BigInteger, primary_key=True, nullable=False, autoincrement=False),
    Column("seq", Integer, primary_key=True, nullable=False, autoincrement=False),
    Column("at", BigInteger, nullable=False),
    # "resident", "staff", "bot" or "clock"; `staff_id` is 0 unless it was staff.
    Column("who_kind", Text, nullable=False, server_default=""),
    Column("staff_id", Integer, nullable=False, server_default="0"),
    Column("before", Text, nullable=False, server_default=""),
    Column("after", Text, nullable=False, server_default=""),
    Column("event", Text, nullable=False, server_default=""),
    # Words of staff; emptied with the case.
    Column("reason", Text, nullable=False, server_default=""),
)
Index("case_log_at", case_log.c.city, case_log.c.at)

case_marks = Table(
    "case_marks",
    metadata,
    Column("city", Text, primary_key=True, nullable=False),
    Column("mark", BigInteger, nullable=False, server_default="0"),
)
