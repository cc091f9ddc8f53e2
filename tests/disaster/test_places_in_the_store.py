"""Which places are open: kept with its audit line, told from memory, and still there when the database is not."""

from __future__ import annotations

from store import Store, open_store
from store.places_memory import AWAY_SECONDS, LOOK_SECONDS
from store.places_state import PlaceChange
from tests.databases import Clock

CITY = "demo"
SCHOOL = PlaceChange("school", "open", "体育館")


def the_log(store: Store) -> list[tuple[str, str, str]]:
    return [(row.who, row.action, row.record) for row in reversed(store.audit_rows(CITY))]


def test_a_place_is_open_from_the_moment_staff_say_so_and_the_log_knows_who(store: Store, clock: Clock) -> None:
    assert store.set_places(CITY, [SCHOOL, PlaceChange("park", "closed")], 7) == 2

    states = store.place_states(CITY)
    assert (states["school"].status, states["school"].note, states["park"].status) == ("open", "体育館", "closed")
    assert states["school"].at.timestamp() == clock.now
    assert the_log(store) == [("staff:7", "place.set", "place:school"), ("staff:7", "place.set", "place:park")]


def test_what_stays_as_it_was_leaves_no_line(store: Store) -> None:
    store.set_places(CITY, [SCHOOL], 7)

    assert store.set_places(CITY, [SCHOOL, PlaceChange("hill", "unopened")], 8) == 0
    assert len(the_log(store)) == 1


def test_residents_are_told_at_once_in_this_process_and_soon_in_another(
    store: Store, database_url: str, clock: Clock
) -> None:
    with open_store(database_url, clock=clock) as other:
        assert other.known_places(CITY).status("school") == "unopened"
        store.known_places(CITY)
        store.set_places(CITY, [SCHOOL], 7)

        assert store.known_places(CITY).status("school") == "open"
        assert other.known_places(CITY).status("school") == "unopened"
        clock.forward(LOOK_SECONDS)
        assert other.known_places(CITY).status("school") == "open"
        assert other.known_places("elsewhere").states == {}


def test_a_drill_changes_nothing_that_residents_are_told(store: Store) -> None:
    store.set_places(CITY, [SCHOOL], 7, drill=True)

    assert store.known_places(CITY).status("school") == "unopened"
    assert store.place_states(CITY, drill=True)["school"].status == "open"
    assert store.place_states(CITY) == {}


def test_without_the_database_what_was_known_is_told_and_not_as_sure(
    database_url: str, clock: Clock, monkeypatch
) -> None:
    store = open_store(database_url, clock=clock)
    store.set_places(CITY, [SCHOOL], 7)
    known = store.known_places(CITY)
    assert known.sure
    store.close()  # from here on every question is refused
    looks = []
    monkeypatch.setattr(store._places, "mark", lambda ask=store._places.mark: looks.append(1) or ask())

    for _ in range(3):
        clock.forward(LOOK_SECONDS)
        old = store.known_places(CITY)
        assert (old.status("school"), old.sure, old.as_of) == ("open", False, known.as_of)

    assert len(looks) == 1, "a database that does not answer is not asked again at once"
    clock.forward(AWAY_SECONDS)
    store.known_places(CITY)
    assert len(looks) == 2


def test_when_it_is_over_every_place_is_as_on_any_other_day(store: Store) -> None:
    store.set_places(CITY, [SCHOOL, PlaceChange("w1", "open", "", "water", "中央公園", "中央1番")], 7)

    assert store.clear_places(CITY, 8) == 2

    assert {state.status for state in store.place_states(CITY).values()} == {"unopened"}
    assert not store.known_places(CITY).in_use


def test_a_water_point_keeps_where_it_is_and_when_it_gives_water(store: Store) -> None:
    here = PlaceChange("w1", "open", "", "water", "中央公園", "中央1番", "9時から17時まで", (36.0541, 139.55))
    assert store.set_places(CITY, [here, SCHOOL], 7) == 2
    assert store.set_places(CITY, [here], 7) == 0, "nothing is different"

    water = store.known_places(CITY).water
    assert [(w.name, w.hours, w.point) for w in water] == [("中央公園", "9時から17時まで", (36.0541, 139.55))]
    assert store.place_states(CITY)["school"].point is None

    store.clear_places(CITY, 8)
    assert store.known_places(CITY).water == ()
    assert store.place_states(CITY)["w1"].point == (36.0541, 139.55)
