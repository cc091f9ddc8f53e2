"""A request for a person is answered once: whoever marks it first has answered it."""

from __future__ import annotations

from sqlalchemy import Connection, update

from store.tables import cases


def mark_answered(connection: Connection, city: str, case_id: int) -> bool:
    """Whether the case was still waiting; it is answered from now on."""
    waiting = (cases.c.city == city, cases.c.id == case_id, cases.c.status == "waiting")
    return connection.execute(update(cases).where(*waiting).values(status="answered")).rowcount == 1
