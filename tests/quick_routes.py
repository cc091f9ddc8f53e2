"""Every test has an app of its own, and werkzeug writes two functions for each of its routes: 30 ms for a console.

What it writes depends on the route alone, so that one writing serves all apps of the process.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from werkzeug.routing import Rule


def write_routes_once() -> None:
    write = Rule._compile_builder
    written: dict[tuple[Any, ...], Callable[..., tuple[str, str]]] = {}

    def write_once(rule: Rule, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        key = (rule.rule, tuple(rule._trace), repr(rule.defaults), append_unknown)
        if key not in written:
            written[key] = write(rule, append_unknown)
        return written[key]

    Rule._compile_builder = write_once  # type: ignore[assignment, method-assign]
