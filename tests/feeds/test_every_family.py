"""Every family of telegrams that a rule can be about: announced, corrected, withdrawn; real, drill, test; in order."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest

from faq.dangers import SCALES
from faq.disaster import Disaster
from notify.dangers import wanted
from notify.telegrams.records import Notice
from tests.feeds.announcement_builders import HERE, NONE, Town, told
from tests.notify.telegram_builders import (
    Kind,
    bulletin,
    information,
    quake,
    quick_quake,
    river,
    tsunami,
    typhoon,
    weather,
)

REGION, COAST, QUAKES = ("南部", "110010"), ("東京湾内湾", "312"), ("埼玉県南部", "431")
VOLCANO, CRATER = "噴火警報・予報（対象市町村等）", "火口周辺警報"


def minute(number: int) -> dict[str, str]:
    return {"report_time": f"2026-07-01T10:{number:02}:00+09:00"}


def of_weather(data_type: str, *kinds: Kind) -> Callable[..., Notice]:
    def make(step: int, **head: str) -> Notice:
        return weather(data_type, [(HERE, [kinds[step] if step < len(kinds) else NONE])], **head)

    return make


def of_river(step: int, **head: str) -> Notice:
    kinds = (("レベル３氾濫警報", "30", ""), ("レベル４氾濫危険警報", "40", ""), ("レベル２氾濫注意報解除", "10", ""))
    return river(kinds[step], [HERE], **head)


def of_tsunami(step: int, **head: str) -> Notice:
    kinds = (("津波注意報", "62"), ("津波警報", "51"), ("津波警報解除", "50"))
    return tsunami([(COAST, kinds[step], None)], event_id="20260701095900", **head)


def of_typhoon(step: int, **head: str) -> Notice:
    here = (35.0, 139.56)  # 111 km south of the city's middle
    winds = ([], [("暴風域", [("", 300)])], [])[step]
    ahead = ([("暴風警戒域", [("", 300)])], [], [])[step]
    return typhoon([("実況", here, winds), ("予報　２４時間後", here, ahead)], **head)


def of_landslide(step: int, **head: str) -> Notice:
    kind, code = (("警戒", "3"), ("警戒", "3"), ("解除", "1"))[step]
    rows = [(f"<Name>{kind}</Name><Code>{code}</Code><Condition>発表</Condition>", [HERE])]
    head = {"event_id": "埼玉県土砂災害警戒情報", **head}
    return bulletin("土砂災害警戒情報", information("土砂災害警戒情報", rows), **head)


def of_volcano(step: int, **head: str) -> Notice:
    kind = (CRATER, "噴火警報", "噴火予報：警報解除")[step]
    rows = [(f"<Name>{kind}</Name><Code>0{step + 1}</Code><Condition>発表</Condition>", [HERE])]
    return bulletin("噴火警報・予報", information(VOLCANO, rows), event_id="306", **head)


def of_sudden(title: str, layer: str, kind: str, event_id: str = "") -> Callable[..., Notice]:
    def make(_step: int, **head: str) -> Notice:
        return bulletin(title, information(layer, [(kind, [REGION])]), event_id=event_id, **head)

    return make


def of_quake(_step: int, **head: str) -> Notice:
    return quake([(HERE, "<MaxInt>5-</MaxInt>")], event_id="20260701095900", **head)


def of_quick_quake(_step: int, **head: str) -> Notice:
    return quick_quake([(QUAKES, "5-")], event_id="20260701095900", **head)


def tag(said: str) -> str:
    return f"<Name>情報タグ</Name><Condition>{said}</Condition>"


@dataclass(frozen=True)
class Family:
    """`make(step)`: step 0 is told, 1 is worse, 2 is over; the last two only where it `lasts`."""

    what: str
    steps: Sequence[str]
    make: Callable[..., Notice]
    family: str = "新"

    @property
    def lasts(self) -> bool:
        return len(self.steps) > 1


LEVELS = ("3", "4")
ADVISED = ("注意報",)
FAMILIES = {
    "VPWW55": Family(
        "大雨", LEVELS, of_weather("VPWW55", ("レベル３大雨警報", "03", "発表"), ("レベル４大雨危険警報", "43", "発表"))
    ),
    "VPWW56": Family(
        "土砂災害",
        LEVELS,
        of_weather("VPWW56", ("レベル３土砂災害警報", "09", "発表"), ("レベル４土砂災害危険警報", "49", "発表")),
    ),
    "VPWW57": Family(
        "高潮", LEVELS, of_weather("VPWW57", ("レベル３高潮警報", "08", "発表"), ("レベル４高潮危険警報", "48", "発表"))
    ),
    "VPWW58": Family(
        "暴風", ("警報", "特別警報"), of_weather("VPWW58", ("暴風警報", "05", "発表"), ("暴風特別警報", "35", "発表"))
    ),
    "VPWW58 snowstorm": Family(
        "暴風雪",
        ("警報", "特別警報"),
        of_weather("VPWW58", ("暴風雪警報", "02", "発表"), ("暴風雪特別警報", "32", "発表")),
    ),
    "VPWW59": Family(
        "波浪", ("警報", "特別警報"), of_weather("VPWW59", ("波浪警報", "07", "発表"), ("波浪特別警報", "37", "発表"))
    ),
    "VPWW60": Family(
        "大雪", ("警報", "特別警報"), of_weather("VPWW60", ("大雪警報", "06", "発表"), ("大雪特別警報", "36", "発表"))
    ),
    **{
        f"VPWW61 {what}": Family(what, ADVISED, of_weather("VPWW61", (f"{what}注意報", code, "発表")))
        for what, code in (
            *(("雷", "14"), ("融雪", "17"), ("濃霧", "20"), ("乾燥", "21"), ("なだれ", "22")),
            *(("低温", "23"), ("霜", "24"), ("着氷", "25"), ("着雪", "26")),
        )
    },
    "VXKO": Family("氾濫", LEVELS, of_river),
    "VTSE41": Family("津波", ("津波注意報", "津波警報"), of_tsunami),
    "VPTW": Family("台風", ("暴風警戒域", "暴風域"), of_typhoon),
    "VFVO50": Family("噴火", (CRATER, "噴火警報"), of_volcano),
    "VXSE51": Family("地震", ("5弱",), of_quick_quake),
    "VXSE53": Family("地震", ("5弱",), of_quake),
    "VPBS50 rain": Family(
        "記録的短時間大雨", ("発表",), of_sudden("府県気象防災速報", "情報タグ", tag("記録雨"), "K1")
    ),
    "VPBS50 band": Family(
        "線状降水帯", ("発表",), of_sudden("府県気象防災速報", "情報タグ", tag("線状降水帯発生"), "K2")
    ),
    "VPBS50 snow": Family("顕著な大雪", ("発表",), of_sudden("府県気象防災速報", "情報タグ", tag("短時間大雪"), "K3")),
    "VPHW50": Family(
        "竜巻", ("発表",), of_sudden("竜巻注意情報", "竜巻注意情報", "<Name>竜巻注意情報</Name><Code>1</Code>")
    ),
    "VFVO56": Family("噴火速報", ("発表",), of_sudden("噴火速報", "噴火速報", "<Name>噴火速報</Name>", "306")),
    "VPWW54 old": Family(
        "洪水", ("注意報", "警報"), of_weather("VPWW54", ("洪水注意報", "18", "発表"), ("洪水警報", "04", "発表")), "旧"
    ),
    "VXWW50 old": Family("土砂災害", ("4",), of_landslide, "旧"),
    "VPOA50 old": Family(
        "記録的短時間大雨",
        ("発表",),
        of_sudden(
            "記録的短時間大雨情報",
            "記録的短時間大雨情報（発表細分）",
            "<Name>記録的短時間大雨情報</Name><Code>1</Code>",
            "K4",
        ),
        "旧",
    ),
}
every_family = pytest.mark.parametrize("family", FAMILIES.values(), ids=FAMILIES)
lasting = pytest.mark.parametrize(
    "family", [one for one in FAMILIES.values() if one.lasts], ids=[name for name, one in FAMILIES.items() if one.lasts]
)


def town_of(family: Family) -> Town:
    """A city that has rules for every step of this family's scale, beside all the others."""
    whats = {one.what: one for one in FAMILIES.values() if one.family == family.family}
    rules = [
        {"id": f"{number}-{step}", "what": what, "at": at, "text": "t", "topics": ["bosai"]}
        for number, (what, one) in enumerate(whats.items())
        for step, at in enumerate(one.steps)
    ]
    place = {"name": "彩野市", "code": HERE[1], "regions": [REGION[1]], "quake": QUAKES[1], "tsunami": COAST[1]}
    return Town(
        Disaster.model_validate(
            {"family": family.family, "places": [{**place, "point": [36.0, 139.56]}], "rules": rules}
        )
    )


