"""`gunicorn 'app:create_app()'` as the README writes it: with threads, or one open chat would hold up LINE."""

from __future__ import annotations

import os
import runpy
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from tests.running import ROOT, wait_until

START = (sys.executable, "-m", "gunicorn", "app:create_app()")


def environment(folder: Path, port: int = 8000, **more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG")}
    return {**kept, "MODE": "demo", "DATA_DIR": str(folder), "PORT": str(port), **more}


def test_one_slow_visitor_does_not_hold_up_the_next(tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    served = subprocess.Popen(START, cwd=ROOT, env=environment(tmp_path, port), stderr=subprocess.DEVNULL)

    def alive() -> bool:
        try:
            return urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2).status == 200
        except OSError:
            return False

    try:
        wait_until(alive)
        with socket.create_connection(("127.0.0.1", port)) as slow:
            slow.sendall(b"POST /line/demo/callback HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nhalf of it")

            assert alive()
    finally:
        served.terminate()
        served.wait(30)


def test_settings_come_from_the_environment_and_a_bad_one_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in environment(tmp_path, 8123, WEB_THREADS="30").items():
        monkeypatch.setenv(name, value)
    settings = runpy.run_path(str(ROOT / "gunicorn.conf.py"))
    assert (settings["bind"], settings["worker_class"], settings["threads"]) == ("127.0.0.1:8123", "gthread", 30)

    monkeypatch.setenv("WEB_THREADS", "many")
    with pytest.raises(SystemExit, match="WEB_THREADS"):
        runpy.run_path(str(ROOT / "gunicorn.conf.py"))
