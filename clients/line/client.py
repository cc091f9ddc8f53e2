"""Calls LINE's Messaging API through line-bot-sdk v3, and turns its answers into one kind of error.

Statuses are read as LINE documents them: 200 accepted, 409 accepted before (with the same retry key), 429 not accepted,
other 4xx refused for good, 5xx and timeouts: unknown.

Bodies go through the SDK's `AsyncApiClient` (its authorisation and errors) as plain JSON: `handlers.line.limits` has
checked them, and building the SDK's message models costs ten times the call itself (2.0 ms of CPU for a card and its
quick replies, 0.23 ms without; measured 2026-11-21), which is more than finding the answer.
"""

from __future__ import annotations

import asyncio
import json
import logging
import re
import urllib.request
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import aiohttp
from linebot.v3.messaging import ApiException, AsyncApiClient, Configuration

from clients.errors import ClientError

log = logging.getLogger(__name__)

TIMEOUT = aiohttp.ClientTimeout(total=3.0, connect=2.0)
"""Seconds. Well under the lease of a claimed message (8 s), so that nobody else sends it while we wait. Who cannot even
connect knows it before the whole time is over: nothing was sent then."""

NEVER_SENT = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError, aiohttp.ClientHttpProxyError)
"""No connection, no name, no certificate, a proxy that refuses: LINE has not seen the message."""

KEEP_ALIVE_SECONDS = 15.0

MONTHLY_LIMIT = "You have reached your monthly limit."
"""LINE's word for a plan whose messages are used up (replies cost none, pushes do)."""

_NAMED_PROPERTY = re.compile(r"The property, '([^']{1,200})', in the request body is invalid")
_PATH = re.compile(r"/?[A-Za-z][A-Za-z0-9_.\[\]/-]{0,199}")

Accepted = Literal["sent", "already"]


LONGEST_WAIT = 60.0
"""Seconds. Whatever a 429 asks for, we look again after this."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A call that LINE has accepted: now, or before with the same retry key. `request_id` names the accepted one."""

    accepted: Accepted
    request_id: str


class InvalidReplyToken(ClientError):
    """The reply token was used before, or is too old; LINE does not say which."""


class _PlainJson(AsyncApiClient):  # type: ignore[misc] # the SDK has no types
    """The SDK's client for bodies that are plain JSON already: it need not look for models in them."""

    def sanitize_for_serialization(self, obj: Any) -> Any:
        return obj


class LineClient:
    """One city's channel. Its calls belong to one event loop, the first one that makes a call (`clients.line.courier`).

    A proxy is taken from the environment (`HTTPS_PROXY`, `NO_PROXY`) when the client is made.
    """

    def __init__(self, access_token: str, host: str) -> None:
        self._configuration = Configuration(access_token=access_token, host=host)
        scheme, _, address = host.partition("://")
        if not urllib.request.proxy_bypass(address.partition("/")[0]):
            self._configuration.proxy = urllib.request.getproxies().get(scheme)
        self._api: AsyncApiClient | None = None

    async def reply(self, reply_token: str, messages: Sequence[Mapping[str, Any]]) -> Accepted:
        """Answers with a reply token (single use, about a minute). Raises `InvalidReplyToken` or `ClientError`."""
        body = {"replyToken": reply_token, "messages": list(messages)}
        return (await self._post("/v2/bot/message/reply", body)).accepted

    async def push(self, to: str, messages: Sequence[Mapping[str, Any]], retry_key: str) -> Accepted:
        """Sends without a token; with the same `retry_key` (a UUID, kept by LINE for 24 h) never twice."""
        body = {"to": to, "messages": list(messages)}
        return (await self._post("/v2/bot/message/push", body, retry_key)).accepted

    async def multicast(
        self, to: Sequence[str], messages: Sequence[Mapping[str, Any]], retry_key: str, unit: str = ""
    ) -> Answer:
        """Sends to up to 500 residents; who blocked us is passed over. The same `retry_key` never sends twice.

        LINE counts what is tapped and opened by `unit` (up to 30 letters, digits and _).
        """
        body: dict[str, Any] = {"to": list(to), "messages": list(messages)}
        if unit:
            body["customAggregationUnits"] = [unit]
        return await self._post("/v2/bot/message/multicast", body, retry_key)

    async def open(self) -> None:
        """Beforehand, what the first call would do (a tenth of a second of work): it goes out at its moment then."""
        await self._opened()

    async def close(self) -> None:
        api, self._api = self._api, None
        if api is not None:
            await api.close()

    async def _opened(self) -> AsyncApiClient:
        if self._api is not None:
            return self._api
        opened = await _open(self._configuration)
        if (kept := self._keep(opened)) is not opened:  # another of the first calls was quicker
            await opened.close()
        return kept

    def _keep(self, opened: AsyncApiClient) -> AsyncApiClient:
        self._api = self._api or opened
        return self._api

    async def _post(self, path: str, body: dict[str, Any], retry_key: str = "") -> Answer:
        headers = {"Accept": "application/json", "Content-Type": "application/json"}
        if retry_key:
            headers["X-Line-Retry-Key"] = retry_key
        api = await self._opened()
        try:
            answer = await api.call_api(
                path,
                "POST",
                header_params=headers,
                body=body,
                response_types_map={},
                auth_settings=["Bearer"],
                _request_timeout=TIMEOUT,
            )
        except ApiException as error:
            return _refused(error)
        except NEVER_SENT as error:
            raise ClientError(f"no connection: {type(error).__name__}") from error
        except (aiohttp.ClientError, TimeoutError, OSError, UnicodeError) as error:
            raise ClientError(f"no answer: {type(error).__name__}", fate_unknown=True) from error
        return Answer("sent", str((answer.headers or {}).get("x-line-request-id", "")))


