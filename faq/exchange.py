"""`faq import` and `faq export`: a FAQ table (CSV, Excel) ↔ a city's YAML, all or nothing, no row lost in silence."""

from __future__ import annotations

import re
import shutil
import tempfile
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from pydantic import ValidationError

from faq.assembly import BASE, assemble
from faq.city_draft import city_draft, topics_of
from faq.columns import COLUMNS, TRANSLATION_COLUMNS, column_of, fields_of, row_of
from faq.complaints import complain
from faq.content import CITY_FILE, base_folder, is_entry_file, read_folder
from faq.dump import field_lines, item_lines
from faq.entry import Entry
from faq.my_number import holds_my_number
from faq.problems import ContentError, errors_of
from faq.reader import read_city, read_entries
from faq.sheets import Row, SheetError, read_sheets, write_rows

# A file that staff can still find their way in, and that a browser can show a diff of.
ENTRIES_A_FILE: Final = 300
# The order in which staff read an entry: who asks what, then what the city says.
_WRITTEN: Final = (
    *("id", "question", "phrasings", "keywords", "answer", "easy", "department", "contact", "links", "related"),
    *("valid_from", "valid_until", "review_by", "tests", "translations"),
)
_CONTROL: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff\ud800-\udfff]")
# What a spreadsheet shows in place of a formula's result.
_FORMULA_ERROR: Final = re.compile(r"#(?:N/A|REF!|VALUE!|DIV/0!|NAME\?|NULL!|NUM!|SPILL!)")
# Title, date and remarks stand above the header of many tables.
_HEADER_WITHIN: Final = 20
_VALID_ID: Final = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")


class ExchangeError(Exception):
    """Nothing was written; the message says why and what to do, in Japanese."""


@dataclass(frozen=True)
class RowNote:
    """Something about one row, numbered as a spreadsheet numbers it (the header is row 1)."""

    row: int
    reason: str


@dataclass(frozen=True)
class ImportReport:
    """`read` data rows = `written` + `len(skipped)`; `notes` tell what was changed on the way."""

    read: int
    written: int
    skipped: tuple[RowNote, ...]
    notes: tuple[RowNote, ...]
    files: tuple[str, ...]


@dataclass(frozen=True)
class _Draft:
    """A row on its way; `written_id` is the id as the table has it."""

    row: int
    fields: dict[str, Any]
    written_id: str


def import_table(source: Path, directory: Path, force: bool = False) -> ImportReport:
    """Read a table and write `directory` as a city (`city.yaml` only when there is none). Raises `ExchangeError`."""
    if directory.exists() and not directory.is_dir():
        raise ExchangeError(f"{directory} はフォルダーではありません。書き出す先のフォルダーを指定してください。")
    drafts, notes = _drafts(source)
    existing = read_folder(directory) if directory.exists() else {}
    drafts, renamed = _with_sound_ids(drafts)
    categories, titles = _categories(drafts, existing)
    known = {*(str(draft.fields["id"]) for draft in drafts), *_other_ids(existing, directory)}
    entries, skipped, dropped = _validated(drafts, categories, known, renamed)
    if not entries:
        reasons = "".join(f"\n  {note.row}行目: {note.reason}" for note in skipped[:5])
        raise ExchangeError(f"{source.name} に、取りこめる質問が1つもありません。{reasons}")
    files = _entry_files(entries, source.name)
    if CITY_FILE not in existing:
        files[CITY_FILE] = city_draft(directory.resolve().name, entries, titles)
    _refuse_overwriting(files, directory, force)
    _refuse_broken({**existing, **files}, directory)
    try:
        _write(files, directory)
    except OSError as error:
        raise ExchangeError(f"{directory} に書けませんでした。何も変えていません（{error.strerror}）。") from error
    ordered = sorted((*notes, *dropped), key=lambda note: note.row)
    return ImportReport(len(drafts), len(entries), tuple(skipped), tuple(ordered), tuple(sorted(files)))


def export_table(directory: Path, target: Path, force: bool = False) -> int:
    """Write a city's own entries as a table; how many there were. Raises `ExchangeError`."""
    if target.exists() and not force:
        raise ExchangeError(f"{target.name} はすでにあります。上書きするときは --force を付けてください。")
    try:
        content = assemble(read_folder(directory), read_folder(base_folder(directory)))
    except ContentError as error:
        raise ExchangeError(_many("直すところがあります", [str(problem) for problem in error.problems])) from error
    broken = [str(problem) for problem in errors_of(content.problems) if is_entry_file(problem.path)]
    if broken:
        raise ExchangeError(_many("書き出すと失われる質問があります。先に直してください", broken))
    own = [entry for entry in content.entries.values() if not content.sources[entry.id].startswith(BASE)]
    cells = [row_of(entry) for entry in own]
    used = [column for column in TRANSLATION_COLUMNS if any(row[column] for row in cells)]
    columns = (*COLUMNS, *used)
    try:
        write_rows(target, [columns, *(tuple(row[column] for column in columns) for row in cells)])
    except (SheetError, OSError) as error:
        raise ExchangeError(str(error)) from error
    return len(own)


