"""Who of the staff is told of which waiting resident, and when. Pure.

Told are: the addresses and the room of the case's department once when the case is there for them (opened, or handed
over to them), and its `escalate_mails` once when nobody has taken it for `escalate_minutes` of the department's open
hours. A notice names the city, the department, the case's number and since when; never a word of the resident's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Set
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from faq.city import City
from faq.handoff import HandoffRules
from faq.office_hours import open_time

NoticeKind = Literal["waiting", "escalated"]
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

    `target` is a mail address, or the form of a room's message with the room (`teams`, `teams/SHIMIN`).
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
    if reachable.mail:
        yield from (_notice(case, "waiting", "mail", address) for address in rules.mails)
    if rules.webhook and reachable.rooms(case.city, rules.webhook_channel):
        target = f"{rules.webhook}/{rules.webhook_channel}" if rules.webhook_channel else rules.webhook
        yield _notice(case, "waiting", "webhook", target)
    if reachable.mail and _is_late(case, city, rules, now):
        yield from (_notice(case, "escalated", "mail", address) for address in rules.escalate_mails)


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
