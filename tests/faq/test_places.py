"""A city's list of places to flee to: read line by line, each mistake named on its line."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from faq.check import check
from faq.content import PLACES_FILE, base_folder, read_folder
from faq.knowledge import build_knowledge, load_knowledge
from faq.places import COLUMNS, HAZARDS, Shelter, in_japan, read_flag, read_shelters, rows_of
from faq.sheets import write_rows
from tests.builders import base_files, city_files

DEMO = Path(__file__).parents[2] / "cities" / "demo"
PATH = "places/shelters.csv"
HEADER = ",".join(COLUMNS)
SCHOOL = "s-1,中央小学校,チュウオウショウガッコウ,試験市中央1番,36.05,139.55,yes,no,no,yes,no,no,no,no,yes,300,"
PARK = "s-2,中央公園,,試験市中央2番,36.051,139.551,no,no,no,yes,no,yes,no,no,no,,建物はありません"


def table(*lines: str) -> str:
    return "\n".join((HEADER, *lines)) + "\n"


def problems_of(*lines: str) -> list[tuple[int, str, str]]:
    return [(found.line, found.field, found.message) for found in read_shelters(PATH, table(*lines))[1]]


def test_a_line_is_a_place():
    (school, park), problems = read_shelters(PATH, table(SCHOOL, PARK))

    assert problems == ()
    assert school == Shelter(
        id="s-1",
        name="中央小学校",
        kana="チュウオウショウガッコウ",
        address="試験市中央1番",
        latitude=36.05,
        longitude=139.55,
        hazards=frozenset({"flood", "earthquake"}),
        shelter=True,
        capacity=300,
    )
    assert (park.shelter, park.capacity, park.note) == (False, None, "建物はありません")


def test_what_is_written_is_read_back_the_same(tmp_path):
    places, _ = read_shelters(PATH, table(SCHOOL, PARK, SCHOOL.replace("s-1", "=1+1")))

    write_rows(tmp_path / "shelters.csv", rows_of(places))

    text = (tmp_path / "shelters.csv").read_text(encoding="utf-8")
    assert text.startswith("\ufeff")
    assert "'=1+1" in text  # a spreadsheet must not calculate it
    assert read_shelters(PATH, text) == (places, ())


def test_columns_may_stand_in_any_order_and_yes_may_be_written_as_offices_do():
    header = "longitude,latitude,name,id," + ",".join(HAZARDS)

    (place,), problems = read_shelters(PATH, f"{header}\n１３９.５,36.0,東小学校,s-1,○,１,はい,有,TRUE,,×,－\n")

    assert problems == ()
    assert place.longitude == 139.5
    assert place.hazards == frozenset({"flood", "landslide", "storm_surge", "earthquake", "tsunami"})


@pytest.mark.parametrize(
    ("line", "field", "says"),
    [
        (SCHOOL.replace("s-1", ""), "id", "必要な項目"),
        (SCHOOL.replace("中央小学校", "", 1), "name", "必要な項目"),
        (SCHOOL.replace("中央小学校", "中" * 81, 1), "name", "80文字以内"),
        (SCHOOL.replace("36.05", "北緯36度"), "latitude", "10進数"),
        (SCHOOL.replace("36.05", "nan"), "latitude", "10進数"),
        (SCHOOL.replace("36.05,139.55", "139.55,36.05"), "latitude", "逆です"),
        (SCHOOL.replace("36.05", "0"), "latitude", "日本の中"),
        (SCHOOL.replace("139.55", "13.955"), "longitude", "日本の中"),
        (SCHOOL.replace("yes,no,no", "yes,おそらく,no", 1), "landslide", "yes か no"),
        (SCHOOL.replace("300", "約300人"), "capacity", "半角の数字"),
        (SCHOOL + ",あまり", "行", "列が多い"),
        (SCHOOL.replace("試験市中央1番", '"試験市\n中央1番"'), "address", "1行で"),
    ],
    ids=lambda value: value if len(value) < 12 else "",
)
def test_a_mistake_is_named_on_its_line_and_the_other_lines_are_used(line, field, says):
    places, problems = read_shelters(PATH, table(PARK, line, PARK.replace("s-2", "s-3")))

    assert [place.id for place in places] == ["s-2", "s-3"]
    assert problems[0].line == 3 + line.count("\n")
    assert problems[0].field == field
    assert says in problems[0].message
    assert problems[0].severity == "error"


def test_an_id_counts_once():
    places, problems = read_shelters(PATH, table(SCHOOL, PARK.replace("s-2", "s-1")))

    assert [place.name for place in places] == ["中央小学校"]
    assert (problems[0].line, problems[0].field) == (3, "id")


def test_a_place_that_is_for_nothing_is_only_a_hint():
    (place,), (hint,) = read_shelters(PATH, table(PARK.replace("yes", "no")))

    assert place.hazards == frozenset()
    assert (hint.severity, hint.line) == ("warning", 2)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "中身がありません"),
        ("id,name\ns-1,中央小学校\n", "見出しに latitude"),
        (f"{HEADER},flood\n", "2つあります"),
        (table(SCHOOL).encode("cp932").decode("utf-8", "surrogateescape"), "UTF-8"),
        (HEADER + "\n" + '"' + "x" * 200_000 + "\n", "CSV として"),
    ],
    ids=["empty", "header", "twice", "shift-jis", "quote"],
)
def test_a_file_that_cannot_be_read_says_so_once(text, says):
    places, problems = read_shelters(PATH, text)

    assert places == ()
    assert len(problems) == 1
    assert says in problems[0].message


def test_a_strange_column_is_left_out_with_a_hint():
    places, (hint,) = read_shelters(PATH, f"{HEADER},memo\n{SCHOOL},x\n")

    assert len(places) == 1
    assert (hint.severity, "memo" in hint.message) == ("warning", True)


@pytest.mark.parametrize("word", ["1", "１", "○", "Yes", "はい"])
def test_yes_is_read_as_offices_write_it(word):
    assert read_flag(word) is True


@pytest.mark.parametrize("word", ["", "0", "×", "－", "―", "no", "いいえ"])
def test_no_is_read_as_offices_write_it(word):
    assert read_flag(word) is False


def test_japan_is_where_the_islands_are():
    assert in_japan(26.21, 127.68)
    assert not in_japan(139.55, 36.05)
    assert not in_japan(0.0, 0.0)


def test_the_places_are_part_of_what_the_city_knows():
    knowledge = build_knowledge(city_files({PLACES_FILE: table(SCHOOL, PARK)}), base_files())
    without = build_knowledge(city_files(), base_files())

    assert [place.id for place in knowledge.places] == ["s-1", "s-2"]
    assert without.places == ()
    assert knowledge.version != without.version


def test_a_broken_line_is_reported_and_the_sound_ones_are_served():
    files = city_files({PLACES_FILE: table(SCHOOL, PARK.replace("36.051", "?"))})

    knowledge = build_knowledge(files, base_files())

    assert [place.id for place in knowledge.places] == ["s-1"]
    found = [problem for problem in check(files, base_files()) if problem.path == PLACES_FILE]
    assert [(problem.line, problem.field) for problem in found] == [(3, "latitude")]


def test_the_base_has_no_places_of_its_own():
    knowledge = build_knowledge(city_files(), base_files({PLACES_FILE: table(SCHOOL)}))

    assert knowledge.places == ()


def test_the_folder_is_read_with_its_places(tmp_path):
    for name, text in city_files({PLACES_FILE: table(SCHOOL)}).items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")

    assert PLACES_FILE in read_folder(tmp_path)
    assert [place.id for place in load_knowledge(tmp_path).places] == ["s-1"]


def test_the_demo_city_lists_as_many_shelters_as_its_answer_says():
    text = (DEMO / PLACES_FILE).read_text(encoding="utf-8")

    places, problems = read_shelters(PLACES_FILE, text)

    assert problems == ()
    stay = sum(place.shelter for place in places)
    assert f"など{stay}か所" in (DEMO / "faq" / "bosai.yaml").read_text(encoding="utf-8")
    assert {row[0] for row in csv.reader(io.StringIO(text))} >= {"id", "saino-001"}
    assert base_folder(DEMO).name == "_base"
