"""The places nearest to a point: great-circle distances over the whole list at once. Pure; knows nobody's name.

No index of space: 10,000 places take a few milliseconds (benchmarks/places.py), and a city has hundreds.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
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
    point: tuple[float, float]

    @property
    def direction(self) -> Direction:
        """Which way to set out: the initial bearing, clockwise from north, as the nearest of eight points."""
        here, there = math.radians(self.point[0]), math.radians(self.shelter.latitude)
        turn = math.radians(self.shelter.longitude - self.point[1])
        east = math.sin(turn) * math.cos(there)
        north = math.cos(here) * math.sin(there) - math.sin(here) * math.cos(there) * math.cos(turn)
        return DIRECTIONS[round(math.degrees(math.atan2(east, north)) / 45) % 8]


class Map:
    """A list of places, made ready once, to be gone through from any point outward. Safe to share."""

    def __init__(self, shelters: Sequence[Shelter]) -> None:
        self._shelters = shelters
        self._lat = np.radians(np.array([place.latitude for place in shelters], dtype=np.float64))
        self._lon = np.radians(np.array([place.longitude for place in shelters], dtype=np.float64))
        self._cos_lat = np.cos(self._lat)

    def outward(self, latitude: float, longitude: float, limit: float = math.inf) -> Iterator[Near]:
        """Every place within `limit` metres, nearest first; of two at one distance that which the list names first."""
        metres, point = self._metres(latitude, longitude), (latitude, longitude)
        order = np.argsort(metres, kind="stable")
        for i, away in zip(order.tolist(), metres[order].tolist(), strict=True):
            if away > limit:
                return
            yield Near(self._shelters[i], away, point)

    def _metres(self, latitude: float, longitude: float) -> NDArray[np.float64]:
        """Haversine distances from the point to every place."""
        here = math.radians(latitude)
        east = np.sin((self._lon - math.radians(longitude)) / 2) ** 2
        half_chord = np.sin((self._lat - here) / 2) ** 2 + math.cos(here) * self._cos_lat * east
        metres: NDArray[np.float64] = 2 * EARTH_METRES * np.arcsin(np.sqrt(np.clip(half_chord, 0.0, 1.0)))
        return metres


def nearest(
    shelters: Sequence[Shelter], latitude: float, longitude: float, hazard: Hazard | None = None, count: int = 3
) -> tuple[Near, ...]:
    """Up to `count` places, nearest first, of those designated for `hazard` (None: whatever they are for)."""
    suitable = shelters if hazard is None else [place for place in shelters if hazard in place.hazards]
    return tuple(islice(Map(suitable).outward(latitude, longitude), count))