def _drafts(source: Path) -> tuple[list[_Draft], list[RowNote]]:
    try:
        sheets = [(name, rows) for name, rows in read_sheets(source) if rows]
    except (SheetError, OSError) as error:
        raise ExchangeError(str(error)) from error
    if not sheets:
        raise ExchangeError(f"{source.name} は空です。")
    (header_row, header), body, notes = _table(sheets)
    columns, found = _header(header_row, header)
    notes.extend(found)
    drafts = []
    for number, row in body:
        cells = {name: row[at] for name, at in columns.items() if at < len(row)}
        for name in [name for name, cell in cells.items() if _FORMULA_ERROR.fullmatch(cell.strip())]:
            notes.append(
                RowNote(number, f"{name} の「{cells.pop(name).strip()}」は式のエラーなので、読みませんでした。")
            )
        if any(_CONTROL.search(cell) for cell in cells.values()):
            cells = {name: _CONTROL.sub("", cell) for name, cell in cells.items()}
            notes.append(RowNote(number, "目に見えない制御文字を取りのぞきました。"))
        fields = fields_of(cells)
        drafts.append(_Draft(number, fields, str(fields.get("id", ""))))
    return drafts, notes


def _table(
    sheets: Sequence[tuple[str, list[tuple[int, Row]]]],
) -> tuple[tuple[int, Row], list[tuple[int, Row]], list[RowNote]]:
    """(header, rows below it, notes) of the first sheet that has a header; else of the first sheet, to be refused."""
    for at, (name, rows) in enumerate(sheets):
        for above, (number, row) in enumerate(rows[:_HEADER_WITHIN]):
            if not {"question", "answer"} <= {column_of(title) for title in row}:
                continue
            notes = [RowNote(other, "見出しより上の行なので、読みませんでした。") for other, _ in rows[:above]]
            others = [other for place, (other, _) in enumerate(sheets) if place != at]
            if others:
                reason = f"シート「{name}」を読みました。ほかのシート（{'、'.join(others)}）は読みませんでした。"
                notes.append(RowNote(number, reason))
            return (number, row), rows[above + 1 :], notes
    rows = sheets[0][1]
    return rows[0], rows[1:], []


def _header(number: int, header: Sequence[str]) -> tuple[dict[str, int], list[RowNote]]:
    columns: dict[str, int] = {}
    notes: list[RowNote] = []
    for at, title in enumerate(header):
        name = column_of(title)
        if name is None or name in columns:
            reason = "使い道がわからない" if name is None else "同じ意味の列が前にある"
            if title.strip():
                notes.append(RowNote(number, f"列「{title.strip()}」は{reason}ため、読みませんでした。"))
            continue
        columns[name] = at
    for needed, japanese in (("question", "質問"), ("answer", "回答")):
        if needed not in columns:
            there = "、".join(f"「{title.strip()[:20]}」" for title in header[:10] if title.strip())
            raise ExchangeError(
                f"{number}行目に「{needed}」（または「{japanese}」）の列がありません。列の名前を書いてください。"
                f"いまの{number}行目は{there}です。"
            )
    return columns, notes


def _with_sound_ids(drafts: Iterable[_Draft]) -> tuple[list[_Draft], dict[str, str]]:
    """Every draft with an id of its own, and old id → new id. Valid ids stay exactly as they are."""
    drafts = list(drafts)
    taken = {draft.written_id for draft in drafts}
    given: set[str] = set()
    renamed: dict[str, str] = {}
    sound = []
    for draft in drafts:
        name = draft.written_id
        if not _VALID_ID.fullmatch(name) or name in given:
            name = _free(_sanitised(name) or f"row-{draft.row}", taken | given)
            if not _VALID_ID.fullmatch(draft.written_id):
                renamed.setdefault(draft.written_id, name)
        given.add(name)
        sound.append(replace(draft, fields={**draft.fields, "id": name}))
    return sound, renamed


def _sanitised(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text).lower()
    return re.sub(r"[^a-z0-9._-]+", "-", plain).strip("-._")[:56]


def _free(wanted: str, taken: set[str]) -> str:
    name, number = wanted, 2
    while name in taken:
        name, number = f"{wanted}-{number}", number + 1
    return name


