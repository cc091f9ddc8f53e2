"""The clock's work on open cases, on both engines: each step once, whatever is killed, and no word overlooked."""

from __future__ import annotations

import signal
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from faq.knowledge import Knowledge
from faq.library import UnknownCity
from handover_jobs import EVERY_MINUTE, watch_cases
from store import Store, open_store
from store.errors import StoreError
from store.records import Case, Outcome, Turn
from tests.databases import Clock
from tests.forks import Told
from tests.reception.conftest import at
from worker import Job, Worker, last_due

ROOT = Path(__file__).parents[2]
FRIDAY = "2026-11-20 10:00"


class Office:
    """A city's open cases on a clock that we move; `minute()` is what the worker does once a minute."""

    def __init__(self, store: Store, clock: Clock, knowledge: Knowledge) -> None:
        self.store, self.clock, self.knowledge = store, clock, knowledge
        self.at(FRIDAY)

    def at(self, moment: str) -> None:
        self.clock.now = at(moment).timestamp()

    @property
    def now(self) -> datetime:
        return datetime.fromtimestamp(self.clock.now, UTC)

    def forward(self, minutes: float) -> None:
        self.clock.forward(minutes * 60)

    def asks(self, resident: str = "U1", department: str = "市民課", promised: str | None = None) -> int:
        moment = at(promised) if promised else self.now
        self.store.record(Outcome(case=Case("test", resident, "line", department, "質問", self.now, moment)))
        case = self.store.open_case("test", resident)
        assert case is not None
        return case.id

    def answers(self, case: int, key: str = "k1") -> None:
        self.store.take_case("test", case, 7)
        self.store.reply_case("test", case, 7, "はい、そうです。", key)
        self.clock.forward(0.1)  # the turns of a case follow each other by milliseconds, even on a clock that stands

    def writes(self, resident: str = "U1", event: str = "e2") -> None:
        turn = Turn("test", resident, "line", event, self.now, "text", "まだいます", decision="staff")
        self.store.record(Outcome(turn=turn, owner=self.store.remembered("test", resident).owner))

    def minute(self) -> dict[str, int]:
        return dict(watch_cases(self.store, lambda _: self.knowledge, ("test",), self.now))

    def told(self, resident: str = "U1") -> list[str]:
        return [turn.reply_text for turn in self.store.turns("test", resident) if turn.kind == "told"]

    def status(self, case: int) -> str:
        found = self.store.case("test", case)
        assert found is not None
        return found.status


@pytest.fixture
def office(store: Store, clock: Clock, city_of_departments: Knowledge) -> Office:
    return Office(store, clock, city_of_departments)


def test_after_a_silence_comes_a_notice_and_five_minutes_later_the_bot_is_back(office):
    case = office.asks()
    office.answers(case)
    found = []
    for _ in range(30):
        office.forward(1)
        found.append(office.minute())

    assert [(minute + 1, done) for minute, done in enumerate(found) if done] == [
        (20, {"notice": 1}),
        (25, {"return": 1}),
    ]
    assert ["5分後に" in words for words in office.told()] == [True, False]
    assert "自動の案内がお答えします" in office.told()[-1]
    assert office.status(case) == "closed"
    assert [step.event for step in office.store.case_log("test", case)][-2:] == ["idles", "returns"]


def test_on_line_both_are_pushed_once(office):
    office.answers(office.asks())
    for _ in range(40):
        office.forward(1)
        office.minute()

    sent = office.store.claim_outgoing("w", 10, 60)
    pushed = [item.messages[0]["text"] for item in sent]
    while sent:
        for item in sent:
            office.store.outgoing_sent(item, "sent")
        sent = office.store.claim_outgoing("w", 10, 60)
        pushed += [item.messages[0]["text"] for item in sent]
    assert sum("5分後に" in words for words in pushed) == 1
    assert sum("しばらくお返事がなかった" in words for words in pushed) == 1


def test_a_word_after_the_notice_keeps_the_talk(office):
    case = office.asks()
    office.answers(case)
    office.forward(20)
    office.minute()
    office.forward(3)
    office.writes()
    office.forward(120)

    assert office.minute() == {}
    assert office.status(case) == "staff"


def test_after_another_answer_the_silence_begins_anew(office):
    case = office.asks()
    office.answers(case)
    office.forward(20)
    office.minute()
    office.store.reply_case("test", case, 7, "ほかにもありますか。", "k2")

    office.forward(5)
    soon = office.minute()
    office.forward(15.1)

    assert soon == {}
    assert office.minute() == {"notice": 1}


def test_a_word_in_the_very_moment_of_the_end_wins(office, monkeypatch):
    case = office.asks()
    office.answers(case)
    office.forward(20)
    office.minute()
    office.forward(5)
    read = office.store.cases

    def read_and_then_the_resident_writes(city: str, status: str | None = "waiting"):
        found = read(city, status)
        office.writes()
        return found

    monkeypatch.setattr(office.store, "cases", read_and_then_the_resident_writes)

    assert office.minute() == {}
    assert office.status(case) == "staff"
    assert len(office.told()) == 1


def test_while_it_is_the_staffs_turn_nothing_ends(office):
    case = office.asks()
    office.answers(case)
    office.forward(1)
    office.writes()
    office.forward(600)

    assert office.minute() == {}
    assert office.status(case) == "staff"


