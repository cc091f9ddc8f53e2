"""台風 (VPTW60-65): where it is and will be, and the circles in which its wind blows.

The 気象庁 names no municipalities; whether a town lies in a circle is worked out in `notify.typhoon_areas`.
"""

from __future__ import annotations

import math
import re
import unicodedata
from typing import Final
from xml.etree.ElementTree import Element

from notify.telegrams.parsing import find_all, text_at
from notify.telegrams.records import Circle, Item, Reading

_POINT: Final = re.compile(r"([+-][0-9]{1,2}(?:\.[0-9]{1,3})?)([+-][0-9]{1,3}(?:\.[0-9]{1,3})?)/?")
_HOURS: Final = re.compile("([0-9]{1,3})時間後")
_RADIUS: Final = re.compile("[0-9]{1,4}")
_NUMBER: Final = re.compile("[0-9]{4}")  # the year and the number in it: 2613
_DEGREES: Final = "中心位置（度）"
_WINDS: Final = frozenset({"暴風域", "強風域", "暴風警戒域"})
_BEARINGS: Final = {
    name: 45 * turn for turn, name in enumerate(("北", "北東", "東", "南東", "南", "南西", "西", "北西"))
}
_KM_A_DEGREE: Final = 111.2

_CENTRE: Final = "m:Item/m:Kind/m:Property/m:CenterPart"


def read_typhoon(root: Element) -> Reading:
    """An item for each moment that is told of (status 実況, 「予報　２４時間後」…) and every circle of wind."""
    moments = find_all(root, "*/m:MeteorologicalInfos/m:MeteorologicalInfo")
    name = _name(moments)
    items = tuple(Item(text_at(one, f"{_CENTRE}/m:Location"), "", name, None, _when(one)) for one in moments)
    circles = tuple(circle for one in moments for circle in _circles(one))
    return Reading(items, warnings=() if moments else ("台風の位置がありません",), circles=circles)


def _name(moments: list[Element]) -> str:
    """「台風第13号」; by its class what has no number, or is no typhoon any more: 「熱帯低気圧(TD)」."""
    part = "m:Item/m:Kind/m:Property/m:{}"
    number = next((text for one in moments if (text := text_at(one, part.format("TyphoonNamePart/m:Number")))), "")
    said = next((text for one in moments if (text := text_at(one, part.format("ClassPart/e:TyphoonClass")))), "")
    if _NUMBER.fullmatch(number) and said.startswith("台風"):
        return f"台風第{int(number[2:])}号"
    return said or "熱帯低気圧"


def _when(moment: Element) -> str:
    when = moment.find("{http://xml.kishou.go.jp/jmaxml1/body/meteorology1/}DateTime")
    return when.get("type", "") if when is not None else ""


def _circles(moment: Element) -> list[Circle]:
    point = _point(moment)
    if point is None:
        return []
    found = _HOURS.search(unicodedata.normalize("NFKC", _when(moment)))
    hours = int(found[1]) if found else 0
    parts = find_all(moment, "m:Item/m:Kind/m:Property/m:WarningAreaPart")
    circles = [_circle(part, *point, hours) for part in parts if part.get("type") in _WINDS]
    return [circle for circle in circles if circle is not None]


def _point(moment: Element) -> tuple[float, float] | None:
    """The centre, or that of the circle into which it will move."""
    said = [
        *find_all(moment, f"{_CENTRE}/e:Coordinate"),
        *find_all(moment, f"{_CENTRE}/m:ProbabilityCircle/e:BasePoint"),
    ]
    degrees = next((one.text or "" for one in said if one.get("type") == _DEGREES), "")
    found = _POINT.fullmatch(degrees.strip())
    return (float(found[1]), float(found[2])) if found else None


def _circle(part: Element, latitude: float, longitude: float, hours: int) -> Circle | None:
    """One radius all around, or one each for two opposite sides: then the circle's centre lies towards the longer."""
    sides = [
        (text_at(axis, "e:Direction"), int(text))
        for axis in find_all(part, "e:Circle/e:Axes/e:Axis")
        if _RADIUS.fullmatch(text := _kilometres(axis))
    ]
    if not sides:
        return None
    (towards, longer), (_, shorter) = max(sides, key=lambda side: side[1]), min(sides, key=lambda side: side[1])
    away, bearing = (longer - shorter) / 2, math.radians(_BEARINGS.get(towards, 0))
    north = away * math.cos(bearing) / _KM_A_DEGREE
    east = away * math.sin(bearing) / (_KM_A_DEGREE * max(math.cos(math.radians(latitude)), 0.1))
    kind = part.get("type", "")
    return Circle(kind, round(latitude + north, 3), round(longitude + east, 3), (longer + shorter) / 2, hours)


def _kilometres(axis: Element) -> str:
    return next((one.text or "" for one in find_all(axis, "e:Radius") if one.get("unit") == "km"), "").strip()
