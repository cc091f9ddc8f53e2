"""A resident who asks, and the staff who answer, made with sensible defaults."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from bot.handover import Owner
from bot.wording import Wording
from faq.library import Library
from store import Outcome, Store
from store.records_cases import CaseConflict, CaseView, Said
from tests.store.store_builders import a_case, a_turn

SATO, SUZUKI = 11, 12
"""Two of the staff."""


def at(store: Store) -> datetime:
    return datetime.fromtimestamp(store._clock(), UTC)


def asks(store: Store, *, resident: str = "U1", city: str = "demo", event_id: str = "ask", **changes: Any) -> CaseView:
    """A resident asks for a person; the case that is open then."""
    now = at(store)
    case = a_case(city=city, resident=resident, **({"opened_at": now, "promised_at": now} | changes))
    turn = a_turn(f"{event_id}-{resident}", city=city, resident=resident, at=now, text=case.question)
    store.record(Outcome(turn=turn, case=case, owner=Owner(), conversation={"language": "ja"}))
    opened = store.open_case(city, resident)
    assert opened is not None
    return opened


def writes(
    store: Store, text: str, *, owner: Owner, resident: str = "U1", event_id: str = "", **changes: Any
) -> Outcome:
    """Words of a resident as a door records them, decided for `owner`."""
    turn = a_turn(event_id or f"say-{text}", resident=resident, at=at(store), text=text, decision="staff")
    outcome = Outcome(turn=turn, owner=owner, **changes)
    store.record(outcome)
    return outcome


def hears(text: str) -> Any:
    """What the resident is told, made of the case as it is after the change."""
    return lambda case: Said(f"{case.department}: {text}")


def said(store: Store, resident: str = "U1") -> list[tuple[str, str]]:
    """The talk: who speaks, and the words."""
    turns = store.turns("demo", resident, 50)
    return [(turn.kind, turn.reply_text if turn.kind in ("staff", "told") else turn.text) for turn in turns]


def steps(store: Store, case: CaseView) -> list[tuple[str, str, str]]:
    """The history of a case: who, what, and the state after it."""
    return [(step.who, step.event, step.after) for step in store.case_log(case.city, case.id)]


class Desk:
    """Staff at work, with the sentences that the city says; the console's own desk is tested with the console."""

    def __init__(self, library: Library, store: Store) -> None:
        self._library, self._store = library, store

    def take(self, case: CaseView, staff: int) -> CaseView:
        return self._store.take_case(case.city, case.id, staff, self._says(case, "handover_taken"))

    def transfer(self, case: CaseView, staff: int, department: str, reason: str) -> CaseView:
        tell = self._says(case, "handover_transferred")
        return self._store.transfer_case(case.city, case.id, staff, department, reason, tell)

    def close(self, case: CaseView, staff: int, reason: str) -> CaseView:
        tell = self._says(case, "handover_returned_closed")
        return self._store.close_case(case.city, case.id, staff, reason, tell=tell)

    def _says(self, case: CaseView, key: str) -> Any:
        wording = Wording(self._library.get(case.city).wording)
        return lambda after: Said(wording.say(key, "ja", department=after.department))


def conflict_of(act: Callable[[], object]) -> tuple[str, int]:
    """Why the store refuses this, and who holds the case."""
    with pytest.raises(CaseConflict) as lost:
        act()
    return lost.value.reason, lost.value.held_by
