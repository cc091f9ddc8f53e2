"""Flex Messages: containers and components with their properties, in the order LINE names a fault."""

from __future__ import annotations

import json
from typing import Any

from emulator.checks import flex_values as value
from emulator.checks.actions import check_action
from emulator.checks.problems import Problems
from emulator.model import Json

BUBBLE_BYTES = 30 * 1024
CAROUSEL_BYTES = 50 * 1024
MAX_BUBBLES = 12
MAX_DEPTH = 40
BLOCKS: dict[str, tuple[str, ...]] = {
    "header": ("box",),
    "hero": ("box", "image", "video"),
    "body": ("box",),
    "footer": ("box",),
}
IN_BOX = ("box", "button", "filler", "image", "separator", "text")
IN_BASELINE = ("filler", "icon", "text")
NESTED: dict[str, set[str]] = {
    "box": {"type", "contents", "action", "background"},
    "text": {"type", "contents", "action"},
    "button": {"type", "action"},
    "image": {"type", "action"},
    "video": {"type", "action"},
}
BUBBLE_KEYS = {"type", "size", "direction", "header", "hero", "body", "footer", "styles", "action"}

Found = list[tuple[str, str]]


def check_flex(contents: Json) -> Found:
    """(message, property) pairs; properties are JSON pointers into `contents` such as `/body/contents/0/text`."""
    found: Found = []
    kind = contents.get("type")
    if kind == "bubble":
        _check_bubble(found, "", contents)
    elif kind == "carousel":
        _check_carousel(found, contents)
    else:
        found.append(("invalid property", "/type"))
    return found


def _check_carousel(found: Found, carousel: Json) -> None:
    bubbles = carousel.get("contents")
    if not isinstance(bubbles, list) or not 1 <= len(bubbles) <= MAX_BUBBLES:
        found.append((f"the number of bubbles must be between 1 and {MAX_BUBBLES}", "/contents"))
        return
    if json_bytes(carousel) > CAROUSEL_BYTES:
        found.append((f"the size must not exceed {CAROUSEL_BYTES} bytes", "/"))
    for number, bubble in enumerate(bubbles):
        if isinstance(bubble, dict) and bubble.get("type") == "bubble":
            _check_bubble(found, f"/contents/{number}", bubble)
        else:
            found.append(("must be a bubble", f"/contents/{number}"))
    if len({bubble.get("size", "mega") for bubble in bubbles if isinstance(bubble, dict)}) > 1:
        found.append(("all bubbles must have the same size", "/contents"))


def _check_bubble(found: Found, path: str, bubble: Json) -> None:
    if json_bytes(bubble) > BUBBLE_BYTES:
        found.append((f"the size must not exceed {BUBBLE_BYTES} bytes", path or "/"))
    for key in bubble.keys() - BUBBLE_KEYS:
        found.append(("unknown field", f"{path}/{key}"))
    value.check(found, path, bubble, value.BUBBLE)
    if not any(isinstance(bubble.get(block), dict) for block in BLOCKS):
        found.append(("At least one block must be specified", path or "/"))
    for block, allowed in BLOCKS.items():
        if bubble.get(block) is not None:
            _check_component(found, f"{path}/{block}", bubble[block], allowed, 0)
    _check_styles(found, f"{path}/styles", bubble.get("styles"))
    _check_action(found, f"{path}/action", bubble.get("action"), button=False)


def _check_styles(found: Found, path: str, styles: Any) -> None:
    if styles is None:
        return
    if not isinstance(styles, dict):
        found.append(("invalid property", path))
        return
    for block, style in styles.items():
        if block not in BLOCKS or not isinstance(style, dict):
            found.append(("unknown field", f"{path}/{block}"))
        else:
            value.check(found, f"{path}/{block}", style, value.STYLE)


def _check_component(found: Found, path: str, component: Any, allowed: tuple[str, ...], depth: int) -> None:
    if not isinstance(component, dict):
        found.append(("must be an object", path))
        return
    kind = component.get("type")
    if not isinstance(kind, str) or kind not in allowed:
        found.append((f"must be one of [{', '.join(allowed)}]", f"{path}/type"))
        return
    if depth > MAX_DEPTH:
        found.append(("nested too deep", path))
        return
    rules = value.COMPONENTS[kind]
    for key in component.keys() - rules.keys() - NESTED.get(kind, {"type"}):
        found.append(("unknown field", f"{path}/{key}"))
    value.check(found, path, component, rules)
    _check_action(found, f"{path}/action", component.get("action"), button=kind == "button")
    if kind == "box":
        _check_box(found, path, component, depth)
    elif kind == "text":
        _check_text(found, path, component, depth)
    elif kind == "video" and component.get("altContent") is not None:
        _check_component(found, f"{path}/altContent", component["altContent"], ("box", "image"), depth + 1)


def _check_box(found: Found, path: str, box: Json, depth: int) -> None:
    contents = box.get("contents")
    if not isinstance(contents, list):
        found.append(("must be specified", f"{path}/contents"))
        return
    allowed = IN_BASELINE if box.get("layout") == "baseline" else IN_BOX
    for number, child in enumerate(contents):
        _check_component(found, f"{path}/contents/{number}", child, allowed, depth + 1)
    background = box.get("background")
    if background is not None:
        if isinstance(background, dict) and background.get("type") == "linearGradient":
            value.check(found, f"{path}/background", background, value.GRADIENT)
        else:
            found.append(("invalid property", f"{path}/background"))


def _check_text(found: Found, path: str, text: Json, depth: int) -> None:
    spans = text.get("contents")
    if not spans:
        if not isinstance(text.get("text"), str) or not text["text"]:
            found.append(("must be non-empty text", f"{path}/text"))
        return
    for number, span in enumerate(spans if isinstance(spans, list) else [spans]):
        _check_component(found, f"{path}/contents/{number}", span, ("span",), depth + 1)


def _check_action(found: Found, path: str, action: Any, *, button: bool) -> None:
    if action is None:
        if button:
            found.append(("must be specified", path))
        return
    problems = Problems()
    check_action(problems, "", action, "flexButton" if button else "flex")
    found += [(_words(message), path + prop.replace(".", "/")) for message, prop in problems.found]


def _words(message: str) -> str:
    """Flex faults are worded in lower case at LINE; the URI's is known to be `invalid uri`."""
    return "invalid uri" if message == "Invalid action URI" else message[:1].lower() + message[1:]


def json_bytes(value: Json) -> int:
    """The size of an object as compact JSON in UTF-8."""
    return len(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace"))
