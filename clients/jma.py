"""Asks the 気象庁's feeds and fetches telegrams (気象庁防災情報XML, PULL), politely.

A feed is asked for with what the server said last (`ETag`, `Last-Modified`), so an unchanged one costs no transfer; a
telegram is only ever fetched from the feed's own server. Sizes and times are bounded, also against a server that drips.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

import urllib3

from clients.errors import ClientError

TIMEOUT: Final = urllib3.Timeout(connect=5.0, read=10.0)
WHOLE_SECONDS: Final = 20.0
"""For one answer from its first to its last byte."""

LARGEST_FEED: Final = 8_000_000
LARGEST_TELEGRAM: Final = 5_000_000
"""Bytes after decompression. The long feed of several days has some 2 MB, the largest known telegram 0.3 MB."""

USER_AGENT: Final = "madoguchi (citizen-inquiry service of a municipality)"
_PIECE: Final = 65_536


class FeedError(ClientError):
    """A feed or a telegram could not be had. `permanent`: it is not there, or not of a kind that we take."""


@dataclass(frozen=True, slots=True)
class FeedAnswer:
    """What a feed said; `content` None: nothing has changed since. The other two are for the next request."""

    content: bytes | None
    etag: str
    modified: str


class JmaFeeds:
    """The feeds below one address, e.g. `https://www.data.jma.go.jp/developer/xml/feed`. Safe to share."""

    def __init__(self, base: str, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._base = base.rstrip("/")
        self._origin = _origin(self._base)
        self._clock = clock
        self._pool = urllib3.PoolManager(num_pools=2, maxsize=2, retries=False, timeout=TIMEOUT)

    def feed(self, name: str, etag: str = "", modified: str = "") -> FeedAnswer:
        """The feed of this name ("extra", "extra_l"), when it has changed. Raises `FeedError`."""
        wanted = {"If-None-Match": etag, "If-Modified-Since": modified}
        answer = self._get(f"{self._base}/{name}.xml", {key: value for key, value in wanted.items() if value})
        try:
            if answer.status == 304:
                answer.drain_conn()
                return FeedAnswer(None, etag, modified)
            content = self._content(answer, LARGEST_FEED)
        finally:
            answer.release_conn()
        headers = answer.headers
        return FeedAnswer(content, headers.get("ETag", "")[:200], headers.get("Last-Modified", "")[:100])

    def telegram(self, url: str) -> bytes:
        """The telegram at an address that a feed named. Raises `FeedError`."""
        if not self.ours(url):
            raise FeedError("another server", permanent=True)
        answer = self._get(url, {})
        try:
            return self._content(answer, LARGEST_TELEGRAM)
        finally:
            answer.release_conn()

    def ours(self, url: str) -> bool:
        """Whether this address is on the feed's own server: a forged feed must not send us anywhere else."""
        return _origin(url) == self._origin

    def _get(self, url: str, headers: dict[str, str]) -> urllib3.BaseHTTPResponse:
        sent = {"User-Agent": USER_AGENT, "Accept-Encoding": "gzip", **headers}
        try:
            return self._pool.request("GET", url, headers=sent, redirect=False, preload_content=False)
        except (urllib3.exceptions.HTTPError, OSError, ValueError) as error:
            raise FeedError(f"no answer: {type(error).__name__}") from None

    def _content(self, answer: urllib3.BaseHTTPResponse, largest: int) -> bytes:
        """The body of a 200, whole, within the limits."""
        if answer.status != 200:
            answer.close()
            raise FeedError(f"status {answer.status}", permanent=answer.status in (404, 410), status=answer.status)
        deadline = self._clock() + WHOLE_SECONDS
        pieces, size = [], 0
        try:
            for piece in answer.stream(_PIECE, decode_content=True):
                pieces.append(piece)
                size += len(piece)
                if size > largest:
                    answer.close()
                    raise FeedError("too large", permanent=True, status=200)
                if self._clock() > deadline:
                    answer.close()
                    raise FeedError("too slow", status=200)
        except (urllib3.exceptions.HTTPError, OSError, ValueError) as error:
            answer.close()
            raise FeedError(f"broke off: {type(error).__name__}", status=200) from None
        return b"".join(pieces)


def _origin(url: str) -> tuple[str, str, int | None]:
    """Scheme, host and port; ("", "", None) for what is no address or names a user."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return "", "", None
    if parts.scheme not in ("https", "http") or not parts.hostname or parts.username is not None:
        return "", "", None
    return parts.scheme, parts.hostname, port
