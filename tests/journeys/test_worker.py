"""The worker between the doors: planned jobs once, faults answered with a phone number, nothing lost on stop."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

import worker as worker_module
from bot.messages import Inquiry
from desk import decide
from faq.place_states import KnownPlaces
from store.errors import StoreError
from store.records import ArrivedEvent
from store.records_cases import Remembered
from tests.handover.handover_builders import SATO, asks
from tests.running import CITY, wait_until, words
from worker import ATTEMPTS, Job, Worker, last_due

NOON = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)  # 12:00 in Japan


@pytest.mark.parametrize(
    ("crontab", "due"),
    [
        ("15 3 * * *", datetime(2026, 11, 20, 18, 15, tzinfo=UTC)),  # 03:15 in Japan, today
        ("0 12 * * *", NOON),
        ("0 9 1 * *", None),  # the first of the month is longer ago than we look back
    ],
)
def test_the_last_planned_time_is_found_in_japans_time(crontab, due):
    assert last_due(crontab, NOON) == due


def a_worker(store, jobs):
    return Worker(store, lambda city: None, {}, at_once=1, jobs=jobs)


def test_a_planned_job_runs_once_for_all_workers_and_is_caught_up_when_missed(store, clock):
    ran = []
    jobs = (Job("retention", "15 3 * * *", ran.append),)
    first, second = a_worker(store, jobs), a_worker(store, jobs)

    assert [first.run_due_jobs(NOON), second.run_due_jobs(NOON), first.run_due_jobs(NOON)] == [1, 0, 0]
    assert first.run_due_jobs(NOON + timedelta(days=1)) == 1
    assert len(ran) == 2


def an_inquiry(**changes):
    fields = {
        "city": CITY,
        "resident": "U1",
        "channel": "line",
        "kind": "text",
        "event_id": "e1",
        "at": NOON,
        "text": "住民票",
    }
    return Inquiry(**{**fields, **changes})


class BrokenStore:
    """A database that does not answer."""

    def remembered(self, city, resident):
        raise StoreError("the database does not answer")

    def known_places(self, city):
        return KnownPlaces(sure=False)


def test_a_silent_store_costs_the_memory_and_not_the_answer(demo_library):
    outcome, reply = decide(an_inquiry(text="転入届の出し方"), demo_library.get, BrokenStore(), NOON)

    assert reply.blocks
    assert reply.decision in ("answer", "choices")
    assert outcome.turn.text == "転入届の出し方"


def test_a_fault_of_ours_is_answered_with_the_phone_number(demo_library, caplog):
    class Poison(BrokenStore):
        def remembered(self, city, resident):
            return Remembered({"offered": [], "at": NOON.isoformat()})

    def fails_inside(city):
        knowledge = demo_library.get(city)
        return replace(knowledge, index=None)

    outcome, reply = decide(an_inquiry(text="秘密の相談"), fails_inside, Poison(), NOON)

    assert "048-000-1100" in reply.blocks[0].text
    assert outcome.turn.decision == "handoff"
    assert "秘密" not in "".join(record.getMessage() for record in caplog.records)


def test_an_event_that_killed_its_workers_ends_with_the_phone_number(store, clock, demo_library):
    store.accept([arrived("poison", "U1", clock.ms)])
    for _ in range(5):  # each of these workers dies with the event in its hands
        assert store.claim_events("killed", 1)
        clock.forward(60)
    line = RememberingLine()
    worker = Worker(store, demo_library.get, {CITY: line}, at_once=1, clock=clock)

    worker.claim_once()
    worker.stop()

    assert "048-000-1100" in words(line.sent)
    assert store.queue().inbox_waiting == 0


def test_an_event_that_not_even_the_last_words_fit_is_given_up_and_holds_nobody_back(
    store, clock, demo_library, monkeypatch
):
    """An event that could not be read was tried again for ever, and its resident never heard from us again."""
    store.accept([arrived("poison", "U1", clock.ms)])
    clock.forward(1)
    store.accept([arrived("next", "U1", clock.ms)])
    readable = worker_module.read_event

    def fails_at_poison(city, payload):
        if payload["webhookEventId"] == "poison":
            raise TypeError("a fault of ours")
        return readable(city, payload)

    monkeypatch.setattr(worker_module, "read_event", fails_at_poison)
    line = RememberingLine()
    worker = Worker(store, demo_library.get, {CITY: line}, at_once=1, clock=clock)

    for _ in range(2 * ATTEMPTS + 2):  # one claim for each try, and one for the next event
        worker.claim_once()
        clock.forward(60)
    wait_until(lambda: store.queue().inbox_waiting == 0)
    worker.stop()

    assert "住民票" in words(line.sent)


@pytest.mark.parametrize("taken_back", ["1", "another"])
def test_words_that_arrive_after_they_were_taken_back_are_neither_kept_nor_answered(
    store, clock, demo_library, taken_back
):
    """We were down; LINE brings both again, and the taking back first."""
    written, line = arrived("words", "U1", clock.ms), RememberingLine()
    unsend = {"type": "unsend", "mode": "active", "source": written.payload["source"]}
    unsend["unsend"] = {"messageId": taken_back}
    clock.forward(90)
    worker = Worker(store, demo_library.get, {CITY: line}, at_once=1, clock=clock)

    for event in (ArrivedEvent(CITY, "unsend", "U1", clock.ms, "unsend", unsend, clock.ms), written):
        store.accept([replace(event, received_at_ms=clock.ms, redelivered=True)])
        worker.claim_once()
        wait_until(lambda: store.queue().inbox_waiting == 0)
    worker.stop()

    gone = taken_back == "1"
    assert bool(line.sent) is not gone
    assert [turn.text for turn in store.turns(CITY, "U1")] == ([] if gone else ["住民票"])


def arrived(event_id, resident, now):
    payload = {
        "type": "message",
        "mode": "active",
        "timestamp": now,
        "webhookEventId": event_id,
        "replyToken": "token",
        "source": {"type": "user", "userId": resident},
        "message": {"id": "1", "type": "text", "text": "住民票"},
    }
    return ArrivedEvent(CITY, event_id, resident, now, "message", payload, now, reply_token="token")


class OneByOne:
    """The store of a worker; remembers whether residents were asked for one by one or together."""

    def __init__(self, store, meanwhile=lambda: None):
        self._store = store
        self._meanwhile = meanwhile
        self.asked = []

    def __getattr__(self, name):
        return getattr(self._store, name)

    def remembered(self, city, resident):
        self.asked.append(resident)
        return self._store.remembered(city, resident)

    def remembered_of(self, residents):
        self.asked.append([resident for _, resident in residents])
        known = self._store.remembered_of(residents)
        self._meanwhile()
        return known


def answered(store, clock, demo_library, residents):
    """The events of these residents, claimed together and answered."""
    store.accept([arrived(f"e{resident}", resident, clock.ms) for resident in residents])
    line = RememberingLine()
    worker = Worker(store, demo_library.get, {CITY: line}, at_once=8, clock=clock)
    worker.claim_once()
    wait_until(lambda: store.queue().inbox_waiting == 0)
    worker.stop()
    return line.sent


@pytest.mark.parametrize(
    ("residents", "asked"), [(["U1"], ["U1"]), (["U1", "U2", "U3"], [["U1", "U2", "U3"]])], ids=["one", "many"]
)
def test_what_is_claimed_together_is_remembered_together(store, clock, demo_library, residents, asked):
    watched = OneByOne(store)

    sent = answered(watched, clock, demo_library, residents)

    assert len(sent) >= len(residents)
    assert watched.asked == asked


def test_a_talk_taken_by_staff_since_the_claim_is_looked_at_again(store, clock, demo_library):
    case = asks(store, city=CITY)
    watched = OneByOne(store, lambda: store.take_case(CITY, case.id, SATO))

    answered(watched, clock, demo_library, ["U1", "U2"])

    assert watched.asked == [["U1", "U2"], "U1"]
    assert store.case(CITY, case.id).unread == 2
    assert [turn.decision for turn in store.turns(CITY, "U1")][-1] == "staff"


class RememberingLine:
    """LINE that accepts everything and remembers it."""

    def __init__(self):
        self.sent = []

    async def reply(self, reply_token, messages):
        self.sent.extend(messages)
        return "sent"

    async def push(self, to, messages, retry_key):
        return await self.reply("", messages)
