"""What staff did and what the audit log says of it are written together, on both engines: both, or neither."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from bot.teaching import key_of
from store import Store, open_store
from store.errors import StoreError
from store.records import Proposal
from store.records_accounts import AuditLine
from store.records_cases import CaseConflict, CaseView, Said
from tests.handover.handover_builders import SATO, SUZUKI, asks, at, hears, said, steps

QUESTION = "引っ越しの届け出"
Act = Callable[[Store, CaseView, AuditLine], object]


def taken(store: Store) -> CaseView:
    case = asks(store, question=QUESTION)
    return store.take_case("demo", case.id, SATO)


def close(store: Store, case: CaseView, line: AuditLine) -> CaseView:
    taught = Proposal("demo", "moving-in", key_of("moving-in", QUESTION), QUESTION, "staff", at(store))
    tell = hears("おわりです")
    return store.close_case("demo", case.id, SATO, "answered", "moving-in", tell, taught=taught, line=line)


ACTS: dict[str, Act] = {
    "reply": lambda store, case, line: store.reply_case("demo", case.id, SATO, "2階です", "k" * 20, line=line),
    "release": lambda store, case, line: store.release_case("demo", case.id, SATO, hears("待ちます"), line=line),
    "transfer": lambda store, case, line: store.transfer_case(
        "demo", case.id, SATO, "税務課", "税の話", hears("引きつぎます"), line=line
    ),
    "close": close,
    "erase": lambda store, case, line: store.erase_resident("demo", case.resident, line),
}


@pytest.fixture(params=ACTS)
def act(request: pytest.FixtureRequest) -> Act:
    return ACTS[request.param]


def everything(store: Store, case: CaseView) -> tuple[object, ...]:
    proposals = [one.phrasing for one in store.proposals("demo")]
    waiting = store.queue("demo").outbox_waiting
    return store.case("demo", case.id), steps(store, case), said(store), proposals, waiting


def test_a_line_that_cannot_be_written_keeps_the_change_from_being_made(store: Store, act: Act) -> None:
    case = taken(store)
    before = everything(store, case)

    with pytest.raises(StoreError):
        act(store, case, AuditLine(f"staff:{SATO}", "case.x", f"case:{case.id}", {"when": object()}))

    assert everything(store, case) == before
    assert store.audit_rows("demo") == []


def test_a_change_has_its_line(store: Store, act: Act) -> None:
    case = taken(store)

    act(store, case, AuditLine(f"staff:{SATO}", "case.x", f"case:{case.id}", {"n": 1}))

    [row] = store.audit_rows("demo")
    assert (row.who, row.action, row.record, row.detail["n"]) == (f"staff:{SATO}", "case.x", f"case:{case.id}", 1)
    assert store.audit_verify("demo").broken_at == 0


def test_who_came_second_leaves_no_line(store: Store) -> None:
    case = taken(store)

    with pytest.raises(CaseConflict):
        store.take_case("demo", case.id, SUZUKI, line=AuditLine("staff:12", "case.take", f"case:{case.id}"))

    assert store.audit_rows("demo") == []


def test_a_reply_sent_twice_has_one_line_that_names_its_turn(store: Store) -> None:
    case = taken(store)
    line = AuditLine(f"staff:{SATO}", "case.reply", f"case:{case.id}", {"letters": 4})

    turns = [store.reply_case("demo", case.id, SATO, "2階です", "k" * 20, line=line) for _ in range(2)]

    assert turns[0] == turns[1]
    assert [dict(row.detail) for row in store.audit_rows("demo")] == [{"letters": 4, "turn": turns[0].event_id}]


def test_the_linked_entry_gets_the_question_as_a_proposal(store: Store) -> None:
    case = taken(store)

    close(store, case, AuditLine("staff:11", "case.close", f"case:{case.id}"))

    [proposal] = store.proposals("demo")
    assert (proposal.entry_id, proposal.phrasing, proposal.staff) == ("moving-in", QUESTION, 1)
    store.erase_resident("demo", case.resident)
    assert store.proposals("demo") == [], "only this resident has said it"


def test_who_is_erased_while_somebody_takes_the_case_leaves_not_a_word(store: Store, database_url: str) -> None:
    """Two web processes: here, two stores. The words of the change are being made when the wish arrives."""
    case = asks(store)
    inside, go = threading.Event(), threading.Event()

    def tell(after: CaseView) -> Said:
        inside.set()
        go.wait(5)
        return Said("担当者におつなぎしました")

    with open_store(database_url, clock=store._clock) as other:
        taking = threading.Thread(target=lambda: store.take_case("demo", case.id, SATO, tell))
        erasing = threading.Thread(target=lambda: other.erase_resident("demo", case.resident))
        taking.start()
        assert inside.wait(5)
        erasing.start()
        erasing.join(0.3)
        go.set()
        taking.join(10)
        erasing.join(10)

    after = store.case("demo", case.id)
    assert after is not None
    assert (after.status, after.resident) == ("erased", "")
    assert said(store, case.resident) == []
