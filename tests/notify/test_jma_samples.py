"""The 気象庁's own telegrams, where their folder lies beside the project: all are read, and these word by word.

出典：気象庁ホームページ
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from notify.telegrams.read import read_telegram
from notify.telegrams.records import Circle, Item, Notice

SAMPLES = Path(__file__).parents[2] / ".." / "shared" / "data" / "jma"
NOTHING = "発表警報・注意報はなし"
KOSHIGAYA = Item("越谷市", "1122200", "竜巻注意情報", None, "発表")

pytestmark = pytest.mark.skipif(not SAMPLES.is_dir(), reason="気象庁の電文の見本（shared/data/jma）がありません")


def sample(name: str) -> Notice:
    path = SAMPLES / name
    return read_telegram(path.read_bytes(), path.name)


def test_every_sample_is_understood_without_a_doubt():
    paths = sorted(SAMPLES.glob("*/*.xml"))
    assert len(paths) >= 60

    notices = {path.name: read_telegram(path.read_bytes(), path.name) for path in paths}

    assert {name: notice.warnings for name, notice in notices.items() if notice.warnings} == {}
    assert [name for name, notice in notices.items() if not notice.understood] == []
    assert Counter(notice.envelope.status for notice in notices.values())["訓練"] == 4
    withdrawn = {name for name, notice in notices.items() if notice.envelope.info_type == "取消"}
    assert withdrawn == {
        "32-35_06_06_100915_VXSE53.xml",
        "32-35_10_01_220510_VXSE51.xml",
        "32-39_05_12_100915_VXSE53.xml",
        "38-39_03_01_210805_VTSE41.xml",
    }


def test_a_typhoon_has_the_winds_of_its_telegram():
    live, hourly = sample("live_2026/vptw60_typhoon.xml"), sample("official_samples/10_04_07_170916_VPTW60.xml")

    assert [(item.kind, item.area, item.status) for item in live.items][::6] == [
        ("台風第13号", "南鳥島近海", "実況"),
        ("台風第13号", "日本の南", "予報　１２０時間後"),
    ]
    assert live.circles[0] == Circle("暴風域", 20.2, 158.3, 150.0, 0)
    assert [(circle.kind, circle.hours) for circle in live.circles] == [
        ("暴風域", 0),
        ("強風域", 0),
        *(("暴風警戒域", hours) for hours in (12, 24, 48, 72, 96, 120)),
    ]
    # 200 km to the north-east and 130 to the south-west: a circle of 165 km, 35 km to the north-east.
    assert hourly.circles[0] == Circle("暴風域", 29.423, 127.355, 165.0, 0)
    assert {circle.hours for circle in hourly.circles} == {0, 1}


def test_every_sample_says_the_same_without_its_file_name():
    for path in sorted(SAMPLES.glob("*/*.xml")):
        named, bare = read_telegram(path.read_bytes(), path.name), read_telegram(path.read_bytes())

        assert (bare.items, bare.understood) == (named.items, named.understood), path.name


def river_items(*places: tuple[str, str], kind: str, level: int | None, status: str) -> tuple[Item, ...]:
    return tuple(Item(area, code, kind, level, status) for area, code in places)


# What is not 「なし」 in each file, read by a person from the XML.
@pytest.mark.parametrize(
    ("name", "data_type", "items"),
    [
        (
            "live_2026/vpww55_heavy-rain_lv2.xml",
            "VPWW55",
            (Item("美幌町", "0154300", "レベル２大雨注意報", 2, "発表"),),
        ),
        (
            "live_2026/vpww56_landslide_lv2.xml",
            "VPWW56",
            (Item("村上市", "1521200", "レベル２土砂災害注意報", 2, "発表"),),
        ),
        (
            "live_2026/vpww57_storm-surge_cancellation.xml",
            "VPWW57",
            (Item("南城市", "4721500", "レベル２高潮注意報", 2, "解除"),),
        ),
        (
            "official_samples/15_16_02_250630_VPWW57.xml",
            "VPWW57",
            (
                Item("舞鶴市", "2620200", "レベル４高潮危険警報", 4, "発表"),
                Item("宮津市", "2620500", "レベル４高潮危険警報", 4, "発表"),
                Item("京丹後市", "2621200", "レベル３高潮警報", 3, "継続"),
                Item("伊根町", "2646300", "レベル３高潮警報", 3, "継続"),
                Item("与謝野町", "2646500", "レベル４高潮危険警報", 4, "発表"),
            ),
        ),
        (
            "live_2026/vxko_flood_lv3.xml",
            "VXKO",
            river_items(
                ("太平川", "820209000400"), ("秋田市", "0520100"), kind="レベル３氾濫警報", level=3, status="発表"
            ),
        ),
        (
            "live_2026/vxko_flood_cancellation.xml",
            "VXKO",
            river_items(
                ("太平川", "820209000400"),
                ("秋田市", "0520100"),
                kind="レベル２氾濫注意報解除",
                level=None,
                status="解除",
            ),
        ),
        (
            "live_2026/vxko_flood_lv2.xml",
            "VXKO",
            river_items(
                ("鮭川", "820211007300"),
                ("金山町", "0636100"),
                ("真室川町", "0636400"),
                ("鮭川村", "0636600"),
                ("新庄市", "0620500"),
                ("戸沢村", "0636700"),
                kind="レベル２氾濫注意報",
                level=2,
                status="発表",
            ),
        ),
        (
            "official_samples/91_01_01_241031_VXSUii.xml",
            "VXSU",
            river_items(
                ("善川", "8201813100"),
                ("黒川郡大和町", "0442100"),
                ("黒川郡大衡村", "0442400"),
                kind="レベル２氾濫注意報",
                level=2,
                status="発表",
            ),
        ),
        (
            "live_2026/vxww50_landslide-alert.xml",
            "VXWW50",
            (
                Item("西和賀町", "0336600", "警戒", 4, "発表"),
                Item("北上市", "0320600", "警戒", 4, "継続"),
                Item("金ケ崎町", "0338100", "警戒", 4, "継続"),
            ),
        ),
        (
            "official_samples/17_04_03_250630_VXWW50.xml",
            "VXWW50",
            tuple(
                Item(area, code, "解除", None, "解除")
                for area, code in (
                    ("小田原市", "1420600"),
                    ("箱根町", "1438200"),
                    ("真鶴町", "1438300"),
                    ("湯河原町", "1438400"),
                )
            ),
        ),
        (
            "live_2026/vpbs50_linear-rainband_imminent.xml",
            "VPBS50",
            (Item("伊豆諸島南部", "130030", "線状降水帯直前", None, "発表"),),
        ),
        (
            "live_2026/vpbs50_record-rain.xml",
            "VPBS50",
            (Item("南部", "200030", "記録雨", None, "発表"),),
        ),
        (
            "official_samples/18_03_01_190412_VPOA50.xml",
            "VPOA50",
            (
                Item("石狩地方", "016010", "記録的短時間大雨情報", None, "発表"),
                Item("後志地方", "016030", "記録的短時間大雨情報", None, "発表"),
            ),
        ),
        (
            "live_p2pquake/20210217140808_0_VXSE51_010000.xml",
            "VXSE51",
            (Item("宮城県中部", "222", "震度3", None, "発表"), Item("福島県浜通り", "251", "震度3", None, "発表")),
        ),
        (
            "live_p2pquake/20240116184225_02245216_VXSE43.xml",
            "VXSE43",
            (
                Item("石川県能登", "390", "緊急地震速報（警報）", None, "発表"),
                Item("石川県加賀", "391", "緊急地震速報（警報）", None, "発表"),
            ),
        ),
        (
            "official_samples/32-39_13_07_250206_VTSE41.xml",
            "VTSE41",
            tuple(
                Item(area, code, "津波注意報解除", None, "解除")
                for area, code in (
                    ("千葉県内房", "311"),
                    ("東京湾内湾", "312"),
                    ("伊豆諸島", "320"),
                    ("相模湾・三浦半島", "330"),
                    ("静岡県", "380"),
                )
            ),
        ),
        ("official_samples/32-35_01_03_100514_VXSE53.xml", "VXSE53", ()),
        ("official_samples/74_01_01_200512_VYSE50.xml", "VYSE50", ()),
    ],
)
def test_a_sample_says_exactly_this(name, data_type, items):
    notice = sample(name)

    assert notice.data_type == data_type
    assert tuple(item for item in notice.items if item.kind is not None) == items


# Single lines of long files: how many there are, and some of them.
@pytest.mark.parametrize(
    ("name", "count", "some"),
    [
        ("official_samples/19_08_03_250630_VPHW50.xml", 58, [KOSHIGAYA]),
        (
            "official_samples/15_17_01_250630_VPWW55.xml",
            19,
            [Item("隠岐の島町", "3252800", "レベル２大雨注意報", 2, "解除")],
        ),
        (
            "official_samples/15_17_01_250630_VPWW56.xml",
            19,
            [
                Item("雲南市", "3220900", "レベル４土砂災害危険警報", 4, "発表"),
                Item("吉賀町", "3250500", "レベル４土砂災害危険警報", 4, "継続"),
            ],
        ),
        (
            "official_samples/15_16_04_250630_VPWW58.xml",
            10,
            [Item("稚内市", "0121400", "暴風警報", None, "発表"), Item("猿払村", "0151100", "暴風警報", None, "継続")],
        ),
        (
            "live_2026/vpww61_thunder-fog.xml",
            104,
            [
                Item("札幌市", "0110000", "雷注意報", None, "発表"),
                Item("札幌市", "0110000", "濃霧注意報", None, "発表"),
            ],
        ),
        (
            "official_samples/15_17_01_250123_VPWW54.xml",
            71,
            [Item("松江市", "3220100", "大雨警報", 3, "継続"), Item("松江市", "3220100", "波浪注意報", None, "継続")],
        ),
        (
            "official_samples/15_08_01_130412_VPWW53.xml",
            160,
            [Item("奈良市", "2920100", "洪水注意報", None, "継続")],
        ),
        (
            "official_samples/32-35_06_03_240613_VXSE53.xml",
            621,
            [
                Item("奥州市", "0321500", "震度6強", None, "発表"),
                Item("遠野市", "0320800", "震度5弱", None, "発表"),
                Item("金ケ崎町", "0338100", "震度５弱以上未入電", None, "発表"),
                Item("大蔵村", "0636500", "震度4", None, "発表"),
                Item("大蔵村", "0636500", "震度５弱以上未入電", None, "発表"),
            ],
        ),
        (
            "live_p2pquake/20210217140958_0_VXSE53_010000.xml",
            100,
            [Item("石巻市", "0420200", "震度3", None, "発表"), Item("双葉町", "0754600", "震度3", None, "発表")],
        ),
        (
            "official_samples/32-35_01_01_100806_VXSE51.xml",
            37,
            [Item("静岡県中部", "442", "震度6弱", None, "発表"), Item("静岡県伊豆", "440", "震度5強", None, "発表")],
        ),
        (
            "official_samples/32-39_11_02_250206_VTSE41.xml",
            43,
            [Item("岩手県", "210", "大津波警報", None, "発表"), Item("茨城県", "300", "津波警報", None, "発表")],
        ),
        (
            "live_p2pquake/20231009075134_09107320_VTSE41.xml",
            15,
            [
                Item("千葉県内房", "311", "津波注意報", None, "発表"),
                Item("高知県", "610", "津波注意報", None, "継続"),
            ],
        ),
        (
            "official_samples/45_01_01_200522_VFVO50.xml",
            9,
            [
                Item("浅間山", "306", "レベル３（入山規制）", None, "引上げ"),
                Item("長野県軽井沢町", "2032100", "火口周辺警報", None, "発表"),
            ],
        ),
    ],
)
def test_a_long_sample_has_these_among_its_items(name, count, some):
    notice = sample(name)

    assert len(notice.items) == count
    assert [item for item in some if item not in notice.items] == []


def test_the_envelope_of_a_live_telegram():
    notice = sample("live_2026/vxww50_landslide-alert.xml")
    envelope = notice.envelope

    assert (envelope.status, envelope.info_type, envelope.event_id) == ("通常", "発表", "岩手県土砂災害警戒情報")
    assert (envelope.serial, envelope.title) == (2, "岩手県レベル４土砂災害危険警報")
    assert envelope.report_time.isoformat() == "2026-08-01T07:53:00+09:00"


def test_what_is_clear_is_told_for_every_other_municipality():
    notice = sample("live_2026/vpww55_heavy-rain_lv2.xml")

    assert Counter(item.status for item in notice.items) == {NOTHING: 18, "発表": 1}
    assert Item("網走市", "0121100", None, None, NOTHING) in notice.items
