"""What residents want to hear of, apart from what they said in any talk. It goes when they ask to be forgotten."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, and_, delete

from bot.wishes import Wishes, taken_along
from store.acts import Acts
from store.rows import clean
from store.tables_notices import subscriber_facts, subscribers, subscriptions
from store.wish_rows import read_wishes, write_wishes


class ResidentWishes(Acts):
    """The part of the `Store` that keeps wishes. In a talk they are written with its turn (`Outcome.wishes`)."""

    def wishes(self, city: str, resident: str) -> Wishes:
        """What they want to hear of; `since` None for who has never chosen."""
        return self._read(lambda connection: read_wishes(connection, city, resident))

    def set_wishes(self, city: str, resident: str, wishes: Wishes) -> None:
        """Keeps these wishes in place of what was there."""
        now, here, who = self._now(), clean(city), clean(resident)

        def put(connection: Connection) -> None:
            def run(sql: str, values: Any) -> Any:
                return self._hot.execute(connection, sql, values)

            write_wishes(run, here, who, now, wishes)

        self._act(put)

    def forget_wishes(self, city: str, resident: str) -> None:
        """As if they had never chosen. `erase_resident` does this, too."""

        def forget(connection: Connection) -> None:
            for table in (subscribers, subscriptions, subscriber_facts):
                connection.execute(delete(table).where(and_(table.c.city == city, table.c.resident == resident)))

        self._act(forget)

    def export_wishes(self, city: str, resident: str) -> dict[str, Any]:
        """Everything that is kept (`bot.wishes.taken_along`); {} for nothing."""
        return taken_along(self.wishes(city, resident))
