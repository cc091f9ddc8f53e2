"""Published lists of places → the city's own: both header generations, GeoJSON, and every defect seen in real files."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from faq.cli_places import import_, report_lines
from faq.content import PLACES_FILE
from faq.place_columns import is_code
from faq.place_import import PlacesError, read_places
from faq.places import read_shelters, rows_of
from tests.builders import CITY_YAML

OPEN_DATA = Path(__file__).parents[2] / ".." / "shared" / "data" / "opendata"
ISHIKAWA = OPEN_DATA / "ishikawa" / "170003_evacuation_space.csv"
GSI = OPEN_DATA / "saitama_shelters_gsi"

HAZARD_HEADERS = [
    *("災害種別_洪水", "災害種別_崖崩れ、土石流及び地滑り", "災害種別_高潮", "災害種別_地震"),
    *("災害種別_津波", "災害種別_大規模な火事", "災害種別_内水氾濫", "災害種別_火山現象"),
]
NEW = [
    *("全国地方公共団体コード", "ID", "名称", "名称_カナ", "名称_英字", "所在地_全国地方公共団体コード", "町字ID"),
    *("所在地_連結表記", "所在地_都道府県", "所在地_市区町村", "所在地_町字", "所在地_番地以下", "建物名等(方書)"),
    *("緯度", "経度", "標高", "電話番号", "内線番号", "連絡先メールアドレス", "連絡先FormURL"),
    *("連絡先備考（その他、SNSなど）", "郵便番号", "市区町村コード", "地方公共団体名"),
    *HAZARD_HEADERS,
    *("指定避難所との重複", "想定収容人数", "対象となる町会・自治会", "URL", "画像", "画像_ライセンス", "備考"),
]
OLD = [
    *("NO", "名称", "名称_カナ", "住所", "方書", "緯度", "経度", "標高", "電話番号", "内線番号"),
    *("市区町村コード", "都道府県名", "市区町村名"),
    *HAZARD_HEADERS,
    *("指定避難所との重複", "想定収容人数", "対象となる町会・自治会", "URL", "備考"),
]
CODE = "112011"  # a real code: its last digit is the check digit


def new_row(number: int, **changes: str) -> dict[str, str]:
    row = {
        "全国地方公共団体コード": CODE,
        "ID": f"S{number:04d}",
        "名称": f"第{number}小学校",
        "名称_カナ": "ショウガッコウ",
        "所在地_都道府県": "埼玉県",
        "所在地_市区町村": "試験市",
        "所在地_町字": "中央二丁目",
        "所在地_番地以下": f"{number}番",
        "緯度": f"{36.05 + number / 100:.4f}",
        "経度": "139.5500",
        "電話番号": "048-000-0001",
        "市区町村コード": CODE,
        "地方公共団体名": "試験市",
        "災害種別_洪水": "1",
        "災害種別_地震": "1",
        "指定避難所との重複": "1",
        "想定収容人数": "300",
    }
    return {**row, **changes}


def old_row(number: int, **changes: str) -> dict[str, str]:
    row = {
        "NO": str(number),
        "名称": f"第{number}中学校",
        "住所": f"試験市南{number}-1",
        "緯度": f"{36.02 - number / 100:.4f}",
        "経度": "139.5600",
        "都道府県名": "埼玉県",
        "市区町村名": "試験市",
        "災害種別_大規模な火事": "1",
    }
    return {**row, **changes}


def write_csv(path: Path, header: list[str], rows: list[dict[str, str]], encoding: str = "utf-8-sig") -> Path:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(header)
    writer.writerows([row.get(column, "") for column in header] for row in rows)
    path.write_bytes(text.getvalue().encode(encoding))
    return path


def feature(name: str, longitude: float, latitude: float, **properties: object) -> dict[str, object]:
    return {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [longitude, latitude]},
        "properties": {"施設・場所名": name, "住所": "埼玉県試験市中央1", **properties},
    }


def write_geojson(path: Path, *features: dict[str, object]) -> Path:
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    return path


def shifted(rows: list[dict[str, str]]) -> list[dict[str, str]]:
    """The defect of a real prefecture's file: code, prefecture and city stand five columns too far left."""
    moved = {"内線番号": CODE, "連絡先メールアドレス": "埼玉県", "連絡先FormURL": "試験市"}
    return [{**row, **moved, "市区町村コード": "", "地方公共団体名": ""} for row in rows]


