"""The tables of a city's mode (平常, 警戒, 災害, 復旧) and of the rich menus made for it. See `store.tables`."""

from __future__ import annotations

from sqlalchemy import Table

from store.tables import _moment, _number, _words, metadata

city_modes = Table(
    "city_modes",
    metadata,
    _words("city", key=True),
    # "normal", "alert", "disaster" or "recovery"
    _words("mode", default="normal"),
    _moment("since"),
    # The number of an account; 0: a rule.
    _number("changed_by"),
    _words("reason"),
    # When staff are asked whether the mode is still right; null: never.
    _moment("remind_at", nullable=True),
    _number("version"),
)

# One menu at LINE for each mode and picture, so that a switch only points the alias elsewhere.
rich_menus = Table(
    "rich_menus",
    metadata,
    _words("city", key=True),
    _words("mode", key=True),
    # LINE's id, and the digest of the menu with its picture: another one needs a new menu.
    _words("menu"),
    _words("digest"),
    _moment("made_at"),
)
