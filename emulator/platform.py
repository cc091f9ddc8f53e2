"""`LinePlatform`: what tests, the demo and the emulator's app hold in their hands."""

from __future__ import annotations

import time
from collections.abc import Callable

from emulator.acts import ResidentActs
from emulator.model import Resident

DEMO_RESIDENTS = (
    ("佐藤ハナ（高齢の方）", "ja", "U" + "0a" * 16),
    ("鈴木みさき（子育て中）", "ja", "U" + "0b" * 16),
    ("グエン・ヴァン・アン（外国人住民）", "vi", "U" + "0c" * 16),
    ("田中けんじ（引越してきた方）", "ja", "U" + "0d" * 16),
    ("キム・ジウン（外国人住民）", "ko", "U" + "0e" * 16),
)


class LinePlatform(ResidentActs):
    """LINE in memory, thread-safe and bounded.

    Channels and residents are added with `add_channel` and `add_resident`; residents act with `send_text`, `press`,
    `follow`, …; what the bot sent is read from `phone_messages` and `deliveries`. `clock` gives seconds since the
    epoch and decides every expiry, so that a test may turn it. With `webhook_threads=0` events wait for `deliver_now`.
    `keep_history = False` keeps neither talks nor deliveries (load runs read `on_delivery` instead).
    """

    def __init__(
        self,
        clock: Callable[[], float] = time.time,
        *,
        webhook_threads: int = 8,
        messages_per_resident: int = 300,
        max_residents: int = 20_000,
        max_deliveries: int = 100_000,
    ) -> None:
        super().__init__(
            clock,
            webhook_threads=webhook_threads,
            messages_per_resident=messages_per_resident,
            max_residents=max_residents,
            max_deliveries=max_deliveries,
        )

    def seed_demo(self, city: str) -> list[Resident]:
        """The residents of the demo, with IDs that stay the same from run to run."""
        return [self.add_resident(city, name, user_id, language=lang) for name, lang, user_id in DEMO_RESIDENTS]

    def deliver_now(self) -> int:
        """Deliver waiting events (and redeliveries that are due) in this thread; the number of POSTs made."""
        return self.webhooks.deliver_now()

    def wait_idle(self, timeout: float = 10.0, *, redeliveries: bool = False) -> bool:
        """Wait until every event was posted; False when `timeout` seconds were not enough."""
        return self.webhooks.wait_idle(timeout, redeliveries=redeliveries)

    def close(self) -> None:
        """Stop the threads and free whoever hangs in a fault."""
        self.closing.set()
        self.webhooks.close()
