"""The audit log: nothing can be changed, what was changed all the same is found, and cities have logs of their own."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from store import Store, open_store
from store.records_accounts import AuditFilter
from store.rows import from_ms
from tests.databases import Clock


def write_three(store: Store) -> None:
    for number in (1, 2, 3):
        store.audit("demo", f"staff:{number}", "case.taken", f"case:{number}", {"課": "市民課", "n": number})


def meddle(store: Store, statement: str) -> None:
    """What somebody with the keys of the database could do: take the guards away, then change rows."""
    with store._writing_engine.begin() as connection:
        if connection.dialect.name == "sqlite":
            for name in ("update", "delete", "replace"):
                connection.execute(text(f"DROP TRIGGER audit_log_no_{name}"))
        else:
            connection.execute(text("ALTER TABLE audit_log DISABLE TRIGGER ALL"))
        connection.execute(text(statement))


def test_a_line_comes_back_as_it_was_written(store: Store, clock: Clock) -> None:
    write_three(store)

    newest, *_ = store.audit_rows("demo")

    assert (newest.seq, newest.who, newest.action, newest.record) == (3, "staff:3", "case.taken", "case:3")
    assert newest.detail == {"課": "市民課", "n": 3}
    assert newest.at == from_ms(clock.ms)


def test_a_whole_log_is_found_whole(store: Store) -> None:
    write_three(store)

    check = store.audit_verify("demo")

    assert (check.rows, check.broken_at) == (3, 0)
    assert check.last_hash == store.audit_rows("demo")[0].hash


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_log SET who = 'staff:9' WHERE seq = 2",
        "DELETE FROM audit_log WHERE seq = 2",
        "DELETE FROM audit_log",
    ],
)
def test_the_database_refuses_to_change_a_line(store: Store, statement: str) -> None:
    write_three(store)

    with pytest.raises(DBAPIError, match="append-only"), store._writing_engine.begin() as connection:
        connection.execute(text(statement))

    assert store.audit_verify("demo").rows == 3


def test_a_line_cannot_be_replaced_or_the_table_emptied(store: Store) -> None:
    write_three(store)
    postgres = store._writing_engine.dialect.name == "postgresql"
    replace = (
        "INSERT OR REPLACE INTO audit_log (city, seq, at, who, action, record, detail, previous, hash) "
        "VALUES ('demo', 2, 1, 'x', 'x', 'x', '{}', 'x', 'x')"
    )

    with pytest.raises(DBAPIError, match="append-only"), store._writing_engine.begin() as connection:
        connection.execute(text("TRUNCATE audit_log" if postgres else replace))

    assert store.audit_verify("demo").rows == 3


@pytest.mark.parametrize(
    ("statement", "broken_at"),
    [
        pytest.param("UPDATE audit_log SET who = 'staff:9' WHERE seq = 2", 2, id="somebody else did it"),
        pytest.param("UPDATE audit_log SET at = at + 1 WHERE seq = 1", 1, id="at another time"),
        pytest.param("UPDATE audit_log SET detail = '{}' WHERE seq = 3", 3, id="less was done"),
        pytest.param("UPDATE audit_log SET record = 'case:7' WHERE seq = 2", 2, id="to another record"),
        pytest.param("DELETE FROM audit_log WHERE seq = 2", 3, id="a line is missing"),
        pytest.param("DELETE FROM audit_log WHERE seq = 1", 2, id="the first line is missing"),
        pytest.param("UPDATE audit_log SET seq = seq + 10 WHERE seq = 3", 13, id="a gap"),
        pytest.param("UPDATE audit_log SET previous = '' WHERE seq = 2", 2, id="the chain is cut"),
    ],
)
def test_what_was_changed_all_the_same_is_found(store: Store, statement: str, broken_at: int) -> None:
    write_three(store)

    meddle(store, statement)

    assert store.audit_verify("demo").broken_at == broken_at


def test_a_cut_end_shows_when_the_head_was_noted(store: Store) -> None:
    write_three(store)
    noted = (3, store.audit_verify("demo").last_hash)

    meddle(store, "DELETE FROM audit_log WHERE seq = 3")

    assert store.audit_verify("demo").broken_at == 0
    assert store.audit_verify("demo", noted).broken_at == 3


def test_a_log_rewritten_from_some_line_on_shows_when_the_head_was_noted(store: Store) -> None:
    write_three(store)
    noted = (3, store.audit_verify("demo").last_hash)

    meddle(store, "DELETE FROM audit_log WHERE seq > 1")
    store.audit("demo", "staff:9", "case.taken", "case:2", {})
    store.audit("demo", "staff:9", "case.taken", "case:3", {})

    assert store.audit_verify("demo").broken_at == 0
    assert store.audit_verify("demo", noted).broken_at == 3


def test_cities_have_logs_of_their_own(store: Store) -> None:
    write_three(store)
    store.audit("other", "staff:1", "logout", "session:x")

    assert [row.seq for row in store.audit_rows("other")] == [1]
    assert store.audit_verify("other").rows == 1


def test_lines_are_found_by_person_action_record_and_time(store: Store, clock: Clock) -> None:
    write_three(store)
    clock.forward(60)
    later = from_ms(clock.ms)
    store.audit("demo", "staff:1", "staff.changed", "staff:2")

    def found(**wanted: object) -> list[int]:
        return [row.seq for row in store.audit_rows("demo", AuditFilter(**wanted))]  # type: ignore[arg-type]

    assert found(who="staff:1") == [4, 1]
    assert found(action="case.") == [3, 2, 1]
    assert found(action="%") == []
    assert found(record="case:2") == [2]
    assert found(since=later) == [4]
    assert found(until=later) == [3, 2, 1]
    assert found(since=later - timedelta(minutes=2), until=later, who="staff:2") == [2]


def test_a_long_log_is_read_in_pages(store: Store) -> None:
    write_three(store)

    first = store.audit_rows("demo", limit=2)
    second = store.audit_rows("demo", before=first[-1].seq, limit=2)

    assert [row.seq for row in (*first, *second)] == [3, 2, 1]


def test_processes_that_write_together_make_one_chain(database_url: str) -> None:
    with open_store(database_url) as one, open_store(database_url) as two:
        writers = [
            threading.Thread(target=lambda store=store, n=n: store.audit("demo", f"staff:{n}", "x", "y"))  # type: ignore[misc]
            for store in (one, two)
            for n in range(15)
        ]
        for writer in writers:
            writer.start()
        for writer in writers:
            writer.join()

        assert one.audit_verify("demo").rows == 30
        assert one.audit_verify("demo").broken_at == 0


def test_what_cannot_be_kept_leaves_no_line(store: Store) -> None:
    from store.errors import StoreError

    with pytest.raises(StoreError):
        store.audit("demo", "staff:1", "x", "y", {"when": object()})

    assert store.audit_rows("demo") == []
