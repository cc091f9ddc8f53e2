"""LINE as a load: signed webhooks from raw sockets, and a LINE that answers our calls in 30 to 90 ms like the real one.

Everything runs on one asyncio loop in a thread of the benchmark, on the same monotonic clock, and costs a fraction of a
core; requests are signed before the clock starts. The emulator, which checks every message, is for correctness.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import itertools
import json
import random
import threading
import time
from collections.abc import Callable, Coroutine, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, TypeVar

from benchmarks.questions import everyday

SECRET, TOKEN = "0123456789abcdef0123456789abcdef", "token-of-the-benchmark"
RESIDENTS = 5000
"""Who asks the everyday questions. Others ask the different ones: some of those ask for a person, and whoever waits for
a person is not answered by the bot each time."""
LINE_ANSWERS_AFTER = (0.030, 0.090)
"""Seconds, evenly spread."""

_numbers = itertools.count(1)
_Result = TypeVar("_Result")


@dataclass(frozen=True, slots=True)
class Hook:
    """One signed webhook of one event, ready to be written to a socket."""

    reply_token: str
    request: bytes


def hooks(count: int, path: str, questions: Iterator[str] | None = None) -> list[Hook]:
    asked, first = (questions, RESIDENTS) if questions else (everyday(), 0)
    return [_hook(next(_numbers), path, next(asked), first + random.randrange(RESIDENTS)) for _ in range(count)]


def _hook(number: int, path: str, question: str, resident: int) -> Hook:
    now = int(time.time() * 1000)
    token = f"{number:032d}"
    event = {
        "type": "message",
        "message": {
            "type": "text",
            "id": f"{46 * 10**16 + number}",
            "quoteToken": "q" * 48,
            "text": question,
        },
        "webhookEventId": f"01M{number:023d}",
        "deliveryContext": {"isRedelivery": False},
        "timestamp": now,
        "source": {"type": "user", "userId": f"U{resident:032x}"},
        "replyToken": token,
        "mode": "active",
    }
    body = json.dumps({"destination": "U" + "0" * 32, "events": [event]}, ensure_ascii=False).encode()
    signature = base64.b64encode(hmac.new(SECRET.encode(), body, hashlib.sha256).digest()).decode()
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nUser-Agent: LineBotWebhook/2.0\r\n"
        f"Content-Type: application/json; charset=utf-8\r\nx-line-signature: {signature}\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return Hook(token, head.encode() + body)


@dataclass
class Run:
    """What one run of the generator saw. Times are seconds; `sent` is reply token → when it was due to be sent."""

    seconds: float = 0.0
    acks: list[float] = field(default_factory=list)
    refused: int = 0
    sent: dict[str, float] = field(default_factory=dict)


def _message_end(buffer: bytearray) -> int | None:
    """Where the first complete HTTP message of the buffer ends, None while it is not complete."""
    head = buffer.find(b"\r\n\r\n")
    if head < 0:
        return None
    found = buffer[:head].lower().find(b"content-length:")
    length = 0 if found < 0 else int(buffer[found + 15 : head].split(b"\r\n", 1)[0])
    end = head + 4 + length
    return end if len(buffer) >= end else None


class _Connection(asyncio.Protocol):
    """One kept-alive connection to our server, one request at a time. `done(connection, status)`: 0 means cut off."""

    def __init__(self, done: Callable[[_Connection, int], None]) -> None:
        self.done = done
        self.due = 0.0
        self.busy = False
        self._buffer = bytearray()
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def send(self, request: bytes, due: float) -> None:
        assert self._transport is not None
        self.due, self.busy = due, True
        self._transport.write(request)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        end = _message_end(self._buffer)
        if end is not None:
            status = int(self._buffer[9:12])
            del self._buffer[:end]
            self.busy = False
            self.done(self, status)

    def connection_lost(self, _error: Exception | None) -> None:
        if self.busy:
            self.busy = False
            self.done(self, 0)

    def close(self) -> None:
        if self._transport is not None:
            self._transport.close()


class _LineCall(asyncio.Protocol):
    """A connection that our side keeps to LINE's API."""

    def __init__(self, line: FakeLine) -> None:
        self._line = line
        self._buffer = bytearray()
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while (end := _message_end(self._buffer)) is not None:
            self._line.called(bytes(self._buffer[:end]))
            del self._buffer[:end]
            asyncio.get_running_loop().call_later(random.uniform(*LINE_ANSWERS_AFTER), self._answer)

    def _answer(self) -> None:
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(_ACCEPTED)


_SENT = json.dumps({"sentMessages": [{"id": "461230966842064897", "quoteToken": "q" * 48}]}).encode()
_ACCEPTED = (
    b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nx-line-request-id: 3a785346-2cf3-482f-8469-c893117fcef8\r\n"
    b"Content-Length: %d\r\n\r\n%s" % (len(_SENT), _SENT)
)


