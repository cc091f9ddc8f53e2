"""Fetching from LINE's data host: through the emulator, and from hosts that lie about what they send."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import pytest

import clients.line.content as content
from clients.errors import ClientError
from clients.line.content import ContentGone, ContentTooLarge, LineContent, NotReady
from emulator import LinePlatform, serve

LIMIT = 1000


@pytest.fixture
def line() -> Iterator[tuple[LinePlatform, str]]:
    platform = LinePlatform(webhook_threads=0)
    platform.add_channel("demo", "token", "secret", None)
    with serve(platform) as running:
        yield platform, running.url


def sent_picture(platform: LinePlatform, data: bytes = b"a picture") -> str:
    event = platform.send_image("demo", platform.add_resident("demo", "佐藤ハナ"), data)
    assert event.message_id is not None
    return event.message_id


def test_the_bytes_that_a_resident_sent_come_whole(line):
    platform, url = line

    assert LineContent("token", url).fetch(sent_picture(platform, b"x" * LIMIT), LIMIT) == b"x" * LIMIT


def test_more_than_allowed_is_not_taken(line):
    platform, url = line
    number = sent_picture(platform, b"x" * (LIMIT + 1))

    with pytest.raises(ContentTooLarge):
        LineContent("token", url).fetch(number, LIMIT)


def test_what_is_being_prepared_is_asked_for_again(line):
    platform, url = line
    number = sent_picture(platform)
    platform.content.preparing = 1
    client = LineContent("token", url)

    with pytest.raises(NotReady) as early:
        client.fetch(number, LIMIT)

    assert not early.value.permanent
    assert client.fetch(number, LIMIT) == b"a picture"


def test_what_was_taken_back_is_gone(line):
    platform, url = line
    resident = platform.add_resident("demo", "佐藤ハナ")
    event = platform.send_image("demo", resident, b"x")
    platform.unsend("demo", resident, event.message_id)

    with pytest.raises(ContentGone):
        LineContent("token", url).fetch(event.message_id, LIMIT)


@pytest.mark.parametrize("fault", ["server_error", "rate_limited", "timeout"])
def test_a_fault_of_line_is_no_reason_to_give_up(line, fault):
    platform, url = line
    number = sent_picture(platform)
    platform.faults.add("content", fault, count=1)

    with pytest.raises(ClientError) as failed:
        LineContent("token", url).fetch(number, LIMIT)

    assert not failed.value.permanent


def test_a_wrong_token_is_for_the_operator_to_mend(line):
    platform, url = line

    with pytest.raises(ClientError) as failed:
        LineContent("another", url).fetch(sent_picture(platform), LIMIT)

    assert (failed.value.permanent, failed.value.status) == (False, 401)


@contextmanager
def a_host(speak: Callable[[socket.socket], None]) -> Iterator[tuple[str, list[bytes]]]:
    """A host of one connection; `speak` answers after the request was read."""
    asked: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve_one() -> None:
            connection, _ = listening.accept()
            with connection:
                asked.append(connection.recv(65536))
                with suppress(OSError):  # the client may have had enough
                    speak(connection)

        thread = threading.Thread(target=serve_one, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}", asked
        thread.join(5)


def test_a_length_that_is_too_small_or_too_large_keeps_nothing_wrong():
    too_large = b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort"
    too_small = b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nlonger"

    with a_host(lambda out: out.sendall(too_large)) as (url, _), pytest.raises(ClientError) as cut:
        LineContent("token", url).fetch("1", LIMIT)
    with a_host(lambda out: out.sendall(too_small)) as (url, _):
        assert LineContent("token", url).fetch("1", LIMIT) == b"lon"

    assert not cut.value.permanent


def test_a_body_without_end_is_cut_at_the_limit():
    def flood(out: socket.socket) -> None:
        out.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            out.sendall(b"x" * 65536)

    with a_host(flood) as (url, _), pytest.raises(ContentTooLarge):
        LineContent("token", url).fetch("1", LIMIT)


def test_bytes_that_drip_are_not_waited_for_for_ever(monkeypatch):
    monkeypatch.setattr(content, "WHOLE_SECONDS", 0.05)
    enough = threading.Event()

    def drip(out: socket.socket) -> None:
        out.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        while not enough.wait(0.01):
            out.sendall(b"x" * 40)

    with a_host(drip) as (url, _):
        with pytest.raises(ClientError, match="too slow"):
            LineContent("token", url).fetch("1", 10**9)
        enough.set()


def test_compressed_bytes_do_not_unfold():
    with a_host(
        lambda out: out.sendall(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\n\x1f\x8b")
    ) as (url, asked):
        assert LineContent("token", url).fetch("1", LIMIT) == b"\x1f\x8b"

    assert b"Accept-Encoding: identity" in asked[0]


@pytest.mark.parametrize("status", [b"301 Moved", b"307 Temporary"])
def test_the_token_follows_no_redirect(status):
    moved = b"HTTP/1.1 " + status + b"\r\nLocation: http://127.0.0.1:9/x\r\nContent-Length: 0\r\n\r\n"
    with a_host(lambda out: out.sendall(moved)) as (url, asked), pytest.raises(ClientError):
        LineContent("token", url).fetch("1", LIMIT)

    assert len(asked) == 1


@pytest.mark.parametrize("number", ["../../../v2/bot/info", "1/../2", "1?x=y", "1#x", "1\r\nX: y"])
def test_a_message_number_is_never_a_path(number):
    with a_host(lambda out: out.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx")) as (url, asked):
        LineContent("token", url).fetch(number, LIMIT)

    first_line = asked[0].split(b"\r\n")[0]
    assert first_line.startswith(b"GET /v2/bot/message/")
    assert first_line.endswith(b"/content HTTP/1.1")
    assert first_line.count(b"/") == len(["", "v2", "bot", "message", "x", "content HTTP", "1.1"]) - 1
