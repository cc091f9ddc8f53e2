"""What residents and staff still have when a part is really stopped: PostgreSQL, the disk, LINE, the feed."""

from __future__ import annotations

import json
import resource
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from socket import socket
from typing import Any

import pytest

from clients.jma import JmaFeeds
from clients.line.client import LineClient
from clients.mail import MailServer
from emulator import LinePlatform, serve
from errands.broadcast import Broadcast
from errands.channel import USUAL_PACE
from errands.feeds import Feeds, Town
from errands.telling import Telling
from faq.content import PLACES_FILE
from faq.places import COLUMNS
from store import Store, open_store
from store.places_state import PlaceChange
from store.records_notices import Audience, NewNotice
from tests.console_site import Visitor
from tests.databases import Clock
from tests.demo_city import the_demo_knowledge
from tests.disaster.conftest import SHELTERS, Bad, fields
from tests.feeds.jma_server import a_jma_server
from tests.html import read_page, words
from tests.journeys.killing import CITY, TOKEN, Service, a_service
from tests.mailbox import Mailbox, mailbox  # noqa: F401 - a fixture
from tests.notices.notice_builders import add_friends
from tests.running import wait_until

ASKED = "中央一丁目の避難所はどこ"


@contextmanager
def a_city_in_trouble(database_url: str, folder: Path) -> Iterator[Service]:
    """The service as a process of its own, with one shelter open and one order to evacuate out."""
    with a_service(database_url, folder, "http://127.0.0.1:9", JMA_FEED_URL="") as service:
        places = folder / "cities" / CITY / PLACES_FILE
        places.parent.mkdir(parents=True, exist_ok=True)
        places.write_text(",".join(COLUMNS) + "\n" + SHELTERS, encoding="utf-8")
        service.start("serve")
        with open_store(database_url) as store:
            water = PlaceChange("w1", "open", "", "water", "中央公園", "中央9番", "9時から", (36.0541, 139.55))
            store.set_places(CITY, [PlaceChange("school", "open"), water], 1)
            new = NewNotice(
                CITY,
                "disaster",
                "bosai",
                "警戒レベル4 避難指示",
                {"ja": "すぐに避難してください。"},
                Audience(everyone=True),
                ("page",),
            )
            store.issue_notice(CITY, store.put_notice(new, 1).id, 1)
        wait_until(lambda: _is_loaded(service), 30)
        wait_until(lambda: "すぐに避難してください。" in get(service, f"/disaster/{CITY}/"), 30)
        wait_until(lambda: "いま開いています" in said(ask(service, ASKED)), 10)
        yield service


def get(service: Service, path: str) -> str:
    with urllib.request.urlopen(f"{service.url}{path}", timeout=20) as answer:
        text: str = answer.read().decode()
        return text


def _is_loaded(service: Service) -> bool:
    try:
        return bool(get(service, f"/faq/{CITY}/"))
    except urllib.error.HTTPError:
        return False


def ask(service: Service, text: str, session: str | None = None) -> dict[str, Any]:
    body = json.dumps({"text": text, "session": session}).encode()
    headers = {"Content-Type": "application/json"}
    request = urllib.request.Request(f"{service.url}/widget/{CITY}/messages", body, headers)
    with urllib.request.urlopen(request, timeout=30) as answer:
        found: dict[str, Any] = json.load(answer)
        return found


def said(answer: dict[str, Any]) -> str:
    return json.dumps(answer["reply"], ensure_ascii=False)


