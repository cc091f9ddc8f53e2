"""The tables of what is carried beside the talk: notices to staff, and pictures of residents. See `store.tables`."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, Table, Text, text

from store.tables import OPEN, metadata

_IS_OPEN, _HAS_MESSAGE = text("state = 'open'"), text("message_id <> ''")


def _words(name: str, *, key: bool = False, default: str = "") -> Column[str]:
    return Column(name, Text, primary_key=key, nullable=False, server_default=None if key else default)


def _number(name: str) -> Column[int]:
    return Column(name, Integer, nullable=False, server_default="0")


def _moment(name: str, *, key: bool = False, nullable: bool = False) -> Column[int]:
    return Column(name, BigInteger, primary_key=key, nullable=nullable, autoincrement=False)


staff_notices = Table(
    "staff_notices",
    metadata,
    # The key is what makes a notice the only one of its sort: one case, one occasion, one receiver.
    _words("city", key=True),
    _moment("case_id", key=True),
    _words("kind", key=True),
    _words("way", key=True),
    _words("target", key=True),
    _words("department"),
    _moment("since"),
    # "open", "sent", "dead" (given up), or "moot" (somebody took the case before it went out).
    _words("state", default=OPEN),
    # When a worker may take the row: when the next attempt is planned, or when the holder's lease ends.
    _moment("due_at"),
    _number("attempts"),
    _words("worker"),
    _words("reason"),
    _moment("planned_at"),
    _moment("finished_at", nullable=True),
)
Index(
    "staff_notices_due",
    staff_notices.c.way,
    staff_notices.c.due_at,
    staff_notices.c.city,
    sqlite_where=_IS_OPEN,
    postgresql_where=_IS_OPEN,
)
Index("staff_notices_finished", staff_notices.c.city, staff_notices.c.finished_at)

attachments = Table(
    "attachments",
    metadata,
    _words("city", key=True),
    # Made from the event, so the same event never makes a second one; nobody can guess it.
    _words("id", key=True),
    _words("resident"),
    _moment("case_id"),
    # The turn in which it was sent.
    _words("event_id"),
    # LINE's name for it; "" for a picture from the widget.
    _words("message_id"),
    # What it was sent as: "image", "video", "audio" or "file".
    _words("kind"),
    # "open" (to be fetched), "kept", or "refused" (see `reason`).
    _words("state", default=OPEN),
    _words("reason"),
    _words("mime"),
    _number("width"),
    _number("height"),
    _number("size"),
    # Written by `media.clean_picture`; NULL unless kept.
    Column("data", LargeBinary, nullable=True),
    _moment("due_at"),
    _number("attempts"),
    # How often somebody took it and was never heard of again.
    _number("crashes"),
    _words("worker"),
    _moment("arrived_at"),
    _moment("finished_at", nullable=True),
)
Index("attachments_due", attachments.c.due_at, attachments.c.city, sqlite_where=_IS_OPEN, postgresql_where=_IS_OPEN)
Index("attachments_case", attachments.c.city, attachments.c.case_id)
Index("attachments_resident", attachments.c.city, attachments.c.resident)
Index(
    "attachments_message",
    attachments.c.city,
    attachments.c.message_id,
    sqlite_where=_HAS_MESSAGE,
    postgresql_where=_HAS_MESSAGE,
)
