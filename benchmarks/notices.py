"""A notice to a million residents: planned, sent at the pace LINE allows, and overtaken by an alert. On both engines.

    .venv/bin/python -m benchmarks.notices [--residents 1000000] [--database postgresql://…] [--engine sqlite]

The sender is a process of its own, as it is in production; LINE is the emulator in this one, with LINE's limit of 200
multicasts a second. Beside it, in the same run: a bare loop that makes the same calls with nothing but aiohttp, once as
fast as LINE allows and once as fast as the emulator can. Planning is measured in a fresh process, with its memory.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import resource
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from bisect import bisect_left
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiohttp
from sqlalchemy import text

from benchmarks.store import postgres
from emulator import LinePlatform, serve
from emulator.limits import RateLimits
from emulator.model import Delivery
from store import Store, open_store
from store.records_notices import CHUNK_SIZE, Audience, NewNotice, NoticeView

ROOT = Path(__file__).parents[1]
CITY, TOKEN, LIMIT = "demo", "token-of-the-benchmark", 200.0
ALERT_AFTER = 3.0
AREA, IN_AREA = Audience(topics=("bousai",), areas=("kita",)), 10_000
"""Whom the alert is for: an evacuation is told to an area."""

BARE_SECONDS = 3.0
_TEXT = "あしたの燃えるごみの収集は、大雪のためお休みします。次の収集日にお出しください。"
_FRIENDS = {
    "sqlite": (
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :count) "
        "INSERT INTO friends (city, resident, status, since) SELECT 'demo', printf('U%032x', i), 'followed', 1 FROM n"
    ),
    "postgresql": (
        "INSERT INTO friends (city, resident, status, since) "
        "SELECT 'demo', 'U' || lpad(to_hex(i), 32, '0'), 'followed', 1 FROM generate_series(1, :count) AS i"
    ),
}
_IN_AREA = (
    "INSERT INTO subscribers (city, resident, area, since, updated_at) "
    "SELECT city, resident, 'kita', 1, 1 FROM friends ORDER BY resident LIMIT :count"
)
_WISHES = "INSERT INTO subscriptions (city, topic, resident) SELECT city, 'bousai', resident FROM subscribers"


@dataclass
class Taken:
    """Which calls LINE accepted, and when: (seconds, is it the alert)."""

    calls: list[tuple[float, bool]] = field(default_factory=list)
    residents: int = 0
    refused: int = 0
    """Calls beyond LINE's limit."""

    def note(self, delivery: Delivery) -> None:
        self.calls.append((time.monotonic(), "避難指示" in str(delivery.messages)))
        self.residents += len(delivery.to)

    def per_second(self) -> float:
        """Calls a second between the first tenth and the last: what was saved up before the start does not count."""
        times = [at for at, _ in self.calls]
        times = times[len(times) // 10 : len(times) - len(times) // 10]
        return (len(times) - 1) / (times[-1] - times[0])

    def fullest_second(self) -> int:
        """The most calls in one second, wherever it begins, as LINE saw them come."""
        times = sorted(at for at, _ in self.calls)
        return max(bisect_left(times, begin + 1.0) - at for at, begin in enumerate(times))

    def alerts(self) -> list[float]:
        return [at for at, alert in self.calls if alert]


class CountedLimits(RateLimits):
    """LINE's limit, and how often it was reached."""

    def __init__(self, taken: Taken) -> None:
        super().__init__(time.monotonic)
        self._note = taken

    def take(self, city: str, endpoint: str) -> bool:
        allowed = super().take(city, endpoint)
        self._note.refused += not allowed
        return allowed


@contextmanager
def a_line(limit: float = LIMIT) -> Iterator[tuple[str, Taken]]:
    platform, taken = LinePlatform(webhook_threads=0), Taken()
    platform.keep_history = False
    platform.add_channel(CITY, TOKEN, "0" * 32, None)
    platform.limits = CountedLimits(taken)
    platform.limits.set_rate("multicast", limit)
    platform.on_delivery.append(taken.note)
    with serve(platform) as running:
        yield running.url, taken


def issue(store: Store, **changes: Any) -> NoticeView:
    values: dict[str, Any] = {"kind": "news", "title": "ごみの収集", "audience": Audience(everyone=True), **changes}
    new = NewNotice(CITY, topic="gomi", texts={"ja": _TEXT}, channels=("line", "page"), **values)
    return store.issue_notice(CITY, store.put_notice(new, by=1).id, by=1)


# ── Roles of the other processes ─────────────────────────────────────────────────────────────────────────────────────


def plan(address: str) -> None:
    """Plans what is due, and says how long it took and what it needed."""
    with open_store(address) as store:
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        began = time.monotonic()
        store.plan_due_notices(datetime.now(UTC))
        took, peak = time.monotonic() - began, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(json.dumps({"seconds": took, "before_mb": before / 1024, "peak_mb": peak / 1024}))


def send(address: str, line_url: str) -> None:
    """Sends until its input ends."""
    from clients.line.client import LineClient
    from errands.broadcast import Broadcast

    with open_store(address) as store:
        lines = {CITY: LineClient(TOKEN, line_url)}
        sender = Broadcast(store, lines, lambda _city, _language: "彩野市", "bench").start()
        sys.stdin.read()
        sender.stop()


# ── What is measured ─────────────────────────────────────────────────────────────────────────────────────────────────


def bare(limit: float, seconds: float = BARE_SECONDS) -> float:
    """Calls a second of a loop that knows no store: as many as `limit` allows, or as the emulator takes."""
    with a_line(limit) as (url, taken):
        asyncio.run(_bare_calls(url, limit, seconds))
        return taken.per_second()


async def _bare_calls(url: str, limit: float, seconds: float) -> None:
    to = [f"U{number:032x}" for number in range(CHUNK_SIZE)]
    body = {"to": to, "messages": [{"type": "text", "text": _TEXT}]}
    gate, began, made = asyncio.Semaphore(32), time.monotonic(), 0
    headers = {"Authorization": f"Bearer {TOKEN}"}

    async with aiohttp.ClientSession() as session:

        async def call() -> None:
            async with gate:
                keyed = {**headers, "X-Line-Retry-Key": str(uuid.uuid4())}
                async with session.post(f"{url}/v2/bot/message/multicast", json=body, headers=keyed) as answer:
                    await answer.read()

        tasks: set[asyncio.Task[None]] = set()
        while (spent := time.monotonic() - began) < seconds:
            if made <= spent * limit and len(tasks) < 64:
                made += 1
                task = asyncio.create_task(call())
                tasks.add(task)
                task.add_done_callback(tasks.discard)
                await asyncio.sleep(0)
            else:
                await asyncio.sleep(0.001)
        await asyncio.gather(*tasks)


def measure(engine: str, address: str, residents: int) -> None:
    print(f"── {engine}, {residents:,} residents ──")
    with open_store(address) as store:
        with store._writing_engine.begin() as connection:
            connection.execute(text(_FRIENDS[engine]), {"count": residents})
            connection.execute(text(_IN_AREA), {"count": IN_AREA})
            connection.execute(text(_WISHES))
            connection.execute(text("ANALYZE"))
        began = time.monotonic()
        head = store.head_count(CITY, Audience(everyone=True), datetime.now(UTC)).count
        print(f"  counting the audience        {time.monotonic() - began:6.2f} s   ({head:,})")
        campaign = issue(store)
        _report_planning(address)
        _report_sending(store, address, campaign, residents)


def _report_planning(address: str) -> None:
    told = json.loads(
        subprocess.check_output([sys.executable, "-m", "benchmarks.notices", "--plan", address], cwd=ROOT)
    )
    print(f"  planning                     {told['seconds']:6.2f} s   (promise: ≤ 20 s)")
    memory, before = told["peak_mb"], told["before_mb"]
    print(f"  memory of the planner        {memory:6.0f} MB  (promise: ≤ 300 MB; {before:.0f} MB before it began)")


def _report_sending(store: Store, address: str, campaign: NoticeView, residents: int) -> None:
    with a_line() as (url, taken):
        command = [sys.executable, "-m", "benchmarks.notices", "--send", address, url]
        sender = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE)
        try:
            _wait(lambda: bool(taken.calls))
            threading.Event().wait(ALERT_AFTER)
            asked = time.monotonic()
            alert = issue(store, kind="disaster", title="避難指示", audience=AREA)
            issued = time.monotonic() - asked
            _wait(lambda: _done(store, campaign) and _done(store, alert), 120.0)
        finally:
            sender.communicate()
    first, *_, last = [at - asked for at in taken.alerts()]
    rate, calls = taken.per_second(), len(taken.calls)
    took = taken.calls[-1][0] - taken.calls[0][0]
    print(f"  multicast calls a second     {rate:6.1f}     ({rate / LIMIT:.0%} of LINE's {LIMIT:.0f}, promise: ≥ 90 %)")
    fullest = taken.fullest_second()
    print(f"  … in the fullest second      {fullest:4d}       (LINE takes {LIMIT:.0f}; refused: {taken.refused})")
    print(f"  the whole campaign           {took:6.2f} s   ({calls:,} calls)")
    print(f"  an alert to {IN_AREA:,}, first   {first:6.2f} s   (promise: ≤ 2 s, from issuing it, planning included)")
    print(f"  … of which staff waited      {issued:6.2f} s")
    print(f"  … and the last of them       {last:6.2f} s")
    assert taken.residents == residents + IN_AREA, "somebody was missing, or heard it twice"


