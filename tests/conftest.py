"""Fixtures that every folder of tests may use."""

from __future__ import annotations

import gc

from tests.databases import (  # noqa: F401 - pytest finds fixtures by their names here
    clock,
    database_url,
    empty_database_url,
    own_server,
    postgres_server,
    postgres_template,
    postgres_url,
    sqlite_template,
    sqlite_url,
    store,
)


def pytest_configure() -> None:
    """Looking for circles of garbage every 700 objects, in all that the suite loads, cost a fifth of its time."""
    gc.set_threshold(50_000, 20, 100)


def pytest_collection_finish() -> None:
    """What is loaded by now stays, and need not be looked through."""
    gc.collect()
    gc.freeze()
