"""A change of accounts and its line in the audit log: one transaction, one at a time in each city.

It begins by taking the lock of the city's log, so that a rule that is checked first ("one 管理 stays") still holds
at the end.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from sqlalchemy import Connection

from store.acts import Acts
from store.audit import lock_audit

Result = TypeVar("Result")


class StaffChanges(Acts):
    """What the parts of the `Store` share that change accounts."""

    def _change_staff(self, city: str, act: Callable[[Connection], Result]) -> Result:
        def locked(connection: Connection) -> Result:
            lock_audit(connection, city)
            return act(connection)

        return self._act(locked)
