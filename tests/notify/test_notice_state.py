"""What is in force when telegrams come late, twice, corrected, withdrawn or as a drill."""

from __future__ import annotations

import random
from collections.abc import Iterable
from functools import reduce
from itertools import permutations

import pytest

from notify.telegrams.records import Notice
from notify.telegrams.state import EMPTY, State, apply, dangers, in_force, supersedes
from tests.notify.telegram_builders import (
    KAWAGOE,
    KOSHIGAYA,
    NOTHING,
    Moment,
    bulletin,
    quake,
    quick_quake,
    river,
    tsunami,
    typhoon,
    weather,
)

CITY = KOSHIGAYA[1]
QUAKE = {"event_id": "20260701095500"}
BAY = ("東京湾内湾", "312")
WARNED = ("津波警報", "51")


def at(minute: int, **head: str) -> dict[str, str]:
    return {"report_time": f"2026-07-01T10:{minute:02}:00+09:00", **head}


def after(notices: Iterable[Notice]) -> State:
    return reduce(apply, notices, EMPTY)


def kinds(state: State, area_code: str = CITY) -> list[str | None]:
    return [item.kind for item in dangers(state, area_code)]


def rain(minute: int, name: str | None = "レベル２大雨注意報", said: str = "発表", **head: str) -> Notice:
    code = {"レベル２大雨注意報": "10", "レベル３大雨警報": "03", "レベル４大雨危険警報": "43"}.get(name or "")
    return weather("VPWW55", [(KOSHIGAYA, [(name, code, said)])], **at(minute, **head))


def storm(minute: int, said: str = "発表", **head: str) -> Notice:
    return weather("VPWW58", [(KOSHIGAYA, [("暴風警報", "05", said)])], **at(minute, **head))


def shaken(intensity: str, minute: int, **head: str) -> Notice:
    return quake([(KOSHIGAYA, f"<MaxInt>{intensity}</MaxInt>")], **at(minute, **{**QUAKE, **head}))


def test_the_newer_report_takes_the_place_of_the_older_one_whichever_comes_first():
    older, newer = rain(0), rain(5, "レベル３大雨警報")

    assert kinds(after([older, newer])) == kinds(after([newer, older])) == ["レベル３大雨警報"]


def test_nothing_for_rain_leaves_the_storm_as_it_is():
    state = after([storm(0), rain(0), rain(5, None, NOTHING)])

    assert kinds(state) == ["暴風警報"]


def test_what_is_lifted_is_over():
    assert kinds(after([rain(0), rain(5, said="解除")])) == []


def test_a_downgrade_goes_on_with_the_lower_kind():
    state = after([rain(0, "レベル４大雨危険警報"), rain(5, "レベル３大雨警報", "危険警報から警報")])

    assert kinds(state) == ["レベル３大雨警報"]


def test_each_prefecture_has_its_own_state():
    elsewhere = weather("VPWW55", [(("水戸市", "0820100"), [(None, None, NOTHING)])], scope="080000", **at(9))

    assert kinds(after([rain(0), elsewhere])) == ["レベル２大雨注意報"]


def test_a_neighbouring_office_may_speak_for_the_area():
    state = after([rain(0), rain(5, "レベル３大雨警報", office="気象庁本庁")])

    assert kinds(state) == ["レベル３大雨警報"]


def test_the_old_and_the_new_family_do_not_mix():
    old = weather("VPWW54", [(KOSHIGAYA, [("大雨注意報", "10", "発表")])], **at(3))

    assert len(after([old, rain(0)])) == 2


def test_a_withdrawn_weather_report_without_area_or_event_takes_back_what_its_office_said():
    withdrawal = weather("VPWW55", info_type="取消", **at(5))

    for order in permutations([rain(0), withdrawal, storm(0)]):
        assert kinds(after(order)) == ["暴風警報"]


def test_after_a_withdrawal_a_newer_report_counts_again():
    withdrawal = weather("VPWW55", info_type="取消", **at(5))

    for order in permutations([rain(0), withdrawal, rain(9, "レベル３大雨警報")]):
        assert kinds(after(order)) == ["レベル３大雨警報"]


def test_within_one_minute_the_higher_serial_of_an_earthquake_counts():
    assert kinds(after([shaken("4", 0, serial="2"), shaken("3", 0, serial="1")])) == ["震度4"]


def test_a_withdrawn_earthquake_is_gone_and_stays_gone_when_its_report_comes_late():
    report, withdrawal = shaken("4", 0, serial="1"), quake(info_type="取消", **at(3, serial="2", **QUAKE))

    assert kinds(after([report, withdrawal])) == kinds(after([withdrawal, report])) == []


def test_a_withdrawal_without_serial_in_the_same_minute_still_withdraws():
    report, withdrawal = shaken("4", 0, serial="3"), quake(info_type="取消", **at(0, **QUAKE))

    assert kinds(after([report, withdrawal])) == kinds(after([withdrawal, report])) == []


