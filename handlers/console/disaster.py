"""The disaster console: big buttons, approved texts, a preview in three languages, one action to every channel."""

from __future__ import annotations

import re
import secrets
from datetime import UTC, datetime

from flask import Blueprint, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from faq.disaster_texts import LANGUAGES, DisasterText, TextLanguage
from handlers.console import gate
from handlers.console.disaster_desk import DisasterDesk, Draft
from handlers.console.disaster_mode import is_order, mode_name, offered, switch_with, switches
from handlers.console.disaster_words import (
    LANGUAGE_NAMES,
    LONGEST,
    Chosen,
    complaint,
    first_texts,
    header,
    other_channels,
    place_lines,
)
from handlers.console.gate import allowed, staff_member
from handlers.console.parts import MenuItem, Parts

Page = str | Response | tuple[str, int]
_KEY = re.compile(r"[A-Za-z0-9_-]{10,40}")


def register(blueprint: Blueprint, parts: Parts) -> None:
    """`/console/<city>/disaster`, `…/new/<text>`, `…/issue`, and the switch of the drill."""
    parts.menu.append(MenuItem("console.disaster", "災害", "disaster.read", 25))
    desk = DisasterDesk.of(parts)

    @blueprint.get("/<city>/disaster")
    @allowed("disaster.read")
    def disaster(city: str) -> Page:
        incident = desk.store.open_incident(city)
        reports = desk.issued(city, incident) if incident else []
        return render_template(
            "console/disaster.html",
            incident=incident,
            drill=incident is not None and incident.drill,
            reports=reports,
            offered=offered(desk, city, incident, reports),
            mode=mode_name(desk, city),
            automatic=desk.automatic(city),
            silent_since=desk.feeds_silent_since(city),
            texts=desk.knowledge(city).disaster,
            states=desk.store.place_states(city, drill=desk.drill(city)),
            page=desk.page_address(city, incident is not None and incident.drill),
            drill_audience=desk.store.head_count(city, desk.audience(city, drill=True), desk.now()),
        )

    @blueprint.get("/<city>/disaster/new/<text_id>")
    @allowed("disaster.issue")
    def disaster_form(city: str, text_id: str) -> Page:
        return _form(desk, city, _text(desk, city, text_id))

    @blueprint.post("/<city>/disaster/new/<text_id>")
    @allowed("disaster.issue")
    def disaster_preview(city: str, text_id: str) -> Page:
        return _preview(desk, city, _text(desk, city, text_id))

    @blueprint.post("/<city>/disaster/new/<text_id>/issue")
    @allowed("disaster.issue")
    def disaster_issue(city: str, text_id: str) -> Page:
        text = _text(desk, city, text_id)
        draft = Draft(
            key=sent_key(),
            text_id=text.id,
            title=text.title.ja,
            titles={language: text.title.said(language) for language in LANGUAGES},
            texts=sent_texts(),
            areas=tuple(request.form.getlist("areas")),
            only_areas=bool(request.form.get("only_areas")),
            opened_at=sent_moment(),
            reason=request.form.get("reason", "") if "reason" in text.asks else "",
        )
        problem = complaint(draft.texts)
        if problem:
            return _shown(desk, city, text, draft, problem), 422
        return told(desk, city, draft)

    @blueprint.post("/<city>/disaster/drill")
    @allowed("disaster.issue")
    def begin_drill(city: str) -> Page:
        here = staff_member()
        begun = desk.begin_drill(here)
        if begun:
            gate.flash("done", "訓練を始めました。これから出す知らせには、すべて【訓練】が付きます。")
        else:
            gate.flash("problem", "災害の対応中は、訓練を始められません。先に、いまの対応を終えてください。")
        return redirect(url_for("console.disaster", city=city), 303)

    @blueprint.get("/<city>/disaster/end")
    @allowed("disaster.issue")
    def before_the_end(city: str) -> Page:
        """What the end takes back: it cannot be undone, so it is looked at once."""
        incident = desk.store.open_incident(city)
        if incident is None:
            return redirect(url_for("console.disaster", city=city))
        states = desk.store.place_states(city, drill=incident.drill).values()
        used = [state.kind for state in states if state.status in ("open", "full")]
        standing = [
            one
            for one in desk.issued(city, incident)
            if one.notice is not None and not one.over and is_order(desk, city, one.report.text_id)
        ]
        return render_template(
            "console/disaster_end.html",
            incident=incident,
            drill=incident.drill,
            standing=standing,
            shelters=used.count("shelter"),
            water=used.count("water"),
        )

    @blueprint.post("/<city>/disaster/end")
    @allowed("disaster.issue")
    def end_incident(city: str) -> Page:
        ended = desk.end(staff_member())
        if ended is None:
            return redirect(url_for("console.disaster", city=city), 303)
        gate.flash("done", f"「{ended.name}」を終えました。避難所の状況は、未開設に戻しました。")
        return redirect(url_for("console.past_incident", city=city, number=ended.id), 303)


def sent_key() -> str:
    key = request.form.get("key", "")
    return key if _KEY.fullmatch(key) else abort(400)


