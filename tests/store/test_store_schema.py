"""The schema: one for both engines, a city in every key, claims that stay quick, and safe to open twice at once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, inspect, text

import store.migrations
from store import Store, StoreError, open_store, postgresql, statements
from store.opening import database_url as as_url
from store.opening import schema_version
from store.tables import metadata
from tests.databases import Clock
from tests.forks import Told
from tests.store.store_builders import an_event

_WITHOUT_CITY = {"alembic_version"}


def test_a_city_is_part_of_every_key_and_every_index(database_url: str) -> None:
    engine = create_engine(as_url(database_url))
    found = inspect(engine)
    tables = set(found.get_table_names()) - _WITHOUT_CITY

    assert tables == set(metadata.tables)
    for table in sorted(tables):
        assert "city" in found.get_pk_constraint(table)["constrained_columns"], table
        for index in found.get_indexes(table):
            assert "city" in index["column_names"], index["name"]
        for constraint in found.get_unique_constraints(table):
            assert "city" in constraint["column_names"], constraint["name"]
    engine.dispose()


def test_the_migrations_make_exactly_the_tables_the_code_knows(database_url: str) -> None:
    engine = create_engine(as_url(database_url))
    with engine.connect() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), metadata)
    engine.dispose()

    assert differences == []


def test_the_newest_migration_is_the_one_the_code_asks_for() -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(store.migrations.__file__).parent))

    assert ScriptDirectory.from_config(config).get_current_head() == store.migrations.HEAD


def test_a_database_from_nothing_is_ready_at_once_and_opens_again(empty_database_url: str, clock: Clock) -> None:
    with open_store(empty_database_url, clock=clock) as first:
        first.accept([an_event()])

    with open_store(empty_database_url, clock=clock) as second:
        assert [event.event_id for event in second.claim_events("w1", 1)] == ["e1"]


_OPEN_AND_ACCEPT = """
import sys
from store import ArrivedEvent, open_store
sys.stderr = sys.stdout
print("ready", flush=True)
sys.stdin.readline()
with open_store(sys.argv[1]) as store:
    store.accept([ArrivedEvent("demo", sys.argv[2], "U1", 1, "message", {}, 1)])
"""


def test_processes_that_start_together_make_the_schema_once(empty_database_url: str) -> None:
    starters = [Told(_OPEN_AND_ACCEPT, empty_database_url, f"e{number}") for number in range(3)]
    for starter in starters:
        assert starter.stdout.readline() == "ready\n"
    for starter in starters:  # they are loaded and waiting: let all go at the same moment
        starter.stdin.write("\n")
        starter.stdin.flush()
    results = [(starter.communicate(timeout=60)[0], starter.wait()) for starter in starters]

    assert results == [("", 0)] * 3
    engine = create_engine(as_url(empty_database_url))
    with engine.connect() as connection:
        assert schema_version(connection) == store.migrations.HEAD
        assert connection.execute(text("SELECT count(*) FROM inbox")).scalar() == 3
    engine.dispose()


def test_a_path_and_an_address_open_the_same_file(tmp_path: Path) -> None:
    with open_store(tmp_path / "new" / "store.db") as by_path:
        by_path.accept([an_event()])

    with open_store(f"sqlite:///{tmp_path / 'new' / 'store.db'}") as by_address:
        assert by_address.queue().inbox_waiting == 1


@pytest.mark.parametrize("address", ["mysql://localhost/x", "sqlite://", "://", "postgresql://127.0.0.1:1/none"])
def test_an_address_that_cannot_be_used_says_so_without_its_password(address: str) -> None:
    with pytest.raises(StoreError):
        open_store(address.replace("//", "//user:hunter2@", 1) if "postgres" in address else address)


def test_sqlite_commits_are_durable_and_erased_words_are_overwritten(sqlite_url: str) -> None:
    with open_store(sqlite_url) as opened, opened._writing_engine.connect() as connection:
        asked = ("journal_mode", "synchronous", "foreign_keys", "secure_delete")
        settings = {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in asked}

    assert settings == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "secure_delete": 1}


def test_a_claim_costs_the_same_beside_thousands_of_finished_rows(store: Store) -> None:
    store.accept([an_event("first", resident="first")])
    alone = _cost_of_a_claim(store, 1)
    store.accept([an_event(f"e{n}", resident=f"U{n}") for n in range(3000)])
    with store._writing_engine.begin() as connection:
        connection.execute(text("UPDATE inbox SET state = 'done', finished_at = 1, worker = ''"))

    store.accept([an_event("last", resident="last")])

    assert _cost_of_a_claim(store, 1) <= alone * 3 + 50


def test_a_claim_looks_at_what_it_takes_and_not_at_all_that_waits(store: Store) -> None:
    store.accept([an_event(f"e{n}", resident=f"U{n}") for n in range(10)])
    short = _cost_of_a_claim(store, 10)

    store.accept([an_event(f"f{n}", resident=f"V{n}") for n in range(3000)])

    assert _cost_of_a_claim(store, 10) <= short * 3 + 50


def test_plans_made_while_the_tables_were_small_are_good_when_they_are_full(postgres_url: str) -> None:
    """PostgreSQL keeps a statement's plan. Whatever it takes in an empty database must not read whole tables later."""
    with open_store(postgres_url) as store:
        hot, lately = postgresql, store._now()
        asked: dict[str, tuple[Any, ...]] = {
            hot._HOLD_EVENTS: ("w", lately, ["(0,1)"], lately, lately),
            hot._FINISH: (["demo"], ["e1"], ["w"], [1], ["U1"], [lately], [True]),
            hot._OWNED: (["demo"], ["U1"]),
            hot._WAITING_RESIDENTS: (["demo"], ["U1"]),
            hot._CLAIM_OUTGOING: (lately, 10, "w", lately),
            hot._SENT: (["demo"], [1], ["w"], [1], [lately], ["sent"]),
            statements.RETRY_EVENT: (lately, "x", "demo", "e1", "w", 1),
            statements.OUTGOING_LATER: (lately, "x", False, "demo", 1, "w", 1),
        }
        with store._writing_engine.connect() as connection:
            raw = connection.connection.driver_connection
            assert raw is not None
            plans = [raw.execute("EXPLAIN (FORMAT JSON) " + sql, values).fetchone()[0] for sql, values in asked.items()]

    for statement, (plan,) in zip(asked, plans, strict=True):
        ways = set(_ways(plan["Plan"]))
        assert ways <= _SINGLE_ROWS, (statement, ways)


