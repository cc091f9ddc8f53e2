"""Fixtures that every folder of tests may use."""

from __future__ import annotations

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
