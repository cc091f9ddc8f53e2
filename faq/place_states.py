"""What is known on a bad day: places that are open, full, closed; dangers; notices in force. Plain values, no SQL."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Literal, get_args

from faq.places import Hazard

PlaceStatus = Literal["open", "full", "closed", "unopened"]
PlaceKind = Literal["shelter", "water"]
Point = tuple[float, float]

STATUSES: Final[tuple[PlaceStatus, ...]] = get_args(PlaceStatus)


@dataclass(frozen=True, slots=True)
class PlaceState:
    """How a place stands since `at`. `place` is the id of its line in `places/shelters.csv`.

    A water point has no such line: its `name`, `address`, `hours` and `point` (latitude and longitude in degrees, None
    where nobody said) are what staff chose or typed.
    """

    place: str
    status: PlaceStatus
    at: datetime
    kind: PlaceKind = "shelter"
    note: str = ""
    name: str = ""
    address: str = ""
    hours: str = ""
    point: Point | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """A notice of the disaster that has not been taken back: what residents who ask are told is in force."""

    title: str
    texts: Mapping[str, str]
    at: datetime
    corrected: bool = False
    titles: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class KnownPlaces:
    """Every place that staff have spoken of, by its id, as it stood at `as_of`.

    `sure` is False when the database could not be asked just now: what stands here may be old. `hazards` are the
    dangers that people flee from now: those of the orders in force and of the warnings that residents were told of.
    `standing` are the notices of the disaster in force, the newest first.
    """

    states: Mapping[str, PlaceState] = field(default_factory=dict)
    as_of: datetime | None = None
    sure: bool = True
    hazards: frozenset[Hazard] = frozenset()
    standing: tuple[Standing, ...] = ()

    def status(self, place: str) -> PlaceStatus:
        state = self.states.get(place)
        return state.status if state else "unopened"

    @property
    def in_use(self) -> bool:
        """Whether any place to flee to has been opened: only then does an unopened one say something."""
        return any(state.kind == "shelter" and state.status in ("open", "full") for state in self.states.values())

    @property
    def water(self) -> tuple[PlaceState, ...]:
        """The water points that are open, by their names."""
        here = (s for s in self.states.values() if s.kind == "water" and s.status == "open")
        return tuple(sorted(here, key=lambda s: (s.name, s.place)))

    def of_kind(self, kind: PlaceKind) -> tuple[PlaceState, ...]:
        """In the order in which they changed last, the newest first."""
        return tuple(
            sorted((s for s in self.states.values() if s.kind == kind), key=lambda s: (s.at, s.place), reverse=True)
        )


NOTHING_KNOWN: Final = KnownPlaces()
