"""Brings events to the bot's server: a pool of threads, redelivery with growing pauses, and mishaps to order.

Events of one talk keep their order (each talk has its thread), as usually at LINE; `mishaps` breaks that on purpose.
"""

from __future__ import annotations

import heapq
import itertools
import queue
import random
import threading
from collections import Counter, deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from time import monotonic
from typing import Protocol

from emulator.model import Channel, WebhookEvent
from emulator.signing import Outcome, Poster, body_of

PAUSES = (1.0, 5.0, 15.0, 60.0)


@dataclass(frozen=True, slots=True)
class Mishaps:
    """What may happen to an event on its way; each is the probability of one event, `batch` the most in one body."""

    duplicate: float = 0.0
    drop: float = 0.0
    out_of_order: float = 0.0
    batch: int = 1


@dataclass(frozen=True, slots=True)
class Attempt:
    """One POST that was made, for statistics and tests."""

    city: str
    event_ids: tuple[str, ...]
    redelivery: bool
    outcome: Outcome
    at: float


@dataclass(frozen=True, slots=True)
class Job:
    """Events that travel in one body. `attempt` counts from 0."""

    channel: Channel
    events: tuple[WebhookEvent, ...]
    attempt: int = 0
    certain: bool = False  # mishaps were decided for it already


class Listener(Protocol):
    """Who is told about each POST: the platform (reply tokens start to count, messages become read)."""

    def leaving(self, job: Job) -> None: ...

    def arrived(self, job: Job, outcome: Outcome, final: bool) -> None: ...


