"""Writes that are rare and differ: each brings its own steps, run by the writer in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from sqlalchemy import Connection

from store.core import Core
from store.errors import StoreError
from store.writer import Kind

Result = TypeVar("Result")
Act = Callable[[Connection], Any]


def _run(connection: Connection, acts: Sequence[Act]) -> list[Any | StoreError]:
    return [act(connection) for act in acts]


# Kinds of one name are run together by the first one's `run`: so the steps are the request, not part of the kind.
# They run behind what changes cases: the lock of a city's cases is always taken before the one of its audit log.
_ACT: Kind[Act, Any] = Kind("act", 7, _run)


class Acts(Core):
    """What the parts of the `Store` share whose writes need no speed."""

    def _act(self, act: Callable[[Connection], Result]) -> Result:
        """Runs these steps in one transaction. They may run again after a rollback."""
        result: Result = self._write(_ACT, act)
        return result
