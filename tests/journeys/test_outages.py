"""What residents notice of a stop, of a database that goes away, and of an event that no answer can be made of."""

from __future__ import annotations

import time
from collections import Counter
from contextlib import contextmanager

import pytest

import worker as worker_module
from emulator import LinePlatform, serve
from emulator.signing import body_of
from store import open_store
from store.errors import StoreError
from store.records import ArrivedEvent
from tests.journeys.killing import CITY, SECRET, TOKEN, RecordingPoster, a_service
from tests.running import CITY as DEMO
from tests.running import wait_until, words
from worker import Worker

LATER = 60.0
"""Seconds after which no lease holds any more."""


@contextmanager
def a_line_with(database_url, folder, *roles, **settings):
    """A service of these processes and a LINE that redelivers every half second: (platform, poster, service)."""
    platform, poster = LinePlatform(), RecordingPoster()
    platform.webhooks.poster, platform.webhooks.pauses = poster, (0.5,) * 200
    with serve(platform) as emulator, a_service(database_url, folder, emulator.url, **settings) as service:
        platform.add_channel(CITY, TOKEN, SECRET, f"{service.url}/line/{CITY}/callback").redelivery = True
        service.start(*roles)
        yield platform, poster, service


def replies(platform):
    return Counter(delivery.event_id for delivery in platform.deliveries)


def test_a_gentle_stop_finishes_what_has_begun_and_the_next_start_does_the_rest(database_url, tmp_path):
    with a_line_with(database_url, tmp_path, "serve", from_shell=True, WORKER_THREADS="8") as (
        platform,
        _poster,
        service,
    ):
        platform.faults.add("reply", "slow", count=None, seconds=0.2)
        residents = [platform.add_resident(CITY, f"住民{number}") for number in range(40)]
        events = [platform.send_text(CITY, residents[number % 40], "ゴミの日") for number in range(200)]
        wait_until(lambda: platform.deliveries, 20)

        ended = service.stop("serve")
        with open_store(database_url, clock=lambda: time.time() + LATER) as store:
            left = store.claim_events("look", 1000, lease_seconds=-LATER)
            unsent = store.claim_outgoing("look", 1000, lease_seconds=-LATER)
        service.start("serve")
        wait_until(lambda: len(platform.deliveries) >= len(events), 40)

    assert ended == {"serve": 0}
    assert left, "everything was answered before the stop: the test proves nothing"
    assert {event.attempts for event in left} == {1}, "an event was begun and not finished"
    assert not any(message.fate_unknown for message in unsent), "a message was begun and not finished"
    assert replies(platform) == Counter(event.event_id for event in events)


@pytest.mark.timeout(120)
def test_web_and_worker_survive_a_database_that_goes_away_and_comes_back(own_server, tmp_path):
    with a_line_with(own_server.get_uri(), tmp_path, "web", "worker") as (platform, poster, service):
        channel, resident = platform.channel(CITY), platform.add_resident(CITY, "佐藤ハナ")
        before = platform.send_text(CITY, resident, "ゴミの日")
        wait_until(lambda: replies(platform) == {before.event_id: 1}, 30)

        own_server.stop()
        during = platform.send_text(CITY, resident, "引っ越してきた")
        refused = poster.post(f"{channel.webhook_url}", SECRET, body_of(channel.bot_user_id, [during.body]))
        own_server.start()
        wait_until(lambda: replies(platform) == {before.event_id: 1, during.event_id: 1}, 40)
        after = platform.send_text(CITY, resident, "ありがとう")
        wait_until(lambda: after.event_id in replies(platform), 20)
        assert all(process.poll() is None for process in service.processes.values())

    assert refused.status == 500
    assert replies(platform) == {before.event_id: 1, during.event_id: 1, after.event_id: 1}


class ForgetfulLine:
    """LINE that accepts everything; keeps what was sent, by reply token."""

    def __init__(self):
        self.sent = {}

    async def reply(self, reply_token, messages):
        self.sent[reply_token] = words(messages)
        return "sent"


@pytest.mark.parametrize("poison", ["cannot be decided", "cannot be recorded"])
def test_an_event_that_cannot_be_answered_gets_the_phone_number_and_holds_nobody_back(
    poison, store, clock, demo_library, monkeypatch
):
    """Whatever fails in us. What could fail is not known beforehand, so the test breaks a part by force."""
    first, second = (an_event(name, clock.ms + place) for place, name in enumerate(("first", "second")))
    store.accept([first, second])
    line = ForgetfulLine()
    worker = Worker(store, demo_library.get, {DEMO: line}, clock=clock)
    if poison == "cannot be decided":
        monkeypatch.setattr("worker.render", once(worker_module.render, TypeError("broken")))
    else:
        refused = StoreError("the database refused", permanent=True)
        monkeypatch.setattr(store, "finish_event_later", once(store.finish_event_later, refused))

    worker.start()
    wait_until(lambda: len(line.sent) == 2)
    worker.stop()

    assert "048-000-1100" in line.sent["token-first"]
    assert "住民票" in line.sent["token-second"]
    assert store.queue().inbox_waiting == store.queue().inbox_failed == 0


def once(real, error):
    """`real`, except that the first call raises."""
    errors = [error]

    def call(*arguments, **named):
        if errors:
            raise errors.pop()
        return real(*arguments, **named)

    return call


def an_event(name, at_ms):
    payload = {
        "type": "message",
        "mode": "active",
        "timestamp": at_ms,
        "webhookEventId": name,
        "replyToken": f"token-{name}",
        "source": {"type": "user", "userId": "U1"},
        "message": {"id": "1", "type": "text", "text": "住民票"},
    }
    return ArrivedEvent(DEMO, name, "U1", at_ms, "message", payload, at_ms, reply_token=f"token-{name}")
