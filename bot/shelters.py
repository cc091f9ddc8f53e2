"""Where to flee to from here: the three nearest places, said so that somebody in a hurry can go.

Where a resident is stays with the resident: the point stands, rounded to some ten metres, in the values of the buttons
that this reply carries, so that they can ask again for one kind of disaster; what is remembered and recorded of the
talk has neither the point nor the places found (three distances would give the point away).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, get_args

from bot.answer import Voice, way_on
from bot.messages import Block, Choice, Choices, Place, Text
from faq.maps import map_link
from faq.nearest import Direction, Map, Near
from faq.place_states import NOTHING_KNOWN, KnownPlaces, PlaceState, PlaceStatus
from faq.places import Hazard, Shelter, in_japan, read_degrees
from faq.text import to_hiragana

VERB: Final = "shelter"
WATER: Final = "water"
ANY: Final = "any"
SHOWN: Final = 3
TOO_FAR_METRES: Final = 30_000
"""Farther than a day's walk in danger: whoever is there needs another city's places."""

DECIMALS: Final = 4
"""0.0001° is 11 m to the north and 9 m to the east in Japan."""

_OFFERED: Final[tuple[Hazard, ...]] = (
    *("flood", "landslide", "earthquake", "fire"),
    *("tsunami", "storm_surge", "volcano"),
)
"""What residents choose from, where the city has such places. Nobody in the rain can tell 内水氾濫 from 洪水."""

_DIRECTION_KEYS: Final[Mapping[Direction, str]] = {
    "北": "shelter_north",
    "北東": "shelter_north_east",
    "東": "shelter_east",
    "南東": "shelter_south_east",
    "南": "shelter_south",
    "南西": "shelter_south_west",
    "西": "shelter_west",
    "北西": "shelter_north_west",
}


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """A point in degrees, rounded, and the disaster it is asked for (None: not said)."""

    latitude: float
    longitude: float
    hazard: Hazard | None = None

    @classmethod
    def of(cls, place: Place) -> Whereabouts:
        return cls(round(place.latitude, DECIMALS), round(place.longitude, DECIMALS))

    @classmethod
    def read(cls, rest: str) -> Whereabouts | None:
        """From the value of a button after the verb: `flood:36.0501:139.5500`. None when no point in Japan is there."""
        hazard, *point = rest.split(":")
        degrees = [read_degrees(number) for number in point]
        if len(degrees) != 2 or degrees[0] is None or degrees[1] is None or not in_japan(degrees[0], degrees[1]):
            return None
        known = next((name for name in get_args(Hazard) if name == hazard), None)
        return cls(round(degrees[0], DECIMALS), round(degrees[1], DECIMALS), known)

    def value(self, hazard: Hazard | None) -> str:
        return f"{VERB}:{hazard or ANY}:{self.latitude:.{DECIMALS}f}:{self.longitude:.{DECIMALS}f}"

    @property
    def water(self) -> str:
        """The value of the button for the water points near here."""
        return f"{WATER}:{ANY}:{self.latitude:.{DECIMALS}f}:{self.longitude:.{DECIMALS}f}"


def without_place(value: str) -> str:
    """The value of a button as it may be kept: `shelter:flood:36.0501:139.5500` → `shelter:flood`."""
    return ":".join(value.split(":")[:2]) if value.startswith((f"{VERB}:", f"{WATER}:")) else value


def shelter_blocks(
    voice: Voice, here: Whereabouts, known: KnownPlaces = NOTHING_KNOWN, name: str = "", *, chose: bool = False
) -> tuple[Block, ...]:
    """The nearest places, what to check before going, the kinds of disaster to choose from, and the way on.

    Once the city has opened any (`known`), those that are open; full and closed ones are nowhere to go. `name`: what
    the resident called the point. Who names no kind of disaster is led to what is safe in those that go on, unless
    they `chose` to see every place.
    """
    safe_in = _safe_in(voice, here, known, chose)
    found = _find(voice, here, known, safe_in)
    if not found.near and not safe_in:
        return voice.text("shelter_far", limit=TOO_FAR_METRES // 1000), *way_on(voice)
    said = _found(voice, found, safe_in, known) if found.near else _none_for(voice, safe_in)
    if safe_in and here.hazard is None:
        said = f"{voice.say('shelter_because', hazard=hazards_said(voice, safe_in))}\n{said}"
    if name:
        said = f"{voice.say('shelter_from', name=name)}\n{said}"
    return (
        Text(said, voice.spoken),
        *_narrowed(voice, here, safe_in),
        *_water_too(voice, here, known),
        *way_on(voice),
    )


def _safe_in(voice: Voice, here: Whereabouts, known: KnownPlaces, chose: bool) -> frozenset[Hazard]:
    """The kinds of disaster in which a place has to be safe."""
    if here.hazard is not None:
        return frozenset((here.hazard,))
    return frozenset() if chose else dangers_now(voice, known)


def dangers_now(voice: Voice, known: KnownPlaces) -> frozenset[Hazard]:
    """What people flee from now. What the city has no place for at all would leave none."""
    return known.hazards & _hazards_of(voice)


def _water_too(voice: Voice, here: Whereabouts, known: KnownPlaces) -> tuple[Block, ...]:
    """While the city gives out water, the way to it from the same point."""
    return (Choices("", (voice.button("water_button", here.water),), "next", voice.spoken),) if known.water else ()


@dataclass(frozen=True, slots=True)
class _Found:
    """What is near. `opened`: these are open now; `full`: nearer ones that take nobody any more."""

    near: Sequence[Near]
    opened: bool
    full: Sequence[Near] = ()


def _find(voice: Voice, here: Whereabouts, known: KnownPlaces, safe_in: frozenset[Hazard]) -> _Found:
    """Outward from the point, until three are found that are open: nothing farther away is looked at."""
    opened: list[Near] = []
    usable: list[Near] = []
    full: list[Near] = []
    any_hazards, in_use = bool(_hazards_of(voice)), known.in_use
    for near in _map_of(voice).outward(here.latitude, here.longitude, TOO_FAR_METRES):
        status = known.status(near.shelter.id)
        if status == "closed":
            continue
        opened_for_it = status == "open" and here.hazard is None
        if not _is_to_flee_to(near.shelter, status, any_hazards) or not is_safe(near.shelter, safe_in, opened_for_it):
            continue
        if status == "full":
            full.append(near)
        else:
            usable.append(near)
            if status == "open":
                opened.append(near)
        if len(opened if in_use else usable) == SHOWN:
            break
    if in_use and opened:
        nearer = [near for near in full if near.metres <= opened[-1].metres]
        return _Found(opened, True, nearer[:SHOWN])
    return _Found(usable[:SHOWN], False, full[:SHOWN] if in_use else ())


def _map_of(voice: Voice) -> Map:
    """Worked out once for a version of the content."""
    kept: Map | None = voice.knowledge.remembered.get("map of the places")
    if kept is None:
        kept = voice.knowledge.remembered["map of the places"] = Map(voice.knowledge.places)
    return kept


def _is_to_flee_to(place: Shelter, status: PlaceStatus, any_hazards: bool) -> bool:
    """Safe in some disaster. A 指定避難所 alone is for those who cannot go home afterwards, unless the city opened it.

    A city that lists only 指定避難所 has nothing better to name.
    """
    return bool(place.hazards) or not any_hazards or status in ("open", "full")


def is_safe(place: Shelter, safe_in: frozenset[Hazard], opened_for_it: bool) -> bool:
    """A 指定避難所 is designated for no disaster; staff who open it in one know that it is safe."""
    return safe_in <= place.hazards or (opened_for_it and not place.hazards)


def _found(voice: Voice, found: _Found, safe_in: frozenset[Hazard], known: KnownPlaces) -> str:
    paragraphs = [_first(voice, found, safe_in, known)]
    paragraphs += ["\n".join(_lines(voice, place, known.states.get(place.shelter.id))) for place in found.near]
    if found.full:
        names = "、".join(name_of(voice, one.shelter) for one in found.full)
        paragraphs.append(voice.say("shelter_full_near", names=names))
    paragraphs.append(check_before_going(voice, known))
    return "\n\n".join(paragraphs)


def _first(voice: Voice, found: _Found, safe_in: frozenset[Hazard], known: KnownPlaces) -> str:
    count = len(found.near)
    if not safe_in:
        if found.opened:
            return voice.say("shelter_found_open", count=count)
        first = voice.say("shelter_found", count=count)
    else:
        hazard = hazards_said(voice, safe_in)
        if found.opened:
            return voice.say("shelter_found_open_for", hazard=hazard, count=count)
        first = voice.say("shelter_found_for", hazard=hazard, count=count)
    return f"{voice.say('shelter_none_open')}\n{first}" if known.in_use else first


def check_before_going(voice: Voice, known: KnownPlaces) -> str:
    """What to make of this before going: how sure it is that a place is open."""
    if not known.in_use or known.as_of is None:
        return voice.say("shelter_check", website=voice.city.website)
    key = "shelter_as_of" if known.sure else "shelter_not_sure"
    return voice.say(key, time=clock_of(voice, known.as_of), website=voice.city.website)


def _lines(voice: Voice, near: Near, state: PlaceState | None) -> Iterator[str]:
    """What a resident needs of one place, a line each."""
    place = near.shelter
    yield voice.say("shelter_place", name=name_of(voice, place), way=way_to(voice, near))
    if state is not None and state.status == "open":
        yield voice.say("shelter_open_now", time=clock_of(voice, state.at))
        if state.note:
            yield voice.say("shelter_city_note", note=state.note)
    if place.address:
        yield place.address
    if place.hazards:
        words = [_hazard(voice, hazard) for hazard in get_args(Hazard) if hazard in place.hazards]
        yield voice.say("shelter_for", hazards="、".join(words))
    if place.shelter:
        yield voice.say("shelter_stay")
    if place.note:
        yield voice.say("shelter_note", note=place.note)
    yield voice.say("shelter_map", link=map_link(place.latitude, place.longitude))


def clock_of(voice: Voice, at: datetime) -> str:
    """「14時05分」, with the day when it is not today's."""
    here = at.astimezone(voice.now.tzinfo)
    clock = f"{here.hour}時{here.minute:02}分"
    return clock if here.date() == voice.now.date() else f"{here.month}月{here.day}日 {clock}"


