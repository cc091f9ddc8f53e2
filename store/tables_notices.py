"""The tables of what a city tells many: who wishes to hear what, notices, and the pieces in which they are sent.

See `store.tables` for the conventions. Wishes stand apart from conversations: they are the resident's, not the talk's.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, Table, text

from store.tables import OPEN, _flag, _moment, _number, _words, metadata

_SHOWS = text("picture <> ''")
_IS_OPEN, _HAS_KEY, _LIVES = (
    text("state = 'open'"),
    text("source_key <> ''"),
    text("status IN ('scheduled', 'planning')"),
)

# One row for each resident who has said what they wish to hear; whoever never did, has none.
subscribers = Table(
    "subscribers",
    metadata,
    _words("city", key=True),
    _words("resident", key=True),
    _words("channel", default="line"),
    _words("language", default="ja"),
    # Id of an area of the city (`notices.areas`); "" unknown.
    _words("area"),
    # Minutes of the day in Japan from and to which news wait; -1: never. `to` may be the next day's.
    Column("quiet_from", Integer, nullable=False, server_default="-1"),
    Column("quiet_to", Integer, nullable=False, server_default="-1"),
    # Hears nothing at all.
    _flag("paused"),
    _moment("since"),
    _moment("updated_at"),
)

subscriptions = Table(
    "subscriptions",
    metadata,
    _words("city", key=True),
    _words("topic", key=True),
    _words("resident", key=True),
)
Index("subscriptions_resident", subscriptions.c.city, subscriptions.c.resident)

# What a city asked and the resident chose to tell: ("child", "2024-05"), ("pet", "dog").
subscriber_facts = Table(
    "subscriber_facts",
    metadata,
    _words("city", key=True),
    _words("name", key=True),
    _words("value", key=True),
    _words("resident", key=True),
)
Index("subscriber_facts_resident", subscriber_facts.c.city, subscriber_facts.c.resident)

notices = Table(
    "notices",
    metadata,
    _words("city", key=True),
    # Counted from 1 in each city; `number` ("2026-0012") is given when it is issued, and is what people say.
    Column("id", BigInteger, primary_key=True, nullable=False, autoincrement=False),
    _words("number"),
    # "news" or "disaster".
    _words("kind"),
    _flag("drill"),
    _words("topic"),
    _words("title"),
    # In other languages than Japanese: {"easy": …, "en": …}
    _words("titles", default="{}"),
    # {"ja": …, "easy": …, "en": …}
    _words("texts", default="{}"),
    _words("link"),
    # The address of its picture (`notice_pictures.address`), and what can be seen on it.
    _words("picture"),
    _words("picture_alt"),
    _words("audience", default="{}"),
    _words("channels", default="[]"),
    _number("priority"),
    # See `notify.notice_life`.
    _words("status", default="draft"),
    # "" or what it is to the notice `original`: "correction", "all_clear".
    _words("mark"),
    Column("original", BigInteger, nullable=False, server_default="0"),
    # "staff", "feed" or "rule"; the key says from what, so that one telegram is told once.
    _words("source", default="staff"),
    _words("source_key"),
    # JMA's own number of the level; "" for none.
    _words("level"),
    _flag("needs_approval"),
    _number("created_by"),
    _number("approved_by"),
    _moment("created_at"),
    # When it goes out; while it is planned, when the planner's lease ends.
    _moment("due_at", nullable=True),
    _words("repeats", default="{}"),
    _moment("issued_at", nullable=True),
    _moment("finished_at", nullable=True),
    _moment("expires_at", nullable=True),
    # Counts the changes; whoever decided on an older one is refused.
    _number("version"),
    _number("recipients"),
    _words("reason"),
)
Index("notices_picture", notices.c.city, notices.c.picture, sqlite_where=_SHOWS, postgresql_where=_SHOWS)
Index("notices_status", notices.c.city, notices.c.status, notices.c.id)
Index("notices_issued", notices.c.city, notices.c.issued_at)
Index("notices_due", notices.c.due_at, notices.c.city, notices.c.id, sqlite_where=_LIVES, postgresql_where=_LIVES)
Index(
    "notices_source",
    notices.c.source_key,
    notices.c.city,
    unique=True,
    sqlite_where=_HAS_KEY,
    postgresql_where=_HAS_KEY,
)

# One call to a channel: up to 500 residents of one language, with the key that makes it count once.
notice_chunks = Table(
    "notice_chunks",
    metadata,
    _words("city", key=True),
    Column("notice_id", BigInteger, primary_key=True, nullable=False, autoincrement=False),
    Column("part", Integer, primary_key=True, nullable=False, autoincrement=False),
    _words("channel", default="line"),
    _words("language", default="ja"),
    # How many residents it reaches; who they are, see `notice_recipients`.
    _number("count"),
    _words("retry_key"),
    # When these residents wish to hear no news; see `subscribers`.
    Column("quiet_from", Integer, nullable=False, server_default="-1"),
    Column("quiet_to", Integer, nullable=False, server_default="-1"),
    # "open", "sent", "dead" (refused or given up), "stopped" by staff before it went out, or "split": LINE refused it
    # for somebody among its residents, and others with fewer of them stand in its place.
    _words("state", default=OPEN),
    _number("priority"),
    # The next moment at which a sender may take it: as planned, or when the holder's lease ends.
    _moment("due_at"),
    _number("attempts"),
    _words("worker"),
    # Whether an earlier call may have been accepted: then only the same key may be used.
    _flag("fate_unknown"),
    # When it was first called: LINE forgets a retry key after 24 hours.
    _moment("first_at", nullable=True),
    _words("reason"),
    # LINE's name for the call that was accepted.
    _words("request_id"),
    _moment("finished_at", nullable=True),
    # How often calls were divided until this one came of it.
    _number("splits"),
)
Index(
    "notice_chunks_due",
    notice_chunks.c.priority,
    notice_chunks.c.due_at,
    notice_chunks.c.city,
    notice_chunks.c.notice_id,
    notice_chunks.c.part,
    sqlite_where=_IS_OPEN,
    postgresql_where=_IS_OPEN,
)
# Whether anything of a notice is left to be sent.
Index(
    "notice_chunks_left",
    notice_chunks.c.notice_id,
    notice_chunks.c.city,
    sqlite_where=_IS_OPEN,
    postgresql_where=_IS_OPEN,
)

# Whom a call reaches: 18 kB, apart from what changes with every attempt. Removed when the notice is over: what stays
# counts, and points to nobody.
notice_recipients = Table(
    "notice_recipients",
    metadata,
    _words("city", key=True),
    Column("notice_id", BigInteger, primary_key=True, nullable=False, autoincrement=False),
    Column("part", Integer, primary_key=True, nullable=False, autoincrement=False),
    _words("recipients", default="[]"),
)

# Tokens are kept in thousandths: what all processes together may still send at the moment `at`.
rate_buckets = Table(
    "rate_buckets",
    metadata,
    _words("city", key=True),
    _words("name", key=True),
    Column("tokens_milli", BigInteger, nullable=False, server_default="0"),
    _moment("at"),
)

# How often links of a notice were opened, by the hour. Nobody's name.
notice_taps = Table(
    "notice_taps",
    metadata,
    _words("city", key=True),
    Column("notice_id", BigInteger, primary_key=True, nullable=False, autoincrement=False),
    _moment("at", key=True),
    _words("what", key=True),
    _number("count"),
)

# What LINE has counted, by its aggregation units. Null: fewer than 20 people, which LINE does not tell.
notice_insights = Table(
    "notice_insights",
    metadata,
    _words("city", key=True),
    Column("notice_id", BigInteger, primary_key=True, nullable=False, autoincrement=False),
    Column("seen", Integer, nullable=True),
    Column("opened", Integer, nullable=True),
    _moment("read_at"),
)

# Who stopped notices within a day of one of them ("left_all", "left_topic"), or complained ("said"): a row for each,
# with a name that was drawn by lot. It tells neither who nor when.
notice_complaints = Table(
    "notice_complaints",
    metadata,
    _words("city", key=True),
    Column("notice_id", BigInteger, primary_key=True, nullable=False, autoincrement=False),
    _words("what", key=True),
    _words("stroke", key=True),
)

# Pictures of notices, written anew by `media.clean_picture`; whoever knows the key may see one while it is told.
notice_pictures = Table(
    "notice_pictures",
    metadata,
    _words("city", key=True),
    _words("key", key=True),
    # As it stands in `notices.picture`: the whole address, with the key in it.
    _words("address"),
    _words("mime"),
    _number("width"),
    _number("height"),
    Column("data", LargeBinary, nullable=False),
    # A small JPEG of it.
    Column("small", LargeBinary, nullable=False),
    _moment("made_at"),
    _number("made_by"),
)
Index("notice_pictures_made", notice_pictures.c.city, notice_pictures.c.made_at)
