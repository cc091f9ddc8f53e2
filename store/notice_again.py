"""Which calls that were given up may be made again: those of which nobody can hear it twice."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from sqlalchemy import ColumnElement, and_, or_, select

from notify.notice_life import RETRY_KEY_LIFE
from store.tables_notices import notice_chunks as chunks
from store.tables_notices import notice_recipients as people

KEPT_FAILED: Final = timedelta(days=3)
"""For so long it is kept whom a call that was given up would have reached: over a weekend, and no longer."""

_TOO_LATE = ("expired", "retry key expired", "no notice")
"""Reasons that another try does not mend."""


def may_go_again(now: int) -> ColumnElement[bool]:
    """Refused for sure: with any key. Perhaps accepted: while LINE remembers the key, which then is the same one."""
    known = chunks.c.fate_unknown.is_(False)
    remembered = chunks.c.first_at > now - _ms(RETRY_KEY_LIFE)
    # No mail server keeps a memory of what it took, so a mail must be refused for sure.
    once = or_(known, and_(remembered, chunks.c.channel == "line"))
    lately = chunks.c.finished_at > now - _ms(KEPT_FAILED)
    return and_(chunks.c.state == "dead", chunks.c.reason.not_in(_TOO_LATE), lately, once)


def its_list_is_kept() -> ColumnElement[bool]:
    """Whom the call would have reached is still known."""
    same = and_(
        people.c.city == chunks.c.city, people.c.notice_id == chunks.c.notice_id, people.c.part == chunks.c.part
    )
    return select(people.c.part).where(same).exists()


def _ms(length: timedelta) -> int:
    return round(length.total_seconds() * 1000)