def name_of(voice: Voice, place: Shelter) -> str:
    easy = voice.language != "ja" and place.kana
    return f"{place.name}({to_hiragana(place.kana)})" if easy else place.name


def way_to(voice: Voice, near: Near) -> str:
    """「約450m・北東」. Steps of 50 m, because the point is rounded and the way is not straight."""
    metres = round(near.metres / 50) * 50
    if metres < 50:
        return voice.say("shelter_here")
    direction = voice.say(_DIRECTION_KEYS[near.direction])
    if metres < 1000:
        return voice.say("shelter_metres", metres=metres, direction=direction)
    kilometres = f"{near.metres / 1000:.1f}" if near.metres < 9_950 else f"{near.metres / 1000:.0f}"
    return voice.say("shelter_kilometres", kilometres=kilometres.removesuffix(".0"), direction=direction)


def _hazard(voice: Voice, hazard: Hazard) -> str:
    return voice.say(f"shelter_{hazard}")


def hazards_said(voice: Voice, hazards: frozenset[Hazard]) -> str:
    """「洪水・土砂くずれ」"""
    return "・".join(_hazard(voice, hazard) for hazard in get_args(Hazard) if hazard in hazards)


def _none_for(voice: Voice, safe_in: frozenset[Hazard]) -> str:
    return voice.say("shelter_none_for", hazard=hazards_said(voice, safe_in), limit=TOO_FAR_METRES // 1000)


def _narrowed(voice: Voice, here: Whereabouts, safe_in: frozenset[Hazard]) -> tuple[Block, ...]:
    """Buttons for the disasters that the city has places for; numbered, so that LINE on a computer shows them, too."""
    had = _hazards_of(voice)
    buttons = [
        Choice(_hazard(voice, hazard), here.value(hazard))
        for hazard in _OFFERED
        if hazard in had and {hazard} != safe_in
    ]
    if safe_in:
        buttons.append(voice.button("shelter_any", here.value(None)))
    prompt = voice.say("shelter_narrow")
    return (Choices(prompt, tuple(buttons), "candidates", voice.spoken),) if buttons else ()


def _hazards_of(voice: Voice) -> frozenset[Hazard]:
    """What the city has places for; the same for everybody who asks."""
    kept: frozenset[Hazard] | None = voice.knowledge.remembered.get("hazards of the places")
    if kept is None:
        kept = frozenset().union(*(place.hazards for place in voice.knowledge.places))
        voice.knowledge.remembered["hazards of the places"] = kept
    return kept
