"""Published lists of places → the city's own `places/shelters.csv`: what is sound is used, the rest is told.

A column whose contents contradict its name is never used. When a name, a point or a kind of disaster cannot be
trusted, nothing is imported: a resident would be sent to the wrong place.
"""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from statistics import median
from typing import Final

from faq.place_columns import (
    ENOUGH_FOR_HAZARDS,
    Column,
    ColumnReport,
    check_columns,
    columns_of,
    missing,
    plain,
)
from faq.place_rows import made_id, shelter_of_row
from faq.place_table import PlacesError, Table, cells_of, read_table, without_long_rows
from faq.places import HAZARDS, LONGEST, Shelter

SAME_PLACE_METRES: Final = 200
"""Two rows of one name this near are one place: a school's gate and its gym."""

SAME_ID_METRES: Final = 1_000
_FAR_METRES: Final = 30_000
_FAR_TIMES: Final = 10
_CROWD: Final = 3
_ESSENTIAL: Final = ("name", "latitude", "longitude", *HAZARDS)


@dataclass(frozen=True, slots=True)
class Note:
    """Something about a row: the source's name, the row's number as people count it, and a sentence."""

    source: str
    row: int
    reason: str


@dataclass(frozen=True, slots=True)
class SourceReport:
    """One source: how it was read, how many rows, and how each column's contents compare with its name.

    `refusal` says why nothing of it can be used ("": it can).
    """

    name: str
    form: str
    rows: int
    columns: tuple[ColumnReport, ...]
    refusal: str = ""

    @property
    def shifted(self) -> bool:
        return any(column.verdict == "shifted" for column in self.columns)


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What was made of the sources: `skipped` rows are not in `shelters`; `notes` tell what was changed or is odd."""

    sources: tuple[SourceReport, ...]
    shelters: tuple[Shelter, ...]
    skipped: tuple[Note, ...]
    notes: tuple[Note, ...]

    @property
    def refusals(self) -> tuple[str, ...]:
        return tuple(f"{source.name}: {source.refusal}" for source in self.sources if source.refusal)


@dataclass
class _Making:
    """The places so far, and what there is to tell."""

    shelters: list[Shelter] = field(default_factory=list)
    by_name: defaultdict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    by_id: dict[str, int] = field(default_factory=dict)
    skipped: list[Note] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)


def read_places(sources: Sequence[Path]) -> ImportReport:
    """Reads and checks every source and joins them. Raises `PlacesError` for a file that is no table at all."""
    making = _Making()
    reports = []
    for path in sources:
        whole = read_table(path)
        table, long_rows = without_long_rows(whole)
        columns = columns_of(table)
        checked = check_columns(table, columns)
        refusal = _refusal(table, columns, checked)
        reports.append(SourceReport(table.name, table.form, len(whole.rows), checked, refusal))
        reason = "見出しより列が多い行です（「,」が余分にあるようです）"
        making.skipped.extend(Note(table.name, number, reason) for number in long_rows)
        if not refusal:
            _take(table, _trusted(columns, checked), making)
    if not any(report.refusal for report in reports):
        _look_over(making)
    return ImportReport(tuple(reports), tuple(making.shelters), tuple(making.skipped), tuple(making.notes))


def _refusal(table: Table, columns: Mapping[str, Column], checked: Sequence[ColumnReport]) -> str:
    lost = missing(columns)
    if lost:
        return f"{'、'.join(lost)} の列がありません。避難場所の一覧ではないようです。"
    if not table.rows:
        return "使える場所の行がありません。"
    twice = sorted({header for header in table.header if header and table.header.count(header) > 1})
    if twice:
        return f"見出し「{'」「'.join(twice)}」が2つあります。どちらが正しいか、元の表を確かめてください。"
    wrong = [report.header for report in checked if report.field in _ESSENTIAL and _is_untrustworthy(report)]
    if wrong:
        return f"「{'」「'.join(wrong)}」の列がずれているようです（中身が見出しと合いません）。元の表を直してください。"
    return ""


def _is_untrustworthy(report: ColumnReport) -> bool:
    if report.field in HAZARDS:
        return report.fitting < report.filled * ENOUGH_FOR_HAZARDS
    return report.verdict == "shifted" or (report.verdict == "empty")


def _trusted(columns: Mapping[str, Column], checked: Sequence[ColumnReport]) -> dict[str, Column]:
    """The columns whose contents are what their names say, by header."""
    bad = {report.header for report in checked if report.verdict == "shifted"}
    return {header: column for header, column in columns.items() if column.field and header not in bad}


def _take(table: Table, columns: Mapping[str, Column], making: _Making) -> None:
    found = {column.field for column in columns.values()}
    only_to_stay = "stay" in found and not found.intersection(HAZARDS)
    for number, row in cells_of(table):
        fields: dict[str, str] = {}
        for header, column in columns.items():
            fields[column.field] = fields.get(column.field) or row[header].strip()
        shelter, told = shelter_of_row(fields, only_to_stay)
        if shelter is None:
            making.skipped.append(Note(table.name, number, told[0]))
            continue
        making.notes.extend(Note(table.name, number, reason) for reason in told)
        _add(shelter, Note(table.name, number, ""), making)


def _add(shelter: Shelter, at: Note, making: _Making) -> None:
    """Joins the place with the same one from before, or adds it under an id of its own."""
    same = _same(shelter, making)
    if same is not None:
        before = making.shelters[same]
        if before.hazards and shelter.hazards and before.hazards != shelter.hazards:
            reason = "同じ場所の行と災害種別がちがうので、どちらの行でも使える災害だけにしました"
            making.notes.append(replace(at, reason=reason))
        making.shelters[same] = _joined(before, shelter)
        making.notes.append(replace(at, reason="前にある同じ場所と1つにまとめました"))
        return
    if shelter.id in making.by_id:
        shelter = replace(shelter, id=made_id(shelter))
        making.notes.append(replace(at, reason="IDがほかの場所と同じなので、新しく作りました"))
        if shelter.id in making.by_id:
            making.skipped.append(replace(at, reason="名前も位置も、ほかの行と同じです"))
            return
    making.by_id[shelter.id] = len(making.shelters)
    making.by_name[_name_key(shelter)].append(len(making.shelters))
    making.shelters.append(shelter)


def _same(shelter: Shelter, making: _Making) -> int | None:
    for place in making.by_name[_name_key(shelter)]:
        if _metres(making.shelters[place], shelter) <= SAME_PLACE_METRES:
            return place
    place = making.by_id.get(shelter.id, -1)
    common_id = re.fullmatch(r"E\d{13}", shelter.id) is not None
    return place if common_id and place >= 0 and _metres(making.shelters[place], shelter) <= SAME_ID_METRES else None


def _name_key(shelter: Shelter) -> str:
    return re.sub(r"\s", "", plain(shelter.name))


def _joined(first: Shelter, second: Shelter) -> Shelter:
    """One place out of two rows. Where they contradict each other about a disaster, it does not count as safe."""
    hazards = first.hazards & second.hazards if first.hazards and second.hazards else first.hazards or second.hazards
    notes = dict.fromkeys(filter(None, (first.note, second.note)))
    return replace(
        first,
        hazards=hazards,
        kana=first.kana or second.kana,
        address=first.address or second.address,
        shelter=first.shelter or second.shelter,
        capacity=first.capacity if first.capacity is not None else second.capacity,
        note="。".join(notes)[: LONGEST["note"]],
    )


def _metres(one: Shelter, other: Shelter) -> float:
    """Distance on a flat map: right to a metre where it matters, within a kilometre."""
    east = (one.longitude - other.longitude) * math.cos(math.radians(one.latitude))
    return math.hypot(one.latitude - other.latitude, east) * 111_195


def _look_over(making: _Making) -> None:
    """What only the whole list shows: points far from all others, and different places at one point."""
    if not making.shelters:
        return
    middle = replace(
        making.shelters[0],
        latitude=median(shelter.latitude for shelter in making.shelters),
        longitude=median(shelter.longitude for shelter in making.shelters),
    )
    usual = median(_metres(shelter, middle) for shelter in making.shelters)
    at: defaultdict[tuple[float, float], list[str]] = defaultdict(list)
    for shelter in making.shelters:
        at[shelter.latitude, shelter.longitude].append(shelter.name)
        if _metres(shelter, middle) > max(_FAR_METRES, _FAR_TIMES * usual):
            reason = f"「{shelter.name}」だけ、ほかの場所から遠く離れています。緯度・経度を確かめてください"
            making.notes.append(Note("全体", 0, reason))
    for names in at.values():
        if len(names) >= _CROWD:
            shown = "、".join(names[:_CROWD])
            reason = f"{len(names)}か所がまったく同じ位置です（{shown}…）。仮の位置でないか確かめてください"
            making.notes.append(Note("全体", 0, reason))


__all__ = ["ImportReport", "Note", "PlacesError", "SourceReport", "read_places"]
