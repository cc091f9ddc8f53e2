"""Processes that send notices and may be killed at any moment; a new one is there at once.

They are forked from one that has loaded everything, so that twenty lives cost no twenty starts.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[2]

_FORKS = """
import os, signal, sys
from dataclasses import replace
from clients.line import client
from errands.channel import USUAL_PACE
from store import notice_plan, open_store
from tests.notices.sending_builders import a_sender

notice_plan.PLAN_LEASE_SECONDS = 2.0
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
database, line = sys.argv[1:]
for life in sys.stdin:
    pid = os.fork()
    if not pid:
        store = open_store(database)
        a_sender(store, line, replace(USUAL_PACE, lease_seconds=1.0), life.strip()).start()
        signal.pause()
    print(pid, flush=True)
"""


@dataclass
class Senders:
    """Living senders. `kill` ends one without any warning and starts the next."""

    forks: subprocess.Popen[str]
    living: list[int] = field(default_factory=list)
    lives: int = 0

    def start(self) -> None:
        self.lives += 1
        assert self.forks.stdin is not None
        assert self.forks.stdout is not None
        self.forks.stdin.write(f"life{self.lives}\n")
        self.forks.stdin.flush()
        self.living.append(int(self.forks.stdout.readline()))

    def kill(self) -> None:
        """`kill -9` of the one that has lived longest: no handler runs, nothing is flushed."""
        os.kill(self.living.pop(0), signal.SIGKILL)
        self.start()


@contextlib.contextmanager
def some_senders(database_url: str, line_url: str, count: int = 2) -> Iterator[Senders]:
    command = [sys.executable, "-c", _FORKS, database_url, line_url]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    forks = subprocess.Popen(
        command, cwd=ROOT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    senders = Senders(forks)
    try:
        for _ in range(count):
            senders.start()
        yield senders
    finally:
        for pid in senders.living:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        forks.kill()
        forks.communicate()
