"""Which kind of telegram it is: from the file's name, else from Control/Title."""

from __future__ import annotations

import re
from enum import Enum
from typing import Final

# `20260528120000_0_VPWW55_010000.xml`, `15_16_02_250630_VPWW57.xml`, `vpww55_heavy-rain.xml`; a date is no type.
_IN_NAME: Final = re.compile(r"(?:^|_)([A-Za-z]{4}[0-9]{2})(?![A-Za-z0-9])")


class Family(Enum):
    """Telegrams that one reader understands."""

    WARNINGS = "気象警報・注意報（2026年からの VPWW55〜61）"
    OLD_WARNINGS = "気象警報・注意報（それより前の VPWW53・54）"
    QUAKES = "地震"
    TSUNAMI = "津波"
    RIVERS = "河川"
    TYPHOONS = "台風"
    BULLETINS = "見出しの地域だけを読むもの"


# Types whose last two digits only number an office or a simultaneous typhoon are known by their first four letters.
NUMBERED: Final = {"VXKO": Family.RIVERS, "VXSU": Family.RIVERS, "VPTW": Family.TYPHOONS}

FAMILIES: Final[dict[str, Family]] = {
    **dict.fromkeys(("VPWW55", "VPWW56", "VPWW57", "VPWW58", "VPWW59", "VPWW60", "VPWW61"), Family.WARNINGS),
    **dict.fromkeys(("VPWW53", "VPWW54"), Family.OLD_WARNINGS),
    **dict.fromkeys(("VXSE43", "VXSE51", "VXSE52", "VXSE53", "VXSE61"), Family.QUAKES),
    **dict.fromkeys(("VTSE41", "VTSE51"), Family.TSUNAMI),
    **dict.fromkeys(("VPBS50", "VXWW50", "VPHW50", "VPHW51", "VPOA50", "VPNO50"), Family.BULLETINS),
    **dict.fromkeys(("VPZJ50", "VPCJ50", "VPFJ50", "VPZJ51", "VPCJ51", "VPFJ51"), Family.BULLETINS),
    **dict.fromkeys(("VFVO50", "VFVO56", "VTSE52", "VYSE50", "VYSE51", "VYSE52", "VYSE60"), Family.BULLETINS),
}

TITLES: Final = {
    "気象特別警報・警報・注意報": "VPWW53",
    "気象警報・注意報（Ｈ２７）": "VPWW54",
    "気象警報・注意報（Ｒ０６）（大雨）": "VPWW55",
    "気象警報・注意報（Ｒ０６）（土砂）": "VPWW56",
    "気象警報・注意報（Ｒ０６）（高潮）": "VPWW57",
    "気象警報・注意報（Ｒ０６）（暴風）": "VPWW58",
    "気象警報・注意報（Ｒ０６）（波浪）": "VPWW59",
    "気象警報・注意報（Ｒ０６）（大雪）": "VPWW60",
    "気象警報・注意報（Ｒ０６）（その他注意報）": "VPWW61",
    "緊急地震速報（警報）": "VXSE43",
    "震度速報": "VXSE51",
    "震源に関する情報": "VXSE52",
    "震源・震度に関する情報": "VXSE53",
    "顕著な地震の震源要素更新のお知らせ": "VXSE61",
    "津波警報・注意報・予報a": "VTSE41",
    "津波情報a": "VTSE51",
    "沖合の津波観測に関する情報": "VTSE52",
    "指定河川洪水予報": "VXKO",
    "水位周知河川に関する情報": "VXSU",
    "府県気象防災速報": "VPBS50",
    "土砂災害警戒情報": "VXWW50",
    "竜巻注意情報": "VPHW50",
    "竜巻注意情報（目撃情報付き）": "VPHW51",
    "記録的短時間大雨情報": "VPOA50",
    "気象特別警報報知": "VPNO50",
    "全般気象情報": "VPZJ50",
    "地方気象情報": "VPCJ50",
    "府県気象情報": "VPFJ50",
    "全般気象解説情報": "VPZJ51",
    "地方気象解説情報": "VPCJ51",
    "府県気象解説情報": "VPFJ51",
    "台風解析・予報情報（５日予報）（Ｈ３０）": "VPTW",
    "噴火警報・予報": "VFVO50",
    "噴火速報": "VFVO56",
    "南海トラフ地震臨時情報": "VYSE50",
    "北海道・三陸沖後発地震注意情報": "VYSE60",
}


def data_type_of(file_name: str, control_title: str) -> str | None:
    """`VPWW55`, or `VXKO` where only the river's family is certain; None where nothing tells.

    A name that only looks like a type (`case01.xml`) counts for nothing unless the title is unknown, too.
    """
    named = [str(match[1]) for match in _IN_NAME.finditer(file_name)]
    known = next((name.upper() for name in named if family_of(name.upper())), None)
    return known or TITLES.get(control_title) or next((name for name in named if name.isupper()), None)


def family_of(data_type: str | None) -> Family | None:
    """The family that reads this type, or None for a type that is not understood."""
    if data_type is None:
        return None
    return FAMILIES.get(data_type) or NUMBERED.get(data_type[:4])


def series_of(data_type: str) -> str:
    """The type without a number that means nothing: `VXKO54` and `VXKO` are one series."""
    return data_type[:4] if data_type[:4] in NUMBERED else data_type
