"""The console as one blueprint: `console_blueprint(library, store, config)`."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from datetime import datetime
from importlib import import_module
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, g, request
from markupsafe import Markup

from config import Config
from faq.library import Library
from handlers.console import gate
from handlers.console.keys import Keys, read_or_make_key
from handlers.console.parts import Parts
from handlers.console.passwords import Passwords
from handlers.console.permissions import may
from handlers.console.sign_on import SignOn
from handlers.widget.streams import Pace, Places
from store import Store

JAPAN = ZoneInfo("Asia/Tokyo")
PAGES = (
    "front_pages",
    "login_pages",
    "invitation_pages",
    "inbox",
    "live",
    "conversation",
    "attachment_page",
    "actions",
    "canned",
    "notice_pages",
    "drafts",
    "search_talks",
    "disaster",
    "disaster_follow",
    "disaster_mode",
    "disaster_places",
    "disaster_past",
    "mode_pages",
    "account_pages",
    "staff_pages",
    "audit_pages",
    "sso_pages",
)
"""Modules of this package with `register(blueprint, parts)`, in the order in which routes are looked up."""


def console_blueprint(
    library: Library,
    store: Store,
    config: Config,
    *,
    passwords: Passwords | None = None,
    clock: Callable[[], float] = time.time,
    places: Places | None = None,
    pace: Pace | None = None,
    sign_on: Mapping[str, SignOn] | None = None,
    sign_on_errors: tuple[type[Exception], ...] = (),
) -> Blueprint:
    """The routes under `/console/`. Tests bring quick `passwords` and their own clock.

    `places` are the live streams that may be open in this process, together with the widget's.
    `sign_on` are the cities' identity providers, `sign_on_errors` what their clients raise.
    """
    blueprint = Blueprint("console", __name__, url_prefix="/console", template_folder="templates")
    parts = Parts(
        library,
        store,
        config,
        Keys(read_or_make_key(config)),
        passwords or Passwords(config.console.password_memory_kib),
        clock,
        places=places or Places(config.live_streams),
        pace=pace or Pace(),
        sign_on=sign_on or {},
        sign_on_errors=sign_on_errors,
    )
    gate.guard(blueprint, parts)
    for name in PAGES:
        import_module(f"handlers.console.{name}").register(blueprint, parts)
    blueprint.add_app_template_filter(japan_time, "japan")
    blueprint.context_processor(lambda: _for_templates(parts))
    return blueprint


def japan_time(moment: datetime) -> str:
    """「11月21日 9:05」"""
    there = moment.astimezone(JAPAN)
    return f"{there.month}月{there.day}日 {there.hour}:{there.minute:02}"


def _for_templates(parts: Parts) -> dict[str, Any]:
    """What every page may use: `me` (None before the login), `menu`, `may("case.reply")`, `csrf_field()`."""
    city = (request.view_args or {}).get("city", "")
    session = g.get("console_session")
    me = session.staff if session is not None and session.stage == "full" else None
    return {
        "me": me,
        "city_id": city,
        "city": parts.city(city),
        "menu": parts.menu_of(me.role) if me else [],
        "may": lambda permission: me is not None and may(me.role, permission),
        "csrf_token": gate.csrf_token,
        "csrf_field": lambda: Markup('<input type="hidden" name="csrf_token" value="{}">').format(gate.csrf_token()),
        "note": gate.note_to_show if city else lambda: None,
        "demo": parts.config.demo,
    }