def told(report) -> str:
    return "\n".join(report_lines(report))


# ── What is read ─────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932"])
def test_the_new_headers_are_read_in_every_encoding(tmp_path, encoding):
    source = write_csv(tmp_path / "new.csv", NEW, [new_row(1), new_row(2)], encoding)

    report = read_places([source])

    assert [place.name for place in report.shelters] == ["第1小学校", "第2小学校"]
    first = report.shelters[0]
    assert (first.id, first.kana, first.address) == ("S0001", "ショウガッコウ", "埼玉県試験市中央二丁目1番")
    assert first.hazards == {"flood", "earthquake"}
    assert (first.shelter, first.capacity) == (True, 300)
    assert ("Shift_JIS" in report.sources[0].form) == (encoding == "cp932")


def test_the_old_headers_are_read_by_their_names(tmp_path):
    report = read_places([write_csv(tmp_path / "old.csv", OLD, [old_row(1, 方書="体育館", 備考="裏門から入る")])])

    (place,) = report.shelters
    assert (place.id, place.address, place.note) == ("1", "試験市南1-1 体育館", "裏門から入る")
    assert (place.hazards, place.shelter) == ({"fire"}, False)


def test_the_order_of_the_columns_does_not_matter(tmp_path):
    source = write_csv(tmp_path / "new.csv", [*reversed(NEW), "うちの市だけの列"], [new_row(1)])

    report = read_places([source])

    assert report.shelters[0].hazards == {"flood", "earthquake"}
    assert "知らない列（使いません）: うちの市だけの列" in told(report)


def test_geojson_of_both_kinds_becomes_one_place(tmp_path):
    emergency = write_geojson(
        tmp_path / "emergency.geojson",
        feature("中央小学校", 139.55, 36.05, 共通ID="E1120100001201", NO=1, 洪水="1", 地震="1", 津波=""),
        feature("中央公園", 139.56, 36.06, 共通ID="E1120100002201", NO=2, 大規模な火事="1", 備考="広場"),
    )
    evacuation = write_geojson(
        tmp_path / "evacuation.json",
        feature("中央　小学校", 139.5503, 36.0502, 共通ID="E1120100001111", NO=1, 指定緊急避難場所との住所同一="1"),
        feature(
            "福祉会館",
            139.57,
            36.07,
            共通ID="E1120100003121",
            NO=2,
            指定緊急避難場所との住所同一="",
            受入対象者="要配慮者",
        ),
    )

    report = read_places([emergency, evacuation])

    assert [(p.id, p.name, sorted(p.hazards), p.shelter) for p in report.shelters] == [
        ("E1120100001201", "中央小学校", ["earthquake", "flood"], True),
        ("E1120100002201", "中央公園", ["fire"], False),
        ("E1120100003121", "福祉会館", [], True),
    ]
    assert report.shelters[2].note == "入れる人：要配慮者"
    assert "前にある同じ場所と1つにまとめました: evacuation.json 1（1行）" in told(report)


def test_one_common_id_is_one_place_even_under_another_name(tmp_path):
    first = write_geojson(tmp_path / "a.json", feature("中央小", 139.55, 36.05, 共通ID="E1120100001201", 洪水="1"))
    second = write_geojson(
        tmp_path / "b.json", feature("中央小学校", 139.551, 36.05, 共通ID="E1120100001201", 洪水="1")
    )

    assert [place.name for place in read_places([first, second]).shelters] == ["中央小"]


def test_what_is_written_is_read_again_without_a_problem(tmp_path):
    source = write_csv(tmp_path / "new.csv", NEW, [new_row(1, 備考="=1+1\n二行目"), new_row(2, ID="")])
    text = io.StringIO()
    shelters = read_places([source]).shelters

    csv.writer(text).writerows(rows_of(shelters))

    assert read_shelters(PLACES_FILE, text.getvalue()) == (shelters, ())


