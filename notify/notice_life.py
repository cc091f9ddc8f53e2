"""The life of a notice to many: what may happen to it when, in one table, which everything else looks up.

Plain data: knows no SQL and no clock. Staff, the planner ("system") and the clock are the only ones who act.
"""

from __future__ import annotations

import calendar
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta, timezone
from typing import Any, Final, Literal

Status = Literal["draft", "waiting_approval", "scheduled", "planning", "sending", "paused", "done", "stopped"]
Event = Literal[
    "changes",
    "submits",
    "approves",
    "withdraws",
    "schedules",
    "issues",
    "plans",
    "planned",
    "pauses",
    "resumes",
    "stops",
    "finishes",
    "resends",
]
Who = Literal["staff", "system"]
JAPAN: Final = timezone(timedelta(hours=9), "JST")

RETRY_KEY_LIFE: Final = timedelta(hours=23)
"""LINE remembers a retry key for 24 h; after that the same call would be a new message."""

PUBLIC: Final[tuple[Status, ...]] = ("scheduled", "planning", "sending", "paused", "done")
"""Once issued, a notice in one of these is shown on pages and in feeds; a stopped one is taken down."""


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that may happen. `action` is its name in the audit log, "" for what is no decision of anybody.

    `approved`: only when nobody has to approve any more. The system may issue without: its texts were approved before.
    """

    before: Status
    event: Event
    after: Status
    why: str
    action: str = ""
    who: tuple[Who, ...] = ("staff", "system")
    approved: bool = False


STEPS: Final[tuple[Step, ...]] = (
    Step("draft", "changes", "draft", "Nobody has seen it yet.", "notice.change"),
    Step("draft", "submits", "waiting_approval", "A second person is to look at it.", "notice.submit", ("staff",)),
    Step("waiting_approval", "approves", "scheduled", "Another than its maker said yes.", "notice.approve", ("staff",)),
    Step("waiting_approval", "withdraws", "draft", "To be changed, or not now.", "notice.withdraw"),
    Step("draft", "schedules", "scheduled", "Goes out at its time.", "notice.schedule", approved=True),
    Step("draft", "issues", "scheduled", "Goes out now.", "notice.issue", approved=True),
    Step("scheduled", "schedules", "scheduled", "At another time.", "notice.schedule"),
    Step("scheduled", "issues", "scheduled", "Not at its time: now.", "notice.issue"),
    Step("scheduled", "withdraws", "draft", "Nobody was told yet.", "notice.withdraw"),
    Step("scheduled", "stops", "stopped", "It shall never go out.", "notice.stop"),
    Step("scheduled", "plans", "planning", "Its time has come: who hears it is worked out.", who=("system",)),
    Step("planning", "plans", "planning", "Whoever planned it was not heard of again.", who=("system",)),
    Step("planning", "planned", "sending", "Every call to be made is written down.", who=("system",)),
    Step("planning", "stops", "stopped", "Nothing has gone out yet.", "notice.stop"),
    Step("sending", "pauses", "paused", "Nothing new is sent; what is on its way arrives.", "notice.pause"),
    Step("sending", "stops", "stopped", "What has not gone out never will.", "notice.stop"),
    Step("sending", "finishes", "done", "No call is left to be made.", who=("system",)),
    Step("paused", "resumes", "sending", "Goes on where it stood.", "notice.resume"),
    Step("paused", "stops", "stopped", "What has not gone out never will.", "notice.stop"),
    Step("done", "resends", "sending", "What LINE did not take is tried once more.", "notice.resend", ("staff",)),
    Step("done", "stops", "stopped", "Sent is sent, but pages no longer show it.", "notice.stop"),
)
_DAY = 24 * 60
_BY_STEP: dict[tuple[str, str], Step] = {(step.before, step.event): step for step in STEPS}


def step_of(before: str, event: Event, who: Who, *, needs_approval: bool = False) -> Step | None:
    """What `event`, done by `who`, makes of a notice in the state `before`; None: it is not allowed."""
    step = _BY_STEP.get((before, event))
    if step is None or who not in step.who:
        return None
    return None if step.approved and needs_approval and who == "staff" else step


def quiet_until(now: datetime, quiet_from: int, quiet_to: int) -> datetime | None:
    """When the quiet hours end in which `now` falls; None outside of them. Minutes of the day in Japan, -1 for none."""
    if quiet_from < 0 or quiet_to < 0 or quiet_from == quiet_to:
        return None
    here = now.astimezone(JAPAN)
    minute = here.hour * 60 + here.minute
    length, gone = (quiet_to - quiet_from) % _DAY, (minute - quiet_from) % _DAY
    if gone >= length:
        return None
    return here.replace(second=0, microsecond=0) + timedelta(minutes=length - gone)


def next_time(repeats: Mapping[str, Any], after: datetime) -> datetime | None:
    """When a repeating notice goes out next: {"every": "day" | "week" | "month", "day": …, "at": "09:00"}.

    `day` is the day of the month (the last one where a month is shorter), or of the week (0 is Monday); None: it does
    not repeat. Times are Japan's.
    """
    every = repeats.get("every")
    if every not in ("day", "week", "month"):
        return None
    hour, _, minute = str(repeats.get("at", "09:00")).partition(":")
    start, wanted = after.astimezone(JAPAN), int(repeats.get("day", 1))
    for ahead in range(63):
        day = start.date() + timedelta(days=ahead)
        last = calendar.monthrange(day.year, day.month)[1]
        fits = every == "day" or (day.weekday() if every == "week" else day.day) == (
            wanted if every == "week" else min(wanted, last)
        )
        then = datetime.combine(day, time(int(hour), int(minute)), JAPAN)
        if fits and then > start:
            return then
    return None
