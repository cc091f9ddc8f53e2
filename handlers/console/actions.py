"""What staff do with a case, each a form: take, reply, note, hand over, give back, close, draft, erase.

A form that lost a race says who was quicker, and what was typed stays in its box.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from handlers.console import gate
from handlers.console.conversation import MAX_REPLY, Writing, case_page, new_key
from handlers.console.conversation_view import REASONS, name_of
from handlers.console.counter import Counter
from handlers.console.desk_data import DeskData, sees_all
from handlers.console.desk_rules import visible
from handlers.console.draft_view import check, draft_of, title_of
from handlers.console.gate import allowed, staff_member
from handlers.console.parts import Parts
from handlers.console.times import JAPAN
from store.records_accounts import AuditLine, Staff
from store.records_cases import CaseConflict, CaseView

MAX_REASON = 200
ERASED = "この人のことばは、もう消しました。新しく残すことはできません。"
_KEY = re.compile(r"[A-Za-z0-9_-]{16,64}")
Page = str | Response | BaseResponse | tuple[str, int]


def register(blueprint: Blueprint, parts: Parts) -> None:
    """`POST /console/<city>/cases/<number>/take|reply|note|transfer|release|close|draft|erase`."""
    data = DeskData.of(parts)
    counter = Counter(parts.library, parts.store)

    def acted(case: CaseView, act: Callable[[], CaseView], done: str) -> Page:
        """Runs one change of hands and says how it went, on the page of the case or, if it left, in the inbox."""
        me = staff_member()
        try:
            after = act()
        except CaseConflict as conflict:
            gate.flash("problem", _why_not(data, case, conflict))
            return _back(data, me, case)
        gate.flash("done", done)
        return _back(data, me, after)

    @blueprint.post("/<city>/cases/<int:number>/take")
    @allowed("case.take")
    def take_case(city: str, number: int) -> Page:
        me = staff_member()
        case = data.case(me, number)
        if not _from_colleague(me, case):
            taken = _line(case, "take")
            return acted(case, lambda: counter.take(case, me.id, taken), "受けました。返事を書けます。")
        lines = [_line(case, action, from_staff=case.staff) for action in ("release", "take")]

        def take_over() -> CaseView:
            return counter.take(counter.release(case, me.id, lines[0], forced=True), me.id, lines[1])

        return acted(case, take_over, "引きつぎました。返事を書けます。")

    @blueprint.post("/<city>/cases/<int:number>/release")
    @allowed("case.take")
    def release_case(city: str, number: int) -> Page:
        me = staff_member()
        case = data.case(me, number)
        line = _line(case, "release")
        return acted(case, lambda: counter.release(case, me.id, line), "手を離しました。待っている人に戻りました。")

    @blueprint.post("/<city>/cases/<int:number>/transfer")
    @allowed("case.transfer")
    def transfer_case(city: str, number: int) -> Page:
        me = staff_member()
        case = data.case(me, number)
        department, reason = request.form.get("department", ""), _line_of("reason", MAX_REASON)
        known = {one.name for one in data.voice(city).city.departments} - {case.department}
        if department not in known or not reason:
            return _wrong(data, case, "渡す課を選び、理由を書いてください。")
        done = f"{department}へ渡しました。会話はそのまま、{department}で読めます。"
        line = _line(case, "transfer", department=department, before=case.department)
        return acted(case, lambda: counter.transfer(case, me.id, department, reason, line), done)

    @blueprint.post("/<city>/cases/<int:number>/close")
    @allowed("case.close")
    def close_case(city: str, number: int) -> Page:
        me = staff_member()
        case = data.case(me, number)
        reason, entry_id = request.form.get("reason", ""), request.form.get("entry", "").strip()
        if reason not in REASONS:
            return _wrong(data, case, "終わりにする理由を選んでください。")
        if entry_id and entry_id not in data.voice(city).knowledge.entries:
            return _wrong(data, case, "その id の案内はありません。一覧から選ぶか、空けておいてください。")
        taught = counter.taught(case, entry_id, data.now())
        done = "終わりにしました。自動の案内に戻りました。"
        if taught:
            done += f"「{taught.phrasing}」は、案内「{entry_id}」の言い換えとして提案しました。"
        line = _line(case, "close", reason=reason, entry=entry_id)
        return acted(case, lambda: counter.close(case, me.id, reason, entry_id, taught, line), done)

    @blueprint.post("/<city>/cases/<int:number>/reply")
    @allowed("case.reply")
    def reply_case(city: str, number: int) -> Page:
        return _reply(data, data.case(staff_member(), number))

    @blueprint.post("/<city>/cases/<int:number>/note")
    @allowed("case.note")
    def note_case(city: str, number: int) -> Page:
        me = staff_member()
        case, words = data.case(me, number), _text_of("note")
        if not case.resident:
            return _wrong(data, case, ERASED)
        if not words or len(words) > MAX_REPLY:
            return _wrong(data, case, f"メモは、1文字から{MAX_REPLY}文字までで書いてください。")
        called = called_in(words, (person for person in data.colleagues(case) if person.id != me.id))
        note = data.store.add_note(city, case.id, me.id, words, called)
        data.store.cases_changed(city)
        gate.audit("case.note", f"case:{number}", note=note.id, called=list(called))
        names = "、".join(f"{data.names(city)[one]}さん" for one in called)
        gate.flash("done", f"メモを残しました。{names}の受付箱に出ます。" if called else "メモを残しました。")
        return _to_case(case, f"note-{note.id}")

    @blueprint.post("/<city>/cases/<int:number>/draft")
    @allowed("draft.make")
    def draft_from_case(city: str, number: int) -> Page:
        me = staff_member()
        case, knowledge = data.case(me, number), data.voice(city).knowledge
        if not case.resident:
            return _wrong(data, case, ERASED)
        text = draft_of(case, data.talk(me, case), knowledge)
        title = title_of(text, check(text, knowledge, data.now().astimezone(JAPAN).date()))
        draft = data.store.make_draft(city, case.id, title, text, me.id)
        gate.audit("draft.make", f"draft:{draft.id}", case=case.id)
        gate.flash("done", "FAQ の下書きを作りました。")
        return redirect(url_for("console.draft", city=city, number=draft.id))

    @blueprint.get("/<city>/cases/<int:number>/erase")
    @allowed("case.erase")
    def ask_erase_case(city: str, number: int) -> Page:
        return _ask_erase(data, data.case(staff_member(), number))

    @blueprint.post("/<city>/cases/<int:number>/erase")
    @allowed("case.erase")
    def erase_case(city: str, number: int) -> Page:
        case = data.case(staff_member(), number)
        if not case.resident or request.form.get("sure") != "yes":
            return _ask_erase(data, case, "印を付けてから、もういちど押してください。")
        count = len(data.store.cases_of(city, case.resident))
        data.store.erase_resident(city, case.resident, _line(case, "erase", cases=count, by_wish=True))
        gate.flash("done", f"この人のことばを、すべて消しました（受付 {count} 件）。消したことは操作の記録に残ります。")
        return redirect(url_for("console.inbox", city=city))


def _reply(data: DeskData, case: CaseView) -> Page:
    """Sends what was typed, once: the form's key names it, however often a bad network sends it."""
    me, text, key = staff_member(), _text_of("text"), request.form.get("key", "")
    entry_id = request.form.get("entry", "")
    entry_id = entry_id if entry_id in data.voice(case.city).knowledge.entries else ""
    key = key if _KEY.fullmatch(key) else new_key()
    if not text or len(text) > MAX_REPLY:
        return _unsent(data, case, text, key, entry_id, f"返事は、1文字から{MAX_REPLY}文字までで書いてください。")
    try:
        line = _line(case, "reply", letters=len(text))
        turn = data.store.reply_case(case.city, case.id, me.id, text, key, entry_id=entry_id, line=line)
    except CaseConflict as conflict:
        return _unsent(data, case, text, key, entry_id, f"{_why_not(data, case, conflict)}返事は送っていません。")
    if turn.reply_text != text:
        problem = "この前の返事は、もう届いています。続けて送るなら、もういちど「送る」を押してください。"
        return _unsent(data, case, text, new_key(), entry_id, problem)
    gate.flash("done", "送りました。")
    return redirect(url_for("console.case", city=case.city, number=case.id, sent=key, _anchor="last"), 303)


