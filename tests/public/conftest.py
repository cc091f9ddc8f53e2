"""The public pages of 試験市, without a network."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from config import Config, read_config
from faq.library import Library
from handlers.public.demo import demo_blueprint
from handlers.public.faq_pages import JAPAN, faq_blueprint
from handlers.public.front import register_front
from tests.browser import chromium, new_page  # noqa: F401 - pytest finds fixtures by their names here
from tests.running import ROOT
from tests.web_city import a_web_library

TODAY = datetime(2026, 11, 20, 10, 0, tzinfo=JAPAN)


@pytest.fixture(scope="session")
def city_library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    return a_web_library(tmp_path_factory.mktemp("cities"))


@pytest.fixture
def site(city_library: Library, tmp_path: Path) -> Callable[..., FlaskClient]:
    """`site(library=…, now=…, MODE=…)`: a visitor of the pages."""

    def make(library: Library | None = None, now: datetime = TODAY, **settings: str) -> FlaskClient:
        library = library or city_library
        config = a_config(tmp_path, **settings)
        app = Flask("public", static_folder=None)
        app.register_blueprint(faq_blueprint(library, config, clock=lambda: now))
        app.register_blueprint(demo_blueprint(library, config))
        register_front(app, library, config)
        return app.test_client()

    return make


def a_config(data: Path, **settings: str) -> Config:
    known = {"PUBLIC_URL": "https://madoguchi.example.jp", "DATA_DIR": str(data), "CITIES_DIR": str(ROOT / "cities")}
    secrets = {"LINE_CHANNEL_SECRET__DEMO": "secret", "LINE_CHANNEL_ACCESS_TOKEN__DEMO": "token"}
    return read_config({**known, **secrets, **settings})


@pytest.fixture
def visitor(site: Callable[..., FlaskClient]) -> FlaskClient:
    return site()
