"""Claims due work and does it: events become answers, answers go to LINE, planned jobs run.

A thread of `app.py serve`, or processes of their own (`app.py worker`): any number may run. Work is claimed with a
lease, done, and marked; whoever is killed in between leaves work that another takes up when the lease ends.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from queue import SimpleQueue
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from apscheduler.triggers.cron import CronTrigger

from bot.messages import Inquiry, Reply
from bot.wording import Wording
from clients.line.courier import Courier
from clients.line.delivery import Line
from desk import KnowledgeOf, decide, undecided
from handlers.line.events import Arrival, read_event
from handlers.line.messages import render
from store import Store
from store.errors import LeaseLost, OwnerChanged, StoreError
from store.records import ClaimedEvent, ClaimedOutgoing, Friend, Outcome, Outgoing
from store.records_cases import Remembered
from telemetry import ANSWER_SECONDS, DELIVERIES, labelled

log = logging.getLogger(__name__)

LEASE_SECONDS = 8.0
"""Above the timeout of a call to LINE (3 s), so that nobody takes work from a living worker."""

ATTEMPTS = 5
LATE_MS = 5_000
"""LINE brings an event within moments; one that took longer may have been overtaken by its own taking back."""

IDLE_SECONDS = 1.0
GATHER_SECONDS = 0.015
"""After a claim the next one waits this long: under load it then takes several events at the price of one."""

DECIDERS = 1
"""Threads that compute. More would only take Python's lock from one another (`docs/decisions/engine.md`)."""

JOB_LOOKBACK = timedelta(days=2)
"""A planned job that was missed while everything was down is caught up when it is not older than this."""

JAPAN = ZoneInfo("Asia/Tokyo")


@dataclass(frozen=True, slots=True)
class Job:
    """Something done at planned times (`crontab` in Japan's time), once for all processes together."""

    name: str
    crontab: str
    run: Callable[[datetime], object]


class _Places:
    """How much more work may be begun. Each piece takes a place and gives it back when it is done."""

    def __init__(self, count: int) -> None:
        self._count = self._free = count
        self._changed = threading.Condition()

    def take_all(self, seconds: float) -> int:
        """All places that are free, waiting for at least one of them; 0 when there was none for so long."""
        with self._changed:
            self._changed.wait_for(lambda: self._free, seconds)
            taken, self._free = self._free, 0
        return taken

    def give_back(self, count: int = 1) -> None:
        with self._changed:
            self._free += count
            if self._free in (count, self._count):  # somebody may wait for the first one, or for the last
                self._changed.notify_all()

    def wait_until_all_free(self, seconds: float) -> None:
        with self._changed:
            self._changed.wait_for(lambda: self._free == self._count, seconds)


class Beside(Protocol):
    """What runs as long as the worker does, in threads of its own (`errands.rounds`)."""

    def start(self) -> object: ...
    def stop(self) -> None: ...


