"""Controls for demos and benchmarks in another process: faults, mishaps, redelivery, quota, statistics.

JSON only, so that no page of another site can reach them with a plain form.
"""

from __future__ import annotations

from dataclasses import asdict

from flask import Blueprint, Response, jsonify

from emulator.faults import KINDS
from emulator.model import ApiError, Channel, Json
from emulator.platform import LinePlatform
from emulator.routes.endpoint import json_body, the_platform
from emulator.webhooks import Mishaps

blueprint = Blueprint("emulator_control", __name__, url_prefix="/emulator-control")


@blueprint.post("/faults")
def add_fault() -> Response:
    """`{"endpoint": "push", "kind": "server_error", "count": 3, "probability": 1, "seconds": 0, "city": null}`."""
    body = json_body()
    if not isinstance(body.get("endpoint"), str) or body.get("kind") not in KINDS:
        raise ApiError(400, f"endpoint must be named and kind one of {', '.join(KINDS)}")
    options = {key: body[key] for key in ("count", "probability", "seconds", "city") if key in body}
    the_platform().faults.add(body["endpoint"], body["kind"], **options)
    return jsonify({})


@blueprint.delete("/faults")
def clear_faults() -> Response:
    the_platform().faults.clear()
    return jsonify({})


@blueprint.put("/mishaps")
def set_mishaps() -> Response:
    """`{"duplicate": 0.1, "drop": 0, "out_of_order": 0, "batch": 1}`: what happens to events on their way."""
    try:
        the_platform().webhooks.mishaps = Mishaps(**json_body())
    except TypeError as error:
        raise ApiError(400, str(error)) from None
    return jsonify({})


@blueprint.put("/channels/<city>")
def set_channel(city: str) -> Response:
    """`{"redelivery": true, "quota": 200, "chat_on": false, "webhook_active": true, "refused": {"U…": true}}`.

    Each is optional.
    """
    body = json_body()
    channel = _existing(the_platform(), city)
    for name in ("redelivery", "chat_on", "webhook_active"):
        if isinstance(body.get(name), bool):
            setattr(channel, name, body[name])
    if "quota" in body and (body["quota"] is None or isinstance(body["quota"], int)):
        channel.quota = body["quota"]
    if isinstance(body.get("refused"), dict):
        channel.refused = {str(user): bool(named) for user, named in body["refused"].items()}
    return jsonify({})


@blueprint.post("/channels/<city>/events")
def resident_writes(city: str) -> Response:
    """`{"user_id": "U…", "text": "…"}`: let a resident write, from a script."""
    body = json_body()
    platform = the_platform()
    _existing(platform, city)
    try:
        event = platform.send_text(city, str(body.get("user_id")), str(body.get("text")))
    except (KeyError, ValueError):
        raise ApiError(404, "no such resident, or blocked") from None
    return jsonify({"webhookEventId": event.event_id, "replyToken": event.reply_token})


@blueprint.get("/channels/<city>/statistics")
def statistics(city: str) -> Response:
    platform = the_platform()
    _existing(platform, city)
    deliveries = [one for one in list(platform.deliveries) if one.city == city]
    answer: Json = {"webhooks": platform.webhooks.statistics(city), "deliveries": len(deliveries)}
    return jsonify(answer)


@blueprint.get("/channels/<city>/deliveries")
def deliveries(city: str) -> Response:
    platform = the_platform()
    _existing(platform, city)
    return jsonify([asdict(one) for one in list(platform.deliveries) if one.city == city])


def _existing(platform: LinePlatform, city: str) -> Channel:
    try:
        return platform.channel(city)
    except KeyError:
        raise ApiError(404, "no such channel") from None