def _done(store: Store, notice: NoticeView) -> bool:
    found = store.notice(CITY, notice.id)
    return found is not None and found.status == "done"


def _wait(condition: Any, patience: float = 30.0) -> None:
    until, pause = time.monotonic() + patience, threading.Event()
    while not condition():
        if time.monotonic() > until:
            raise SystemExit("it did not come to an end")
        pause.wait(0.05)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--residents", type=int, default=1_000_000)
    parser.add_argument("--engine", choices=("sqlite", "postgresql"))
    parser.add_argument("--database", help="a PostgreSQL database to use; without it a temporary server is started")
    parser.add_argument("--plan", help=argparse.SUPPRESS)
    parser.add_argument("--send", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.plan:
        plan(options.plan)
        return
    if options.send:
        send(*options.send)
        return
    print(f"bare loop, LINE's limit        {bare(LIMIT):6.1f} calls a second")
    print(f"bare loop, no limit            {bare(100_000.0):6.1f} calls a second (what the emulator takes here)")
    if options.engine != "postgresql":
        with tempfile.TemporaryDirectory() as folder:
            measure("sqlite", f"sqlite:///{folder}/store.db", options.residents)
    if options.engine != "sqlite":
        with postgres(options.database) as address:
            measure("postgresql", address, options.residents)


if __name__ == "__main__":
    main()
