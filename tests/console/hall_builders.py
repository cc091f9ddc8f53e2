"""A city hall that composes notices, and friends who may hear of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bot.wishes import Wishes
from faq.library import Library, Source
from store import Outcome, Store
from store.records_notices import NoticeView
from tests.builders import CITY_YAML, write_city
from tests.console_site import ConsoleSite, Visitor, a_console
from tests.databases import Clock
from tests.store.store_builders import a_turn
from tests.wishes.conftest import NOTICES

FILLED = {
    "topic": "kosodate",
    "title": "4か月児健診のお知らせ",
    "text-ja": "健診の日が近づきました。母子健康手帳を持って来てください。",
    "text-en": "Your child's check-up is soon.",
    "link": "https://www.city.example.jp/kenshin",
    "channels": ["line", "page"],
    "when": "now",
    "clock": "09:00",
}


@pytest.fixture(scope="session")
def notice_library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    folder = tmp_path_factory.mktemp("notice-cities")
    sources = {}
    for city, text in (
        ("test", CITY_YAML + NOTICES.replace("notices:\n", "notices:\n  approval: はい\n")),
        ("other", CITY_YAML.replace("id: test", "id: other") + NOTICES + "  mails: [koho@city.example.jp]\n"),
    ):
        sources[city] = Source(write_city(folder, city, {"city.yaml": text}), folder / "_base")
    library = Library(sources)
    library.check_now()
    yield library
    library.stop()


@pytest.fixture
def hall(one_store: Store, notice_library: Library, tmp_path: Path, clock: Clock) -> ConsoleSite:
    return a_console(one_store, notice_library, tmp_path, clock, TOTP_ROLES="なし")


def a_friend(store: Store, resident: str, city: str = "test", **wishes: Any) -> None:
    store.record(Outcome(turn=a_turn(f"f-{resident}", city=city, resident=resident), friend="followed"))
    if wishes:
        store.set_wishes(city, resident, Wishes(**wishes))


def composed(visitor: Visitor, **changes: Any) -> int:
    """A draft, written in the form; its number."""
    visitor.get("/notices/new")
    response = visitor.post("/notices", {**FILLED, **changes})
    assert response.status_code == 303, response.text
    return int(response.location.rpartition("/")[2])


def kept(hall: ConsoleSite, number: int, city: str = "test") -> NoticeView:
    found = hall.store.notice(city, number)
    assert found is not None
    return found


def press(visitor: Visitor, number: int, act: str) -> Any:
    """Reads the page and presses its button."""
    page = visitor.get(f"/notices/{number}").text
    version = re.search(rf'notices/{number}/{act}".*?name="version" value="(\d+)"', page, re.DOTALL)
    assert version, f"no button for {act}"
    return visitor.post(f"/notices/{number}/{act}", {"version": version.group(1)})


def _now(hall: ConsoleSite) -> datetime:
    return datetime.fromtimestamp(hall.clock(), UTC)