class FakeLine:
    """Remembers when each reply token was first called with, and how often."""

    def __init__(self) -> None:
        self.first: dict[str, float] = {}
        self.repeated = 0
        self.others = 0
        self.url = ""

    def called(self, request: bytes) -> None:
        place = request.find(b'"replyToken"')
        if place < 0:
            self.others += 1
            return
        token = request[place + 12 :].split(b'"', 2)[1].decode()
        if token in self.first:
            self.repeated += 1
        else:
            self.first[token] = time.monotonic()


class Load:
    """The loop on its thread, the fake LINE on it, and the runs that the benchmark asks for."""

    def __init__(self) -> None:
        self.line = FakeLine()
        self._loop = asyncio.new_event_loop()
        threading.Thread(target=self._loop.run_forever, name="load", daemon=True).start()
        server = self.run(self._loop.create_server(lambda: _LineCall(self.line), "127.0.0.1", 0, backlog=512))
        self.line.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"

    def run(self, work: Coroutine[Any, Any, _Result]) -> _Result:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    def closed(self, port: int, requests: Sequence[Hook], seconds: float, connections: int = 32) -> Run:
        """As fast as `connections` go, each sending when it was answered."""
        return self.run(_closed(port, iter(requests), seconds, connections))

    def open(self, port: int, requests: Sequence[Hook], rate: float, connections: int = 128) -> Run:
        """At a fixed rate, whatever the server does; times count from when a request was due."""
        return self.run(_open(port, requests, rate, connections))

    def streams(self, port: int, request: Callable[[int], bytes], count: int) -> Streams:
        return self.run(_open_streams(port, request, count))

    def close(self, streams: Streams) -> None:
        self.run(_close_streams(streams))


async def _connect(port: int, count: int, done: Callable[[_Connection, int], None]) -> list[_Connection]:
    loop = asyncio.get_running_loop()
    pairs = [await loop.create_connection(lambda: _Connection(done), "127.0.0.1", port) for _ in range(count)]
    return [connection for _, connection in pairs]


async def _closed(port: int, requests: Any, seconds: float, connections: int) -> Run:
    run, finished = Run(), asyncio.Event()
    left = connections
    until = 0.0

    def send(connection: _Connection) -> None:
        nonlocal left
        now = time.monotonic()
        hook = next(requests, None) if now < until else None
        if hook is None:
            left -= 1
            if not left:
                finished.set()
            return
        run.sent[hook.reply_token] = now
        connection.send(hook.request, now)

    def done(connection: _Connection, status: int) -> None:
        if status == 200:
            run.acks.append(time.monotonic() - connection.due)
        else:
            run.refused += 1
        send(connection)

    doors = await _connect(port, connections, done)
    began = time.monotonic()
    until = began + seconds
    for door in doors:
        send(door)
    await finished.wait()
    run.seconds = time.monotonic() - began
    for door in doors:
        door.close()
    return run


async def _open(port: int, requests: Sequence[Hook], rate: float, connections: int) -> Run:
    """Requests that find no free connection wait for one; their waiting counts."""
    run, finished = Run(), asyncio.Event()
    waiting: list[tuple[Hook, float]] = []
    answered = 0

    def done(connection: _Connection, status: int) -> None:
        nonlocal answered
        answered += 1
        if status == 200:
            run.acks.append(time.monotonic() - connection.due)
        else:
            run.refused += 1
        if waiting:
            hook, due = waiting.pop(0)
            connection.send(hook.request, due)
        else:
            free.append(connection)
        if answered == len(requests):
            finished.set()

    free = await _connect(port, connections, done)
    every = list(free)
    began = time.monotonic() + 0.05
    for number, hook in enumerate(requests):
        due = began + number / rate
        if (early := due - time.monotonic()) > 0:
            await asyncio.sleep(early)
        run.sent[hook.reply_token] = due
        if free:
            free.pop().send(hook.request, due)
        else:
            waiting.append((hook, due))
    run.seconds = time.monotonic() - began
    with suppress(TimeoutError):
        await asyncio.wait_for(finished.wait(), 30)
    for door in every:
        door.close()
    return run


@dataclass
class Streams:
    """Open live streams; they last as long as this is kept. `opened` were let in, `ended` are over by themselves."""

    opened: int = 0
    ended: int = 0
    writers: list[asyncio.StreamWriter] = field(default_factory=list)
    readers: list[asyncio.Task[None]] = field(default_factory=list)


async def _open_streams(port: int, request: Callable[[int], bytes], count: int) -> Streams:
    streams = Streams()

    async def listen(reader: asyncio.StreamReader) -> None:
        with suppress(OSError):
            while await reader.read(65536):
                pass
        streams.ended += 1

    for number in range(count):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(request(number))
        status = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 10)
        streams.opened += status.startswith(b"HTTP/1.1 200")
        streams.writers.append(writer)
        streams.readers.append(asyncio.create_task(listen(reader)))
    return streams


async def _close_streams(streams: Streams) -> None:
    for task in streams.readers:
        task.cancel()
    await asyncio.gather(*streams.readers, return_exceptions=True)
    for writer in streams.writers:
        writer.close()