# ── Columns that cannot be believed ──────────────────────────────────────────────────────────────────────────────────


def test_a_shifted_column_is_named_and_the_sound_ones_are_used(tmp_path):
    source = write_csv(tmp_path / "new.csv", NEW, shifted([new_row(n) for n in range(1, 6)]))

    report = read_places([source])

    said = told(report)
    assert "内線番号: ★列がずれているようです。5件のうち5件が、市区町村コードに見えます" in said
    assert "連絡先メールアドレス: ★列がずれているようです。5件のうち5件が、都道府県名に見えます（「埼玉県」）" in said
    assert "連絡先FormURL: ★列がずれているようです。5件のうち5件が、市区町村名に見えます（「試験市」）" in said
    assert len(report.shelters) == 5
    assert report.shelters[0].hazards == {"flood", "earthquake"}
    assert "見くらべてください" in said
    assert "第1小学校: 洪水、地震" in said


@pytest.mark.parametrize(
    ("changes", "header"),
    [
        ({"災害種別_洪水": "試験市"}, "災害種別_洪水"),
        ({"災害種別_地震": "300"}, "災害種別_地震"),
        ({"名称": CODE}, "名称"),
        ({"緯度": "中央二丁目"}, "緯度"),
        ({"経度": "1"}, "経度"),
        ({"緯度": ""}, "緯度"),
    ],
)
def test_nothing_is_imported_when_a_name_a_point_or_a_disaster_cannot_be_believed(tmp_path, changes, header):
    source = write_csv(tmp_path / "new.csv", NEW, [new_row(n, **changes) for n in range(1, 4)])

    report = read_places([source])

    assert report.shelters == ()
    assert f"「{header}」" in report.refusals[0]


def test_one_strange_mark_in_many_is_taken_as_no(tmp_path):
    rows = [new_row(n) for n in range(1, 21)]
    rows[4]["災害種別_洪水"] = "要確認"

    report = read_places([write_csv(tmp_path / "new.csv", NEW, rows)])

    assert report.shelters[4].hazards == {"earthquake"}
    assert "その災害には使えない所としました: new.csv 6（1行）" in told(report)


@pytest.mark.parametrize(
    ("header", "values"),
    [
        ("郵便番号", "048-000-0001"),
        ("電話番号", "彩野市中央一丁目"),
        ("URL", "info@example.jp"),
        ("備考", "1"),
        ("想定収容人数", "1"),
        ("名称_カナ", "試験市中央二丁目"),
    ],
)
def test_contents_of_another_kind_are_not_used(tmp_path, header, values):
    source = write_csv(tmp_path / "new.csv", NEW, [new_row(n, **{header: values}) for n in range(1, 4)])

    report = read_places([source])

    assert next(column for column in report.sources[0].columns if column.header == header).verdict == "shifted"
    assert all(
        (place.note, place.capacity) == ("", None if header == "想定収容人数" else 300) for place in report.shelters
    )


def test_real_phones_extensions_and_codes_are_believed(tmp_path):
    rows = [new_row(1, 内線番号="2231", 郵便番号="350-0001", 標高="12.5m", 連絡先メールアドレス="a@example.jp")]
    rows.append(new_row(2, 内線番号="内線31~33", 電話番号="０４８－０００－０００１", 全国地方公共団体コード="11201"))

    report = read_places([write_csv(tmp_path / "new.csv", NEW, rows)])

    assert {column.verdict for column in report.sources[0].columns} == {"fits", "empty"}


@pytest.mark.parametrize("code", ["111007", "112011", "112411", "110001", "170003"])
def test_a_municipality_s_code_ends_with_its_check_digit(code):
    assert is_code(code)
    assert not is_code(f"{code[:5]}{(int(code[5]) + 1) % 10}")


