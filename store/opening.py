"""Opening a database: which engine an address means, how its connections are set up, and the schema it needs."""

from __future__ import annotations

import sqlite3
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import URL, Connection, Engine, create_engine, event, inspect, make_url, text

from store.errors import StoreError
from store.migrations import HEAD

if TYPE_CHECKING:
    import psycopg

# Any fixed number, the same in every process: PostgreSQL's lock that lets one process migrate at a time.
_MIGRATION_LOCK = 7_320_417_552
_BUSY_MS = 5_000
_MIGRATION_WAIT_SECONDS = 60.0
# Readers at a time in one process: the web server's threads and the worker's.
_READERS = 40


def database_url(url_or_path: str | Path) -> URL:
    """`postgresql://…` and `sqlite:///path` as they are meant here; anything without a scheme is a SQLite file."""
    address = str(url_or_path)
    if "://" not in address:
        return URL.create("sqlite", database=address)
    try:
        url = make_url(address)
    except Exception:
        raise StoreError("the database address cannot be read", permanent=True) from None
    if url.drivername in {"postgresql", "postgres", "postgresql+psycopg"}:
        return url.set(drivername="postgresql+psycopg")
    if url.drivername == "sqlite" and url.database not in (None, "", ":memory:"):
        return url
    raise StoreError("the database address must begin with postgresql:// or name a SQLite file", permanent=True)


def is_sqlite(url: URL) -> bool:
    return url.get_backend_name() == "sqlite"


def open_engines(url: URL) -> tuple[Engine, Engine]:
    """(for the writer: real transactions; for readers: each statement by itself)."""
    return _sqlite_engines(url) if is_sqlite(url) else _postgres_engines(url)


def _sqlite_engines(url: URL) -> tuple[Engine, Engine]:
    Path(str(url.database)).absolute().parent.mkdir(parents=True, exist_ok=True)
    arguments: dict[str, Any] = {"check_same_thread": False, "isolation_level": None, "timeout": _BUSY_MS / 1000}
    writing = create_engine(url, connect_args=arguments, hide_parameters=True)
    reading = create_engine(url, connect_args=arguments, hide_parameters=True, pool_size=_READERS)
    for engine in (writing, reading):
        event.listen(engine, "connect", _set_up_sqlite)
    # The lock is taken at the start: a transaction that reads first and writes later could fail half-way.
    event.listen(writing, "begin", _begin_immediate)
    return writing, reading


def _begin_immediate(connection: Connection) -> None:
    driver = cast(sqlite3.Connection, connection.connection.driver_connection)
    driver.execute("BEGIN IMMEDIATE")


def _set_up_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    """Durable at each commit, readers beside the writer, and erased words overwritten instead of left in free pages."""
    connection.execute(f"PRAGMA busy_timeout = {_BUSY_MS}")
    _use_wal(connection)
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA secure_delete = ON")
    connection.execute("PRAGMA journal_size_limit = 67108864")


def _use_wal(connection: sqlite3.Connection) -> None:
    """WAL is remembered in the file. Changing to it does not wait for other openers by itself, so ask again."""
    deadline = time.monotonic() + _BUSY_MS / 1000
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.01)


def _postgres_engines(url: URL) -> tuple[Engine, Engine]:
    arguments = {"connect_timeout": 3, "tcp_user_timeout": 10_000, "application_name": "madoguchi"}
    writing = create_engine(url, connect_args=arguments, hide_parameters=True, pool_size=3)
    event.listen(writing, "connect", _prefer_indexes)
    reading = create_engine(
        url,
        connect_args=arguments,
        hide_parameters=True,
        pool_size=5,
        max_overflow=_READERS,
        isolation_level="AUTOCOMMIT",
    )
    return writing, reading


def _prefer_indexes(connection: psycopg.Connection[Any], _record: object) -> None:
    """The writer only ever touches single rows, by their keys or in the order of an index.

    A plan made while a table was empty is kept, and would read all of it row by row when a burst has filled it,
    until PostgreSQL next looks at its size. So such plans are not offered.
    """
    for choice in ("seqscan", "bitmapscan", "sort", "hashjoin", "mergejoin"):
        connection.execute(f"SET enable_{choice} = off".encode())
    connection.commit()


def migrate(engine: Engine) -> None:
    """Bring the schema to `HEAD`; processes that start together do it one after the other."""
    with engine.connect() as connection:
        if schema_version(connection) == HEAD:
            return
    if engine.dialect.name == "sqlite":
        _migrate_locked(engine)
        return
    with engine.connect() as connection, connection.begin():
        connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": _MIGRATION_LOCK})
        _upgrade(connection)


def _migrate_locked(engine: Engine) -> None:
    """SQLite's own write lock is the lock; whoever comes second finds the work done."""
    deadline = time.monotonic() + _MIGRATION_WAIT_SECONDS
    while True:
        try:
            with engine.connect() as connection, connection.begin():
                _upgrade(connection)
            return
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > deadline:
                raise


def schema_version(connection: Connection) -> str | None:
    """The migration this database is at; None for an empty one."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    version: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return version


def _upgrade(connection: Connection) -> None:
    if schema_version(connection) == HEAD:
        return
    # Alembic takes a third of a second to load, and is needed only here.
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
