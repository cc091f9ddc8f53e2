"""Published lists of places → the city's own: both header generations, GeoJSON, and every defect seen in real files."""

from __future__ import annotations

import csv
import io
import json

import pytest

from faq.content import PLACES_FILE
from faq.place_columns import is_code
from faq.place_import import PlacesError, read_places
from faq.places import read_shelters, rows_of
from tests.faq.place_builders import CODE, NEW, OLD, feature, new_row, old_row, told, write_csv, write_geojson


def shifted(rows: list[dict[str, str]]) -> list[dict[str, str]]:
    """The defect of a real prefecture's file: code, prefecture and city stand five columns too far left."""
    moved = {"内線番号": CODE, "連絡先メールアドレス": "埼玉県", "連絡先FormURL": "試験市"}
    return [{**row, **moved, "市区町村コード": "", "地方公共団体名": ""} for row in rows]


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