# ── Rows ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_exchanged_coordinates_are_put_right_and_said(tmp_path):
    rows = [new_row(1, 緯度="139.55", 経度="36.05"), new_row(2)]

    report = read_places([write_csv(tmp_path / "new.csv", NEW, rows)])

    assert (report.shelters[0].latitude, report.shelters[0].longitude) == (36.05, 139.55)
    assert "緯度と経度が逆だったので、入れかえました: new.csv 2（1行）" in told(report)


def test_a_whole_column_exchanged_is_put_right_too(tmp_path):
    rows = [new_row(n, 緯度="139.55", 経度=f"{36 + n / 10}") for n in range(1, 5)]

    report = read_places([write_csv(tmp_path / "new.csv", NEW, rows)])

    assert [place.latitude for place in report.shelters] == [36.1, 36.2, 36.3, 36.4]
    assert "緯度: ★緯度と経度が逆のようです（4件）" in told(report)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"緯度": "0", "経度": "0"}, "日本の中ではありません"),
        ({"緯度": "51.5", "経度": "-0.12"}, "日本の中ではありません"),
        ({"緯度": "36度3分"}, "度（10進数）ではありません"),
        ({"経度": ""}, "緯度・経度がない"),
        ({"名称": "　"}, "名称がありません"),
    ],
)
def test_a_row_that_cannot_be_used_is_skipped_with_its_reason(tmp_path, changes, reason):
    rows = [new_row(1), new_row(2), new_row(3, **changes), new_row(4)]

    report = read_places([write_csv(tmp_path / "new.csv", NEW, rows)])

    assert [place.id for place in report.shelters] == ["S0001", "S0002", "S0004"]
    (note,) = report.skipped
    assert note.row == 4
    assert reason in note.reason


def test_a_comma_too_many_skips_the_row_though_the_marks_look_sound(tmp_path):
    source = write_csv(tmp_path / "new.csv", NEW, [new_row(1), new_row(2), new_row(3)])
    source.write_bytes(source.read_bytes().replace(b"36.0700,139.5500,", b"36.0700,139.5500,,"))

    report = read_places([source])

    assert [place.id for place in report.shelters] == ["S0001", "S0003"]
    assert [(note.row, "列が多い" in note.reason) for note in report.skipped] == [(3, True)]


def test_empty_cells_at_the_end_of_every_row_do_no_harm(tmp_path):
    source = write_csv(tmp_path / "new.csv", NEW, [new_row(1), new_row(2)])
    header, _, rows = source.read_bytes().partition(b"\r\n")
    source.write_bytes(header + b"\r\n" + rows.replace(b"\r\n", b",,\r\n"))

    report = read_places([source])

    assert [place.id for place in report.shelters] == ["S0001", "S0002"]
    assert report.skipped == ()


def test_rows_that_end_early_are_read(tmp_path):
    source = write_csv(tmp_path / "new.csv", NEW, [new_row(1), new_row(2)])
    source.write_bytes(source.read_bytes().replace(b",300,,,,,,\r\n", b",300\r\n"))

    assert [place.capacity for place in read_places([source]).shelters] == [300, 300]


def test_full_width_digits_are_read(tmp_path):
    rows = [
        new_row(1, 緯度="３６．０５", 経度="１３９．５５", 想定収容人数="約１，２００人（1人2㎡）", 災害種別_津波="１")
    ]
    rows[0]["所在地_番地以下"] = "１２番３－４"

    (place,) = read_places([write_csv(tmp_path / "new.csv", NEW, rows)]).shelters

    assert (place.latitude, place.longitude, place.capacity) == (36.05, 139.55, 1200)
    assert place.address == "埼玉県試験市中央二丁目12番3-4"
    assert "tsunami" in place.hazards


def test_an_empty_id_is_made_and_stays_the_same_next_time(tmp_path):
    source = write_csv(tmp_path / "new.csv", NEW, [new_row(1, ID=""), new_row(2, ID="")])

    first, again = read_places([source]), read_places([source])

    assert first.shelters == again.shelters
    assert len({place.id for place in first.shelters}) == 2
    assert "IDがないので、名称と位置から作りました: new.csv 2、3（2行）" in told(first)


