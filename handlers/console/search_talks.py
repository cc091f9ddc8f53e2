"""Finding past talks by words, or by who the resident is; only among what one may see."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from flask import Blueprint, render_template, request

from handlers.console import gate
from handlers.console.conversation_view import said_by_resident
from handlers.console.desk_data import DeskData, sight_of
from handlers.console.desk_rules import visible
from handlers.console.gate import allowed, staff_member
from handlers.console.inbox import page_number
from handlers.console.inbox_view import Line, line
from handlers.console.parts import MenuItem, Parts
from store.console_views import Page
from store.records_accounts import Staff
from store.records_cases import CaseView
from store.records_contacts import reference_in
from store.talk_search import place_of, words_of

SIZE = 20
MAX_QUERY = 100
AROUND = 30
"""Letters shown on either side of a found word."""

SPANS = {"30": "この30日", "365": "この1年", "all": "すべて"}


@dataclass(frozen=True, slots=True)
class FoundTalk:
    """A case that was found, and where in it a word stands: before, the word, after."""

    line: Line
    excerpt: tuple[str, str, str] | None


def register(blueprint: Blueprint, parts: Parts) -> None:
    """`/console/<city>/search?q=…&by=words|resident&span=30|365|all`."""
    parts.menu.append(MenuItem("console.search_talks", "さがす", "case.search", 20))
    data = DeskData.of(parts)

    @blueprint.get("/<city>/search")
    @allowed("case.search")
    def search_talks(city: str) -> str:
        me, query = staff_member(), request.args.get("q", "").replace("\x00", "").strip()[:MAX_QUERY]
        by_resident, span = request.args.get("by") == "resident", request.args.get("span", "365")
        span, number = span if span in SPANS else "365", page_number()
        page = _found(data, me, query, by_resident, span, number) if query else Page((), False)
        if query:
            # What was looked for may be somebody's name: the log tells who looked, and how much was found.
            gate.audit("case.search", "cases", by="resident" if by_resident else "words", found=len(page.cases))
        return render_template(
            "console/search.html",
            query=query,
            by_resident=by_resident,
            span=span,
            spans=SPANS,
            found=[_shown(data, me, case, "" if by_resident else query) for case in page.cases],
            page=number,
            more=page.more,
            longest=MAX_QUERY,
        )


def _found(data: DeskData, me: Staff, query: str, by_resident: bool, span: str, number: int) -> Page:
    if (reference := reference_in(query)) and (called := _with_number(data, me, reference)):
        return Page(called, False)
    if by_resident:
        return data.store.cases_of_resident(sight_of(me), query, number, SIZE)
    since = None if span == "all" else data.now() - timedelta(days=int(span))
    return data.store.search_cases(sight_of(me), query, since, number, SIZE)


def _with_number(data: DeskData, me: Staff, reference: str) -> tuple[CaseView, ...]:
    """The cases whose contact form has this number, which a resident says on the telephone."""
    forms = data.store.contact_by_reference(me.city, reference)
    known = (data.store.case(me.city, form.case_id) for form in forms)
    return tuple(case for case in known if case is not None and visible(me, case))


def _shown(data: DeskData, me: Staff, case: CaseView, query: str) -> FoundTalk:
    now = data.now()
    return FoundTalk(line(case, me, data.names(case.city), now, now), _excerpt(data, me, case, query))


def _excerpt(data: DeskData, me: Staff, case: CaseView, query: str) -> tuple[str, str, str] | None:
    words = words_of(query)
    if not words:
        return None
    voice = data.voice(case.city)
    for turn in data.talk(me, case):
        for text in (said_by_resident(turn, voice), turn.reply_text if turn.kind == "staff" else ""):
            flat = " ".join(text.split())
            start = place_of(flat, words[0])
            if start >= 0:
                end = start + len(words[0])
                before = flat[max(start - AROUND, 0) : start]
                after = flat[end : end + AROUND]
                return (f"…{before}" if start > AROUND else before, flat[start:end], after)
    return None
