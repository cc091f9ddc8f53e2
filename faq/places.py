"""Places to flee to: `places/shelters.csv` of a city, one line a place.

    shelters, problems = read_shelters("places/shelters.csv", text)

One bad line does not lose the others. The columns are ours, so that a table of any origin (`faq.place_import`) and a
list typed by hand end in the same file; docs/shelters.md explains them to staff.
"""

from __future__ import annotations

import csv
import io
import math
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Literal, get_args

from faq.problems import Problem

Hazard = Literal["flood", "landslide", "storm_surge", "earthquake", "tsunami", "fire", "inland_flood", "volcano"]

HAZARDS: Final[tuple[Hazard, ...]] = get_args(Hazard)
"""The kinds of disaster for which a 指定緊急避難場所 is designated (災害対策基本法施行令 第20条の4), in its order."""

COLUMNS: Final = (
    *("id", "name", "kana", "address", "latitude", "longitude"),
    *HAZARDS,
    *("shelter", "capacity", "note"),
)
NEEDED: Final = ("id", "name", "latitude", "longitude", *HAZARDS)
LATITUDES: Final = (20.0, 46.0)
LONGITUDES: Final = (122.0, 154.5)
"""Japan: 沖ノ鳥島 (20.4 N) to 択捉島 (45.6 N), 与那国島 (122.9 E) to 南鳥島 (154.0 E). They do not overlap."""

LONGEST: Final[Mapping[str, int]] = {"id": 64, "name": 80, "kana": 120, "address": 150, "note": 200}
MAX_BYTES: Final = 8_000_000
"""Some 20,000 places; a country's list is not one city's."""

YES: Final = frozenset({"yes", "1", "true", "○", "〇", "◯", "はい", "有", "あり", "可"})
NO: Final = frozenset({"", "no", "0", "false", "×", "x", "いいえ", "無", "なし", "不可", "-", "‐", "―", "—", "ー", "−"})
# As `faq.sheets` guards what a spreadsheet would run as a formula.
_GUARDED: Final = re.compile(r"'+[=+\-@\t\r]")
_CONTROL: Final = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Shelter:
    """A place to flee to. `hazards` are those for which it is designated (指定緊急避難場所); none: it is only a place
    to stay afterwards (指定避難所), as `shelter` says. Degrees are WGS 84 / JGD 2011; `capacity` is in people."""

    id: str
    name: str
    latitude: float
    longitude: float
    hazards: frozenset[Hazard] = frozenset()
    kana: str = ""
    address: str = ""
    shelter: bool = False
    capacity: int | None = None
    note: str = ""


Row = Mapping[str, str]
_Problems = tuple[Problem, ...]


@lru_cache(64)
def read_shelters(path: str, text: str) -> tuple[tuple[Shelter, ...], _Problems]:
    """The places of one file in its order, and what is wrong with the other lines."""
    refused = _unreadable(path, text)
    if refused:
        return (), (refused,)
    reader = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""))
    shelters: dict[str, Shelter] = {}
    problems: list[Problem] = []
    try:
        header = [cell.strip().lower() for cell in next(reader, [])]
        problems.extend(_header_problems(path, header))
        if any(problem.severity == "error" for problem in problems):
            return (), tuple(problems)
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            shelter, found = _read_line(path, reader.line_num, header, cells)
            problems.extend(found)
            if shelter is not None and shelter.id in shelters:
                message = f"id「{shelter.id}」の行がもう1つあります。ちがう場所なら id を変え、同じなら消してください。"
                problems.append(Problem(path, reader.line_num, "id", message))
            elif shelter is not None:
                shelters[shelter.id] = shelter
    except csv.Error:
        message = 'この行から先を CSV として読めません。「"」の数を確かめてください。'
        problems.append(Problem(path, reader.line_num, "ファイル", message))
    return tuple(shelters.values()), tuple(problems)


def rows_of(shelters: Iterable[Shelter]) -> list[tuple[str, ...]]:
    """The table of these places, header first; `read_shelters` reads it back to the same places."""
    return [COLUMNS, *(tuple(_cells(shelter)[column] for column in COLUMNS) for shelter in shelters)]


def read_flag(value: str) -> bool | None:
    """Whether a cell says yes; None when it says neither yes nor no."""
    word = unicodedata.normalize("NFKC", value).strip().lower()
    return True if word in YES else False if word in NO else None


def read_degrees(value: str) -> float | None:
    """A coordinate in decimal degrees, full-width digits included; None for anything else."""
    try:
        number = float(unicodedata.normalize("NFKC", value).strip())
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def in_japan(latitude: float, longitude: float) -> bool:
    return LATITUDES[0] <= latitude <= LATITUDES[1] and LONGITUDES[0] <= longitude <= LONGITUDES[1]


def read_point(value: str) -> tuple[float, float] | None:
    """「36.0512, 139.5478」, as map pages show it to be copied: latitude and longitude in Japan; None for all else.

    In Japan the two cannot be confused, so the other order is read as well.
    """
    found = [read_degrees(part) for part in re.split(r"[,、\s]+", unicodedata.normalize("NFKC", value).strip("() 　"))]
    if len(found) != 2 or found[0] is None or found[1] is None:
        return None
    latitude, longitude = found[0], found[1]
    if in_japan(latitude, longitude):
        return latitude, longitude
    return (longitude, latitude) if in_japan(longitude, latitude) else None


