"""LINE's own count of a notice: sent under a name, asked for a day later by one process, kept beside our count."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from clients.line.client import LineClient
from clients.line.insights import LineInsights
from emulator import LinePlatform, serve
from emulator.server import RunningEmulator
from errands.broadcast import Broadcast
from errands.insights import LEASE_SECONDS, Insights
from store import Store
from store.records_notices import NoticeInsight, NoticeView
from tests.databases import Clock
from tests.notices.notice_builders import CITY, a_notice, add_friends
from tests.notices.sending_builders import TOKEN, befriend, issue
from tests.running import wait_until

URL = "https://www.city.example.jp/kenshin"
_DAY = 86_400.0


@pytest.fixture
def line(clock: Clock) -> Iterator[RunningEmulator]:
    platform = LinePlatform(clock, webhook_threads=0)
    platform.add_channel(CITY, TOKEN, "0" * 32, None)
    with serve(platform) as running:
        yield running


def _errand(store: Store, line: RunningEmulator, clock: Clock, worker: str = "w1", token: str = TOKEN) -> Insights:
    return Insights(store, {CITY: LineInsights(token, line.url)}, worker, clock)


def _send(store: Store, line: RunningEmulator, clock: Clock, **changes: object) -> NoticeView:
    client = {CITY: LineClient(TOKEN, line.url)}
    sender = Broadcast(store, client, lambda _city, _language: "彩野市", "w1", clock=clock, look_seconds=0.02).start()
    try:
        notice = issue(store, **changes)
        wait_until(lambda: _status(store, notice.id) == "done")
    finally:
        sender.stop()
    return notice


def _status(store: Store, number: int) -> str:
    kept = store.notice(CITY, number)
    return kept.status if kept else ""


def _insight(store: Store, number: int) -> NoticeInsight | None:
    return store.notice_results(CITY, number).insight


def _issued(store: Store, clock: Clock, count: int = 1, channels: tuple[str, ...] = ("line",)) -> list[NoticeView]:
    """So many notices that went to a friend, a second apart."""
    made = []
    for _ in range(count):
        number = store.put_notice(a_notice(channels=channels), by=3).id
        made.append(store.issue_notice(CITY, number, by=3))
        store.plan_due_notices(datetime.fromtimestamp(clock.now, UTC))
        clock.forward(1)
    return made


def test_the_day_after_staff_see_how_many_saw_it_and_opened_its_link(
    store: Store, clock: Clock, line: RunningEmulator
) -> None:
    names = befriend(store, line, 25)
    notice = _send(store, line, clock, link=URL)
    for name in names[:22]:
        line.platform.looked_at(CITY, name)
    for name in names[:21]:
        line.platform.press(CITY, name, {"type": "uri", "uri": URL})
    clock.forward(_DAY)

    asked = [_errand(store, line, clock, worker).ask_once() for worker in ("w1", "w2")]

    insight = _insight(store, notice.id)
    assert asked == [1, 0]
    assert insight is not None
    assert (insight.seen, insight.opened) == (22, 21)


def test_fewer_than_twenty_stay_untold(store: Store, clock: Clock, line: RunningEmulator) -> None:
    names = befriend(store, line, 25)
    notice = _send(store, line, clock, link=URL)
    for name in names[:19]:
        line.platform.looked_at(CITY, name)
    clock.forward(_DAY)

    _errand(store, line, clock).ask_once()

    insight = _insight(store, notice.id)
    assert insight is not None
    assert (insight.seen, insight.opened) == (None, None)


def test_when_line_is_down_it_is_asked_again_and_nothing_is_made_up(
    store: Store, clock: Clock, line: RunningEmulator
) -> None:
    add_friends(store, 1)
    first, second = _issued(store, clock, 2)
    clock.forward(_DAY)
    line.platform.faults.add("insight_aggregation", "slow", count=1)
    line.platform.faults.add("insight_aggregation", "server_error", count=1)
    errand = _errand(store, line, clock)

    one = errand.ask_once()
    assert (one, _insight(store, first.id) is None, _insight(store, second.id)) == (1, False, None)
    assert errand.ask_once() == 0  # its turn is still held

    clock.forward(LEASE_SECONDS)
    assert _errand(store, line, clock, "w2").ask_once() == 1  # only what was missing
    assert _insight(store, second.id) is not None


def test_a_notice_without_a_name_is_not_asked_for_and_holds_up_no_other(
    store: Store, clock: Clock, line: RunningEmulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("store.notice_insights.UNITS_A_MONTH", 1)
    add_friends(store, 1)
    first, second = _issued(store, clock, 2)
    clock.forward(_DAY)
    line.platform.limits.set_rate("insight_aggregation", 1, 3600)

    assert _errand(store, line, clock).ask_once() == 2
    assert all(_insight(store, notice.id) is not None for notice in (first, second))
    assert (store.unit_of(first), store.unit_of(second)) == ("notice_2026_0001", "")


def test_a_wrong_token_leaves_the_day_open(store: Store, clock: Clock, line: RunningEmulator) -> None:
    add_friends(store, 1)
    (notice,) = _issued(store, clock)
    clock.forward(_DAY)

    assert _errand(store, line, clock, token="wrong").ask_once() == 0
    assert _insight(store, notice.id) is None


def test_names_are_counted_by_the_month_in_japan(store: Store, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("store.notice_insights.UNITS_A_MONTH", 2)
    add_friends(store, 1)
    clock.now = datetime(2026, 9, 30, 14, 59, tzinfo=UTC).timestamp()
    september = _issued(store, clock, 1) + _issued(store, clock, 1, channels=("page",)) + _issued(store, clock, 2)
    clock.forward(120)  # the first of October in Japan
    october = _issued(store, clock, 1)

    names = [store.unit_of(notice) for notice in september + october]

    assert names == ["notice_2026_0001", "notice_2026_0002", "notice_2026_0003", "", "notice_2026_0005"]


def test_line_is_asked_from_the_next_day_on_for_two_weeks(store: Store, clock: Clock) -> None:
    add_friends(store, 1)
    (notice,) = _issued(store, clock)
    _issued(store, clock, channels=("page",))
    began = datetime.fromtimestamp(clock.now, UTC)

    def due(after: timedelta, since: timedelta = timedelta(0)) -> list[int]:
        now = began + after
        return [one.id for one in store.notices_to_count(CITY, now, now - since, 9)]

    assert due(timedelta(hours=23)) == []
    assert due(timedelta(days=1)) == [notice.id]
    store.keep_insight(CITY, notice.id, NoticeInsight(30, None, began + timedelta(days=2)))
    assert due(timedelta(days=2), since=timedelta(hours=1)) == []
    assert due(timedelta(days=14)) == [notice.id]
    assert due(timedelta(days=15)) == []


def test_a_name_too_many_does_not_keep_the_notice_from_anybody(
    store: Store, clock: Clock, line: RunningEmulator
) -> None:
    names = befriend(store, line, 3)
    line.platform.insights.names(CITY, clock.now).update(f"u{number}" for number in range(1_000))

    notice = _send(store, line, clock)

    results = store.notice_results(CITY, notice.id)
    assert (results.accepted, results.failed) == (3, 0)
    assert [set(call.reached) for call in line.platform.deliveries] == [set(names)]
