"""What the city remembers of its residents, and how it forgets."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from store import privacy, reading
from store.audit import write_line
from store.core import Core
from store.extras import erase_message
from store.handing_over import mark_change
from store.records import Purged, QueueState, Turn
from store.records_accounts import AuditLine
from store.rows import to_ms
from store.writer import Kind, one_by_one


class Memory(Core):
    """The part of the `Store` that reads conversations and turns, and erases."""

    def conversation(self, city: str, resident: str) -> dict[str, Any] | None:
        """The state of this resident's conversation; the caller knows when it is too old to go on from."""
        return self._read(lambda connection: reading.conversation(connection, city, resident))

    def turns(self, city: str, resident: str, limit: int = 20) -> list[Turn]:
        """The last `limit` turns, in the order in which they were said."""
        return self._read(lambda connection: reading.latest_turns(connection, city, resident, limit))

    def friend(self, city: str, resident: str) -> str | None:
        """ "followed", "blocked", or None when LINE has never told us."""
        return self._read(lambda connection: reading.friend(connection, city, resident))

    def queue(self, city: str | None = None) -> QueueState:
        """How much work waits, for one city or for all."""
        return self._read(lambda connection: reading.queue_state(connection, city, self._now()))

    def erase_message(self, city: str, message_id: str) -> int:
        """A resident took a message back: its words go, here and where they were copied to. How many turns it was."""

        def run(connection: Any, message: str) -> int:
            return erase_message(lambda sql, values: self._hot.execute(connection, sql, values), city, message)

        return self._write(Kind(f"erase_message {city}", 6, one_by_one(run)), message_id)

    def erase_resident(self, city: str, resident: str, line: AuditLine | None = None) -> None:
        """Forget everything this resident told the city; messages not yet sent are not sent.

        `line` is written to the audit log in the same transaction: nothing is erased without the record of it.
        """
        who = privacy.Resident(city, resident, self._now(), line)
        self._write(Kind("erase_resident", 6, one_by_one(self._erase_resident)), who)

    def _erase_resident(self, connection: Connection, who: privacy.Resident) -> None:
        """Under the lock of the city's cases: somebody who takes the case at this moment comes before or after."""
        self._hot.lock_cases(connection, who.city)
        privacy.erase_resident(connection, who)
        if who.line is not None:
            write_line(connection, who.city, who.now, who.line)
        mark_change(lambda sql, values: self._hot.execute(connection, sql, values), who.city)

    def purge(self, before: datetime) -> Purged:
        """Retention: empty or remove what ended before this moment, in small steps between other writes."""
        moment = to_ms(before)
        return Purged(**{name: self._purge_table(name, moment) for name in privacy.PURGED_TABLES})

    def _purge_table(self, name: str, before: int) -> int:
        kind = Kind("purge", 7, one_by_one(privacy.purge_step))
        total = 0
        for city in self._read(lambda connection: privacy.cities_in(connection, name)):
            step = privacy.PURGE_STEP
            while step == privacy.PURGE_STEP:
                step = self._write(kind, privacy.PurgeStep(name, city, before))
                total += step
        return total
