"""Message objects: the five of a request, each by its type, with quick replies and sender."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from emulator.checks.actions import check_action
from emulator.checks.flex import check_flex
from emulator.checks.problems import Problems
from emulator.checks.templates import check_template
from emulator.checks.units import grapheme_length, utf16_length
from emulator.model import Json

MAX_MESSAGES = 5
MAX_TEXT = 5000
MAX_ALT_TEXT = 1500
MAX_QUICK_REPLIES = 13
MAX_EMOJIS = 20
_KEY = re.compile(r"[0-9A-Za-z_]{1,20}")


def check_messages(problems: Problems, body: Json) -> tuple[Json, ...]:
    """The request's message objects, one to five; problems are noted with LINE's paths (`messages[0].text`)."""
    messages = body.get("messages")
    if not problems.require_list("messages", messages, 1, MAX_MESSAGES) or not isinstance(messages, list):
        return ()
    for number, message in enumerate(messages):
        check_message(problems, f"messages[{number}]", message)
    return tuple(messages)


def check_message(problems: Problems, path: str, message: Any) -> None:
    """One message object."""
    if not isinstance(message, dict):
        problems.add(path, "May not be null")
        return
    kind = message.get("type")
    if not isinstance(kind, str) or kind not in _CHECKS:
        problems.add(f"{path}.type", f"Must be one of the following values: [{', '.join(_CHECKS)}]")
        return
    _CHECKS[kind](problems, path, message)
    if message.get("quickReply") is not None:
        _check_quick_reply(problems, f"{path}.quickReply", message["quickReply"])
    if message.get("sender") is not None:
        _check_sender(problems, f"{path}.sender", message["sender"])


def _check_text(problems: Problems, path: str, message: Json) -> None:
    text = message.get("text")
    problems.text(f"{path}.text", text, MAX_TEXT)
    emojis = message.get("emojis")
    if emojis is None or not isinstance(text, str):
        return
    if problems.require_list(f"{path}.emojis", emojis, 0, MAX_EMOJIS):
        dollars = _dollar_offsets(text)
        for number, emoji in enumerate(emojis):
            at = f"{path}.emojis[{number}]"
            if not isinstance(emoji, dict) or emoji.get("index") not in dollars:
                problems.add(f"{at}.index", "Must point at a $ in the text")
            else:
                problems.require_text(f"{at}.productId", emoji.get("productId"))
                problems.require_text(f"{at}.emojiId", emoji.get("emojiId"))


def _dollar_offsets(text: str) -> set[int]:
    return {utf16_length(text[:at]) for at, char in enumerate(text) if char == "$"}


def _check_text_v2(problems: Problems, path: str, message: Json) -> None:
    text = message.get("text")
    problems.text(f"{path}.text", text, MAX_TEXT)
    substitution = message.get("substitution") or {}
    if not isinstance(substitution, dict) or len(substitution) > 100:
        problems.add(f"{path}.substitution", "Size must be between 0 and 100")
        return
    for key in substitution:
        problems.matches(f"{path}.substitution", key, _KEY.pattern)
    if not isinstance(text, str):
        return
    rest = text.replace("{{", "").replace("}}", "")
    for name in re.findall(r"\{([^{}]*)\}", rest):
        if name not in substitution:
            problems.add(f"{path}.text", f"The placeholder {{{name}}} has no substitution")
    if re.search(r"[{}]", re.sub(r"\{[^{}]*\}", "", rest)):
        problems.add(f"{path}.text", "Braces must be escaped")


def _check_sticker(problems: Problems, path: str, message: Json) -> None:
    problems.matches(f"{path}.packageId", message.get("packageId"), r"[0-9]{1,20}")
    problems.matches(f"{path}.stickerId", message.get("stickerId"), r"[0-9]{1,20}")


def _check_picture(problems: Problems, path: str, message: Json) -> None:
    problems.url(f"{path}.originalContentUrl", message.get("originalContentUrl"))
    problems.url(f"{path}.previewImageUrl", message.get("previewImageUrl"))


def _check_audio(problems: Problems, path: str, message: Json) -> None:
    problems.url(f"{path}.originalContentUrl", message.get("originalContentUrl"))
    problems.number(f"{path}.duration", message.get("duration"), 1, 86_400_000)


def _check_location(problems: Problems, path: str, message: Json) -> None:
    problems.text(f"{path}.title", message.get("title"), 100)
    problems.text(f"{path}.address", message.get("address"), 100)
    problems.number(f"{path}.latitude", message.get("latitude"), -90, 90)
    problems.number(f"{path}.longitude", message.get("longitude"), -180, 180)


def _check_imagemap(problems: Problems, path: str, message: Json) -> None:
    problems.url(f"{path}.baseUrl", message.get("baseUrl"))
    problems.text(f"{path}.altText", message.get("altText"), MAX_ALT_TEXT)
    size = message.get("baseSize")
    if not isinstance(size, dict) or size.get("width") != 1040 or not isinstance(size.get("height"), int):
        problems.add(f"{path}.baseSize", "width must be 1040 and height a number")
    if problems.require_list(f"{path}.actions", message.get("actions"), 1, 50):
        for number, action in enumerate(message["actions"]):
            at = f"{path}.actions[{number}]"
            known = isinstance(action, dict) and isinstance(action.get("area"), dict)
            if not known or action.get("type") not in ("uri", "message", "clipboard"):
                problems.add(at, "Must be a uri, message or clipboard action with an area")


def _check_template_message(problems: Problems, path: str, message: Json) -> None:
    problems.text(f"{path}.altText", message.get("altText"), MAX_ALT_TEXT)
    check_template(problems, f"{path}.template", message.get("template"))


def _check_flex_message(problems: Problems, path: str, message: Json) -> None:
    problems.text(f"{path}.altText", message.get("altText"), MAX_ALT_TEXT)
    if not isinstance(message.get("contents"), dict):
        problems.add(f"{path}.contents", "May not be null")
        return
    found = check_flex(message["contents"])
    if found:
        problems.flex[path] = found


def _check_coupon(problems: Problems, path: str, message: Json) -> None:
    problems.require_text(f"{path}.couponId", message.get("couponId"))


def _check_quick_reply(problems: Problems, path: str, quick_reply: Any) -> None:
    items = quick_reply.get("items") if isinstance(quick_reply, dict) else None
    if not problems.require_list(f"{path}.items", items, 1, MAX_QUICK_REPLIES) or not isinstance(items, list):
        return
    for number, item in enumerate(items):
        at = f"{path}.items[{number}]"
        if not isinstance(item, dict) or item.get("type", "action") != "action":
            problems.add(f"{at}.type", "Must be one of the following values: [action]")
            continue
        problems.url(f"{at}.imageUrl", item.get("imageUrl"), required=False)
        check_action(problems, f"{at}.action", item.get("action"), "quickReply")


def _check_sender(problems: Problems, path: str, sender: Any) -> None:
    if not isinstance(sender, dict):
        problems.add(path, "May not be null")
        return
    problems.text(f"{path}.name", sender.get("name"), 20, required=False, count=grapheme_length)
    if isinstance(sender.get("name"), str) and "LINE" in sender["name"].upper():
        problems.add(f"{path}.name", "Must not contain LINE")
    problems.url(f"{path}.iconUrl", sender.get("iconUrl"), required=False)


_CHECKS: dict[str, Callable[[Problems, str, Json], None]] = {
    "text": _check_text,
    "textV2": _check_text_v2,
    "sticker": _check_sticker,
    "image": _check_picture,
    "video": _check_picture,
    "audio": _check_audio,
    "location": _check_location,
    "imagemap": _check_imagemap,
    "template": _check_template_message,
    "flex": _check_flex_message,
    "coupon": _check_coupon,
}
