"""Notices to many: composed once, shown as they will look, approved by somebody else, sent, and followed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, cast

from flask import Blueprint, Response, abort, jsonify, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from faq.city_notices import Notices
from handlers.console import gate, notice_view
from handlers.console.desk_data import DeskData
from handlers.console.gate import allowed, staff_member
from handlers.console.notice_forms import (
    MAX_ALT,
    MAX_LINK,
    MAX_TEXT,
    MAX_TITLE,
    Filled,
    Form,
    audience_of,
    blank,
    channels_of,
    read_notice,
    typed_from,
)
from handlers.console.notice_uploads import MAX_FORM, with_picture
from handlers.console.parts import MenuItem, Parts
from handlers.console.times import JAPAN
from handlers.notice_pictures import as_shown, key_of
from handlers.notice_words import LANGUAGES
from notify.preview_code import preview_words
from store.errors import NoticeConflict
from store.records_notices import NewNotice, NoticeView

ON_A_PAGE = 30
Page = str | Response | BaseResponse | tuple[str, int]
TURNED = "ほかの人が先に操作しました。いまの様子を見て、もういちどお試しください。"


def register(blueprint: Blueprint, parts: Parts) -> None:
    """`/console/<city>/notices` and below."""
    parts.menu.append(MenuItem("console.notices", "お知らせ", "notice.read", 25))
    pages = _Pages(DeskData.of(parts))
    store = parts.store

    @blueprint.get("/<city>/notices")
    @allowed("notice.read")
    def notices(city: str) -> Page:
        return pages.list()

    @blueprint.get("/<city>/notices/new")
    @allowed("notice.write")
    def new_notice(city: str) -> Page:
        return pages.new(_number("original"))

    @blueprint.post("/<city>/notices")
    @allowed("notice.write", takes=MAX_FORM)
    def make_notice(city: str) -> Page:
        return pages.make(_number("original"))

    @blueprint.get("/<city>/notices/count")
    @allowed("notice.write", passive=True)
    def count_notice(city: str) -> Response:
        audience = audience_of(cast(Form, request.args), pages.notices(city))
        return jsonify(notice_view.count_json(store.head_count(city, audience, pages.data.now())))

    @blueprint.get("/<city>/notices/picture/<key>")
    @allowed("notice.read", passive=True)
    def notice_picture(city: str, key: str) -> Response:
        found = store.notice_picture(city, key) or abort(404)
        return as_shown(found, small=True, cache="private, max-age=300")

    @blueprint.get("/<city>/notices/<int:number>")
    @allowed("notice.read")
    def notice(city: str, number: int) -> Page:
        return pages.one(pages.found(number))

    @blueprint.get("/<city>/notices/<int:number>/progress.json")
    @allowed("notice.read", passive=True)
    def notice_progress(city: str, number: int) -> Response:
        kept = pages.found(number)
        return jsonify(notice_view.progress_json(kept, store.notice_progress(city, number)))

    @blueprint.get("/<city>/notices/<int:number>/edit")
    @allowed("notice.write")
    def edit_notice(city: str, number: int) -> Page:
        kept = pages.found(number)
        return pages.form(typed_from(kept), kept) if kept.status == "draft" else pages.turned(kept)

    @blueprint.post("/<city>/notices/<int:number>")
    @allowed("notice.write", takes=MAX_FORM)
    def change_notice(city: str, number: int) -> Page:
        return pages.change(pages.found(number))

    @blueprint.post("/<city>/notices/<int:number>/submit")
    @allowed("notice.write")
    def submit_notice(city: str, number: int) -> Page:
        kept = pages.found(number)
        done = "承認を頼みました。ほかの人が承認すると送られます。"
        return pages.step(kept, lambda me: store.submit_notice(city, number, me), done)

    @blueprint.post("/<city>/notices/<int:number>/approve")
    @allowed("notice.approve")
    def approve_notice(city: str, number: int) -> Page:
        kept = pages.found(number)
        return pages.step(kept, lambda me: store.approve_notice(city, number, me), "承認しました。")

    @blueprint.post("/<city>/notices/<int:number>/withdraw")
    @allowed("notice.write")
    def withdraw_notice(city: str, number: int) -> Page:
        kept = pages.found(number)
        return pages.step(kept, lambda me: store.withdraw_notice(city, number, me), "下書きに戻しました。")

    @blueprint.post("/<city>/notices/<int:number>/issue")
    @allowed("notice.send")
    def issue_notice(city: str, number: int) -> Page:
        return pages.issue(pages.found(number))

    @blueprint.post("/<city>/notices/<int:number>/hold/<act>")
    @allowed("notice.send")
    def hold_notice(city: str, number: int, act: str) -> Page:
        acts = {"pause": store.pause_notice, "resume": store.resume_notice, "stop": store.stop_notice}
        if act not in acts:
            abort(404)
        done = {"pause": "一時停止しました。", "resume": "続きを送ります。", "stop": "止めました。残りは送りません。"}
        return pages.step(pages.found(number), lambda me: acts[act](city, number, me), done[act])

    @blueprint.post("/<city>/notices/<int:number>/resend")
    @allowed("notice.send")
    def resend_notice(city: str, number: int) -> Page:
        done = "送れなかった分を、もう一度送ります。"
        return pages.step(pages.found(number), lambda me: store.resend_notice(city, number, me), done)

    @blueprint.get("/<city>/notices/<int:number>/result.csv")
    @allowed("notice.export")
    def export_notice(city: str, number: int) -> Response:
        kept = pages.found(number)
        gate.audit("notice.export", f"notice:{number}", number=kept.number)
        response = make_response(notice_view.as_csv(kept, store.notice_results(city, number), pages.notices(city)))
        response.mimetype = "text/csv"
        name = f"notice-{kept.number or number}.csv"
        response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
        return response


class _Pages:
    """The pages, and what each form does."""

    def __init__(self, data: DeskData) -> None:
        self.data = data
        self.store = data.store

    def notices(self, city: str) -> Notices:
        return self.data.voice(city).city.notices

    def found(self, number: int) -> NoticeView:
        """The notice of this city, or 404. Numbers that no database can hold are nobody's."""
        kept = self.store.notice(staff_member().city, number) if number < 2**62 else None
        if kept is None:
            abort(404)
        return kept

    def list(self) -> Page:
        city, before = staff_member().city, _number("before")
        rows = self.store.notices(city, limit=ON_A_PAGE + 1, before=before)
        return self._render(
            "console/notices.html",
            rows=rows[:ON_A_PAGE],
            moving={row.id: self._progress(row) for row in rows[:ON_A_PAGE] if notice_view.is_moving(row)},
            older=rows[ON_A_PAGE - 1].id if len(rows) > ON_A_PAGE else 0,
            first=not before,
        )

    def _progress(self, kept: NoticeView) -> dict[str, Any]:
        return notice_view.progress_json(kept, self.store.notice_progress(kept.city, kept.id))

    def new(self, original: int) -> Page:
        """An empty form; for a correction the words and the people of the notice that it corrects."""
        before = self.store.notice(staff_member().city, original) if original else None
        typed = blank(self.notices(staff_member().city))
        if before is not None:
            typed = {**typed_from(before), "when": "now", "at": "", "picture": "", "picture-alt": ""}
        return self.form(typed, original=before)

    def make(self, original: int) -> Page:
        me, filled = staff_member(), self._filled()
        corrected = self.store.notice(me.city, original) if original else None
        if filled.problems:
            return self.form(filled.typed, None, filled.problems, original=corrected), 422
        of_it: dict[str, Any] = (
            {"mark": "correction", "original": corrected.original or corrected.id} if corrected else {}
        )
        kept = self.store.put_notice(NewNotice(me.city, **filled.fields, **of_it), me.id)
        gate.flash("done", "下書きを残しました。まだ、だれにも送っていません。")
        return _to(kept)

    def change(self, kept: NoticeView) -> Page:
        me, filled = staff_member(), self._filled()
        if filled.problems:
            return self.form(filled.typed, kept, filled.problems), 422
        try:
            after = self.store.change_notice(me.city, kept.id, _number("version"), me.id, **filled.fields)
        except NoticeConflict:
            return self.form(filled.typed, self.found(kept.id), {"": TURNED}), 409
        gate.flash("done", "下書きを直しました。")
        return _to(after)

    def issue(self, kept: NoticeView) -> Page:
        """Now, or at its time when it has one."""
        if kept.due_at is not None and kept.due_at > self.data.now() and not request.form.get("now"):
            at = kept.due_at
            return self.step(
                kept, lambda me: self.store.schedule_notice(kept.city, kept.id, me, at), "予定に入れました。"
            )
        return self.step(kept, lambda me: self.store.issue_notice(kept.city, kept.id, me), "送りはじめました。")

    def step(self, kept: NoticeView, act: Callable[[int], NoticeView], done: str) -> Page:
        """One step in the life of a notice. Who looked at an older version is told so, and nothing happens."""
        if request.form.get("version", str(kept.version)) != str(kept.version):
            return self.turned(kept)
        try:
            after = act(staff_member().id)
        except NoticeConflict:
            return self.turned(kept)
        gate.flash("done", done)
        return _to(after)

    def turned(self, kept: NoticeView) -> Page:
        gate.flash("problem", TURNED)
        return _to(kept)

    def one(self, kept: NoticeView) -> Page:
        me, notices = staff_member(), self.notices(kept.city)
        issued = kept.issued_at is not None
        head = None if issued else self.store.head_count(kept.city, kept.audience, self.data.now())
        results = self.store.notice_results(kept.city, kept.id) if issued else None
        related = [one for one in self.store.related_notices(kept.city, kept.id) if one.id != kept.id]
        return self._render(
            "console/notice.html",
            notice=kept,
            head=head if "line" in kept.channels else None,
            progress=self._progress(kept),
            results=notice_view.result_rows(results) if results else [],
            once_more=notice_view.once_more(kept, results, self.data.now(), related) if results else None,
            stops=self.store.stopped_by(kept.city, kept.id),
            related=related,
            may_approve=notice_view.may_approve(me, kept),
            names=self.data.names(kept.city),
            settings=notices,
            later=kept.due_at is not None and kept.due_at > self.data.now(),
            picture=key_of(kept.picture),
            try_words=self._try_words(kept),
        )

    def _try_words(self, kept: NoticeView) -> str:
        """What to type on one's own phone to see the notice there; "" where the city has no LINE."""
        channel = self.data.parts.config.line.get(kept.city)
        return preview_words(channel.secret, kept.city, kept.id, kept.version) if channel else ""

    def form(
        self,
        typed: Mapping[str, Any],
        kept: NoticeView | None = None,
        problems: Mapping[str, str] | None = None,
        original: NoticeView | None = None,
    ) -> str:
        return self._render(
            "console/notice_form.html",
            typed=typed,
            kept=kept,
            problems=problems or {},
            original=original,
            settings=self.notices(staff_member().city),
            channels=channels_of(self.notices(staff_member().city)),
            languages=LANGUAGES,
            longest=(MAX_TITLE, MAX_TEXT, MAX_LINK, MAX_ALT),
            picture_on_line=self.data.parts.config.public_url.startswith("https://"),
            today=self.data.now().astimezone(JAPAN).strftime("%Y-%m-%d"),
        )

    def _filled(self) -> Filled:
        me = staff_member()
        form, problem = with_picture(self.store, self.data.parts.config.public_url, me)
        filled = read_notice(cast(Form, form), self.notices(me.city), self.data.now())
        return replace(filled, problems={**filled.problems, "picture": problem}) if problem else filled

    def _render(self, template: str, **values: Any) -> str:
        return render_template(
            template, view=notice_view, now=self.data.now(), city_notices=self.notices(staff_member().city), **values
        )


def _to(notice: NoticeView) -> BaseResponse:
    return redirect(url_for("console.notice", city=notice.city, number=notice.id), 303)


def _number(name: str) -> int:
    typed = request.values.get(name, "")
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 18 else 0