class Webhooks:
    """The way from the platform to the bot. `threads=0` delivers only when `deliver_now` is called."""

    def __init__(self, clock: Callable[[], float], listener: Listener, threads: int, timeout: float = 2.0) -> None:
        self.mishaps = Mishaps()
        self.pauses: tuple[float, ...] = PAUSES
        self.poster = Poster(timeout)
        self.attempts: deque[Attempt] = deque(maxlen=10_000)
        self._clock = clock
        self._listener = listener
        self._lanes: list[queue.SimpleQueue[Job | None]] = [queue.SimpleQueue() for _ in range(max(threads, 1))]
        self._threaded = threads > 0
        self._threads: list[threading.Thread] = []
        self._random = random.Random(0)
        self._changed = threading.Condition()
        self._pending = 0
        self._later: list[tuple[float, int, Job]] = []
        self._numbers = itertools.count()
        self._held: list[tuple[Channel, WebhookEvent]] | None = None
        self._statistics: dict[str, Counter[str]] = {}
        self._closed = False

    # -- giving in -------------------------------------------------------------------------------------------------

    def submit(self, channel: Channel, event: WebhookEvent) -> None:
        """Send an event on its way."""
        with self._changed:
            if self._held is not None:
                self._held.append((channel, event))
                return
        self._put(Job(channel, (event,)))

    @contextmanager
    def together(self) -> Iterator[None]:
        """All events that happen inside this block leave in one body for each channel when the block ends."""
        with self._changed:
            self._held = []
        try:
            yield
        finally:
            with self._changed:
                held, self._held = self._held or [], None
            for city in dict.fromkeys(channel.city for channel, _ in held):
                mine = [(channel, event) for channel, event in held if channel.city == city]
                self._put(Job(mine[0][0], tuple(event for _, event in mine), certain=True))

    def _put(self, job: Job, lane: int | None = None) -> None:
        if lane is None:
            lane = hash(job.events[0].chat_id) % len(self._lanes)
        with self._changed:
            if self._closed:
                return
            self._pending += 1
            if self._threaded and not self._threads:
                self._start()
        self._lanes[lane].put(job)

    # -- taking out ------------------------------------------------------------------------------------------------

    def deliver_now(self) -> int:
        """Deliver, in this thread, everything that waits and every redelivery that is due; the number of POSTs made."""
        before = len(self.attempts)
        self._wake_due()
        for lane in self._lanes:
            behind: list[Job] = []
            while not lane.empty():
                job = lane.get()
                if job:
                    self._handle(job, lane, behind)
        return len(self.attempts) - before

    def wait_idle(self, timeout: float = 10.0, *, redeliveries: bool = False) -> bool:
        """Wait until nothing is on its way (nor, if asked, waiting to be redelivered); False when time runs out."""
        end = monotonic() + timeout
        with self._changed:
            while self._pending or (redeliveries and self._later):
                left = end - monotonic()
                if left <= 0:
                    return False
                self._changed.wait(left)
        return True

    def statistics(self, city: str) -> dict[str, int]:
        """POSTs by outcome: ok, could_not_connect, request_timeout, error_status_code, unclassified; dropped events."""
        with self._changed:
            return dict(self._statistics.get(city, Counter()))

    def close(self) -> None:
        """Stop the threads; what was waiting is not delivered."""
        with self._changed:
            self._closed = True
            self._later.clear()
            self._changed.notify_all()
        for lane in self._lanes:
            lane.put(None)
        for thread in self._threads:
            thread.join(self.poster.timeout + 1)
        self.poster.close()

    # -- threads ---------------------------------------------------------------------------------------------------

    def _start(self) -> None:
        for number, lane in enumerate(self._lanes):
            name = f"line-webhook-{number}"
            self._threads.append(threading.Thread(target=self._run, args=(lane,), name=name, daemon=True))
        self._threads.append(threading.Thread(target=self._redeliver, name="line-redelivery", daemon=True))
        for thread in self._threads:
            thread.start()

    def _run(self, lane: queue.SimpleQueue[Job | None]) -> None:
        behind: list[Job] = []
        while True:
            try:
                job = lane.get(timeout=0.05) if behind else lane.get()
            except queue.Empty:
                self._post(behind.pop())
                continue
            if job is None:
                break
            self._handle(job, lane, behind)
        self.poster.close()

    def _redeliver(self) -> None:
        """Looks at the platform's clock often, because a test may turn it."""
        with self._changed:
            while not self._closed:
                self._changed.wait(0.02 if self._later else None)
                due = self._take_due()
                for job in due:
                    self._lanes[hash(job.events[0].chat_id) % len(self._lanes)].put(job)

    def _wake_due(self) -> None:
        with self._changed:
            for job in self._take_due():
                self._lanes[0].put(job)

    def _take_due(self) -> list[Job]:
        due = []
        while self._later and self._later[0][0] <= self._clock():
            due.append(heapq.heappop(self._later)[2])
            self._pending += 1
        return due

    # -- one job ---------------------------------------------------------------------------------------------------

    def _handle(self, job: Job, lane: queue.SimpleQueue[Job | None], behind: list[Job]) -> None:
        """Let the mishaps fall, then post. A job that was put `behind` leaves after the next one."""
        if job.certain or self.mishaps == Mishaps():
            self._post(job)
        elif self._falls(self.mishaps.drop):
            self._done(job, "dropped")
            return
        elif not behind and self._falls(self.mishaps.out_of_order) and not lane.empty():
            behind.append(job)
            return
        else:
            if self._falls(self.mishaps.duplicate):
                other = self._random.randrange(len(self._lanes))
                self._put(replace(job, certain=True), other)
            self._post(self._gather(job, lane))
        if behind:
            self._post(behind.pop())

    def _falls(self, probability: float) -> bool:
        return probability > 0 and self._random.random() < probability

    def _gather(self, job: Job, lane: queue.SimpleQueue[Job | None]) -> Job:
        """Join what waits behind this job on its lane into one body, up to `mishaps.batch` events."""
        events = list(job.events)
        while len(events) < self.mishaps.batch and not lane.empty():
            following = lane.get()
            if following is None or following.attempt or following.channel is not job.channel:
                lane.put(following)
                break
            events += following.events
            with self._changed:
                self._pending -= 1
        return replace(job, events=tuple(events))

    def _post(self, job: Job) -> None:
        channel = job.channel
        if not channel.webhook_url or not channel.webhook_active:
            self._listener.arrived(job, Outcome("could_not_connect", detail="no webhook URL"), True)
            self._done(job, "no_webhook_url")
            return
        self._listener.leaving(job)
        bodies = [event.body for event in job.events]
        if job.attempt:
            bodies = [body | {"deliveryContext": {"isRedelivery": True}} for body in bodies]
        outcome = self.poster.post(channel.webhook_url, channel.channel_secret, body_of(channel.bot_user_id, bodies))
        ids = tuple(event.event_id for event in job.events)
        self.attempts.append(Attempt(channel.city, ids, job.attempt > 0, outcome, self._clock()))
        again = not outcome.ok and channel.redelivery and job.attempt < len(self.pauses)
        self._listener.arrived(job, outcome, not again)
        self._done(job, outcome.reason, self._clock() + self.pauses[job.attempt] if again else None)

    def _done(self, job: Job, statistic: str, again_at: float | None = None) -> None:
        with self._changed:
            if again_at is not None and not self._closed:
                later = replace(job, attempt=job.attempt + 1, certain=True)
                heapq.heappush(self._later, (again_at, next(self._numbers), later))
            self._statistics.setdefault(job.channel.city, Counter())[statistic] += 1
            self._pending -= 1
            self._changed.notify_all()