@every_family
def test_what_is_announced_is_told_once(family: Family) -> None:
    town = town_of(family)

    (news,) = town.hear(family.make(0, **minute(0)))

    assert (news.change, news.about[0].what, news.grade, news.about[0].area) == (
        "new",
        family.what,
        family.steps[0],
        HERE[1],
    )
    assert town.hear(family.make(0, **minute(0))) == []
    assert town.hear(family.make(0, **minute(1), info_type="訂正")) == [], "corrected in what is not told"


@every_family
def test_a_withdrawal_is_told_to_who_heard_and_to_nobody_else(family: Family) -> None:
    town = town_of(family)
    assert town.hear(family.make(0, **minute(1), info_type="取消")) == []
    town.hear(family.make(0, **minute(2)))

    (news,) = town.hear(family.make(0, **minute(3), info_type="取消"))

    assert (news.change, news.grade, news.mark) == ("cancelled", "", "correction")
    assert town.hear(family.make(0, **minute(2))) == [], "what was withdrawn comes late, once more"


@every_family
def test_a_test_is_never_told_and_a_drill_in_a_drill_alone(family: Family) -> None:
    town = town_of(family)
    assert town.hear(family.make(0, **minute(0), status="試験"), drill=True) == []
    assert town.hear(family.make(0, **minute(0), status="訓練")) == []

    (practised,) = town.hear(family.make(0, **minute(0), status="訓練"), drill=True)
    (real,) = town.hear(family.make(0, **minute(1)), drill=True)

    assert (practised.drill, practised.change) == (True, "new")
    assert (real.drill, real.change) == (False, "new")


