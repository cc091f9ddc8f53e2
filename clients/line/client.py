"""Calls LINE's Messaging API through line-bot-sdk v3, and turns its answers into one kind of error.

Statuses are read as LINE documents them: 200 accepted, 409 accepted before (with the same retry key), 429 not accepted,
other 4xx refused for good, 5xx and timeouts: unknown.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal

import urllib3
from linebot.v3.messaging import (
    ApiClient,
    ApiException,
    Configuration,
    MessagingApi,
    PushMessageRequest,
    ReplyMessageRequest,
)

from clients.errors import ClientError

log = logging.getLogger(__name__)

TIMEOUT_SECONDS = 3.0
"""Well under the lease of a claimed message (8 s), so that nobody else sends it while we wait."""

CONNECTIONS = 32
Accepted = Literal["sent", "already"]


class InvalidReplyToken(ClientError):
    """The reply token was used before, or is too old; LINE does not say which."""


class LineClient:
    """One city's channel. Safe to share between threads."""

    def __init__(self, access_token: str, host: str) -> None:
        configuration = Configuration(access_token=access_token, host=host)
        configuration.connection_pool_maxsize = CONNECTIONS
        configuration.retries = False
        self._api = MessagingApi(ApiClient(configuration))

    def reply(self, reply_token: str, messages: Sequence[Mapping[str, Any]]) -> Accepted:
        """Answers with a reply token (single use, about a minute). Raises `InvalidReplyToken` or `ClientError`."""
        request = ReplyMessageRequest.from_dict({"replyToken": reply_token, "messages": list(messages)})
        return _call(
            lambda: self._api.reply_message_with_http_info(request, _request_timeout=TIMEOUT_SECONDS)
        )

    def push(self, to: str, messages: Sequence[Mapping[str, Any]], retry_key: str) -> Accepted:
        """Sends without a token; with the same `retry_key` (a UUID, kept by LINE for 24 h) never twice."""
        request = PushMessageRequest.from_dict({"to": to, "messages": list(messages)})
        return _call(
            lambda: self._api.push_message_with_http_info(
                request,
                x_line_retry_key=retry_key,
                _request_timeout=TIMEOUT_SECONDS,
            )
        )

    def validate(self, messages: Sequence[Mapping[str, Any]]) -> None:
        """Asks LINE whether these messages could be sent as a reply. Raises `ClientError` with LINE's reasons."""
        from linebot.v3.messaging import ValidateMessageRequest

        request = ValidateMessageRequest.from_dict({"messages": list(messages)})
        _call(lambda: self._api.validate_reply_with_http_info(request, _request_timeout=TIMEOUT_SECONDS))


def _call(call: Callable[[], Any]) -> Accepted:
    try:
        call()
    except ApiException as error:
        return _refused(error)
    except (urllib3.exceptions.HTTPError, OSError) as error:
        raise ClientError(f"no answer: {type(error).__name__}", fate_unknown=True) from error
    return "sent"


def _refused(error: Any) -> Accepted:
    """What LINE's status means. 409 is success: the message went out with an earlier call of the same retry key."""
    status, message = int(error.status or 0), _message(error)
    request_id = str((error.headers or {}).get("x-line-request-id", ""))
    if status == 409:
        return "already"
    if status == 400 and message == "Invalid reply token":
        raise InvalidReplyToken("invalid reply token", permanent=True, status=400, request_id=request_id) from error
    if status == 429 or status in (401, 403):
        # A wrong secret is mended by an operator, not by dropping answers: we keep the message and try again.
        raise ClientError(f"status {status}", status=status, request_id=request_id) from error
    if 400 <= status < 500:
        log.error("LINE refused a message", extra={"status": status, "request_id": request_id})
        raise ClientError(f"status {status}", permanent=True, status=status, request_id=request_id) from error
    raise ClientError(f"status {status}", fate_unknown=True, status=status, request_id=request_id) from error


def _message(error: Any) -> str:
    """LINE's own word for the fault ("Invalid reply token"); details may quote our text and are left out."""
    try:
        return str(json.loads(error.body)["message"])
    except (ValueError, KeyError, TypeError):
        return ""
