"""Writing many outcomes in a few statements: the same way on both engines, which bring the statements.

A statement a row would be a trip to the server on PostgreSQL. On SQLite it is quick by itself, but each one lets go of
Python's lock and has to get it back from threads that think: ten an outcome were most of the time of a write.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Literal

from sqlalchemy import Connection

from store.engine import Events, Written
from store.errors import LeaseLost, OwnerChanged
from store.extras import write_extras
from store.proposals import write_proposals
from store.records import ClaimedEvent, ClaimedOutgoing, Outgoing
from store.rows import Row, Writing, in_flight

Results = list[Written | LeaseLost | OwnerChanged]


class Together(ABC):
    """Accepting events and writing outcomes, over statements that take rows."""

    OWNED: ClassVar[str]
    """(city, resident); gives those that have an open case."""
    SET_CONVERSATIONS: ClassVar[str]
    WAITING_RESIDENTS: ClassVar[str]
    """(city, resident); gives those for whom messages wait."""

    @abstractmethod
    def execute(self, connection: Connection, statement: str, values: Sequence[Any]) -> Any: ...

    @abstractmethod
    def _do(self, connection: Connection, statement: str, rows: Sequence[Row]) -> int:
        """Run a statement over rows. How many it changed."""

    @abstractmethod
    def _ask(self, connection: Connection, statement: str, rows: Sequence[Row]) -> list[Row]:
        """Run a statement over rows, and what it gives."""

    @abstractmethod
    def _add(self, connection: Connection, table: Literal["inbox", "turns"], rows: Sequence[Row]) -> set[Row]:
        """Insert rows with different keys (city, event_id). The keys of those that were not there."""

    @abstractmethod
    def _finish(self, connection: Connection, rows: Sequence[Row]) -> Mapping[Row, bool]:
        """Mark held events done: rows of city, event_id, worker, attempts, resident, now, fenced.

        For each lease (the first four) that was still held, and, where fenced, whose resident has no open case:
        whether more events of the resident are open.
        """

    @abstractmethod
    def _add_outgoing_rows(self, connection: Connection, rows: Sequence[Row]) -> Mapping[Row, int]:
        """Insert messages (`outgoing_row`, due_at, attempts, worker, created_at) in this order.

        The number of each by (city, retry key).
        """

    @abstractmethod
    def _wake_others(self, connection: Connection) -> None:
        """Tell sleeping workers of other processes, on commit."""

    def accept(self, connection: Connection, requests: Sequence[Events]) -> list[int]:
        rows = sorted({row[:2]: row for request in reversed(requests) for row in reversed(request)}.values())
        if not rows:
            return [0] * len(requests)
        new = self._add(connection, "inbox", rows)
        counts = []
        for request in requests:
            mine = {row[:2] for row in request} & new
            new -= mine
            counts.append(len(mine))
        return counts

    def _write_many(self, connection: Connection, requests: Sequence[Writing]) -> Results:
        more = self._finished(connection, requests)
        changed = self._changed_hands(connection, [o for o in requests if o.owner is not None], more)
        allowed = [outcome for outcome in requests if id(outcome) in more and id(outcome) not in changed]
        repeated = self._add_turns(connection, allowed)
        allowed = [outcome for outcome in allowed if id(outcome) not in repeated]
        for outcome in allowed:
            if outcome.has_extras:
                write_extras(lambda statement, values: self.execute(connection, statement, values), outcome)
        self._set_conversations(connection, allowed)
        sending = self._add_outgoing(connection, allowed)
        write_proposals(lambda statement, values: self.execute(connection, statement, values), allowed)
        return [OwnerChanged() if id(o) in changed else _written(o, more, sending) for o in requests]

    def _finished(self, connection: Connection, outcomes: Sequence[Writing]) -> dict[int, bool]:
        """Mark the events done. The outcomes (by id) that may be written, each with whether more work came free."""
        more = {id(outcome): False for outcome in outcomes if outcome.event is None}
        held = {_lease(event): outcome for outcome in reversed(outcomes) if (event := outcome.event) is not None}
        if held:
            rows = [
                (*lease, o.event.resident if o.event else "", o.now, o.owner is not None)
                for lease, o in sorted(held.items(), key=_key)
            ]
            for lease, waiting in self._finish(connection, rows).items():
                more[id(held[lease])] = waiting
        return more

    def _changed_hands(
        self, connection: Connection, fenced: Sequence[Writing], more: Mapping[int, bool]
    ) -> frozenset[int]:
        """Those outcomes (by id), decided while the bot owned the talk, whose resident has an open case by now.

        Events were looked at when they were finished: only for those that were not it is asked why.
        """
        asked = [outcome for outcome in fenced if outcome.event is None or id(outcome) not in more]
        if not asked:
            return frozenset()
        residents = sorted({(outcome.city, outcome.resident) for outcome in asked})
        owned = set(self._ask(connection, self.OWNED, residents))
        return frozenset(id(outcome) for outcome in asked if (outcome.city, outcome.resident) in owned)

    def _add_turns(self, connection: Connection, outcomes: Sequence[Writing]) -> frozenset[int]:
        """Insert the turns; the ids of outcomes without event whose turn was there already, so are repeats."""
        rows: dict[Row, Row] = {}
        first: dict[Row, int] = {}
        for outcome in outcomes:
            if outcome.turn is not None and outcome.turn[:2] not in rows:
                rows[outcome.turn[:2]] = outcome.turn
                first[outcome.turn[:2]] = id(outcome)
        if not rows:
            return frozenset()
        new = self._add(connection, "turns", sorted(rows.values()))
        return frozenset(
            id(outcome)
            for outcome in outcomes
            if outcome.event is None
            and outcome.turn is not None
            and not (outcome.turn[:2] in new and first[outcome.turn[:2]] == id(outcome))
        )

    def _set_conversations(self, connection: Connection, outcomes: Sequence[Writing]) -> None:
        states = {state[:2]: state for outcome in outcomes if (state := outcome.conversation) is not None}
        if states:
            self._do(connection, self.SET_CONVERSATIONS, sorted(states.values()))

    def _add_outgoing(
        self, connection: Connection, outcomes: Sequence[Writing]
    ) -> Mapping[int, Sequence[ClaimedOutgoing]]:
        """Insert the messages; for each outcome (by id) those now held by its worker. The others wait in order."""
        planned = [row for outcome in outcomes for _, row in outcome.outgoing]
        if not planned:
            return {}
        waiting = set(self._ask(connection, self.WAITING_RESIDENTS, sorted({row[:2] for row in planned})))
        rows, held = [], []
        for outcome in outcomes:
            for item, row in outcome.outgoing:
                waits = row[:2] in waiting or not outcome.worker
                lease = (outcome.now, 0, "") if waits else (outcome.lease_until, 1, outcome.worker)
                rows.append((*row, *lease, outcome.now))
                if not waits:
                    held.append((outcome, item, row))
            waiting.update(row[:2] for _, row in outcome.outgoing)
        numbers = self._add_outgoing_rows(connection, rows)
        if len(held) < len(planned):
            self._wake_others(connection)
        return _by_outcome(held, numbers)


def _lease(event: ClaimedEvent) -> tuple[str, str, str, int]:
    return event.city, event.event_id, event.worker, event.attempts


def _key(pair: tuple[tuple[str, str, str, int], Writing]) -> tuple[str, str, str, int]:
    return pair[0]


def _written(
    outcome: Writing, more: Mapping[int, bool], sending: Mapping[int, Sequence[ClaimedOutgoing]]
) -> Written | LeaseLost:
    if id(outcome) not in more:
        return LeaseLost()
    mine = tuple(sending.get(id(outcome), ()))
    return Written(mine, more[id(outcome)] or len(mine) < len(outcome.outgoing))


def _by_outcome(
    held: Sequence[tuple[Writing, Outgoing, Row]], numbers: Mapping[Row, int]
) -> dict[int, list[ClaimedOutgoing]]:
    sending: dict[int, list[ClaimedOutgoing]] = {}
    for outcome, item, row in held:
        message = in_flight(item, row, numbers[row[0], row[6]], outcome.worker, outcome.now)
        sending.setdefault(id(outcome), []).append(message)
    return sending
