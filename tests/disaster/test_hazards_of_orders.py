"""While an order to evacuate is in force, shelters have to be safe in what it tells people to flee from."""

from __future__ import annotations

from datetime import UTC, datetime

from store import Store
from store.places_memory import LOOK_SECONDS
from store.records_notices import Audience, NewNotice, NoticeMark
from tests.console_site import Visitor
from tests.databases import Clock
from tests.disaster.conftest import Bad, fields

CITY = "test"
OPENED = datetime(2026, 9, 21, 5, 0, tzinfo=UTC)


def told(store: Store, mark: NoticeMark = "", original: int = 0) -> int:
    new = NewNotice(
        CITY,
        "disaster",
        "bosai",
        "避難指示",
        {"ja": "文"},
        Audience(everyone=True),
        ("page",),
        mark=mark,
        original=original,
    )
    return store.issue_notice(CITY, store.put_notice(new, 7).id, 7).id


def order(store: Store, hazard: str, *, drill: bool = False) -> int:
    """The notice of an order that was issued."""
    incident = store.begin_incident(CITY, "大雨", 7, drill=drill)
    report = store.take_report(CITY, incident.id, f"key-{hazard}", "evacuation-order", (), OPENED, 7, hazard)
    notice = told(store)
    store.link_report(CITY, incident.id, report.number, notice)
    return notice


def now(store: Store, clock: Clock) -> set[str]:
    clock.forward(LOOK_SECONDS)
    return set(store.known_places(CITY).hazards)


def test_orders_count_until_each_is_lifted_or_stopped(store: Store, clock: Clock) -> None:
    assert now(store, clock) == set()
    flood, fire, landslide = (order(store, hazard) for hazard in ("flood", "fire", "landslide"))
    order(store, "")
    assert now(store, clock) == {"flood", "fire", "landslide"}
    assert store.known_places("elsewhere").hazards == frozenset()

    told(store, "all_clear", flood)
    assert now(store, clock) == {"fire", "landslide"}
    told(store, "correction", fire)
    assert now(store, clock) == {"landslide"}
    store.stop_notice(CITY, landslide, 7)
    assert now(store, clock) == set()


def test_with_the_disaster_its_dangers_end_and_a_drill_has_none(store: Store, clock: Clock) -> None:
    order(store, "tsunami", drill=True)
    assert now(store, clock) == set()
    order(store, "flood")
    assert now(store, clock) == {"flood"}

    incident = store.open_incident(CITY)
    assert incident is not None
    store.end_incident(CITY, incident.id, 7)

    assert now(store, clock) == set()


def test_the_reason_that_staff_choose_is_what_shelters_have_to_be_safe_in(
    day: Bad, chief: Visitor, clock: Clock
) -> None:
    day.issues(chief)
    day.issues(chief, "evacuation-elderly", reason="other")
    day.issues(chief, "support-desk")
    assert now(day.store, clock) == {"flood"}

    lifted = day.store.notices(CITY, "disaster")[-1]
    link = f"/disaster/notice/{lifted.id}/all-clear"
    chief.post(link, fields(chief.get(link).text))

    assert now(day.store, clock) == set()
