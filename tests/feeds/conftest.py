"""The demo city as the feeds' tests read it, and the 気象庁's server in a box."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from faq.content import base_folder, read_folder
from faq.disaster import Disaster
from faq.disaster_reading import disaster_of
from faq.knowledge import Knowledge
from faq.reader import read_city
from store import Store
from tests.databases import Clock
from tests.demo_city import the_demo_knowledge
from tests.feeds.announcement_builders import PINNED
from tests.feeds.feed_builders import DEMO, Office
from tests.feeds.jma_server import JmaServer, a_jma_server


@pytest.fixture(scope="session")
def demo_city() -> Knowledge:
    return the_demo_knowledge()


@pytest.fixture
def jma() -> Iterator[JmaServer]:
    with a_jma_server() as server:
        yield server


@pytest.fixture
def office(store: Store, clock: Clock, jma: JmaServer, demo_city: Knowledge) -> Office:
    return Office(store, clock, jma, demo_city)


@pytest.fixture(scope="session")
def demo() -> Disaster:
    files = read_folder(DEMO)
    city, _ = read_city("city.yaml", files["city.yaml"])
    assert city is not None
    disaster, problems = disaster_of(files, read_folder(base_folder(DEMO)), city, PINNED)
    assert problems == ()
    assert disaster is not None
    return disaster
