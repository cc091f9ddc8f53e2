"""Promise 1 and 2: whatever is killed whenever, each accepted event is answered exactly once, on both engines."""

from __future__ import annotations

import itertools
import random
import threading
import time
from collections import Counter, defaultdict

import pytest

from emulator import LinePlatform, serve
from emulator import events as line_events
from emulator import ids as line_ids
from emulator.signing import body_of
from emulator.webhooks import Mishaps
from store import open_store
from tests.journeys.killing import CITY, SECRET, TOKEN, RecordingPoster, a_service
from tests.running import wait_until

EVENTS, RESIDENTS = 1000, 100
KILLS_AT = (100, 250, 400, 550, 700, 850)
ON_THE_WAY = 60
"""Events that LINE has not seen accepted; the next ones wait, so that every life of the service gets its share."""

QUESTIONS = (
    "引っ越してきた",
    "ゴミの日はいつ",
    "市の外へ引っ越す",
    "こんにちは",
    "ありがとう",
    "メニュー",
    "まったく別のこと",
)
VICTIMS = {"sqlite": [("serve",)], "postgresql": [("web",), ("worker",), ("web", "worker")]}


class Crowd:
    """Residents who write, and LINE bringing it: in batches, twice, and again what nobody took."""

    def __init__(self, line: LinePlatform, poster: RecordingPoster) -> None:
        self.line, self.poster = line, poster
        self.residents = [line.add_resident(CITY, f"住民{number}") for number in range(RESIDENTS)]
        self.events = []
        self._random = random.Random(20261121)

    def write_all(self) -> None:
        while len(self.events) < EVENTS:
            if len(self.events) - len(self.poster.accepted) > ON_THE_WAY:
                time.sleep(0.002)
            elif self._random.random() < 0.1:
                with self.line.webhooks.together():
                    self._write_some(5)
            else:
                self._write_some(1)

    def _write_some(self, count: int) -> None:
        for _ in range(min(count, EVENTS - len(self.events))):
            resident, text = self._random.choice(self.residents), self._random.choice(QUESTIONS)
            if self._random.random() < 0.1:
                # Without a reply token the answer is a push, kept from doubling by its retry key alone.
                message = line_events.text(line_ids.message_id(), text)
                self.events.append(self.line.send_event(CITY, resident, "message", reply=False, message=message))
            else:
                self.events.append(self.line.send_text(CITY, resident, text))

    def post_again(self, count: int) -> None:
        """Signed copies of events that were accepted, as if LINE had not heard our 200."""
        chosen = self._random.sample([event for event in self.events if event.event_id in self.poster.accepted], count)
        url, bot = f"{self.line.channel(CITY).webhook_url}", self.line.channel(CITY).bot_user_id
        for event in chosen:
            again = event.body | {"deliveryContext": {"isRedelivery": True}}
            self.poster.post(url, SECRET, body_of(bot, [again]))


@pytest.mark.timeout(150)
def test_every_accepted_event_is_answered_exactly_once_while_the_service_is_killed(database_url, tmp_path):
    platform, poster = LinePlatform(), RecordingPoster()
    platform.webhooks.poster, platform.webhooks.pauses = poster, (0.5,) * 200
    platform.webhooks.mishaps = Mishaps(duplicate=0.1, batch=5)
    platform.faults.add("reply", "slow", count=None, seconds=0.03)
    platform.faults.add("reply", "server_error_after_accept", count=10)
    victims = VICTIMS[database_url.split(":", 1)[0]]
    roles = victims[-1]
    kills = 0

    with serve(platform) as emulator, a_service(database_url, tmp_path, emulator.url) as service:
        platform.add_channel(CITY, TOKEN, SECRET, f"{service.url}/line/{CITY}/callback").redelivery = True
        crowd = Crowd(platform, poster)
        service.start(*roles)
        writing = threading.Thread(target=crowd.write_all, daemon=True)
        writing.start()
        for kills, accepted in enumerate(KILLS_AT, start=1):
            wait_until(lambda accepted=accepted: len(poster.accepted) >= accepted, 40)
            crowd.post_again(5)
            victim = victims[kills % len(victims)]
            service.kill(*victim)
            service.start(*victim)
        writing.join(40)
        assert platform.wait_idle(40, redeliveries=True), "LINE could not bring every event"
        crowd.post_again(50)
        with open_store(database_url) as store:
            wait_until(lambda: store.queue().inbox_waiting == store.queue().outbox_waiting == 0, 40)
            queue = store.queue()

    assert kills >= 5
    assert poster.accepted == {event.event_id for event in crowd.events}
    assert any(not post.accepted for post in poster.posts), "no POST met a dead service: the test proves nothing"
    assert (queue.inbox_failed, queue.outbox_dead) == (0, 0)
    assert_each_is_answered_once(crowd, platform)
    assert_order_is_kept(crowd, platform, poster)


def assert_each_is_answered_once(crowd, platform):
    """Replies name their event; a push names its resident, and there is one for each event without a token."""
    replies = Counter(one.event_id for one in platform.deliveries if one.method == "reply")
    pushes = Counter(one.to[0] for one in platform.deliveries if one.method == "push")

    assert replies == Counter(event.event_id for event in crowd.events if event.reply_token)
    assert pushes == Counter(event.chat_id for event in crowd.events if not event.reply_token)


def assert_order_is_kept(crowd, platform, poster):
    """An event that we had accepted before LINE first tried to bring a later one is answered before that."""
    first_try, taken = {}, {}
    for post in sorted(poster.posts, key=lambda post: post.began):
        for event_id in post.event_ids:
            first_try.setdefault(event_id, post.began)
            if post.accepted:
                taken.setdefault(event_id, post.ended)
    answered = {one.event_id: place for place, one in enumerate(platform.deliveries) if one.event_id}
    talks = defaultdict(list)
    for event in crowd.events:
        if event.reply_token:
            talks[event.chat_id].append(event)
    pairs = [
        (earlier.event_id, later.event_id)
        for talk in talks.values()
        for earlier, later in itertools.pairwise(talk)
        if earlier.body["timestamp"] < later.body["timestamp"] and taken[earlier.event_id] < first_try[later.event_id]
    ]

    assert len(pairs) > EVENTS / 4
    assert [pair for pair in pairs if answered[pair[0]] > answered[pair[1]]] == []
