"""A browser for tests: Chromium, headless, set to Japan. Fails on script errors and on broken content rules.

The fixtures live as long as a module: two Playwrights in one thread get in each other's way.
"""

from __future__ import annotations

import functools
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Frame, Page, expect, sync_playwright

PHONE = {"width": 320, "height": 640}
DESK = {"width": 1280, "height": 800}
PATIENCE_MS = 30_000
expect.set_options(timeout=PATIENCE_MS)  # a page looks by itself every 7.5 s; Playwright expects within five

BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
"""The first that is there is used. The shell is Chromium without windows, profiles and menus: a new visitor costs it
0.1 s of CPU where the whole browser needs 0.8."""

ARGUMENTS = ("--no-sandbox", "--disable-remote-fonts")
"""Fonts come in a hundred small files and change nothing that is tested. (A route that refuses them would make every
request wait for this process, and keep nothing in the browser's cache.)"""

NewPage = Callable[..., Page]


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    path = next(filter(None, map(shutil.which, BROWSERS)), None)
    if path is None:
        pytest.skip("Chromium is not installed (apt-get install chromium-headless-shell, or chromium)")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def new_page(chromium: Browser) -> Iterator[NewPage]:
    """`new_page(viewport=…, **context)`: a page of a new visitor. What goes wrong inside it fails the test."""
    contexts: list[BrowserContext] = []
    faults: list[str] = []

    def open_page(**settings: Any) -> Page:
        context = chromium.new_context(
            **{"locale": "ja-JP", "timezone_id": "Asia/Tokyo", "viewport": DESK, "reduced_motion": "reduce", **settings}
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda said: faults.append(said.text) if _breaks_a_rule(page, said.text) else None)
        return page

    yield open_page
    for context in contexts:
        _examined.difference_update(context.pages)
        context.close()
    assert faults == []


_examined: set[Page] = set()
"""Pages that axe has looked at: it puts a style into them, which our content rules refuse and report."""


def _breaks_a_rule(page: Page, said: str) -> bool:
    return "Content Security" in said and page not in _examined


def violations(page: Page | Frame) -> list[str]:
    """What axe-core finds wrong, each as its rule and the element."""
    page.wait_for_load_state()
    _examined.add(page if isinstance(page, Page) else page.page)
    found: Any = Axe().run(page)  # type: ignore[arg-type]
    return [f"{rule['id']}: {node['html'][:120]}" for rule in found.response["violations"] for node in rule["nodes"]]


def overflows(page: Page | Frame) -> bool:
    """Whether a reader would have to scroll sideways."""
    wide: bool = page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
    return wide


@contextmanager
def a_foreign_site(html: Callable[[], str]) -> Iterator[str]:
    """Somebody else's web server, with one page. Gives its origin."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = html().encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        log_message = functools.partialmethod(lambda *_: None)  # type: ignore[assignment]

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
