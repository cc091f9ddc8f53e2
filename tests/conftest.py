"""Fixtures that every folder of tests may use."""

from __future__ import annotations

import gc
import os
import shutil
import tempfile
from pathlib import Path

import pytest

from collector import SELDOM
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
from tests.quick_routes import write_routes_once

MEMORY, ROOM = Path("/dev/shm"), 2_000_000_000
"""Where files are kept in memory, and the bytes that must be free there: a container may have none."""
LONG = ("browser", "phone", "chat", "kill", "outages", "journey", "exactly_once", "refused", "sending", "pictures")
"""Words in the names of test files that take longest: they begin, so that no worker ends with one of them alone."""


def pytest_configure() -> None:
    """What costs the whole suite time is set here: garbage, the disk, and routes.

    Looking for circles of garbage every 700 objects, in all that the suite loads, took a fifth of its CPU. On ext4 a
    PostgreSQL database costs 0.3 s of CPU when others were dropped just before, in memory a tenth of that; and what a
    test writes need not wait for a disk.
    """
    gc.set_threshold(*SELDOM)
    write_routes_once()
    if "TMPDIR" not in os.environ and os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > ROOM:
        os.environ["TMPDIR"] = tempfile.tempdir = str(MEMORY)


def pytest_collection_finish() -> None:
    """What is loaded by now stays, and need not be looked through."""
    gc.collect()
    gc.freeze()


def pytest_xdist_auto_num_workers() -> int | None:
    """One worker more than processors: a third of its time a worker waits, for pages and for processes that die."""
    if "PYTEST_XDIST_AUTO_NUM_WORKERS" in os.environ:
        return None
    able = os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else range(os.cpu_count() or 1)
    return len(able) + 1


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: not any(word in item.path.stem for word in LONG))
