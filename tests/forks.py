"""Processes that start at once: forked from one that has loaded the service, so that a start costs no 3 s of CPU."""

from __future__ import annotations

import contextlib
import functools
import multiprocessing
import multiprocessing.forkserver
import os
import signal
import sys
from collections.abc import Callable
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerContext
from typing import Any

from tests.running import ROOT


class Forked:
    """A process that runs `target(*arguments)`; a test may do to it what it may do to a `Popen`."""

    def __init__(self, target: Callable[..., None], *arguments: Any) -> None:
        self._process = _loaded().Process(target=target, args=arguments)
        self._process.start()
        assert self._process.pid is not None
        self.pid = self._process.pid

    def poll(self) -> int | None:
        return self._process.exitcode

    def send_signal(self, number: signal.Signals) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def wait(self, timeout: float | None = None) -> int:
        self._process.join(timeout)
        ended = self._process.exitcode
        assert ended is not None, f"has not ended within {timeout} s"
        return ended


class Told(Forked):
    """`python -c <code> <arguments>`, with `stdin` and `stdout` as text in the hands of the test."""

    def __init__(self, code: str, *arguments: str) -> None:
        heard, ours = multiprocessing.Pipe(duplex=False)
        theirs, said = multiprocessing.Pipe(duplex=False)
        super().__init__(_run_code, code, arguments, heard, said)
        heard.close()
        said.close()
        self.stdin = os.fdopen(os.dup(ours.fileno()), "w")
        self.stdout = os.fdopen(os.dup(theirs.fileno()))
        ours.close()
        theirs.close()

    def communicate(self, timeout: float | None = None) -> tuple[str, None]:
        """What it still says until it ends."""
        with contextlib.suppress(BrokenPipeError):
            self.stdin.close()
        with self.stdout:
            rest = self.stdout.read()
        self.wait(timeout)
        return rest, None


def _run_code(code: str, arguments: tuple[str, ...], heard: Connection, said: Connection) -> None:
    os.dup2(heard.fileno(), 0)
    os.dup2(said.fileno(), 1)
    heard.close()
    said.close()
    sys.stdin, sys.stdout = os.fdopen(0, closefd=False), os.fdopen(1, "w", closefd=False)
    sys.argv = ["-c", *arguments]
    exec(compile(code, "<a process of a test>", "exec"), {"__name__": "__main__"})


@functools.cache
def _loaded() -> ForkServerContext:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.loaded", __name__])
    with contextlib.chdir(ROOT):
        multiprocessing.forkserver.ensure_running()
    return context
