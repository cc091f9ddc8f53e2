"""Profile, followers, bot info, webhook settings, loading animation, reading, and stateless tokens."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import Blueprint, request

from emulator import ids
from emulator.checks.problems import Problems
from emulator.model import ApiError, Channel, Json
from emulator.routes.endpoint import api, json_body, the_platform
from emulator.sending import invalid_property
from emulator.signing import body_of

blueprint = Blueprint("line_account", __name__, url_prefix="/v2/bot")


@blueprint.get("/profile/<user_id>")
@api("profile")
def profile(channel: Channel, user_id: str) -> Json:
    """404 for somebody who has blocked the account or never was a friend."""
    resident = the_platform().resident(channel.city, user_id)
    if resident is None or resident.group or not resident.following:
        raise ApiError(404, "Not found")
    known = {"userId": user_id, "displayName": resident.display_name, "language": resident.language}
    return known | ({"pictureUrl": resident.picture_url} if resident.picture_url else {})


@blueprint.get("/followers/ids")
@api("followers")
def followers(channel: Channel) -> Json:
    limit = request.args.get("limit", 300, type=int)
    start = request.args.get("start", "0")
    if not 1 <= limit <= 1000 or not start.isdigit():
        raise ApiError(400, "The value for the 'limit' or 'start' parameter is invalid")
    friends = [one.user_id for one in the_platform().residents(channel.city) if one.following]
    end = int(start) + limit
    page: Json = {"userIds": friends[int(start) : end]}
    return page | ({"next": str(end)} if end < len(friends) else {})


@blueprint.get("/info")
@api("info")
def info(channel: Channel) -> Json:
    return {
        "userId": channel.bot_user_id,
        "basicId": f"@{channel.bot_user_id[1:9]}",
        "displayName": channel.name,
        "chatMode": "chat" if channel.chat_on else "bot",
        "markAsReadMode": "manual" if channel.chat_on else "auto",
    }


@blueprint.post("/chat/loading/start")
@api("loading")
def loading(channel: Channel) -> tuple[Json, int]:
    """The animation ends by itself after 5 to 60 seconds, or when a message arrives."""
    body = json_body()
    chat_id, seconds = body.get("chatId"), body.get("loadingSeconds", 20)
    if not isinstance(chat_id, str) or not ids.USER_ID.fullmatch(chat_id):
        raise invalid_property("chatId")
    if isinstance(seconds, bool) or not isinstance(seconds, int) or seconds % 5 or not 5 <= seconds <= 60:
        problems = Problems()
        problems.add("loadingSeconds", "Must be a multiple of 5 between 5 and 60")
        problems.finish()
    platform = the_platform()
    resident = platform.resident(channel.city, chat_id)
    if resident and resident.following and platform.keep_history:
        with platform.lock:
            talk = platform.talk(channel.city, chat_id)
            talk.loading_until = platform.clock() + seconds
            talk.version += 1
    return {}, 202


@blueprint.post("/chat/markAsRead")
@api("mark_as_read")
def mark_as_read(channel: Channel) -> Json:
    token = json_body().get("markAsReadToken")
    if not isinstance(token, str) or not the_platform().mark_read_by_token(channel.city, token):
        raise invalid_property("markAsReadToken")
    return {}


@blueprint.get("/channel/webhook/endpoint")
@api("webhook_get")
def webhook_endpoint(channel: Channel) -> Json:
    if channel.webhook_url is None:
        raise ApiError(404, "Not found")
    return {"endpoint": channel.webhook_url, "active": channel.webhook_active}


@blueprint.put("/channel/webhook/endpoint")
@api("webhook_set")
def set_webhook_endpoint(channel: Channel) -> Json:
    """Takes plain http too (LINE does not), because the bot under test runs beside us."""
    url = json_body().get("endpoint")
    problems = Problems()
    problems.matches("endpoint", url, r"https?://\S{1,492}")
    problems.finish()
    channel.webhook_url = url
    return {}


@blueprint.post("/channel/webhook/test")
@api("webhook_test")
def test_webhook(channel: Channel) -> Json:
    """Post an empty list of events, as the console's button 検証 does."""
    url = channel.webhook_url
    if request.content_length:
        url = json_body().get("endpoint") or url
    if not url:
        raise ApiError(400, "No webhook URL is set")
    platform = the_platform()
    outcome = platform.webhooks.poster.post(url, channel.channel_secret, body_of(channel.bot_user_id, []))
    return {
        "success": outcome.ok,
        "timestamp": datetime.fromtimestamp(platform.clock(), UTC).isoformat(timespec="milliseconds"),
        "statusCode": outcome.status,
        "reason": "OK" if outcome.ok else outcome.reason.upper(),
        "detail": str(outcome.status) if outcome.ok else outcome.detail,
    }
