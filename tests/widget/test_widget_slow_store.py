"""A database that is stuck costs a resident seconds and the memory, never the answer; strangers do not queue up."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic

from handlers.widget import talk
from store import open_store

QUESTION = "引っ越してきたときの手続きを知りたい"


@contextmanager
def locked(file: Path) -> Iterator[None]:
    """Somebody else writes, and does not come to an end."""
    held = sqlite3.connect(file, isolation_level=None)
    held.execute("BEGIN EXCLUSIVE")
    try:
        yield
    finally:
        held.execute("ROLLBACK")
        held.close()


def test_a_database_that_is_stuck_does_not_keep_the_answer_from_a_resident(a_door, tmp_path, monkeypatch):
    """It did for ten seconds and more: the chat itself gives up after twenty."""
    monkeypatch.setattr(talk, "RECORD_SECONDS", 0.2)
    with open_store(f"sqlite:///{tmp_path / 'store.db'}") as store:
        door, began = a_door(store), monotonic()
        with locked(tmp_path / "store.db"):
            answer = door.say(QUESTION)
            took = monotonic() - began

    assert (answer["reply"]["decision"], answer["remembered"]) == ("answer", False)
    assert took < 8


def test_strangers_do_not_wait_for_each_other(a_door, store, monkeypatch):
    """Who sends neither a session nor a message's id is nobody's repetition: each took the lock of all the others."""
    door, together, record = a_door(store), threading.Barrier(5, timeout=20), store.record

    def record_together(outcome, **how):
        together.wait()  # broken unless all five are here at once
        return record(outcome, **how)

    monkeypatch.setattr(store, "record", record_together)
    strangers = [threading.Thread(target=ask, args=(door.client.application.test_client(),)) for _ in range(5)]
    for stranger in strangers:
        stranger.start()
    for stranger in strangers:
        stranger.join()

    assert not together.broken


def ask(client):
    client.post("/widget/test/messages", json={"text": QUESTION, "session": None})
