"""A LINE that takes calls of notices and counts whom they reached, and a sender that runs in this process."""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from clients.line.client import LineClient
from emulator import LinePlatform, serve
from emulator.model import Delivery
from emulator.server import RunningEmulator
from errands.broadcast import Broadcast
from errands.channel import USUAL_PACE, Pace
from store import Store
from store.records_notices import NoticeView
from tests.notices.notice_builders import CITY, a_notice, add_friends

TOKEN = "token-of-the-test"
QUICK = replace(USUAL_PACE, lease_seconds=1.0)


class Heard:
    """Who was shown a notice, how often; and in which order calls were accepted."""

    def __init__(self, platform: LinePlatform) -> None:
        self.residents: Counter[str] = Counter()
        self.calls: list[Delivery] = []
        platform.on_delivery.append(self._note)

    def _note(self, delivery: Delivery) -> None:
        if delivery.method == "multicast":
            self.residents.update(delivery.reached)
            self.calls.append(delivery)

    def __len__(self) -> int:
        return self.residents.total()


@contextlib.contextmanager
def a_line(residents: int = 0) -> Iterator[tuple[RunningEmulator, Heard]]:
    """LINE with a channel of the city; nothing is kept but whom it reached."""
    platform = LinePlatform(webhook_threads=0, max_residents=max(20_000, residents))
    platform.keep_history = False
    platform.add_channel(CITY, TOKEN, "0" * 32, None)
    with serve(platform) as running:
        yield running, Heard(platform)


def befriend(store: Store, line: RunningEmulator, count: int) -> list[str]:
    """So many friends, whom LINE knows, too."""
    names = add_friends(store, count)
    for name in names:
        line.platform.add_resident(CITY, "住民", name)
    return names


def issue(store: Store, **changes: Any) -> NoticeView:
    made = store.put_notice(a_notice(**changes), by=3)
    return store.issue_notice(CITY, made.id, by=3)


def a_sender(store: Store, url: str, pace: Pace, name: str) -> Broadcast:
    """A sender with its own client; it looks often, so that tests need not wait."""
    lines = {CITY: LineClient(TOKEN, url)}
    return Broadcast(store, lines, lambda _city, _language: "彩野市", name, pace=pace, look_seconds=0.02)


@contextlib.contextmanager
def sending(store: Store, url: str, pace: Pace = QUICK, name: str = "w1") -> Iterator[Broadcast]:
    """A sender that is stopped at the end."""
    sender = a_sender(store, url, pace, name).start()
    try:
        yield sender
    finally:
        sender.stop()
