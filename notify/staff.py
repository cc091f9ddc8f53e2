"""Who of the staff is told of which waiting resident, and when. Pure.

Told are: the addresses and the room of the case's department once when the case is there for them (opened, or handed
over to them), and its `escalate_mails` once when nobody has taken it for `escalate_minutes` of the department's open
hours. A notice names the city, the department, the case's number and since when; never a word of the resident's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, get_args
from zoneinfo import ZoneInfo

from faq.city import City
from faq.handoff import HandoffRules
from faq.office_hours import open_time

CaseKind = Literal["waiting", "escalated"]
AlarmKind = Literal["feed_silent", "feed_back", "telegram_unread", "mode_reminder"]
"""Not about a resident's case (`notify.staff_alarms`)."""

NoticeKind = CaseKind | AlarmKind
KINDS: Mapping[str, NoticeKind] = {kind: kind for kind in (*get_args(CaseKind), *get_args(AlarmKind))}
Way = Literal["mail", "webhook"]
JAPAN = ZoneInfo("Asia/Tokyo")

TOLD_WITHIN = timedelta(days=7)
"""A case that has waited longer is not told of any more: who sets up a mail server today is not sent last year's."""


@dataclass(frozen=True, slots=True)
class WaitingCase:
    """A case that nobody has taken. `since`: when it came to wait in this department."""

    city: str
    case_id: int
    department: str
    since: datetime


@dataclass(frozen=True, slots=True)
class StaffNotice:
    """One notice to one receiver; there is never a second of the same five values.

    `target` is a mail address, or the form of a room's message with the room (`teams`, `teams/SHIMIN`). `case_id` of an
    alarm is the number of its occasion.
    """

    city: str
    case_id: int
    kind: NoticeKind
    way: Way
    target: str
    department: str
    since: datetime

    @property
    def key(self) -> tuple[str, int, str, str, str]:
        return self.city, self.case_id, self.kind, self.way, self.target


@dataclass(frozen=True, slots=True)
class Reachable:
    """What this installation can use: a mail server or none, and the rooms whose address it was given."""

    mail: bool
    rooms: Callable[[str, str], bool]
    """`rooms(city, channel)`."""


def due_notices(
    waiting: Iterable[WaitingCase],
    city_of: Callable[[str], City | None],
    reachable: Reachable,
    planned: Set[tuple[str, int, str, str, str]],
    now: datetime,
) -> list[StaffNotice]:
    """The notices that are due at `now` and not among the keys of those `planned` before; the longest waiting first."""
    due = []
    for case in sorted(waiting, key=lambda case: (case.since, case.case_id)):
        city = city_of(case.city)
        if city is None or now - case.since > TOLD_WITHIN:
            continue
        due += [notice for notice in _notices_of(case, city, reachable, now) if notice.key not in planned]
    return list({notice.key: notice for notice in due}.values())


def _notices_of(case: WaitingCase, city: City, reachable: Reachable, now: datetime) -> Iterator[StaffNotice]:
    rules = city.handoff_of(case.department)
    yield from (_notice(case, "waiting", way, target) for way, target in ways_to(case.city, rules, reachable))
    if reachable.mail and _is_late(case, city, rules, now):
        yield from (_notice(case, "escalated", "mail", address) for address in rules.escalate_mails)


def ways_to(city: str, rules: HandoffRules, reachable: Reachable) -> Iterator[tuple[Way, str]]:
    """The addresses and the room of a department, as far as this installation can reach them."""
    if reachable.mail:
        yield from (("mail", address) for address in rules.mails)
    if rules.webhook and reachable.rooms(city, rules.webhook_channel):
        yield "webhook", f"{rules.webhook}/{rules.webhook_channel}" if rules.webhook_channel else rules.webhook


def _notice(case: WaitingCase, kind: NoticeKind, way: Way, target: str) -> StaffNotice:
    return StaffNotice(case.city, case.case_id, kind, way, target, case.department, case.since)


def _is_late(case: WaitingCase, city: City, rules: HandoffRules, now: datetime) -> bool:
    """Whether nobody took the case while the window was open for so long. A closed night is no delay."""
    patience = timedelta(minutes=rules.escalate_minutes)
    if not patience or not rules.escalate_mails or now - case.since < patience:
        return False
    return open_time(city, city.department(case.department), case.since, now) >= patience


def room_of(target: str) -> tuple[str, str]:
    """(the form of the message, the room's channel or "") of a webhook's `target`."""
    form, _, channel = target.partition("/")
    return form, channel
