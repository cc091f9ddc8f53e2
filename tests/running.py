"""The whole service, running in this process on real sockets: web, worker, store, and LINE played by the emulator."""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from waitress import create_server, wasyncore

from app import Parts, create_app, new_worker
from clients.line.client import LineClient
from config import Config, read_config
from emulator import LinePlatform, serve
from emulator.model import Resident
from faq.library import Library
from store import open_store

ROOT = Path(__file__).parents[1]
CITY, SECRET, TOKEN = "demo", "0123456789abcdef0123456789abcdef", "token-of-the-test"
PATIENCE = 30.0


@dataclass
class House:
    """What a journey holds in its hands: the address, the parts, LINE, and a resident with a phone."""

    url: str
    parts: Parts
    line: LinePlatform
    resident: Resident

    def type(self, text: str) -> list[dict[str, Any]]:
        """Types on the phone and returns what came back for it."""
        return self.after(lambda: self.line.send_text(CITY, self.resident, text))

    def press(self, label: str) -> list[dict[str, Any]]:
        """Presses the quick reply that says `label` (or begins with it)."""
        items = [item for message in self.shown()[-5:] for item in message.get("quickReply", {}).get("items", ())]
        action = next(item["action"] for item in reversed(items) if item["action"]["label"].startswith(label))
        return self.after(lambda: self.line.press(CITY, self.resident, action))

    def after(self, act: Callable[[], object]) -> list[dict[str, Any]]:
        """The messages of the one delivery that `act` leads to."""
        before = len(self.line.deliveries)
        act()
        wait_until(lambda: len(self.line.deliveries) > before)
        return list(self.line.deliveries[-1].messages)

    def shown(self) -> list[dict[str, Any]]:
        """What the city's side of the talk shows on the phone."""
        talk = self.line.phone_messages(CITY, self.resident.user_id)
        return [message.message for message in talk if message.sender == "city"]

    def settled(self) -> bool:
        queue = self.parts.store.queue()
        return queue.inbox_waiting == queue.outbox_waiting == 0


def words(messages: list[dict[str, Any]]) -> str:
    """Everything a resident can read in these messages."""
    return json.dumps(messages, ensure_ascii=False)


def wait_until(condition: Callable[[], bool], patience: float = PATIENCE) -> None:
    """Waits for something that other threads do; fails when it does not happen."""
    pause = threading.Event()
    for _ in range(int(patience / 0.01)):
        if condition():
            return
        pause.wait(0.01)
    raise AssertionError(f"did not happen within {patience:.0f} s")


@contextlib.contextmanager
def a_running_house(database_url: str, data_dir: Path, library: Library, **settings: str) -> Iterator[House]:
    """Opens every door on free ports of this machine, and closes them all at the end."""
    platform = LinePlatform()
    with serve(platform) as emulator:
        config = read_config(
            {
                "DATABASE_URL": database_url,
                "DATA_DIR": str(data_dir),
                "CITIES_DIR": str(ROOT / "cities"),
                "LINE_API_HOST": emulator.url,
                f"LINE_CHANNEL_SECRET__{CITY.upper()}": SECRET,
                f"LINE_CHANNEL_ACCESS_TOKEN__{CITY.upper()}": TOKEN,
                "PASSWORD_MEMORY_KIB": "19456",  # the least there is: each house hashes one at its start
                **settings,
            }
        )
        parts = _parts(config, library)
        sockets: dict[int, Any] = {}
        app = create_app(parts=parts)
        server = create_server(app, host="127.0.0.1", port=0, threads=config.web_threads, map=sockets)
        url = f"http://127.0.0.1:{server.effective_port}"
        serving = threading.Thread(target=server.run, daemon=True)
        serving.start()
        platform.add_channel(CITY, TOKEN, SECRET, f"{url}/line/{CITY}/callback")
        worker = new_worker(parts).start()
        try:
            yield House(url, parts, platform, platform.add_resident(CITY, "佐藤ハナ"))
        finally:
            worker.stop()
            server.task_dispatcher.shutdown(timeout=2)
            # Kept-alive connections would hold the loop open; only its own thread may close what it polls.
            server.trigger.pull_trigger(lambda: wasyncore.close_all(sockets, ignore_all=True))
            serving.join(5)
            parts.store.close()


def _parts(config: Config, library: Library) -> Parts:
    lines = {city: LineClient(channel.access_token, config.line_api_host) for city, channel in config.line.items()}
    return Parts(config, open_store(config.database_url), library, lines)