async def _open(configuration: Configuration) -> AsyncApiClient:
    """The SDK's client with a pool of ours: the caller bounds the calls, and the SDK's looks for a proxy at each one
    (in files, 0.16 ms of CPU)."""
    api = _PlainJson(configuration)
    await api.rest_client.close()
    connector = aiohttp.TCPConnector(limit=0, keepalive_timeout=KEEP_ALIVE_SECONDS)
    api.rest_client.pool_manager = aiohttp.ClientSession(connector=connector, loop=asyncio.get_running_loop())
    return api


def _refused(error: Any) -> Answer:
    """What LINE's status means. 409 is success: the message went out with an earlier call of the same retry key."""
    status, message = int(error.status or 0), _message(error)
    headers = error.headers or {}
    request_id = str(headers.get("x-line-request-id", ""))
    if status == 409:
        return Answer("already", str(headers.get("x-line-accepted-request-id", "")))
    if status == 400 and message == "Invalid reply token":
        raise InvalidReplyToken("invalid reply token", permanent=True, status=400, request_id=request_id) from error
    if status == 429 and message == MONTHLY_LIMIT:
        # Not before next month; and what waits would hold back everything else for this resident.
        raise ClientError("monthly limit", permanent=True, status=429, request_id=request_id) from error
    if status == 429 or status in (401, 403):
        # A wrong secret is mended by an operator, not by dropping answers: we keep the message and try again.
        wait = _seconds(headers.get("retry-after", ""))
        raise ClientError(f"status {status}", status=status, request_id=request_id, retry_after=wait) from error
    if 400 <= status < 500:
        blamed = _blamed(error) if status == 400 else ()
        log.error("LINE refused a message", extra={"status": status, "request_id": request_id, "blamed": blamed[:3]})
        reason = f"status {status}"
        raise ClientError(reason, permanent=True, status=status, request_id=request_id, blamed=blamed) from error
    raise ClientError(f"status {status}", fate_unknown=True, status=status, request_id=request_id) from error


def _seconds(header: str) -> float:
    """A `Retry-After` in seconds; 0 for none, or for a date, which LINE does not send."""
    return min(LONGEST_WAIT, float(header)) if header.isascii() and header.isdigit() else 0.0


def _message(error: Any) -> str:
    """LINE's own word for the fault ("Invalid reply token"); details may quote our text and are left out."""
    try:
        return str(json.loads(error.body)["message"])
    except (ValueError, KeyError, TypeError):
        return ""


def _blamed(error: Any) -> tuple[str, ...]:
    """The parts of the body that LINE names as wrong: in `details`, or in the message itself. Paths only, no words."""
    try:
        details = json.loads(error.body).get("details") or ()
        named = [str(one.get("property", "")) for one in details]
    except (ValueError, AttributeError, TypeError):
        named = []
    named += _NAMED_PROPERTY.findall(_message(error))
    return tuple(dict.fromkeys(name for name in named if _PATH.fullmatch(name)))
