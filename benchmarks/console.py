"""The staff's desk: 200 open cases, 30 staff, 100 live streams; beside a Flask app that only sends, in the same run.

    .venv/bin/python -m benchmarks.console [--rounds 3] [--streams 100] [--database postgresql://…]

a) how long the server takes for the inbox, a conversation and a search among past talks;
b) from a resident's webhook to the line on each open inbox, while messages keep coming.
Generator, web, worker and database share this machine's cores, so other work only ever makes a number worse; the table
shows the best round and, behind it, all of them.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import hashlib
import hmac
import http.client
import json
import os
import re
import secrets
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import insert, make_url

from benchmarks.load import SECRET, TOKEN
from benchmarks.service import CITY, ROOT, end, free_port, wait_until_ready
from benchmarks.store import postgres
from handlers.console.cookies import digest, new_token
from store import Case, Outcome, Store, Turn, open_store
from store.records_accounts import NewInvitation, NewSession
from store.tables import cases, turns

STAFF, OPEN_CASES, OLD_CASES, TURNS = 30, 200, 3_000, 8
"""Staff of the city, cases that are open, closed cases among which is searched, and turns of each of those."""

DEPARTMENTS = ("市民課", "税務課", "子育て支援課", "ごみ減量課")
WORDS = (
    "住民票の写しがほしい",
    "ごみの日を知りたい",
    "保育園に空きはありますか",
    "引っ越してきました",
    "粗大ごみを出したい",
)
SETTINGS = {"LIVE_STREAMS": "120", "WEB_THREADS": "168", "MODE": "demo", "LOG_LEVEL": "ERROR", "TOTP_ROLES": "なし"}
MESSAGES_A_SECOND = 5


@dataclass
class Seeded:
    """What was put into the database: cookies of staff, and residents with the numbers of their cases."""

    cookies: list[str] = field(default_factory=list)
    talks: list[tuple[str, int]] = field(default_factory=list)


def seed(url: str) -> Seeded:
    """Staff, open cases (half waiting, half with staff) and past talks."""
    seeded = Seeded()
    with open_store(url) as store:
        people = [_hire(store, number) for number in range(STAFF)]
        for person in people:
            token = new_token()
            name = secrets.token_hex(8)
            session = NewSession(
                city=CITY,
                staff_id=person,
                token_hash=digest(token),
                id=name,
                stage="full",
                way="password",
                agent="bench",
            )
            store.open_session(session)
            seeded.cookies.append(f"madoguchi={CITY}.{token}")
        for number in range(OPEN_CASES):
            resident = f"U{number:032x}"
            seeded.talks.append((resident, _open(store, number, resident)))
        for (_, case_id), person in zip(seeded.talks[::2], people * OPEN_CASES, strict=False):
            store.take_case(CITY, case_id, person)
        _past(store)
    return seeded


def nobody() -> Seeded:
    """For the null app, which knows nobody."""
    return Seeded(["x=y"], [(f"U{number:032x}", number) for number in range(OPEN_CASES)])


def _hire(store: Store, number: int) -> int:
    token, kind = digest(new_token()), "invite" if store.has_staff(CITY) else "first"
    email = f"staff{number}@city.example.jp"
    new = NewInvitation(CITY, kind, token, f"i{number}", 3600, email, "担当", DEPARTMENTS)  # type: ignore[arg-type]
    store.invite(new, "system")
    return store.accept_invitation(CITY, token, f"職員{number}", email, "").id


def _open(store: Store, number: int, resident: str) -> int:
    now, words = datetime.now(UTC) - timedelta(seconds=OPEN_CASES - number), WORDS[number % len(WORDS)]
    turn = Turn(CITY, resident, "line", f"open-{number}", now, "text", words, f"m{number}", "choices")
    case = Case(CITY, resident, "line", DEPARTMENTS[number % len(DEPARTMENTS)], words, now)
    store.record(Outcome(turn=turn, case=case))
    opened = store.open_case(CITY, resident)
    assert opened is not None
    return opened.id


def _past(store: Store) -> None:
    """Closed cases, written in one go."""
    day, start = 86_400_000, int(time.time() * 1000) - 80 * 86_400_000
    old: list[dict[str, Any]] = []
    said: list[dict[str, Any]] = []
    for number in range(OLD_CASES):
        at, resident = start + number * 80 * day // OLD_CASES // 2, f"P{number:032x}"
        known = {"city": CITY, "resident": resident, "channel": "line"}
        words = WORDS[number % len(WORDS)]
        state = {"status": "closed", "opened_at": at, "closed_at": at + 600_000, "question": words}
        old.append({**known, **state, "id": 100_000 + number, "department": DEPARTMENTS[number % 4]})
        for turn in range(TURNS):
            text = f"{words}。{number}番の人です。受付のことも教えてください{turn}"
            said.append(
                {**known, "event_id": f"p{number}-{turn}", "at": at + turn * 1000, "kind": "text", "text": text}
            )
    with store._writing_engine.begin() as connection:
        connection.execute(insert(cases), old)
        connection.execute(insert(turns), said)


@contextmanager
def served(name: str, folder: Path, url: str) -> Iterator[int]:
    """The service (or the null app, where there is no database) in a process of its own; its port."""
    port = free_port()
    command = ["-m", "benchmarks.console", "--null", str(port)] if not url else ["app.py", "serve"]
    secrets_of_line = {
        f"LINE_CHANNEL_SECRET__{CITY.upper()}": SECRET,
        f"LINE_CHANNEL_ACCESS_TOKEN__{CITY.upper()}": TOKEN,
        "LINE_API_HOST": "http://127.0.0.1:9",
    }
    environment = {**os.environ, **SETTINGS, **secrets_of_line, "PORT": str(port), "DATA_DIR": str(folder)}
    if url:
        environment["DATABASE_URL"] = url
    with (folder / f"{name}.log").open("ab") as log:
        process = subprocess.Popen([sys.executable, *command], cwd=ROOT, env=environment, stderr=log)
        try:
            wait_until_ready(port)
            yield port
        finally:
            end(process)


# ── a) pages ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def page_times(port: int, cookie: str, path: str, count: int = 40) -> list[float]:
    """Milliseconds for one connection that asks again and again, the first few left out."""
    connection = http.client.HTTPConnection("127.0.0.1", port)
    took = []
    for _ in range(count + 5):
        start = time.perf_counter()
        connection.request("GET", path, headers={"Cookie": cookie})
        answer = connection.getresponse()
        body = answer.read()
        took.append((time.perf_counter() - start) * 1000)
        if answer.status != 200:
            raise SystemExit(f"{path}: {answer.status} {body[:200]!r}")
    connection.close()
    return took[5:]


# ── b) live ──────────────────────────────────────────────────────────────────────────────────────────────────────────

_ROWS = re.compile(rb'"(\d+)":"<li')


@dataclass
class Heard:
    """When each stream got the line of a case: (case, moment of arrival)."""

    arrivals: list[tuple[int, float]] = field(default_factory=list)


async def live(port: int, seeded: Seeded, streams: int, seconds: float) -> tuple[list[float], int]:
    """Seconds from sending a webhook to the arrival on each stream; and how many arrivals are missing."""
    heard = [Heard() for _ in range(streams)]
    writers, readers = [], []
    for number, one in enumerate(heard):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        cookie = seeded.cookies[number % len(seeded.cookies)]
        path = f"/console/{CITY}/live?tab=all"
        writer.write(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {cookie}\r\n\r\n".encode())
        status = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 20)
        if not status.startswith(b"HTTP/1.1 200"):
            raise SystemExit(f"stream {number}: {status[:60]!r}")
        writers.append(writer)
        readers.append(asyncio.create_task(_hear(reader, one)))
    await asyncio.sleep(2.0)  # the first look of all streams is over
    for one in heard:
        one.arrivals.clear()
    sent = await _send(port, seeded, seconds)
    await asyncio.sleep(3.0)
    for reader_task in readers:
        reader_task.cancel()
    for writer in writers:
        writer.close()
    return _delays(sent, heard)


async def _hear(reader: asyncio.StreamReader, heard: Heard) -> None:
    rest = b""
    while chunk := await reader.read(262_144):
        now = time.monotonic()
        rest += chunk
        *whole, rest = rest.split(b"\n\n")
        for event in whole:
            heard.arrivals += [(int(case), now) for case in _ROWS.findall(event)]


async def _send(port: int, seeded: Seeded, seconds: float) -> list[tuple[int, float]]:
    """Residents of cases with staff write, one after the other, each once."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    sent, begin = [], time.monotonic()
    for number, (resident, case) in enumerate(seeded.talks[: int(seconds * MESSAGES_A_SECOND) * 2 : 2]):
        await asyncio.sleep(max(0.0, begin + number / MESSAGES_A_SECOND - time.monotonic()))
        sent.append((case, time.monotonic()))
        writer.write(_webhook(resident, case))
        head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 10)
        length = re.search(rb"content-length: (\d+)", head, re.I)
        await reader.readexactly(int(length[1]) if length else 0)
    writer.close()
    return sent


