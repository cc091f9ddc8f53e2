"""What each column of a published list is for, and whether its contents are what its name says.

Cities' tables arrive with columns shifted, and the number of columns does not show it. So the contents are compared
with the name, column by column, before anything is used. Header names: 自治体標準オープンデータセット 03 in both
generations, and 国土地理院 指定緊急避難場所・指定避難所データ.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from faq.place_table import Table
from faq.places import HAZARDS, LATITUDES, LONGITUDES, Hazard, read_degrees, read_flag

Kind = Literal[
    "code",
    "id",
    "name",
    "kana",
    "address",
    "prefecture",
    "municipality",
    "latitude",
    "longitude",
    "number",
    "phone",
    "extension",
    "mail",
    "url",
    "postcode",
    "flag",
    "capacity",
    "lot",
    "text",
]
Verdict = Literal["fits", "empty", "some", "shifted", "swapped", "unknown"]

BLANK: Final = frozenset({"", "-", "‐", "―", "—", "ー", "−", "なし", "無し", "不明", "未定", "*"})
_PREFECTURE: Final = re.compile(r"北海道|東京都|(?:京都|大阪)府|\w{2,3}県")
_MUNICIPALITY: Final = re.compile(r"[^\W\d_]{1,5}[市区町村]")
_KANJI: Final = re.compile(r"[一-龯々〆]")
_COORDINATE: Final = re.compile(r"\d{2,3}\.\d{3,}")
_LETTER: Final = re.compile(r"[^\W\d_]")
# A share of fitting cells that a column must have to be believed; hazards decide about lives.
_ENOUGH: Final = 0.5
ENOUGH_FOR_HAZARDS: Final = 0.9


@dataclass(frozen=True, slots=True)
class Column:
    """`field` is the part of a place that the column gives ("": none, it is only checked)."""

    header: str
    field: str
    kind: Kind


@dataclass(frozen=True, slots=True)
class ColumnReport:
    """How a column's contents compare with its name. `looks_like` is what they seem to be, in words."""

    header: str
    field: str
    filled: int
    fitting: int
    verdict: Verdict
    looks_like: str = ""
    examples: tuple[str, ...] = ()


_KNOWN: Final[Mapping[str, tuple[str, Kind]]] = {
    "全国地方公共団体コード": ("", "code"),
    "都道府県コード又は市区町村コード": ("", "code"),
    "市区町村コード": ("", "code"),
    "所在地_全国地方公共団体コード": ("", "code"),
    "町字id": ("", "id"),
    "id": ("id", "id"),
    "共通id": ("id", "id"),
    "no": ("id", "id"),
    "名称": ("name", "name"),
    "施設・場所名": ("name", "name"),
    "施設名": ("name", "name"),
    "名称_カナ": ("kana", "kana"),
    "名称_英字": ("", "text"),
    "名称_英語": ("", "text"),
    "所在地_連結表記": ("address", "address"),
    "住所": ("address", "address"),
    "所在地_都道府県": ("prefecture", "prefecture"),
    "都道府県名": ("prefecture", "prefecture"),
    "所在地_市区町村": ("municipality", "municipality"),
    "市区町村名": ("municipality", "municipality"),
    "地方公共団体名": ("", "municipality"),
    "都道府県名及び市町村名": ("", "municipality"),
    "所在地_町字": ("town", "text"),
    "所在地_番地以下": ("lot", "lot"),
    "建物名等(方書)": ("building", "lot"),
    "方書": ("building", "lot"),
    "緯度": ("latitude", "latitude"),
    "経度": ("longitude", "longitude"),
    "標高": ("", "number"),
    "電話番号": ("", "phone"),
    "連絡先電話番号": ("", "phone"),
    "内線番号": ("", "extension"),
    "連絡先内線番号": ("", "extension"),
    "連絡先メールアドレス": ("", "mail"),
    "連絡先formurl": ("", "url"),
    "連絡先備考(その他、snsなど)": ("", "text"),
    "郵便番号": ("", "postcode"),
    "指定避難所との重複": ("shelter", "flag"),
    "指定避難所との住所同一": ("shelter", "flag"),
    "指定緊急避難場所との住所同一": ("stay", "flag"),
    "想定収容人数": ("capacity", "capacity"),
    "受入対象者": ("accepts", "text"),
    "その他市町村長が必要と認める事項": ("", "text"),
    "対象となる町会・自治会": ("", "text"),
    "url": ("", "url"),
    "画像": ("", "url"),
    "画像_ライセンス": ("", "text"),
    "備考": ("note", "text"),
}
_ID_COLUMNS: Final = ("id", "共通id", "no")
_HAZARD_NAMES: Final[Mapping[Hazard, str]] = {
    "flood": "洪水",
    "landslide": "崖崩れ|がけ崩れ|土砂",
    "storm_surge": "高潮",
    "earthquake": "地震",
    "tsunami": "津波",
    "fire": "大規模な火事|大規模な火災|火事",
    "inland_flood": "内水氾濫",
    "volcano": "火山",
}


