"""The tables of the 気象庁's feeds: what was seen, what is in force, what a city was told of. See `store.tables`.

Feeds, telegrams and what is in force are the same for every city: `city` is "" there, as for jobs of the installation.
"""

from __future__ import annotations

from sqlalchemy import Index, Table, text

from store.tables import OPEN, _moment, _number, _words, metadata

_IS_OPEN = text("state = 'open'")

feeds = Table(
    "feeds",
    metadata,
    _words("city", key=True),
    # "extra", "eqvol"
    _words("name", key=True),
    # What the server gave for the next conditional request.
    _words("etag"),
    _words("modified"),
    # When it last answered with a feed that can be read, or said that nothing is new; null: never.
    _moment("answered_at", nullable=True),
    # Since when we ask in vain; null: it answers.
    _moment("silent_since", nullable=True),
    # When staff were told of the silence; null: they were not.
    _moment("told_at", nullable=True),
    _words("reason"),
)

telegrams = Table(
    "telegrams",
    metadata,
    _words("city", key=True),
    # The file's name, which the 気象庁 gives to one telegram only.
    _words("id", key=True),
    _words("url"),
    _words("data_type"),
    # When the feed says that it came: the newest is read first.
    _moment("updated_at"),
    # "open", "done" (read), or "dead" (given up; `reason` says why).
    _words("state", default=OPEN),
    # When a worker may take it: as planned, or when the holder's lease ends.
    _moment("due_at"),
    _number("attempts"),
    _words("worker"),
    _words("reason"),
    _moment("found_at"),
    _moment("finished_at", nullable=True),
)
Index("telegrams_due", telegrams.c.updated_at, telegrams.c.city, sqlite_where=_IS_OPEN, postgresql_where=_IS_OPEN)
Index("telegrams_found", telegrams.c.city, telegrams.c.found_at)

# The newest telegram about each thing (`notify.telegrams.state.Key`), also when it was withdrawn.
telegram_state = Table(
    "telegram_state",
    metadata,
    _words("city", key=True),
    _words("series", key=True),
    # "event", "area" or "office"
    _words("speaks_by", key=True),
    _words("name", key=True),
    _words("telegram", default="{}"),
    _moment("report_at"),
    # Counts the changes; whoever decided on an older one is refused.
    _number("version"),
)
Index("telegram_state_report", telegram_state.c.city, telegram_state.c.report_at)

# What residents of a city were last told about a danger in a part of it.
told_dangers = Table(
    "told_dangers",
    metadata,
    _words("city", key=True),
    # "大雨", "地震"
    _words("what", key=True),
    # The earthquake, the river…; "" for weather, which has no beginning. Drills have their own, marked.
    _words("event", key=True),
    # A municipality, a 津波予報区…
    _words("area", key=True),
    # "3", "5弱", "津波警報"; "" when it is over.
    _words("grade"),
    # The first notice about it: corrections and the all-clear are linked to this one.
    _moment("notice"),
    _moment("report_at"),
)
Index("told_dangers_report", told_dangers.c.city, told_dangers.c.report_at)
