"""Which notices LINE counts under a name of their own (an aggregation unit), and what it has counted."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection, and_, func, or_, select
from sqlalchemy.dialects import postgresql, sqlite

from notify.notice_life import JAPAN
from store.acts import Acts
from store.notice_rows import notice_view
from store.records_notices import NoticeInsight, NoticeView
from store.rows import to_ms
from store.tables_notices import notice_insights as insights
from store.tables_notices import notices

UNITS_A_MONTH: Final = 950
"""LINE knows 1,000 names a month; some are left for notices that go on from the month before."""

COUNTED_FOR: Final = timedelta(days=15)
"""LINE goes on counting for 14 days."""

_DAY = timedelta(days=1)
_ON_LINE = notices.c.channels.contains('"line"', autoescape=True)


class NoticeInsights(Acts):
    """The part of the `Store` that keeps LINE's counts."""

    def unit_of(self, notice: NoticeView) -> str:
        """The name under which LINE counts this notice; "" when the names of its month are used up.

        The same for every process and at every try: it follows from the notices that were issued before.
        """
        if not notice.number or notice.issued_at is None:
            return ""
        month = notice.issued_at.astimezone(JAPAN).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
        since, at = to_ms(month), to_ms(notice.issued_at)
        same_moment = and_(notices.c.issued_at == at, notices.c.id < notice.id)
        before = or_(and_(notices.c.issued_at >= since, notices.c.issued_at < at), same_moment)
        counted = select(func.count()).select_from(notices).where(notices.c.city == notice.city, before, _ON_LINE)
        earlier = int(self._read(lambda connection: connection.execute(counted).scalar_one()))
        return f"notice_{notice.number.replace('-', '_')}" if earlier < UNITS_A_MONTH else ""

    def notices_to_count(self, city: str, now: datetime, since: datetime, limit: int) -> list[NoticeView]:
        """Notices of which LINE may tell something new and was not asked since `since`: those never asked for first.

        It counts from the day after, for two weeks.
        """
        issued = and_(notices.c.issued_at > to_ms(now - COUNTED_FOR), notices.c.issued_at <= to_ms(now - _DAY))
        same = and_(insights.c.city == notices.c.city, insights.c.notice_id == notices.c.id)
        due = or_(insights.c.read_at.is_(None), insights.c.read_at < to_ms(since))
        found = (
            select(notices)
            .select_from(notices.outerjoin(insights, same))
            .where(notices.c.city == city, notices.c.number != "", _ON_LINE, notices.c.recipients > 0, issued, due)
            .order_by(func.coalesce(insights.c.read_at, 0), notices.c.id)
            .limit(limit)
        )
        return [notice_view(row) for row in self._read(lambda connection: connection.execute(found).all())]

    def keep_insight(self, city: str, number: int, insight: NoticeInsight) -> None:
        """What LINE says now, in place of what it said before."""
        values = {"seen": insight.seen, "opened": insight.opened, "read_at": to_ms(insight.read_at)}

        def act(connection: Connection) -> None:
            insertion = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
            new = insertion(insights).values(city=city, notice_id=number, **values)
            connection.execute(
                new.on_conflict_do_update(index_elements=list(insights.primary_key.columns), set_=values)
            )

        self._act(act)
