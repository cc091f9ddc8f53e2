"""Levels by the code tables of the 気象庁, with the level that the name itself says as a second witness.

Levels never follow from the order of the codes (48 is level 4, 53 of a river is level 5, 21 is 乾燥 or level 2).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

Levels = Mapping[str, int | None]

# code.WeatherWarning as used since 2026-05-28 (VPWW55-61): 特別警報, 危険警報, 警報 and 注意報 of 大雨, 高潮, 土砂災害.
_LEVELLED: Final = {5: ("33", "38", "39"), 4: ("43", "48", "49"), 3: ("03", "08", "09"), 2: ("10", "19", "29")}
# In force without a level: 暴風雪, 暴風, 大雪, 波浪 (特別警報, then 警報), and the other 注意報.
_UNLEVELLED: Final = (
    *("32", "35", "36", "37"),
    *("02", "05", "06", "07"),
    *("12", "13", "14", "15", "16", "17", "20", "21", "22", "23", "24", "25", "26", "27"),
)
WEATHER: Final[Levels] = {code: level for level, codes in _LEVELLED.items() for code in codes} | dict.fromkeys(
    _UNLEVELLED
)

# The old telegrams' names say no level. Until 2026 高潮 had other levels (its 警報, 08, was 4相当) and no table gives
# 洪水 (04, 18) one: none is better than a wrong one.
OLD_WEATHER: Final[Levels] = {**WEATHER, **dict.fromkeys(("38", "08", "19", "04", "18"))}

# 指定河川洪水予報 and 水位周知河川: 氾濫注意報(情報) 20, 21; 氾濫警報(警戒情報) 30; 危険 40, 41; 発生 53.
RIVER: Final[Levels] = {"10": None, "20": 2, "21": 2, "30": 3, "40": 4, "41": 4, "53": 5}

# 土砂災害警戒情報: its code 3 「警戒」 is level 4; 1 is 解除, 0 is なし.
LANDSLIDE: Final[Levels] = {"3": 4, "1": None, "0": None}

_SAID: Final = re.compile("レベル([１-５1-5])")


def level_of(code: str, name: str, table: Levels, spoken: str | None = None) -> tuple[int | None, str | None]:
    """The level of a code and, where the two witnesses differ, a warning for staff.

    `spoken` is the text that says the level, where it is not the name itself. A code that the table lacks keeps the
    level that the name says: a new kind of danger must not look harmless.
    """
    said = said_level(spoken if spoken is not None else name)
    if code not in table:
        return said, f"表にない番号です（{code or 'なし'}：{name or '名前なし'}）"
    level = table[code]
    if said is not None and said != level:
        return level, f"番号{code}のレベル（{level or 'なし'}）と、名前のレベル（{name}）が合いません"
    return level, None


def said_level(text: str) -> int | None:
    """The level written in a name, in whichever width: `レベル３大雨警報` → 3."""
    match = _SAID.search(text)
    return int(match[1]) if match else None
