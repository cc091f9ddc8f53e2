"""Action objects: which kinds fit where, and their limits."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Literal
from urllib.parse import urlsplit

from emulator.checks.problems import Problems
from emulator.checks.units import grapheme_length, utf16_length

Place = Literal["quickReply", "template", "imageCarousel", "flex", "flexButton", "richmenu"]

LABEL_MOST: dict[Place, int] = {
    "quickReply": 20,
    "template": 20,
    "imageCarousel": 12,
    "flex": 40,
    "flexButton": 40,
    "richmenu": 20,
}
COMMON = ("postback", "message", "uri", "datetimepicker", "clipboard")
ALLOWED: dict[Place, tuple[str, ...]] = {
    "quickReply": (*COMMON, "camera", "cameraRoll", "location"),
    "template": COMMON,
    "imageCarousel": COMMON,
    "flex": COMMON,
    "flexButton": COMMON,
    "richmenu": (*COMMON, "richmenuswitch"),
}
SCHEMES = ("http", "https", "line", "tel")
INPUT_OPTIONS = ("closeRichMenu", "openRichMenu", "openKeyboard", "openVoice")
_FORMATS = {"date": "%Y-%m-%d", "time": "%H:%M", "datetime": "%Y-%m-%dT%H:%M"}


def check_action(problems: Problems, path: str, action: object, place: Place) -> None:
    """Everything LINE checks of one action; a label is optional in rich menus and on Flex parts other than buttons."""
    if not isinstance(action, dict):
        problems.add(path, "May not be null")
        return
    kind = action.get("type")
    if not problems.one_of(f"{path}.type", kind, ALLOWED[place]):
        return
    required = place not in ("flex", "richmenu")
    problems.text(f"{path}.label", action.get("label"), LABEL_MOST[place], required=required, count=grapheme_length)
    if kind == "message":
        problems.text(f"{path}.text", action.get("text"), 300, count=grapheme_length)
    elif kind == "postback":
        _check_postback(problems, path, action)
    elif kind == "uri":
        _check_uri(problems, f"{path}.uri", action.get("uri"))
    elif kind == "datetimepicker":
        _check_picker(problems, path, action)
    elif kind == "clipboard":
        problems.text(f"{path}.clipboardText", action.get("clipboardText"), 1000)
    elif kind == "richmenuswitch":
        problems.matches(f"{path}.richMenuAliasId", action.get("richMenuAliasId"), r"[a-z0-9_-]{1,32}")
        problems.text(f"{path}.data", action.get("data"), 300)


def _check_postback(problems: Problems, path: str, action: dict[str, object]) -> None:
    problems.text(f"{path}.data", action.get("data"), 300)
    problems.text(f"{path}.displayText", action.get("displayText"), 300, required=False, count=grapheme_length)
    problems.text(f"{path}.text", action.get("text"), 300, required=False, count=grapheme_length)
    if action.get("displayText") is not None and action.get("text") is not None:
        problems.add(f"{path}.text", "displayText and text cannot both be specified")
    problems.one_of(f"{path}.inputOption", action.get("inputOption"), INPUT_OPTIONS, required=False)
    problems.text(f"{path}.fillInText", action.get("fillInText"), 300, required=False, count=grapheme_length)
    if action.get("fillInText") is not None and action.get("inputOption") != "openKeyboard":
        problems.add(f"{path}.fillInText", "inputOption must be openKeyboard")


def _check_uri(problems: Problems, path: str, uri: object) -> None:
    if not isinstance(uri, str) or not uri:
        problems.add(path, "May not be empty")
    elif utf16_length(uri) > 1000:
        problems.add(path, "Length must be between 1 and 1000")
    elif not valid_uri(uri):
        problems.add(path, "Invalid action URI")


def valid_uri(uri: str) -> bool:
    """A URI that LINE opens: http, https, line or tel, with something behind the scheme, percent-encoded."""
    try:
        parts = urlsplit(uri)
    except ValueError:
        return False
    if parts.scheme not in SCHEMES or not re.fullmatch("[!-~]+", uri):
        return False
    return bool(parts.path) if parts.scheme == "tel" else bool(parts.netloc)


def _check_picker(problems: Problems, path: str, action: dict[str, object]) -> None:
    problems.text(f"{path}.data", action.get("data"), 300)
    mode = action.get("mode")
    if not problems.one_of(f"{path}.mode", mode, tuple(_FORMATS)) or not isinstance(mode, str):
        return
    moments = {name: _moment(problems, f"{path}.{name}", action.get(name), mode) for name in ("initial", "min", "max")}
    least, most = moments["min"], moments["max"]
    if least and most and least >= most:
        problems.add(f"{path}.min", "Must be less than max")


def _moment(problems: Problems, path: str, value: object, mode: str) -> datetime | None:
    """A date picker's date in the form of its mode, in the years LINE allows."""
    if value is None:
        return None
    try:
        moment = datetime.strptime(str(value).replace("t", "T"), _FORMATS[mode])  # noqa: DTZ007 - has no zone at LINE
    except ValueError:
        problems.add(path, f"Must be in the format of mode {mode}")
        return None
    if mode != "time" and not 1900 <= moment.year <= 2100:
        problems.add(path, "Must be between 1900-01-01 and 2100-12-31")
    return moment
