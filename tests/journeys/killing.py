"""The service as processes that may be killed, and a LINE that remembers which events were accepted and when.

They are forked from one that has loaded the code, so that ten lives cost no ten starts (each 2 s of CPU); `a_service`
can start them from the command line as well.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from emulator.signing import Outcome, Poster
from tests.builders import write_city
from tests.forks import Forked
from tests.running import ROOT, wait_until

CITY, SECRET, TOKEN = "test", "0123456789abcdef0123456789abcdef", "token-of-the-test"
START_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Post:
    """One POST of events: when it left, when it ended, and whether it was answered 200. Times are monotonic seconds."""

    event_ids: tuple[str, ...]
    began: float
    ended: float
    accepted: bool


class RecordingPoster(Poster):
    """Posts as the emulator does and keeps what became of each POST."""

    def __init__(self) -> None:
        super().__init__(timeout=2.0)
        self.posts: list[Post] = []
        self.accepted: set[str] = set()
        self._lock = threading.Lock()

    def post(self, url: str, secret: str, body: bytes) -> Outcome:
        began = time.monotonic()
        outcome = super().post(url, secret, body)
        ids = tuple(event["webhookEventId"] for event in json.loads(body)["events"])
        with self._lock:
            self.posts.append(Post(ids, began, time.monotonic(), outcome.ok))
            if outcome.ok:
                self.accepted.update(ids)
        return outcome


class Process(Protocol):
    """What a test may do to a process of the service, however it was started."""

    @property
    def pid(self) -> int: ...

    def poll(self) -> int | None: ...

    def kill(self) -> None: ...

    def terminate(self) -> None: ...

    def wait(self, timeout: float | None = None) -> int: ...


def _run(role: str, environment: dict[str, str], log: Path) -> None:
    """`python app.py <role>`"""
    with log.open("ab") as written:
        os.dup2(written.fileno(), sys.stderr.fileno())
    os.environ.clear()
    os.environ.update(environment)
    from app import main

    main([role])


@dataclass
class Service:
    """The processes of one installation, by what they do ("serve", or "web" and "worker"); all share one database."""

    environment: dict[str, str]
    url: str
    log: Path
    from_shell: bool = False
    processes: dict[str, Process] = field(default_factory=dict)

    def start(self, *roles: str) -> None:
        for role in roles:
            self.processes[role] = self._started(role)
        wait_until(self._answers, START_SECONDS)

    def _started(self, role: str) -> Process:
        if not self.from_shell:
            return Forked(_run, role, self.environment, self.log)
        with self.log.open("ab") as log:
            command = [sys.executable, str(ROOT / "app.py"), role]
            return subprocess.Popen(command, env=self.environment, cwd=ROOT, stderr=log)

    def kill(self, *roles: str) -> None:
        """`kill -9`: no handler runs, nothing is flushed."""
        for role in roles:
            self.processes[role].kill()
        for role in roles:
            assert self.processes[role].wait() == -signal.SIGKILL, f"{role} had ended before: {self.last_words()}"

    def stop(self, *roles: str) -> dict[str, int]:
        """SIGTERM, and how each process ended."""
        for role in roles:
            self.processes[role].terminate()
        return {role: self.processes[role].wait(timeout=20) for role in roles}

    def last_words(self) -> str:
        if not self.log.is_file():  # what a device would tell never ends
            return ""
        return self.log.read_text(encoding="utf-8", errors="replace")[-3000:]

    def _answers(self) -> bool:
        assert all(process.poll() is None for process in self.processes.values()), self.last_words()
        try:
            with urllib.request.urlopen(f"{self.url}/healthz", timeout=2) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False


@contextlib.contextmanager
def a_service(
    database_url: str, folder: Path, line_url: str, *, from_shell: bool = False, **settings: str
) -> Iterator[Service]:
    """A service on a free port, with a small city; started by the test, ended here whatever happens."""
    cities = folder / "cities"
    write_city(cities, CITY)
    shutil.copytree(ROOT / "cities" / "_base" / "wording", cities / "_base" / "wording", dirs_exist_ok=True)
    port = free_port()
    environment = {
        **os.environ,
        "DATABASE_URL": database_url,
        "DATA_DIR": str(folder / "data"),
        "CITIES_DIR": str(cities),
        "PORT": str(port),
        "LINE_API_HOST": line_url,
        f"LINE_CHANNEL_SECRET__{CITY.upper()}": SECRET,
        f"LINE_CHANNEL_ACCESS_TOKEN__{CITY.upper()}": TOKEN,
        **settings,
    }
    service = Service(environment, f"http://127.0.0.1:{port}", folder / "service.log", from_shell)
    try:
        yield service
    finally:
        for process in service.processes.values():
            if process.poll() is None:
                process.kill()
            process.wait()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
