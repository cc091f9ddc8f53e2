"""河川: the river's forecast area and every municipality that its flood may reach (VXKO50-89, VXSU)."""

from __future__ import annotations

import re
from typing import Final
from xml.etree.ElementTree import Element

from notify.telegrams.levels import RIVER, level_of
from notify.telegrams.parsing import find_all, text_at
from notify.telegrams.records import Item, Reading

_OWN_AREA: Final = ("指定河川洪水予報（予報区域）", "水位周知河川に関する情報（発表区間）")
_IN_BRACKETS: Final = re.compile(r"（([^（）]+)）$")  # 「レベル３氾濫警報（発表）」
_CITY_CODE: Final = re.compile(r"[0-9]{7}")


def read_river(root: Element, info_type: str) -> Reading:
    """The river first, then the municipalities, each once; all carry the telegram's one kind."""
    head = next(
        (
            row
            for information in find_all(root, "h:Head/h:Headline/h:Information")
            if information.get("type") in _OWN_AREA
            for row in find_all(information, "h:Item")
        ),
        None,
    )
    if head is None:
        return Reading(warnings=("見出しに河川の予報区域がありません",))
    name, code = text_at(head, "h:Kind/h:Name"), text_at(head, "h:Kind/h:Code")
    status = _status(name, text_at(head, "h:Kind/h:Condition"), info_type)
    # 「レベル２氾濫注意報解除」 names the level that ends.
    level, warning = level_of(code, name, RIVER, spoken="" if status == "解除" else name)
    rivers = [(text_at(area, "h:Name"), text_at(area, "h:Code")) for area in find_all(head, "h:Areas/h:Area")]
    items = tuple(Item(place, code, name or None, level, status) for place, code in (*rivers, *_cities(root)))
    return Reading(items, warnings=(warning,) if warning else ())


def _cities(root: Element) -> list[tuple[str, str]]:
    """Municipalities of the 浸水想定地区, each once, in the telegram's order."""
    places = [
        (text_at(area, "m:City"), text_at(area, "m:CityCode"))
        for area in find_all(root, "*/m:Warning/m:Item/m:Areas/m:Area")
    ]
    return list(dict.fromkeys(place for place in places if _CITY_CODE.fullmatch(place[1])))


def _status(name: str, condition: str, info_type: str) -> str:
    if name.endswith("解除") or condition.endswith("解除"):
        return "解除"
    match = _IN_BRACKETS.search(condition)
    return str(match[1]) if match else info_type
