"""A resident on LINE who asks for a person, in a running house, and what is written down of it."""

from __future__ import annotations

import pytest

from store.records import Turn
from store.records_cases import CaseView
from tests.handover.handover_builders import Desk
from tests.running import CITY, House


@pytest.fixture
def counter(house: House) -> Desk:
    """Staff who answer what this house is asked."""
    return Desk(house.parts.library, house.parts.store)


def asks_for_a_person(house: House) -> CaseView:
    house.type("まいなんばー無くした")
    house.type("人に聞く")
    [case] = house.parts.store.cases(CITY)
    return case


def now(house: House, case: CaseView) -> CaseView:
    found = house.parts.store.case(CITY, case.id)
    assert found is not None
    return found


def turns(house: House) -> list[Turn]:
    return house.parts.store.turns(CITY, house.resident.user_id, 50)
