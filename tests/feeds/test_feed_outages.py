"""A feed that breaks, lies, drips or falls silent: staff are told, residents hear nothing twice and nothing false."""

from __future__ import annotations

import gzip

import pytest

from clients.jma import FeedError, JmaFeeds
from notify.telegrams.atom import read_feed
from notify.telegrams.records import TelegramError
from store import StoreError
from tests.feeds.feed_builders import Office
from tests.feeds.jma_server import JmaServer, a_jma_server, a_warning, named


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
