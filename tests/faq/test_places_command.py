"""`app.py faq places import`: the city's list is written or left as it was, and real files of real cities."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from faq.cli_places import import_
from faq.content import PLACES_FILE
from faq.place_import import read_places
from faq.places import read_shelters
from tests.builders import CITY_YAML
from tests.faq.place_builders import NEW, OPEN_DATA, new_row, write_csv

ISHIKAWA = OPEN_DATA / "ishikawa" / "170003_evacuation_space.csv"
GSI = OPEN_DATA / "saitama_shelters_gsi"


# ── The command ──────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def city(tmp_path: Path) -> Path:
    folder = tmp_path / "city"
    folder.mkdir()
    (folder / "city.yaml").write_text(CITY_YAML, encoding="utf-8")
    return folder


def run(*arguments: object):
    return CliRunner().invoke(import_, [str(argument) for argument in arguments])


def test_the_command_writes_the_city_s_list_and_tells_the_difference(tmp_path, city):
    source = write_csv(tmp_path / "new.csv", NEW, [new_row(1), new_row(2)])
    first = run(source, city)
    write_csv(source, NEW, [new_row(2, 想定収容人数="400"), new_row(3)])

    second = run(source, city)

    assert (first.exit_code, second.exit_code) == (0, 0)
    assert "読んだ行 2、場所 2、取りこまなかった行 0" in first.output
    assert "増えた場所 1、変わった場所 1、なくなった場所 1" in second.output
    places, problems = read_shelters(PLACES_FILE, (city / PLACES_FILE).read_text(encoding="utf-8"))
    assert ([place.id for place in places], problems) == (["S0002", "S0003"], ())
    assert [path.name for path in (city / "places").iterdir()] == ["shelters.csv"]


def test_a_dry_run_writes_nothing(tmp_path, city):
    result = run(write_csv(tmp_path / "new.csv", NEW, [new_row(1)]), city, "--dry-run")

    assert result.exit_code == 0
    assert "何も書いていません" in result.output
    assert not (city / "places").exists()


@pytest.mark.parametrize("other_file", [False, True], ids=["alone", "beside a sound one"])
def test_a_refused_source_leaves_the_list_as_it_was(tmp_path, city, other_file):
    run(write_csv(tmp_path / "good.csv", NEW, [new_row(1)]), city)
    before = (city / PLACES_FILE).read_bytes()
    bad = write_csv(tmp_path / "bad.csv", NEW, [new_row(n, 災害種別_洪水="試験市") for n in range(3)])
    good = write_csv(tmp_path / "more.csv", NEW, [new_row(5)])

    result = run(*((good, bad) if other_file else (bad,)), city)

    assert result.exit_code == 1
    assert "取りこんでいません" in result.output
    assert (city / PLACES_FILE).read_bytes() == before


def test_a_folder_that_is_no_city_is_refused(tmp_path):
    result = run(write_csv(tmp_path / "new.csv", NEW, [new_row(1)]), tmp_path)

    assert result.exit_code == 1
    assert "city.yaml がありません" in result.output


# ── Real files ───────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.skipif(not ISHIKAWA.exists(), reason="the open data samples are not here")
def test_the_real_file_with_shifted_columns_is_caught_and_its_sound_columns_are_used():
    report = read_places([ISHIKAWA])

    verdicts = {column.header: column.verdict for column in report.sources[0].columns}
    assert [header for header, verdict in verdicts.items() if verdict == "shifted"] == [
        "内線番号",
        "連絡先メールアドレス",
        "連絡先FormURL",
    ]
    assert report.sources[0].rows == 1528
    assert len(report.shelters) == 1519
    assert len(report.skipped) == 3
    first = report.shelters[0]
    assert first.hazards == {"flood", "landslide", "earthquake", "tsunami"}
    assert first.address == "金沢市野町3丁目11番1号"


@pytest.mark.skipif(not GSI.exists(), reason="the open data samples are not here")
@pytest.mark.parametrize("code", ["111007", "112089", "112186", "112216", "112224", "112321", "112411"])
def test_the_geospatial_authority_s_files_are_joined_without_a_loss(code):
    emergency, evacuation = GSI / f"emergency_{code}.json", GSI / f"evacuation_{code}.json"

    report = read_places([emergency, evacuation])

    assert report.refusals == ()
    assert report.skipped == ()
    joined = sum("1つにまとめました" in note.reason for note in report.notes)
    assert len(report.shelters) + joined == sum(source.rows for source in report.sources)
    assert sum(bool(place.hazards) for place in report.shelters) == report.sources[0].rows
    assert not any(column.verdict in ("shifted", "swapped") for source in report.sources for column in source.columns)


@pytest.mark.skipif(not OPEN_DATA.exists(), reason="the open data samples are not here")
@pytest.mark.parametrize("path", sorted((OPEN_DATA / "standard_templates").glob("*.csv")), ids=lambda path: path.stem)
def test_empty_templates_are_refused(path):
    assert read_places([path]).refusals != ()
