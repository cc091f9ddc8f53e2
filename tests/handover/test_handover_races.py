"""Many hands at once, on both engines: one wins, the others hear it, and nobody's words are lost or doubled."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bot.messages import Inquiry
from desk import decide
from faq.knowledge import Knowledge
from store import Outcome, OwnerChanged, Store, open_store
from store.records import ClaimedOutgoing, Outgoing
from store.records_cases import CaseConflict, CaseView, Remembered
from tests.crowd import together
from tests.forks import Told
from tests.handover.handover_builders import SATO, SUZUKI, asks, hears, said, steps

ROOT = Path(__file__).parents[2]
CROWD = 20


def test_twenty_staff_take_the_same_case_and_one_of_them_has_it(database_url: str) -> None:
    """Two web processes (here: two stores), ten staff on each."""
    won: list[int] = []
    lost: list[tuple[str, int]] = []

    with open_store(database_url) as first, open_store(database_url) as second:
        case = asks(first)

        def take(staff: int) -> None:
            store = (first, second)[staff % 2]
            try:
                won.append(store.take_case("demo", case.id, staff, hears("おつなぎしました")).staff)
            except CaseConflict as conflict:
                lost.append((conflict.reason, conflict.held_by))

        together(*[lambda staff=staff: take(staff) for staff in range(1, CROWD + 1)])

        [winner] = won
        assert lost == [("taken", winner)] * (CROWD - 1)
        assert first.case("demo", case.id).staff == winner
        assert steps(first, case) == [("resident", "asks", "waiting"), ("staff", "takes", "staff")]
        assert [kind for kind, _ in said(first)].count("told") == 1


_TAKE = """
import sys
from store import open_store
from store.records_cases import CaseConflict
with open_store(sys.argv[1]) as store:
    print("ready", flush=True)
    sys.stdin.readline()
    try:
        print("won", store.take_case("demo", int(sys.argv[2]), int(sys.argv[3])).staff)
    except CaseConflict as conflict:
        print(conflict.reason, conflict.held_by)
