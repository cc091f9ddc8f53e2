"""The places nearest to a point: great-circle distances over the whole list at once. Pure; knows nobody's name.

No index of space: 10,000 places take a few milliseconds (benchmarks/places.py), and a city has hundreds.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from faq.places import Hazard, Shelter

Direction = Literal["北", "北東", "東", "南東", "南", "南西", "西", "北西"]

DIRECTIONS: Final[tuple[Direction, ...]] = get_args(Direction)
EARTH_METRES: Final = 6_371_008.8
"""Mean radius of the earth (IUGG R1). A sphere is wrong by at most 0.6 %: 6 m in a kilometre."""


@dataclass(frozen=True, slots=True)
class Near:
    """A place, how far away it is in a straight line (metres), and which way it lies from the point."""

    shelter: Shelter
    metres: float
    direction: Direction


def nearest(
    shelters: Sequence[Shelter], latitude: float, longitude: float, hazard: Hazard | None = None, count: int = 3
) -> tuple[Near, ...]:
    """Up to `count` places, nearest first, of those designated for `hazard` (None: whatever they are for)."""
    suitable = shelters if hazard is None else [place for place in shelters if hazard in place.hazards]
    if not suitable or count < 1:
        return ()
    metres = _metres(suitable, latitude, longitude)
    best = [int(i) for i in np.argsort(metres, kind="stable")[:count]]
    return tuple(Near(suitable[i], float(metres[i]), _direction(suitable[i], latitude, longitude)) for i in best)


def _metres(places: Sequence[Shelter], latitude: float, longitude: float) -> NDArray[np.float64]:
    """Haversine distances from the point to every place."""
    lat = np.radians(np.array([place.latitude for place in places]))
    lon = np.radians(np.array([place.longitude for place in places]))
    here = math.radians(latitude)
    east = np.sin((lon - math.radians(longitude)) / 2) ** 2
    half_chord = np.sin((lat - here) / 2) ** 2 + math.cos(here) * np.cos(lat) * east
    metres: NDArray[np.float64] = 2 * EARTH_METRES * np.arcsin(np.sqrt(np.clip(half_chord, 0.0, 1.0)))
    return metres


def _direction(place: Shelter, latitude: float, longitude: float) -> Direction:
    """Which way to set out: the initial bearing, clockwise from north, as the nearest of eight points."""
    here, there = math.radians(latitude), math.radians(place.latitude)
    turn = math.radians(place.longitude - longitude)
    east = math.sin(turn) * math.cos(there)
    north = math.cos(here) * math.sin(there) - math.sin(here) * math.cos(there) * math.cos(turn)
    return DIRECTIONS[round(math.degrees(math.atan2(east, north)) / 45) % 8]
