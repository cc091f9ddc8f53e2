"""The whole service under load, on both engines, beside a Flask app that does nothing (the floor), in the same run.

    .venv/bin/python -m benchmarks.service [--rounds 3] [--database postgresql://…]

Generator, fake LINE, web, worker and database share this machine's cores. Rounds of the candidates take turns; the
table shows the best round and, in brackets, all of them, because a shared machine only ever makes a number worse.
"""

from __future__ import annotations

import argparse
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.load import SECRET, TOKEN, Load, Run, hooks
from benchmarks.questions import all_different
from benchmarks.store import postgres

ROOT = Path(__file__).parents[1]
CITY = "demo"
WEBHOOK = f"/line/{CITY}/callback"
STREAMS = 100
STREAMING = {"LIVE_STREAMS": "120", "WEB_THREADS": "168"}
START_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Candidate:
    name: str
    port: int
    pids: tuple[int, ...]

    def cpu_seconds(self) -> float:
        """What its processes have used of this machine so far; what others use meanwhile does not count."""
        return sum(_cpu_seconds(pid) for pid in self.pids)


@dataclass(frozen=True, slots=True)
class Round:
    """One measurement; `key` decides which round is the best (smaller is better)."""

    key: float
    cells: tuple[str, ...]


class Benchmark:
    """Starts what is measured, measures, prints."""

    def __init__(self, folder: Path, database: str, rounds: int) -> None:
        self.folder, self.database, self.rounds = folder, database, rounds
        self.load = Load()
        self._databases = 0

    # ── What is measured ─────────────────────────────────────────────────────────────────────────────────────────────

    @contextmanager
    def candidates(self, sqlite: Sequence[str], server: Sequence[str], **settings: str) -> Iterator[list[Candidate]]:
        """The null app, SQLite and PostgreSQL with these processes each, ready to be asked."""
        with ExitStack() as stack:
            null = stack.enter_context(self.processes("null", ("null",), "", settings))
            ours = [
                stack.enter_context(self.processes("SQLite", sqlite, self.sqlite(), settings)),
                stack.enter_context(self.processes("PostgreSQL", server, self._postgres(), settings)),
            ]
            for candidate in (null, *ours):
                wait_until_ready(candidate.port)
            yield [null, *ours]

    @contextmanager
    def _apart(self) -> Iterator[Candidate]:
        """SQLite with the web and the worker in processes of their own, as a town with two cores may run it."""
        with self.processes("SQLite", ("web", "worker"), self.sqlite(), {}) as candidate:
            wait_until_ready(candidate.port)
            yield candidate

    @contextmanager
    def processes(
        self, name: str, roles: Sequence[str], database: str, settings: dict[str, str]
    ) -> Iterator[Candidate]:
        port = free_port()
        environment = {
            **os.environ,
            "MODE": "demo",
            "DATABASE_URL": database,
            "DATA_DIR": str(self.folder),
            "PORT": str(port),
            "LINE_API_HOST": self.load.line.url,
            f"LINE_CHANNEL_SECRET__{CITY.upper()}": SECRET,
            f"LINE_CHANNEL_ACCESS_TOKEN__{CITY.upper()}": TOKEN,
            "LOG_LEVEL": "WARNING",
            **settings,
        }
        with (self.folder / "service.log").open("ab") as log, ExitStack() as stack:
            pids = []
            for role in roles:
                command = ["-m", "benchmarks.null_app", str(port)] if role == "null" else ["app.py", role]
                process = subprocess.Popen([sys.executable, *command], cwd=ROOT, env=environment, stderr=log)
                stack.callback(end, process)
                pids.append(process.pid)
            named = "null Flask app" if roles == ("null",) else f"{name} ({' + '.join(roles)})"
            yield Candidate(named, port, tuple(pids))

    def sqlite(self) -> str:
        self._databases += 1
        return f"sqlite:///{self.folder / f'{self._databases}.db'}"

    def _postgres(self) -> str:
        import psycopg
        from sqlalchemy import make_url

        self._databases += 1
        name = f"bench_{os.getpid()}_{self._databases}"
        with psycopg.connect(self.database, autocommit=True) as server:
            server.execute(f'CREATE DATABASE "{name}"')
        return make_url(self.database).set(database=name).render_as_string(hide_password=False)

    # ── The four questions ───────────────────────────────────────────────────────────────────────────────────────────

    def accept(self, seconds: float = 4.0) -> None:
        """a) How many webhooks of one event are accepted a second, 32 connections, each as fast as it goes."""

        def measure(candidate: Candidate) -> Round:
            requests, before = hooks(int(7000 * seconds), WEBHOOK), candidate.cpu_seconds()
            run = self.load.closed(candidate.port, requests, seconds)
            rate = len(run.acks) / run.seconds
            cpu = _micro((candidate.cpu_seconds() - before) / max(1, len(run.acks)))
            return Round(-rate, (f"{rate:,.0f}/s", *_acks(run), _refused(run), cpu))

        with self.candidates(("web",), ("web",)) as candidates:
            _table(
                "a) accept: single-event webhooks, 32 connections (target ≥ 1,500/s, p99 < 100 ms)",
                ("accepted", "ack p50", "ack p99", "refused", "CPU an event"),
                self._in_turns(candidates, measure),
            )

    def steady_and_burst(self) -> None:
        """b) 400 events a second, webhook to reply call. c) 1,500 a second for 5 s: when is the last one answered?"""
        with self.candidates(("serve",), ("web", "worker")) as candidates:
            self._flood(candidates[1:], 400, 1.5)  # first calls open connections and load tables
            _table(
                "b) 400 events/s for 6 s: from webhook to the reply call at LINE (target p99 ≤ 250 ms)",
                ("ack p50", "ack p99", "reply p50", "reply p99", "unanswered", "CPU an event"),
                self._in_turns(candidates, lambda candidate: self._steady(candidate, 400, 6.0)),
            )
            with self._apart() as apart:
                self._flood([apart], 400, 1.5)
                _table(
                    "c) 1,500 events/s for 5 s (target: nothing lost, all answered ≤ 10 s after the burst)",
                    ("ack p50", "ack p99", "refused", "answered", "last one after the burst"),
                    self._in_turns([*candidates, apart], lambda candidate: self._burst(candidate, 1500, 5.0)),
                )
            different = all_different()
            _table(
                "b2) the same, but no question comes twice",
                ("ack p50", "ack p99", "reply p50", "reply p99", "unanswered", "CPU an event"),
                self._in_turns(candidates[1:], lambda candidate: self._steady(candidate, 400, 6.0, different)),
            )

    def with_streams(self, seconds: float = 5.0) -> None:
        """d) 200 webhooks a second, without and with 100 open live streams of the widget."""

        def measure(candidate: Candidate) -> Round:
            run = self.load.open(candidate.port, hooks(int(200 * seconds), WEBHOOK), 200)
            self.wait_for_replies(run, 10)
            return Round(_part(run.acks, 99), (*_acks(run), _refused(run)))

        with self.candidates(("serve",), ("web", "worker"), **STREAMING) as (_null, *candidates):
            self._flood(candidates, 200, 1.0)
            without = self._in_turns(candidates, measure)
            opened = [self.load.streams(candidate.port, _stream_request, STREAMS) for candidate in candidates]
            rows = self._in_turns(candidates, measure)
            for candidate, streams in zip(candidates, opened, strict=True):
                if (streams.opened, streams.ended) != (STREAMS, 0):
                    raise SystemExit(f"{candidate.name}: {streams.opened} of {STREAMS} streams, {streams.ended} ended")
                self.load.close(streams)
            _table(
                f"d) 200 webhooks/s, {STREAMING['WEB_THREADS']} threads, without and with {STREAMS} live streams",
                ("ack p50", "ack p99", "refused"),
                [(f"{name}, no stream", rounds) for name, rounds in without]
                + [(f"{name}, {STREAMS} streams", rounds) for name, rounds in rows],
            )

    # ── Runs ─────────────────────────────────────────────────────────────────────────────────────────────────────────

    def _in_turns(
        self, candidates: Sequence[Candidate], measure: Callable[[Candidate], Round]
    ) -> list[tuple[str, list[Round]]]:
        results: dict[str, list[Round]] = {candidate.name: [] for candidate in candidates}
        for _ in range(self.rounds):
            for candidate in candidates:
                results[candidate.name].append(measure(candidate))
        return list(results.items())

    def _flood(self, candidates: Sequence[Candidate], rate: float, seconds: float) -> None:
        for candidate in candidates:
            run = self.load.open(candidate.port, hooks(int(rate * seconds), WEBHOOK), rate)
            self.wait_for_replies(run, 20)

    def _steady(
        self, candidate: Candidate, rate: float, seconds: float, questions: Iterator[str] | None = None
    ) -> Round:
        requests, before = hooks(int(rate * seconds), WEBHOOK, questions), candidate.cpu_seconds()
        run = self.load.open(candidate.port, requests, rate)
        answers = not candidate.name.startswith("null")
        if answers:
            self.wait_for_replies(run, 15)
        cpu = _micro((candidate.cpu_seconds() - before) / len(requests))
        if not answers:
            return Round(_part(run.acks, 99), (*_acks(run), "-", "-", "-", cpu))
        replies = self._reply_times(run)
        times = _ms(_part(replies, 50)), _ms(_part(replies, 99))
        return Round(_part(replies, 99), (*_acks(run), *times, f"{len(run.sent) - len(replies)}", cpu))

    def _burst(self, candidate: Candidate, rate: float, seconds: float) -> Round:
        run = self.load.open(candidate.port, hooks(int(rate * seconds), WEBHOOK), rate)
        if candidate.name.startswith("null"):
            return Round(0, (*_acks(run), _refused(run), "-", "-"))
        self.wait_for_replies(run, 60)
        replies, first = self._reply_times(run), self.load.line.first
        ended = max(run.sent.values())
        last = max(first[token] for token in run.sent if token in first) - ended
        answered = f"{len(replies):,} of {len(run.sent):,}"
        key = last if len(replies) == len(run.sent) else float("inf")  # fast, but not whole, is no result
        return Round(key, (*_acks(run), _refused(run), answered, f"{last:.1f} s"))

    def _reply_times(self, run: Run) -> list[float]:
        first = self.load.line.first
        return [first[token] - due for token, due in run.sent.items() if token in first]

    def wait_for_replies(self, run: Run, seconds: float) -> None:
        """Until LINE was called for every event, but not longer."""
        until = time.monotonic() + seconds
        while time.monotonic() < until and not all(token in self.load.line.first for token in run.sent):
            time.sleep(0.05)


