"""Calls to LINE over a real socket: what each of its answers becomes."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import socket
import time
import warnings
from uuid import uuid4

import pytest
from aiohttp import ClientTimeout

from clients.errors import ClientError
from clients.line import client as line_client
from clients.line.client import InvalidReplyToken, LineClient
from clients.line.delivery import deliver
from emulator import LinePlatform, serve
from store.records import ClaimedOutgoing

TEXT = [{"type": "text", "text": "こんにちは"}]


@pytest.fixture(scope="module")
def line():
    with serve(LinePlatform(webhook_threads=0)) as running:
        running.platform.add_channel("demo", "token", "0" * 32, None)
        yield running


@pytest.fixture
def resident(line):
    line.platform.faults.clear()
    line.platform.channel("demo").quota = None
    return line.platform.add_resident("demo", "佐藤ハナ")


class Caller:
    """Makes one call at a time, each on an event loop of its own."""

    def __init__(self, url, token="token"):
        self._url, self._token = url, token

    def multicast(self, *call):
        return asyncio.run(self._do("multicast", call))

    def reply(self, *call):
        return asyncio.run(self._do("reply", call))

    def push(self, *call):
        return asyncio.run(self._do("push", call))

    async def _do(self, way, call):
        client = LineClient(self._token, self._url)
        try:
            return await getattr(client, way)(*call)
        finally:
            await client.close()


@pytest.fixture
def client(line):
    return Caller(line.url)


def test_a_push_is_delivered_and_the_same_key_never_twice(line, client, resident):
    key = str(uuid4())

    first, second = client.push(resident.user_id, TEXT, key), client.push(resident.user_id, TEXT, key)

    assert (first, second) == ("sent", "already")
    assert len(line.platform.phone_messages("demo", resident.user_id)) == 1


def test_a_multicast_reaches_many_and_the_same_key_never_twice(line, client, resident):
    key, other = str(uuid4()), line.platform.add_resident("demo", "鈴木みさき")
    call = ([resident.user_id, other.user_id], TEXT, key, "notice_2026_0001")

    first, second = client.multicast(*call), client.multicast(*call)

    assert (first.accepted, second.accepted) == ("sent", "already")
    assert first.request_id == second.request_id != ""
    assert len(line.platform.phone_messages("demo", other.user_id)) == 1


def test_first_calls_made_at_once_share_one_pool(line, resident):
    async def two_at_once():
        client = LineClient("token", line.url)
        calls = [client.push(resident.user_id, TEXT, str(uuid4())) for _ in range(8)]
        answers = await asyncio.gather(*calls)
        await client.close()
        return answers

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert asyncio.run(two_at_once()) == ["sent"] * 8
        gc.collect()


def test_an_unknown_reply_token_is_told_apart_from_other_faults(client):
    with pytest.raises(InvalidReplyToken):
        client.reply("0" * 32, TEXT)


@pytest.mark.parametrize(
    ("kind", "permanent", "fate_unknown"),
    [("rate_limited", False, False), ("server_error", False, True), ("server_error_after_accept", False, True)],
)
def test_a_refusal_says_whether_the_message_may_have_arrived(line, client, resident, kind, permanent, fate_unknown):
    line.platform.faults.add("push", kind)

    with pytest.raises(ClientError) as refused:
        client.push(resident.user_id, TEXT, str(uuid4()))

    assert (refused.value.permanent, refused.value.fate_unknown) == (permanent, fate_unknown)


def test_a_month_whose_messages_are_used_up_is_no_passing_rush(line, client, resident):
    """What waits for next month would hold back every later word for this resident."""
    line.platform.channel("demo").quota = 0

    with pytest.raises(ClientError) as refused:
        client.push(resident.user_id, TEXT, str(uuid4()))

    assert (refused.value.reason, refused.value.permanent, refused.value.status) == ("monthly limit", True, 429)


def test_messages_that_line_refuses_are_refused_for_good(client, resident):
    with pytest.raises(ClientError) as refused:
        client.push(resident.user_id, [{"type": "text", "text": "あ" * 5001}], str(uuid4()))

    assert refused.value.permanent
    assert not refused.value.fate_unknown


def test_a_refusal_names_what_line_minds(line, client, resident):
    too_long = [{"type": "text", "text": "あ" * 5001}]
    line.platform.channel("demo").refused = {resident.user_id: True}
    calls = [([resident.user_id], TEXT), (["nobody"], TEXT), ([resident.user_id], too_long)]

    blamed = []
    for call in calls:
        with pytest.raises(ClientError) as refused:
            client.multicast(*call, str(uuid4()))
        blamed.append(refused.value.blamed)
    line.platform.channel("demo").refused = {}

    assert blamed == [("to[0]",), ("to[0]",), ("messages[0].text",)]


def test_what_line_minds_in_a_card_still_arrives_in_words(line, resident):
    card = {"type": "flex", "altText": "14日以内です。", "contents": {"type": "bubble", "body": {"type": "nonsense"}}}
    item = ClaimedOutgoing(
        city="demo",
        resident=resident.user_id,
        channel="line",
        messages=[card],
        id=1,
        attempts=1,
        way="push",
        fate_unknown=False,
        created_at_ms=int(time.time() * 1000),
        worker="w",
    )

    async def carried():
        client = LineClient("token", line.url)
        step = (await deliver(item, client, None, time.time))[1]
        await client.close()
        return step

    assert asyncio.run(carried()).do == "sent"
    assert [said["text"] for said in line.platform.deliveries[-1].messages] == ["14日以内です。"]


def test_a_wrong_access_token_waits_for_an_operator(line, resident):
    with pytest.raises(ClientError) as refused:
        Caller(line.url, "another token").push(resident.user_id, TEXT, str(uuid4()))

    assert (refused.value.status, refused.value.permanent) == (401, False)


@pytest.mark.parametrize("end", ["closed port", "unknown name", "no answer to the connection"])
def test_what_could_not_even_be_sent_has_surely_not_arrived(end, monkeypatch):
    """Else a reply would be given up when its token is old, because nobody knew whether it was used."""
    monkeypatch.setattr(line_client, "TIMEOUT", ClientTimeout(total=3.0, connect=0.2))
    with socket.socket() as port, contextlib.ExitStack() as waiting:
        port.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{port.getsockname()[1]}"
        if end == "no answer to the connection":
            port.listen(0)
            for _ in range(4):  # the queue is full: who knocks now hears nothing
                knocking = waiting.enter_context(socket.socket())
                knocking.setblocking(False)
                knocking.connect_ex(port.getsockname())

        with pytest.raises(ClientError) as silent:
            Caller("http://line.invalid" if end == "unknown name" else url).reply("t", TEXT)

    assert (silent.value.fate_unknown, silent.value.permanent) == (False, False)
    assert silent.value.reason.startswith("no connection")


def test_a_line_that_took_the_message_and_fell_silent_is_unknown_fate(line, client, resident):
    line.platform.faults.add("push", "drop_after_accept")

    with pytest.raises(ClientError) as silent:
        client.push(resident.user_id, TEXT, str(uuid4()))

    assert silent.value.fate_unknown


def test_the_reason_holds_no_words_of_residents(client, resident):
    with pytest.raises(ClientError) as refused:
        client.push(resident.user_id, [{"type": "text", "text": "秘密" * 4000}], str(uuid4()))

    assert "秘密" not in str(refused.value)
