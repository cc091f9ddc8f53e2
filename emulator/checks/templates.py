"""Template messages: buttons, confirm, carousel, image carousel."""

from __future__ import annotations

from typing import Any

from emulator.checks.actions import check_action
from emulator.checks.problems import Problems
from emulator.checks.units import grapheme_length
from emulator.model import Json

KINDS = ("buttons", "confirm", "carousel", "image_carousel")


def check_template(problems: Problems, path: str, template: Any) -> None:
    """The `template` of a template message."""
    if not isinstance(template, dict):
        problems.add(path, "May not be null")
        return
    kind = template.get("type")
    if not problems.one_of(f"{path}.type", kind, KINDS):
        return
    if kind == "buttons":
        _check_card(problems, path, template, text_most=160, actions_most=4)
        if template.get("defaultAction") is not None:
            check_action(problems, f"{path}.defaultAction", template["defaultAction"], "flex")
    elif kind == "confirm":
        problems.text(f"{path}.text", template.get("text"), 240, count=grapheme_length)
        _check_actions(problems, path, template.get("actions"), 2, 2)
    elif kind == "carousel":
        _check_carousel(problems, path, template)
    else:
        _check_image_carousel(problems, path, template)


def _check_card(problems: Problems, path: str, card: Json, *, text_most: int, actions_most: int) -> None:
    """A card with an optional picture and title; with either of them the text is limited to 60."""
    pictured = card.get("thumbnailImageUrl") is not None or card.get("title") is not None
    problems.url(f"{path}.thumbnailImageUrl", card.get("thumbnailImageUrl"), required=False)
    problems.text(f"{path}.title", card.get("title"), 40, required=False, count=grapheme_length)
    problems.text(f"{path}.text", card.get("text"), 60 if pictured else text_most, count=grapheme_length)
    _check_actions(problems, path, card.get("actions"), 1, actions_most)


def _check_actions(problems: Problems, path: str, actions: Any, least: int, most: int) -> None:
    if problems.require_list(f"{path}.actions", actions, least, most):
        for number, action in enumerate(actions):
            check_action(problems, f"{path}.actions[{number}]", action, "template")


def _check_carousel(problems: Problems, path: str, template: Json) -> None:
    columns = template.get("columns")
    if not problems.require_list(f"{path}.columns", columns, 1, 10) or not isinstance(columns, list):
        return
    for number, column in enumerate(columns):
        if isinstance(column, dict):
            _check_card(problems, f"{path}.columns[{number}]", column, text_most=120, actions_most=3)
        else:
            problems.add(f"{path}.columns[{number}]", "May not be null")
    shapes = {
        (len(column.get("actions") or ()), column.get("title") is None, column.get("thumbnailImageUrl") is None)
        for column in columns
        if isinstance(column, dict)
    }
    if len({count for count, _, _ in shapes}) > 1:
        problems.add(f"{path}.columns", "The number of actions must be the same in all columns")
    elif len(shapes) > 1:
        problems.add(f"{path}.columns", "Title and image must be in all columns or in none")


def _check_image_carousel(problems: Problems, path: str, template: Json) -> None:
    columns = template.get("columns")
    if not problems.require_list(f"{path}.columns", columns, 1, 10) or not isinstance(columns, list):
        return
    for number, column in enumerate(columns):
        at = f"{path}.columns[{number}]"
        if not isinstance(column, dict):
            problems.add(at, "May not be null")
            continue
        problems.url(f"{at}.imageUrl", column.get("imageUrl"))
        check_action(problems, f"{at}.action", column.get("action"), "imageCarousel")
