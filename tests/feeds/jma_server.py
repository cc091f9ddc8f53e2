"""The 気象庁's server in a box: Atom feeds and telegrams over real HTTP on this machine, counting who asks for what."""

from __future__ import annotations

import gzip
import hashlib
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tests.notify.telegram_builders import weather_xml

HERE = ("彩野市", "1199900")
RAIN_3 = ("レベル３大雨警報", "03", "発表")
RAIN_4 = ("レベル４大雨危険警報", "43", "発表")


class JmaServer:
    """`publish` puts a telegram into the feeds; `answers` overrides what a path answers (status, body)."""

    def __init__(self) -> None:
        self.asked: Counter[str] = Counter()
        self.unchanged: Counter[str] = Counter()
        self.files: dict[str, bytes] = {}
        self.answers: dict[str, tuple[int, bytes, dict[str, str]]] = {}
        self.broken_off: set[str] = set()
        self.silent = False
        # Stopped: connections that were kept open end without an answer, too.
        self.gone = False
        # Set: answers at once. A test that must be first clears it for a moment.
        self.open_for_all = threading.Event()
        self.open_for_all.set()
        self.url = ""
        self._entries: list[str] = []

    @property
    def feed_url(self) -> str:
        return f"{self.url}/feed"

    def publish(self, name: str, xml: bytes, at: datetime, *, url: str = "") -> str:
        """Names the telegram in both feeds of warnings; its path."""
        path = f"/data/{name}"
        self.files[path] = xml
        address = url or f"{self.url}{path}"
        updated = at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        self._entries.insert(
            0,
            f"<entry><title>題</title><id>{address}</id><updated>{updated}</updated>"
            f'<author><name>熊谷地方気象台</name></author><link type="application/xml" href="{address}"/>'
            "<content type='text'>見出し</content></entry>",
        )
        for feed in ("extra", "extra_l"):
            self.files[f"/feed/{feed}.xml"] = self.feed(self._entries)
        return path

    def open(self) -> None:
        for feed in ("extra", "extra_l", "eqvol", "eqvol_l"):
            self.files[f"/feed/{feed}.xml"] = self.feed([])

    @staticmethod
    def feed(entries: list[str]) -> bytes:
        head = '<?xml version="1.0" encoding="utf-8"?><feed xmlns="http://www.w3.org/2005/Atom" lang="ja">'
        return f"{head}<title>高頻度（随時）</title>{''.join(entries)}</feed>".encode()


def a_warning(at: datetime, *kinds: tuple[str | None, str | None, str], **head: str) -> bytes:
    """大雨 for 彩野市."""
    return weather_xml("VPWW55", [(HERE, kinds or (RAIN_4,))], report_time=at.isoformat(), **head)


def named(at: datetime, data_type: str = "VPWW55", number: int = 0) -> str:
    return f"{at.astimezone(UTC):%Y%m%d%H%M%S}_{number}_{data_type}_110000.xml"


@contextmanager
def a_jma_server(port: int = 0) -> Iterator[JmaServer]:
    """`port`: that of one which was stopped, to come back in its place."""
    jma = JmaServer()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            jma.open_for_all.wait(8)
            if jma.gone:
                self.close_connection = True
                return
            jma.asked[self.path] += 1
            if jma.silent:
                self._send(503, b"", {})
                return
            if self.path in jma.answers:
                self._send(*jma.answers[self.path])
                return
            content = jma.files.get(self.path)
            if content is None:
                self._send(404, b"", {})
                return
            etag = f'"{hashlib.sha256(content).hexdigest()[:16]}"'
            if self.headers.get("If-None-Match") == etag:
                jma.unchanged[self.path] += 1
                self._send(304, b"", {"ETag": etag})
                return
            if self.path in jma.broken_off:
                self._send(200, content, {}, shown=content[: len(content) // 2])
                return
            packed = gzip.compress(content) if "gzip" in self.headers.get("Accept-Encoding", "") else content
            self._send(200, packed, {"ETag": etag, "Content-Encoding": "gzip"})

        def _send(self, status: int, body: bytes, headers: dict[str, str], *, shown: bytes | None = None) -> None:
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            if status != 304:
                self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if status != 304:
                self.wfile.write(body if shown is None else shown)
            if shown is not None:
                self.close_connection = True

        def log_message(self, *_: object) -> None:
            """Nothing: the test asks `asked`."""

    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    server.daemon_threads = True
    jma.url = f"http://127.0.0.1:{server.server_address[1]}"
    jma.open()
    serving = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    serving.start()
    try:
        yield jma
    finally:
        jma.gone = True
        server.shutdown()
        server.server_close()
        serving.join(5)
