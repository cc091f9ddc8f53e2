"""An order to evacuate and the mode 災害: switched with it where the city's rules say so, else one press away."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

from flask import Blueprint, redirect, url_for
from werkzeug.wrappers import Response

from faq.in_mode import NAMES
from handlers.console import gate
from handlers.console.disaster_desk import DisasterDesk, Draft, Issued
from handlers.console.gate import allowed, staff_member
from handlers.console.parts import Parts
from notify.modes import next_reminder
from store.errors import NoticeConflict
from store.incidents import Incident
from store.records_accounts import Staff
from store.records_notices import NoticeView

RISES_FROM = ("normal", "alert")
"""平常 and 警戒. What follows a disaster (復旧) is left by people only."""


def register(blueprint: Blueprint, parts: Parts) -> None:
    """`/console/<city>/disaster/mode`: the one button under the order that was issued."""
    desk = DisasterDesk.of(parts)

    @blueprint.post("/<city>/disaster/mode")
    @allowed("mode.switch")
    def switch_with_order(city: str) -> Response:
        incident = desk.store.open_incident(city)
        said = offered(desk, city, incident, desk.issued(city, incident) if incident else ())
        if said and switch(desk, staff_member(), f"{said}に合わせて"):
            gate.flash("done", "モードを「災害」にしました。数秒で、住民の見るものが変わります。")
        else:
            gate.flash("problem", "モードは変えていません。いまのモードと、出ている知らせを確かめてください。")
        return redirect(url_for("console.disaster", city=city), 303)


def switches(desk: DisasterDesk, city: str, draft: Draft) -> bool:
    """Whether issuing this also makes the mode 災害: a real order, in a city whose rules say so."""
    rules = desk.knowledge(city).alerts
    wanted = rules is not None and rules.mode_with_orders and is_order(desk, city, draft.text_id)
    return wanted and not desk.drill(city) and desk.store.mode(city).mode in RISES_FROM


def switch_with(desk: DisasterDesk, me: Staff, draft: Draft, notice: NoticeView) -> bool:
    """After the order has gone out; whether it was this that made the mode 災害."""
    if notice.drill or not switches(desk, me.city, draft):
        return False
    return switch(desk, me, f"「{notice.title}」に合わせて")


def switch(desk: DisasterDesk, me: Staff, reason: str) -> bool:
    """To 災害, with its line in the audit log. False: it is 災害 already, or 復旧.

    Somebody who changes the mode at the same moment goes first; then it is looked at once more.
    """
    rules = desk.knowledge(me.city).alerts
    for _ in range(2):
        before = desk.store.mode(me.city)
        if before.mode not in RISES_FROM:
            return False
        remind_at = next_reminder(rules, "disaster", desk.now())
        with suppress(NoticeConflict):
            desk.store.change_mode(
                before, "disaster", who=f"staff:{me.id}", by=me.id, reason=reason, remind_at=remind_at
            )
            return True
    return False


def offered(desk: DisasterDesk, city: str, incident: Incident | None, reports: Sequence[Issued]) -> str:
    """The order that is in force while the mode is less than 災害, as its title; "" where nothing is to be offered."""
    if incident is None or incident.drill or desk.store.mode(city).mode not in RISES_FROM:
        return ""
    orders = (
        one.notice.title
        for one in reports
        if one.notice is not None and not one.over and is_order(desk, city, one.report.text_id)
    )
    return next((f"「{title}」" for title in orders), "")


def mode_name(desk: DisasterDesk, city: str) -> str:
    return NAMES[desk.store.mode(city).mode]


def is_order(desk: DisasterDesk, city: str, text_id: str) -> bool:
    """高齢者等避難, 避難指示, 緊急安全確保, and what else the city lists among them. No correction, no all-clear."""
    texts = desk.knowledge(city).disaster
    text = texts.texts.get(text_id) if texts is not None else None
    return text is not None and text.group == "evacuation"