def test_an_id_given_twice_to_different_places_is_made_new(tmp_path):
    report = read_places([write_csv(tmp_path / "new.csv", NEW, [new_row(1), new_row(2, ID="S0001")])])

    assert len({place.id for place in report.shelters}) == 2
    assert "IDがほかの場所と同じ" in told(report)


def test_a_row_given_twice_is_one_place(tmp_path):
    report = read_places([write_csv(tmp_path / "new.csv", NEW, [new_row(1), new_row(1)])])

    assert len(report.shelters) == 1
    assert "1つにまとめました: new.csv 3（1行）" in told(report)


def test_where_two_rows_contradict_each_other_the_place_is_not_called_safe(tmp_path):
    rows = [new_row(1), new_row(1, 災害種別_洪水="", 災害種別_高潮="1")]

    report = read_places([write_csv(tmp_path / "new.csv", NEW, rows)])

    assert report.shelters[0].hazards == {"earthquake"}
    assert "どちらの行でも使える災害だけ" in told(report)


def test_the_same_name_elsewhere_is_another_place(tmp_path):
    rows = [new_row(1, 名称="あすなろ公園"), new_row(2, 名称="あすなろ公園")]

    assert len(read_places([write_csv(tmp_path / "new.csv", NEW, rows)]).shelters) == 2


def test_a_mark_for_nothing_is_no_word(tmp_path):
    (place,) = read_places([write_csv(tmp_path / "new.csv", NEW, [new_row(1, 備考="－", 災害種別_高潮="－")])]).shelters

    assert place.note == ""
    assert "storm_surge" not in place.hazards


def test_a_point_far_from_all_others_is_shown_to_people(tmp_path):
    rows = [new_row(n) for n in range(1, 8)] + [new_row(9, 緯度="38.05")]

    report = read_places([write_csv(tmp_path / "new.csv", NEW, rows)])

    assert "「第9小学校」だけ、ほかの場所から遠く離れています" in told(report)
    assert len(report.shelters) == 8


def test_many_places_at_one_point_are_shown_to_people(tmp_path):
    report = read_places([write_csv(tmp_path / "new.csv", NEW, [new_row(n, 緯度="36.05") for n in range(1, 5)])])

    assert "4か所がまったく同じ位置です" in told(report)


# ── Files that are no list ───────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("x.pdf", b"%PDF", "CSV"),
        ("x.json", b"{", "JSON として"),
        ("x.json", b'{"type": "Point"}', "FeatureCollection"),
        ("x.csv", b"", "見出しがありません"),
        ("x.csv", "名称,緯度".encode("utf-16"), "文字コード"),
    ],
)
def test_a_file_that_is_no_table_is_refused_in_words(tmp_path, name, content, says):
    (tmp_path / name).write_bytes(content)

    with pytest.raises(PlacesError, match=says):
        read_places([tmp_path / name])


def test_hostile_geojson_is_read_as_far_as_it_can_be(tmp_path):
    source = tmp_path / "odd.json"
    odd = [None, 1, {}, {"geometry": {"type": "Polygon"}}, {"geometry": {"type": "Point", "coordinates": [None, {}]}}]
    sound = [feature(f"場所{n}", 139.5, 36.0 + n / 10, 洪水=True) for n in range(9)]
    source.write_text(json.dumps({"type": "FeatureCollection", "features": [*odd, *sound]}), encoding="utf-8")

    report = read_places([source])

    assert len(report.shelters) == 9
    assert [note.row for note in report.skipped] == [1, 2, 3, 4, 5]


@pytest.mark.parametrize(
    ("header", "rows", "says"),
    [
        (OLD, [], "場所の行がありません"),
        ([column for column in OLD if not column.startswith("災害")], [old_row(1)], "避難場所の一覧ではない"),
        ([*OLD, "名称"], [old_row(1)], "2つあります"),
    ],
    ids=["empty", "another list", "twice"],
)
def test_a_table_of_something_else_is_refused(tmp_path, header, rows, says):
    assert says in read_places([write_csv(tmp_path / "x.csv", header, rows)]).refusals[0]


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
