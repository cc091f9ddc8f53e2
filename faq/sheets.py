"""Tables of text: CSV and Excel in and out, every cell a string.

CSV is read as UTF-8 (with or without BOM), UTF-16 with BOM (Excel's Unicode text), else as Shift_JIS as Japanese Excel
writes it, separated by commas, tabs or semicolons; it is written as UTF-8 with
BOM, which Excel opens without garbling and which holds 髙 and 﨑, as Shift_JIS does not.
"""

from __future__ import annotations

import csv
import io
import os
import re
import tempfile
import warnings
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

from openpyxl import Workbook, load_workbook
from openpyxl.cell import Cell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

Row = tuple[str, ...]

MAX_BYTES: Final = 50_000_000
MAX_WHOLE_BYTES: Final = 5_000_000
MAX_CELL: Final = 32_767
# What a spreadsheet would run as a formula. One more ' in front says that it is text; reading takes that one away.
_FORMULA: Final = re.compile(r"'*[=+\-@\t\r]")
_GUARDED: Final = re.compile(r"'+[=+\-@\t\r]")
_WIDE_COLUMNS: Final = 40


class SheetError(Exception):
    """The file cannot be read or written; the message says what to do, in Japanese."""


def read_sheets(path: Path) -> list[tuple[str, list[tuple[int, Row]]]]:
    """(name, rows) of each sheet; a row is its number as a spreadsheet counts it and its cells. Empty rows are left."""
    kind = path.suffix.lower()
    if kind not in {".csv", ".xlsx"}:
        raise SheetError(f"{path.name} は読めません。CSV（.csv）か Excel（.xlsx）で保存し直してください。")
    if path.stat().st_size > MAX_BYTES:
        raise SheetError(f"{path.name} は 50 MB を超えています。ファイルを分けてください。")
    sheets = [("", _csv_rows(path))] if kind == ".csv" else _xlsx_sheets(path)
    return [
        (name, [(number, row) for number, row in enumerate(rows, 1) if any(cell.strip() for cell in row)])
        for name, rows in sheets
    ]


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


def _csv_rows(path: Path) -> list[Row]:
    text = _decoded(path)
    header = text.partition("\n")[0]
    delimiter = "," if "," in header else next((mark for mark in "\t;" if mark in header), ",")
    # Strict: a quotation mark that is never closed would take all rows after it into one cell, in silence.
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows: list[Row] = []
    begun = 1
    usual = csv.field_size_limit(MAX_BYTES)
    try:
        for row in reader:
            begun = reader.line_num + 1
            rows.append(tuple(cell[1:] if _GUARDED.match(cell) else cell for cell in row))
    except csv.Error as error:
        raise SheetError(
            f'{path.name} の {begun}行目からを CSV として読めません（引用符「"」が閉じていないか、余分にあります）。'
            "表計算ソフトで開いて、保存し直してください。"
        ) from error
    finally:
        csv.field_size_limit(usual)
    return rows


def _decoded(path: Path) -> str:
    raw = path.read_bytes()
    wide = ("utf-16",) if raw.startswith((b"\xff\xfe", b"\xfe\xff")) else ()
    for encoding in (*wide, "utf-8-sig", "cp932"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise SheetError(f"{path.name} の文字コードがわかりません。UTF-8 の CSV で保存し直してください。")


def _xlsx_sheets(path: Path) -> list[tuple[str, list[Row]]]:
    # Merged cells are only told when the whole book is read into memory, some 50 times its size.
    whole = path.stat().st_size <= MAX_WHOLE_BYTES
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            book = load_workbook(path, read_only=not whole, data_only=True)
            sheets = [(sheet.title, _sheet_rows(sheet)) for sheet in book.worksheets]
            book.close()
    except Exception as error:  # a broken workbook fails in the zip, the XML or the styles, each with its own error
        raise SheetError(
            f"{path.name} を Excel として読めません。Excel で開き、.xlsx で保存し直してください。"
        ) from error
    return sheets


def _sheet_rows(sheet: Any) -> list[Row]:
    if not hasattr(sheet, "merged_cells"):
        # Read row by row: the size that some programs store is wrong; without it openpyxl looks at the rows themselves.
        sheet.reset_dimensions()
        return [tuple(_cell_text(value) for value in row) for row in sheet.iter_rows(values_only=True)]
    rows = [[_cell_text(value) for value in row] for row in sheet.iter_rows(values_only=True)]
    for merged in sheet.merged_cells.ranges:
        for at in range(merged.min_row, min(merged.max_row, len(rows))):
            # What staff see over several rows counts for each of them.
            rows[at][merged.min_col - 1] = rows[merged.min_row - 1][merged.min_col - 1]
    return [tuple(row) for row in rows]


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
