"""Lists of places as others publish them, read into one kind of table: CSV in either encoding, or GeoJSON points."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

MAX_BYTES: Final = 50_000_000
_ENCODINGS: Final = (("utf-8-sig", "UTF-8"), ("cp932", "Shift_JIS"))


class PlacesError(Exception):
    """Nothing can be imported; the message says what to do, in Japanese."""


@dataclass(frozen=True, slots=True)
class Table:
    """`rows` are (number as people count it, cells): a spreadsheet's rows, features of a GeoJSON from 1.

    Rows without any content are left out. `form` says how the file was read.
    """

    name: str
    form: str
    header: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]


def read_table(path: Path) -> Table:
    """Raises `PlacesError` for a file that is no table of places at all."""
    try:
        if path.stat().st_size > MAX_BYTES:
            raise PlacesError(f"{path.name} は 50 MB を超えています。この市の場所だけのファイルにしてください。")
        raw = path.read_bytes()
    except OSError as error:
        raise PlacesError(f"{path} を読めません（{error.strerror}）。") from error
    text, encoding = _decoded(path.name, raw)
    if path.suffix.lower() in (".geojson", ".json"):
        return _of_geojson(path.name, text)
    if path.suffix.lower() == ".csv":
        return _of_csv(path.name, text, encoding)
    raise PlacesError(f"{path.name} は読めません。CSV（.csv）か GeoJSON（.geojson、.json）にしてください。")


def _decoded(name: str, raw: bytes) -> tuple[str, str]:
    for encoding, shown in _ENCODINGS:
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:  # UTF-16, as "Unicode text" of a spreadsheet, would pass as Shift_JIS
            return text, shown
    raise PlacesError(f"{name} の文字コードがわかりません。UTF-8 で保存し直してください。")


def _of_csv(name: str, text: str, encoding: str) -> Table:
    reader = csv.reader(io.StringIO(text, newline=""))
    try:
        header = tuple(cell.strip() for cell in next(reader, []))
        rows = [(number, tuple(cells)) for number, cells in enumerate(reader, 2) if any(cell.strip() for cell in cells)]
    except csv.Error as error:
        raise PlacesError(
            f'{name} を CSV として読めません（{reader.line_num}行目）。「"」の数を確かめてください。'
        ) from error
    if not any(header):
        raise PlacesError(f"{name} の1行目に見出しがありません。")
    return Table(name, f"CSV（{encoding}）", header, tuple(rows))


def _of_geojson(name: str, text: str) -> Table:
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise PlacesError(f"{name} を JSON として読めません。もういちどダウンロードしてください。") from error
    features = data.get("features") if isinstance(data, dict) else None
    if not isinstance(features, list) or data.get("type") != "FeatureCollection":
        raise PlacesError(f"{name} は GeoJSON（FeatureCollection）ではありません。")
    records = [_record(feature) for feature in features]
    header = tuple(dict.fromkeys(key for record in records for key in record))
    rows = [(number, tuple(record.get(key, "") for key in header)) for number, record in enumerate(records, 1)]
    return Table(name, "GeoJSON", header, tuple(rows))


def _record(feature: Any) -> dict[str, str]:
    """The properties as text, with the point as 緯度 and 経度 ("" when there is none)."""
    feature = feature if isinstance(feature, dict) else {}
    properties, geometry = feature.get("properties"), feature.get("geometry")
    record = {str(key): _text(value) for key, value in (properties if isinstance(properties, dict) else {}).items()}
    longitude, latitude = _point(geometry)
    return {**record, "緯度": latitude, "経度": longitude}


def _text(value: Any) -> str:
    if value is None or value is False:
        return ""
    return "1" if value is True else str(value)


def _point(geometry: Any) -> tuple[str, str]:
    if not isinstance(geometry, dict) or geometry.get("type") != "Point":
        return "", ""
    coordinates = geometry.get("coordinates")
    if not isinstance(coordinates, list) or len(coordinates) < 2:
        return "", ""
    return _text(coordinates[0]), _text(coordinates[1])


def without_long_rows(table: Table) -> tuple[Table, tuple[int, ...]]:
    """The table without the rows that have more cells than its header, and the numbers of those.

    One comma too many moves all that follows by one column, and marks of yes and no look the same in the next. Only a
    table of which most rows end with the same number of empty cells has none too many.
    """
    width = len(table.header)
    empty_ends = Counter(len(cells) for _, cells in table.rows if not any(cell.strip() for cell in cells[width:]))
    usual = max((size for size, count in empty_ends.items() if count * 2 > len(table.rows)), default=width)
    long = {
        number for number, cells in table.rows if len(cells) > max(width, usual) or any(map(str.strip, cells[width:]))
    }
    rows = tuple((number, cells[:width]) for number, cells in table.rows if number not in long)
    return replace(table, rows=rows), tuple(sorted(long))


def cells_of(table: Table) -> Iterator[tuple[int, dict[str, str]]]:
    """(row number, header → cell) of every row; a row may end early."""
    for number, cells in table.rows:
        padded = (*cells, *[""] * (len(table.header) - len(cells)))
        yield number, dict(zip(table.header, padded, strict=False))
