"""One row of a published list → a place of ours, with everything that was changed on the way told in words."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from faq.place_columns import BLANK, plain
from faq.places import HAZARDS, LONGEST, Hazard, Shelter, in_japan, read_degrees, read_flag

_HALF_WIDTH: Final = str.maketrans({chr(code): chr(code - 0xFEE0) for code in range(0xFF10, 0xFF5B)} | {"－": "-"})
_JAPANESE: Final = {"name": "名称", "kana": "カナ", "address": "住所", "note": "備考"}


def shelter_of_row(fields: Mapping[str, str], only_to_stay: bool) -> tuple[Shelter | None, list[str]]:
    """The place of a row and what was changed; or None and why."""
    told: list[str] = []
    name = _words(fields.get("name", ""), "name", told)
    if plain(name) in BLANK:
        return None, ["名称がありません"]
    point = _point(fields, told)
    if point is None:
        return None, told[-1:]
    hazards, unread = _hazards(fields)
    if unread:
        told.append("災害種別に、1か空でない値があります。その災害には使えない所としました")
    capacity = _capacity(fields.get("capacity", ""), told)
    note = "。".join(filter(None, (_accepts(fields), _filled(fields.get("note", "")))))
    shelter = Shelter(
        id=_filled(fields.get("id", "")),
        name=name,
        latitude=point[0],
        longitude=point[1],
        hazards=hazards,
        kana=_words(_filled(fields.get("kana", "")), "kana", told),
        address=_words(_address(fields), "address", told).translate(_HALF_WIDTH),
        shelter=only_to_stay or read_flag(fields.get("shelter", "")) is True,
        capacity=capacity,
        note=_words(note, "note", told),
    )
    return _with_id(shelter, told), told


def _filled(value: str) -> str:
    return "" if plain(value) in BLANK else value.strip()


def _words(value: str, column: str, told: list[str]) -> str:
    """One line without invisible characters, as long as our table allows."""
    line = re.sub(r"[\s\x00-\x1f\x7f-\x9f]+", " ", value).strip()
    if len(line) <= LONGEST[column]:
        return line
    told.append(f"{_JAPANESE[column]}が長すぎるので、{LONGEST[column]}文字で切りました")
    return line[: LONGEST[column] - 1] + "…"


def _point(fields: Mapping[str, str], told: list[str]) -> tuple[float, float] | None:
    """The point, put right when latitude and longitude are exchanged: in Japan their ranges do not overlap."""
    latitude, longitude = read_degrees(fields.get("latitude", "")), read_degrees(fields.get("longitude", ""))
    if latitude is None or longitude is None:
        told.append("緯度・経度がないか、度（10進数）ではありません")
        return None
    if in_japan(latitude, longitude):
        return latitude, longitude
    if in_japan(longitude, latitude):
        told.append("緯度と経度が逆だったので、入れかえました")
        return longitude, latitude
    told.append("緯度・経度が日本の中ではありません")
    return None


def _hazards(fields: Mapping[str, str]) -> tuple[frozenset[Hazard], bool]:
    """The disasters marked in a row, and whether a mark could not be read: that one is taken as no."""
    read = {hazard: read_flag(fields.get(hazard, "")) for hazard in HAZARDS}
    return frozenset(hazard for hazard, flag in read.items() if flag), None in read.values()


def _capacity(value: str, told: list[str]) -> int | None:
    """`１００人2.0㎡あたり1人`, `約300` → 100, 300."""
    text = plain(value)
    if text in BLANK:
        return None
    found = re.match(r"約?(\d[\d,]{0,7})(?=人|名|$|\D)", text)
    if found:
        return int(found[1].replace(",", ""))
    told.append("収容人数を数として読めないので、空にしました")
    return None


def _accepts(fields: Mapping[str, str]) -> str:
    who = _filled(fields.get("accepts", ""))
    return f"入れる人：{who}" if who else ""


def _address(fields: Mapping[str, str]) -> str:
    whole = _filled(fields.get("address", ""))
    parts = (
        [whole] if whole else [_filled(fields.get(name, "")) for name in ("prefecture", "municipality", "town", "lot")]
    )
    building = _filled(fields.get("building", ""))
    return f"{''.join(parts)} {building}".strip() if building not in whole or not whole else whole


def _with_id(shelter: Shelter, told: list[str]) -> Shelter:
    """The place with an id that can be kept; one is made from what it is when the source has none."""
    if shelter.id and len(shelter.id) <= LONGEST["id"] and shelter.id.isprintable():
        return shelter
    told.append("IDがないので、名称と位置から作りました")
    return replace(shelter, id=made_id(shelter))


def made_id(shelter: Shelter) -> str:
    what = f"{shelter.name} {shelter.latitude:.5f} {shelter.longitude:.5f}"
    return f"p-{hashlib.sha256(what.encode()).hexdigest()[:10]}"
