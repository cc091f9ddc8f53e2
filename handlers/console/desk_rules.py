"""Who sees which case, and on which shelf of the inbox it stands. Pure; every page of the desk asks here."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Final, Literal, get_args

from bot.handover import OPEN_STATES
from store.records_accounts import Role, Staff
from store.records_cases import CaseView

Tab = Literal["mine", "department", "waiting", "all", "closed"]
TABS: Final[dict[Tab, str]] = {
    "mine": "自分",
    "department": "自分の課",
    "waiting": "待っている人",
    "all": "すべて",
    "closed": "おわったもの",
}
SEE_ALL: Final[frozenset[Role]] = frozenset({"管理", "監査"})
"""Roles that answer for the whole city; all others see the cases of their departments."""


def visible(me: Staff, case: CaseView) -> bool:
    """Whether this member of staff may see this case: the one rule, for lists, pages, searches and streams.

    The city's managers and auditors see all; others their departments' cases, and one that they hold.
    """
    if me.city != case.city:
        return False
    return me.role in SEE_ALL or case.department in me.departments or _holds(me, case)


def departments_seen(me: Staff) -> tuple[str, ...] | None:
    """The departments whose cases a query may give to this member of staff; None: all of the city."""
    return None if me.role in SEE_ALL else me.departments


def as_tab(name: str | None) -> Tab | None:
    return next((tab for tab in get_args(Tab) if tab == name), None)


def on_tab(tab: Tab, me: Staff, case: CaseView, called: Collection[int]) -> bool:
    """Whether a case that is visible stands on this shelf; `called` are the cases whose notes call for `me`.

    A call by name stays on one's own shelf until one has looked, also when the talk is over by then.
    """
    if tab == "mine":
        return _holds(me, case) or case.id in called
    if case.status not in OPEN_STATES:
        return False
    match tab:
        case "department":
            return case.department in me.departments
        case "waiting":
            return case.status == "waiting"
        case "all":
            return True
        case "closed":
            return False


def waits_since(case: CaseView) -> datetime | None:
    """Since when the resident has been without an answer; None when it is the resident's turn."""
    if case.status == "waiting":
        return case.opened_at
    if case.status != "staff" or case.resident_at is None:
        return None
    if case.staff_at is None:
        return case.opened_at
    return case.resident_at if case.resident_at > case.staff_at else None


def oldest_first(cases: Iterable[CaseView]) -> list[CaseView]:
    """Whoever has waited longest stands first; those whose turn it is themselves come after."""
    return sorted(cases, key=_age)


def _age(case: CaseView) -> tuple[bool, datetime, int]:
    since = waits_since(case)
    return (since is None, since or case.staff_at or case.opened_at, case.id)


def is_unread(case: CaseView, seen_at: datetime | None) -> bool:
    """Whether the resident wrote after this member of staff last looked."""
    wrote = case.resident_at or case.opened_at
    return seen_at is None or wrote > seen_at


def _holds(me: Staff, case: CaseView) -> bool:
    return case.status == "staff" and case.staff == me.id