def _webhook(resident: str, number: int) -> bytes:
    now = int(time.time() * 1000)
    event = {
        "type": "message",
        "message": {
            "type": "text",
            "id": f"{now}{number}",
            "quoteToken": "q",
            "text": f"もう一つ聞きたいです {number}",
        },
        "webhookEventId": f"01C{secrets.token_hex(11)}X",
        "deliveryContext": {"isRedelivery": False},
        "timestamp": now,
        "source": {"type": "user", "userId": resident},
        "replyToken": secrets.token_hex(16),
        "mode": "active",
    }
    body = json.dumps({"destination": "U" + "0" * 32, "events": [event]}, ensure_ascii=False).encode()
    signature = base64.b64encode(hmac.new(SECRET.encode(), body, hashlib.sha256).digest()).decode()
    head = f"POST /line/{CITY}/callback HTTP/1.1\r\nHost: 127.0.0.1\r\nx-line-signature: {signature}\r\n"
    head += f"Content-Type: application/json\r\nX-Case: {number}\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


def _delays(sent: Sequence[tuple[int, float]], heard: Sequence[Heard]) -> tuple[list[float], int]:
    delays, missing = [], 0
    for case, at in sent:
        for one in heard:
            arrived = next((moment for number, moment in one.arrivals if number == case and moment >= at), None)
            if arrived is None:
                missing += 1
            else:
                delays.append(arrived - at)
    return delays, missing


