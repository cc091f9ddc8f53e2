"""The courier: what becomes of messages given to it, in which order, and that its caller hears of each exactly once."""

from __future__ import annotations

import asyncio
import threading
from dataclasses import replace

import pytest

from clients.errors import ClientError
from clients.line.courier import Courier
from store.errors import LeaseLost, StoreError
from store.records import ClaimedOutgoing

NOW = 1_763_000_000.0


def an_item(number, **changes):
    item = ClaimedOutgoing(
        city="demo",
        resident="U1",
        channel="line",
        messages=[{"type": "text", "text": "はい"}],
        token_received_at_ms=0,
        retry_key=f"key-{number}",
        id=number,
        attempts=1,
        way="push",
        fate_unknown=False,
        created_at_ms=int(NOW * 1000),
        worker="w",
    )
    return replace(item, **changes)


class Line:
    def __init__(self, **faults):
        self.pushed = []
        self.faults = faults
        self.closed = 0

    async def push(self, to, messages, retry_key):
        self.pushed.append(retry_key)
        if retry_key.replace("-", "_") in self.faults:
            raise self.faults[retry_key.replace("-", "_")]
        return "sent"

    async def close(self):
        self.closed += 1


class Outbox:
    """Remembers the marks; "sent" ones are told on another thread, as the store does."""

    def __init__(self, result=None):
        self.marks = []
        self.result = result

    def outgoing_sent_later(self, item, accepted, tell):
        self.marks.append(("sent", item.id))
        threading.Thread(target=tell, args=(self.result,)).start()

    def outgoing_later(self, item, delay_seconds, reason, fate_unknown):
        self.marks.append(("later", item.id))

    def outgoing_dead(self, item, reason):
        if isinstance(self.result, StoreError):
            raise self.result
        self.marks.append((reason, item.id))


class Done:
    def __init__(self):
        self.count = 0
        self.event = threading.Event()

    def __call__(self):
        self.count += 1
        self.event.set()


@pytest.fixture
def carried():
    """Gives messages to a courier and returns when it said that it is done; (calls of done, steps for the metrics)."""

    def carry(items, line, outbox):
        told, done = [], Done()
        courier = Courier({"demo": line}, outbox, lambda: NOW, lambda city, step: told.append(step))
        courier.carry(items, done)
        assert done.event.wait(10)
        courier.stop()
        return done.count, told

    return carry


def test_messages_of_one_resident_go_in_their_order(carried):
    line, outbox = Line(), Outbox()

    count, told = carried([an_item(1), an_item(2), an_item(3)], line, outbox)

    assert line.pushed == ["key-1", "key-2", "key-3"]
    assert outbox.marks == [("sent", 1), ("sent", 2), ("sent", 3)]
    assert (count, told) == (1, ["sent"] * 3)


def test_what_stands_behind_a_message_that_has_to_wait_does_not_overtake_it(carried):
    line, outbox = Line(key_1=ClientError("status 500", fate_unknown=True, status=500)), Outbox()

    count, _ = carried([an_item(1), an_item(2)], line, outbox)

    assert line.pushed == ["key-1"]
    assert outbox.marks == [("later", 1)]
    assert count == 1


@pytest.mark.parametrize("result", [LeaseLost(), StoreError("the database is away")])
def test_a_mark_that_was_not_taken_frees_the_place_all_the_same(carried, result):
    count, told = carried([an_item(1)], Line(), Outbox(result))

    assert (count, told) == (1, ["sent"])


def test_a_message_of_a_city_without_channel_is_given_up(carried):
    outbox = Outbox()

    count, _ = carried([an_item(1, city="elsewhere")], Line(), outbox)

    assert (count, outbox.marks) == (1, [("no channel", 1)])


def test_a_store_that_is_away_when_a_message_is_given_up_does_not_stop_the_courier(carried):
    count, _ = carried([an_item(1, city="elsewhere")], Line(), Outbox(StoreError("the database is away")))

    assert count == 1


def test_many_residents_are_called_for_at_the_same_time():
    """None of fifty calls is answered before the last has begun."""
    together = asyncio.Barrier(50)

    class Waiting(Line):
        async def push(self, to, messages, retry_key):
            async with asyncio.timeout(10):
                await together.wait()
            return "sent"

    line, dones = Waiting(), [Done() for _ in range(50)]
    courier = Courier({"demo": line}, Outbox(), lambda: NOW)
    for number, done in enumerate(dones):
        courier.carry([an_item(number, resident=f"U{number}")], done)

    assert all(done.event.wait(10) for done in dones)
    courier.stop()
    assert line.closed == 1
