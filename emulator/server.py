"""The emulator behind a real socket: a small HTTP/1.1 server, one thread a connection, kept alive.

Made for clients on this machine (tests, benchmarks): waitress spends three times as long on a call as the emulator
itself does, and werkzeug's server closes every connection. `create_emulator` runs under any WSGI server as well.
"""

from __future__ import annotations

import contextlib
import io
import socket
import socketserver
import sys
import threading
from collections.abc import Callable, Iterable
from email.utils import formatdate
from typing import Any
from urllib.parse import unquote_to_bytes

from emulator.app import MAX_UPLOAD_BYTES, create_emulator
from emulator.platform import LinePlatform

MAX_HEADER_BYTES = 65_536
MAX_BODY_BYTES = MAX_UPLOAD_BYTES + 1_000_000
Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class _BadRequest(Exception):
    """What came is no request we read; the connection ends."""


class _Connection(socketserver.StreamRequestHandler):
    """One client until it goes away."""

    server: _Server
    disable_nagle_algorithm = True
    rbufsize = 65_536

    def handle(self) -> None:
        self.server.remember(self.connection)
        try:
            with contextlib.suppress(OSError, ValueError):  # the client, a fault or `close` ended the connection
                while self._serve_one():
                    pass
        except _BadRequest:
            with contextlib.suppress(OSError):
                self.connection.sendall(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        finally:
            self.server.forget(self.connection)

    def _serve_one(self) -> bool:
        """Answer one request; whether the connection stays."""
        line = self.rfile.readline(MAX_HEADER_BYTES)
        if not line.strip():
            return bool(line)
        parts = line.split()
        if len(parts) != 3 or not parts[2].startswith(b"HTTP/1."):
            raise _BadRequest
        environ = self.server.environ_of(*parts)
        self._read_headers(environ)
        keep = parts[2] != b"HTTP/1.0" and environ.get("HTTP_CONNECTION", "").lower() != "close"
        environ["wsgi.input"] = io.BytesIO(self._read_body(environ))
        environ["werkzeug.socket"] = self.connection
        self.connection.sendall(_answer(self.server.app, environ, keep))
        return keep

    def _read_headers(self, environ: dict[str, Any]) -> None:
        size = 0
        while (line := self.rfile.readline(MAX_HEADER_BYTES)) not in (b"\r\n", b"\n"):
            size += len(line)
            name, colon, value = line.decode("latin-1").partition(":")
            if not colon or size > MAX_HEADER_BYTES:
                raise _BadRequest
            key = name.upper().replace("-", "_")
            key = key if key in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{key}"
            environ[key] = f"{environ[key]}, {value.strip()}" if key in environ else value.strip()

    def _read_body(self, environ: dict[str, Any]) -> bytes:
        if environ.get("HTTP_EXPECT", "").lower() == "100-continue":
            self.connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
        if environ.pop("HTTP_TRANSFER_ENCODING", "").lower() == "chunked":
            body = self._read_chunks()
            environ["CONTENT_LENGTH"] = str(len(body))
            return body
        length = environ.get("CONTENT_LENGTH") or "0"
        if not length.isdigit() or int(length) > MAX_BODY_BYTES:
            raise _BadRequest
        return self.rfile.read(int(length)) if length != "0" else b""

    def _read_chunks(self) -> bytes:
        chunks, total = [], 0
        while size := int(self.rfile.readline(1024).split(b";")[0], 16):
            total += size
            if total > MAX_BODY_BYTES:
                raise _BadRequest
            chunks.append(self.rfile.read(size))
            self.rfile.readline(3)
        while self.rfile.readline(MAX_HEADER_BYTES).strip():
            pass
        return b"".join(chunks)


class _Server(socketserver.ThreadingTCPServer):
    """Listens, and knows its open connections so that it can end them."""

    daemon_threads = True
    block_on_close = False
    allow_reuse_address = True
    request_queue_size = 512

    def __init__(self, address: tuple[str, int], app: Wsgi) -> None:
        super().__init__(address, _Connection)
        self.app = app
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._environ = {
            "SCRIPT_NAME": "",
            "SERVER_NAME": str(self.server_address[0]),
            "SERVER_PORT": str(self.server_address[1]),
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.errors": sys.stderr,
            "wsgi.multithread": True,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
        }

    def environ_of(self, method: bytes, target: bytes, version: bytes) -> dict[str, Any]:
        """The WSGI environment of a request line."""
        path, _, query = target.partition(b"?")
        return self._environ | {
            "REQUEST_METHOD": method.decode("latin-1"),
            "PATH_INFO": unquote_to_bytes(path).decode("latin-1"),
            "QUERY_STRING": query.decode("latin-1"),
            "SERVER_PROTOCOL": version.decode("latin-1"),
        }

    def remember(self, connection: socket.socket) -> None:
        with self._lock:
            self._open.add(connection)

    def forget(self, connection: socket.socket) -> None:
        with self._lock:
            self._open.discard(connection)

    def end_connections(self) -> None:
        """Wake the threads that wait for a next request."""
        with self._lock:
            for connection in self._open:
                with contextlib.suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)


def _answer(app: Wsgi, environ: dict[str, Any], keep: bool) -> bytes:
    """Call the app and write its answer as one block of bytes."""
    started: list[Any] = []

    def start(status: str, headers: list[tuple[str, str]], _: object = None) -> None:
        started[:] = [status, headers]

    chunks = app(environ, start)
    try:
        body = b"".join(chunks)
    finally:
        if hasattr(chunks, "close"):
            chunks.close()
    status, headers = started
    if environ["REQUEST_METHOD"] == "HEAD" or status.startswith(("204", "304")):
        body = b""
    elif not any(name.lower() == "content-length" for name, _ in headers):
        headers = [*headers, ("Content-Length", str(len(body)))]
    lines = [f"HTTP/1.1 {status}", f"Date: {formatdate(usegmt=True)}", *(f"{name}: {value}" for name, value in headers)]
    if not keep:
        lines.append("Connection: close")
    return "\r\n".join([*lines, "", ""]).encode("latin-1", "replace") + body


class RunningEmulator:
    """A server on its own threads; `url` is what goes into `Configuration(host=…)`. Close it, or use it with `with`."""

    def __init__(self, platform: LinePlatform, host: str, port: int) -> None:
        self.platform = platform
        self._server = _Server((host, port), create_emulator(platform))
        self.url = f"http://{host}:{self._server.server_address[1]}"
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.02,), name="line-emulator", daemon=True
        )
        self._thread.start()

    def close(self) -> None:
        """Stop serving and stop the platform's threads."""
        self.platform.close()
        self._server.shutdown()
        self._thread.join(5)
        self._server.end_connections()
        self._server.server_close()

    def __enter__(self) -> RunningEmulator:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def serve(platform: LinePlatform, host: str = "127.0.0.1", port: int = 0) -> RunningEmulator:
    """Serve a platform; port 0 takes any free one."""
    return RunningEmulator(platform, host, port)
