"""「東町の避難所」: the point that a resident means by a name, where no location can be sent (the widget, a computer).

Known names are the city's own: its places to flee to, the 町 in their addresses, and the areas of `notices.areas`.
A 町 is the middle of the places that lie in it; that is near enough to say which of them are nearest.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Final

from faq.knowledge import Knowledge
from faq.places import Hazard, Shelter

LONGEST: Final = 60
"""Characters. Whoever writes more tells a story, and is asked about it elsewhere."""

_ASKS: Final = re.compile(
    "避難所|避難場所|避難先|ひなんじょ|ひなんばしょ|逃げる(?:所|ところ|場所)|にげる(?:ところ|ばしょ)|(?<!クーリング)(?<![DdＤ][VvＶ])シェルター"
)
_ASKS_OF_A_PLACE: Final = re.compile("開設|満員|満杯|いっぱい|(?:開|空|あ)い?て(?:い?る|い?ま|ない)|入れ(?:る|ま)")
_HAZARDS: Final[tuple[tuple[str, Hazard], ...]] = (
    ("洪水|川があふれ|氾濫", "flood"),
    ("土砂|がけ|崖", "landslide"),
    ("津波", "tsunami"),
    ("高潮", "storm_surge"),
    ("地震", "earthquake"),
    ("火事|火災", "fire"),
    ("噴火|火山", "volcano"),
)
_FIGURES: Final = str.maketrans("123456789", "一二三四五六七八九")
_BLOCK: Final = re.compile(r"(?<=[^\d])([1-9])(?=丁目)")
# 「彩野市東町三丁目8番2号」 → 「東町三丁目」 and 「東町」; the town is whatever stands before the first number.
_TOWN: Final = re.compile(
    r"^(?P<town>[^\d一二三四五六七八九十]{1,12}?)(?P<block>[一二三四五六七八九十]+丁目)?(?=\d|番|$)"
)
_INSTITUTION: Final = re.compile(r"^.*?[市区町村](?:立|営)(?=.{3})")
_SHORTEST: Final = 2


@dataclass(frozen=True, slots=True)
class NamedPoint:
    """A point in degrees, what the city calls it, and the kind of disaster that was named with it."""

    name: str
    latitude: float
    longitude: float
    hazard: Hazard | None = None


def named_point(text: str, knowledge: Knowledge) -> NamedPoint | None:
    """The place or 町 for whose shelters somebody asks; None when nothing of the kind is asked or known."""
    if not knowledge.places or len(text) > LONGEST:
        return None
    words = _plain(text)
    asks_where = _ASKS.search(words)
    if not asks_where and not _ASKS_OF_A_PLACE.search(words):
        return None
    places, towns = _names_of(knowledge)
    found = _longest(words, places) or (_longest(words, towns) if asks_where else None)
    if found is None:
        return None
    hazard = next((hazard for said, hazard in _HAZARDS if re.search(said, words)), None)
    return NamedPoint(found.name, found.latitude, found.longitude, hazard)


def point_in(text: str, knowledge: Knowledge) -> NamedPoint | None:
    """The place or 町 that is named in a text which asks for something else than shelters."""
    if not knowledge.places or len(text) > LONGEST:
        return None
    words = _plain(text)
    places, towns = _names_of(knowledge)
    return _longest(words, places) or _longest(words, towns)


_Points = Mapping[str, NamedPoint]


def _longest(words: str, points: _Points) -> NamedPoint | None:
    found = [spelling for spelling in points if spelling in words]
    return points[max(found, key=len)] if found else None


def _names_of(knowledge: Knowledge) -> tuple[_Points, _Points]:
    """Spelling → point, of places and of towns; worked out once for a version of the content."""
    kept: tuple[_Points, _Points] | None = knowledge.remembered.get("points by name")
    if kept is None:
        kept = (_places(knowledge.places), _towns(knowledge))
        knowledge.remembered["points by name"] = kept
    return kept


def _places(places: Sequence[Shelter]) -> _Points:
    """Of two places of one name neither is meant for sure, so both are left out."""
    named: dict[str, list[Shelter]] = defaultdict(list)
    for place in places:
        whole = _plain(place.name)
        for spelling in {whole, _INSTITUTION.sub("", whole)}:
            if len(spelling) >= _SHORTEST:
                named[spelling].append(place)
    return {
        spelling: NamedPoint(found[0].name, found[0].latitude, found[0].longitude)
        for spelling, found in named.items()
        if len(found) == 1
    }


def _towns(knowledge: Knowledge) -> _Points:
    members: dict[str, list[Shelter]] = defaultdict(list)
    for place in knowledge.places:
        for town in _towns_of(place.address, knowledge):
            members[town].append(place)
    for area in knowledge.city.notices.areas:
        towns = {_plain(town) for town in area.towns}
        inside = [place for town in towns for place in members.get(town, ())]
        # A 町 without a place of its own is near those of its area.
        for town in (_plain(area.name), *(town for town in towns if town not in members)):
            members[town] = [*members.get(town, ()), *inside]
    return {
        town: NamedPoint(town, fmean(p.latitude for p in found), fmean(p.longitude for p in found))
        for town, found in members.items()
        if found and len(town) >= _SHORTEST
    }


def _towns_of(address: str, knowledge: Knowledge) -> Iterator[str]:
    rest = _plain(address).removeprefix(knowledge.city.prefecture).removeprefix(knowledge.city.name)
    found = _TOWN.match(rest)
    if found:
        yield found["town"]
        if found["block"]:
            yield found["town"] + found["block"]


def _plain(text: str) -> str:
    folded = re.sub(r"\s", "", unicodedata.normalize("NFKC", text))
    return _BLOCK.sub(lambda figure: figure[1].translate(_FIGURES), folded)
