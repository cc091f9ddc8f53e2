"""From the feed to an issued notice: over real HTTP, on both engines, whoever asks, whatever breaks."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from clients.jma import FeedError, JmaFeeds
from errands.feeds import Feeds, Town
from errands.telegrams import Telegrams
from faq.city import City
from faq.disaster import Disaster
from faq.knowledge import Knowledge, load_knowledge
from notify.notice_message import notice_mail
from notify.staff_alarms import Alarm
from notify.telegrams.atom import read_feed
from notify.telegrams.records import TelegramError
from store import Store, StoreError
from store.records_notices import NewNotice, NoticeView
from tests.databases import Clock
from tests.feeds.jma_server import HERE, RAIN_3, JmaServer, a_jma_server, a_warning, named
from tests.notify.telegram_builders import NOTHING, quake_xml, quick_quake_xml

DEMO = Path(__file__).parents[2] / "cities" / "demo"


@pytest.fixture(scope="module")
def demo() -> Knowledge:
    return load_knowledge(DEMO)


@pytest.fixture
def jma() -> Iterator[JmaServer]:
    with a_jma_server() as server:
        yield server


class Office:
    """One process of the service, or several on one store: what each does when its turn comes."""

    def __init__(self, store: Store, clock: Clock, jma: JmaServer, demo: Knowledge) -> None:
        self.store, self.clock, self.jma = store, clock, jma
        self.alarms: list[Alarm] = []
        assert demo.alerts is not None
        self.towns = {"demo": Town(demo.city, demo.alerts)}

    def feeds(self, worker: str = "a") -> Feeds:
        return Feeds(self.store, self._client(), lambda: self.towns, self._alarm, worker, self.clock)

    def telegrams(self, worker: str = "a") -> Telegrams:
        return Telegrams(self.store, self._client(), lambda: self.towns, self._alarm, worker, self.clock)

    def _client(self) -> JmaFeeds:
        return JmaFeeds(self.jma.feed_url)

    def _alarm(self, alarm: Alarm, _city: City, _disaster: Disaster) -> int:
        self.alarms.append(alarm)
        return 1

    def minute(self, worker: str = "a") -> None:
        """A minute passes; the feeds are asked and everything new is read."""
        self.clock.forward(60)
        self.feeds(worker).poll_once()
        reading = self.telegrams(worker)
        while reading.read_once():
            pass

    def publish(self, xml: bytes | Callable[[datetime], bytes] = a_warning, *, ago: int = 0, number: int = 0) -> str:
        at = self.now - timedelta(seconds=ago)
        return self.jma.publish(named(at, number=number), xml if isinstance(xml, bytes) else xml(at), at)

    @property
    def now(self) -> datetime:
        return datetime.fromtimestamp(self.clock.now, UTC)

    def notices(self) -> list[NoticeView]:
        return self.store.notices("demo")


@pytest.fixture
def office(store: Store, clock: Clock, jma: JmaServer, demo: Knowledge) -> Office:
    return Office(store, clock, jma, demo)


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


def test_a_telegram_that_broke_off_is_fetched_again_and_told(office: Office) -> None:
    path = office.publish()
    office.jma.broken_off.add(path)
    office.minute()
    assert office.notices() == []

    office.jma.broken_off.clear()
    office.minute()

    assert len(office.notices()) == 1
    assert office.alarms == []


def test_a_telegram_whose_xml_ends_too_early_is_fetched_again(office: Office) -> None:
    path = office.publish()
    whole = office.jma.files[path]
    office.jma.files[path] = whole[:-200]
    office.minute()

    office.jma.files[path] = whole
    office.minute()

    assert len(office.notices()) == 1


def test_staff_are_told_once_of_a_telegram_that_stays_broken(office: Office) -> None:
    path = office.publish()
    office.jma.files[path] = office.jma.files[path][:-200]

    for _ in range(12):
        office.minute()

    assert [alarm.kind for alarm in office.alarms] == ["telegram_unread"]
    assert office.jma.asked[path] == 6
    assert office.store.telegram_counts().dead == 1


def test_a_night_of_broken_telegrams_is_one_letter_an_hour(office: Office) -> None:
    office.clock.forward(3600 - office.clock.now % 3600)  # to the full hour
    for number in range(20):
        office.publish(b"<other/>", number=number)
        office.minute()

    assert len(office.alarms) == 20
    assert len({(alarm.kind, alarm.number) for alarm in office.alarms}) == 1, "the store keeps one of each"


HOSTILE = {
    "entities": b'<?xml version="1.0"?><!DOCTYPE Report [<!ENTITY a "aaaa">]><Report>&a;</Report>',
    "a page": b"<!DOCTYPE html><html><body>maintenance</body></html>",
    "another document": b"<other/>",
    "too deep": b"<a>" * 200 + b"</a>" * 200,
    "bytes": bytes(range(256)) * 10,
}


@pytest.mark.parametrize("content", HOSTILE.values(), ids=HOSTILE)
def test_what_is_no_telegram_reaches_nobody_and_stops_nothing(office: Office, content: bytes) -> None:
    office.publish(content, number=1)
    office.minute()
    office.publish()

    for _ in range(8):
        office.minute()

    assert [notice.level for notice in office.notices()] == ["4"]
    assert office.store.telegram_counts().dead == 1


def test_an_address_on_another_server_is_not_asked(office: Office) -> None:
    with a_jma_server() as other:
        path = other.publish(named(office.now), a_warning(office.now), office.now)
        office.jma.publish(named(office.now), b"", office.now, url=f"{other.url}{path}")

        office.minute()

        assert other.asked.total() == 0


def test_a_worker_that_dies_after_issuing_tells_nothing_twice(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    office.publish()
    office.clock.forward(60)
    office.feeds().poll_once()
    with monkeypatch.context() as patched:
        patched.setattr(type(office.store), "telegram_read", _dies)
        with pytest.raises(KeyboardInterrupt):
            office.telegrams("dying").read_once()
    assert len(office.notices()) == 1

    office.clock.forward(31)
    assert office.telegrams("next").read_once() == 1

    assert len(office.notices()) == 1
    assert office.store.telegram_counts().done == 1


def _dies(*_: object) -> None:
    raise KeyboardInterrupt


def test_an_outage_of_the_store_in_the_middle_is_made_good(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    office.publish()
    office.clock.forward(60)
    office.feeds().poll_once()
    with monkeypatch.context() as patched:
        patched.setattr(type(office.store), "issue_notice", _unreachable)
        with pytest.raises(StoreError):
            office.telegrams().read_once()

    office.clock.forward(5)
    office.telegrams().read_once()

    (notice,) = office.notices()
    assert notice.number != ""


def _unreachable(*_: object) -> None:
    raise StoreError("away")


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


def subject(notice: NoticeView) -> str:
    """As a mail begins; LINE, pages and feeds begin with the same marks."""
    return notice_mail(notice, "彩野市")[0]


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


def test_staff_are_told_once_of_a_silent_feed_and_once_when_it_is_back(office: Office) -> None:
    office.minute()
    office.jma.silent = True
    for _ in range(9):
        office.minute()
    assert office.alarms == []

    for _ in range(10):
        office.minute()
    silent = {(alarm.kind, alarm.number) for alarm in office.alarms}
    office.jma.silent = False
    for _ in range(3):
        office.minute()

    assert {kind for kind, _ in silent} == {"feed_silent"}
    assert len(silent) == 1  # both feeds fell silent in the same minute: one occasion
    assert {alarm.kind for alarm in office.alarms} == {"feed_silent", "feed_back"}
    assert len(office.alarms) == 4  # each feed, silent and back


def test_a_feed_that_is_no_feed_counts_as_silent(office: Office) -> None:
    office.jma.answers["/feed/extra.xml"] = (200, b"<html>maintenance</html>", {})

    for _ in range(13):
        office.minute()

    assert [alarm.kind for alarm in office.alarms] == ["feed_silent"]


def test_old_telegrams_are_forgotten_and_weather_in_force_is_not(office: Office) -> None:
    office.publish()
    office.minute()

    forgotten = office.store.forget_telegrams(office.now + timedelta(days=1))

    assert forgotten == 1
    assert len(office.store.kept_telegrams("VPWW55")) == 1
    assert [danger.grade for danger in office.store.told_dangers("demo")] == ["4"]


# ── The client itself ────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_redirect_is_not_followed(jma: JmaServer) -> None:
    jma.answers["/feed/extra.xml"] = (302, b"", {"Location": "http://127.0.0.1:1/"})

    with pytest.raises(FeedError, match="status 302"):
        JmaFeeds(jma.feed_url).feed("extra")


def test_what_unpacks_to_too_much_is_not_read_to_its_end(jma: JmaServer) -> None:
    bomb = gzip.compress(b"a" * 30_000_000)
    jma.answers["/data/x.xml"] = (200, bomb, {"Content-Encoding": "gzip"})

    with pytest.raises(FeedError, match="too large") as refused:
        JmaFeeds(jma.feed_url).telegram(f"{jma.url}/data/x.xml")

    assert refused.value.permanent


def test_a_server_that_drips_is_not_waited_for(jma: JmaServer) -> None:
    jma.files["/data/x.xml"] = b"<x/>"
    ticks = iter(range(0, 10_000, 30))

    with pytest.raises(FeedError, match="too slow"):
        JmaFeeds(jma.feed_url, clock=lambda: float(next(ticks))).telegram(f"{jma.url}/data/x.xml")


@pytest.mark.parametrize(
    "url", ["file:///etc/passwd", "http://user@127.0.0.1/x", "//127.0.0.1/x", "http://127.0.0.1:x/", "https://a/"]
)
def test_only_the_feeds_own_server_is_asked_for_telegrams(jma: JmaServer, url: str) -> None:
    with pytest.raises(FeedError, match="another server"):
        JmaFeeds(jma.feed_url).telegram(url)


def test_a_feed_names_telegrams_by_their_file_and_each_once() -> None:
    entry = "<entry><updated>2026-07-01T01:00:00Z</updated><link href='http://h/20260701010000_0_VPWW55_110000.xml'/></entry>"
    strange = (
        "<entry><updated>2026-07-01T01:00:00Z</updated><link href='http://h/readme.txt'/></entry>"
        "<entry><updated>gestern</updated><link href='http://h/20260701010000_1_VPWW55_110000.xml'/></entry><entry/>"
    )

    found = read_feed(JmaServer.feed([entry, entry, strange]))

    assert [(one.id, one.data_type) for one in found] == [("20260701010000_0_VPWW55_110000.xml", "VPWW55")]


def test_a_feed_with_entities_is_refused() -> None:
    with pytest.raises(TelegramError):
        read_feed(b'<!DOCTYPE feed [<!ENTITY a "b">]><feed xmlns="http://www.w3.org/2005/Atom">&a;</feed>')
