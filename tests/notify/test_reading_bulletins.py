"""Bulletins, the envelope, and telling the types apart."""

from __future__ import annotations

import pytest

from notify.telegrams.data_types import data_type_of
from notify.telegrams.read import read_telegram
from notify.telegrams.records import Item, TelegramError, as_record
from tests.notify.telegram_builders import (
    KAWAGOE,
    KOSHIGAYA,
    bulletin,
    information,
    kind_xml,
    telegram,
    weather_xml,
)

SOUTH = ("南部", "110010")


def said(name: str, code: str = "1", condition: str = "発表") -> str:
    return kind_xml((name, code, condition), "Condition")


def test_the_tag_of_a_bulletin_is_its_kind_and_several_tags_are_several_items():
    tags = "<Name>情報タグ</Name><Condition>記録雨 線状降水帯直前</Condition>"
    number = "<Name>台風番号</Name><Condition>T2613</Condition>"

    notice = bulletin("府県気象防災速報", information("情報タグ", [(tags, [SOUTH]), (number, [SOUTH])]))

    assert notice.items == (
        Item("南部", "110010", "記録雨", None, "発表"),
        Item("南部", "110010", "線状降水帯直前", None, "発表"),
    )


def test_the_finest_areas_of_a_headline_are_read():
    layers = "".join(
        information(f"竜巻注意情報（{layer}）", [(said("竜巻注意情報"), areas)])
        for layer, areas in (
            ("発表細分", [("埼玉県", "110000")]),
            ("一次細分区域等", [SOUTH]),
            ("市町村等をまとめた地域等", [("南東部", "110012")]),
            ("市町村等", [KOSHIGAYA, KAWAGOE]),
        )
    )

    notice = bulletin("竜巻注意情報", layers)

    assert [item.area for item in notice.items] == ["越谷市", "川越市"]
    assert notice.scope == "110000"


def test_a_headline_with_wide_areas_alone_is_read_too():
    notice = bulletin(
        "記録的短時間大雨情報", information("記録的短時間大雨情報（発表細分）", [(said("記録雨"), [SOUTH])])
    )

    assert [item.area_code for item in notice.items] == ["110010"]


@pytest.mark.parametrize(
    ("kind", "title", "level", "warned"),
    [
        (said("警戒", "3", "発表"), "埼玉県レベル４土砂災害危険警報", 4, False),
        (said("警戒", "3", "継続"), "埼玉県土砂災害警戒情報", 4, False),
        (said("警戒", "3", "発表"), "埼玉県レベル３土砂災害警報", 4, True),
        (said("解除", "1", "解除"), "埼玉県レベル４土砂災害危険警報", None, False),
    ],
)
def test_landslide_alerts_are_level_four_whatever_their_code_looks_like(kind, title, level, warned):
    notice = bulletin("土砂災害警戒情報", information("土砂災害警戒情報", [(kind, [KOSHIGAYA])]), title=title)

    assert notice.items[0].level == level
    assert bool(notice.warnings) is warned


def test_a_volcano_has_a_scale_of_its_own_and_never_our_level():
    layers = information(
        "噴火警報・予報（対象火山）", [(said("レベル５（避難）", "15", "引上げ"), [("浅間山", "306")])]
    )

    notice = bulletin("噴火警報・予報", layers, event_id="306")

    assert notice.items == (Item("浅間山", "306", "レベル５（避難）", None, "引上げ"),)
    assert notice.warnings == ()


def test_a_bulletin_without_areas_is_understood_all_the_same():
    notice = bulletin("南海トラフ地震臨時情報", "", headline="調査を開始しました。")

    assert notice.understood
    assert notice.items == ()
    assert notice.envelope.headline == "調査を開始しました。"


def test_the_line_that_is_printed():
    xml = telegram(
        "震源・震度に関する情報",
        status="訓練",
        info_type="訂正",
        event_id="20260701095500",
        serial="2",
        title="震源・震度情報",
        headline="\n訓練です。\n",
        body_namespace="seismology1",
    )

    assert as_record("a.xml", read_telegram(xml, "a.xml")) == {
        "file": "a.xml",
        "data_type": "VXSE53",
        "status": "訓練",
        "info_type": "訂正",
        "event_id": "20260701095500",
        "serial": 2,
        "report_time": "2026-07-01T10:00:00+09:00",
        "title": "震源・震度情報",
        "headline": "訓練です。",
        "understood": True,
        "items": [],
        "warnings": [],
    }


def test_a_withdrawal_has_no_items():
    xml = weather_xml(rows=[(KOSHIGAYA, [("レベル２大雨注意報", "10", "発表")])], info_type="取消")

    notice = read_telegram(xml)

    assert notice.envelope.info_type == "取消"
    assert notice.items == ()
    assert notice.understood


def test_an_unknown_type_keeps_its_envelope():
    notice = read_telegram(telegram("季節観測", event_id="X1"), "20260701010000_0_VGSK50_130000.xml")

    assert notice.data_type == "VGSK50"
    assert not notice.understood
    assert notice.items == ()
    assert notice.envelope.event_id == "X1"


def test_a_file_name_at_odds_with_the_title_is_not_believed():
    xml = weather_xml(rows=[(KOSHIGAYA, [("レベル２大雨注意報", "10", "発表")])])

    notice = read_telegram(xml, "20260701010000_0_VXSE53_010000.xml")

    assert not notice.understood
    assert notice.items == ()
    assert "VXSE53" in notice.warnings[0]


@pytest.mark.parametrize(
    ("file_name", "title", "data_type"),
    [
        ("20260528120000_0_VPWW55_010000.xml", "", "VPWW55"),
        ("15_16_02_250630_VPWW57.xml", "", "VPWW57"),
        ("20260730_0_VXKO54_110000.xml", "指定河川洪水予報", "VXKO54"),
        ("vptw60_typhoon.xml", "台風解析・予報情報（５日予報）（Ｈ３０）", "VPTW60"),
        ("16_01_01_220728_VXKOii.xml", "指定河川洪水予報", "VXKO"),
        ("case01.xml", "震度速報", "VXSE51"),
        ("case01_TEST02.xml", "震度速報", "VXSE51"),
        ("a_VGSK50_b.xml", "季節観測", "VGSK50"),
        ("telegram.xml", "気象警報・注意報（Ｒ０６）（土砂）", "VPWW56"),
        ("case01.xml", "知らない表題", None),
    ],
)
def test_the_type_comes_from_the_name_or_else_from_the_title(file_name, title, data_type):
    assert data_type_of(file_name, title) == data_type


@pytest.mark.parametrize(
    ("head", "named"),
    [
        ({"status": "本番"}, "Status"),
        ({"status": ""}, "Status"),
        ({"info_type": "遅延"}, "InfoType"),
        ({"report_time": ""}, "ReportDateTime"),
        ({"report_time": "きのう"}, "ReportDateTime"),
        ({"report_time": "2026-07-01T10:00:00"}, "ReportDateTime"),
    ],
)
def test_an_envelope_that_does_not_say_whether_it_is_real_or_when_is_refused(head, named):
    with pytest.raises(TelegramError, match=named):
        read_telegram(telegram("震度速報", **head))


@pytest.mark.parametrize("serial", ["", "一", "-1", "9" * 5000])
def test_a_serial_that_is_no_number_counts_as_none(serial):
    assert read_telegram(telegram("震度速報", serial=serial)).envelope.serial == 0
