"""`places import`: a published list of places to flee to becomes the city's own, with a report of every column."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from faq.places import HAZARDS, Hazard

if TYPE_CHECKING:
    from faq.place_columns import ColumnReport
    from faq.place_import import ImportReport, Note
    from faq.places import Shelter

_PATH: Final = click.Path(path_type=Path)
_SHOWN_ROWS: Final = 8
_SAMPLES: Final = 3
_WORDS: Final[dict[Hazard, str]] = {
    "flood": "洪水",
    "landslide": "土砂",
    "storm_surge": "高潮",
    "earthquake": "地震",
    "tsunami": "津波",
    "fire": "大規模な火事",
    "inland_flood": "内水氾濫",
    "volcano": "火山",
}


@click.command("import")
@click.argument("sources", metavar="SOURCE...", nargs=-1, required=True, type=_PATH)
@click.argument("directory", metavar="CITY_DIR", type=_PATH)
@click.option("--dry-run", is_flag=True, help="確かめるだけで、何も書きません")
def import_(sources: tuple[Path, ...], directory: Path, dry_run: bool) -> None:
    """避難場所の一覧 SOURCE（.csv、.geojson、.json）を調べ、市のフォルダー CITY_DIR の places/shelters.csv にします。

    自治体標準オープンデータセット（03 指定緊急避難場所、新旧どちらの見出しも）と、国土地理院の GeoJSON を読みます。
    いくつか並べると、同じ場所を1つにまとめます。
    """
    from faq.content import CITY_FILE, PLACES_FILE
    from faq.place_import import PlacesError, read_places
    from faq.places import rows_of
    from faq.sheets import write_rows

    if not (directory / CITY_FILE).is_file():
        raise click.ClickException(f"{directory} に city.yaml がありません。市のフォルダーを書いてください。")
    try:
        report = read_places(sources)
    except PlacesError as error:
        raise click.ClickException(str(error)) from error
    for line in report_lines(report):
        click.echo(line)
    if report.refusals:
        raise click.ClickException("\n".join(("取りこんでいません。", *report.refusals)))
    if not report.shelters:
        raise click.ClickException("使える場所が1つもないので、取りこんでいません。")
    target = directory / PLACES_FILE
    click.echo(_difference(target, report.shelters))
    if dry_run:
        click.echo("確かめただけで、何も書いていません（--dry-run）。")
        return
    try:
        target.parent.mkdir(exist_ok=True)
        write_rows(target, rows_of(report.shelters))
    except OSError as error:
        raise click.ClickException(f"{target} に書けません（{error.strerror}）。前の一覧はそのままです。") from error
    click.echo(f"{target} に書きました。")


def report_lines(report: ImportReport) -> Iterator[str]:
    """Everything that staff should know before they believe the list."""
    for source in report.sources:
        yield f"■{source.name}　{source.form}、{source.rows}行"
        yield from (f"  {line}" for line in _columns(source.columns))
    yield from _grouped("取りこまなかった行", report.skipped)
    yield from _grouped("直したところ・確かめるところ", report.notes)
    if any(source.shifted for source in report.sources) and not report.refusals:
        yield from _samples(report.shelters)
    read = sum(source.rows for source in report.sources)
    yield f"読んだ行 {read}、場所 {len(report.shelters)}、取りこまなかった行 {len(report.skipped)}"
    counts = [f"{_WORDS[hazard]} {_count(report.shelters, hazard)}" for hazard in HAZARDS]
    yield f"災害ごとの場所の数： {'、'.join(counts)}"
    stay, only = sum(place.shelter for place in report.shelters), sum(not place.hazards for place in report.shelters)
    yield f"指定避難所 {stay}、どの災害の避難場所でもない所 {only}（近い順の案内には出しません）"


def _count(shelters: Sequence[Shelter], hazard: Hazard) -> int:
    return sum(hazard in shelter.hazards for shelter in shelters)


def _columns(columns: Sequence[ColumnReport]) -> Iterator[str]:
    sound = [column.header for column in columns if column.verdict == "fits"]
    if sound:
        yield f"見出しと中身が合っている列: {'、'.join(sound)}"
    for column in columns:
        told = _told(column)
        if told:
            yield f"{column.header}: {told}"
    for word, verdict in (("空の列", "empty"), ("知らない列（使いません）", "unknown")):
        headers = [column.header or "（見出しなし）" for column in columns if column.verdict == verdict]
        if headers:
            yield f"{word}: {'、'.join(headers)}"


def _told(column: ColumnReport) -> str:
    wrong = column.filled - column.fitting
    seems = f"{column.looks_like}に見えます" if column.looks_like else "見出しと合いません"
    examples = "、".join(f"「{example[:30]}」" for example in column.examples)
    if column.verdict == "shifted":
        return (
            f"★列がずれているようです。{column.filled}件のうち{wrong}件が、{seems}（{examples}）。この列は使いません。"
        )
    if column.verdict == "swapped":
        return f"★緯度と経度が逆のようです（{wrong}件）。行ごとに入れかえて読みました。"
    if column.verdict == "some":
        return f"{column.filled}件のうち{wrong}件の形が合いません（{examples}）。"
    return ""


def _grouped(title: str, notes: Sequence[Note]) -> Iterator[str]:
    """One line for each reason and source, with the first rows it is about."""
    rows: dict[tuple[str, str], list[int]] = {}
    for note in notes:
        rows.setdefault((note.reason, note.source), []).append(note.row)
    if rows:
        yield f"{title}:"
    for (reason, source), numbers in rows.items():
        named = [str(number) for number in numbers if number][:_SHOWN_ROWS]
        more = "…" if len(numbers) > len(named) and named else ""
        where = f"{source} {'、'.join(named)}{more}（{len(numbers)}行）" if named else source
        yield f"  {reason}: {where}"


def _samples(shelters: Sequence[Shelter]) -> Iterator[str]:
    """Marks of yes and no look alike in every column, so only people can see that they stand under the right name."""
    yield "★ずれた列があるので、災害種別が元の一覧と同じか、次の場所で見くらべてください:"
    marked = sorted(shelters, key=lambda shelter: -len(shelter.hazards))
    for shelter in [*marked[:1], *shelters[: _SAMPLES - 1]]:
        words = "、".join(_WORDS[hazard] for hazard in HAZARDS if hazard in shelter.hazards) or "なし"
        yield f"  {shelter.name}: {words}"


def _difference(target: Path, shelters: Sequence[Shelter]) -> str:
    from faq.places import read_shelters

    if not target.is_file():
        return "前の一覧はありません。"
    before, _ = read_shelters(target.name, target.read_bytes().decode("utf-8", "surrogateescape"))
    old, new = {place.id: place for place in before}, {place.id: place for place in shelters}
    changed = sum(old[key] != new[key] for key in old.keys() & new.keys())
    added, gone = len(new.keys() - old.keys()), len(old.keys() - new.keys())
    return f"前の一覧とくらべて: 増えた場所 {added}、変わった場所 {changed}、なくなった場所 {gone}"


COMMANDS: Final[list[click.Command]] = [import_]