@lasting
def test_what_becomes_worse_and_what_is_over_is_told_in_whatever_order_it_comes(family: Family) -> None:
    town = town_of(family)
    town.hear(family.make(0, **minute(0)))
    assert [one[:2] for one in told(town.hear(family.make(1, **minute(10))))] == [("raised", family.steps[1])]
    assert [one[:2] for one in told(town.hear(family.make(2, **minute(20))))] == [("cleared", "")]
    assert town.hear(family.make(1, **minute(10))) == []

    late = town_of(family)
    assert late.hear(family.make(2, **minute(20))) == []
    assert late.hear(family.make(0, **minute(0))) == []


def test_every_danger_that_a_rule_can_be_about_has_its_family_here() -> None:
    assert {one.what for one in FAMILIES.values()} == set(SCALES) - {"高潮（旧）"}


@pytest.mark.parametrize(
    ("family", "others"), [("新", ("VPWW53", "VPWW54", "VXWW50", "VPOA50")), ("旧", ("VPWW55", "VPWW61", "VPBS50"))]
)
def test_what_the_other_family_says_again_is_not_even_fetched(family: str, others: Sequence[str]) -> None:
    town = town_of(next(one for one in FAMILIES.values() if one.family == family))

    assert not any(wanted(data_type, town.disaster) for data_type in others)


def test_a_warning_of_a_volcano_that_was_lifted_and_comes_again_is_told_again() -> None:
    family = FAMILIES["VFVO50"]
    town = town_of(family)
    for number, step in enumerate((0, 2)):
        town.hear(family.make(step, **minute(number)))

    (again,) = town.hear(family.make(1, **minute(5)))

    assert (again.change, again.grade, again.original) == ("new", "噴火警報", 0)


@pytest.mark.parametrize("name", ["VPHW50", "VFVO56"])
@pytest.mark.parametrize(("info_type", "changes"), [("取消", ["cancelled"]), ("訂正", ["new"])])
def test_what_is_known_by_its_hour_is_told_each_time_and_last_weeks_is_left_alone(
    name: str, info_type: str, changes: list[str]
) -> None:
    family, town = FAMILIES[name], town_of(FAMILIES[name])
    week, today = (
        datetime.fromisoformat("2026-06-24T08:00:00+09:00"),
        datetime.fromisoformat("2026-07-01T10:00:00+09:00"),
    )
    for moment in (week, week + timedelta(hours=5), *((today,) if info_type == "取消" else ())):
        (news,) = town.hear(family.make(0, report_time=moment.isoformat()), moment)
        assert news.change == "new"

    later = today + timedelta(minutes=20)
    found = town.hear(family.make(0, report_time=later.isoformat(), info_type=info_type), later)

    assert [one.change for one in found] == changes
