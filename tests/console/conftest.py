"""The console of 試験市 and となり市 on one SQLite database; what SQL does differently is tested in `tests/store`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from faq.library import Library
from store import Store, open_store
from tests.browser import chromium, new_page  # noqa: F401 - pytest finds fixtures by their names here
from tests.console.desk_pages import demo_library, house  # noqa: F401 - pytest finds fixtures here
from tests.console.hall_builders import hall, notice_library  # noqa: F401 - pytest finds fixtures here
from tests.console_site import ConsoleSite, a_console, two_cities
from tests.databases import Clock
from tests.desk_site import a_desk, both_desk, desk, desk_library  # noqa: F401 - pytest finds fixtures here


@pytest.fixture(scope="session")
def city_library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    return two_cities(tmp_path_factory.mktemp("cities"))


@pytest.fixture
def one_store(sqlite_url: str, clock: Clock) -> Iterator[Store]:
    with open_store(sqlite_url, clock=clock) as opened:
        yield opened


@pytest.fixture
def console(one_store: Store, city_library: Library, tmp_path: Path, clock: Clock) -> Callable[..., ConsoleSite]:
    """`console(TOTP_ROLES="管理")`: a console with these settings."""
    return lambda **settings: a_console(one_store, city_library, tmp_path, clock, **settings)


@pytest.fixture
def site(console: Callable[..., ConsoleSite]) -> ConsoleSite:
    return console()
