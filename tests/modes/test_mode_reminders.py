"""A mode is written down with who and why, and staff are asked until somebody switches back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from errands.feeds import Town
from errands.modes import Reminders
from faq.city import City
from faq.disaster import Disaster, ModeEffects
from notify.modes import next_reminder
from notify.staff_alarms import Alarm
from store import Store
from store.errors import NoticeConflict
from store.modes import KeptMenu, Mode
from tests.builders import a_city
from tests.databases import Clock

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
RULES = Disaster(modes=(ModeEffects(mode="災害", greeting="災害に対応しています。", remind_hours=6),))


def switched(store: Store, mode: Mode, remind_at: datetime | None = None) -> None:
    store.change_mode(store.mode("test"), mode, who="staff:7", by=7, reason="大雨", remind_at=remind_at)


def test_a_city_that_never_switched_is_as_usual(store: Store) -> None:
    assert (store.mode("test").mode, store.modes()) == ("normal", {})


def test_a_switch_is_kept_with_who_and_why_and_is_in_the_audit_log(store: Store) -> None:
    switched(store, "alert")

    now = store.mode("test")
    (line,) = store.audit_all("test")
    assert (now.mode, now.changed_by, now.reason, now.version) == ("alert", 7, "大雨", 1)
    assert (line.who, line.action) == ("staff:7", "mode.change")
    assert line.detail == {"before": "平常", "mode": "警戒", "reason": "大雨"}


def test_of_two_who_switch_at_once_the_second_must_look_again(store: Store) -> None:
    seen = store.mode("test")
    store.change_mode(seen, "disaster", who="staff:1", by=1)

    with pytest.raises(NoticeConflict):
        store.change_mode(seen, "alert", who="staff:2", by=2)

    assert store.mode("test").mode == "disaster"
    assert len(list(store.audit_all("test"))) == 1


def test_the_same_mode_again_changes_nothing(store: Store) -> None:
    switched(store, "alert")
    switched(store, "alert")

    assert store.mode("test").version == 1


def test_one_citys_mode_is_not_anothers(store: Store) -> None:
    switched(store, "disaster")

    assert store.mode("other").mode == "normal"


class Asked:
    def __init__(self) -> None:
        self.alarms: list[Alarm] = []

    def __call__(self, alarm: Alarm, _city: City, _disaster: Disaster) -> int:
        self.alarms.append(alarm)
        return 1


def test_staff_are_asked_when_it_is_time_and_again_until_somebody_switches_back(store: Store, clock: Clock) -> None:
    asked = Asked()
    begun = datetime.fromtimestamp(clock.now, UTC)
    switched(store, "disaster", next_reminder(RULES, "disaster", begun))
    processes = [Reminders(store, lambda: {"test": Town(a_city(), RULES)}, asked, clock) for _ in range(2)]
    counts = []

    for hours in (5, 1, 5, 1):
        clock.forward(hours * 3600)
        counts.append(sum(one.remind_once() for one in processes))
    switched(store, "normal")
    clock.forward(24 * 3600)
    counts.append(sum(one.remind_once() for one in processes))

    assert counts == [0, 1, 0, 1, 0]
    assert {alarm.kind for alarm in asked.alarms} == {"mode_reminder"}


@pytest.mark.parametrize(
    ("mode", "hours"), [("normal", None), ("disaster", 6), ("recovery", 12)], ids=["never", "as said", "as usual"]
)
def test_when_staff_are_asked_next(mode: str, hours: int | None) -> None:
    expected = None if hours is None else NOW + timedelta(hours=hours)

    assert next_reminder(RULES, mode, NOW) == expected


def test_the_menus_that_were_made_are_remembered_by_mode(store: Store) -> None:
    store.keep_rich_menu("test", KeptMenu("alert", "richmenu-1", "a"))
    store.keep_rich_menu("test", KeptMenu("alert", "richmenu-2", "b"))

    assert store.rich_menus("test") == {"alert": KeptMenu("alert", "richmenu-2", "b")}
    assert store.rich_menus("other") == {}
