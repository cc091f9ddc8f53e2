"""The page of one conversation: what was said, what the bot had found, and everything staff may do with it."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, render_template, request

from bot.privacy import mask, without_masks
from faq.entry import Entry
from faq.knowledge import Knowledge
from faq.search import search
from handlers.console import gate
from handlers.console.canned_view import Ready, filled, ready_for
from handlers.console.conversation_view import REASONS, Talk, name_of, talk
from handlers.console.desk_data import DeskData
from handlers.console.desk_rules import is_unread, waits_since
from handlers.console.evidence import Evidence, evidence, question_turns
from handlers.console.gate import allowed, staff_member
from handlers.console.inbox_view import calls_for, line
from handlers.console.parts import Parts
from handlers.console.talk_export import BOM, as_text, file_name
from handlers.console.times import JAPAN
from handlers.public.prose import summary
from store.records import Turn
from store.records_accounts import Staff
from store.records_cases import CaseView

FOUND = 6
MAX_QUERY = 200
MAX_REPLY = 2_000
"""Characters of one reply. LINE takes 5,000; a longer text is not read on a telephone."""


@dataclass(frozen=True, slots=True)
class Hit:
    """An entry that may be put into the reply."""

    id: str
    question: str
    foretaste: str
    text: str


@dataclass(frozen=True, slots=True)
class Writing:
    """What stands in the reply box. `key` names this reply: sent twice, it is written once."""

    text: str = ""
    key: str = ""
    entry_id: str = ""
    problem: str = ""


def register(blueprint: Blueprint, parts: Parts) -> None:
    """`/console/<city>/cases/<number>` and what is only looked at below it."""
    data = DeskData.of(parts)

    @blueprint.get("/<city>/cases/<int:number>")
    @allowed("case.read")
    def case(city: str, number: int) -> str:
        me = staff_member()
        found = data.case(me, number)
        gate.audit("case.view", f"case:{number}")
        page = case_page(data, found, _begun(data, found))
        _looked(data, found)
        return page

    @blueprint.get("/<city>/cases/<int:number>/talk")
    @allowed("case.read", passive=True)
    def case_talk(city: str, number: int) -> str:
        """The part of the page that changes by itself."""
        found = data.case(staff_member(), number)
        page = render_template("console/talk.html", **_moving(data, found))
        if request.args.get("seen") == "1":
            _looked(data, found)
        return page

    @blueprint.get("/<city>/cases/<int:number>/faq")
    @allowed("case.read", passive=True)
    def case_faq(city: str, number: int) -> str:
        """The entries that a search in the reply box finds."""
        found = data.case(staff_member(), number)
        return render_template("console/faq_hits.html", case=found, hits=_asked_hits(data, city), asked=_query())

    @blueprint.get("/<city>/cases/<int:number>/export.txt")
    @allowed("case.export")
    def export_case(city: str, number: int) -> Response:
        me = staff_member()
        found, now = data.case(me, number), data.now()
        with_notes, with_bom = request.args.get("notes") == "1", request.args.get("bom") == "1"
        text = as_text(_talk(data, me, found), data.voice(city).city, data.names(city), me.name, now, with_notes)
        gate.audit("case.export", f"case:{number}", notes=with_notes)
        response = Response((BOM if with_bom else "") + text, content_type="text/plain; charset=utf-8")
        response.headers["Content-Disposition"] = f'attachment; filename="{file_name(found, now)}"'
        return response


def case_page(data: DeskData, case: CaseView, writing: Writing) -> str:
    """The whole page. `writing` is what stands in the reply box, also after something went wrong."""
    me, city = staff_member(), case.city
    voice = data.voice(city)
    holds = case.status == "staff" and case.staff == me.id
    found, turns = _evidence(data, me, case)
    return render_template(
        "console/case.html",
        **_moving(data, case, turns),
        holds=holds,
        writing=writing,
        longest=MAX_REPLY,
        ready=ready_for(data.store.canned(city), me, case, voice.city.name) if holds else (),
        hits=_asked_hits(data, city),
        asked=_query(),
        evidence=found,
        linkable=_linkable(voice.knowledge, case, found, writing),
        forms=data.store.contacts(city, case.id),
        departments=[one.name for one in voice.city.departments if one.name != case.department],
        reasons=REASONS,
        colleagues=[person for person in data.colleagues(case) if person.id != me.id],
        drafts=data.store.drafts_of(city, case.id),
        longest_note=MAX_REPLY,
    )


def _moving(data: DeskData, case: CaseView, turns: Sequence[Turn] | None = None) -> Mapping[str, Any]:
    """The values of `talk.html`, which the page holds and fetches again when something changed."""
    me, now, names = staff_member(), data.now(), data.names(case.city)
    desk = data.desk(case.city)
    return {
        "case": case,
        "line": line(case, me, names, now, now),
        "talk": _talk(data, me, case, turns),
        "holder": name_of(case.staff, names) if case.status == "staff" else "",
        "mark": desk.mark,
        "calls": calls_for(desk, me),
        "place": data.store.position(case.city, case.id) if case.status == "waiting" else 0,
        "since": waits_since(case),
        "attachments": _attachments(data, case),
    }


def _talk(data: DeskData, me: Staff, case: CaseView, turns: Sequence[Turn] | None = None) -> Talk:
    turns = data.talk(me, case) if turns is None else turns
    said = {told.event_id: told for told in data.store.deliveries(case.city, case.id)}
    steps, notes = data.store.case_log(case.city, case.id), data.store.notes(case.city, case.id)
    return talk(case, turns, steps, notes, said, data.names(case.city), data.voice(case.city))


def _evidence(data: DeskData, me: Staff, case: CaseView) -> tuple[list[Evidence], list[Turn]]:
    turns = data.talk(me, case)
    voice = data.voice(case.city)
    asked = question_turns(turns)
    return [evidence(turn, voice.knowledge, turn.at.astimezone(JAPAN).date()) for turn in asked], turns


def _attachments(data: DeskData, case: CaseView) -> Sequence[Any]:
    return data.store.attachments(case.city, case.id)


def _looked(data: DeskData, case: CaseView) -> None:
    """Note that the case was seen, if anything in it was new; a look at what is known writes nothing."""
    me = staff_member()
    watched = data.desk(case.city).watched
    fresh = is_unread(case, watched.seen.get((me.id, case.id)))
    if (case.status in ("waiting", "staff") and fresh) or case.id in watched.called.get(me.id, ()):
        data.store.see_case(case.city, case.id, me.id)
        if case.staff == me.id and case.unread:
            data.store.read_case(case.city, case.id)
        else:
            data.store.cases_changed(case.city)


def _begun(data: DeskData, case: CaseView) -> Writing:
    """A new reply; without a script an entry or a canned answer is put in by opening the page with it."""
    knowledge, me = data.voice(case.city).knowledge, staff_member()
    text, entry_id = "", ""
    entry = knowledge.entries.get(request.args.get("insert", ""))
    if entry is not None and entry.shown_on(data.now().astimezone(JAPAN).date()):
        text, entry_id = text_of(entry), entry.id
    number = request.args.get("canned", "")
    kept = next((one for one in data.store.canned(case.city) if str(one.id) == number), None)
    if kept is not None and kept.department in ("", case.department):
        text = filled(kept.text, me, case, knowledge.city.name)
    return Writing(text, new_key(), entry_id)


def new_key() -> str:
    return secrets.token_urlsafe(18)


def text_of(entry: Entry) -> str:
    """The reviewed answer as words of a reply, with its links."""
    return "\n".join([entry.answer.strip(), *(f"{link.title}：{link.url}" for link in entry.links)])


def _query() -> str:
    """The search of the reply box, as it may be shown again: masked and cut."""
    return mask(request.args.get("q", "").replace("\x00", "").strip()).text[:MAX_QUERY]


def _asked_hits(data: DeskData, city: str) -> list[Hit]:
    words = without_masks(_query()).strip()
    return _hits(data.voice(city).knowledge, words, data) if words else []


def _hits(knowledge: Knowledge, words: str, data: DeskData) -> list[Hit]:
    today = data.now().astimezone(JAPAN).date()
    found = search(knowledge.index, words, top=FOUND, day=today).candidates
    entries = [knowledge.entries[one.id] for one in found if one.id in knowledge.entries]
    return [Hit(entry.id, entry.question, summary(entry.answer), text_of(entry)) for entry in entries]


def _linkable(
    knowledge: Knowledge, case: CaseView, found: Sequence[Evidence], writing: Writing
) -> list[tuple[str, str]]:
    """Entries that are likely to be linked when the case is closed: id and question."""
    ids = [writing.entry_id, case.entry_id, *(one.id for question in found for one in question.found)]
    return [(one, knowledge.entries[one].question) for one in dict.fromkeys(ids) if one in knowledge.entries]


__all__ = ["MAX_REPLY", "Ready", "Writing", "case_page", "new_key", "register"]
