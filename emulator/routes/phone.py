"""The phone in the browser: one page, and the JSON that its scripts ask for.

Changes are taken as JSON or raw files only (never as a plain form), so that no page of another site can make them.
"""

from __future__ import annotations

from functools import wraps
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, Response, jsonify, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from emulator.checks.actions import check_action
from emulator.checks.problems import Problems
from emulator.content import image_mime
from emulator.model import ApiError, Channel, Resident
from emulator.routes.endpoint import json_body, the_platform

blueprint = Blueprint("phone", __name__, url_prefix="/phone")

MAX_TEXT = 10_000
MAX_FILE_BYTES = 10_000_000
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; connect-src 'self'; "
    "img-src 'self' https: data:; media-src 'self' https:; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
)


@blueprint.after_request
def _guard(response: Response) -> Response:
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers.setdefault("Cache-Control", "no-store")
    return response


@blueprint.get("/")
def index() -> BaseResponse:
    cities = the_platform().cities()
    if not cities:
        raise ApiError(404, "まだ市が登録されていません")
    return redirect(url_for("phone.page", city=cities[0]))


@blueprint.get("/<city>")
def page(city: str) -> str:
    channel = _channel(city)
    return render_template("phone.html", channel=channel, residents=the_platform().residents(city))


@blueprint.get("/<city>/<user_id>/talk")
def talk(city: str, user_id: str) -> Response:
    """Everything the screen shows, or 204 while `since` is still the newest version."""
    platform = the_platform()
    resident = _resident(city, user_id)
    with platform.lock:
        current = platform.talk(city, user_id)
        loading = current.loading_until > platform.clock()
        version = f"{current.version}{'+' if loading else ''}"
        if request.args.get("since") == version:
            return Response(status=204)
        messages = [
            {"id": m.id, "sender": m.sender, "message": m.message, "at": m.at, "read": m.read, "state": m.state}
            for m in current.messages
        ]
        menu = platform.rich_menus.shown(city, user_id)
        platform.looked_at(city, user_id)
    if menu:
        menu = menu | {"image": url_for("phone.menu_image", city=city, rich_menu_id=menu["richMenuId"])}
    return jsonify(version=version, following=resident.following, loading=loading, messages=messages, menu=menu)


@blueprint.get("/<city>/content/<message_id>")
def content(city: str, message_id: str) -> Response:
    """What the resident sent, shown back on the phone; only pictures, sound and video are shown as such."""
    _channel(city)
    found = the_platform().content.get(city, message_id)
    if found is None:
        raise ApiError(404, "もうありません")
    shown = found.mime.startswith(("image/", "audio/", "video/")) and "svg" not in found.mime
    return Response(found.data, mimetype=found.mime if shown else "application/octet-stream")


@blueprint.get("/<city>/menus/<rich_menu_id>/image")
def menu_image(city: str, rich_menu_id: str) -> Response:
    image = the_platform().rich_menus.of(_channel(city).city).images.get(rich_menu_id)
    if image is None:
        raise ApiError(404, "もうありません")
    return Response(image.data, mimetype=image.mime, headers={"Cache-Control": "private, max-age=3600"})


# -- what the hand does ------------------------------------------------------------------------------------------------


def _act(function: Any) -> Any:
    """Runs an act for the resident of the path; what the phone cannot do is said in Japanese."""

    @wraps(function)
    def view(city: str, user_id: str) -> Response:
        origin = request.headers.get("Origin")
        if origin and urlsplit(origin).netloc != request.host:
            raise ApiError(403, "ほかのサイトからは操作できません")
        resident = _resident(city, user_id)
        if not resident.following and function is not follow_act:
            raise ApiError(409, "ブロック中は送れません。ブロックを解除してください。")
        function(resident)
        return jsonify({})

    return view


@blueprint.post("/<city>/<user_id>/text")
@_act
def text(resident: Resident) -> None:
    words = json_body().get("text")
    if not isinstance(words, str) or not words.strip() or len(words) > MAX_TEXT:
        raise ApiError(400, f"1文字から{MAX_TEXT:,}文字までで入力してください。")
    the_platform().send_text(resident.city, resident, words)


@blueprint.post("/<city>/<user_id>/sticker")
@_act
def sticker(resident: Resident) -> None:
    body = json_body()
    keywords = tuple(str(word) for word in body.get("keywords") or ())
    the_platform().send_sticker(
        resident.city, resident, str(body.get("packageId")), str(body.get("stickerId")), keywords
    )


@blueprint.post("/<city>/<user_id>/location")
@_act
def location(resident: Resident) -> None:
    body = json_body()
    problems = Problems()
    problems.number("latitude", body.get("latitude"), -90, 90)
    problems.number("longitude", body.get("longitude"), -180, 180)
    if problems.found:
        raise ApiError(400, "緯度は-90から90、経度は-180から180の数字で入力してください。")
    title, address = str(body.get("title") or ""), str(body.get("address") or "")
    the_platform().send_location(resident.city, resident, body["latitude"], body["longitude"], title, address)


@blueprint.post("/<city>/<user_id>/file")
@_act
def file(resident: Resident) -> None:
    """A raw file; what it is decides which kind of message it becomes."""
    if (request.content_length or 0) > MAX_FILE_BYTES:
        raise ApiError(413, "10MBまでのファイルを選んでください。")
    data = request.get_data(cache=False)
    if not data:
        raise ApiError(400, "ファイルが空です。")
    platform, mime = the_platform(), request.mimetype
    picture = image_mime(data) if mime.startswith("image/") else None
    if picture:
        platform.send_image(resident.city, resident, data, picture)
    elif mime.startswith("audio/"):
        platform.send_audio(resident.city, resident, data)
    elif mime.startswith("video/"):
        platform.send_video(resident.city, resident, data)
    else:
        name = request.args.get("name", "file")[:255]
        platform.send_file(resident.city, resident, name, data, mime or "application/octet-stream")


@blueprint.post("/<city>/<user_id>/press")
@_act
def press(resident: Resident) -> None:
    body = json_body()
    action: Any = body.get("action")
    problems = Problems()
    switches = isinstance(action, dict) and action.get("type") == "richmenuswitch"
    check_action(problems, "action", action, "richmenu" if switches else "flex")
    if problems.found:
        raise ApiError(400, "このボタンは押せません。")
    try:
        the_platform().press(resident.city, resident, action, body.get("params"))
    except ValueError:
        raise ApiError(400, "日付や時刻を選んでください。") from None


@blueprint.post("/<city>/<user_id>/unsend")
@_act
def unsend(resident: Resident) -> None:
    the_platform().unsend(resident.city, resident, str(json_body().get("messageId")))


@blueprint.post("/<city>/<user_id>/block")
@_act
def block(resident: Resident) -> None:
    json_body()
    the_platform().unfollow(resident.city, resident)


def follow_act(resident: Resident) -> None:
    """Unblock (or add as a friend): the one act that a phone can do while it blocks."""
    json_body()
    the_platform().follow(resident.city, resident)


blueprint.add_url_rule("/<city>/<user_id>/follow", "follow", _act(follow_act), methods=["POST"])


def _channel(city: str) -> Channel:
    try:
        return the_platform().channel(city)
    except KeyError:
        raise ApiError(404, "この市の電話はありません") from None


def _resident(city: str, user_id: str) -> Resident:
    resident = the_platform().resident(city, user_id)
    if resident is None or resident.group:
        raise ApiError(404, "この電話はありません")
    return resident