# A row by its place or its key, or a resident's open rows in order.
_SINGLE_ROWS = {"tid", "inbox_pkey", "outbox_pkey", "inbox_order", "outbox_order", "outbox_due", "cases_open"}


def _ways(node: dict[str, Any]) -> Iterator[str]:
    """How each step reaches its table: "tid", the index it looks up, or the name of a scan that reads everything."""
    match node["Node Type"]:
        case "Tid Scan":
            yield "tid"
        case "Index Scan" | "Index Only Scan":
            yield node["Index Name"] if "Index Cond" in node else f"all of {node['Index Name']}"
        case "Seq Scan" | "Bitmap Heap Scan" as scan:
            yield scan
    for child in node.get("Plans", []):
        yield from _ways(child)


def _cost_of_a_claim(opened: Store, expected: int) -> int:
    """Claims up to ten and gives the cost: steps of SQLite's machine, rows that PostgreSQL's plan reads."""
    if opened._writing_engine.dialect.name == "sqlite":
        return _sqlite_steps(opened, expected)
    rows = _postgres_rows(opened)
    assert len(opened.claim_events("w", 10)) == expected
    return rows


def _sqlite_steps(opened: Store, expected: int) -> int:
    steps = 0

    def step() -> int:
        nonlocal steps
        steps += 1
        return 0

    connection = opened._writers[""]._connection
    assert connection is not None
    raw = connection.connection.driver_connection
    assert raw is not None
    raw.set_progress_handler(step, 1)
    claimed = opened.claim_events("w", 10)
    raw.set_progress_handler(None, 1)
    assert len(claimed) == expected
    return steps


def _postgres_rows(opened: Store) -> int:
    with opened._writing_engine.connect() as connection:
        raw = connection.connection.driver_connection
        assert raw is not None
        explained = "EXPLAIN (ANALYZE, FORMAT JSON) " + postgresql._PICK_EVENTS
        plan = raw.execute(explained, {"now": opened._now(), "limit": 10}).fetchone()[0]
        connection.rollback()
    return _rows_read(plan[0]["Plan"])


def _rows_read(node: dict[str, Any]) -> int:
    """Rows that this step and those below it looked at, over all their loops."""
    read = node.get("Rows Removed by Filter", 0) + node["Actual Rows"] * node["Actual Loops"]
    return int(read) + sum(_rows_read(child) for child in node.get("Plans", []))
