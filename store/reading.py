"""Looking without changing: conversations, turns, and how much work waits. (Cases: `store.case_reading`.)"""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import Connection, func, select

from store.records import QueueState, Turn
from store.rows import turn_from
from store.statements import READ_TURN_COLUMNS
from store.tables import DEAD, FAILED, OPEN, friends, inbox, outbox, turns

_CONVERSATION = {
    "sqlite": "SELECT state FROM conversations WHERE city = ? AND resident = ?",
    "postgresql": "SELECT state FROM conversations WHERE city = %s AND resident = %s",
}
_TURN = [turns.c[name] for name in READ_TURN_COLUMNS.split(", ")]


def conversation(connection: Connection, city: str, resident: str) -> dict[str, Any] | None:
    # Asked for every event, so by hand: 50 µs instead of 170 on SQLite.
    state = connection.exec_driver_sql(_CONVERSATION[connection.dialect.name], (city, resident)).scalar()
    return None if state is None else json.loads(state)


def latest_turns(connection: Connection, city: str, resident: str, limit: int) -> list[Turn]:
    """The last `limit` turns, in the order in which they were said."""
    found = (
        select(*_TURN)
        .where(turns.c.city == city, turns.c.resident == resident)
        .order_by(turns.c.at.desc(), turns.c.event_id.desc())
        .limit(limit)
    )
    return [turn_from(tuple(row)) for row in reversed(connection.execute(found).all())]


def friend(connection: Connection, city: str, resident: str) -> str | None:
    status: str | None = connection.execute(
        select(friends.c.status).where(friends.c.city == city, friends.c.resident == resident)
    ).scalar()
    return status


def queue_state(connection: Connection, city: str | None, now: int) -> QueueState:
    """Of one city, or of all when `city` is None."""

    def ask(table: Any, state: str, *columns: Any) -> Any:
        found = select(func.count(), *columns).select_from(table).where(table.c.state == state)
        return connection.execute(found if city is None else found.where(table.c.city == city)).one()

    inbox_waiting, inbox_oldest = ask(inbox, OPEN, func.min(inbox.c.received_at))
    outbox_waiting, outbox_oldest = ask(outbox, OPEN, func.min(outbox.c.created_at))
    return QueueState(
        inbox_waiting=inbox_waiting,
        inbox_oldest_seconds=_age(inbox_oldest, now),
        inbox_failed=ask(inbox, FAILED)[0],
        outbox_waiting=outbox_waiting,
        outbox_oldest_seconds=_age(outbox_oldest, now),
        outbox_dead=ask(outbox, DEAD)[0],
    )


def _age(since: int | None, now: int) -> float:
    return 0.0 if since is None else max(now - since, 0) / 1000
