"""One signed POST of webhook events, and what became of it in LINE's words."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import hmac
import http.client
import json
import threading
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

from emulator.model import Json

Reason = Literal["ok", "could_not_connect", "request_timeout", "error_status_code", "unclassified"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """`reason` as in LINE's webhook error statistics, "ok" when the server answered 20x; status 0 means no answer."""

    reason: Reason
    status: int = 0
    detail: str = ""

    @property
    def ok(self) -> bool:
        """Whether the bot's server took the events."""
        return self.reason == "ok"


def body_of(destination: str, events: list[Json]) -> bytes:
    """The request body; text that is no valid Unicode (lone surrogates) is sent as a question mark."""
    body = {"destination": destination, "events": events}
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def signature(secret: str, body: bytes) -> str:
    """The value of `X-Line-Signature`: Base64 of HMAC-SHA256 over the raw body."""
    return base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest()).decode()


class Poster:
    """Posts with one kept-alive connection per thread and server."""

    def __init__(self, timeout: float = 2.0) -> None:
        self.timeout = timeout
        self._local = threading.local()

    def post(self, url: str, secret: str, body: bytes) -> Outcome:
        """Send the body signed. A kept-alive connection that the server had closed meanwhile is opened once more."""
        parts = urlsplit(url)
        path = f"{parts.path or '/'}{'?' + parts.query if parts.query else ''}"
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "User-Agent": "LineBotWebhook/2.0",
            "x-line-signature": signature(secret, body),
        }
        connections: dict[str, http.client.HTTPConnection] = self._local.__dict__.setdefault("connections", {})
        key = f"{parts.scheme}://{parts.netloc}"
        reused = key in connections
        connection = connections.pop(key, None) or self._connect(parts.scheme, parts.netloc)
        try:
            outcome = _exchange(connection, path, body, headers)
        except (http.client.RemoteDisconnected, ConnectionResetError, BrokenPipeError) as error:
            connection.close()
            return self.post(url, secret, body) if reused else Outcome("unclassified", detail=type(error).__name__)
        except TimeoutError:
            connection.close()
            return Outcome("request_timeout", detail=f"no answer within {self.timeout:g} s")
        except OSError as error:
            connection.close()
            return Outcome("could_not_connect", detail=type(error).__name__)
        except http.client.HTTPException as error:
            connection.close()
            return Outcome("unclassified", detail=type(error).__name__)
        connections[key] = connection
        return outcome

    def close(self) -> None:
        """Close this thread's connections."""
        for connection in self._local.__dict__.pop("connections", {}).values():
            with contextlib.suppress(OSError):
                connection.close()

    def _connect(self, scheme: str, netloc: str) -> http.client.HTTPConnection:
        kind = http.client.HTTPSConnection if scheme == "https" else http.client.HTTPConnection
        return kind(netloc, timeout=self.timeout)


def _exchange(connection: http.client.HTTPConnection, path: str, body: bytes, headers: dict[str, str]) -> Outcome:
    connection.request("POST", path, body, headers)
    response = connection.getresponse()
    response.read()
    if 200 <= response.status < 300:
        return Outcome("ok", response.status)
    return Outcome("error_status_code", response.status, response.reason)
