"""From the feed to an issued notice: over real HTTP, on both engines, whoever asks."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from store.records_notices import NewNotice
from tests.feeds.feed_builders import Office, subject
from tests.feeds.jma_server import HERE, RAIN_3, a_warning, named
from tests.notify.telegram_builders import NOTHING, quake_xml, quick_quake_xml


def test_a_warning_in_the_feed_becomes_an_issued_notice(office: Office) -> None:
    office.publish()

    office.minute()

    (notice,) = office.notices()
    assert notice.title == "警戒レベル4相当（大雨）彩野市"
    assert notice.titles["en"] == "Heavy rain: Alert Level 4 equivalent, Saino City"
    assert (notice.kind, notice.level, notice.source, notice.audience.everyone) == ("disaster", "4", "feed", True)
    assert notice.number != ""
    assert notice.priority == 0


def test_each_telegram_is_fetched_once_whoever_asks(office: Office) -> None:
    path = office.publish()

    for worker in ("a", "b", "a", "b"):
        office.minute(worker)

    assert office.jma.asked[path] == 1
    assert len(office.notices()) == 1


def test_a_minute_is_asked_for_by_one_process(office: Office) -> None:
    office.clock.forward(60)

    asked = [office.feeds(worker).poll_once() for worker in ("a", "b", "c")]

    assert asked == [0, 0, 0]
    assert office.jma.asked["/feed/extra.xml"] == 1


def test_an_unchanged_feed_is_not_transferred_again(office: Office) -> None:
    for _ in range(3):
        office.minute()

    assert office.jma.asked["/feed/extra.xml"] == 3
    assert office.jma.unchanged["/feed/extra.xml"] == 2


def test_the_long_feed_is_read_at_the_start_and_after_an_outage_only(office: Office) -> None:
    for _ in range(3):
        office.minute()
    assert office.jma.asked["/feed/extra_l.xml"] == 1

    office.clock.forward(3600)
    office.minute()
    office.minute()

    assert office.jma.asked["/feed/extra_l.xml"] == 2


def test_after_an_outage_only_what_is_still_true_is_told(office: Office) -> None:
    office.minute()
    office.clock.forward(3600)
    office.publish(ago=3000)
    office.publish(lambda at: a_warning(at, (None, None, NOTHING)), ago=600)

    office.minute()

    assert office.notices() == []
    assert office.store.telegram_counts().done == 2


def test_while_the_long_feed_fails_what_the_short_one_has_is_told_and_the_long_one_asked_again(office: Office) -> None:
    office.jma.answers["/feed/extra_l.xml"] = (500, b"", {})
    office.publish()

    office.minute()
    office.minute()

    assert len(office.notices()) == 1
    assert office.jma.asked["/feed/extra_l.xml"] == 2
    view = office.store.feeds()["extra"]
    assert (view.answered_at, view.reason) == (None, "long feed: status 500")

    del office.jma.answers["/feed/extra_l.xml"]
    office.minute()
    office.minute()

    assert office.jma.asked["/feed/extra_l.xml"] == 3
    assert office.store.feeds()["extra"].silent_since is None
    assert len(office.notices()) == 1


def test_without_a_city_that_has_rules_nothing_is_asked(office: Office) -> None:
    office.towns = {}

    office.minute()

    assert office.jma.asked.total() == 0


def test_a_telegram_of_a_kind_that_no_rule_is_about_is_not_fetched(office: Office) -> None:
    path = office.jma.publish(named(office.now, "VPWW54"), b"<x/>", office.now)

    office.minute()

    assert office.jma.asked[path] == 0


def test_what_is_in_force_outlives_the_process(office: Office) -> None:
    office.publish()
    office.minute("before")
    office.publish(lambda at: a_warning(at, (None, None, NOTHING)))

    office.minute("after")

    over, first = office.notices()
    assert (over.mark, over.original) == ("all_clear", first.id)


def test_a_telegram_that_comes_late_changes_nothing(office: Office) -> None:
    office.publish(lambda at: a_warning(at, (None, None, NOTHING)))
    office.minute()
    office.publish(ago=300)

    office.minute()

    assert office.notices() == []


def test_drills_reach_a_drill_audience_in_drill_mode_alone(office: Office) -> None:
    office.publish(lambda at: a_warning(at, status="訓練"))
    office.minute()
    assert office.notices() == []

    office.store.begin_incident("demo", "総合防災訓練", 1, drill=True)
    office.publish(lambda at: a_warning(at, status="訓練"))
    office.minute()

    (notice,) = office.notices()
    assert notice.drill
    assert subject(notice) == "【彩野市】【訓練】【防災】警戒レベル4相当（大雨）彩野市"
    assert not notice.audience.everyone


@pytest.mark.parametrize(
    ("kind", "info_type", "said"),
    [
        (RAIN_3, "訂正", "【訂正】大雨 彩野市"),
        ((None, None, NOTHING), "取消", "【訂正】大雨の発表の取り消し 彩野市"),
        ((None, None, NOTHING), "発表", "【解除】大雨の知らせの終わり 彩野市"),
    ],
)
def test_what_became_of_it_is_said_once_before_the_title(
    office: Office, kind: tuple[str | None, str | None, str], info_type: str, said: str
) -> None:
    office.publish(ago=120)
    office.minute()
    office.publish(lambda at: a_warning(at, kind, info_type=info_type))

    office.minute()

    assert subject(office.notices()[0]) == f"【彩野市】【防災】{said}"


def test_a_rule_switches_the_mode_up_and_never_down(office: Office) -> None:
    office.publish(lambda at: a_warning(at, RAIN_3))
    office.minute()
    alert = office.store.mode("demo")
    office.publish()
    office.minute()
    disaster = office.store.mode("demo")
    office.publish(lambda at: a_warning(at, (None, None, NOTHING)))
    office.minute()

    assert (alert.mode, disaster.mode, office.store.mode("demo").mode) == ("alert", "disaster", "disaster")
    audited = [line.who for line in office.store.audit_all("demo") if line.action == "mode.change"]
    assert audited == ["rule:rain-3", "rule:rain-4"]


def test_shelters_have_to_be_safe_in_what_residents_were_warned_of_until_it_is_over(office: Office) -> None:
    office.publish(lambda at: a_warning(at, RAIN_3))
    office.minute()
    assert office.store.known_places("demo").hazards == {"flood"}
    assert office.store.known_places("elsewhere").hazards == frozenset()

    office.publish(lambda at: a_warning(at, ("レベル２大雨注意報", "10", "警報から注意報")))
    office.minute()

    assert office.store.known_places("demo").hazards == frozenset()


def test_after_an_earthquake_shelters_have_to_be_safe_in_its_aftershocks_for_a_day(office: Office) -> None:
    at = office.now.isoformat()
    shaken = quake_xml([(HERE, "<MaxInt>5-</MaxInt>")], event_id="20260701095900", report_time=at)
    office.jma.publish(named(office.now, "VXSE53"), shaken, office.now)
    office.minute()
    assert office.store.known_places("demo").hazards == {"earthquake"}

    office.clock.forward(25 * 3600)

    assert office.store.known_places("demo").hazards == frozenset()


def test_a_quick_report_that_is_withdrawn_does_not_undo_the_report_that_followed_it(office: Office) -> None:
    def comes(data_type: str, make: Callable[..., bytes], what: object, info_type: str = "発表") -> list[str]:
        xml = make(what, event_id="20260701095900", report_time=office.now.isoformat(), info_type=info_type)
        office.jma.publish(named(office.now, data_type), xml, office.now)
        office.minute()
        return [notice.title for notice in office.notices()]

    quick, whole = [(("埼玉県南部", "431"), "5-")], [(HERE, "<MaxInt>5-</MaxInt>")]
    told = comes("VXSE51", quick_quake_xml, quick)
    assert len(told) == 1
    assert comes("VXSE53", quake_xml, whole) == told
    assert comes("VXSE51", quick_quake_xml, [], "取消") == told

    assert "取り消し" in comes("VXSE53", quake_xml, [], "取消")[0]


def test_a_warning_that_staff_have_taken_back_moves_nobody(office: Office) -> None:
    office.publish()
    office.minute()
    (wrong,) = office.notices()
    assert office.store.known_places("demo").hazards == {"flood"}

    right = NewNotice(
        "demo",
        "disaster",
        "bosai",
        wrong.title,
        {"ja": "まちがいでした。"},
        wrong.audience,
        ("page",),
        mark="correction",
        original=wrong.id,
    )
    office.store.issue_notice("demo", office.store.put_notice(right, 7).id, 7)
    office.clock.forward(3)

    assert office.store.known_places("demo").hazards == frozenset()


def test_a_warning_of_which_nothing_was_heard_for_days_and_one_of_a_drill_move_nobody(office: Office) -> None:
    office.store.begin_incident("demo", "総合防災訓練", 1, drill=True)
    office.publish(lambda at: a_warning(at, status="訓練"))
    office.minute()
    assert office.notices()
    assert office.store.known_places("demo").hazards == frozenset()

    office.publish()
    office.minute()
    office.clock.forward(4 * 24 * 3600)

    assert office.store.known_places("demo").hazards == frozenset()


def test_old_telegrams_are_forgotten_and_weather_in_force_is_not(office: Office) -> None:
    office.publish()
    office.minute()

    forgotten = office.store.forget_telegrams(office.now + timedelta(days=1))

    assert forgotten == 1
    assert len(office.store.kept_telegrams("VPWW55")) == 1
    assert [danger.grade for danger in office.store.told_dangers("demo")] == ["4"]
