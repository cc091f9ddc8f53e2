"""What the inbox shows: shelves with their counts, and one line for each case. Knows no Flask and no SQL."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from handlers.console.desk_rules import TABS, Tab, is_unread, oldest_first, on_tab, visible, waits_since
from handlers.console.times import moment, waited
from store.records_accounts import Staff
from store.records_cases import CaseView
from store.records_desk import Watched

FIRST_WORDS = 80
LONG_WAIT_SECONDS = 15 * 60
CHANNELS = {"line": "LINE", "widget": "ウェブ"}
STATUSES = {"waiting": "待っています", "staff": "話しています", "closed": "おわりました", "erased": "消しました"}


@dataclass(frozen=True, slots=True)
class Line:
    """A case as one line of a list."""

    id: int
    href: str
    words: str
    who: str
    channel: str
    department: str
    status: str
    status_words: str
    holder: str
    mine: bool
    unread: bool
    unanswered: int
    called: bool
    since: datetime | None
    waited: str
    long: bool
    opened: str
    at: str


@dataclass(frozen=True)
class Desk:
    """The open cases of a city at one moment, with what each member of staff has seen. `mark` names the moment.

    Closed ones stand among them as long as a note in them calls somebody who has not looked. All who watch the city
    look at one desk, so what is the same for everybody is worked out once.
    """

    mark: int
    cases: tuple[CaseView, ...]
    watched: Watched

    @cached_property
    def in_order(self) -> tuple[CaseView, ...]:
        """Whoever has waited longest stands first."""
        return tuple(oldest_first(self.cases))

    @cached_property
    def faces(self) -> dict[int, tuple[object, ...]]:
        """By case, what its line shows to everybody; equal as long as that has not changed."""
        return {
            case.id: (case.version, case.department, case.resident_at, case.staff_at, case.unread, case.display_name)
            for case in self.cases
        }


@dataclass(frozen=True, slots=True)
class Shelf:
    """One tab: how many cases stand on it, and whether it is the one that is open."""

    tab: Tab
    title: str
    count: int | None
    current: bool


def seen_by(desk: Desk, me: Staff) -> list[CaseView]:
    """What `me` may see, whoever has waited longest first."""
    return [case for case in desk.in_order if visible(me, case)]


def chosen(tab: Tab, desk: Desk, me: Staff) -> list[CaseView]:
    """The cases of an open tab, whoever waits longest first."""
    called = desk.watched.called.get(me.id, frozenset())
    return [case for case in seen_by(desk, me) if on_tab(tab, me, case, called)]


def keys_of(cases: Iterable[CaseView], desk: Desk, me: Staff) -> dict[int, tuple[object, ...]]:
    """By case, a value that is equal as long as nothing that its line shows to `me` has changed."""
    called, seen, faces = desk.watched.called.get(me.id, frozenset()), desk.watched.seen, desk.faces
    return {case.id: (faces[case.id], seen.get((me.id, case.id)), case.id in called) for case in cases}


def line_of(case: CaseView, desk: Desk, me: Staff, names: Mapping[int, str], now: datetime) -> Line:
    called = desk.watched.called.get(me.id, frozenset())
    return line(case, me, names, now, desk.watched.seen.get((me.id, case.id)), case.id in called)


def line(
    case: CaseView,
    me: Staff,
    names: Mapping[int, str],
    now: datetime,
    seen_at: datetime | None = None,
    called: bool = False,
) -> Line:
    since = waits_since(case)
    seconds = (now - since).total_seconds() if since else 0.0
    return Line(
        id=case.id,
        href=f"/console/{case.city}/cases/{case.id}",
        words=first_words(case.question) or "（質問の文はありません）",
        who=display_name(case),
        channel=CHANNELS.get(case.channel, case.channel),
        department=case.department,
        status=case.status,
        status_words=STATUSES.get(case.status, case.status),
        holder=names.get(case.staff, "") if case.status == "staff" else "",
        mine=case.status == "staff" and case.staff == me.id,
        unread=case.status in ("waiting", "staff") and is_unread(case, seen_at),
        unanswered=case.unread,
        called=called,
        since=since,
        waited=waited(seconds) if since else "",
        long=seconds >= LONG_WAIT_SECONDS,
        opened=(case.closed_at or case.opened_at).isoformat(),
        at=moment(case.closed_at or case.opened_at, now),
    )


def shelves(desk: Desk, me: Staff, current: Tab) -> tuple[Shelf, ...]:
    standing = counts(desk, me)
    return tuple(Shelf(tab, title, standing.get(tab), tab == current) for tab, title in TABS.items())


def counts(desk: Desk, me: Staff) -> dict[Tab, int]:
    """How many open cases stand on each shelf of this member of staff."""
    called = desk.watched.called.get(me.id, frozenset())
    mine = seen_by(desk, me)
    open_tabs: Sequence[Tab] = ("mine", "department", "waiting", "all")
    return {tab: sum(on_tab(tab, me, case, called) for case in mine) for tab in open_tabs}


def calls_for(desk: Desk, me: Staff) -> int:
    """The number in the window's title: own cases with something new, calls by name, and whoever waits in my
    departments."""
    called = desk.watched.called.get(me.id, frozenset())
    return sum(
        case.id in called
        or (case.status == "waiting" and case.department in me.departments)
        or (case.status == "staff" and case.staff == me.id and is_unread(case, desk.watched.seen.get((me.id, case.id))))
        for case in seen_by(desk, me)
    )


def first_tab(me: Staff) -> Tab:
    """Where somebody begins: those who answer with their department, the others with the whole city."""
    return "department" if me.departments else "all"


def first_words(text: str, length: int = FIRST_WORDS) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= length else f"{flat[:length]}…"


def display_name(case: CaseView) -> str:
    """What the resident calls themselves on LINE; in the widget nobody has a name."""
    return f"{case.display_name} さん" if case.display_name else "名前のない人"
