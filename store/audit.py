"""The audit log: append-only, and chained, so that a changed or missing line shows.

Each row's hash is SHA-256 over its own fields and the hash of the row before it, as canonical JSON. The database
refuses UPDATE and DELETE (triggers, migration 0004); whoever removes the triggers and rewrites rows has to rewrite
all that follow, and `app.py audit verify --head` compares with a head that somebody noted down earlier. There is no
retention: rows hold ids of staff and records, no words of residents.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, func, insert, select, text

from store.acts import Acts
from store.records_accounts import AuditCheck, AuditFilter, AuditLine, AuditRow
from store.rows import clean, from_ms, to_ms
from store.tables_accounts import audit_log

_CHUNK = 1_000
_LOCK_SPACE = 7_320_417
"""The first of the two numbers of PostgreSQL's advisory locks for the log; the second is the city's."""


class Audit(Acts):
    """The part of the `Store` that keeps who did what."""

    def audit(self, city: str, who: str, action: str, record: str, detail: Mapping[str, Any] | None = None) -> None:
        """Adds a line. `detail` holds ids and small facts: never a resident's words, never a token or password."""
        line = (clean(city), self._now(), clean(who), clean(action), clean(record), dict(detail or {}))
        self._act(lambda connection: write_audit(connection, *line))

    def audit_rows(
        self, city: str, wanted: AuditFilter | None = None, *, before: int = 0, limit: int = 50
    ) -> list[AuditRow]:
        """The newest lines first; `before` (a `seq`) continues a list."""
        those = _wanted(city, wanted or AuditFilter())
        if before:
            those = and_(those, audit_log.c.seq < before)
        found = select(audit_log).where(those).order_by(audit_log.c.seq.desc()).limit(limit)
        return self._read(lambda connection: [_row(row) for row in connection.execute(found)])

    def audit_all(self, city: str, wanted: AuditFilter | None = None) -> Iterator[AuditRow]:
        """Every line, oldest first, read in pieces."""
        after = 0
        while True:
            those = and_(_wanted(city, wanted or AuditFilter()), audit_log.c.seq > after)
            rows = self._read(lambda connection, those=those: _piece(connection, those))  # type: ignore[misc]
            yield from rows
            if len(rows) < _CHUNK:
                return
            after = rows[-1].seq

    def audit_verify(self, city: str, head: tuple[int, str] | None = None) -> AuditCheck:
        """Reads the whole log and names the first row that does not fit. `head` is a number and hash noted earlier."""
        previous, count = "", 0
        for row in self.audit_all(city):
            problem = _problem(row, count + 1, previous)
            if not problem and head is not None and row.seq == head[0] and row.hash != head[1]:
                problem = "changed since its hash was noted"
            if problem:
                return AuditCheck(city, count, previous, row.seq, problem)
            previous, count = row.hash, count + 1
        if head is not None and head[0] > count:
            return AuditCheck(city, count, previous, count + 1, "missing: the noted head is beyond the end")
        return AuditCheck(city, count, previous)


def lock_audit(connection: Connection, city: str) -> None:
    """One writer of a city's log at a time, until the transaction ends. SQLite has one writer anyway."""
    if connection.dialect.name == "postgresql":
        lock = text("SELECT pg_advisory_xact_lock(:space, hashtext(:city))")
        connection.execute(lock, {"space": _LOCK_SPACE, "city": city})


def write_audit(
    connection: Connection, city: str, now: int, who: str, action: str, record: str, detail: Mapping[str, Any]
) -> None:
    """Adds a line inside the transaction of the change that it tells of. `now` is milliseconds UTC."""
    lock_audit(connection, city)
    last = select(audit_log.c.seq, audit_log.c.hash).where(audit_log.c.city == city)
    found = connection.execute(last.order_by(audit_log.c.seq.desc()).limit(1)).one_or_none()
    seq, previous = (found.seq + 1, found.hash) if found else (1, "")
    told = clean(_canonical(dict(detail)))
    digest = _hash(city, seq, now, who, action, record, told, previous)
    connection.execute(
        insert(audit_log).values(
            city=city,
            seq=seq,
            at=now,
            who=who,
            action=action,
            record=record,
            detail=told,
            previous=previous,
            hash=digest,
        )
    )


def write_line(connection: Connection, city: str, now: int, line: AuditLine) -> None:
    """`write_audit` for a line that was handed along with its change."""
    who, action, record = clean(line.who), clean(line.action), clean(line.record)
    write_audit(connection, clean(city), now, who, action, record, line.detail)


def audit_head(connection: Connection, city: str) -> int:
    """The number of the last line; 0 for an empty log."""
    number: int | None = connection.execute(select(func.max(audit_log.c.seq)).where(audit_log.c.city == city)).scalar()
    return number or 0


def _canonical(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _hash(city: str, seq: int, at: int, who: str, action: str, record: str, detail: str, previous: str) -> str:
    return hashlib.sha256(_canonical([city, seq, at, who, action, record, detail, previous]).encode()).hexdigest()


def _problem(row: AuditRow, expected: int, previous: str) -> str:
    if row.seq != expected:
        return f"rows {expected} to {row.seq - 1} are missing"
    if row.previous != previous:
        return "does not follow the row before it"
    told = clean(_canonical(dict(row.detail)))
    digest = _hash(row.city, row.seq, to_ms(row.at), row.who, row.action, row.record, told, row.previous)
    return "" if digest == row.hash else "its content does not fit its hash"


def _wanted(city: str, wanted: AuditFilter) -> ColumnElement[bool]:
    those = [audit_log.c.city == city]
    if wanted.who:
        those.append(audit_log.c.who == wanted.who)
    if wanted.action:
        group = wanted.action.endswith(".")
        action = audit_log.c.action
        those.append(action.startswith(wanted.action, autoescape=True) if group else action == wanted.action)
    if wanted.record:
        those.append(audit_log.c.record == wanted.record)
    if wanted.since:
        those.append(audit_log.c.at >= to_ms(wanted.since))
    if wanted.until:
        those.append(audit_log.c.at < to_ms(wanted.until))
    return and_(*those)


def _piece(connection: Connection, those: ColumnElement[bool]) -> list[AuditRow]:
    found = select(audit_log).where(those).order_by(audit_log.c.seq).limit(_CHUNK)
    return [_row(row) for row in connection.execute(found)]


def _row(row: Any) -> AuditRow:
    return AuditRow(
        city=row.city,
        seq=row.seq,
        at=from_ms(row.at),
        who=row.who,
        action=row.action,
        record=row.record,
        detail=json.loads(row.detail),
        previous=row.previous,
        hash=row.hash,
    )
