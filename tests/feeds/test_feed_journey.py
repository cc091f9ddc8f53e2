"""From the 気象庁's feed to a resident's phone, with two workers on one database: once."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app import new_worker
from clients.line.client import LineClient
from faq.library import Library
from store import open_store
from store.records_notices import NoticeView
from tests.feeds.jma_server import RAIN_4, JmaServer, a_jma_server, a_warning, named
from tests.running import CITY, ROOT, House, a_running_house, wait_until

TITLE = "警戒レベル4相当（大雨）彩野市"


@pytest.fixture(scope="module")
def library() -> Library:
    library = Library.of_folder(ROOT / "cities")
    library.check_now()
    return library


@pytest.fixture
def jma() -> Iterator[JmaServer]:
    with a_jma_server() as server:
        yield server


@pytest.fixture
def warned(jma: JmaServer) -> str:
    """A warning has been in the feed for a minute; its path."""
    at = datetime.now(UTC) - timedelta(minutes=1)
    return jma.publish(named(at), a_warning(at, RAIN_4), at)


def test_a_warning_is_on_the_phone_once_though_two_workers_run(
    database_url: str, tmp_path: Path, library: Library, jma: JmaServer, warned: str
) -> None:
    jma.open_for_all.clear()
    with a_running_house(database_url, tmp_path, library, JMA_FEED_URL=jma.feed_url) as house:
        house.after(lambda: house.line.follow(CITY, house.resident))
        jma.open_for_all.set()
        with another_worker(house):
            wait_until(lambda: told(house) >= 1)
            wait_until(lambda: all(notice.status == "done" for notice in notices(house)))

        assert told(house) == 1
        assert jma.asked[warned] == 1
        assert [notice.title for notice in notices(house)] == [TITLE]
        assert house.parts.store.mode(CITY).mode == "disaster"


@contextmanager
def another_worker(house: House) -> Iterator[None]:
    """A second process's worth: its own store on the same database, its own calls to LINE."""
    config = house.parts.config
    lines = {city: LineClient(channel.access_token, config.line_api_host) for city, channel in config.line.items()}
    with open_store(config.database_url) as store:
        worker = new_worker(replace(house.parts, store=store, lines=lines)).start()
        try:
            yield
        finally:
            worker.stop()


def notices(house: House) -> list[NoticeView]:
    return house.parts.store.notices(CITY)


def told(house: House) -> int:
    """How many messages on the phone tell of the warning."""
    return sum("警戒レベル4相当" in json.dumps(message, ensure_ascii=False) for message in house.shown())
