"""A feed that falls silent is seen by those who watch the service, which goes on serving."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from flask import Flask

from faq.library import Library
from handlers.public.health import health_blueprint
from store import Store, open_store
from tests.builders import CITY_YAML, write_city
from tests.databases import Clock
from tests.modes.alert_rules import NOTICES, RULES


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


@pytest.mark.parametrize(("minutes", "noted"), [(5, False), (12, True)])
def test_a_feed_that_nobody_asks_any_more_is_noted_where_a_city_relies_on_it(
    sqlite_url: str, library: Library, tmp_path: Path, minutes: int, noted: bool
) -> None:
    """As when every worker is dead: none is left to tell of it."""
    write_city(tmp_path / "careful", changes={"disaster.yaml": RULES, "city.yaml": CITY_YAML + NOTICES})
    careful = Library.of_folder(tmp_path / "careful")
    careful.check_now()
    with open_store(sqlite_url, clock=Clock(time.time() - 60 * minutes)) as store:
        store.feed_answered("extra", "", "", ())
        notes = []
        for known in (library, careful):
            app = Flask(__name__)
            app.register_blueprint(health_blueprint(known, store, None))
            notes.append(app.test_client().get("/readyz").json["notes"])

    assert "feed:extra" not in notes[0]
    assert notes[1].get("feed:extra") == ("nobody asks it; is a worker running?" if noted else None)
