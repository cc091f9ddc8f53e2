"""Tables of text: CSV and Excel in and out, every cell a string.

CSV is read as UTF-8 (with or without BOM), else as Shift_JIS as Japanese Excel writes it; it is written as UTF-8 with
BOM, which Excel opens without garbling and which holds 髙 and 﨑, as Shift_JIS does not.
"""

from __future__ import annotations

import csv
import io
import os
import re
import tempfile
import warnings
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Final

from openpyxl import Workbook, load_workbook
from openpyxl.cell import Cell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

Row = tuple[str, ...]

MAX_BYTES: Final = 50_000_000
MAX_CELL: Final = 32_767
# What a spreadsheet would run as a formula. One more ' in front says that it is text; reading takes that one away.
_FORMULA: Final = re.compile(r"'*[=+\-@\t\r]")
_GUARDED: Final = re.compile(r"'+[=+\-@\t\r]")
_WIDE_COLUMNS: Final = 40


class SheetError(Exception):
    """The file cannot be read or written; the message says what to do, in Japanese."""


def read_rows(path: Path) -> list[tuple[int, Row]]:
    """(row number as a spreadsheet counts it, cells) of the rows that hold something; the first is the header."""
    kind = path.suffix.lower()
    if kind not in {".csv", ".xlsx"}:
        raise SheetError(f"{path.name} は読めません。CSV（.csv）か Excel（.xlsx）で保存し直してください。")
    if path.stat().st_size > MAX_BYTES:
        raise SheetError(f"{path.name} は 50 MB を超えています。ファイルを分けてください。")
    rows = _csv_rows(path) if kind == ".csv" else _xlsx_rows(path)
    return [(number, row) for number, row in enumerate(rows, 1) if any(cell.strip() for cell in row)]


def write_rows(path: Path, rows: Sequence[Row]) -> None:
    """Write a table whose first row is the header; what was there stays whole until the new file is complete."""
    kind = path.suffix.lower()
    if kind not in {".csv", ".xlsx"}:
        raise SheetError("書き出すファイルの名前は .csv か .xlsx で終わるようにしてください。")
    too_long = next((row[0] for row in rows for cell in row if len(cell) > MAX_CELL), None)
    if too_long is not None:
        raise SheetError(f"「{too_long}」に {MAX_CELL} 文字を超える項目があり、表計算ソフトの1つのセルに入りません。")
    handle, name = tempfile.mkstemp(prefix=".export-", suffix=kind, dir=path.parent)
    os.close(handle)
    scratch = Path(name)
    try:
        if kind == ".csv":
            _write_csv(scratch, rows)
        else:
            _write_xlsx(scratch, rows)
        scratch.chmod(0o644)
        scratch.replace(path)
    finally:
        scratch.unlink(missing_ok=True)


def _csv_rows(path: Path) -> Iterator[Row]:
    text = _decoded(path)
    header = text.partition("\n")[0]
    delimiter = "\t" if "\t" in header and "," not in header else ","
    csv.field_size_limit(MAX_BYTES)
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
            yield tuple(cell[1:] if _GUARDED.match(cell) else cell for cell in row)
    except csv.Error as error:
        raise SheetError(f"{path.name} を CSV として読めません。表計算ソフトで保存し直してください。") from error


def _decoded(path: Path) -> str:
    raw = path.read_bytes()
    for encoding in ("utf-8-sig", "cp932"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise SheetError(f"{path.name} の文字コードがわかりません。UTF-8 の CSV で保存し直してください。")


def _xlsx_rows(path: Path) -> Iterator[Row]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            book = load_workbook(path, read_only=True, data_only=True)
            sheet = book.worksheets[0]
            # The size that some programs store is wrong; without it openpyxl looks at the rows themselves.
            sheet.reset_dimensions()
            rows = [tuple(_cell_text(value) for value in row) for row in sheet.iter_rows(values_only=True)]
            book.close()
    except Exception as error:  # a broken workbook fails in the zip, the XML or the styles, each with its own error
        raise SheetError(
            f"{path.name} を Excel として読めません。Excel で開き、.xlsx で保存し直してください。"
        ) from error
    return iter(rows)


def _cell_text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _write_csv(path: Path, rows: Iterable[Row]) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows([f"'{cell}" if _FORMULA.match(cell) else cell for cell in row] for row in rows)


def _write_xlsx(path: Path, rows: Sequence[Row]) -> None:
    book = Workbook()
    for empty in book.worksheets:
        book.remove(empty)
    sheet = book.create_sheet("FAQ")
    for number, row in enumerate(rows, 1):
        for column, text in enumerate(row, 1):
            cell = sheet.cell(number, column, text or None)
            if text and isinstance(cell, Cell):
                # Without this openpyxl stores text that begins with "=" as a formula.
                cell.data_type = "s"
                cell.quotePrefix = _FORMULA.match(text) is not None
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            cell.font = Font(bold=number == 1)
    for column, name in enumerate(rows[0], 1):
        sheet.column_dimensions[get_column_letter(column)].width = (
            _WIDE_COLUMNS if name in {"question", "answer", "easy"} else 20
        )
    sheet.freeze_panes = "A2"
    book.save(path)