def plain(value: str) -> str:
    """A cell as it is compared: half-width, without blanks around it."""
    return unicodedata.normalize("NFKC", value).strip()


def columns_of(table: Table) -> dict[str, Column]:
    """Header → what it is for, of the headers that are known. Of several ids the first of the standard is used."""
    found = {header: column for header in table.header if (column := _column(header))}
    ids = sorted((h for h, c in found.items() if c.field == "id"), key=lambda h: _ID_COLUMNS.index(_folded(h)))
    return {h: Column(h, "", c.kind) if h in ids[1:] else c for h, c in found.items()}


def _folded(header: str) -> str:
    return re.sub(r"\s", "", plain(header)).lower()


def _column(header: str) -> Column | None:
    name = _folded(header)
    if name in _KNOWN:
        return Column(header, *_KNOWN[name])
    hazard_name = name.removeprefix("災害種別_")
    hazard = next((hazard for hazard, names in _HAZARD_NAMES.items() if re.match(names, hazard_name)), None)
    return Column(header, hazard, "flag") if hazard else None


def check_columns(table: Table, columns: Mapping[str, Column]) -> tuple[ColumnReport, ...]:
    """A report for every column, in the table's order."""
    reports = []
    for place, header in enumerate(table.header):
        cells = [plain(cells[place]) for _, cells in table.rows if place < len(cells)]
        column = columns.get(header)
        filled = [cell for cell in cells if cell.lower() not in BLANK]
        if column is None:
            reports.append(ColumnReport(header, "", len(filled), 0, "unknown"))
        else:
            reports.append(_report(column, filled))
    return tuple(reports)


def _report(column: Column, filled: Sequence[str]) -> ColumnReport:
    fits = _FITS[column.kind]
    wrong = [cell for cell in filled if not fits(cell)]
    count = len(filled)
    if not wrong:
        return ColumnReport(column.header, column.field, count, count, "fits" if filled else "empty")
    looks_like = _looks_like(wrong)
    verdict: Verdict = "some"
    if column.kind in ("latitude", "longitude") and looks_like == _OPPOSITE[column.kind]:
        verdict = "swapped"
    elif (count - len(wrong)) < count * _ENOUGH and (looks_like or count > 2):
        verdict = "shifted"
    examples = tuple(dict.fromkeys(wrong))[:3]
    return ColumnReport(column.header, column.field, count, count - len(wrong), verdict, looks_like, examples)


def _looks_like(cells: Sequence[str]) -> str:
    """What nine in ten of these cells are, or "" when they are nothing that we know."""
    needed = len(cells) * 0.9
    return next((word for word, fits in _RECOGNISED if sum(map(fits, cells)) >= needed), "")


def is_code(cell: str) -> bool:
    """全国地方公共団体コード: six digits whose last is the check digit (weights 6 to 2, modulo 11)."""
    if not re.fullmatch(r"\d{6}", cell):
        return False
    total = sum(int(digit) * weight for digit, weight in zip(cell, (6, 5, 4, 3, 2), strict=False))
    return int(cell[5]) == (11 - total % 11) % 10


def _is_any_code(cell: str) -> bool:
    """Also without its leading zero (92011 for 092011) or its check digit."""
    return bool(re.fullmatch(r"\d{4,5}", cell)) or is_code(cell)