@pytest.mark.timeout(120)
def test_without_postgresql_the_page_the_answers_and_the_shelters_are_still_there(
    own_server: Any, tmp_path: Path
) -> None:
    with a_city_in_trouble(own_server.get_uri(), tmp_path) as service:
        own_server.stop()

        assert "すぐに避難してください。" in get(service, f"/disaster/{CITY}/")
        assert "試験市立中央小学校" in get(service, f"/disaster/{CITY}/en/")
        wait_until(lambda: "新しいようすを確かめられません" in said(ask(service, ASKED)), 30)
        old = ask(service, ASKED)
        assert "試験市立中央小学校" in said(old)
        assert "に分かっていたことです" in said(old)
        water = said(ask(service, "給水所どこ"))
        assert "■中央公園" in water
        assert "に分かっていたことです" in water
        answer = ask(service, "ゴミの日")
        assert (answer["reply"]["decision"], answer["remembered"]) == ("answer", False)
        nobody = ask(service, "人に聞く")
        assert not nobody["waiting"], "a person was promised whom nobody told"
        assert "048-000-0000" in said(nobody)

        own_server.start()
        wait_until(lambda: "に確かめたようすです" in said(ask(service, ASKED)), 30)


@pytest.mark.timeout(90)
def test_on_a_disk_that_takes_nothing_the_page_the_answers_and_the_shelters_are_still_there(tmp_path: Path) -> None:
    """No file of the process may grow any more, as on a full disk: the database, the log, the pages."""
    with a_city_in_trouble(f"sqlite:///{tmp_path / 'store.db'}", tmp_path) as service:
        number = service.processes["serve"].pid
        before = resource.prlimit(number, resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))

        wait_until(lambda: not ask(service, "ゴミの日")["remembered"], 20)
        assert "すぐに避難してください。" in get(service, f"/disaster/{CITY}/")
        shelters = ask(service, ASKED)
        assert "試験市立中央小学校" in said(shelters)
        assert "■中央公園" in said(ask(service, "給水所どこ"))
        assert not shelters["remembered"]
        nobody = ask(service, "人に聞く")
        assert not nobody["waiting"]
        assert "048-000-0000" in said(nobody)

        resource.prlimit(number, resource.RLIMIT_FSIZE, before)
        wait_until(lambda: ask(service, "ゴミの日")["remembered"], 20)
        assert "すぐに避難してください。" in get(service, f"/disaster/{CITY}/")


@pytest.mark.timeout(90)
def test_a_service_whose_log_cannot_be_written_starts_and_answers(tmp_path: Path) -> None:
    with a_service(f"sqlite:///{tmp_path / 'store.db'}", tmp_path, "http://127.0.0.1:9", JMA_FEED_URL="") as service:
        service.log = Path("/dev/full")
        service.start("serve")
        wait_until(lambda: _is_loaded(service), 30)

        assert ask(service, "ゴミの日")["reply"]["decision"] == "answer"
        assert service.stop("serve") == {"serve": 0}


def test_staff_without_a_database_read_what_still_works_and_what_to_do_meanwhile(day: Bad, chief: Visitor) -> None:
    chief.get("/disaster/new/support-desk")
    form = fields(chief.post("/disaster/new/support-desk").text)
    day.store.close()  # every question is refused from here on

    for answer in (chief.get("/disaster"), chief.post("/disaster/new/support-desk/issue", form)):
        assert answer.status_code == 503
        assert "いま、データベースを使えません" in answer.text
        assert "災害のページは動いています" in answer.text


@contextmanager
def a_sender(store: Store, url: str, clock: Clock) -> Iterator[None]:
    lines = {"test": LineClient(TOKEN, url)}
    pace = replace(USUAL_PACE, lease_seconds=1.0)
    sender = Broadcast(
        store, lines, lambda _city, _language: "試験市", "w1", pace=pace, look_seconds=0.02, clock=clock
    ).start()
    try:
        yield
    finally:
        sender.stop()


