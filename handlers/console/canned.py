"""Canned answers: those of the whole city, and those of one's own departments."""

from __future__ import annotations

from flask import Blueprint, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from handlers.console import gate
from handlers.console.canned_view import BRACES, MAX_TEXT, MAX_TITLE, complaint, may_change
from handlers.console.desk_data import DeskData, sees_all
from handlers.console.gate import allowed, staff_member
from handlers.console.parts import MenuItem, Parts
from store.records_desk import Canned

Page = str | Response | tuple[str, int]


def register(blueprint: Blueprint, parts: Parts) -> None:
    """`/console/<city>/canned` and below."""
    parts.menu.append(MenuItem("console.canned", "定型文", "canned.edit", 30))
    data = DeskData.of(parts)

    @blueprint.get("/<city>/canned")
    @allowed("canned.edit")
    def canned(city: str) -> Page:
        return _page(data)

    @blueprint.get("/<city>/canned/<int:number>")
    @allowed("canned.edit")
    def edit_canned(city: str, number: int) -> Page:
        return _page(data, edited=_mine(data, city, number))

    @blueprint.post("/<city>/canned")
    @allowed("canned.edit")
    def new_canned(city: str) -> Page:
        return _keep(data, None)

    @blueprint.post("/<city>/canned/<int:number>")
    @allowed("canned.edit")
    def change_canned(city: str, number: int) -> Page:
        return _keep(data, _mine(data, city, number))

    @blueprint.post("/<city>/canned/<int:number>/remove")
    @allowed("canned.edit")
    def remove_canned(city: str, number: int) -> Page:
        kept = _mine(data, city, number)
        data.store.drop_canned(city, kept.id)
        gate.audit("canned.remove", f"canned:{number}", department=kept.department)
        gate.flash("done", f"「{kept.title}」を消しました。")
        return redirect(url_for("console.canned", city=city), 303)


def _mine(data: DeskData, city: str, number: int) -> Canned:
    """The canned answer, if whoever asks may change it."""
    kept = next((one for one in data.store.canned(city) if one.id == number), None)
    if kept is None or not may_change(staff_member(), kept.department):
        abort(404)
    return kept


def _keep(data: DeskData, before: Canned | None) -> Page:
    me, city = staff_member(), staff_member().city
    title, department = " ".join(request.form.get("title", "").split()), request.form.get("department", "")
    text = request.form.get("text", "").replace("\r\n", "\n").replace("\x00", "").strip()
    departments = [one.name for one in data.voice(city).city.departments]
    problem = complaint(title, text, department, departments)
    if not problem and not may_change(me, department):
        problem = "自分の課の定型文だけを、作ったり直したりできます。"
    if problem:
        typed = Canned(city, before.id if before else 0, department, title, text, me.id, data.now())
        return _page(data, edited=typed, problem=problem), 422
    number = data.store.put_canned(city, before.id if before else 0, department, title, text, me.id)
    if number is None:
        return _page(data, problem="この定型文は、ほかの人が消しました。"), 409
    gate.audit("canned.keep", f"canned:{number}", department=department)
    gate.flash("done", f"「{title}」を残しました。")
    return redirect(url_for("console.canned", city=city, _anchor=f"canned-{number}"), 303)


def _page(data: DeskData, edited: Canned | None = None, problem: str = "") -> str:
    me = staff_member()
    shown = [one for one in data.store.canned(me.city) if one.department in ("", *me.departments) or sees_all(me)]
    departments = [one.name for one in data.voice(me.city).city.departments if may_change(me, one.name)]
    return render_template(
        "console/canned.html",
        kept=shown,
        mine={one.id for one in shown if may_change(me, one.department)},
        names=data.names(me.city),
        departments=departments,
        for_all=may_change(me, ""),
        edited=edited,
        problem=problem,
        braces=BRACES,
        longest=(MAX_TITLE, MAX_TEXT),
    )
