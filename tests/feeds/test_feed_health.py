"""A feed that falls silent is seen by those who watch the service, which goes on serving."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from flask import Flask

from faq.library import Library
from handlers.public.health import health_blueprint
from store import Store, open_store
from tests.builders import write_city
from tests.databases import Clock


@pytest.fixture
def library(tmp_path: Path) -> Library:
    write_city(tmp_path)
    library = Library.of_folder(tmp_path)
    library.check_now()
    return library


def asked_at(url: str, minutes_ago: int) -> Store:
    """A store whose feed `extra` answered so long ago and has been asked in vain since."""
    clock = Clock(time.time() - 60 * minutes_ago)
    store = open_store(url, clock=clock)
    store.feed_answered("extra", "", "", ())
    store.feed_failed("extra", "status 503")
    return store


@pytest.mark.parametrize(("minutes", "noted"), [(5, False), (12, True)])
def test_a_feed_silent_for_more_than_ten_minutes_is_noted_and_the_service_stays_ready(
    sqlite_url: str, library: Library, minutes: int, noted: bool
) -> None:
    with asked_at(sqlite_url, minutes) as store:
        app = Flask(__name__)
        app.register_blueprint(health_blueprint(library, store, None))

        answer = app.test_client().get("/readyz")
        figures = app.test_client().get("/metrics").text

    assert answer.status_code == 200
    assert ("feed:extra" in answer.json["notes"]) is noted
    assert 'madoguchi_feed_silent_seconds{feed="extra"}' in figures
    assert "madoguchi_telegrams_dead 0.0" in figures