class Worker:
    """Answers and sends until `stop()`, at most `at_once` pieces of work at a time. Several workers share one store.

    LINE takes some 60 ms a call, so `at_once` bounds the answers a second: 128 give about two thousand.

    What one thread has done the next one takes over without being waited for: the dispatcher claims, the decider
    thinks, the store's writer writes, the courier sends, the writer notes that it was sent.
    """

    def __init__(
        self,
        store: Store,
        knowledge_of: KnowledgeOf,
        lines: Mapping[str, Line],
        *,
        at_once: int = 128,
        jobs: Sequence[Job] = (),
        clock: Callable[[], float] = time.time,
        public_url: str = "",
        beside: Sequence[Beside] = (),
        preview_of: Callable[[Inquiry], list[dict[str, Any]]] = lambda _inquiry: [],
    ) -> None:
        self.name = f"{os.uname().nodename}-{os.getpid()}-{id(self):x}"
        self._store = store
        self._knowledge_of = knowledge_of
        self._jobs = jobs
        self._clock = clock
        self._public_url = public_url
        self._beside = beside
        self._preview_of = preview_of
        self._places = _Places(at_once)
        self._stopping = threading.Event()
        self._to_decide: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        self._deciders = [threading.Thread(target=self._think, name="decide", daemon=True) for _ in range(DECIDERS)]
        for decider in self._deciders:
            decider.start()
        self._courier = Courier(lines, store, clock, lambda city, step: labelled(DELIVERIES, city, step).inc())
        self._dispatcher = threading.Thread(target=self._dispatch, name="dispatch", daemon=True)
        self._planner = threading.Thread(target=self._plan, name="plan", daemon=True)

    def start(self) -> Worker:
        self._dispatcher.start()
        if self._jobs:
            self._planner.start()
        for other in self._beside:
            other.start()
        return self

    def stop(self) -> None:
        """Finishes what has begun, takes nothing new."""
        self._stopping.set()
        self._store.wake()
        for other in self._beside:
            other.stop()
        for thread in (self._dispatcher, self._planner):
            if thread.is_alive():
                thread.join(timeout=LEASE_SECONDS)
        for _ in self._deciders:
            self._to_decide.put(None)
        for decider in self._deciders:
            decider.join()
        self._places.wait_until_all_free(LEASE_SECONDS)
        self._courier.stop()

    # ── Claiming ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def _dispatch(self) -> None:
        while not self._stopping.is_set():
            try:
                if self.claim_once():
                    self._stopping.wait(GATHER_SECONDS)
                else:
                    self._store.wait_for_work(IDLE_SECONDS)
            except StoreError:
                log.exception("the store does not answer; trying again", extra={"worker": self.name})
                self._stopping.wait(IDLE_SECONDS)
            except Exception:
                log.exception("dispatcher fault", extra={"worker": self.name})
                self._stopping.wait(IDLE_SECONDS)

    def claim_once(self) -> int:
        """Claims as much as may be begun now and begins it. Returns how much that was."""
        free = self._places.take_all(IDLE_SECONDS)
        if not free:
            return 0
        claimed = 0
        try:
            for item in self._store.claim_outgoing(self.name, free, LEASE_SECONDS):
                self._courier.carry((item,), self._places.give_back)
                claimed += 1
            if claimed < free:
                events = self._store.claim_events(self.name, free - claimed, LEASE_SECONDS)
                known = self._remembered_of(events)
                for event in events:
                    self._to_decide.put(partial(self._answer, event, known.get((event.city, event.resident))))
                    claimed += 1
        finally:
            self._places.give_back(free - claimed)
        return claimed

    def _remembered_of(self, events: Sequence[ClaimedEvent]) -> dict[tuple[str, str], Remembered]:
        """What is remembered of all who sent these, asked for once. Deciding asks by itself for what is missing here,
        and again when the talk has changed hands before the answer is written."""
        if len(events) < 2:
            return {}
        try:
            return self._store.remembered_of(sorted({(event.city, event.resident) for event in events}))
        except StoreError:
            return {}

    def _think(self) -> None:
        while (work := self._to_decide.get()) is not None:
            work()

    # ── Answering ────────────────────────────────────────────────────────────────────────────────────────────────────

    def _answer(self, event: ClaimedEvent, known: Remembered | None = None) -> None:
        """Decides, and leaves writing and sending to others. Whatever happens, the place is free again in the end."""
        try:
            if event.attempts > 2 * ATTEMPTS:  # not even the last words can be made of it
                self._store.fail_event(event, "too many attempts")
                self._places.give_back()
                return
            self._record(event, self._decided(event, known))
        except Exception:
            log.exception("worker fault", extra={"worker": self.name, "event": event.event_id})
            self._places.give_back()

    def _record(self, event: ClaimedEvent, outcome: Outcome) -> None:
        try:
            self._store.finish_event_later(event, outcome, lambda result: self._recorded(event, result))
        except StoreError as error:
            self._recorded(event, error)

    def _recorded(self, event: ClaimedEvent, result: tuple[ClaimedOutgoing, ...] | BaseException) -> None:
        """Sends what is to be sent, on whatever thread says that it is written."""
        if not isinstance(result, BaseException):
            if result:
                self._courier.carry(result, lambda: self._answered(event))
            else:
                self._places.give_back()
            return
        ids = {"worker": self.name, "city": event.city, "event": event.event_id}
        if isinstance(result, LeaseLost):
            log.warning("somebody else took this event", extra=ids)
        elif isinstance(result, OwnerChanged) and not self._stopping.is_set():
            log.info("the talk changed hands; deciding again", extra=ids)
            self._to_decide.put(partial(self._answer, event))
            return
        elif not (isinstance(result, StoreError) and result.permanent):
            log.error("not recorded; the lease will end and it is done again", extra=ids, exc_info=result)
        elif not self._stopping.is_set():
            log.error("could not record an answer", extra=ids, exc_info=result)
            self._to_decide.put(partial(self._record_last_words, event))
            return
        self._places.give_back()

    def _record_last_words(self, event: ClaimedEvent) -> None:
        """What the database will never take must not hold the resident's later events back."""
        try:
            sending = self._store.finish_event(event, self._last_words(event))
        except Exception:
            log.exception("not recorded; the lease will end and it is done again", extra={"event": event.event_id})
            self._places.give_back()
            return
        self._courier.carry(sending, self._places.give_back) if sending else self._places.give_back()

    def _answered(self, event: ClaimedEvent) -> None:
        ANSWER_SECONDS.observe(max(0.0, self._clock() - event.received_at_ms / 1000))
        self._places.give_back()

    def _decided(self, event: ClaimedEvent, known: Remembered | None) -> Outcome:
        if event.attempts > ATTEMPTS:
            return self._last_words(event)
        try:
            return self._outcome(event, read_event(event.city, event.payload), known)
        except Exception:
            log.exception("could not make an answer", extra={"city": event.city, "event": event.event_id})
            return self._last_words(event)

    def _outcome(self, event: ClaimedEvent, arrival: Arrival, known: Remembered | None) -> Outcome:
        if arrival.action == "erase":
            return Outcome(erase_messages=(arrival.message_id,))
        if arrival.action == "blocked":
            return Outcome(friend="blocked")
        friend: Friend | None = "followed" if arrival.action == "followed" else None
        if arrival.inquiry is None:
            return Outcome(friend=friend)
        if self._was_taken_back(event, arrival.inquiry.message_id):
            return Outcome(friend=friend)
        if preview := self._preview_of(arrival.inquiry):
            return Outcome(outgoing=(_outgoing(event, preview),))
        outcome, reply = self.decide(arrival.inquiry, known)
        if not reply.blocks:  # for staff to read
            return replace(outcome, friend=friend)
        messages = render(reply, self._wording(event.city).say)
        return replace(outcome, outgoing=(_outgoing(event, messages),), friend=friend)

    def _was_taken_back(self, event: ClaimedEvent, message_id: str) -> bool:
        """Asked of what came late only: everything else arrives before it can be taken back."""
        late = event.redelivered or event.received_at_ms - event.occurred_at_ms > LATE_MS
        return bool(late and message_id) and self._store.was_taken_back(event.city, message_id)

    def _last_words(self, event: ClaimedEvent) -> Outcome:
        """An event that no answer can be made of, or that killed several workers: the resident gets a phone number."""
        log.error("event answered with the phone number", extra={"city": event.city, "event": event.event_id})
        arrival = read_event(event.city, event.payload)
        if arrival.inquiry is None:
            return Outcome()
        owner = self._store.remembered(event.city, event.resident).owner
        if owner.state == "staff":
            return Outcome(turn=undecided(arrival.inquiry, self._time()), owner=owner)
        busy = self._wording(event.city).say("busy", "ja", phone=self._knowledge_of(event.city).city.phone)
        return Outcome(outgoing=(_outgoing(event, [{"type": "text", "text": busy}]),), owner=owner)

    def decide(self, inquiry: Inquiry, known: Remembered | None = None) -> tuple[Outcome, Reply]:
        """What to say and what to record. A fault of ours is answered with a phone number, never with silence."""
        return decide(inquiry, self._knowledge_of, self._store, self._time(), self._public_url, known)

    def _time(self) -> datetime:
        return datetime.fromtimestamp(self._clock(), UTC)

    def _wording(self, city: str) -> Wording:
        return Wording(self._knowledge_of(city).wording)

    # ── Planned jobs ─────────────────────────────────────────────────────────────────────────────────────────────────

    def _plan(self) -> None:
        while not self._stopping.is_set():
            try:
                self.run_due_jobs(datetime.fromtimestamp(self._clock(), UTC))
            except Exception:
                log.exception("planned job fault", extra={"worker": self.name})
            self._stopping.wait(20.0)

    def run_due_jobs(self, now: datetime) -> int:
        """Runs every job whose last planned time nobody has done yet. Returns how many ran here."""
        ran = 0
        for job in self._jobs:
            due = last_due(job.crontab, now)
            if due is not None and self._store.claim_slot(job.name, due, self.name, 600.0):
                # What runs every minute would bury everything else.
                level = logging.DEBUG if job.crontab.startswith("* ") else logging.INFO
                log.log(level, "planned job starts", extra={"job": job.name, "due": due.isoformat()})
                job.run(now)
                self._store.finish_slot(job.name, due, self.name)
                ran += 1
        return ran


def _outgoing(event: ClaimedEvent, messages: list[dict[str, Any]]) -> Outgoing:
    return Outgoing(
        city=event.city,
        resident=event.resident,
        channel="line",
        messages=messages,
        reply_token=event.reply_token,
        token_received_at_ms=event.received_at_ms,
    )


def last_due(crontab: str, now: datetime) -> datetime | None:
    """The latest time up to `now` at which a job was planned, looking back two days."""
    trigger = CronTrigger.from_crontab(crontab, timezone=JAPAN)
    # Nearest first: a job of every minute must not be followed through all the minutes of two days.
    looks = (_last_within(trigger, lookback, now) for lookback in (timedelta(minutes=2), JOB_LOOKBACK))
    due = next(filter(None, looks), None)
    return due.astimezone(UTC) if due else None


def _last_within(trigger: CronTrigger, lookback: timedelta, now: datetime) -> datetime | None:
    due, cursor = None, now.astimezone(JAPAN) - lookback
    while (found := trigger.get_next_fire_time(None, cursor)) is not None and found <= now:
        due, cursor = found, found + timedelta(seconds=1)
    return due
