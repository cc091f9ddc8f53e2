"""What the pages of the desk have in common: who the staff are, the open cases, and the door to one case."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from datetime import UTC, datetime

from flask import abort

from bot.answer import Voice
from handlers.console.desk_rules import SEE_ALL, departments_seen, visible
from handlers.console.inbox_view import Desk
from handlers.console.parts import Parts
from handlers.console.times import JAPAN
from store.console_views import Sight
from store.records import Turn
from store.records_accounts import Staff
from store.records_cases import CaseView

NAMES_SECONDS = 5.0
"""For so long the list of staff is not asked for again: names hardly ever change."""


class DeskData:
    """One for a process (`DeskData.of(parts)`); safe for its threads."""

    def __init__(self, parts: Parts) -> None:
        self.parts = parts
        self.store = parts.store
        self._lock = threading.Lock()
        self._staff: dict[str, tuple[float, tuple[Staff, ...]]] = {}
        self._desks: dict[str, Desk] = {}

    @classmethod
    def of(cls, parts: Parts) -> DeskData:
        """The one of these parts, made when a page first asks."""
        data: DeskData = parts.shared.setdefault("desk", cls(parts))
        return data

    def now(self) -> datetime:
        return datetime.fromtimestamp(self.parts.clock(), UTC)

    def voice(self, city: str) -> Voice:
        return Voice(self.parts.library.get(city), "ja", self.now().astimezone(JAPAN))

    def staff(self, city: str) -> tuple[Staff, ...]:
        kept = self._staff.get(city)
        now = self.parts.clock()
        if kept is None or not 0 <= now - kept[0] < NAMES_SECONDS:
            kept = (now, tuple(self.store.staff_list(city)))
            self._staff[city] = kept
        return kept[1]

    def names(self, city: str) -> Mapping[int, str]:
        return {person.id: person.name for person in self.staff(city)}

    def desk(self, city: str, mark: int | None = None) -> Desk:
        """The open cases. One look serves everybody until the city's mark changes (or is another than `mark`)."""
        mark = self.store.console_mark(city) if mark is None else mark
        with self._lock:
            desk = self._desks.get(city)
            if desk is None or desk.mark != mark:
                # The mark is from before the look: what changes in between is told once more, never missed.
                cases = (*self.store.cases(city, "open"), *self.store.called_back(city))
                if not self.names(city).keys() >= {case.staff for case in cases if case.staff > 0}:
                    self._staff.pop(city, None)  # a new colleague has taken one
                desk = Desk(mark, cases, self.store.watched(city))
                self._desks[city] = desk
            return desk

    def case(self, me: Staff, number: int) -> CaseView:
        """The case, if this member of staff may see it. A case of others is as good as none: 404."""
        case = self.store.case(me.city, number)
        if case is None or not visible(me, case):
            abort(404)
        return case

    def talk(self, me: Staff, case: CaseView) -> list[Turn]:
        """The talk of the case. What the same resident said to a department that is not `me`'s is left out."""
        turns = self.store.talk_of(case)
        hidden = [
            (other.opened_at, other.closed_at or self.now())
            for other in self.store.cases_of(case.city, case.resident)
            if other.id != case.id and not visible(me, other)
        ]
        return [turn for turn in turns if not any(begins <= turn.at <= ends for begins, ends in hidden)]

    def colleagues(self, case: CaseView) -> list[Staff]:
        """Who can be called by name in a note: those who may see the case."""
        return [person for person in self.staff(case.city) if not person.disabled and visible(person, case)]


def sight_of(me: Staff) -> Sight:
    return Sight(me.city, me.id, departments_seen(me))


def sees_all(me: Staff) -> bool:
    return me.role in SEE_ALL
