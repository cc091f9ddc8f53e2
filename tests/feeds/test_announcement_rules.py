"""What a city's residents are told of telegrams: once, in the approved words, and never as an order of the city."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from faq.content import base_folder, read_folder
from faq.disaster import Disaster
from faq.disaster_reading import disaster_of
from faq.reader import read_city
from notify.dangers import About, dangers_in, wanted
from notify.news_of_telegrams import news_of
from notify.rule_words import words_of
from notify.rules import Announcement, Told
from notify.telegrams.records import Notice
from notify.telegrams.state import EMPTY, State, apply
from tests.notify.telegram_builders import (
    NOTHING,
    bulletin,
    information,
    quake,
    quick_quake,
    river,
    tsunami,
    typhoon,
    weather,
)

HERE = ("彩野市", "1199900")
NORTH = ("彩野市北部", "1199911")
SOUTH = ("彩野市南部", "1199912")
RAIN_2 = ("レベル２大雨注意報", "10", "発表")
RAIN_3 = ("レベル３大雨警報", "03", "発表")
RAIN_4 = ("レベル４大雨危険警報", "43", "発表")
RAIN_3_LESS = ("レベル３大雨警報", "03", "危険警報から警報")
NONE = (None, None, NOTHING)
PINNED = (
    *("evacuation-shelter", "hazard-map", "alert-level", "blackout-water-cut"),
    *("disaster-certificate", "disaster-support", "garbage-disaster"),
)
NOW = datetime.fromisoformat("2026-07-01T10:02:00+09:00")


@pytest.fixture(scope="module")
def demo() -> Disaster:
    folder = Path(__file__).parents[2] / "cities" / "demo"
    files = read_folder(folder)
    city, _ = read_city("city.yaml", files["city.yaml"])
    assert city is not None
    disaster, problems = disaster_of(files, read_folder(base_folder(folder)), city, PINNED)
    assert problems == ()
    assert disaster is not None
    return disaster


class Town:
    """A city that hears telegrams one after the other and remembers what it told."""

    def __init__(self, disaster: Disaster) -> None:
        self.disaster = disaster
        self.state: State = EMPTY
        self.told: Mapping[About, Told] = {}
        self._notices = 0

    def hear(self, telegram: Notice, now: datetime = NOW, *, drill: bool = False) -> list[Announcement]:
        state = apply(self.state, telegram)
        news = news_of(telegram, state, self.told, self.disaster, now, drill=drill)
        self.state = state
        for one in news:
            self._notices += 1
            told = Told(one.grade, one.original or self._notices)
            self.told = {**self.told, **dict.fromkeys(one.about, told)}
        return news


def rain(kind: tuple[str | None, str | None, str], minute: int = 0, **head: str) -> Notice:
    return weather("VPWW55", [(HERE, [kind])], report_time=f"2026-07-01T10:{minute:02}:00+09:00", **head)


def told(news: Sequence[Announcement]) -> list[tuple[str, str, str]]:
    return [(one.change, one.grade, one.rule.id) for one in news]


AT_SEA = (34.0, 139.56)  # 228 km south of the city
COMING = ("予報　２４時間後", (35.0, 139.56), [("暴風警戒域", [("", 300)])])


def storm(kilometres: int, minute: int = 0, *ahead: Any, **head: str) -> Notice:
    """A typhoon at sea whose storm reaches so far, with what it expects; without `ahead`: of the hours in between."""
    now = ("実況", AT_SEA, [("暴風域", [("", kilometres)])])
    return typhoon([now, *ahead], report_time=f"2026-07-01T10:{minute:02}:00+09:00", **head)


STORIES: dict[str, list[tuple[Notice, list[tuple[str, str, str]]]]] = {
    "a warning is told once, and not again when it goes on": [
        (rain(RAIN_3), [("new", "3", "rain-3")]),
        (rain(("レベル３大雨警報", "03", "継続"), 10), []),
    ],
    "the same telegram twice is told once": [
        (rain(RAIN_3), [("new", "3", "rain-3")]),
        (rain(RAIN_3), []),
    ],
    "what rises is told again, by the rule of its step": [
        (rain(RAIN_3), [("new", "3", "rain-3")]),
        (rain(RAIN_4, 10), [("raised", "4", "rain-4")]),
    ],
    "what becomes less is told to those who heard of the greater": [
        (rain(RAIN_4), [("new", "4", "rain-4")]),
        (rain(RAIN_3_LESS, 10), [("lowered", "3", "rain-4")]),
        (rain(NONE, 20), [("cleared", "", "rain-3")]),
    ],
    "below the lowest step of the rules it is over": [
        (rain(RAIN_3), [("new", "3", "rain-3")]),
        (rain(("レベル２大雨注意報", "10", "警報から注意報"), 10), [("cleared", "", "rain-3")]),
    ],
    "what no rule speaks of is not told": [(rain(RAIN_2), []), (rain(NONE, 10), [])],
    "a telegram that comes late changes nothing": [
        (rain(NONE, 30), []),
        (rain(RAIN_4, 10), []),
    ],
    "another phenomenon's telegram clears nothing": [
        (rain(RAIN_3), [("new", "3", "rain-3")]),
        (weather("VPWW58", [(HERE, [NONE])], report_time="2026-07-01T10:10:00+09:00"), []),
    ],
    "a withdrawn telegram without a number is withdrawn from residents, too": [
        (rain(RAIN_4), [("new", "4", "rain-4")]),
        (rain(NONE, 10, info_type="取消"), [("cancelled", "", "rain-4")]),
    ],
    "a correction of the same step is silent, of another is told": [
        (rain(RAIN_4), [("new", "4", "rain-4")]),
        (rain(RAIN_4, 1, info_type="訂正"), []),
        (rain(RAIN_3, 2, info_type="訂正"), [("corrected", "3", "rain-4")]),
    ],
    "an earthquake is told at once by region, and again only when it was stronger here": [
        (quick_quake([(("埼玉県南部", "431"), "4")], event_id="20260701095900"), [("new", "4", "quake-4")]),
        (quake([(HERE, "<MaxInt>4</MaxInt>")], event_id="20260701095900", serial="1"), []),
        (
            quake([(HERE, "<MaxInt>5-</MaxInt>")], event_id="20260701095900", serial="2"),
            [("raised", "5弱", "quake-5")],
        ),
    ],
    "an earthquake that was weaker here than in the region is no news": [
        (quick_quake([(("埼玉県南部", "431"), "5-")], event_id="20260701095900"), [("new", "5弱", "quake-5")]),
        (quake([(HERE, "<MaxInt>4</MaxInt>")], event_id="20260701095900"), []),
    ],
    "a withdrawn earthquake is withdrawn": [
        (quick_quake([(("埼玉県南部", "431"), "5-")], event_id="20260701095900"), [("new", "5弱", "quake-5")]),
        (
            quick_quake([], event_id="20260701095900", info_type="取消", report_time="2026-07-01T10:01:00+09:00"),
            [("cancelled", "", "quake-5")],
        ),
    ],
    "a river is told by its own number": [
        (river(("レベル３氾濫警報", "30", "レベル３氾濫警報（発表）"), [HERE]), [("new", "3", "flood-3")]),
        (
            river(("レベル３氾濫警報", "30", ""), [HERE], event_id="830303029999"),
            [("new", "3", "flood-3")],
        ),
        (
            river(("レベル２氾濫注意報解除", "10", ""), [HERE], report_time="2026-07-01T11:00:00+09:00"),
            [("cleared", "", "flood-3")],
        ),
    ],
    "a typhoon is told when its storm may come, when it is here, and when it is over": [
        (storm(100, 0, COMING), [("new", "暴風警戒域", "typhoon-coming")]),
        (storm(100, 10), []),  # the hours in between forecast nothing, and take nothing back
        (storm(300, 20), [("raised", "暴風域", "typhoon-storm")]),
        (storm(100, 30), [("lowered", "暴風警戒域", "typhoon-storm")]),
        (storm(100, 40, ("予報　２４時間後", AT_SEA, [])), [("cleared", "", "typhoon-coming")]),
    ],
    "a typhoon that is none any more is over, whatever was forecast": [
        (storm(100, 0, COMING), [("new", "暴風警戒域", "typhoon-coming")]),
        (storm(300, 10, now_class="温帯低気圧(LOW)"), [("cleared", "", "typhoon-coming")]),
    ],
    "a withdrawn typhoon is withdrawn with its forecast": [
        (storm(100, 0, COMING), [("new", "暴風警戒域", "typhoon-coming")]),
        (
            typhoon([], info_type="取消", report_time="2026-07-01T10:10:00+09:00"),
            [("cancelled", "", "typhoon-coming")],
        ),
    ],
    "another typhoon leaves this one as it is": [
        (storm(100, 0, COMING), [("new", "暴風警戒域", "typhoon-coming")]),
        (storm(100, 10, event_id="TC2616", number="2614"), []),
    ],
    "a forecast that comes late is not forgotten for the telegram that came before it": [
        (storm(100, 10), []),
        (storm(100, 0, COMING), [("new", "暴風警戒域", "typhoon-coming")]),
    ],
    "tests of the 気象庁 reach nobody": [(rain(RAIN_4, status="試験"), [])],
    "drills reach nobody outside drill mode": [(rain(RAIN_4, status="訓練"), [])],
    "the coast is not the city's": [
        (tsunami([(("東京湾内湾", "312"), ("津波警報", "51"), None)], event_id="20260701095900"), []),
    ],
    "a neighbour's weather is not ours": [
        (weather("VPWW55", [(("越谷市", "1122200"), [RAIN_4]), (HERE, [NONE])]), []),
    ],
}


@pytest.mark.parametrize("story", STORIES.values(), ids=STORIES)
def test_residents_are_told_what_is_news(
    demo: Disaster, story: list[tuple[Notice, list[tuple[str, str, str]]]]
) -> None:
    town = Town(demo)

    heard = [told(town.hear(telegram)) for telegram, _ in story]

    assert heard == [expected for _, expected in story]


def test_an_all_clear_is_linked_to_the_first_notice(demo: Disaster) -> None:
    town = Town(demo)
    town.hear(rain(RAIN_3))
    town.hear(rain(RAIN_4, 10))

    (over,) = town.hear(rain(NONE, 20))

    assert (over.mark, over.original) == ("all_clear", 1)


def test_the_next_rain_is_a_new_story(demo: Disaster) -> None:
    town = Town(demo)
    town.hear(rain(RAIN_3))
    town.hear(rain(NONE, 20))

    (again,) = town.hear(rain(RAIN_3, 40))

    assert (again.change, again.original) == ("new", 0)


def test_an_earthquake_of_an_hour_ago_is_no_news(demo: Disaster) -> None:
    late = NOW + timedelta(hours=2)

    news = Town(demo).hear(quake([(HERE, "<MaxInt>6-</MaxInt>")], event_id="20260701095900"), late)

    assert news == []


def test_weather_still_in_force_is_told_however_late_it_is_heard_of(demo: Disaster) -> None:
    news = Town(demo).hear(rain(RAIN_4), NOW + timedelta(hours=5))

    assert told(news) == [("new", "4", "rain-4")]


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


def test_a_drill_leaves_the_real_weather_alone(demo: Disaster) -> None:
    town = Town(demo)
    town.hear(rain(RAIN_4, status="訓練"), drill=True)

    real = town.hear(rain(RAIN_3, 5))

    assert told(real) == [("new", "3", "rain-3")]


def test_a_city_in_two_parts_tells_each_part_of_its_own(demo: Disaster) -> None:
    parts = [
        {"name": name, "code": code, "areas": [area]} for (name, code), area in ((NORTH, "kita"), (SOUTH, "minami"))
    ]
    town = Town(Disaster.model_validate({**demo.model_dump(), "places": parts}))

    first = town.hear(weather("VPWW55", [(NORTH, [RAIN_3]), (SOUTH, [NONE])]))
    second = town.hear(
        weather("VPWW55", [(NORTH, [RAIN_3]), (SOUTH, [RAIN_3])], report_time="2026-07-01T10:10:00+09:00")
    )

    assert [one.about[0].area for one in first] == ["1199911"]
    assert [one.about[0].area for one in second] == ["1199912"]


def test_the_key_of_a_notice_is_the_same_for_the_same_telegram(demo: Disaster) -> None:
    keys = [Town(demo).hear(rain(RAIN_4))[0].source_key for _ in range(2)]

    assert keys[0] == keys[1]
    assert Town(demo).hear(rain(RAIN_4, 1))[0].source_key != keys[0]


@pytest.mark.parametrize(
    ("family", "data_type", "is_wanted"),
    [
        ("新", "VPWW55", True),
        ("新", "VPWW54", False),
        ("新", "VXWW50", False),
        ("新", "VPWW61", False),  # no rule speaks of 雷
        ("旧", "VPWW54", True),
        ("旧", "VPWW53", False),
        ("旧", "VPWW55", False),
        ("旧", "VXWW50", True),
        ("新", "VXKO54", True),
        ("旧", "VXSE53", True),
        ("新", "VTSE41", False),
        ("新", "VZSA50", False),
    ],
)
def test_one_family_of_telegrams_is_used_never_both(
    demo: Disaster, family: str, data_type: str, is_wanted: bool
) -> None:
    disaster = demo.model_copy(update={"family": family})

    assert wanted(data_type, disaster) is is_wanted


def test_the_old_family_tells_of_landslides_by_their_own_bulletin(demo: Disaster) -> None:
    town = Town(demo.model_copy(update={"family": "旧"}))
    said = [("<Name>警戒</Name><Code>3</Code><Condition>発表</Condition>", [HERE])]
    landslide = bulletin(
        "土砂災害警戒情報",
        information("土砂災害警戒情報", said),
        event_id="埼玉県土砂災害警戒情報",
        title="埼玉県土砂災害警戒情報",
    )

    assert told(town.hear(landslide)) == [("new", "4", "landslide-4")]


def test_dangers_of_a_place_are_those_of_its_number_alone(demo: Disaster) -> None:
    telegram = weather("VPWW55", [(HERE, [RAIN_3]), (("越谷市", "1122200"), [RAIN_4])])

    found = dangers_in([telegram], demo)

    assert {about: danger.grade for about, danger in found.items()} == {About("大雨", "", "1199900"): "3"}
