"""One process of the service that listens to the 気象庁's server in a box."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from clients.jma import JmaFeeds
from errands.feeds import Feeds, Town
from errands.telegrams import Telegrams
from faq.city import City
from faq.disaster import Disaster
from faq.knowledge import Knowledge
from notify.notice_message import notice_mail
from notify.staff_alarms import Alarm
from store import Store
from store.records_notices import NoticeView
from tests.databases import Clock
from tests.feeds.jma_server import JmaServer, a_warning, named

DEMO = Path(__file__).parents[2] / "cities" / "demo"


class Office:
    """One process of the service, or several on one store: what each does when its turn comes."""

    def __init__(self, store: Store, clock: Clock, jma: JmaServer, demo: Knowledge) -> None:
        self.store, self.clock, self.jma = store, clock, jma
        self.alarms: list[Alarm] = []
        assert demo.alerts is not None
        self.towns = {"demo": Town(demo.city, demo.alerts)}

    def feeds(self, worker: str = "a") -> Feeds:
        return Feeds(self.store, self._client(), lambda: self.towns, self._alarm, worker, self.clock)

    def telegrams(self, worker: str = "a") -> Telegrams:
        return Telegrams(self.store, self._client(), lambda: self.towns, self._alarm, worker, self.clock)

    def _client(self) -> JmaFeeds:
        return JmaFeeds(self.jma.feed_url)

    def _alarm(self, alarm: Alarm, _city: City, _disaster: Disaster) -> int:
        self.alarms.append(alarm)
        return 1

    def minute(self, worker: str = "a") -> None:
        """A minute passes; the feeds are asked and everything new is read."""
        self.clock.forward(60)
        self.feeds(worker).poll_once()
        reading = self.telegrams(worker)
        while reading.read_once():
            pass

    def publish(self, xml: bytes | Callable[[datetime], bytes] = a_warning, *, ago: int = 0, number: int = 0) -> str:
        at = self.now - timedelta(seconds=ago)
        return self.jma.publish(named(at, number=number), xml if isinstance(xml, bytes) else xml(at), at)

    @property
    def now(self) -> datetime:
        return datetime.fromtimestamp(self.clock.now, UTC)

    def notices(self) -> list[NoticeView]:
        return self.store.notices("demo")


def subject(notice: NoticeView) -> str:
    """As a mail begins; LINE, pages and feeds begin with the same marks."""
    return notice_mail(notice, "彩野市")[0]
