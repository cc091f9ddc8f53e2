"""FAQ drafts: the YAML of an entry in the making, checked as the city's files are, taken away as a file."""

from __future__ import annotations

import re

from flask import Blueprint, Response, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from handlers.console import gate
from handlers.console.desk_data import DeskData
from handlers.console.desk_rules import visible
from handlers.console.draft_view import MAX_TEXT, check, title_of
from handlers.console.gate import allowed, staff_member
from handlers.console.parts import MenuItem, Parts
from handlers.console.permissions import may
from handlers.console.times import JAPAN
from store.records_accounts import Staff
from store.records_desk import Draft, DraftStatus

Page = str | Response | BaseResponse | tuple[str, int]
_ID = re.compile(r"^\s*-?\s*id:\s*['\"]?([a-z0-9][a-z0-9._-]*)", re.M)


def register(blueprint: Blueprint, parts: Parts) -> None:
    """`/console/<city>/drafts` and below."""
    parts.menu.append(MenuItem("console.drafts", "FAQ の下書き", "draft.make", 40))
    data = DeskData.of(parts)

    @blueprint.get("/<city>/drafts")
    @allowed("draft.make")
    def drafts(city: str) -> Page:
        me = staff_member()
        status: DraftStatus = "done" if request.args.get("status") == "done" else "open"
        shown = [one for one in data.store.drafts(city, status) if _may_see(data, me, one)]
        return render_template("console/drafts.html", drafts=shown, status=status, names=data.names(city))

    @blueprint.get("/<city>/drafts/<int:number>")
    @allowed("draft.make")
    def draft(city: str, number: int) -> Page:
        found = _draft(data, city, number)
        return _page(data, found, found.text)

    @blueprint.get("/<city>/drafts/<int:number>/entry.yaml")
    @allowed("draft.make")
    def draft_file(city: str, number: int) -> Page:
        found = _draft(data, city, number)
        named = _ID.search(found.text)
        gate.audit("draft.download", f"draft:{number}")
        response = Response(found.text, content_type="application/yaml; charset=utf-8")
        name = named[1] if named else f"draft-{number}"
        response.headers["Content-Disposition"] = f'attachment; filename="{name}.yaml"'
        return response

    @blueprint.post("/<city>/drafts/<int:number>")
    @allowed("draft.make")
    def change_draft(city: str, number: int) -> Page:
        return _change(data, _draft(data, city, number))


def _draft(data: DeskData, city: str, number: int) -> Draft:
    found = data.store.draft(city, number)
    if found is None or not _may_see(data, staff_member(), found):
        abort(404)
    return found


def _may_see(data: DeskData, me: Staff, draft: Draft) -> bool:
    """Editors see all; others what they made, and what comes from a talk that they may see: it holds its words."""
    if may(me.role, "draft.edit") or draft.made_by == me.id:
        return True
    case = data.store.case(draft.city, draft.case_id) if draft.case_id else None
    return case is not None and visible(me, case)


def _change(data: DeskData, before: Draft) -> Page:
    """Keep what was typed even if it has mistakes: it is a draft. Only a sound one can be marked as done."""
    me = staff_member()
    text = request.form.get("text", "").replace("\r\n", "\n").replace("\x00", "")
    act = request.form.get("act", "check")
    if len(text) > MAX_TEXT:
        gate.flash("problem", f"下書きは{MAX_TEXT:,}文字までです。")
        return _page(data, before, text), 422
    checked = check(text, data.voice(before.city).knowledge, data.now().astimezone(JAPAN).date())
    if act == "done" and not checked.sound:
        gate.flash("problem", "直すところがあるので、まだ「できあがり」にできません。")
        act = "check"
    status: DraftStatus = {"done": "done", "open": "open"}.get(act, before.status)  # type: ignore[assignment]
    if request.form.get("seen") != before.changed_at.isoformat():
        gate.flash("problem", "ほかの人が先に直しました。下の文は、まだ残していません。")
        return _page(data, before, text, theirs=before.text), 409
    if not data.store.change_draft(before, title_of(text, checked), text, status, me.id):
        gate.flash("problem", "ほかの人が先に直しました。下の文は、まだ残していません。")
        now = _draft(data, before.city, before.id)
        return _page(data, now, text, theirs=now.text), 409
    gate.audit("draft.change", f"draft:{before.id}", status=status, sound=checked.sound)
    gate.flash("done", "できあがりにしました。" if status == "done" and before.status == "open" else "残しました。")
    return redirect(url_for("console.draft", city=before.city, number=before.id), 303)


def _page(data: DeskData, draft: Draft, text: str, theirs: str | None = None) -> str:
    me, city = staff_member(), draft.city
    case = data.store.case(city, draft.case_id) if draft.case_id else None
    return render_template(
        "console/draft.html",
        draft=draft,
        text=text,
        theirs=theirs,
        checked=check(text, data.voice(city).knowledge, data.now().astimezone(JAPAN).date()),
        case=case if case is not None and visible(me, case) else None,
        names=data.names(city),
        longest=MAX_TEXT,
        file=f"cities/{city}/faq/",
    )
