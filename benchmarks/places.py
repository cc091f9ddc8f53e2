"""How long it takes to find the three nearest of many places to flee to, beside a plain Python loop.

    .venv/bin/python -m benchmarks.places [--places 10000]

Median of many questions from changing points, in milliseconds on one thread. The loop is the textbook's haversine over
the same places with the same filter; both must name the same three. No PostGIS, no tree: the list of a city is short.
The last line is the whole answer to a resident while a third of the places are open, some full and some closed.
"""

from __future__ import annotations

import argparse
import math
import random
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from itertools import islice
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.answer import Voice
from bot.shelters import Whereabouts, shelter_blocks
from faq.knowledge import load_knowledge
from faq.nearest import EARTH_METRES, Map
from faq.place_states import KnownPlaces, PlaceState, PlaceStatus
from faq.places import HAZARDS, Hazard, Shelter

ASKED = 60
Find = Callable[[float, float, Hazard | None], list[str]]


def some_places(count: int) -> tuple[Shelter, ...]:
    """Places over a region of 110 by 90 km, each for four kinds of disaster."""
    chance = random.Random(20261121)
    return tuple(
        Shelter(
            id=f"p{number}",
            name=f"場所{number}",
            latitude=chance.uniform(35.5, 36.5),
            longitude=chance.uniform(139.0, 140.0),
            hazards=frozenset(chance.sample(HAZARDS, 4)),
        )
        for number in range(count)
    )


def with_numpy(ready: Map, latitude: float, longitude: float, hazard: Hazard | None) -> list[str]:
    fit = (near for near in ready.outward(latitude, longitude) if hazard is None or hazard in near.shelter.hazards)
    return [near.shelter.id for near in islice(fit, 3)]


def with_a_loop(places: Sequence[Shelter], latitude: float, longitude: float, hazard: Hazard | None) -> list[str]:
    found = [
        (_haversine(latitude, longitude, place), place.id)
        for place in places
        if hazard is None or hazard in place.hazards
    ]
    return [name for _, name in sorted(found)[:3]]


def _haversine(latitude: float, longitude: float, place: Shelter) -> float:
    here, there = math.radians(latitude), math.radians(place.latitude)
    turn = math.radians(place.longitude - longitude)
    a = math.sin((there - here) / 2) ** 2 + math.cos(here) * math.cos(there) * math.sin(turn / 2) ** 2
    return 2 * EARTH_METRES * math.asin(math.sqrt(a))


def milliseconds(find: Find, hazard: Hazard | None) -> tuple[float, list[list[str]]]:
    """(median time of a question, the answers)."""
    chance = random.Random(7)
    took, answers = [], []
    for _ in range(ASKED):
        latitude, longitude = chance.uniform(35.6, 36.4), chance.uniform(139.1, 139.9)
        start = time.perf_counter()
        answers.append(find(latitude, longitude, hazard))
        took.append((time.perf_counter() - start) * 1000)
    return statistics.median(took), answers


def whole_answers(places: Sequence[Shelter]) -> float:
    """Median milliseconds of the answer as a resident gets it, on a bad day."""
    now = datetime(2026, 11, 21, 14, 5, tzinfo=ZoneInfo("Asia/Tokyo"))
    city = replace(load_knowledge(Path(__file__).parents[1] / "cities" / "demo"), places=tuple(places))
    voice = Voice(city, "ja", now)
    stand: tuple[PlaceStatus, ...] = ("open", "full", "closed")
    states = {p.id: PlaceState(p.id, stand[n % 3], now) for n, p in enumerate(places)}
    known, chance, took = KnownPlaces(states, now), random.Random(7), []
    for _ in range(ASKED):
        here = Whereabouts(chance.uniform(35.6, 36.4), chance.uniform(139.1, 139.9), "flood")
        start = time.perf_counter()
        shelter_blocks(voice, here, known)
        took.append((time.perf_counter() - start) * 1000)
    return statistics.median(took)


def main() -> None:
    parser = argparse.ArgumentParser(description="the three nearest places, beside a plain loop")
    parser.add_argument("--places", type=int, default=10_000)
    places = some_places(parser.parse_args().places)
    ready = Map(places)  # as the service has it: made once for a version of the content
    print(f"{len(places):,} places, {ASKED} questions, median ms")
    print(f"{'asked for':12}{'ours':>10}{'plain loop':>12}{'times':>8}")
    for hazard in (None, "flood"):
        ours, found = milliseconds(partial(with_numpy, ready), hazard)
        loop, expected = milliseconds(partial(with_a_loop, places), hazard)
        assert found == expected
        print(f"{hazard or 'any':12}{ours:>10.2f}{loop:>12.2f}{loop / ours:>8.1f}")
    print(f"{'open ones':12}{whole_answers(places):>10.2f}   (the whole answer, flood, a third of the places open)")


if __name__ == "__main__":
    main()
