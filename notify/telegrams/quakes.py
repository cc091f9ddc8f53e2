"""Earthquakes: how strongly each municipality (VXSE53) or 細分区域 (VXSE51) shook, or will shake (VXSE43)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final
from xml.etree.ElementTree import Element

from notify.telegrams.parsing import find_all, text_at
from notify.telegrams.records import Item, Reading

_INTENSITIES: Final = {
    "1": "震度1",
    "2": "震度2",
    "3": "震度3",
    "4": "震度4",
    "7": "震度7",
    "5-": "震度5弱",
    "5+": "震度5強",
    "6-": "震度6弱",
    "6+": "震度6強",
}
_NOT_ARRIVED: Final = "震度５弱以上未入電"  # the station is silent, and 5弱 or more is supposed: never harmless
_WARNED_AREAS: Final = "緊急地震速報（細分区域）"


def read_intensities(root: Element, info_type: str) -> Reading:
    """Cities where the telegram has any, else its 細分区域; none for 震源 (VXSE52, 61) and earthquakes abroad."""
    areas = find_all(root, "*/s:Intensity/s:Observation/s:Pref/s:Area")
    cities = [city for area in areas for city in find_all(area, "s:City")]
    found = [pair for place in cities or areas for pair in _items(place, info_type)]
    warnings = tuple(dict.fromkeys(warning for _, warning in found if warning))
    return Reading(tuple(item for item, _ in found), warnings=warnings)


def read_early_warning(root: Element, info_type: str) -> Reading:
    """緊急地震速報（警報） (VXSE43): the 細分区域 that are warned. It comes too late for a message to save anyone."""
    rows = [
        row
        for information in find_all(root, "h:Head/h:Headline/h:Information")
        if information.get("type") == _WARNED_AREAS
        for row in find_all(information, "h:Item")
    ]
    return Reading(tuple(item for row in rows for item in _warned(row, info_type)))


def _items(place: Element, info_type: str) -> Iterator[tuple[Item, str | None]]:
    name, code = text_at(place, "s:Name"), text_at(place, "s:Code")
    said = [text for text in (text_at(place, "s:MaxInt"), text_at(place, "s:Condition")) if text]
    for value in dict.fromkeys(said):
        kind = _INTENSITIES.get(value, value)
        known = value in _INTENSITIES or value == _NOT_ARRIVED
        yield Item(name, code, kind, None, info_type), None if known else f"知らない震度です（{value}）"


def _warned(row: Element, info_type: str) -> Iterator[Item]:
    now, before = text_at(row, "h:Kind/h:Code"), text_at(row, "h:LastKind/h:Code")
    status = "継続" if now == before else info_type
    for area in find_all(row, "h:Areas/h:Area"):
        yield Item(text_at(area, "h:Name"), text_at(area, "h:Code"), text_at(row, "h:Kind/h:Name"), None, status)
