"""Which places are nearest, how far, and which way: checked against known distances and a plain loop."""

from __future__ import annotations

import math
import random

import pytest

from faq.nearest import DIRECTIONS, EARTH_METRES, nearest
from faq.places import HAZARDS, Shelter

HERE = (36.05, 139.55)


def a_place(name: str, latitude: float, longitude: float, *hazards: str) -> Shelter:
    return Shelter(name, name, latitude, longitude, frozenset(hazards))


def test_the_nearest_comes_first_and_three_are_enough():
    places = [a_place(str(n), 36.05 + n / 100, 139.55) for n in (4, 1, 3, 2)]

    assert [near.shelter.name for near in nearest(places, *HERE)] == ["1", "2", "3"]


def test_distances_are_those_of_the_map():
    # 東京駅 to 大阪駅: 403 km by the Geospatial Information Authority's formula; a sphere is 0.3 % off at most here.
    (near,) = nearest([a_place("大阪駅", 34.702485, 135.495951)], 35.681236, 139.767125)

    assert near.metres == pytest.approx(403_000, rel=0.005)
    assert near.direction == "西"


def test_a_degree_of_latitude_is_111_kilometres():
    (near,) = nearest([a_place("北", 37.05, 139.55)], *HERE)

    assert near.metres == pytest.approx(2 * math.pi * EARTH_METRES / 360)


@pytest.mark.parametrize(("number", "direction"), list(enumerate(DIRECTIONS)))
def test_the_eight_directions_go_round_with_the_clock(number, direction):
    angle = math.radians(45 * number)
    place = a_place(
        "p", 36.05 + 0.01 * math.cos(angle), 139.55 + 0.01 * math.sin(angle) / math.cos(math.radians(36.05))
    )

    assert nearest([place], *HERE)[0].direction == direction


@pytest.mark.parametrize(("degrees", "direction"), [(22, "北"), (23, "北東"), (-22, "北"), (-23, "北西"), (180, "南")])
def test_a_direction_is_the_nearest_of_eight(degrees, direction):
    angle = math.radians(degrees)
    place = a_place(
        "p", 36.05 + 0.01 * math.cos(angle), 139.55 + 0.01 * math.sin(angle) / math.cos(math.radians(36.05))
    )

    assert nearest([place], *HERE)[0].direction == direction


def test_only_places_for_the_hazard_are_ranked():
    places = [a_place("near", 36.0501, 139.55, "earthquake"), a_place("far", 36.06, 139.55, "flood", "earthquake")]

    assert [near.shelter.name for near in nearest(places, *HERE, "flood")] == ["far"]
    assert [near.shelter.name for near in nearest(places, *HERE, "earthquake")] == ["near", "far"]
    assert nearest(places, *HERE, "volcano") == ()


def test_no_places_no_answer():
    assert nearest([], *HERE) == ()
    assert nearest([a_place("p", 36.05, 139.55)], *HERE, count=0) == ()


def test_the_very_place_is_nothing_away():
    (near,) = nearest([a_place("p", *HERE)], *HERE)

    assert near.metres == 0


def test_ten_thousand_places_are_ranked_as_a_plain_loop_ranks_them():
    chance = random.Random(20261121)
    places = [
        a_place(str(n), chance.uniform(35.5, 36.5), chance.uniform(139, 140), *chance.sample(HAZARDS, 4))
        for n in range(10_000)
    ]

    found = nearest(places, *HERE, "flood", count=20)

    loop = sorted((haversine(place), place.name) for place in places if "flood" in place.hazards)[:20]
    assert [near.shelter.name for near in found] == [name for _, name in loop]
    assert [near.metres for near in found] == pytest.approx([metres for metres, _ in loop])


def haversine(place: Shelter) -> float:
    """The textbook's formula, one place at a time."""
    lat1, lon1, lat2, lon2 = map(math.radians, (*HERE, place.latitude, place.longitude))
    a = math.sin((lat2 - lat1) / 2) ** 2 + math.cos(lat1) * math.cos(lat2) * math.sin((lon2 - lon1) / 2) ** 2
    return 2 * EARTH_METRES * math.asin(math.sqrt(a))
