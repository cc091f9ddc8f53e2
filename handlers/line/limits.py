"""What LINE accepts (Messaging API reference, 2026-08), counted before sending so that nothing is refused or cut.

Text is counted in UTF-16 code units, labels in grapheme clusters; both differ from Python's `len`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import orjson
import regex

TEXT_UNITS = 5000
MESSAGES = 5
ALT_TEXT_UNITS = 1500
BUBBLE_BYTES = 30 * 1024
QUICK_REPLIES = 13
QUICK_REPLY_LABEL = 20
FLEX_LABEL = 40
DISPLAY_TEXT = 300
POSTBACK_DATA_UNITS = 300
URI_UNITS = 1000
URI_SCHEMES = ("http://", "https://", "line://", "tel:")

_Path = tuple[Any, str | int]
_PARTS_OF_A_BUBBLE = ("header", "hero", "body", "footer")
_GRAPHEME = regex.compile(r"\X")


def utf16_units(text: str) -> int:
    """Length as LINE counts texts: 🍎 is 2."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def graphemes(text: str) -> int:
    """Length as LINE counts labels: a family emoji or が written as two characters is 1."""
    return len(_clusters(text))


def _clusters(text: str) -> list[str]:
    """Held by Python's lock: letting it go for each of fifty short labels a reply costs more than the whole search."""
    found: list[str] = _GRAPHEME.findall(text, concurrent=False)
    return found


def over(text: str, limit: int) -> bool:
    """Whether a label has too many characters; never more than code points, which are quickly counted."""
    return len(text) > limit and graphemes(text) > limit


def shorten(text: str, limit: int) -> str:
    """At most `limit` grapheme clusters, with 「…」 when shortened: for labels whose whole text stands nearby."""
    if len(text) <= limit:
        return text
    clusters = _clusters(text)
    return text if len(clusters) <= limit else "".join(clusters[: limit - 1]).rstrip() + "…"


def split_text(text: str, limit: int = TEXT_UNITS) -> list[str]:
    """The text in parts of at most `limit` UTF-16 units, cut between paragraphs, lines or sentences."""
    parts: list[str] = []
    rest = text.strip()
    while utf16_units(rest) > limit:
        head = _longest_head(rest, limit)
        parts.append(head.rstrip())
        rest = rest[len(head) :].lstrip()
    return [*parts, rest] if rest or not parts else parts


def _longest_head(text: str, limit: int) -> str:
    used, end = 0, 0
    for match in _GRAPHEME.finditer(text):
        used += utf16_units(match.group())
        if used > limit:
            break
        end = match.end()
    head = text[: end or 1]
    for mark in ("\n\n", "\n", "。"):
        place = head.rfind(mark)
        if place > len(head) // 3:
            return head[: place + len(mark)]
    return head


def problems(messages: Sequence[Mapping[str, Any]]) -> list[str]:
    """What LINE would refuse in these messages, as `path: reason`; empty when they can be sent."""
    found = [] if 1 <= len(messages) <= MESSAGES else [f"messages: {len(messages)} of 1 to {MESSAGES}"]
    for number, message in enumerate(messages):
        found += (f"messages[{number}].{problem}" for problem in _message_problems(message))
    return found


def _message_problems(message: Mapping[str, Any]) -> Iterator[str]:
    if message["type"] == "text":
        if not message["text"].strip():
            yield "text: empty"
        if utf16_units(message["text"]) > TEXT_UNITS:
            yield f"text: over {TEXT_UNITS}"
    elif message["type"] == "flex":
        if not message["altText"].strip() or utf16_units(message["altText"]) > ALT_TEXT_UNITS:
            yield f"altText: not 1 to {ALT_TEXT_UNITS}"
        if json_bytes(message["contents"]) > BUBBLE_BYTES:
            yield f"contents: over {BUBBLE_BYTES} bytes"
        yield from _component_problems(message["contents"], "contents")
    else:
        yield f"type: {message['type']} is not one we send"
    items = message.get("quickReply", {}).get("items", ())
    if len(items) > QUICK_REPLIES:
        yield f"quickReply.items: over {QUICK_REPLIES}"
    for number, item in enumerate(items):
        yield from _action_problems(item["action"], f"quickReply.items[{number}].action", QUICK_REPLY_LABEL)


def _component_problems(bubble: Mapping[str, Any], name: str) -> Iterator[str]:
    """Looks at every part of a Flex message: empty texts and boxes, and every action.

    A path is spelled only when there is a problem to name: (path of the whole, name or place in it).
    """
    parts: list[tuple[Mapping[str, Any], _Path]] = [(bubble, (None, name))]
    while parts:
        part, path = parts.pop()
        kind = part["type"]
        if kind == "text":
            if not part["text"].strip():
                yield f"{_spelled(path)}.text: empty"
        elif kind == "box":
            if not part["contents"]:
                yield f"{_spelled(path)}.contents: empty"
            parts += [(child, (path, place)) for place, child in enumerate(part["contents"])]
        elif kind == "bubble":
            parts += [(part[name], (path, name)) for name in _PARTS_OF_A_BUBBLE if name in part]
        if "action" in part:
            for problem in _action_problems(part["action"], "action", FLEX_LABEL):
                yield f"{_spelled(path)}.{problem}"


def _spelled(path: _Path) -> str:
    whole, name = path
    step = f"contents[{name}]" if isinstance(name, int) else name
    return step if whole is None else f"{_spelled(whole)}.{step}"


def _action_problems(action: Mapping[str, Any], path: str, label_limit: int) -> Iterator[str]:
    label = action.get("label", "")
    if not label.strip() or over(label, label_limit):
        yield f"{path}.label: not 1 to {label_limit}"
    if action["type"] == "postback":
        if not action["data"] or utf16_units(action["data"]) > POSTBACK_DATA_UNITS:
            yield f"{path}.data: not 1 to {POSTBACK_DATA_UNITS}"
        if over(action.get("displayText", ""), DISPLAY_TEXT):
            yield f"{path}.displayText: over {DISPLAY_TEXT}"
    elif action["type"] == "uri":
        uri = action["uri"]
        if utf16_units(uri) > URI_UNITS or not uri.startswith(URI_SCHEMES) or not uri.isascii():
            yield f"{path}.uri: over {URI_UNITS}, not one of {', '.join(URI_SCHEMES)}, or not percent-encoded"
    elif action["type"] != "location":
        yield f"{path}.type: {action['type']} is not one we send"


def json_bytes(value: object) -> int:
    """Size of a value as LINE receives it: UTF-8 JSON without spaces."""
    try:
        return len(orjson.dumps(value))
    except TypeError:  # half a surrogate pair
        return len(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass"))