def _within(bounds: tuple[float, float]) -> Callable[[str], bool]:
    return lambda cell: (degrees := read_degrees(cell)) is not None and bounds[0] <= degrees <= bounds[1]


def _full(pattern: str) -> Callable[[str], bool]:
    compiled = re.compile(pattern)
    return lambda cell: compiled.fullmatch(cell) is not None


def _is_prefecture(cell: str) -> bool:
    return _PREFECTURE.fullmatch(cell) is not None


def _is_words(cell: str) -> bool:
    """Words about something: no bare mark, number, code, or name of a municipality alone."""
    named = _is_prefecture(cell) or _MUNICIPALITY.fullmatch(cell)
    return bool(_LETTER.search(cell)) and not named and "@" not in cell and not cell.startswith("http")


def _is_address(cell: str) -> bool:
    return _is_words(cell) and _KANJI.search(cell) is not None


def _is_text(cell: str) -> bool:
    """Anything but a mark, a point or a code."""
    return cell not in ("1", "0", "○") and not is_code(cell) and not _COORDINATE.fullmatch(cell)


def _is_capacity(cell: str) -> bool:
    found = re.match(r"約?([\d,]+)(?![\d.]*\.\d{3})", cell)
    return found is not None and cell not in ("0", "1") and not is_code(cell)


_PHONE: Final = _full(r"(?:[+\d(][\d()\-]{6,14}[、,/・\s]*)+(?:\D.*)?")
_MAIL: Final = _full(r"[^@\s]+@[^@\s]+")
_URL: Final = _full(r"https?://\S+")
_KANA: Final[Callable[[str], bool]] = lambda cell: not _KANJI.search(cell) and bool(_LETTER.search(cell))  # noqa: E731
_FITS: Final[Mapping[Kind, Callable[[str], bool]]] = {
    "code": _is_any_code,
    "id": lambda cell: not _KANJI.search(cell) and len(cell) <= 64,
    "name": _is_words,
    "kana": _KANA,
    "address": _is_address,
    "prefecture": _is_prefecture,
    "municipality": lambda cell: bool(re.search("[都道府県市区町村]", cell)),
    "latitude": _within(LATITUDES),
    "longitude": _within(LONGITUDES),
    "number": lambda cell: read_degrees(cell.rstrip("mメートル")) is not None,
    "phone": _PHONE,
    "extension": lambda cell: bool(re.fullmatch(r"(?:内線)?[\d\-、,・~()]{1,16}", cell)) and not is_code(cell),
    "mail": _MAIL,
    "url": _URL,
    "postcode": _full(r"〒?\d{3}-?\d{4}"),
    "flag": lambda cell: read_flag(cell) is not None,
    "capacity": _is_capacity,
    "lot": lambda cell: not is_code(cell) and not _COORDINATE.fullmatch(cell),
    "text": _is_text,
}
_OPPOSITE: Final[Mapping[Kind, str]] = {"latitude": "経度", "longitude": "緯度"}
_RECOGNISED: Final[tuple[tuple[str, Callable[[str], bool]], ...]] = (
    ("市区町村コード", is_code),
    ("都道府県名", _is_prefecture),
    ("市区町村名", lambda cell: _MUNICIPALITY.fullmatch(cell) is not None),
    ("メールアドレス", _MAIL),
    ("URL", _URL),
    ("電話番号", _PHONE),
    ("郵便番号", _full(r"〒?\d{3}-\d{4}")),
    ("緯度", _within(LATITUDES)),
    ("経度", _within(LONGITUDES)),
    ("「1」などの印", lambda cell: read_flag(cell) is not None),
    ("番号や数", lambda cell: read_degrees(cell) is not None),
    ("かな", _KANA),
    ("住所や名前", _is_address),
)


def missing(columns: Mapping[str, Column]) -> tuple[str, ...]:
    """What a list of places to flee to must have and this one has not, in the words of the standard."""
    fields = {column.field for column in columns.values()}
    lost = [
        word for field, word in (("name", "名称"), ("latitude", "緯度"), ("longitude", "経度")) if field not in fields
    ]
    if not fields.intersection(HAZARDS) and "stay" not in fields:
        lost.append("災害種別_洪水 など")
    return tuple(lost)