def test_while_line_is_down_the_notice_waits_the_other_channels_have_it_and_staff_see_it(
    day: Bad, chief: Visitor, clock: Clock
) -> None:
    platform = LinePlatform()
    platform.add_channel("test", TOKEN, "0" * 32, None)
    residents = add_friends(day.store, 3, city="test")
    for resident in residents:
        platform.add_resident("test", "住民", resident)
    line = serve(platform)
    port = int(line.url.rpartition(":")[2])
    line.close()  # from here on nobody listens at LINE's address

    with a_sender(day.store, line.url, clock):
        notice = day.issues(chief)
        wait_until(lambda: day.store.notice_progress("test", notice.id).chunks_open == 1)
        clock.forward(90)

        listed = words(read_page(chief.get("/disaster").text))
        assert "LINE に出せていません。LINE が戻ると、自動で出ます。" in listed
        assert "LINE：0人に届けました、残り3人" in listed
        assert "警戒レベル4「避難指示」を出しました" in day.page()
        for channel in ("page", "feed", "widget"):
            shown = day.store.public_notices("test", notice.created_at.replace(year=2027), channel=channel)
            assert [one.id for one in shown] == [notice.id], channel
        assert not platform.deliveries

        with serve(platform, port=port):
            wait_until(lambda: _delivered(platform, clock), 30)
            wait_until(lambda: day.store.notice_progress("test", notice.id).chunks_open == 0)

    reached = [resident for delivery in platform.deliveries for resident in delivery.reached]
    assert sorted(reached) == sorted(residents), "everybody once"
    after = words(read_page(chief.get("/disaster").text))
    assert "LINE に出せていません" not in after
    assert "LINE：3人に届けました" in after


def test_when_the_feed_is_gone_a_mail_really_reaches_staff_after_ten_minutes_and_another_when_it_is_back(
    store: Store,
    clock: Clock,
    mailbox: Mailbox,  # noqa: F811
) -> None:
    demo = the_demo_knowledge()
    assert demo.alerts is not None
    towns = {"demo": Town(demo.city, demo.alerts)}
    server = MailServer(mailbox.url, "madoguchi@city.example.jp", "まどぐち")
    telling = Telling(
        store,
        lambda _city: demo.city,
        server,
        {},
        own_templates=lambda _city: Path("nowhere"),
        console="https://madoguchi.city.example.jp",
        worker="a",
        clock=clock,
    )

    def minutes(count: int) -> list[str]:
        """The subjects of what has arrived by then."""
        for _ in range(count):
            clock.forward(60)
            feeds.poll_once()
            while telling.mails_once():
                pass
        return [str(mail["Subject"]) for mail in mailbox.mails]

    with a_jma_server() as jma:
        feeds = Feeds(store, JmaFeeds(jma.feed_url), lambda: towns, telling.alarm, "a", clock)
        assert minutes(2) == []
    # From here on nobody listens at the feed's address.
    assert minutes(10) == []
    silent = minutes(1)
    assert minutes(5) == silent, "told once"
    with a_jma_server(int(jma.url.rpartition(":")[2])):
        back = minutes(2)[len(silent) :]

    assert set(silent) == {"【彩野市】気象庁の情報が届いていません"}
    assert set(back) == {"【彩野市】気象庁の情報が、また届いています"}
    assert "10分より長く返事がありません" in mailbox.mails[0].get_content()


def test_what_a_telegram_told_and_line_did_not_take_is_seen_by_staff_too(
    day: Bad, chief: Visitor, clock: Clock
) -> None:
    residents = add_friends(day.store, 2, city="test")
    new = NewNotice(
        "test",
        "disaster",
        "bosai",
        "警戒レベル4相当（大雨）",
        {"ja": "文"},
        Audience(everyone=True),
        ("line",),
        source="feed",
    )
    notice = day.store.issue_notice("test", day.store.put_notice(new, 0).id, 0)
    with socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        with a_sender(day.store, f"http://127.0.0.1:{nobody.getsockname()[1]}", clock):
            wait_until(lambda: day.store.notice_progress("test", notice.id).chunks_open == 1)
            clock.forward(90)

            listed = words(read_page(chief.get("/disaster").text))

    assert f"LINE：0人に届けました、残り{len(residents)}人" in listed
    assert "LINE に出せていません。LINE が戻ると、自動で出ます。" in listed


def _delivered(platform: LinePlatform, clock: Clock) -> bool:
    """Lets time pass: the sender pauses longer and longer for a LINE that does not answer."""
    clock.forward(1)
    return bool(platform.deliveries)