def test_a_department_may_never_end_a_talk_by_itself(office):
    case = office.asks(department="ごみ減量課")
    office.answers(case)
    office.forward(24 * 60)

    assert office.minute() == {}
    assert office.status(case) == "staff"


def test_who_was_promised_the_morning_and_waits_still_gets_one_apology(office):
    office.at("2026-11-20 22:00")
    office.asks(promised="2026-11-24 08:30")
    found = {}
    for moment in ("2026-11-21 12:00", "2026-11-24 08:59", "2026-11-24 09:00", "2026-11-24 09:01", "2026-11-24 16:00"):
        office.at(moment)
        found[moment] = office.minute()

    assert {moment: done for moment, done in found.items() if done} == {"2026-11-24 09:00": {"apology": 1}}
    assert len(office.told()) == 1
    assert "048-000-0001" in office.told()[0]


def test_whoever_was_taken_in_time_gets_no_apology(office):
    case = office.asks()
    office.forward(29)
    office.answers(case)
    office.forward(2)

    assert office.minute() == {}


def test_the_words_are_in_the_language_of_the_talk(office):
    turn = Turn("test", "U1", "line", "e1", office.now, "text", "hello")
    office.store.record(Outcome(turn=turn, conversation={"language": "en"}))
    office.answers(office.asks())
    office.forward(20)
    office.minute()

    assert "ends in 5 minutes" in office.told()[-1]


def test_two_processes_in_the_same_minute_do_everything_once(office):
    cases = [office.asks(f"U{n}") for n in range(5)]
    for number, case in enumerate(cases):
        office.answers(case, f"k{number}")
    office.forward(21)
    jobs = (Job("handover", EVERY_MINUTE, lambda now: office.minute()),)
    first, second = (Worker(office.store, lambda _: office.knowledge, {}, at_once=1, jobs=jobs) for _ in range(2))

    ran = [worker.run_due_jobs(office.now) for worker in (first, second, first)]
    directly = office.minute()

    assert sum(ran) == 1
    assert directly == {}
    assert [len(office.told(f"U{n}")) for n in range(5)] == [1] * 5


def test_a_city_that_cannot_be_looked_at_does_not_keep_the_clock_from_the_others(office, monkeypatch):
    office.answers(office.asks())
    office.forward(20)
    read = office.store.cases

    def broken_for_one(city: str, status: str | None = "waiting"):
        if city == "broken":
            raise StoreError("away")
        return read(city, status)

    def knowledge_of(city: str) -> Knowledge:
        if city == "unread":
            raise UnknownCity(city)
        return office.knowledge

    monkeypatch.setattr(office.store, "cases", broken_for_one)
    done = watch_cases(office.store, knowledge_of, ("broken", "unread", "test"), office.now)

    assert done["notice"] == 1


def test_a_job_of_every_minute_is_due_every_minute_and_a_nightly_one_once():
    noon = at("2026-11-20 12:00:30").astimezone(UTC)

    assert last_due(EVERY_MINUTE, noon) == noon - timedelta(seconds=30)
    assert last_due(EVERY_MINUTE, noon + timedelta(minutes=1)) == noon + timedelta(seconds=30)
    assert last_due("15 3 * * *", noon) == at("2026-11-20 03:15").astimezone(UTC)


_MINUTE_THEN_DIE = """
import os, signal, sys
from datetime import datetime, UTC
from pathlib import Path
import store.case_acts as acts
from faq.content import read_folder
from faq.knowledge import build_knowledge
from handover_jobs import watch_cases
from store import open_store
from tests.builders import city_files

address, now, when = sys.argv[1], float(sys.argv[2]), sys.argv[3]
knowledge = build_knowledge(city_files({"wording/ja.yaml": None}), read_folder(Path("cities/_base")))
opened = open_store(address, clock=lambda: now)
die = lambda: os.kill(os.getpid(), signal.SIGKILL)
if when == "before the commit":
    said = acts._say
    acts._say = lambda *args: (said(*args), die())
watch_cases(opened, lambda _: knowledge, ("test",), datetime.fromtimestamp(now, UTC))
die()
"""


def killed_in_its_minute(address: str, now: float, when: str) -> int:
    dying = Told(_MINUTE_THEN_DIE, address, str(now), when)
    dying.communicate(timeout=60)
    return dying.wait()


@pytest.mark.parametrize("step", ["notice", "return"])
@pytest.mark.parametrize("when", ["before the commit", "after the commit"])
def test_a_process_killed_at_a_step_leaves_it_whole_or_undone_and_the_next_minute_goes_on(
    database_url, clock, city_of_departments, when, step
):
    with open_store(database_url, clock=clock) as store:
        office = Office(store, clock, city_of_departments)
        case = office.asks()
        office.answers(case)
        office.forward(20)
        if step == "return":
            office.minute()
            office.forward(5)

        assert killed_in_its_minute(database_url, clock.now, when) == -signal.SIGKILL
        after_the_kill = len(office.told())
        again = office.minute()
        office.forward(5)
        office.minute()
        office.forward(1)
        office.minute()

        done_before = 0 if step == "notice" else 1
        assert after_the_kill == done_before + (when == "after the commit")
        assert again == ({} if when == "after the commit" else {step: 1})
        assert ["5分後に" in words for words in office.told()] == [True, False]
        assert office.status(case) == "closed"