def _unreadable(path: str, text: str) -> Problem | None:
    if len(text) > MAX_BYTES // 3 and len(text.encode("utf-8", "surrogateescape")) > MAX_BYTES:
        return Problem(
            path, 1, "ファイル", f"{MAX_BYTES // 1_000_000} MB を超えています。この市の場所だけにしてください。"
        )
    undecoded = re.search("[\udc80-\udcff]", text)
    if undecoded:
        line = text.count("\n", 0, undecoded.start()) + 1
        message = "UTF-8 で保存されていません。Excel では「CSV UTF-8（コンマ区切り）」を選んで保存してください。"
        return Problem(path, line, "ファイル", message)
    if not text.removeprefix("\ufeff").strip():
        return Problem(path, 1, "ファイル", "中身がありません。避難場所を載せないときは、ファイルを消してください。")
    return None


def _header_problems(path: str, header: list[str]) -> list[Problem]:
    lost = [column for column in NEEDED if column not in header]
    twice = sorted({column for column in header if column and header.count(column) > 1})
    strange = [column for column in header if column and column not in COLUMNS]
    problems = []
    if lost:
        message = f"1行目の見出しに {'、'.join(lost)} がありません。ほかの形の表は「places import」で取りこみます。"
        problems.append(Problem(path, 1, "見出し", message))
    if twice:
        problems.append(Problem(path, 1, "見出し", f"見出しの {'、'.join(twice)} が2つあります。1つにしてください。"))
    if strange:
        message = f"知らない見出し {'、'.join(strange)} の列は使いません。"
        problems.append(Problem(path, 1, "見出し", message, "warning"))
    return problems


def _read_line(path: str, line: int, header: list[str], cells: list[str]) -> tuple[Shelter | None, list[Problem]]:
    """The place on a line, or None, and everything that is wrong on it."""
    if len(cells) > len(header) and any(cell.strip() for cell in cells[len(header) :]):
        message = (
            f"見出しより列が多い行です（見出し {len(header)}、この行 {len(cells)}）。余分な「,」を消してください。"
        )
        return None, [Problem(path, line, "行", message)]
    padded = [*cells, *[""] * (len(header) - len(cells))]
    row = {column: _plain(cell) for column, cell in zip(header, padded, strict=False)}
    found = [(column, message) for column in COLUMNS if (message := _complaint(column, row))]
    problems = [Problem(path, line, column, message, entry=row["id"]) for column, message in found]
    if problems:
        return None, problems
    return _shelter(row), _hints(path, line, row)


def _plain(cell: str) -> str:
    return (cell[1:] if _GUARDED.match(cell) else cell).strip()


def _complaint(column: str, row: Row) -> str:
    value = row.get(column, "")
    longest = LONGEST.get(column)
    if longest is not None:
        return _text_complaint(column, value, longest)
    if column in HAZARDS or column == "shelter":
        return "" if read_flag(value) is not None else f"「{value}」ではなく、yes か no を書いてください。"
    if column == "capacity":
        return "" if not value or _count(value) is not None else "人数を、半角の数字だけで書いてください。"
    return _degrees_complaint(column, value)


def _text_complaint(column: str, value: str, longest: int) -> str:
    if not value and column in ("id", "name"):
        return "必要な項目です。書き足してください。"
    if len(value) > longest:
        return f"長すぎます。{longest}文字以内にしてください（いまは{len(value)}文字）。"
    if _CONTROL.search(value):
        return "改行や、目に見えない文字が入っています。1行で書いてください。"
    return ""


def _degrees_complaint(column: str, value: str) -> str:
    degrees = read_degrees(value)
    if degrees is None:
        return "36.0512 のような度（10進数）で書いてください。"
    mine, other = (LATITUDES, LONGITUDES) if column == "latitude" else (LONGITUDES, LATITUDES)
    if mine[0] <= degrees <= mine[1]:
        return ""
    if other[0] <= degrees <= other[1]:
        return "緯度（latitude）と経度（longitude）が逆です。入れかえてください。"
    return f"日本の中の位置ではありません（{mine[0]:.0f}から{mine[1]:.0f}の間にしてください）。"


def _hints(path: str, line: int, row: Row) -> list[Problem]:
    if any(read_flag(row[hazard]) for hazard in HAZARDS) or read_flag(row.get("shelter", "")):
        return []
    message = "どの災害も no で、指定避難所（shelter）でもありません。この場所は案内しません。"
    return [Problem(path, line, "flood", message, "warning", row["id"])]


def _count(value: str) -> int | None:
    digits = unicodedata.normalize("NFKC", value).replace(",", "")
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 8 else None


def _shelter(row: Row) -> Shelter:
    latitude, longitude = read_degrees(row["latitude"]), read_degrees(row["longitude"])
    assert latitude is not None
    assert longitude is not None
    return Shelter(
        id=row["id"],
        name=row["name"],
        latitude=latitude,
        longitude=longitude,
        hazards=frozenset(hazard for hazard in HAZARDS if read_flag(row[hazard])),
        kana=row.get("kana", ""),
        address=row.get("address", ""),
        shelter=read_flag(row.get("shelter", "")) is True,
        capacity=_count(row.get("capacity", "")),
        note=row.get("note", ""),
    )


def _cells(shelter: Shelter) -> dict[str, str]:
    return {
        "id": shelter.id,
        "name": shelter.name,
        "kana": shelter.kana,
        "address": shelter.address,
        "latitude": repr(shelter.latitude),
        "longitude": repr(shelter.longitude),
        **{hazard: "yes" if hazard in shelter.hazards else "no" for hazard in HAZARDS},
        "shelter": "yes" if shelter.shelter else "no",
        "capacity": "" if shelter.capacity is None else str(shelter.capacity),
        "note": shelter.note,
    }
