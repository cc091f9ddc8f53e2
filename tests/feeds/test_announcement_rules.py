"""What a city's residents are told of telegrams: once, and never as an order of the city."""

from __future__ import annotations

from datetime import timedelta

import pytest

from faq.disaster import Disaster
from notify.dangers import About, dangers_in, wanted
from notify.telegrams.records import Notice
from tests.feeds.announcement_builders import (
    AT_SEA,
    COMING,
    HERE,
    NONE,
    NORTH,
    NOW,
    RAIN_2,
    RAIN_3,
    RAIN_3_LESS,
    RAIN_4,
    SOUTH,
    Town,
    rain,
    storm,
    told,
)
from tests.notify.telegram_builders import (
    bulletin,
    information,
    quake,
    quick_quake,
    river,
    tsunami,
    typhoon,
    weather,
)

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