def _line(case: CaseView, action: str, **detail: object) -> AuditLine:
    """What the audit log says of it, written with the change itself."""
    return gate.line(f"case.{action}", f"case:{case.id}", **detail)


def _unsent(data: DeskData, case: CaseView, text: str, key: str, entry_id: str, problem: str) -> Page:
    """The page again with the text still in its box, and why it was not sent."""
    now = data.case(staff_member(), case.id)
    return case_page(data, now, Writing(text, key, entry_id, problem)), 409


def _wrong(data: DeskData, case: CaseView, problem: str) -> Page:
    gate.flash("problem", problem)
    return case_page(data, case, Writing(key=new_key())), 422


def _why_not(data: DeskData, case: CaseView, conflict: CaseConflict) -> str:
    """A lost race, kindly: who was quicker and what is so now."""
    who = name_of(conflict.held_by, data.names(case.city))
    someone = f"{who}さん" if who else "ほかの人"
    match conflict.reason:
        case "taken":
            return f"{someone}が先に受けました。"
        case "closed":
            return f"{someone}が先に終わりにしました。" if who else "この話は、もう終わっています。"
        case "moved":
            return "ほかの課へ渡されました。"
        case "gone":
            return "この話は、もうありません。"
        case _:
            return "いまの間に様子が変わりました。新しい内容を見て、もういちどお試しください。"


