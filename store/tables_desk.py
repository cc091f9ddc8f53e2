"""The tables of the staff's own words: notes, mentions, canned answers, FAQ drafts, and who has seen which case.

See `store.tables` for the conventions.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Table, text

from store.tables import OPEN, _moment, _words, metadata

_NOT_SEEN = text("seen_at IS NULL")


def _id(name: str, *, key: bool = False) -> Column[int]:
    return Column(name, BigInteger, primary_key=key, nullable=False, autoincrement=False, server_default=None)


notes = Table(
    "notes",
    metadata,
    _words("city", key=True),
    # Counted from 1 in each city, as are canned answers and drafts.
    _id("id", key=True),
    _id("case_id"),
    _id("staff"),
    _moment("at"),
    _words("text"),
)
Index("notes_case", notes.c.city, notes.c.case_id, notes.c.id)

mentions = Table(
    "mentions",
    metadata,
    _words("city", key=True),
    _id("staff", key=True),
    _id("note_id", key=True),
    _id("case_id"),
    _moment("at"),
    _moment("seen_at", nullable=True),
)
Index(
    "mentions_open",
    mentions.c.city,
    mentions.c.staff,
    mentions.c.case_id,
    sqlite_where=_NOT_SEEN,
    postgresql_where=_NOT_SEEN,
)

# When a member of staff last had this case before their eyes: what came later is unread for them.
seen = Table(
    "seen",
    metadata,
    _words("city", key=True),
    _id("case_id", key=True),
    _id("staff", key=True),
    _moment("at"),
)

canned = Table(
    "canned",
    metadata,
    _words("city", key=True),
    _id("id", key=True),
    # "" for the whole city.
    _words("department"),
    _words("title"),
    _words("text"),
    _id("staff"),
    _moment("at"),
)

drafts = Table(
    "drafts",
    metadata,
    _words("city", key=True),
    _id("id", key=True),
    # 0 once the resident of the case was forgotten.
    _id("case_id"),
    _words("title"),
    # One entry as YAML, as staff would write it in faq/.
    _words("text"),
    _words("status", default=OPEN),
    _id("made_by"),
    _moment("made_at"),
    _id("changed_by"),
    _moment("changed_at"),
)
Index("drafts_status", drafts.c.city, drafts.c.status, drafts.c.id)
Index("drafts_case", drafts.c.city, drafts.c.case_id)
