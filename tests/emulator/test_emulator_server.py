"""The emulator's own HTTP server: what clients rely on."""

from __future__ import annotations

import http.client
import json
import socket
import threading
from urllib.parse import urlsplit

import pytest
import waitress
from waitress import wasyncore

from emulator import LinePlatform, create_emulator, serve

HEADERS = {"Authorization": "Bearer token-of-the-demo-channel", "Content-Type": "application/json"}


@pytest.fixture
def connection(emulator):
    connection = http.client.HTTPConnection(urlsplit(emulator.url).netloc, timeout=5)
    yield connection
    connection.close()


@pytest.fixture
def raw(emulator):
    parts = urlsplit(emulator.url)
    with socket.create_connection((parts.hostname, parts.port), timeout=5) as raw:
        yield raw


def test_a_connection_serves_many_requests(connection, hana) -> None:
    body = json.dumps({"to": hana.user_id, "messages": [{"type": "text", "text": "文"}]})

    for _ in range(3):
        connection.request("POST", "/v2/bot/message/push", body, HEADERS)
        answer = connection.getresponse()
        assert (answer.status, len(json.loads(answer.read())["sentMessages"])) == (200, 1)
        kept = connection.sock.getsockname()

    assert connection.sock.getsockname() == kept


def test_a_body_in_chunks_is_read(connection, hana, platform) -> None:
    body = json.dumps({"to": hana.user_id, "messages": [{"type": "text", "text": "文"}]}).encode()

    headers = HEADERS | {"Transfer-Encoding": "chunked"}
    connection.request("POST", "/v2/bot/message/push", iter([body[:20], body[20:]]), headers, encode_chunked=True)

    assert connection.getresponse().status == 200
    assert len(platform.deliveries) == 1


def test_head_and_expect_are_understood(connection, raw) -> None:
    connection.request("HEAD", "/v2/bot/info", headers=HEADERS)
    answer = connection.getresponse()
    assert (answer.status, answer.read()) == (200, b"")

    raw.sendall(b"POST /v2/bot/message/push HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n")
    assert raw.recv(100).startswith(b"HTTP/1.1 100 ")
    raw.sendall(b"{}")
    assert raw.recv(1000).startswith(b"HTTP/1.1 401 ")


@pytest.mark.parametrize(
    "request_bytes",
    [b"hello\r\n\r\n", b"GET / HTTP/1.1\r\nno header\r\n\r\n", b"POST / HTTP/1.1\r\nContent-Length: 99999999\r\n\r\n"],
    ids=["no request line", "no header", "too long"],
)
def test_nonsense_ends_the_connection(raw, request_bytes: bytes) -> None:
    raw.sendall(request_bytes)

    assert raw.recv(100).startswith(b"HTTP/1.1 400 ")
    assert raw.recv(100) == b""


def test_a_lost_answer_is_lost_under_waitress_too(platform, hana) -> None:
    """The demo mounts the emulator in the city's own server."""
    sockets: dict[int, object] = {}
    server = waitress.create_server(create_emulator(platform), host="127.0.0.1", port=0, threads=2, map=sockets)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    platform.faults.add("push", "drop_after_accept")
    connection = http.client.HTTPConnection("127.0.0.1", server.effective_port, timeout=5)
    body = json.dumps({"to": hana.user_id, "messages": [{"type": "text", "text": "文"}]})

    connection.request("POST", "/v2/bot/message/push", body, HEADERS)
    with pytest.raises((http.client.RemoteDisconnected, ConnectionResetError)):
        connection.getresponse()

    connection.close()
    server.task_dispatcher.shutdown(timeout=2)
    server.trigger.pull_trigger(lambda: wasyncore.close_all(sockets, ignore_all=True))
    thread.join(5)
    assert len(platform.deliveries) == 1


def test_closing_ends_open_connections_and_frees_the_port() -> None:
    running = serve(LinePlatform())
    parts = urlsplit(running.url)
    with socket.create_connection((parts.hostname, parts.port), timeout=5) as raw:
        raw.sendall(b"GET /nowhere HTTP/1.1\r\n\r\n")
        raw.recv(1000)

        running.close()

        assert raw.recv(100) == b""
    serve(LinePlatform(), port=parts.port).close()
