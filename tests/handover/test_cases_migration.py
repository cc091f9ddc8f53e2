"""From the time before the hand-off: requests that wait are one case a resident, and nothing that was asked is lost."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine, text

from store import open_store
from store.opening import database_url as as_url

MIGRATIONS = Path(__file__).parents[2] / "store" / "migrations"
BEFORE = "0002"
OLD = [
    (1, "U1", "住民票について", "waiting", 100),
    (2, "U1", "それと、ごみの日", "waiting", 200),
    (3, "U2", "税金について", "waiting", 150),
    (4, "U3", "答えた質問", "answered", 50),
    (5, "", "", "erased", 20),
    (6, "", "", "erased", 30),
]


def an_old_database(address: str) -> None:
    engine = create_engine(as_url(address))
    with engine.begin() as connection:
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS))
        config.attributes["connection"] = connection
        command.upgrade(config, BEFORE)
        for number, resident, question, status, at in OLD:
            connection.execute(
                text(
                    "INSERT INTO cases (city, id, resident, channel, department, question, status, opened_at) "
                    "VALUES ('demo', :id, :resident, 'line', '市民課', :question, :status, :at)"
                ),
                {"id": number, "resident": resident, "question": question, "status": status, "at": at},
            )
    engine.dispose()


def test_a_resident_who_asked_twice_has_one_open_case_with_both_questions(empty_database_url: str) -> None:
    an_old_database(empty_database_url)

    with open_store(empty_database_url) as store:
        waiting = {case.resident: case for case in store.cases("demo")}
        statuses = {case.id: case.status for case in store.cases("demo", None)}

        assert set(waiting) == {"U1", "U2"}
        assert waiting["U1"].question == "住民票について\nそれと、ごみの日"
        assert (waiting["U1"].id, waiting["U1"].unread) == (1, 1)
        assert statuses == {1: "waiting", 2: "closed", 3: "waiting", 4: "closed", 5: "erased", 6: "erased"}
        assert store.case("demo", 2).close_reason == "merged"
        assert store.take_case("demo", 1, 11).status == "staff"