def _part(values: Sequence[float], percent: int) -> float:
    return sorted(values)[min(len(values) - 1, len(values) * percent // 100)] if values else float("nan")


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:,.1f} ms"


def _micro(seconds: float) -> str:
    return f"{seconds * 1e6:,.0f} µs"


def _cpu_seconds(pid: int) -> float:
    """User and system time (proc(5), fields 14 and 15). Without /proc there is nothing to tell."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    except OSError:
        return float("nan")
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _acks(run: Run) -> tuple[str, str]:
    return _ms(_part(run.acks, 50)), _ms(_part(run.acks, 99))


def _refused(run: Run) -> str:
    return f"{len(run.sent) - len(run.acks)}"


def _table(title: str, columns: Sequence[str], rows: Sequence[tuple[str, Sequence[Round]]]) -> None:
    print(f"\n{title}\n")
    print(f"| {'':<30} | " + " | ".join(f"{name:>14}" for name in columns) + " | rounds |")
    print("|---" * (len(columns) + 2) + "|")
    for name, rounds in rows:
        best = min(rounds, key=lambda one: one.key)
        every = " ".join(one.cells[0] if one.key < 0 else _ms(one.key) for one in rounds) if len(rounds) > 1 else ""
        print(f"| {name:<30} | " + " | ".join(f"{cell:>14}" for cell in best.cells) + f" | {every} |", flush=True)


def _stream_request(number: int) -> bytes:
    path = f"/widget/{CITY}/stream?session={number:0>43}"
    return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: text/event-stream\r\n\r\n".encode()


def wait_until_ready(port: int) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=2):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise SystemExit("the service did not start")


def end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(15)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3, help="how often each candidate has its turn")
    parser.add_argument("--only", default="abcd", help="which of the four tables: a, b (with c), d")
    parser.add_argument("--database", help="a PostgreSQL server on which databases may be made")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, postgres(options.database) as database:
        benchmark = Benchmark(Path(folder), database, options.rounds)
        if "a" in options.only:
            benchmark.accept()
        if "b" in options.only or "c" in options.only:
            benchmark.steady_and_burst()
        if "d" in options.only:
            benchmark.with_streams()


if __name__ == "__main__":
    main()
