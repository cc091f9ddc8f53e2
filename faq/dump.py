"""Values → YAML as staff would write it: plain where it is safe, quoted where it looks typed, `|` for several lines.

Our reader types nothing, but other programs do: `0120000000`, `no` and `8:30` are quoted so that they stay text there.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Final

Value = str | Sequence["Value"] | Mapping[str, "Value"]

_TYPED: Final = re.compile(
    r"(?ix) [-+]?[0-9][0-9_,:.\-/TtZz+ ]*(e[-+]?[0-9]+)? | [-+]?\.[0-9]\S* | 0[xob]\S* | [-+]?\.(inf|nan) | \.nan"
    r"| y | n | yes | no | on | off | true | false | null | ~ | = | << | [-.]{3}.*"
)
_INDICATOR: Final = tuple("-?:,[]{}#&*!|>'\"%@` \t\u3000")
_UNSAFE: Final = re.compile(r":(\s|$)|\s#|[\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]|\s$")
_UNSAFE_IN_FLOW: Final = re.compile(r"[\[\]{},]")
_ESCAPED: Final = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")
# Columns of a screen; a Japanese character takes two.
_FLOW_WIDTH: Final = 110


def field_lines(name: str, value: Value, indent: int) -> list[str]:
    """`name: value` as lines, `indent` spaces deep."""
    margin = " " * indent
    if isinstance(value, str):
        return [f"{margin}{name}: {first}" if n == 0 else first for n, first in enumerate(_text(value, indent + 2))]
    if isinstance(value, Mapping):
        lines = [f"{margin}{name}:"]
        for key, inner in value.items():
            lines.extend(field_lines(key, inner, indent + 2))
        return lines
    flow = flow_list(value)
    if flow is not None and _width(f"{margin}{name}: {flow}") <= _FLOW_WIDTH:
        return [f"{margin}{name}: {flow}"]
    return [f"{margin}{name}:", *(line for item in value for line in item_lines(item, indent + 2))]


def item_lines(item: Value, indent: int) -> list[str]:
    """One `- item` of a list as lines."""
    margin = " " * indent
    if isinstance(item, str):
        return [f"{margin}- {line}" if n == 0 else line for n, line in enumerate(_text(item, indent + 2))]
    if isinstance(item, Mapping):
        lines = [line for key, inner in item.items() for line in field_lines(key, inner, indent + 2)]
        return [f"{margin}- {lines[0].lstrip()}", *lines[1:]]
    raise TypeError("a list directly in a list has no place in our files")


def flow_list(items: Sequence[Value]) -> str | None:
    """`[a, b]` for short plain texts, else None."""
    if not all(isinstance(item, str) and _is_plain(item) and not _UNSAFE_IN_FLOW.search(item) for item in items):
        return None
    return f"[{', '.join(str(item) for item in items)}]"


def _width(line: str) -> int:
    return sum(1 if character.isascii() else 2 for character in line)


def _text(value: str, indent: int) -> list[str]:
    """A scalar; several lines become a literal block, whose lines stand `indent` deep."""
    if "\n" in value and _fits_literal(value):
        body = value.split("\n")
        return ["|-", *(f"{' ' * indent}{line}" if line else "" for line in body)]
    return [scalar(value)]


def scalar(value: str) -> str:
    """A text on one line."""
    if _is_plain(value):
        return value
    if re.search(r"[\x00-\x1f]", value) or _ESCAPED.search(value):
        # Only double quotes know escapes, and JSON's are YAML's.
        return _ESCAPED.sub(lambda found: f"\\u{ord(found.group()):04x}", json.dumps(value, ensure_ascii=False))
    return "'" + value.replace("'", "''") + "'"


def _is_plain(value: str) -> bool:
    return bool(value) and not (
        value.startswith(_INDICATOR) or _UNSAFE.search(value) or _TYPED.fullmatch(value) or value.endswith("\u3000")
    )


def _fits_literal(value: str) -> bool:
    """A literal block knows no escapes, and its first line must not start with a space, nor its end be blank."""
    return not (
        value[0].isspace() or value[-1].isspace() or re.search(r"[\x00-\x08\x0b-\x1f]", value) or _ESCAPED.search(value)
    )
