"""What each property of a Flex component may hold: one small rule a property, one table a component."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from emulator.checks.problems import is_https
from emulator.model import Json


@dataclass(frozen=True, slots=True)
class Rule:
    """A test of a value with the words said when it fails; `required` properties must be there."""

    test: Callable[[Any], bool]
    words: str = "invalid property"
    required: bool = False


def check(found: list[tuple[str, str]], path: str, values: Json, rules: dict[str, Rule]) -> None:
    """Hold an object against its rules. Properties that are null count as absent, as the SDKs write them."""
    for name, rule in rules.items():
        given = values.get(name)
        if given is None:
            if rule.required:
                found.append(("must be specified", f"{path}/{name}"))
        elif not rule.test(given):
            found.append((rule.words, f"{path}/{name}"))


def _words(*allowed: str) -> Rule:
    return Rule(lambda given: given in allowed)


def _form(pattern: str, words: str = "invalid property") -> Rule:
    compiled = re.compile(pattern)
    return Rule(lambda given: isinstance(given, str) and compiled.fullmatch(given) is not None, words)


def _required(rule: Rule) -> Rule:
    return Rule(rule.test, rule.words, True)


def _is_ratio(given: Any) -> bool:
    match = re.fullmatch(r"([1-9]\d{0,5}):([1-9]\d{0,5})", given) if isinstance(given, str) else None
    if match is None:
        return False
    width, height = int(match[1]), int(match[2])
    return width <= 100_000 and height <= 100_000 and height <= 3 * width


_PX = r"\d+(\.\d+)?px"
_PERCENT = r"\d+(\.\d+)?%"
_STEPS = "none|xs|sm|md|lg|xl|xxl"
_SIZES = "xxs|xs|sm|md|lg|xl|xxl|3xl|4xl|5xl"

COLOR = _form(r"#[0-9a-fA-F]{6}([0-9a-fA-F]{2})?", "invalid color")
STEP = _form(f"{_STEPS}|{_PX}")
PADDING = _form(f"{_STEPS}|{_PX}|{_PERCENT}")
OFFSET = _form(f"{_STEPS}|-?{_PX}|-?{_PERCENT}")
LENGTH = _form(f"{_PX}|{_PERCENT}")
TEXT_SIZE = _form(f"{_SIZES}|{_PX}")
IMAGE_SIZE = _form(f"{_SIZES}|full|{_PX}|{_PERCENT}")
BOOL = Rule(lambda given: isinstance(given, bool))
COUNT = Rule(lambda given: isinstance(given, int) and not isinstance(given, bool) and given >= 0)
RATIO = Rule(_is_ratio)
URL = Rule(lambda given: isinstance(given, str) and len(given) <= 2000 and is_https(given), "invalid uri scheme")
WEIGHT = _words("regular", "bold")
FONT_STYLE = _words("normal", "italic")
DECORATION = _words("none", "underline", "line-through")
GRAVITY = _words("top", "center", "bottom")
ALIGN = _words("start", "center", "end")
TEXT = Rule(lambda given: isinstance(given, str))
SPAN_TEXT = Rule(lambda given: isinstance(given, str) and given != "", "must be non-empty text")

PLACED = {
    "position": _words("relative", "absolute"),
    "offsetTop": OFFSET,
    "offsetBottom": OFFSET,
    "offsetStart": OFFSET,
    "offsetEnd": OFFSET,
    "margin": STEP,
}
PADDED = {f"padding{side}": PADDING for side in ("All", "Top", "Bottom", "Start", "End")}

COMPONENTS: dict[str, dict[str, Rule]] = {
    "box": {
        **PLACED,
        **PADDED,
        "layout": _required(_words("horizontal", "vertical", "baseline")),
        "backgroundColor": COLOR,
        "borderColor": COLOR,
        "borderWidth": _form(f"none|light|normal|medium|semi-bold|bold|{_PX}"),
        "cornerRadius": STEP,
        "width": LENGTH,
        "maxWidth": LENGTH,
        "height": LENGTH,
        "maxHeight": LENGTH,
        "flex": COUNT,
        "spacing": STEP,
        "justifyContent": _words("center", "flex-start", "flex-end", "space-between", "space-around", "space-evenly"),
        "alignItems": _words("center", "flex-start", "flex-end"),
    },
    "button": {
        **PLACED,
        "flex": COUNT,
        "height": _words("sm", "md"),
        "style": _words("primary", "secondary", "link"),
        "color": COLOR,
        "gravity": GRAVITY,
        "adjustMode": _words("shrink-to-fit"),
        "scaling": BOOL,
    },
    "image": {
        **PLACED,
        "url": _required(URL),
        "flex": COUNT,
        "align": ALIGN,
        "gravity": GRAVITY,
        "size": IMAGE_SIZE,
        "aspectRatio": RATIO,
        "aspectMode": _words("cover", "fit"),
        "backgroundColor": COLOR,
        "animated": BOOL,
    },
    "video": {
        "url": _required(URL),
        "previewUrl": _required(URL),
        "altContent": _required(Rule(lambda given: isinstance(given, dict))),
        "aspectRatio": RATIO,
    },
    "icon": {
        **PLACED,
        "url": _required(URL),
        "size": TEXT_SIZE,
        "aspectRatio": RATIO,
        "scaling": BOOL,
    },
    "text": {
        **PLACED,
        "text": TEXT,
        "adjustMode": _words("shrink-to-fit"),
        "flex": COUNT,
        "size": TEXT_SIZE,
        "align": ALIGN,
        "gravity": GRAVITY,
        "wrap": BOOL,
        "lineSpacing": _form(_PX),
        "maxLines": COUNT,
        "weight": WEIGHT,
        "color": COLOR,
        "style": FONT_STYLE,
        "decoration": DECORATION,
        "scaling": BOOL,
    },
    "span": {
        "text": _required(SPAN_TEXT),
        "size": TEXT_SIZE,
        "color": COLOR,
        "weight": WEIGHT,
        "style": FONT_STYLE,
        "decoration": DECORATION,
    },
    "separator": {"margin": STEP, "color": COLOR},
    "filler": {"flex": COUNT},
}

BUBBLE: dict[str, Rule] = {
    "size": _words("nano", "micro", "deca", "hecto", "kilo", "mega", "giga"),
    "direction": _words("ltr", "rtl"),
}
STYLE: dict[str, Rule] = {"backgroundColor": COLOR, "separator": BOOL, "separatorColor": COLOR}
GRADIENT: dict[str, Rule] = {
    "angle": _required(_form(r"\d+(\.\d+)?deg")),
    "startColor": _required(COLOR),
    "endColor": _required(COLOR),
    "centerColor": COLOR,
    "centerPosition": _form(_PERCENT),
}
