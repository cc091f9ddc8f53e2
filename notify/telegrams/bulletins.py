"""Everything whose headline says enough: what, and the finest areas that it names.

防災速報, 土砂災害警戒情報, 竜巻, 噴火 and so on. The level is given for 土砂災害警戒情報 and 特別警報報知 alone:
a 噴火警戒レベル is another scale and must never be shown as a 警戒レベル.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final
from xml.etree.ElementTree import Element

from notify.telegrams.levels import LANDSLIDE, OLD_WEATHER, level_of
from notify.telegrams.parsing import find_all, text_at
from notify.telegrams.records import Item, Reading

_TAG: Final = "情報タグ"  # its Condition holds the tags, blank between: 「台風 大雨 落雷」
_NUMBERS: Final = frozenset({"台風番号", "TC番号"})  # numbers of a storm, not dangers
# The same said for larger areas, coarsest first; the finest that is there is read.
_COARSE: Final = (
    "警報注意報種別毎",
    "府県予報区等",
    "発表細分",
    "一次細分区域等",
    "市町村等をまとめた地域等",
)


def read_bulletin(root: Element, data_type: str, info_type: str, title: str) -> Reading:
    """The headline's areas with what is said of them."""
    layers = find_all(root, "h:Head/h:Headline/h:Information")
    rows = [row for layer in _finest(layers) for row in find_all(layer, "h:Item")]
    found = [pair for row in rows for pair in _items(row, data_type, info_type, title)]
    warnings = tuple(dict.fromkeys(warning for _, warning in found if warning))
    return Reading(tuple(dict.fromkeys(item for item, _ in found)), _scope(root, layers), warnings)


def _finest(layers: list[Element]) -> list[Element]:
    left = layers
    for coarse in _COARSE:
        finer = [layer for layer in left if coarse not in layer.get("type", "")]
        if not finer:
            break
        left = finer
    return left


def _scope(root: Element, layers: list[Element]) -> str:
    """The prefecture (府県予報区) that a bulletin without EventID speaks for."""
    widest = [layer for layer in layers if any(word in layer.get("type", "") for word in ("府県予報区", "発表細分"))]
    said = next((text_at(layer, "h:Item/h:Areas/h:Area/h:Code") for layer in widest), "")
    return said or text_at(root, "*/m:TargetArea/m:Code")


def _items(row: Element, data_type: str, info_type: str, title: str) -> Iterator[tuple[Item, str | None]]:
    areas = [(text_at(area, "h:Name"), text_at(area, "h:Code")) for area in find_all(row, "h:Areas/h:Area")]
    for kind in find_all(row, "h:Kind"):
        name, code, condition = (text_at(kind, f"h:{tag}") for tag in ("Name", "Code", "Condition"))
        if name in _NUMBERS:
            continue
        level, warning = _level(data_type, code, name, title)
        names = condition.split() if name == _TAG else [name]
        status = info_type if name == _TAG else condition or info_type
        for said in names:
            for area, area_code in areas:
                yield Item(area, area_code, said or None, level, status), warning


def _level(data_type: str, code: str, name: str, title: str) -> tuple[int | None, str | None]:
    if data_type == "VXWW50":
        lifted = LANDSLIDE.get(code, 0) is None
        return level_of(code, name, LANDSLIDE, spoken="" if lifted else title)
    if data_type == "VPNO50":
        return level_of(code, name, OLD_WEATHER)
    return None, None
