"""気象警報・注意報: every municipality with every kind in force, of the 市町村等 layer alone.

The coarser layers repeat the same for whole prefectures; reading them would warn towns that nothing threatens.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final
from xml.etree.ElementTree import Element

from notify.telegrams.levels import OLD_WEATHER, WEATHER, Levels, level_of
from notify.telegrams.parsing import find_all, text_at
from notify.telegrams.records import Item, Reading

_WHOLE: Final = "気象警報・注意報（府県予報区等）"
_MUNICIPALITIES: Final = "気象警報・注意報（市町村等）"
NOTHING: Final = "発表警報・注意報はなし"
# A downgrade names the lower kind as in force: 「特別警報から警報」 carries the 警報.
_STATUSES: Final = frozenset(
    {
        "発表",
        "継続",
        "解除",
        NOTHING,
        *("特別警報から危険警報", "特別警報から警報", "特別警報から注意報"),
        *("危険警報から警報", "危険警報から注意報", "警報から注意報"),
    }
)


def read_warnings(root: Element) -> Reading:
    """VPWW55 to 61, whose names say the level."""
    return _read(root, WEATHER)


def read_old_warnings(root: Element) -> Reading:
    """VPWW53 and 54: an alternative to the new ones, never together with them."""
    return _read(root, OLD_WEATHER)


def _read(root: Element, levels: Levels) -> Reading:
    layers = find_all(root, "*/m:Warning")
    rows = [row for layer in layers if layer.get("type") == _MUNICIPALITIES for row in find_all(layer, "m:Item")]
    found = [pair for row in rows for pair in _items(row, levels)]
    warnings = [warning for _, warning in found if warning]
    if not rows:
        warnings.append("市町村等の部分がありません")
    scope = next((text_at(layer, "m:Item/m:Area/m:Code") for layer in layers if layer.get("type") == _WHOLE), "")
    return Reading(tuple(item for item, _ in found), scope, tuple(dict.fromkeys(warnings)))


def _items(row: Element, levels: Levels) -> Iterator[tuple[Item, str | None]]:
    area, area_code = text_at(row, "m:Area/m:Name"), text_at(row, "m:Area/m:Code")
    for kind in find_all(row, "m:Kind"):
        name, code, status = (text_at(kind, f"m:{tag}") for tag in ("Name", "Code", "Status"))
        if status == NOTHING:
            yield Item(area, area_code, None, None, status), None
            continue
        level, warning = level_of(code, name, levels)
        if status not in _STATUSES:
            warning = f"知らない Status です（{status or 'なし'}）"
        yield Item(area, area_code, name or None, level, status), warning
