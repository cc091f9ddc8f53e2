"""Where there is drinking water now: the points that staff have opened, from memory, with or without a location."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from bot.answer import Voice, way_on
from bot.messages import Block, Text
from bot.shelters import SHOWN, Whereabouts, clock_of, way_to
from bot.short_questions import ShortQuestion
from faq.maps import map_of
from faq.nearest import Near, nearest
from faq.place_states import KnownPlaces, PlaceState
from faq.places import Shelter

MOST: Final = 10
"""Points named at once to somebody of whom we do not know where they are: what fits on two screens."""

_ASKS: Final = re.compile(
    "給水(?:所|場|車|拠点|ポイント|スポット|して(?:い|る|くれ))|きゅうすい(?:しょ|じょ|ば|しゃ|きょてん)"
    # 「水もらえる場所」「みずくばってる」; not 「水道…」「水曜…」
    "|(?:水|みず)(?![道曜着泳槽洗回漏路])[^。、！？!?]{0,6}?(?:もら[えいうっ]|貰[えいうっ]|配[っりるらう給布]|くば[っりるら]|汲[めみむん]|くめ)"
    "|飲(?:み)?水|のみみず"
    "|(?:where|any).{0,25}water|water.{0,25}where|(?:drinking|get)water|water(?:supply|station|point|truck|distribution)"
)


ASKS_FOR_WATER: Final = ShortQuestion(_ASKS, 60)
"""Whether somebody asks where there is water. On a day without a water point the entries know better."""


def water_blocks(voice: Voice, here: Whereabouts | None, known: KnownPlaces, name: str = "") -> tuple[Block, ...]:
    """The points that are open: the nearest to `here` first, else all by their names; and the way on.

    `name`: what the resident called the point. Where none is open: that, and whom to call.
    """
    said = _found(voice, here, known, name) if known.water else _none(voice, known)
    return Text(said, voice.spoken), *way_on(voice)


def _none(voice: Voice, known: KnownPlaces) -> str:
    return voice.say("water_none" if known.sure else "water_unknown")


def _found(voice: Voice, here: Whereabouts | None, known: KnownPlaces, name: str) -> str:
    near = _near(known.water, here) if here else ()
    unplaced = [state for state in known.water if not near or state.point is None]
    shown = unplaced[:SHOWN] if near else unplaced[:MOST]
    count = len(near) + len(shown)
    first = voice.say("water_near" if near else "water_open", count=count)
    paragraphs = [f"{voice.say('shelter_from', name=name)}\n{first}" if name and near else first]
    paragraphs += ["\n".join(_lines(voice, known.states[one.shelter.id], one)) for one in near]
    paragraphs += ["\n".join(_lines(voice, state)) for state in shown]
    if len(known.water) > count:
        paragraphs.append(voice.say("water_more", count=len(known.water) - count, website=voice.city.website))
    paragraphs.append(_check(voice, known))
    if not near and len(known.water) > 1 and any(state.point for state in known.water):
        paragraphs.append(voice.say("water_send"))
    return "\n\n".join(paragraphs)


def _near(points: Sequence[PlaceState], here: Whereabouts) -> Sequence[Near]:
    placed = [Shelter(s.place, s.name, *s.point, address=s.address) for s in points if s.point is not None]
    return nearest(placed, here.latitude, here.longitude, count=SHOWN)


def _lines(voice: Voice, state: PlaceState, near: Near | None = None) -> Iterator[str]:
    """What somebody with a canister needs of one point, a line each."""
    yield voice.say("shelter_place", name=state.name, way=way_to(voice, near)) if near else f"■{state.name}"
    if state.hours:
        yield voice.say("water_hours", hours=state.hours)
    if state.address:
        yield state.address
    if state.note:
        yield voice.say("shelter_city_note", note=state.note)
    yield voice.say("shelter_map", link=map_of(state, voice.city))


def _check(voice: Voice, known: KnownPlaces) -> str:
    """What to bring, and how sure this is."""
    if known.as_of is None:
        return voice.say("water_bring")
    key = "water_as_of" if known.sure else "water_not_sure"
    return f"{voice.say('water_bring')}\n{voice.say(key, time=clock_of(voice, known.as_of))}"