def test_a_withdrawal_leaves_other_earthquakes_and_other_types_alone():
    other = shaken("5-", 1, event_id="20260701100100")
    quick = quick_quake([(("埼玉県南部", "431"), "4")], **at(0, **QUAKE))
    state = after([shaken("4", 0), other, quick, quake(info_type="取消", **at(3, **QUAKE))])

    assert kinds(state) == ["震度5弱"]
    assert kinds(state, "431") == ["震度4"]


def test_a_correction_replaces_the_report_of_the_same_time_and_serial():
    report, correction = shaken("5-", 0, serial="1"), shaken("4", 0, serial="1", info_type="訂正")

    assert kinds(after([report, correction])) == kinds(after([correction, report])) == ["震度4"]


@pytest.mark.parametrize("status", ["訓練", "試験"])
def test_a_drill_or_a_test_never_touches_the_real_state(status):
    real = after([shaken("4", 0)])

    for drill in (shaken("7", 5, status=status), quake(info_type="取消", **at(6, status=status, **QUAKE))):
        assert apply(real, drill) is real
        assert not supersedes(drill, shaken("4", 0))
        assert not supersedes(shaken("4", 9), drill)


def test_what_was_not_understood_changes_nothing():
    assert apply(EMPTY, bulletin("知らない表題", "")) is EMPTY


def test_a_river_begins_a_new_count_with_its_next_flood():
    before = river(("レベル３氾濫警報", "30", ""), [KOSHIGAYA], report_time="2026-06-01T10:00:00+09:00", serial="9")
    now = river(("レベル２氾濫注意報", "20", ""), [KOSHIGAYA], report_time="2026-07-01T10:00:00+09:00", serial="1")

    assert kinds(after([now, before])) == ["レベル２氾濫注意報"]


def test_a_tsunami_of_two_earthquakes_takes_the_place_of_the_telegrams_of_each():
    first = tsunami([(BAY, ("津波注意報", "62"), None)], **at(0, event_id="20260701095500"))
    second = tsunami([(BAY, ("津波注意報", "62"), None)], **at(2, event_id="20260701095900"))
    both = tsunami([(BAY, WARNED, None)], **at(4, event_id="20260701095900 20260701095500"))

    for order in permutations([first, second, both]):
        assert in_force(after(order)) == (both,)
    assert supersedes(both, first)
    assert supersedes(both, second)
    assert not supersedes(first, second)


def test_superseding_is_about_the_same_thing_and_one_way():
    older, newer = rain(0), rain(5)

    assert supersedes(newer, older)
    assert not supersedes(older, newer)
    assert not supersedes(newer, newer)
    assert not supersedes(storm(9), older)


def test_the_report_that_was_sent_later_counts_when_all_else_is_equal():
    early, late = rain(0, sent="2026-07-01T01:00:00Z"), rain(0, "レベル３大雨警報", sent="2026-07-01T01:00:30Z")

    assert kinds(after([early, late])) == kinds(after([late, early])) == ["レベル３大雨警報"]


NOW: Moment = ("実況", (34.0, 139.6), [("暴風域", [("", 100)])])
AHEAD: Moment = ("予報　１２時間後", (35.0, 139.6), [("暴風警戒域", [("", 200)])])
WORST_DAY = (
    rain(0),
    rain(5, "レベル４大雨危険警報"),
    rain(5, "レベル３大雨警報", info_type="訂正"),
    rain(5, "レベル２大雨注意報"),  # the same minute and no number: only the text differs from the one above
    rain(9, status="訓練"),
    storm(1),
    storm(7, "解除"),
    weather("VPWW58", info_type="取消", **at(4)),
    shaken("4", 2, serial="1"),
    shaken("5-", 2, serial="2"),
    shaken("5+", 2, serial="2", info_type="訂正"),
    shaken("3", 2, event_id="20260701100000"),
    quake(info_type="取消", **at(6, event_id="20260701100000")),
    tsunami([(BAY, WARNED, None)], **at(3, event_id="20260701095500 20260701100000")),
    tsunami([(BAY, ("津波警報解除", "50"), WARNED)], **at(8, event_id="20260701095500")),
    river(("レベル３氾濫警報", "30", ""), [KOSHIGAYA, KAWAGOE], **at(3, serial="1")),
    river(("レベル２氾濫注意報解除", "10", "解除"), [KOSHIGAYA], **at(8, serial="2")),
    typhoon([NOW, AHEAD], **at(1)),
    typhoon([NOW, AHEAD], **at(4)),
    typhoon([NOW], **at(7)),
)


def test_any_order_and_any_repetition_of_the_same_telegrams_ends_in_the_same_state():
    expected = after(WORST_DAY)
    chance = random.Random(20260701)

    for _ in range(400):
        order = [*WORST_DAY, *chance.choices(WORST_DAY, k=6)]
        chance.shuffle(order)
        state = after(order)

        assert state == expected
        assert in_force(state) == in_force(expected)


def test_the_worst_day_ends_as_a_person_would_read_it():
    state = after(WORST_DAY)

    assert kinds(state) == ["震度5強", "レベル３大雨警報"]
    assert kinds(state, KAWAGOE[1]) == []
