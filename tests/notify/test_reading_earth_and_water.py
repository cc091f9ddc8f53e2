"""Earthquakes, tsunami and rivers."""

from __future__ import annotations

import pytest

from notify.telegrams.read import read_telegram
from notify.telegrams.records import Item
from tests.notify.telegram_builders import (
    KAWAGOE,
    KOSHIGAYA,
    information,
    kind_xml,
    quake,
    quick_quake,
    river,
    telegram,
    tsunami,
)

BAY = ("東京湾内湾", "312")


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ("1", "震度1"),
        ("4 ", "震度4"),
        ("5-", "震度5弱"),
        ("5+", "震度5強"),
        ("6-", "震度6弱"),
        (" 6+\n", "震度6強"),
        ("7", "震度7"),
        ("震度５弱以上未入電", "震度５弱以上未入電"),
    ],
)
def test_a_city_has_the_strongest_shaking_in_words(said, kind):
    notice = quake([(KOSHIGAYA, f"<MaxInt>{said}</MaxInt>")])

    assert notice.items == (Item("越谷市", "1122200", kind, None, "発表"),)
    assert notice.warnings == ()


def test_a_silent_station_is_told_beside_what_was_measured():
    silent = "<Condition>震度５弱以上未入電</Condition>"

    notice = quake([(KOSHIGAYA, silent), (KAWAGOE, f"<MaxInt>4</MaxInt>{silent}")])

    assert [(item.area, item.kind) for item in notice.items] == [
        ("越谷市", "震度５弱以上未入電"),
        ("川越市", "震度4"),
        ("川越市", "震度５弱以上未入電"),
    ]


def test_an_unknown_intensity_is_shown_and_reported():
    notice = quake([(KOSHIGAYA, "<MaxInt>8</MaxInt>")])

    assert notice.items[0].kind == "8"
    assert notice.warnings == ("知らない震度です（8）",)


def test_the_quick_report_speaks_of_wider_areas():
    notice = quick_quake([(("埼玉県南部", "431"), "5-")])

    assert notice.data_type == "VXSE51"
    assert notice.items == (Item("埼玉県南部", "431", "震度5弱", None, "発表"),)


def test_an_earthquake_abroad_shakes_no_city_here():
    notice = quake(title="遠地地震に関する情報")

    assert notice.understood
    assert notice.items == ()


def test_the_early_warning_names_the_warned_areas_and_which_of_them_are_new():
    kind = kind_xml(("緊急地震速報（警報）", "31", ""), "Condition")
    items = "".join(
        f"<Item><Kind>{kind}</Kind><LastKind><Code>{before}</Code></LastKind>"
        f"<Areas><Area><Name>{name}</Name><Code>{code}</Code></Area></Areas></Item>"
        for before, name, code in (("31", "埼玉県南部", "431"), ("00", "東京都２３区", "350"))
    )
    layers = f'<Information type="緊急地震速報（細分区域）">{items}</Information>'
    layers += information("緊急地震速報（府県予報区）", [(kind, [("埼玉", "9110")])])

    notice = read_telegram(telegram("緊急地震速報（警報）", information=layers, body_namespace="seismology1"))

    assert [(item.area, item.kind, item.status) for item in notice.items] == [
        ("埼玉県南部", "緊急地震速報（警報）", "継続"),
        ("東京都２３区", "緊急地震速報（警報）", "発表"),
    ]


@pytest.mark.parametrize(
    ("now", "before", "kind", "status", "active"),
    [
        (("大津波警報：発表", "53"), ("津波なし", "00"), "大津波警報", "発表", True),
        (("大津波警報", "52"), ("大津波警報：発表", "53"), "大津波警報", "継続", True),
        (("津波警報", "51"), ("大津波警報", "52"), "津波警報", "大津波警報から津波警報", True),
        (("津波警報", "51"), ("津波注意報", "62"), "津波警報", "発表", True),
        (("津波注意報", "62"), ("津波警報", "51"), "津波注意報", "津波警報から津波注意報", True),
        (("津波注意報", "62"), None, "津波注意報", "発表", True),
        (("津波予報（若干の海面変動）", "72"), None, "津波予報（若干の海面変動）", "発表", True),
        (("津波警報解除", "50"), ("津波警報", "51"), "津波警報解除", "解除", False),
        (("津波注意報解除", "60"), ("津波注意報", "62"), "津波注意報解除", "解除", False),
        (("津波なし", "00"), None, "津波なし", "なし", False),
    ],
)
def test_a_tsunami_area_has_its_category_by_code(now, before, kind, status, active):
    notice = tsunami([(BAY, now, before)])

    assert notice.items == (Item("東京湾内湾", "312", kind, None, status),)
    assert notice.items[0].active is active


def test_an_unknown_tsunami_code_keeps_its_name_and_is_reported():
    notice = tsunami([(BAY, ("新しい警報", "99"), None)])

    assert notice.items[0].kind == "新しい警報"
    assert "99" in notice.warnings[0]


@pytest.mark.parametrize(
    ("kind", "level", "status"),
    [
        (("レベル２氾濫注意報", "20", "レベル２氾濫注意報（発表）"), 2, "発表"),
        (("氾濫注意情報", "20", "洪水注意報（発表）"), 2, "発表"),
        (("レベル２氾濫注意報", "21", "レベル２氾濫注意報（継続）"), 2, "継続"),
        (("レベル３氾濫警報", "30", "レベル３氾濫警報（発表）"), 3, "発表"),
        (("氾濫危険情報", "40", "洪水警報（継続）"), 4, "継続"),
        (("氾濫危険情報", "41", ""), 4, "発表"),
        (("氾濫発生情報", "53", "洪水警報（継続）"), 5, "継続"),
        (("レベル２氾濫注意報解除", "10", "レベル２氾濫注意報解除"), None, "解除"),
    ],
)
def test_a_river_tells_its_own_area_and_the_towns_it_may_reach(kind, level, status):
    notice = river(kind, [KOSHIGAYA, KAWAGOE, KOSHIGAYA, ("不明", "-")])

    assert notice.items == tuple(
        Item(area, code, kind[0], level, status) for area, code in (("元荒川", "830303020300"), KOSHIGAYA, KAWAGOE)
    )
    assert notice.warnings == ()


def test_a_river_code_of_the_future_is_not_taken_for_harmless():
    notice = river(("レベル５氾濫特別警報", "51", "レベル５氾濫特別警報（発表）"), [KOSHIGAYA])

    assert [item.level for item in notice.items] == [5, 5]
    assert "51" in notice.warnings[0]


def test_a_river_telegram_without_its_river_says_so():
    notice = read_telegram(telegram("指定河川洪水予報"))

    assert notice.items == ()
    assert notice.warnings == ("見出しに河川の予報区域がありません",)
