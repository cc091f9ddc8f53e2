"""The desk of 試験市 for tests: residents who asked for a person, and staff of two departments, logged in."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from faq.library import Library
from store import Store, open_store
from store.records import Case, Outcome, Turn
from store.records_accounts import Role, Staff
from store.records_cases import CaseView
from tests.console_site import ConsoleSite, Visitor, a_console
from tests.databases import Clock
from tests.web_city import a_web_library

CITY = "test"
_numbers = itertools.count(1)


@dataclass
class Desk:
    """A console with cases. Times stand still until a test moves the clock."""

    site: ConsoleSite
    people: dict[str, Staff] = field(default_factory=dict)

    @property
    def store(self) -> Store:
        return self.site.store

    @property
    def now(self) -> datetime:
        return datetime.fromtimestamp(self.site.clock(), UTC)

    def staff(self, role: Role = "担当", *departments: str, name: str = "", city: str = CITY) -> tuple[Staff, Visitor]:
        """Somebody of these departments (市民課 unless others are named), and their browser."""
        person = self.site.hire(role, city, departments or ("市民課",), name)
        return person, self.site.as_staff(person)

    def asks(self, question: str = "ごみの日は？", department: str = "市民課", **more: Any) -> CaseView:
        """A resident asks for a person; a moment passes first."""
        number, city = next(_numbers), more.pop("city", CITY)
        resident, channel = more.pop("resident", f"U{number:032x}"), more.pop("channel", "line")
        self.site.clock.forward(1)
        turn = Turn(city, resident, channel, f"e{number}", self.now, "text", question, f"m{number}", "choices", **more)
        case = Case(city, resident, channel, department, question, self.now)
        self.store.record(Outcome(turn=turn, case=case))
        found = self.store.open_case(city, resident)
        assert found is not None
        return found

    def says(self, case: CaseView, text: str, **more: Any) -> CaseView:
        """The resident writes while the case is open."""
        number = next(_numbers)
        self.site.clock.forward(1)
        turn = Turn(case.city, case.resident, case.channel, f"e{number}", self.now, "text", text, f"m{number}", **more)
        now = self.case(case)
        self.store.record(Outcome(turn=turn, owner=now.owner))
        return self.case(case)

    def answered(self, case: CaseView, person: Staff, text: str = "月曜です。", key: str = "") -> CaseView:
        """Taken (if nobody has) and answered by this person."""
        self.site.clock.forward(1)
        if self.case(case).status == "waiting":
            self.store.take_case(case.city, case.id, person.id)
        self.store.reply_case(case.city, case.id, person.id, text, key or f"key-of-test-{next(_numbers)}")
        return self.case(case)

    def closed(self, case: CaseView, person: Staff) -> CaseView:
        self.site.clock.forward(1)
        if self.case(case).status == "waiting":
            self.store.take_case(case.city, case.id, person.id)
        return self.store.close_case(case.city, case.id, person.id, "answered")

    def case(self, case: CaseView) -> CaseView:
        found = self.store.case(case.city, case.id)
        assert found is not None
        return found


@pytest.fixture(scope="session")
def desk_library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    return a_web_library(tmp_path_factory.mktemp("desk-cities"))


@pytest.fixture
def a_desk(desk_library: Library, tmp_path: Path, clock: Clock) -> Callable[[Store], Desk]:
    return lambda store: Desk(a_console(store, desk_library, tmp_path, clock, TOTP_ROLES="なし"))


@pytest.fixture
def desk(a_desk: Callable[[Store], Desk], sqlite_url: str, clock: Clock) -> Iterator[Desk]:
    """On SQLite only, where the engine does not matter."""
    with open_store(sqlite_url, clock=clock) as opened:
        yield a_desk(opened)


@pytest.fixture
def both_desk(a_desk: Callable[[Store], Desk], store: Store) -> Desk:
    """Once on each engine."""
    return a_desk(store)
