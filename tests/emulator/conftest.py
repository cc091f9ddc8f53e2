"""A platform whose clock the test turns, on a real socket; and a bot's server that remembers what it was told."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from linebot.v3.messaging import (
    ApiClient,
    Configuration,
    Message,
    MessagingApi,
    MessagingApiBlob,
    PushMessageRequest,
)
from linebot.v3.webhook import SignatureValidator
from playwright.sync_api import Page

from emulator import LinePlatform, RunningEmulator, serve
from emulator.model import Resident
from tests.browser import NewPage, chromium, new_page  # noqa: F401 - pytest finds fixtures by their names here

TOKEN = "token-of-the-demo-channel"
SECRET = "8c570fa6dd201bb328f1c1eac23a96d8"


@dataclass
class Clock:
    """Seconds since the epoch; 2026-11-10 10:00 in Japan unless turned."""

    now: float = 1_794_272_400.0

    def __call__(self) -> float:
        return self.now

    def turn(self, seconds: float) -> None:
        self.now += seconds


@dataclass
class Bot:
    """The bot's server: answers with `statuses` in turn, then 200; keeps (raw body, signature) of every POST."""

    url: str = ""
    statuses: list[int] = field(default_factory=list)
    silent: threading.Event | None = None
    posts: list[tuple[bytes, str]] = field(default_factory=list)

    @property
    def bodies(self) -> list[dict[str, Any]]:
        return [json.loads(body) for body, _ in self.posts]

    @property
    def events(self) -> list[dict[str, Any]]:
        return [event for body in self.bodies for event in body["events"]]

    def signed(self) -> bool:
        validator = SignatureValidator(SECRET)
        return all(validator.validate(body.decode(), signature) for body, signature in self.posts)


@pytest.fixture
def bot() -> Iterator[Bot]:
    bot = Bot()
    lock = threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            with lock:
                bot.posts.append((body, self.headers["X-Line-Signature"]))
                status = bot.statuses.pop(0) if bot.statuses else 200
            if bot.silent:
                bot.silent.wait(10)
                self.close_connection = True
                return
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    bot.url = f"http://127.0.0.1:{server.server_port}/line/demo/callback"
    yield bot
    if bot.silent:
        bot.silent.set()
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def platform(clock: Clock) -> Iterator[LinePlatform]:
    """Events wait for `deliver_now`, so that nothing happens behind a test's back."""
    platform = LinePlatform(clock, webhook_threads=0)
    platform.add_channel("demo", TOKEN, SECRET, None, "彩野市")
    yield platform
    platform.close()


@pytest.fixture
def hana(platform: LinePlatform) -> Resident:
    return platform.add_resident("demo", "佐藤ハナ")


@pytest.fixture
def emulator(platform: LinePlatform) -> Iterator[RunningEmulator]:
    with serve(platform) as running:
        yield running


@pytest.fixture
def client(emulator: RunningEmulator) -> Iterator[ApiClient]:
    with ApiClient(Configuration(access_token=TOKEN, host=emulator.url)) as client:
        yield client
        client.rest_client.pool_manager.clear()


@pytest.fixture
def api(client: ApiClient) -> MessagingApi:
    return MessagingApi(client)


@pytest.fixture
def blob(client: ApiClient) -> MessagingApiBlob:
    return MessagingApiBlob(client)


@pytest.fixture
def phone(new_page: NewPage, hana: Resident) -> Page:  # noqa: F811
    """A page on which 佐藤ハナ's phone can be opened."""
    return new_page(viewport={"width": 1000, "height": 900}, reduced_motion="no-preference")


@pytest.fixture
def open_phone(phone: Page, emulator: RunningEmulator) -> Callable[[], Page]:
    def open_phone() -> Page:
        phone.goto(f"{emulator.url}/phone/demo")
        phone.locator("#log[aria-busy=false]").wait_for()
        return phone

    return open_phone


@pytest.fixture
def city_says(api: MessagingApi, hana: Resident) -> Callable[..., None]:
    """Push raw message objects to the first phone."""

    def city_says(*messages: dict[str, Any]) -> None:
        api.push_message(PushMessageRequest(to=hana.user_id, messages=[Message.from_dict(one) for one in messages]))

    return city_says
