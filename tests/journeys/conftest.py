"""A running house for journeys, once on each engine; the demo city's knowledge is read once for all."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from faq.library import Library
from tests.demo_city import the_demo_library
from tests.running import House, a_running_house


@pytest.fixture(scope="session")
def demo_library() -> Library:
    return the_demo_library()


@pytest.fixture
def house(database_url: str, tmp_path: Path, demo_library: Library) -> Iterator[House]:
    with a_running_house(database_url, tmp_path, demo_library) as running:
        yield running
