"""台風: its number, where it is and will be, and in which of its winds a town lies."""

from __future__ import annotations

import pytest

from notify.telegrams.kept import as_text, from_text
from notify.telegrams.records import Circle, Item
from notify.typhoon_areas import step_at
from tests.notify.telegram_builders import Wind, typhoon

TOWN = (36.05, 139.56)
SOUTH = (34.0, 139.6)  # 228 km away
ROUND: Wind = ("暴風域", [("", 150)])


def test_each_moment_is_an_item_with_the_typhoons_number() -> None:
    notice = typhoon([("実況", SOUTH, [ROUND]), ("予報　１２時間後", (35.0, 140.0), [("暴風警戒域", [("", 300)])])])

    assert notice.items == (
        Item("日本の南", "", "台風第13号", None, "実況"),
        Item("日本の南", "", "台風第13号", None, "予報　１２時間後"),
    )
    assert notice.circles == (Circle("暴風域", 34.0, 139.6, 150.0, 0), Circle("暴風警戒域", 35.0, 140.0, 300.0, 12))
    assert notice.warnings == ()
    assert from_text(as_text(notice)) == notice


def test_a_wind_that_reaches_farther_on_one_side_is_a_circle_that_lies_that_way() -> None:
    notice = typhoon([("実況", SOUTH, [("強風域", [("南", 100), ("北", 300)])])])

    (circle,) = notice.circles
    assert circle.kilometres == 200
    assert circle.latitude == pytest.approx(34.9, abs=0.01)  # 100 km to the north
    assert circle.longitude == 139.6


@pytest.mark.parametrize(
    ("number", "now_class", "kind"),
    [
        ("2607", "台風(TY)", "台風第7号"),
        ("", "熱帯低気圧(TD)", "熱帯低気圧(TD)"),
        ("2607", "温帯低気圧(LOW)", "温帯低気圧(LOW)"),
    ],
)
def test_what_is_no_typhoon_has_no_number(number: str, now_class: str, kind: str) -> None:
    assert typhoon([("実況", SOUTH, [])], number=number, now_class=now_class).items[0].kind == kind


@pytest.mark.parametrize(
    ("winds", "step"),
    [
        ([(0, "暴風域", 227)], ""),
        ([(0, "暴風域", 229), (0, "強風域", 500)], "暴風域"),
        ([(1, "強風域", 500)], "強風域"),
        ([(0, "強風域", 500), (24, "暴風警戒域", 300)], "暴風警戒域"),
        ([(48, "暴風警戒域", 300)], "暴風警戒域"),
        ([(72, "暴風警戒域", 300)], ""),
        ([(24, "強風域", 500)], ""),
        ([], ""),
    ],
)
def test_the_step_is_the_highest_that_counts(winds: list[tuple[int, str, int]], step: str) -> None:
    circles = [Circle(kind, *SOUTH, kilometres, hours) for hours, kind, kilometres in winds]

    assert step_at(circles, *TOWN) == step


@pytest.mark.parametrize("said", ["", "∞", "1e9", "-5", "99999", "１５０"])
def test_a_radius_that_is_no_number_of_kilometres_makes_no_circle(said: str) -> None:
    strange: Wind = ("暴風域", [("", said)])  # type: ignore[list-item]

    notice = typhoon([("実況", SOUTH, [strange])])

    assert notice.circles == ()
    assert notice.understood


def test_a_telegram_without_a_position_says_so() -> None:
    assert typhoon([]).warnings == ("台風の位置がありません",)
