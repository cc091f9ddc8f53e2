"""Rows of a list of places: what is put right and said, what is skipped with its reason, what is shown to people."""

from __future__ import annotations

import pytest

from faq.place_import import read_places
from tests.faq.place_builders import NEW, new_row, told, write_csv

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
