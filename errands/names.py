"""Learns from LINE how the residents who ask for a person call themselves, so that staff see a name."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Protocol

from clients.errors import ClientError
from store import Store
from store.records_cases import CaseView

log = logging.getLogger(__name__)
TRIES = 5
"""For one case; then staff do without a name."""


class Profiles(Protocol):
    def name_of(self, resident: str) -> str: ...


class Names:
    """The errand of asking. `profiles` by city. Asking twice (two processes) gives the same name twice."""

    def __init__(self, store: Store, profiles: Mapping[str, Profiles]) -> None:
        self._store = store
        self._profiles = profiles
        self._seen: dict[str, int] = {}
        self._tries: dict[tuple[str, int], int] = {}

    def ask_once(self) -> int:
        """Asks for every open case without a name; how many got one. Looks only at cities where something changed."""
        return sum(self._ask_in(city, profiles) for city, profiles in self._profiles.items())

    def _ask_in(self, city: str, profiles: Profiles) -> int:
        mark = self._store.console_mark(city)
        if self._seen.get(city) == mark:
            return 0
        talking = self._store.cases(city, "open")
        known = {(case.city, case.id) for case in talking}
        self._tries = {key: tries for key, tries in self._tries.items() if key[0] != city or key in known}
        nameless = [case for case in talking if self._wants_a_name(case)]
        named = sum(self._name(case, profiles) for case in nameless)
        # What failed is asked again at the next look, whether or not anything changes.
        if not any(self._wants_a_name(case) for case in nameless):
            self._seen[city] = mark
        return named

    def _wants_a_name(self, case: CaseView) -> bool:
        nobody = case.channel == "line" and not case.display_name
        return nobody and self._tries.get((case.city, case.id), 0) < TRIES

    def _name(self, case: CaseView, profiles: Profiles) -> int:
        key = (case.city, case.id)
        try:
            name = profiles.name_of(case.resident)
        except ClientError as error:
            self._tries[key] = self._tries.get(key, 0) + 1
            log.warning("no name from LINE", extra={"city": case.city, "case": case.id, "reason": error.reason})
            return 0
        self._tries[key] = TRIES
        if name:
            self._store.name_case(case.city, case.id, name)
        return bool(name)
