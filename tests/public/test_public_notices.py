"""The city's notices for everybody: pages, feeds, the line above the chat, and links that are counted without names."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from faq.library import Library
from handlers.public.front import register_front
from handlers.public.notice_pages import notice_blueprint
from handlers.widget.routes import widget_blueprint
from store import Store, open_store
from store.errors import StoreError
from store.records_notices import Audience, NewNotice, NoticeView
from tests.databases import Clock
from tests.public.conftest import a_config

ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture
def kept(sqlite_url: str, clock: Clock) -> Iterator[Store]:
    with open_store(sqlite_url, clock=clock) as opened:
        yield opened


@pytest.fixture
def reader(city_library: Library, tmp_path: Path, kept: Store, clock: Clock) -> FlaskClient:
    config = a_config(tmp_path)
    now = lambda: datetime.fromtimestamp(clock(), UTC)  # noqa: E731
    app = Flask("public", static_folder=None)
    app.register_blueprint(notice_blueprint(city_library, kept, config, now))
    app.register_blueprint(widget_blueprint(city_library, kept, config, clock=now))
    register_front(app, city_library, config)
    return app.test_client()


def issued(store: Store, title: str = "断水のお知らせ", *, city: str = "test", **changes: Any) -> NoticeView:
    values: dict[str, Any] = {
        "kind": "news",
        "topic": "michi",
        "title": title,
        "texts": {"ja": "10日の9時から水が止まります。\n■場所　本町", "en": "No water from 9:00."},
        "audience": Audience(topics=("michi",)),
        "channels": ("line", "page", "feed", "widget"),
    }
    draft = store.put_notice(NewNotice(city, **(values | changes)), 1)
    return store.issue_notice(city, draft.id, 0)


def test_an_issued_notice_has_a_page_in_every_language_and_is_listed(reader, kept):
    notice = issued(kept, link="https://www.city.example.jp/dansui", titles={"en": "Water stops"})

    listed, page = reader.get("/notices/test/").text, reader.get(f"/notices/test/{notice.id}").text

    assert "断水のお知らせ" in listed
    assert "10日の9時から水が止まります" in page
    english = page.partition('<section lang="en"')[2].partition("</section>")[0]
    assert "Water stops" in english
    assert "No water from 9:00." in english
    assert notice.number in page
    assert f'href="/n/test/{notice.id}"' in page


@pytest.mark.parametrize(
    "changes", [{"drill": True}, {"channels": ("line",)}, {"expires_at": datetime(2020, 1, 1, tzinfo=UTC)}]
)
def test_drills_and_what_is_over_or_not_for_the_page_are_not_there(reader, kept, changes):
    notice = issued(kept, **changes)

    assert "断水" not in reader.get("/notices/test/").text
    assert reader.get(f"/notices/test/{notice.id}").status_code == 404


def test_drafts_and_stopped_notices_are_nobodys_to_read(reader, kept):
    draft = kept.put_notice(
        NewNotice("test", "news", "michi", "下書き", {"ja": "まだ"}, Audience(topics=("michi",)), ("page",)), 1
    )
    stopped = issued(kept)
    kept.stop_notice("test", stopped.id, 1)

    assert reader.get(f"/notices/test/{draft.id}").status_code == 404
    assert reader.get(f"/notices/test/{stopped.id}").status_code == 404
    assert reader.get(f"/n/test/{draft.id}").status_code == 404


def test_a_correction_leads_from_the_wrong_page_to_the_right_one(reader, kept):
    first = issued(kept)
    kept.plan_due_notices(first.issued_at)
    second = issued(kept, "断水は11日です", mark="correction", original=first.id)

    page = reader.get(f"/notices/test/{first.id}").text

    assert "この後のお知らせがあります" in page
    assert f'href="/notices/test/{second.id}">【訂正】断水は11日です' in page


def test_the_page_of_one_that_a_correction_stopped_leads_to_the_right_one(reader, kept):
    stopped = issued(kept)
    right = issued(kept, "断水は11日です", mark="correction", original=stopped.id)

    answer = reader.get(f"/notices/test/{stopped.id}")

    assert (answer.status_code, answer.location.rpartition("/")[2]) == (302, str(right.id))
    kept.stop_notice("test", right.id, 1)
    assert [reader.get(f"/notices/test/{one}").status_code for one in (stopped.id, right.id)] == [404, 404]
    assert reader.get(f"/notices/test/{2**70}").status_code == 404


def test_feeds_can_be_read_by_machines(reader, kept):
    notice = issued(kept, "雨 <強い> & 風")

    atom = ET.fromstring(reader.get("/notices/test/atom.xml").data)
    rss = ET.fromstring(reader.get("/notices/test/rss.xml").data)

    entry = atom.find(f"{ATOM}entry")
    assert entry.find(f"{ATOM}title").text == "雨 <強い> & 風"
    assert entry.find(f"{ATOM}id").text == f"https://madoguchi.example.jp/notices/test/{notice.id}"
    item = rss.find("channel/item")
    assert item.find("title").text == "雨 <強い> & 風"
    assert re.fullmatch(r"\w{3}, \d\d \w{3} 2026 .* \+0000", item.find("pubDate").text)


def test_a_feed_that_has_not_changed_is_not_sent_again(reader, kept):
    issued(kept)
    first = reader.get("/notices/test/atom.xml")

    again = reader.get("/notices/test/atom.xml", headers={"If-None-Match": first.headers["ETag"]})

    assert again.status_code == 304


def test_an_empty_feed_is_a_feed(reader):
    assert ET.fromstring(reader.get("/notices/test/rss.xml").data).find("channel/item") is None
    assert "いま、お知らせはありません" in reader.get("/notices/test/").text


def test_an_opened_link_is_counted_and_leads_only_where_staff_said(reader, kept):
    notice = issued(kept, link="https://www.city.example.jp/dansui")

    answers = [reader.get(f"/n/test/{notice.id}?to=https://evil.example") for _ in range(2)]

    assert {answer.location for answer in answers} == {"https://www.city.example.jp/dansui"}
    assert kept.notice_results("test", notice.id).taps == {"link": 2}


def test_a_count_that_cannot_be_kept_does_not_keep_the_reader_away(reader, kept, monkeypatch):
    notice = issued(kept, link="https://www.city.example.jp/dansui")

    def refused(*_: object) -> None:
        raise StoreError("gone")

    monkeypatch.setattr(kept, "notice_tapped", refused)

    assert reader.get(f"/n/test/{notice.id}").status_code == 302


def test_without_the_database_the_page_names_the_phone(reader, kept):
    kept.close()

    response = reader.get("/notices/test/")

    assert response.status_code == 503
    assert "お電話ください" in response.text


def test_the_line_above_the_chat_has_disasters_first(reader, kept, clock):
    issued(kept, "避難指示", kind="disaster")
    clock.forward(60)
    issued(kept, "断水")
    clock.forward(60)
    issued(kept, "チャットには出さない", channels=("page",))

    lines = reader.get("/widget/test/banner").json["lines"]

    assert [line["text"] for line in lines] == ["避難指示", "断水"]
    assert lines[0] == {"text": "避難指示", "url": "/notices/test/1", "urgent": True}


def test_the_line_above_the_chat_stays_while_the_database_is_away(reader, kept):
    issued(kept, "避難指示", kind="disaster")
    before = reader.get("/widget/test/banner").json

    kept.close()

    assert reader.get("/widget/test/banner").json == before


def test_a_city_that_is_not_there_has_no_notices(reader):
    for path in ("/notices/mars/", "/notices/mars/1", "/notices/mars/atom.xml", "/n/mars/1", "/widget/mars/banner"):
        assert reader.get(path).status_code == 404


def test_what_expires_goes_by_itself(reader, kept, clock):
    notice = issued(kept, expires_at=datetime.fromtimestamp(clock(), UTC) + timedelta(hours=1))
    before = reader.get(f"/notices/test/{notice.id}").status_code

    clock.forward(3601)

    assert before == 200
    assert reader.get(f"/notices/test/{notice.id}").status_code == 404