def _from_colleague(me: Staff, case: CaseView) -> bool:
    """Whoever answers for the city may take a talk over from a colleague, on purpose only."""
    return sees_all(me) and request.form.get("over") == "yes" and case.status == "staff" and case.staff != me.id


def called_in(words: str, people: Iterable[Staff]) -> tuple[int, ...]:
    """Whose names stand behind an @ in a note. A name may be written with or without its blanks; the longest wins."""
    folded = _without_blanks(words)
    names = sorted(((_without_blanks(person.name), person.id) for person in people), key=lambda one: -len(one[0]))
    found: dict[int, None] = {}
    for place in (match.end() for match in re.finditer("@", folded)):
        person = next((number for name, number in names if name and folded.startswith(name, place)), None)
        if person is not None:
            found[person] = None
    return tuple(found)


def _without_blanks(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split()).casefold()


def _back(data: DeskData, me: Staff, case: CaseView) -> BaseResponse:
    """To the case where it may still be seen, else to the inbox."""
    now = data.store.case(case.city, case.id)
    if now is not None and visible(me, now):
        return _to_case(now, "state")
    return redirect(url_for("console.inbox", city=case.city), 303)


def _to_case(case: CaseView, anchor: str) -> BaseResponse:
    return redirect(url_for("console.case", city=case.city, number=case.id, _anchor=anchor), 303)


def _ask_erase(data: DeskData, case: CaseView, problem: str = "") -> Page:
    cases = data.store.cases_of(case.city, case.resident)
    page = render_template("console/erase.html", case=case, cases=cases, problem=problem, calls=0)
    return make_response(page, 422 if problem else 200)


def _text_of(name: str) -> str:
    """What was typed into a large box: lines end in one sign, nothing that a database refuses."""
    return request.form.get(name, "").replace("\r\n", "\n").replace("\x00", "").strip()


def _line_of(name: str, longest: int) -> str:
    return " ".join(_text_of(name).split())[:longest]
