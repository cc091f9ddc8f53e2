"""The worker between the doors: planned jobs once, faults answered with a phone number, nothing lost on stop."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.messages import Inquiry
from desk import decide
from store.errors import StoreError
from store.records import ArrivedEvent
from store.records_cases import Remembered
from tests.running import CITY, words
from worker import Job, Worker, last_due

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
    event = {
        "type": "message",
        "mode": "active",
        "timestamp": clock.ms,
        "webhookEventId": "poison",
        "replyToken": "token",
        "source": {"type": "user", "userId": "U1"},
        "message": {"id": "1", "type": "text", "text": "住民票"},
    }
    store.accept([ArrivedEvent(CITY, "poison", "U1", clock.ms, "message", event, clock.ms, reply_token="token")])
    for _ in range(5):  # each of these workers dies with the event in its hands
        assert store.claim_events("killed", 1)
        clock.forward(60)
    line = RememberingLine()
    worker = Worker(store, demo_library.get, {CITY: line}, at_once=1, clock=clock)

    worker.claim_once()
    worker.stop()

    assert "048-000-1100" in words(line.sent)
    assert store.queue().inbox_waiting == 0


class RememberingLine:
    """LINE that accepts everything and remembers it."""

    def __init__(self):
        self.sent = []

    async def reply(self, reply_token, messages):
        self.sent.extend(messages)
        return "sent"

    async def push(self, to, messages, retry_key):
        return await self.reply("", messages)
