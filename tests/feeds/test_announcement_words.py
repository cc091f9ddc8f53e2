"""What is announced, in words: the level in every language, every approved text, and drills that say so."""

from __future__ import annotations

from faq.disaster import Disaster
from notify.rule_words import words_of
from tests.feeds.announcement_builders import COMING, NONE, RAIN_3, RAIN_3_LESS, RAIN_4, Town, rain, storm
from tests.notify.telegram_builders import (
    bulletin,
    information,
    quick_quake,
)


def test_a_level_is_the_weather_offices_equivalent_in_every_language(demo: Disaster) -> None:
    (news,) = Town(demo).hear(rain(RAIN_4))

    words = words_of(news, demo, "彩野市", "048-000-1100")

    assert words is not None
    assert words.title == "警戒レベル4相当（大雨）彩野市"
    assert words.level == "4"
    assert "警戒レベル4相当" in words.texts["ja"]
    assert "警戒(けいかい)レベル4相当(そうとう)" in words.texts["easy"]
    assert "Alert Level 4 equivalent" in words.texts["en"]
    assert "Saino City" in words.texts["en"]
    assert "彩野市(さいのし)" in words.texts["easy"]
    assert words.texts["ja"].endswith("出典：気象庁ホームページ")
    for text in words.texts.values():
        assert "{" not in text
        assert "避難指示" not in text


def test_every_approved_text_of_the_base_can_be_filled_for_every_change(demo: Disaster) -> None:
    town = Town(demo)
    news = [
        *town.hear(rain(RAIN_4)),
        *town.hear(rain(RAIN_3_LESS, 10)),
        *town.hear(rain(NONE, 20)),
        *town.hear(quick_quake([(("埼玉県南部", "431"), "5-")], event_id="20260701095900")),
        *town.hear(bulletin("府県気象防災速報", RECORD_RAIN, event_id="X1")),
    ]

    words = [words_of(one, demo, "彩野市", "048-000-1100") for one in news]

    assert [one.change for one in news] == ["new", "lowered", "cleared", "new", "new"]
    assert [one.titles["en"] for one in words if one] == [
        "Heavy rain: Alert Level 4 equivalent, Saino City",
        "heavy rain: now Alert Level 3 equivalent, Saino City",
        "heavy rain: announcement ended, Saino City",
        "Earthquake: intensity 5 Lower, Saino City",
        "Dangerous weather: record short-time heavy rain, Saino City",
    ]
    assert all("{" not in title for one in words if one for title in one.titles.values())
    assert all(one is not None and set(one.texts) == {"ja", "easy", "en"} for one in words)


def test_a_typhoons_number_is_said_in_each_language(demo: Disaster) -> None:
    (news,) = Town(demo).hear(storm(300, 0, COMING))

    words = words_of(news, demo, "彩野市", "048-000-1100")

    assert words is not None
    assert words.title == "台風第13号 彩野市は暴風域に入りました"
    assert words.level == ""
    assert "彩野市は、台風第13号の暴風域に入りました" in words.texts["ja"]
    assert "台風(たいふう)13号(ごう)で、" in words.texts["easy"]
    assert "Saino City is now in the storm area of Typhoon No. 13" in words.texts["en"]


RECORD_RAIN = information(
    "情報タグ",
    [("<Name>情報タグ</Name><Condition>記録雨</Condition>", [("南部", "110010")])],
)


def test_a_drill_is_told_in_drill_mode_alone_and_says_so_everywhere(demo: Disaster) -> None:
    town = Town(demo)

    (news,) = town.hear(rain(RAIN_4, status="訓練"), drill=True)
    words = words_of(news, demo, "彩野市", "048-000-1100")

    assert news.drill
    assert words is not None
    assert words.title == "警戒レベル4相当（大雨）彩野市", "every channel puts 【訓練】 before it by itself"
    assert words.texts["ja"].startswith("【訓練】")
    assert words.texts["en"].startswith("[DRILL]")


def test_a_citys_own_title_may_have_a_mark_that_is_put_before_it_anyway(demo: Disaster) -> None:
    corrected = demo.text("corrected")
    assert corrected is not None
    own = corrected.model_copy(update={"title": "【訂正】{what}　{place}"})
    town = Town(demo.model_copy(update={"texts": (*(text for text in demo.texts if text.id != own.id), own)}))
    town.hear(rain(RAIN_4))

    (news,) = town.hear(rain(RAIN_3, 2, info_type="訂正"))
    words = words_of(news, town.disaster, "彩野市", "048-000-1100")

    assert words is not None
    assert words.title == "大雨 彩野市"