"""


def test_processes_that_take_the_same_case_agree_on_who_has_it(database_url: str) -> None:
    with open_store(database_url) as store:
        case = asks(store)
        staff = [Told(_TAKE, database_url, str(case.id), str(number)) for number in (1, 2, 3)]
        for process in staff:
            assert process.stdout.readline() == "ready\n"
        for process in staff:  # all are at the door: let them go
            process.stdin.write("\n")
            process.stdin.flush()
        answers = sorted(process.communicate(timeout=30)[0].strip() for process in staff)

        holder = store.case("demo", case.id).staff

    assert answers == sorted([f"won {holder}", *[f"taken {holder}"] * 2])


def test_two_requests_of_one_resident_open_one_case(database_url: str) -> None:
    """Two windows of one browser, on two processes."""
    with open_store(database_url) as first, open_store(database_url) as second:
        refused: list[Exception] = []

        def ask(store: Store, name: str) -> None:
            try:
                asks(store, event_id=name)
            except OwnerChanged as changed:
                refused.append(changed)

        together(*[lambda n=n: ask((first, second)[n % 2], f"e{n}") for n in range(6)])

        assert len(first.cases("demo", None)) == 1
        assert len(refused) == 5


def test_one_form_sent_by_many_requests_is_one_reply(database_url: str) -> None:
    with open_store(database_url) as first, open_store(database_url) as second:
        case = asks(first)
        first.take_case("demo", case.id, SATO)
        said_as: list[str] = []

        def send(store: Store) -> None:
            said_as.append(store.reply_case("demo", case.id, SATO, "月曜です", "key").event_id)

        together(*[lambda n=n: send((first, second)[n % 2]) for n in range(8)])

        assert len(set(said_as)) == 1
        assert said(first).count(("staff", "月曜です")) == 1
        assert len(first.claim_outgoing("w", 10)) == 1


# ── A resident writes in the middle of a change of hands ─────────────────────────────────────────────────────────────


Span = tuple[float, float]
"""From when until when, in seconds of the monotonic clock."""


@dataclass
class Door:
    """Decides and records as the doors do: what was decided for another owner is decided again."""

    store: Any
    knowledge: Knowledge
    refused: int = 0
    sent: list[ClaimedOutgoing] = field(default_factory=list)
    answers_written: list[Span] = field(default_factory=list)
    written: list[Span] = field(default_factory=list)
    _wrote: threading.Condition = field(default_factory=threading.Condition)

    def say(self, text: str, event_id: str) -> None:
        inquiry = Inquiry("test", "U1", "line", "text", event_id, datetime.now(UTC), text=text)
        while True:
            outcome, reply = decide(inquiry, lambda _: self.knowledge, self.store, datetime.now(UTC))
            if reply.blocks:
                push = Outgoing("test", "U1", "line", [{"type": "text", "text": f"自動: {text}"}])
                outcome = Outcome(
                    **{name: getattr(outcome, name) for name in Outcome.__slots__} | {"outgoing": (push,)}
                )
            began = time.monotonic()
            try:
                self.sent.extend(self.store.record(outcome))
            except OwnerChanged:
                self.refused += 1
                continue
            ended = time.monotonic()
            if reply.blocks:
                self.answers_written.append((began, ended))
            with self._wrote:
                self.written.append((began, ended))
                self._wrote.notify_all()
            return

    def writes_once_more(self, since: float, in_all: int) -> None:
        """Waits for what is written from now on, unless all of it is."""
        with self._wrote:
            assert self._wrote.wait_for(
                lambda: len(self.written) == in_all or any(began >= since for began, _ in self.written), 20
            )


class Interrupted:
    """A store that does `act` at the worst moment: a door has read who owns the talk, and has not written yet."""

    def __init__(self, store: Store, act: Callable[[], object]) -> None:
        self._store, self._acts = store, [act]

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    def remembered(self, city: str, resident: str) -> Remembered:
        known = self._store.remembered(city, resident)
        while self._acts:
            self._acts.pop()()
        return known


def a_test_case(store: Store) -> CaseView:
    return asks(store, city="test", department="市民課", question="住民票について")


STEPS = {
    "takes": (None, lambda s, c: s.take_case("test", c.id, SATO), "staff"),
    "releases": ("take", lambda s, c: s.release_case("test", c.id, SATO), "waiting"),
    "transfers": ("take", lambda s, c: s.transfer_case("test", c.id, SATO, "ごみ減量課", "担当違い"), "waiting"),
    "closes": ("take", lambda s, c: s.close_case("test", c.id, SATO, "answered"), "bot"),
    "returns": ("take", lambda s, c: s.end_case("test", "U1", "clock", "idle"), "bot"),
    "taken over": (
        "take",
        lambda s, c: (s.release_case("test", c.id, SATO), s.take_case("test", c.id, SUZUKI)),
        "staff",
    ),
}


@pytest.mark.parametrize("name", STEPS)
def test_a_resident_who_writes_in_the_middle_of_a_change_is_heard_by_the_new_owner(
    database_url: str, small_city: Knowledge, name: str
) -> None:
    before, act, owner = STEPS[name]
    with open_store(database_url) as door_side, open_store(database_url) as staff_side:
        case = a_test_case(door_side)
        if before:
            staff_side.take_case("test", case.id, SATO)
        door = Door(Interrupted(door_side, lambda: act(staff_side, case)), small_city)

        door.say("転入届の出し方", "e1")

        assert door.refused == 1
        assert door_side.remembered("test", "U1").owner.state == owner
        turns = [turn for turn in door_side.turns("test", "U1", 50) if turn.event_id == "e1"]
        assert [turn.text for turn in turns] == ["転入届の出し方"]
        assert len(door.sent) == (0 if owner == "staff" else 1)
        assert (turns[0].decision == "staff") == (owner == "staff")


def test_while_hands_change_all_the_time_nothing_is_lost_doubled_or_answered_by_two(
    database_url: str, small_city: Knowledge
) -> None:
    """Residents write while staff take, answer and release; whoever owns the talk is the only one to speak."""
    rounds, wrote = 12, 12
    with open_store(database_url) as door_side, open_store(database_url) as staff_side:
        case = a_test_case(door_side)
        door = Door(door_side, small_city)
        replied: list[str] = []
        held: list[Span] = []

        def staff_works() -> None:
            for number in range(rounds):
                staff_side.take_case("test", case.id, SATO)
                taken = time.monotonic()
                staff_side.reply_case("test", case.id, SATO, f"返事{number}", f"k{number}")
                replied.append(f"返事{number}")
                door.writes_once_more(taken, wrote)
                held.append((taken, time.monotonic()))
                staff_side.release_case("test", case.id, SATO)
            staff_side.take_case("test", case.id, SATO)

        together(staff_works, *[lambda n=n: door.say(f"質問{n}", f"e{n}") for n in range(wrote)])

        turns = door_side.turns("test", "U1", 200)
        spoken = Counter(turn.text for turn in turns if turn.kind == "text")
        assert {text: count for text, count in spoken.items() if text.startswith("質問")} == {
            f"質問{n}": 1 for n in range(wrote)
        }
        assert [turn.reply_text for turn in turns if turn.kind == "staff"] == replied
        assert [one for one in door.answers_written if _within_one_of(one, held)] == []
        assert door_side.case("test", case.id).version == 2 * rounds + 1


def _within_one_of(written: Span, held: list[Span]) -> bool:
    """Whether staff surely had the case all the while: the times that steps and turns carry are from before the lock,
    and two that wait for it may go in the other order."""
    return any(taken <= written[0] and written[1] <= given_back for taken, given_back in held)