# ── The floor ────────────────────────────────────────────────────────────────────────────────────────────────────────


def null_app() -> Any:
    """Flask that keeps nothing: every webhook becomes one fixed line on every stream; every page is a fixed text."""
    from flask import Flask, Response, request

    app, changed = Flask(__name__), threading.Condition()
    said: list[str] = []
    page = "<li>x</li>" * 12_000  # as large as an inbox of 200 cases

    @app.post("/line/<city>/callback")
    def callback(city: str) -> Response:
        request.get_data()
        line = f'data: {{"rows":{{"{request.headers["X-Case"]}":"<li{"x" * 600}"}}}}\n\n'
        with changed:
            said.append(line)
            changed.notify_all()
        return Response("OK", mimetype="text/plain")

    @app.get("/console/<city>/live")
    def live_lines(city: str) -> Response:
        def lines() -> Iterator[str]:
            told = len(said)
            yield ": .\n\n"
            while True:
                with changed:
                    changed.wait_for(lambda seen=told: len(said) > seen, 15)  # type: ignore[misc]
                fresh, told = said[told:], len(said)
                yield "".join(fresh) or ": .\n\n"

        return Response(lines(), mimetype="text/event-stream")

    @app.get("/readyz")
    @app.get("/console/<city>/<path:path>")
    def anything(**_: str) -> Response:
        return Response(page, mimetype="text/html")

    return app


# ── Tables ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def _part(values: Sequence[float], percent: int) -> float:
    return sorted(values)[min(len(values) - 1, len(values) * percent // 100)] if values else float("nan")


def measure(folder: Path, databases: dict[str, str], rounds: int, streams: int, seconds: float) -> None:
    seeded = {name: seed(url) if url else nobody() for name, url in databases.items()}
    pages: dict[tuple[str, str], list[list[float]]] = {}
    lives: dict[str, list[tuple[list[float], int]]] = {name: [] for name in databases}
    for _ in range(rounds):
        for name, url in databases.items():
            with served(name.replace(" ", "-"), folder, url) as port:
                known = seeded[name]
                paths = {
                    f"inbox, {OPEN_CASES} open": f"/console/{CITY}/inbox?tab=all",
                    "a conversation": f"/console/{CITY}/cases/{known.talks[0][1]}",
                    f"search, {OLD_CASES * TURNS:,} turns": f"/console/{CITY}/search?q=%E6%95%99%E3%81%88+1999",
                }
                for what, path in paths.items():
                    pages.setdefault((name, what), []).append(page_times(port, known.cookies[0], path))
                lives[name].append(asyncio.run(live(port, known, streams, seconds)))
    print(f"\na) pages, one after the other, {STAFF} staff (target: inbox ≤ 150 ms)\n")
    print(f"| {'':<16} | {'page':<22} | {'p50':>10} | {'p99':>10} | all p50 |\n" + "|---" * 5 + "|")
    for (name, what), took in pages.items():
        best = min(took, key=lambda one: _part(one, 50))
        every = " ".join(f"{_part(one, 50):.0f}" for one in took)
        print(f"| {name:<16} | {what:<22} | {_part(best, 50):>7.1f} ms | {_part(best, 99):>7.1f} ms | {every} |")
    print(f"\nb) webhook to each of {streams} open inboxes, {MESSAGES_A_SECOND} messages/s (target: p99 ≤ 1 s)\n")
    print(f"| {'':<16} | {'p50':>10} | {'p99':>10} | {'worst':>10} | missing | all p99 |\n" + "|---" * 6 + "|")
    for name, runs in lives.items():
        fewest = min(runs, key=lambda one: (one[1], _part(one[0], 99)))
        every = " ".join(f"{_part(one, 99) * 1000:.0f}" for one, _ in runs)
        values = " | ".join(f"{_part(fewest[0], part) * 1000:>7.0f} ms" for part in (50, 99, 100))
        print(f"| {name:<16} | {values} | {fewest[1]:>7} | {every} |", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--streams", type=int, default=100)
    parser.add_argument("--seconds", type=float, default=10.0, help="how long messages come in a round")
    parser.add_argument("--database", help="a PostgreSQL server on which databases may be made")
    parser.add_argument("--null", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.null:
        from config import read_config
        from server import WebServer

        WebServer(null_app(), read_config({**SETTINGS, "PORT": str(options.null)})).start()
        threading.Event().wait()
    with tempfile.TemporaryDirectory() as folder, postgres(options.database) as server:
        import psycopg

        name = f"bench_console_{os.getpid()}"
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}"'.encode())
        on_server = make_url(server).set(database=name).render_as_string(hide_password=False)
        databases = {"null Flask app": "", "SQLite": f"sqlite:///{folder}/console.db", "PostgreSQL": on_server}
        measure(Path(folder), databases, options.rounds, options.streams, options.seconds)


if __name__ == "__main__":
    main()
