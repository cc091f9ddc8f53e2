"""The inbox: `/console/<city>/inbox`, shelf by shelf, whoever waits longest first."""

from __future__ import annotations

from flask import Blueprint, render_template, request

from handlers.console import gate
from handlers.console.desk_data import DeskData, sight_of
from handlers.console.desk_rules import Tab, as_tab
from handlers.console.gate import allowed, staff_member
from handlers.console.inbox_view import calls_for, chosen, first_tab, line, line_of, shelves
from handlers.console.parts import MenuItem, Parts

PAGE = 50
"""Closed cases on a page; the open ones are all shown."""

MAX_PAGE = 10_000


def register(blueprint: Blueprint, parts: Parts) -> None:
    """`/console/<city>/inbox?tab=mine|department|waiting|all|closed`."""
    parts.menu.append(MenuItem("console.inbox", "受付箱", "case.read", 10))
    data = DeskData.of(parts)

    @blueprint.get("/<city>/inbox")
    @allowed("case.read")
    def inbox(city: str) -> str:
        me = staff_member()
        tab = as_tab(request.args.get("tab")) or first_tab(me)
        return _closed(data) if tab == "closed" else _open(data, tab)


def _open(data: DeskData, tab: Tab) -> str:
    me, now = staff_member(), data.now()
    desk, names = data.desk(me.city), data.names(me.city)
    lines = [line_of(case, desk, me, names, now) for case in chosen(tab, desk, me)]
    gate.audit("case.list", tab, found=len(lines))
    return render_template(
        "console/inbox.html",
        tab=tab,
        shelves=shelves(desk, me, tab),
        lines=lines,
        calls=calls_for(desk, me),
        mark=desk.mark,
    )


def _closed(data: DeskData) -> str:
    me, now, number = staff_member(), data.now(), page_number()
    desk = data.desk(me.city)
    page = data.store.closed_cases(sight_of(me), number, PAGE)
    names = data.names(me.city)
    gate.audit("case.list", "closed", found=len(page.cases), page=number)
    return render_template(
        "console/inbox.html",
        tab="closed",
        shelves=shelves(desk, me, "closed"),
        lines=[line(case, me, names, now) for case in page.cases],
        calls=calls_for(desk, me),
        mark=desk.mark,
        page=number,
        more=page.more,
    )


def page_number() -> int:
    """`?page=2`; anything else is the first page."""
    asked = request.args.get("page", "1")
    return min(max(int(asked), 1), MAX_PAGE) if asked.isascii() and asked.isdigit() and len(asked) < 6 else 1
