"""Staff see the mode and switch it; who may, what is written down, and what happens when two do it at once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from faq.library import Library
from store import open_store
from tests.builders import CITY_YAML, write_city
from tests.console_site import ConsoleSite, Visitor, a_console
from tests.databases import Clock
from tests.modes.alert_rules import NOTICES, RULES

MODES = """\
modes:
  - mode: 災害
    greeting: 災害に対応しています。
    banner: ここで避難所を調べられます。
    pinned: [moving-in]
    remind_hours: 6
"""


@pytest.fixture
def site(sqlite_url: str, tmp_path: Path, clock: Clock) -> Iterator[ConsoleSite]:
    write_city(tmp_path / "cities", changes={"disaster.yaml": MODES + RULES, "city.yaml": CITY_YAML + NOTICES})
    library = Library.of_folder(tmp_path / "cities")
    library.check_now()
    with open_store(sqlite_url, clock=clock) as store:
        yield a_console(store, library, tmp_path, clock, JMA_FEED_URL="https://feed.test.example.jp")


@pytest.fixture
def chief(site: ConsoleSite) -> Visitor:
    return site.as_staff(site.hire("承認", name="山田"))


def switch(visitor: Visitor, mode: str, version: int = 0, reason: str = "") -> int:
    visitor.get("/mode")
    return visitor.post("/mode", {"mode": mode, "version": str(version), "reason": reason}).status_code


def test_a_switch_says_who_why_and_until_when(site: ConsoleSite, chief: Visitor) -> None:
    assert switch(chief, "disaster", reason="台風26号") == 303

    page = chief.get("/mode").text
    assert "いまは<strong>「災害」</strong>です" in page
    assert "山田さんが変えました" in page
    assert "台風26号" in page
    assert "に、このままでよいかを職員にたずねます" in page


def test_each_mode_shows_what_it_changes_for_residents(chief: Visitor) -> None:
    page = chief.get("/mode").text

    assert "災害に対応しています。" in page
    assert "ここで避難所を調べられます。" in page
    assert "引っ越してきたときの手続きを知りたい" in page


def test_the_audit_log_tells_of_the_switch_in_japanese(site: ConsoleSite, chief: Visitor) -> None:
    switch(chief, "alert")

    page = site.as_staff(site.hire("監査")).get("/audit").text

    assert "モードを変えた" in page
    assert "警戒" in page


def test_whoever_looked_before_somebody_else_switched_is_told_to_look_again(site: ConsoleSite, chief: Visitor) -> None:
    site.store.change_mode(site.store.mode("test"), "alert", who="rule:rain-3")

    assert switch(chief, "normal", version=0) == 409
    assert site.store.mode("test").mode == "alert"


def test_who_only_reads_sees_no_switch_and_cannot_use_one(site: ConsoleSite) -> None:
    clerk = site.as_staff(site.hire("担当"))

    assert 'name="mode"' not in clerk.get("/mode").text
    assert switch(clerk, "disaster") == 403
    assert site.store.mode("test").mode == "normal"


@pytest.mark.parametrize("mode", ["", "panic", "災害"])
def test_a_mode_that_is_none_is_refused(chief: Visitor, mode: str) -> None:
    assert switch(chief, mode) == 400


def test_a_rule_that_switched_is_named_as_such(site: ConsoleSite, chief: Visitor) -> None:
    site.store.change_mode(site.store.mode("test"), "alert", who="rule:rain-3", reason="大雨")

    assert "規則で変わりました" in chief.get("/mode").text


def test_a_silent_feed_is_shown(site: ConsoleSite, chief: Visitor) -> None:
    site.store.feed_failed("extra", "status 503")

    page = chief.get("/mode").text

    assert "「extra」は、" in page
    assert "自動では知らせられません" in page


def test_after_ten_minutes_of_silence_it_stands_on_the_screen_of_the_disaster_too(
    site: ConsoleSite, chief: Visitor, clock: Clock
) -> None:
    site.store.feed_failed("extra", "status 503")
    clock.forward(600)
    assert "気象庁の情報が、" not in chief.get("/disaster").text

    clock.forward(1)

    assert "から届いていません。警報などは、自動では知らせられません。" in chief.get("/disaster").text
    site.store.feed_answered("extra", "", "", [])
    assert "気象庁の情報が、" not in chief.get("/disaster").text


def test_a_feed_that_nobody_asks_any_more_is_shown_because_no_worker_is_left_to_tell_of_it(
    site: ConsoleSite, chief: Visitor, clock: Clock
) -> None:
    site.store.feed_answered("extra", "", "", [])
    clock.forward(600)
    for path in ("/mode", "/disaster"):
        assert "自動では知らせられません" not in chief.get(path).text

    clock.forward(1)

    assert "から、取りに行っていません。worker が動いているか" in chief.get("/mode").text
    assert "から届いていません。警報などは、自動では知らせられません。" in chief.get("/disaster").text
