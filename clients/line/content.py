"""Fetches what a resident sent (pictures) from LINE's data host, never more of it than allowed.

LINE keeps a content for a while only and says nothing about how long, so it is fetched at once. 202 means that it is
still being prepared (reference: Messaging API, "Get content").
"""

from __future__ import annotations

import time
from urllib.parse import quote

import urllib3

from clients.errors import ClientError

TIMEOUT = urllib3.Timeout(connect=3.0, read=5.0)
WHOLE_SECONDS = 20.0
"""For all of a content. Under the lease of a fetch, however slowly the bytes drip."""

_CHUNK = 64 * 1024


class NotReady(ClientError):
    """LINE is still preparing the content; ask again in a moment."""


class ContentGone(ClientError):
    """It was taken back, or LINE no longer keeps it."""


class ContentTooLarge(ClientError):
    """There is more of it than we take."""


class LineContent:
    """One city's channel, for reading. Safe to share between threads."""

    def __init__(self, access_token: str, data_host: str) -> None:
        self._host = data_host.rstrip("/")
        self._token = access_token
        self._pool = urllib3.PoolManager(num_pools=1, maxsize=4, retries=False, timeout=TIMEOUT)

    def fetch(self, message_id: str, limit: int) -> bytes:
        """The bytes of a message, at most `limit`. Raises `NotReady`, `ContentGone`, `ContentTooLarge`, `ClientError`.

        What LINE says of type and size is not used: a length may be wrong, and what it is the bytes themselves tell.
        """
        address = f"{self._host}/v2/bot/message/{quote(message_id, safe='')}/content"
        # Not compressed: a picture gains nothing, and little that arrives cannot become much.
        headers = {"Authorization": f"Bearer {self._token}", "Accept-Encoding": "identity"}
        try:
            answer = self._pool.request("GET", address, headers=headers, redirect=False, preload_content=False)
            try:
                if answer.status != 200:
                    raise _refused(answer.status)
                return _read(answer, limit)
            finally:
                answer.close()
                answer.release_conn()
        except (urllib3.exceptions.HTTPError, OSError) as error:
            raise ClientError(f"no content: {type(error).__name__}") from None


def _read(answer: urllib3.BaseHTTPResponse, limit: int) -> bytes:
    """What comes, as it comes: waiting for a full chunk would let a few bytes a second hold us for ever."""
    deadline = time.monotonic() + WHOLE_SECONDS
    data = bytearray()
    while chunk := answer.read1(_CHUNK, decode_content=False):
        data += chunk
        if len(data) > limit:
            raise ContentTooLarge("too large", permanent=True)
        if time.monotonic() > deadline:
            raise ClientError("too slow")
    return bytes(data)


def _refused(status: int) -> ClientError:
    if status == 202:
        return NotReady("being prepared", status=status)
    if status in (404, 410):
        return ContentGone("gone", permanent=True, status=status)
    # A wrong token is mended by an operator.
    permanent = 400 <= status < 500 and status not in (401, 403, 408, 429)
    return ClientError(f"status {status}", permanent=permanent, status=status)
