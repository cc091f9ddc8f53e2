"""気象警報・注意報: the municipalities' layer, the levels of the table, and a warning where the name says otherwise."""

from __future__ import annotations

import pytest

from notify.telegrams.read import read_telegram
from notify.telegrams.records import Item
from tests.notify.telegram_builders import KAWAGOE, KOSHIGAYA, NOTHING, telegram, weather, weather_xml


def one(name: str | None, code: str | None, status: str = "発表", data_type: str = "VPWW55") -> Item:
    return weather(data_type, [(KOSHIGAYA, [(name, code, status)])]).items[0]


def test_only_the_municipalities_are_read_and_not_the_prefecture_that_repeats_the_worst():
    notice = weather(rows=[(KOSHIGAYA, [("レベル２大雨注意報", "10", "発表")]), (KAWAGOE, [(None, None, NOTHING)])])

    assert notice.items == (
        Item("越谷市", "1122200", "レベル２大雨注意報", 2, "発表"),
        Item("川越市", "1120100", None, None, NOTHING),
    )
    assert notice.scope == "110000"
    assert notice.understood
    assert notice.warnings == ()


@pytest.mark.parametrize(
    ("name", "code", "level"),
    [
        ("レベル５大雨特別警報", "33", 5),
        ("レベル５高潮特別警報", "38", 5),
        ("レベル５土砂災害特別警報", "39", 5),
        ("レベル４大雨危険警報", "43", 4),
        ("レベル４高潮危険警報", "48", 4),
        ("レベル４土砂災害危険警報", "49", 4),
        ("レベル３大雨警報", "03", 3),
        ("レベル３高潮警報", "08", 3),
        ("レベル３土砂災害警報", "09", 3),
        ("レベル２大雨注意報", "10", 2),
        ("レベル２高潮注意報", "19", 2),
        ("レベル２土砂災害注意報", "29", 2),
        ("暴風特別警報", "35", None),
        ("暴風雪特別警報", "32", None),
        ("波浪警報", "07", None),
        ("大雪警報", "06", None),
        ("雷注意報", "14", None),
        ("濃霧注意報", "20", None),
    ],
)
def test_the_level_comes_from_the_table_of_codes(name, code, level):
    notice = weather(rows=[(KOSHIGAYA, [(name, code, "発表")])])

    assert notice.items[0].level == level
    assert notice.warnings == ()


def test_a_name_that_says_another_level_is_reported_and_the_table_wins():
    notice = weather(rows=[(KOSHIGAYA, [("レベル５大雨警報", "03", "発表")])])

    assert notice.items[0].level == 3
    assert "レベル５大雨警報" in notice.warnings[0]


def test_a_code_that_no_table_knows_keeps_the_level_of_its_name_and_is_reported():
    notice = weather(rows=[(KOSHIGAYA, [("レベル４新しい危険警報", "99", "発表"), ("別の警報", "98", "発表")])])

    assert [item.level for item in notice.items] == [4, None]
    assert len(notice.warnings) == 2


@pytest.mark.parametrize(
    "status",
    [
        "特別警報から危険警報",
        "特別警報から警報",
        "特別警報から注意報",
        "危険警報から警報",
        "危険警報から注意報",
        "警報から注意報",
    ],
)
def test_a_downgrade_keeps_its_words_and_goes_on_with_the_lower_kind(status):
    notice = weather(rows=[(KOSHIGAYA, [("レベル３大雨警報", "03", status)])])

    assert notice.items == (Item("越谷市", "1122200", "レベル３大雨警報", 3, status),)
    assert notice.items[0].active
    assert notice.warnings == ()


def test_what_is_lifted_or_not_in_force_is_not_active():
    assert not one("レベル２大雨注意報", "10", "解除").active
    assert not one(None, None, NOTHING).active
    assert one("レベル２大雨注意報", "10", "継続").active


def test_several_kinds_of_one_municipality_are_several_items():
    kinds = [("暴風警報", "05", "発表"), ("強風注意報", "15", "解除")]

    notice = weather("VPWW58", [(KOSHIGAYA, kinds)])

    assert [(item.kind, item.status) for item in notice.items] == [("暴風警報", "発表"), ("強風注意報", "解除")]


@pytest.mark.parametrize(
    ("name", "code", "level"),
    [
        ("大雨特別警報", "33", 5),
        ("大雨警報", "03", 3),
        ("大雨注意報", "10", 2),
        ("高潮警報", "08", None),
        ("高潮特別警報", "38", None),
        ("洪水警報", "04", None),
        ("洪水注意報", "18", None),
        ("暴風警報", "05", None),
    ],
)
def test_the_old_telegrams_give_no_level_where_the_old_and_the_new_meaning_differ(name, code, level):
    for data_type in ("VPWW53", "VPWW54"):
        notice = weather(data_type, [(KOSHIGAYA, [(name, code, "発表")])])

        assert notice.items[0].level == level
        assert notice.warnings == ()


def test_an_unknown_status_is_shown_as_it_is_and_reported():
    notice = weather(rows=[(KOSHIGAYA, [("レベル２大雨注意報", "10", "延長")])])

    assert notice.items[0].status == "延長"
    assert "延長" in notice.warnings[0]


def test_a_telegram_without_municipalities_says_so():
    notice = read_telegram(telegram("気象警報・注意報（Ｒ０６）（大雨）"))

    assert notice.items == ()
    assert notice.warnings == ("市町村等の部分がありません",)


def test_blanks_around_texts_are_no_part_of_them():
    xml = weather_xml(rows=[(KOSHIGAYA, [("レベル２大雨注意報", "10", "発表")])]).replace(b">10<", b"> 10\n<")

    assert read_telegram(xml).items[0].level == 2
