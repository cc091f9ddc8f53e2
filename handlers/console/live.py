"""What an open page of the desk hears by itself: changes of the inbox and of one talk.

A stream holds a thread of the server, so there are only so many in a process (`Places`, shared with the widget). Who
comes then is asked to look by itself now and then: `…/live.json` tells the same, and the pages work without either.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

from flask import Blueprint, Response, current_app, jsonify, request

from handlers.console.desk_data import DeskData
from handlers.console.desk_rules import Tab, as_tab, visible
from handlers.console.gate import allowed, staff_member, staff_session
from handlers.console.inbox_view import Desk, Line, calls_for, chosen, counts, keys_of, line_of
from handlers.console.parts import Parts
from handlers.console.permissions import may
from handlers.widget.streams import Pace
from store.errors import StoreError
from store.records_accounts import Staff, StaffSession
from store.records_cases import CaseView

Json = dict[str, Any]
BUSY_SECONDS = 20
BREATH_SECONDS = 0.2
"""A page is told at most so often; what changes meanwhile comes together. A hundred pages hear of a burst in time."""


def register(blueprint: Blueprint, parts: Parts) -> None:
    """`/console/<city>/live?tab=…` and `…/cases/<number>/live`; both also as `.json`, once."""
    data = DeskData.of(parts)

    def streamed(news: Callable[[int, Staff], Json | None], after: int) -> Response | tuple[Response, int, Json]:
        give_back = parts.places.take()
        if give_back is None:
            return jsonify({"message": "いまは、つながっている人が多いです。"}), 503, {"Retry-After": str(BUSY_SECONDS)}
        response = Response(events(data, staff_session(), news, after, parts.pace), mimetype="text/event-stream")
        response.headers["X-Accel-Buffering"] = "no"
        response.call_on_close(give_back)
        return response

    @blueprint.get("/<city>/live")
    @allowed("case.read", passive=True)
    def inbox_live(city: str) -> Any:
        return streamed(_inbox_news(data, _tab(), staff_member(), _mark()), _mark())

    @blueprint.get("/<city>/live.json")
    @allowed("case.read", passive=True)
    def inbox_look(city: str) -> Any:
        mark, me = data.store.console_mark(city), staff_member()
        return jsonify(None if mark == _mark() else _inbox_news(data, _tab(), me, -1)(mark, me))

    @blueprint.get("/<city>/cases/<int:number>/live")
    @allowed("case.read", passive=True)
    def case_live(city: str, number: int) -> Any:
        data.case(staff_member(), number)
        return streamed(_case_news(data, number), _mark())

    @blueprint.get("/<city>/cases/<int:number>/live.json")
    @allowed("case.read", passive=True)
    def case_look(city: str, number: int) -> Any:
        data.case(staff_member(), number)
        mark = data.store.console_mark(city)
        return jsonify(None if mark == _mark() else _case_news(data, number)(mark, staff_member()))


def events(
    data: DeskData, session: StaffSession, news: Callable[[int, Staff], Json | None], after: int, pace: Pace
) -> Iterator[str]:
    """The lines of a stream. It ends when its reader has logged out or may not read any more."""
    me, now, resting = session.staff, time.monotonic(), threading.Event()
    ends, looks = now + pace.life, now + pace.heartbeat
    yield "retry: 3000\n\n"
    while (now := time.monotonic()) < ends:
        try:
            if now >= looks:
                held = data.store.session(me.city, session.token_hash, data.parts.limits)
                if held is None or not may(held.staff.role, "case.read"):
                    return
                me, looks = held.staff, now + pace.heartbeat
                yield ": .\n\n"
            mark = data.store.wait_for_cases(me.city, after, max(looks - now, 0.01))
            told = news(mark, me) if mark != after else None
        except StoreError:
            # Asked again after the time that the store takes to say no; the page looks by itself meanwhile.
            yield ": later\n\n"
            return
        after = mark
        if told is not None:
            yield f"id: {mark}\ndata: {json.dumps(told, ensure_ascii=False, separators=(',', ':'))}\n\n"
            resting.wait(BREATH_SECONDS)


def _inbox_news(data: DeskData, tab: Tab, me: Staff, after: int) -> Callable[[int, Staff], Json | None]:
    """What has changed on this shelf: all of it where the page is older than we know, else the lines that differ."""
    shown: dict[int, tuple[object, ...]] = {}
    last: list[Json] = []
    as_html = _line_html()

    def look(desk: Desk, me: Staff) -> tuple[Json, list[CaseView]]:
        found = chosen(tab, desk, me)
        keys = keys_of(found, desk, me)
        fresh = [case for case in found if shown.get(case.id) != keys[case.id]]
        shown.clear()
        shown.update(keys)
        return {"calls": calls_for(desk, me), "counts": counts(desk, me), "order": [case.id for case in found]}, fresh

    def news(mark: int, me: Staff) -> Json | None:
        desk = data.desk(me.city, mark)
        head, fresh = look(desk, me)
        if not fresh and last == [head]:
            return None
        last[:] = [head]
        names, now = data.names(me.city), data.now()
        return {"mark": mark, **head, "rows": {case.id: as_html(line_of(case, desk, me, names, now)) for case in fresh}}

    if after >= 0 and after == data.store.console_mark(me.city):
        last.append(look(data.desk(me.city, after), me)[0])
    return news


def _case_news(data: DeskData, number: int) -> Callable[[int, Staff], Json | None]:
    """That this case has changed, and how many calls there are; the page then fetches the talk."""
    last: list[Json] = []

    def news(mark: int, me: Staff) -> Json | None:
        desk = data.desk(me.city, mark)
        case = next((case for case in desk.cases if case.id == number), None)
        here = case is not None and visible(me, case)
        state = [str(case.resident_at), str(case.staff_at), case.version] if case is not None and here else None
        notes = len(data.store.notes(me.city, number)) if here else 0
        told = {"calls": calls_for(desk, me), "state": state, "notes": notes}
        if last == [told]:
            return None
        last[:] = [told]
        return {"mark": mark, **told}

    return news


def _line_html() -> Callable[[Line], str]:
    """The very lines of the page, made without a request: a stream outlives it."""
    macro = current_app.jinja_env.get_template("console/inbox_line.html").module.line  # type: ignore[attr-defined]
    return lambda line: str(macro(line))


def _tab() -> Tab:
    return as_tab(request.args.get("tab")) or "all"


def _mark() -> int:
    asked = request.headers.get("Last-Event-ID") or request.args.get("mark", "")
    return int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 18 else -1