def _categories(drafts: Sequence[_Draft], existing: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """Category as written → our id, and id → title for the menu. A title that `city.yaml` knows keeps its id."""
    city = read_city(CITY_FILE, existing[CITY_FILE])[0] if CITY_FILE in existing else None
    ids = {topic.title: topic.id for topic in city.topics} if city else {}
    written = dict.fromkeys(str(draft.fields.get("category", "")) for draft in drafts)
    return topics_of([name for name in written if name], ids)


def _other_ids(existing: Mapping[str, str], directory: Path) -> set[str]:
    """Ids that related entries may name besides the table's own."""
    together = [*existing.items(), *read_folder(base_folder(directory)).items()]
    return {entry.id for name, text in together if is_entry_file(name) for entry in read_entries(name, text)[0]}


def _validated(
    drafts: Iterable[_Draft], categories: Mapping[str, str], known: set[str], renamed: Mapping[str, str]
) -> tuple[list[Entry], list[RowNote], list[RowNote]]:
    entries: list[Entry] = []
    skipped: list[RowNote] = []
    notes: list[RowNote] = []
    for draft in drafts:
        fields = dict(draft.fields)
        fields["category"] = categories.get(str(fields.get("category", "")), "general")
        related = [renamed.get(name, name) for name in fields.get("related", ())]
        fields["related"] = [name for name in related if name in known and name != fields["id"]]
        try:
            entries.append(Entry.model_validate(fields))
        except ValidationError as error:
            skipped.append(RowNote(draft.row, _reasons(error)))
            continue
        if any(holds_my_number(value) for value in fields.values() if isinstance(value, str)):
            message = "マイナンバー（個人番号）と思われる12けたの数字があります。表からも YAML からも消してください。"
            notes.append(RowNote(draft.row, message))
        if draft.written_id not in ("", fields["id"]):
            reason = "はほかの行と同じ" if _VALID_ID.fullmatch(draft.written_id) else "に使えない字がある"
            message = f"id「{draft.written_id}」{reason}ため、「{fields['id']}」にしました。"
            notes.append(RowNote(draft.row, message))
        gone = [name for name in related if name not in fields["related"]]
        if gone:
            notes.append(RowNote(draft.row, f"関連「{'、'.join(gone)}」は見つからないため、書きませんでした。"))
    return entries, skipped, notes


def _reasons(error: ValidationError) -> str:
    return " ".join(
        f"{'.'.join(str(step) for step in found['loc'])}: {complain(found, Entry.model_fields)}"
        for found in error.errors(include_url=False)
    )


def _entry_files(entries: Iterable[Entry], source: str) -> dict[str, str]:
    """`faq/<category>.yaml`, `faq/<category>-2.yaml`… of at most `ENTRIES_A_FILE` entries each."""
    by_category: dict[str, list[Entry]] = {}
    for entry in entries:
        by_category.setdefault(entry.category, []).append(entry)
    files: dict[str, str] = {}
    for category, members in by_category.items():
        for number, start in enumerate(range(0, len(members), ENTRIES_A_FILE), 1):
            name = f"faq/{category}.yaml" if number == 1 else _free_file(f"faq/{category}-{number}", by_category)
            files[name] = "\n".join(_file_lines(members[start : start + ENTRIES_A_FILE], category, source)) + "\n"
    return files


def _free_file(stem: str, categories: Mapping[str, object]) -> str:
    """`tax-2.yaml` may be the first file of a category that is called `tax-2`."""
    while stem.removeprefix("faq/") in categories:
        stem += "-part"
    return f"{stem}.yaml"


def _file_lines(entries: Iterable[Entry], category: str, source: str) -> Iterator[str]:
    name = re.sub(r"[^\w.・-]", "_", source)
    yield f"# {name} から取りこみました。書き方は docs/faq-authoring.md にあります。"
    yield from field_lines("category", category, 0)
    yield "faqs:"
    for entry in entries:
        data = entry.model_dump(mode="json", exclude_defaults=True)
        yield from item_lines({name: data[name] for name in _WRITTEN if data.get(name)}, 2)


def _refuse_overwriting(files: Mapping[str, str], directory: Path, force: bool) -> None:
    there = [name for name in files if (directory / name).exists()]
    if there and not force:
        raise ExchangeError(_many("すでにファイルがあります。上書きするときは --force を付けてください", there))


def _refuse_broken(files: Mapping[str, str], directory: Path) -> None:
    """Only a city that reads without an error is written, e.g. not one with the ids of another file of its own."""
    try:
        problems = assemble(files, read_folder(base_folder(directory))).problems
    except ContentError as error:
        problems = error.problems
    broken = [str(problem) for problem in errors_of(problems)]
    if broken:
        raise ExchangeError(_many("いまある内容と合わないため、何も書きませんでした", broken))


def _many(title: str, lines: Sequence[str]) -> str:
    more = f"\n  …ほか{len(lines) - 10}件" if len(lines) > 10 else ""
    return f"{title}。" + "".join(f"\n  {line}" for line in lines[:10]) + more


def _write(files: Mapping[str, str], directory: Path) -> None:
    """Written aside first, then moved; a move that fails puts back what was there."""
    directory.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".import-", dir=directory.parent) as name:
        fresh, old = Path(name) / "fresh", Path(name) / "old"
        for relative, text in files.items():
            path = fresh / relative
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="\n")
        if not directory.exists():
            fresh.rename(directory)
            return
        moved: list[str] = []
        try:
            for relative in files:
                _keep(directory / relative, old / relative)
                moved.append(relative)
                (fresh / relative).replace(directory / relative)
        except OSError:
            for relative in moved:
                _put_back(directory / relative, old / relative)
            raise


def _keep(path: Path, copy: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.exists():
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(path, copy)


def _put_back(path: Path, copy: Path) -> None:
    if copy.exists():
        shutil.copy2(copy, path)
    else:
        path.unlink(missing_ok=True)