def sent_texts() -> dict[TextLanguage, str]:
    """The three texts of the form, as plain lines."""
    return {
        language: request.form.get(f"text_{language}", "").replace("\r\n", "\n").replace("\x00", "").strip()
        for language in LANGUAGES
    }


def sent_moment() -> datetime:
    """When the form was opened; now, where a browser says nonsense."""
    value = request.form.get("opened_at", "")
    now = datetime.now(UTC)
    opened = datetime.fromtimestamp(int(value), UTC) if value.isdigit() and len(value) < 12 else now
    return min(opened, now)


def other_day(desk: DisasterDesk, city: str) -> Response | None:
    """Where a form goes that was made in a drill which is over, or before one began: nowhere. None: it is today's."""
    if bool(request.form.get("drill")) == desk.drill(city):
        return None
    gate.flash(
        "problem",
        "この画面を開いたあとに、訓練が始まったか終わりました。何も出していません。もういちど選んでください。",
    )
    return redirect(url_for("console.disaster", city=city), 303)


def told(desk: DisasterDesk, city: str, draft: Draft) -> Response:
    """Issues it and says so."""
    elsewhere = other_day(desk, city)
    if elsewhere is not None:
        return elsewhere
    report, notice = desk.issue(staff_member(), draft)
    what = "訓練の知らせを出しました。" if notice.drill else "すべての送り先に出しました。"
    if not report.notice and switch_with(desk, staff_member(), draft, notice):
        what += "モードも「災害」にしました。"
    gate.flash("done", f"{header(report.number, report.at)}「{notice.title}」：{what}")
    return redirect(url_for("console.disaster", city=city, _anchor=f"report-{report.number}"), 303)


def _text(desk: DisasterDesk, city: str, text_id: str) -> DisasterText:
    return desk.texts(city).texts.get(text_id) or abort(404)


def _form(desk: DisasterDesk, city: str, text: DisasterText, problem: str = "") -> str:
    knowledge = desk.knowledge(city)
    drill = desk.drill(city)
    only = request.args.getlist("place")
    return render_template(
        "console/disaster_form.html",
        text=text,
        drill=drill,
        areas=knowledge.city.notices.areas,
        reasons=desk.texts(city).reasons.values(),
        places=request.form.get("places")
        or place_lines(text.id, desk.store.place_states(city, drill=drill), knowledge.places, only),
        chosen=request.form,
        chosen_areas=request.form.getlist("areas"),
        opened_at=request.form.get("opened_at") or int(desk.now().timestamp()),
        problem=problem,
    )


def _preview(desk: DisasterDesk, city: str, text: DisasterText) -> Page:
    knowledge = desk.knowledge(city)
    known = {area.id for area in knowledge.city.notices.areas}
    areas = tuple(area for area in request.form.getlist("areas") if area in known)
    whole = bool(request.form.get("everywhere"))
    reason, places = request.form.get("reason", ""), request.form.get("places", "").replace("\r\n", "\n").strip()
    if "areas" in text.asks and not areas and not whole:
        return _form(desk, city, text, "地域を選んでください。市内のすべてなら「市内全域」を選びます。"), 422
    if "reason" in text.asks and reason not in desk.texts(city).reasons:
        return _form(desk, city, text, "わけを選んでください。"), 422
    if "places" in text.asks and not places:
        return _form(desk, city, text, "場所を書いてください。1行に1か所です。"), 422
    chosen = Chosen(() if whole else areas, reason, places)
    draft = Draft(
        key=secrets.token_urlsafe(16),
        text_id=text.id,
        title=text.title.ja,
        titles={language: text.title.said(language) for language in LANGUAGES},
        texts=first_texts(text, desk.texts(city), knowledge.city, chosen),
        areas=chosen.areas,
        only_areas=bool(request.form.get("only_areas")) and not whole,
        opened_at=sent_moment(),
        reason=chosen.reason if "reason" in text.asks else "",
    )
    return _shown(desk, city, text, draft)


def _shown(desk: DisasterDesk, city: str, text: DisasterText, draft: Draft, problem: str = "") -> str:
    return shown_draft(desk, city, draft, url_for("console.disaster_issue", city=city, text_id=text.id), problem)


def shown_draft(desk: DisasterDesk, city: str, draft: Draft, target: str, problem: str = "") -> str:
    """The preview: what goes out, in three languages, to how many, and the one button."""
    drill = desk.drill(city)
    incident = desk.store.open_incident(city)
    count = len(desk.store.reports(city, incident.id)) if incident else 0
    audience = desk.audience_of(city, drill, draft)
    return render_template(
        "console/disaster_preview.html",
        draft=draft,
        target=target,
        drill=drill,
        marks=desk.texts(city).drill,
        languages=LANGUAGE_NAMES,
        longest=LONGEST,
        headers={language: header(count + 1, desk.now(), language) for language in LANGUAGES},
        switches=switches(desk, city, draft),
        reached=desk.store.head_count(city, audience, desk.now()),
        elsewhere=other_channels(draft.channels),
        problem=problem,
    )
