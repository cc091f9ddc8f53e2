"""Notices for tests, and residents who may hear them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import insert

from store import Store
from store.records_notices import Audience, NewNotice
from store.tables import friends
from store.tables_notices import subscriber_facts, subscribers, subscriptions

CITY = "demo"
EVERYONE = Audience(everyone=True)


def a_notice(**changes: Any) -> NewNotice:
    values: dict[str, Any] = {
        "city": CITY,
        "kind": "news",
        "topic": "gomi",
        "title": "収集日の変更",
        "texts": {"ja": "来週の燃えるごみの日が変わります。", "easy": "もえる ごみの 日が かわります。"},
        "audience": EVERYONE,
        "channels": ("line", "page"),
    }
    return NewNotice(**{**values, **changes})


def resident(number: int) -> str:
    return f"U{number:032x}"


def add_friends(store: Store, count: int, *, start: int = 0, city: str = CITY, status: str = "followed") -> list[str]:
    """So many friends of the account."""
    names = [resident(number) for number in range(start, start + count)]
    rows = [{"city": city, "resident": name, "status": status, "since": 1} for name in names]
    _insert(store, friends, rows)
    return names


def add_wishes(
    store: Store,
    names: Iterable[str],
    *,
    topics: Iterable[str] = (),
    facts: Iterable[tuple[str, str]] = (),
    city: str = CITY,
    **fields: Any,
) -> None:
    """What these residents wish to hear, and what they told of themselves."""
    chosen = list(names)
    _insert(
        store, subscribers, [{"city": city, "resident": name, "since": 1, "updated_at": 1, **fields} for name in chosen]
    )
    _insert(store, subscriptions, [{"city": city, "topic": topic, "resident": n} for topic in topics for n in chosen])
    told = [{"city": city, "name": name, "value": value, "resident": n} for name, value in facts for n in chosen]
    _insert(store, subscriber_facts, told)


def _insert(store: Store, table: Any, rows: list[dict[str, Any]]) -> None:
    if rows:
        with store._writing_engine.begin() as connection:
            connection.execute(insert(table), rows)
