"""Sending endpoints, validation, quota, counts and the content of received messages."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from flask import Blueprint, Response, g, request

from emulator import sending
from emulator.checks.messages import check_messages
from emulator.checks.problems import Problems
from emulator.content import preview
from emulator.limits import JST, day
from emulator.model import ApiError, Channel, Json
from emulator.routes.endpoint import api, json_body, the_platform
from emulator.state import PlatformState

blueprint = Blueprint("line_messages", __name__, url_prefix="/v2/bot/message")
COUNTED = ("reply", "push", "multicast", "broadcast")
SENDERS: dict[str, Callable[[PlatformState, Channel, Json, str | None, str], Json]] = {
    "reply": sending.reply,
    "push": sending.push,
    "multicast": sending.multicast,
    "narrowcast": sending.narrowcast,
    "broadcast": sending.broadcast,
}


def _send(channel: Channel, method: str) -> tuple[Json, int]:
    body = json_body()
    answer = SENDERS[method](the_platform(), channel, body, request.headers.get("X-Line-Retry-Key"), g.request_id)
    return answer, 202 if method == "narrowcast" else 200


def _sender(method: str) -> Callable[[], Response]:
    @api(method)
    def view(channel: Channel) -> tuple[Json, int]:
        return _send(channel, method)

    return view


def _validator(method: str) -> Callable[[], Response]:
    @api(f"validate_{method}")
    def view(channel: Channel) -> Json:
        problems = Problems()
        check_messages(problems, json_body())
        problems.finish()
        return {}

    return view


for _method in SENDERS:
    blueprint.add_url_rule(f"/{_method}", _method, _sender(_method), methods=["POST"])
    blueprint.add_url_rule(f"/validate/{_method}", f"validate_{_method}", _validator(_method), methods=["POST"])


@blueprint.get("/quota")
@api("quota")
def quota(channel: Channel) -> Json:
    return {"type": "none"} if channel.quota is None else {"type": "limited", "value": channel.quota}


@blueprint.get("/quota/consumption")
@api("quota_consumption")
def consumption(channel: Channel) -> Json:
    platform = the_platform()
    return {"totalUsage": platform.usage.month(channel.city, platform.clock())}


@blueprint.get("/delivery/<method>")
@api("delivery_count")
def delivery_count(channel: Channel, method: str) -> Json:
    """LINE needs a day to count; today and later are `unready`."""
    if method not in COUNTED:
        raise ApiError(404, "Not found")
    asked = request.args.get("date", "")
    try:
        datetime.strptime(asked, "%Y%m%d").replace(tzinfo=JST)
    except ValueError:
        raise ApiError(400, "The value for the 'date' parameter is invalid") from None
    platform = the_platform()
    if asked >= day(platform.clock()):
        return {"status": "unready"}
    return {"status": "ready", "success": platform.usage.on_day(channel.city, method, asked)}


@blueprint.get("/progress/narrowcast")
@api("narrowcast_progress")
def narrowcast_progress(channel: Channel) -> Json:
    """Narrowcasts are carried out at once here, so an accepted one has succeeded."""
    platform = the_platform()
    asked = request.args.get("requestId", "")
    for delivery in reversed(platform.deliveries):
        if delivery.request_id == asked and delivery.city == channel.city and delivery.method == "narrowcast":
            moment = datetime.fromtimestamp(delivery.at, JST).isoformat(timespec="milliseconds")
            reached = len(delivery.reached)
            counts = {"successCount": reached, "failureCount": 0, "targetCount": reached}
            return {"phase": "succeeded", **counts, "acceptedTime": moment, "completedTime": moment}
    raise ApiError(404, "Not found")


@blueprint.get("/<message_id>/content")
@api("content")
def content(channel: Channel, message_id: str) -> Response:
    found = the_platform().content.get(channel.city, message_id)
    if found is None:
        raise ApiError(404, "Not found")
    if the_platform().content.still_preparing():
        return Response(status=202)
    return Response(found.data, mimetype=found.mime)


@blueprint.get("/<message_id>/content/preview")
@api("content_preview")
def content_preview(channel: Channel, message_id: str) -> Response:
    found = the_platform().content.get(channel.city, message_id)
    small = preview(found) if found else None
    if small is None:
        raise ApiError(404, "Not found")
    return Response(small.data, mimetype=small.mime)


@blueprint.get("/<message_id>/content/transcoding")
@api("content_transcoding")
def content_transcoding(channel: Channel, message_id: str) -> Json:
    if the_platform().content.get(channel.city, message_id) is None:
        raise ApiError(404, "Not found")
    return {"status": "succeeded"}
