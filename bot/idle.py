"""What the clock does with a case: the notice before an idle talk ends, its end, and an apology for a late answer.

Pure: moments in, a step out. Each step is decided from what the case itself says, so that a run that was killed, or
one that came late, does the same as one on time, and no step is done twice.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Final, Literal

from bot.answer import Voice
from bot.messages import Text
from bot.reception import opening_text, spoken
from faq.city import Department
from faq.office_hours import JAPAN, is_open, next_opening

NOTICE: Final = timedelta(minutes=5)
"""Between the notice and the end."""

LATE: Final = timedelta(minutes=30)
"""After the promised moment a resident who still waits hears that we know it."""

MORNING, NIGHT = time(7, 0), time(21, 0)
"""No apology rings a telephone at night; it waits for the morning."""

Step = Literal["", "notice", "return", "apology"]


@dataclass(frozen=True, slots=True)
class Watched:
    """What the clock looks at of an open case. `staff_at`, `resident_at`: when each of them wrote last."""

    waiting: bool
    promised_at: datetime | None = None
    staff_at: datetime | None = None
    resident_at: datetime | None = None
    idle_told_at: datetime | None = None
    apologised: bool = False


def step_for(case: Watched, idle_minutes: int, now: datetime) -> Step:
    """What is due now; "" for nothing."""
    if case.waiting:
        return "apology" if _late(case, now) else ""
    if not idle_minutes or case.staff_at is None or _last_word_is_the_residents(case):
        return ""
    if case.idle_told_at is not None and case.idle_told_at > case.staff_at:
        return "return" if now - case.idle_told_at >= NOTICE else ""
    return "notice" if now - case.staff_at >= timedelta(minutes=idle_minutes) else ""


def _last_word_is_the_residents(case: Watched) -> bool:
    """Then it is the staff's turn, and no silence of the resident's."""
    return case.resident_at is not None and case.staff_at is not None and case.resident_at > case.staff_at


def _late(case: Watched, now: datetime) -> bool:
    if case.apologised or case.promised_at is None or now - case.promised_at < LATE:
        return False
    return MORNING <= now.astimezone(JAPAN).time() < NIGHT


def notice_words(voice: Voice) -> Text:
    return spoken(voice, "handover_idle_notice", minutes=int(NOTICE.total_seconds() // 60))


def returned_words(voice: Voice) -> Text:
    return spoken(voice, "handover_returned_idle")


def apology_words(voice: Voice, department: Department) -> Text:
    """While the window is open somebody will come; once it is closed, when it opens again. With the telephone."""
    contact = voice.contact(department.name)
    if is_open(voice.city, department, voice.now):
        return spoken(voice, "handover_late", **contact)
    opening = opening_text(next_opening(voice.city, department, voice.now), voice.language)
    return spoken(voice, "handover_late_closed", opening=opening, **contact)
