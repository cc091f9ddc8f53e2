"""The widget's door without a network: a small city, a real store, and a browser's requests made by hand."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from config import Config, read_config
from faq.library import Library
from handlers.public.front import register_front
from handlers.widget.routes import Limits, widget_blueprint
from handlers.widget.streams import Pace
from store import Store, open_store
from tests.browser import chromium, new_page  # noqa: F401 - pytest finds fixtures by their names here
from tests.databases import Clock
from tests.running import ROOT
from tests.web_city import a_web_library
from tests.widget.chat_builders import world  # noqa: F401 - a fixture too


@dataclass
class Door:
    """The widget of 試験市 (`test`), as a browser sees it."""

    client: FlaskClient
    store: Store
    session: str | None = None

    def post(self, body: Any = None, headers: dict[str, str] | None = None, **fields: Any) -> TestResponse:
        return self.client.post("/widget/test/messages", json=fields if body is None else body, headers=headers)

    def say(self, text: str = "", **fields: Any) -> dict[str, Any]:
        """Types `text` (or presses `choice=…`) in this session, and returns the JSON."""
        response = self.post({"text": text, "session": self.session, **fields})
        assert response.status_code == 200, response.text
        answer: dict[str, Any] = response.get_json()
        self.session = answer["session"]
        return answer

    def earlier(self, **query: str) -> dict[str, Any]:
        told: dict[str, Any] = self.client.get(
            "/widget/test/messages", query_string={"session": self.session or "", **query}
        ).get_json()
        return told


@pytest.fixture(scope="session")
def web_library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    return a_web_library(tmp_path_factory.mktemp("cities"))


@pytest.fixture
def config(tmp_path: Path) -> Config:
    return read_config(
        {
            "PUBLIC_URL": "https://madoguchi.example.jp",
            "DATA_DIR": str(tmp_path),
            "CITIES_DIR": str(ROOT / "cities"),
            "LIVE_STREAMS": "2",
        }
    )


@pytest.fixture
def a_door(web_library: Library, config: Config, clock: Clock) -> Callable[..., Door]:
    """`a_door(store, limits=…)`: a web process of its own on this store."""

    def make(store: Store, limits: Limits | None = None) -> Door:
        app = Flask("widget", static_folder=None)
        pace = Pace(look=0.01, heartbeat=0.03, life=5.0)
        now = lambda: datetime.fromtimestamp(clock(), UTC)  # noqa: E731
        app.register_blueprint(widget_blueprint(web_library, store, config, clock=now, limits=limits, pace=pace))
        register_front(app, web_library, config)
        return Door(app.test_client(), store)

    return make


@pytest.fixture
def door(a_door: Callable[..., Door], store: Store) -> Door:
    """Once on each engine."""
    return a_door(store)


@pytest.fixture
def quick_door(a_door: Callable[..., Door], sqlite_url: str, clock: Clock) -> Iterator[Door]:
    """On SQLite only, where the store does not matter."""
    with open_store(sqlite_url, clock=clock) as opened:
        yield a_door(opened)
