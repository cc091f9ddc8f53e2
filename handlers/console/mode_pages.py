"""The mode of the city: what it is, since when and why, what each one changes for residents, and the switch."""

from __future__ import annotations

from typing import NamedTuple

from flask import Blueprint, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from faq.disaster import Disaster, ModeEffects
from faq.in_mode import NAMES
from handlers.console import gate
from handlers.console.desk_data import DeskData
from handlers.console.gate import allowed, staff_member
from handlers.console.parts import MenuItem, Parts
from notify.modes import ABOUT, next_reminder
from store.errors import NoticeConflict
from store.modes import MODES, CityMode, Mode

Page = str | Response | tuple[str, int]
LONGEST_REASON = 200
TURNED = "ほかの人か規則が、先にモードを変えました。いまのモードを見て、要ればもういちど変えてください。"


class Shown(NamedTuple):
    """One of the four, as the page shows it."""

    id: Mode
    name: str
    about: str
    effects: ModeEffects | None
    pinned: tuple[str, ...]


def register(blueprint: Blueprint, parts: Parts) -> None:
    """`/console/<city>/mode`."""
    parts.menu.append(MenuItem("console.mode", "モード", "mode.read", 26))
    data = DeskData.of(parts)

    @blueprint.get("/<city>/mode")
    @allowed("mode.read")
    def mode(city: str) -> Page:
        return _page(data, city)

    @blueprint.post("/<city>/mode")
    @allowed("mode.switch")
    def switch_mode(city: str) -> Page:
        wished = next((one for one in MODES if one == request.form.get("mode")), None)
        reason = " ".join(request.form.get("reason", "").split())[:LONGEST_REASON]
        if wished is None:
            abort(400)
        before = data.store.mode(city)
        if str(before.version) != request.form.get("version", ""):
            return _page(data, city, TURNED), 409
        try:
            _switch(data, before, wished, reason)
        except NoticeConflict:
            return _page(data, city, TURNED), 409
        gate.flash("done", f"モードを「{NAMES[wished]}」にしました。数秒で、住民の見るものが変わります。")
        return redirect(url_for("console.mode", city=city), 303)


def _switch(data: DeskData, before: CityMode, wished: Mode, reason: str) -> None:
    me = staff_member()
    remind_at = next_reminder(_rules(data, before.city), wished, data.now())
    data.store.change_mode(before, wished, who=f"staff:{me.id}", by=me.id, reason=reason, remind_at=remind_at)


def _rules(data: DeskData, city: str) -> Disaster | None:
    return data.parts.library.get(city).alerts


def _page(data: DeskData, city: str, problem: str = "") -> str:
    now = data.store.mode(city)
    feeds = data.store.feeds().values() if data.parts.config.jma_feed_url else ()
    return render_template(
        "console/mode.html",
        now=now,
        name=NAMES[now.mode],
        who=data.names(city).get(now.changed_by, "") if now.changed_by else "",
        modes=[_shown(data, city, one) for one in MODES],
        rules=_rules(data, city),
        silent=[feed for feed in feeds if feed.silent_since is not None],
        unasked=[feed for feed in feeds if feed.is_unasked(data.now())],
        asked=[feed for feed in feeds if feed.answered_at is not None],
        problem=problem,
        longest=LONGEST_REASON,
    )


def _shown(data: DeskData, city: str, mode: Mode) -> Shown:
    rules, entries = _rules(data, city), data.parts.library.get(city).entries
    effects = rules.effects(NAMES[mode]) if rules else None
    pinned = tuple(entries[one].question for one in effects.pinned if one in entries) if effects else ()
    return Shown(mode, NAMES[mode], ABOUT[mode], effects, pinned)
