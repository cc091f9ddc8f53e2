"""A disaster or a drill in the store: one at a time, its reports numbered once each."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

from store import Store
from tests.databases import Clock

CITY = "demo"
OPENED = datetime(2026, 9, 21, 5, 0, tzinfo=UTC)


def take(store: Store, incident: int, key: str) -> int:
    return store.take_report(CITY, incident, key, "evacuation-order", ("kita",), OPENED, 7).number


def test_reports_are_numbered_from_one_in_each_incident(store: Store) -> None:
    first = store.begin_incident(CITY, "大雨", 7)
    assert [take(store, first.id, key) for key in ("a", "b")] == [1, 2]
    store.end_incident(CITY, first.id, 7)
    second = store.begin_incident(CITY, "地震", 7)

    assert take(store, second.id, "c") == 1
    assert [report.areas for report in store.reports(CITY, first.id)] == [("kita",), ("kita",)]


def test_a_form_that_is_sent_twice_gets_its_number_again(store: Store) -> None:
    incident = store.begin_incident(CITY, "大雨", 7)

    assert (take(store, incident.id, "same"), take(store, incident.id, "same"), take(store, incident.id, "new")) == (
        1,
        1,
        2,
    )


def test_of_many_who_press_at_the_same_moment_each_has_a_number_of_their_own(store: Store) -> None:
    with ThreadPoolExecutor(8) as people:
        begun = set(people.map(lambda by: store.begin_incident(CITY, "大雨", by).id, range(8)))
        numbers = list(people.map(lambda n: take(store, min(begun), f"key-{n}"), range(16)))

    assert len(begun) == 1
    assert sorted(numbers) == list(range(1, 17))


def test_a_drill_gives_way_to_the_real_thing_and_the_real_thing_not_to_a_drill(store: Store) -> None:
    drill = store.begin_incident(CITY, "訓練", 7, drill=True)
    real = store.begin_incident(CITY, "大雨", 8)

    assert (drill.drill, real.drill) == (True, False)
    ended = store.incident(CITY, drill.id)
    assert ended is not None
    assert ended.ended_at is not None
    assert store.begin_incident(CITY, "訓練", 7, drill=True) == real
    actions = [row.action for row in reversed(store.audit_rows(CITY))]
    assert actions == ["drill.begin", "drill.end", "incident.begin"]


def test_a_report_is_found_by_the_notice_that_carries_it(store: Store, clock: Clock) -> None:
    incident = store.begin_incident(CITY, "大雨", 7)
    store.link_report(CITY, incident.id, take(store, incident.id, "a"), 41)

    found = store.report_of(CITY, 41)
    assert found is not None
    assert (found.number, found.text_id, found.who, found.at.timestamp()) == (1, "evacuation-order", 7, clock.now)
    assert store.report_of(CITY, 0) is None
    assert store.report_of("elsewhere", 41) is None
