"""Rich menus: create, picture, default, links to users, aliases."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, request

from emulator import ids
from emulator.checks.richmenus import check_alias, check_rich_menu, check_rich_menu_image
from emulator.content import Content
from emulator.model import ApiError, Channel, Json
from emulator.richmenu import MAX_ALIASES, MAX_MENUS, Menus
from emulator.routes.endpoint import Answer, api, json_body, the_platform
from emulator.sending import invalid_property

blueprint = Blueprint("line_richmenus", __name__, url_prefix="/v2/bot")


def menu_api(name: str) -> Callable[[Callable[..., Answer]], Callable[..., Response]]:
    """`api` with the platform held still: a menu, its links and its aliases change together."""

    def wrap(function: Callable[..., Answer]) -> Callable[..., Response]:
        @functools.wraps(function)
        def locked(channel: Channel, **values: Any) -> Answer:
            with the_platform().lock:
                return function(channel, **values)

        return api(name)(locked)

    return wrap


def _menus(channel: Channel) -> Menus:
    return the_platform().rich_menus.of(channel.city)


def _existing(channel: Channel, rich_menu_id: object) -> str:
    if not isinstance(rich_menu_id, str) or rich_menu_id not in _menus(channel).menus:
        raise ApiError(404, "richmenu not found")
    return rich_menu_id


def _user(user_id: object, prop: str = "userId") -> str:
    if not isinstance(user_id, str) or not ids.USER_ID.fullmatch(user_id):
        raise invalid_property(prop)
    return user_id


def _changed(channel: Channel, *user_ids: str) -> None:
    """Tell the phones (all of them when none is named) that there is something new to draw."""
    platform = the_platform()
    with platform.lock:
        for user_id in user_ids or [one.user_id for one in platform.residents(channel.city)]:
            platform.talk(channel.city, user_id).version += 1


@blueprint.post("/richmenu")
@menu_api("richmenu_create")
def create(channel: Channel) -> Json:
    menu = json_body()
    check_rich_menu(menu)
    if len(_menus(channel).menus) >= MAX_MENUS:
        raise ApiError(400, "The maximum number of rich menus has been reached")
    return {"richMenuId": the_platform().rich_menus.create(channel.city, menu)}


@blueprint.post("/richmenu/validate")
@menu_api("richmenu_validate")
def validate(channel: Channel) -> Json:
    check_rich_menu(json_body())
    return {}


@blueprint.get("/richmenu/list")
@menu_api("richmenu_list")
def list_all(channel: Channel) -> Json:
    return {"richmenus": list(_menus(channel).menus.values())}


@blueprint.get("/richmenu/<rich_menu_id>")
@menu_api("richmenu_get")
def get(channel: Channel, rich_menu_id: str) -> Json:
    return _menus(channel).menus[_existing(channel, rich_menu_id)]


@blueprint.delete("/richmenu/<rich_menu_id>")
@menu_api("richmenu_delete")
def delete(channel: Channel, rich_menu_id: str) -> Json:
    the_platform().rich_menus.delete(channel.city, _existing(channel, rich_menu_id))
    _changed(channel)
    return {}


@blueprint.post("/richmenu/<rich_menu_id>/content")
@menu_api("richmenu_image_set")
def set_image(channel: Channel, rich_menu_id: str) -> Json:
    mine = _menus(channel)
    _existing(channel, rich_menu_id)
    if rich_menu_id in mine.images:
        raise ApiError(400, "An image has already been uploaded to the richmenu")
    data = request.get_data(cache=False)
    check_rich_menu_image(data, request.mimetype, mine.menus[rich_menu_id])
    mine.images[rich_menu_id] = Content(data, request.mimetype)
    _changed(channel)
    return {}


@blueprint.get("/richmenu/<rich_menu_id>/content")
@menu_api("richmenu_image_get")
def get_image(channel: Channel, rich_menu_id: str) -> Response:
    image = _menus(channel).images.get(_existing(channel, rich_menu_id))
    if image is None:
        raise ApiError(404, "Not found")
    return Response(image.data, mimetype=image.mime)


# -- who sees which ---------------------------------------------------------------------------------------------------


@blueprint.post("/user/all/richmenu/<rich_menu_id>")
@menu_api("richmenu_default_set")
def set_default(channel: Channel, rich_menu_id: str) -> Json:
    mine = _menus(channel)
    if _existing(channel, rich_menu_id) not in mine.images:
        raise ApiError(400, "must upload richmenu image before applying it to user")
    mine.default = rich_menu_id
    _changed(channel)
    return {}


@blueprint.get("/user/all/richmenu")
@menu_api("richmenu_default_get")
def get_default(channel: Channel) -> Json:
    default = _menus(channel).default
    if default is None:
        raise ApiError(404, "no default richmenu")
    return {"richMenuId": default}


@blueprint.delete("/user/all/richmenu")
@menu_api("richmenu_default_delete")
def cancel_default(channel: Channel) -> Json:
    _menus(channel).default = None
    _changed(channel)
    return {}


@blueprint.get("/user/<user_id>/richmenu")
@menu_api("richmenu_user_get")
def get_of_user(channel: Channel, user_id: str) -> Json:
    linked = _menus(channel).links.get(_user(user_id))
    if linked is None:
        raise ApiError(404, "the user has no richmenu")
    return {"richMenuId": linked}


@blueprint.post("/user/<user_id>/richmenu/<rich_menu_id>")
@menu_api("richmenu_user_link")
def link(channel: Channel, user_id: str, rich_menu_id: str) -> Json:
    _link(channel, (_user(user_id),), _existing(channel, rich_menu_id))
    return {}


@blueprint.delete("/user/<user_id>/richmenu")
@menu_api("richmenu_user_unlink")
def unlink(channel: Channel, user_id: str) -> Json:
    _link(channel, (_user(user_id),), None)
    return {}


@blueprint.post("/richmenu/bulk/link")
@menu_api("richmenu_bulk")
def bulk_link(channel: Channel) -> tuple[Json, int]:
    body = json_body()
    _link(channel, _users(body), _existing(channel, body.get("richMenuId")))
    return {}, 202


@blueprint.post("/richmenu/bulk/unlink")
@menu_api("richmenu_bulk")
def bulk_unlink(channel: Channel) -> tuple[Json, int]:
    _link(channel, _users(json_body()), None)
    return {}, 202


def _users(body: Json) -> tuple[str, ...]:
    users = body.get("userIds")
    if not isinstance(users, list) or not 1 <= len(users) <= 500:
        raise invalid_property("userIds")
    return tuple(_user(user, f"userIds[{number}]") for number, user in enumerate(users))


def _link(channel: Channel, users: tuple[str, ...], rich_menu_id: str | None) -> None:
    links = _menus(channel).links
    if rich_menu_id is not None and rich_menu_id not in _menus(channel).images:
        raise ApiError(400, "must upload richmenu image before applying it to user")
    for user in users:
        links.pop(user, None)
        if rich_menu_id is not None:
            links[user] = rich_menu_id
    _changed(channel, *users)


# -- aliases ----------------------------------------------------------------------------------------------------------


@blueprint.post("/richmenu/alias")
@menu_api("richmenu_alias_create")
def create_alias(channel: Channel) -> Json:
    body = json_body()
    check_alias(body, with_id=True)
    aliases = _menus(channel).aliases
    if body["richMenuAliasId"] in aliases:
        raise ApiError(400, "conflict richmenu alias id")
    if len(aliases) >= MAX_ALIASES:
        raise ApiError(400, "The maximum number of rich menu aliases has been reached")
    _check_target(channel, body["richMenuId"])
    aliases[body["richMenuAliasId"]] = body["richMenuId"]
    return {}


@blueprint.get("/richmenu/alias/list")
@menu_api("richmenu_alias_list")
def list_aliases(channel: Channel) -> Json:
    return {"aliases": [_alias(alias, menu) for alias, menu in _menus(channel).aliases.items()]}


@blueprint.get("/richmenu/alias/<alias>")
@menu_api("richmenu_alias_get")
def get_alias(channel: Channel, alias: str) -> Json:
    return _alias(alias, _menus(channel).aliases[_existing_alias(channel, alias)])


@blueprint.post("/richmenu/alias/<alias>")
@menu_api("richmenu_alias_update")
def update_alias(channel: Channel, alias: str) -> Json:
    """Point the alias at another menu."""
    body = json_body()
    check_alias(body, with_id=False)
    _existing_alias(channel, alias)
    _check_target(channel, body["richMenuId"])
    _menus(channel).aliases[alias] = body["richMenuId"]
    return {}


@blueprint.delete("/richmenu/alias/<alias>")
@menu_api("richmenu_alias_delete")
def delete_alias(channel: Channel, alias: str) -> Json:
    del _menus(channel).aliases[_existing_alias(channel, alias)]
    return {}


def _alias(alias: str, rich_menu_id: str) -> Json:
    return {"richMenuAliasId": alias, "richMenuId": rich_menu_id}


def _existing_alias(channel: Channel, alias: str) -> str:
    if alias not in _menus(channel).aliases:
        raise ApiError(404, "richmenu alias not found")
    return alias


def _check_target(channel: Channel, rich_menu_id: str) -> None:
    if rich_menu_id not in _menus(channel).menus:
        raise ApiError(400, "richmenu not found")
    if rich_menu_id not in _menus(channel).images:
        raise ApiError(400, "must upload richmenu image before applying it to user")
