"""津波: the category of every 津波予報区 (VTSE41, and VTSE51 which repeats it with heights)."""

from __future__ import annotations

from typing import Final
from xml.etree.ElementTree import Element

from notify.telegrams.parsing import find_all, text_at
from notify.telegrams.records import Item, Reading

_MINOR: Final = "津波予報（若干の海面変動）"
# Codes read from the 気象庁's samples; 53 is 52 at its first issue.
_CODES: Final = {
    "大津波警報": ("52", "53"),
    "津波警報": ("51",),
    "津波注意報": ("62",),
    _MINOR: ("71", "72", "73"),
    "津波警報解除": ("50",),
    "津波注意報解除": ("60",),
    "津波なし": ("00",),
}
_KINDS: Final = {code: kind for kind, codes in _CODES.items() for code in codes}
_LIFTED: Final = frozenset({"50", "60"})
_NONE: Final = "00"
_STRONGEST_FIRST: Final = ("大津波警報", "津波警報", "津波注意報", _MINOR)


def read_tsunami(root: Element, info_type: str) -> Reading:
    """One item for each 津波予報区; status 発表, 継続, 解除, なし or, where it weakened, 「大津波警報から津波警報」."""
    items, warnings = [], []
    for row in find_all(root, "*/s:Tsunami/s:Forecast/s:Item"):
        name, code = text_at(row, "s:Category/s:Kind/s:Name"), text_at(row, "s:Category/s:Kind/s:Code")
        if code not in _KINDS:
            warnings.append(f"表にない番号です（{code or 'なし'}：{name or '名前なし'}）")
        kind = _KINDS.get(code, name) or None
        status = _status(code, kind, text_at(row, "s:Category/s:LastKind/s:Code"), info_type)
        items.append(Item(text_at(row, "s:Area/s:Name"), text_at(row, "s:Area/s:Code"), kind, None, status))
    return Reading(tuple(items), warnings=tuple(dict.fromkeys(warnings)))


def _status(code: str, kind: str | None, code_before: str, info_type: str) -> str:
    if code in _LIFTED:
        return "解除"
    if code == _NONE:
        return "なし"
    before = _KINDS.get(code_before)
    if before == kind and kind is not None:
        return "継続"
    if before in _STRONGEST_FIRST and kind in _STRONGEST_FIRST:
        weaker = _STRONGEST_FIRST.index(before) < _STRONGEST_FIRST.index(kind)
        return f"{before}から{kind}" if weaker else info_type
    return info_type
