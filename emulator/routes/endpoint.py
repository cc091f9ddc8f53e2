"""What all API endpoints share, in LINE's order: token, rate limit, faults, media type, size, JSON, then the work."""

from __future__ import annotations

import contextlib
import functools
import json
import socket
from collections.abc import Callable
from typing import Any

from flask import Response, current_app, g, request

from emulator import ids
from emulator.faults import Fault
from emulator.model import ApiError, Channel, Json
from emulator.platform import LinePlatform

MAX_BODY_BYTES = 2 * 1024 * 1024
Answer = Json | tuple[Json, int] | Response


def the_platform() -> LinePlatform:
    """The platform of this app."""
    platform: LinePlatform = current_app.extensions["line_platform"]
    return platform


def api(name: str) -> Callable[[Callable[..., Answer]], Callable[..., Response]]:
    """Make a function `(channel, **path values) → JSON` an endpoint; `name` is its name for limits and faults."""

    def wrap(function: Callable[..., Answer]) -> Callable[..., Response]:
        @functools.wraps(function)
        def view(**values: Any) -> Response:
            platform = the_platform()
            g.request_id = ids.request_id()
            channel = _who_asks(platform)
            fault = platform.faults.pick(channel.city, name)
            if not platform.limits.take(channel.city, name) or (fault and fault.kind == "rate_limited"):
                raise ApiError(429, "The API rate limit has been exceeded. Try again later.")
            if fault is None:
                return _response(function(channel, **values))
            return _with_fault(platform, fault, lambda: _response(function(channel, **values)))

        return view

    return wrap


def json_body() -> Json:
    """The request body as a JSON object; 415, 413 or 400 when it is none."""
    if request.mimetype != "application/json":
        raise ApiError(415, "The media type of the request is not supported")
    if (request.content_length or 0) > MAX_BODY_BYTES:
        raise ApiError(413, "The request body is larger than 2 MB")
    try:
        body = json.loads(request.get_data(cache=False))
    except (ValueError, RecursionError):
        raise ApiError(400, "The request body could not be parsed as JSON") from None
    if not isinstance(body, dict):
        raise ApiError(400, "The request body must be a JSON object")
    return body


def error_response(error: ApiError) -> Response:
    """An `ApiError` as LINE writes it."""
    response = _response((error.body(), error.status))
    response.headers.extend(error.headers)
    return response


def _who_asks(platform: LinePlatform) -> Channel:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    channel = platform.channel_of_token(token.strip()) if scheme.lower() == "bearer" else None
    if channel is None:
        reason = "invalid token. Confirm that the access token in the authorization header is valid."
        raise ApiError(401, f"Authentication failed due to the following reason: {reason}")
    return channel


def _response(answer: Answer) -> Response:
    if isinstance(answer, Response):
        return answer
    body, status = answer if isinstance(answer, tuple) else (answer, 200)
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    return Response(text.encode("utf-8", "replace"), status, mimetype="application/json")


def _with_fault(platform: LinePlatform, fault: Fault, work: Callable[[], Response]) -> Response:
    if fault.kind == "timeout":
        return _hang_up(platform, fault.seconds)
    if fault.kind == "slow":
        platform.closing.wait(fault.seconds)
    elif fault.kind == "server_error":
        raise ApiError(500, "Internal server error")
    response = work()
    if fault.kind == "server_error_after_accept":
        raise ApiError(500, "Internal server error")
    if fault.kind == "drop_after_accept":
        return _hang_up(platform, fault.seconds)
    return response


def _hang_up(platform: LinePlatform, seconds: float) -> Response:
    """Say nothing for a while, then cut the connection: the caller cannot know what became of its request."""
    platform.closing.wait(seconds)
    connection = request.environ.get("werkzeug.socket")
    asked = request.environ.get("waitress.client_disconnected")
    if connection is None and asked is not None:
        connection = asked.__self__.socket  # waitress hands out no socket, but this bound method knows its channel
    if isinstance(connection, socket.socket):
        with contextlib.suppress(OSError):  # the caller may have gone away first
            connection.shutdown(socket.SHUT_RDWR)
    # Where the server keeps its socket to itself, a body shorter than announced breaks the exchange too.
    response = Response(b"", 200, {"Content-Length": "2"}, mimetype="application/json")
    response.automatically_set_content_length = False
    return response
