"""Words that LINE refused, because the month's pushes are used up, ride on the resident's next message.

A reply costs nothing. While a person owns the talk the bot is silent, so the reply token of what the resident writes is
free: the unheard words go out under it, in their order, up to the five messages that a reply may hold.
"""

from __future__ import annotations

from typing import Final

import orjson

from store.extras import Execute
from store.records import ClaimedEvent
from store.rows import dump
from store.tables import DEAD, OPEN, SENT

QUOTA: Final = "monthly limit"
"""The reason under which `clients.line` gives a push up for good."""

CARRIED: Final = "with:"
"""Begins the reason of words that another row brings along; behind it stands that row's retry key."""

MOST_MESSAGES = 5
_UNHEARD = (
    "SELECT id, messages, retry_key FROM outbox WHERE city = %s AND state = %s AND finished_at >= "
    "(SELECT opened_at FROM cases WHERE city = %s AND id = %s) AND resident = %s AND reason = %s ORDER BY id LIMIT 5"
)
_BRING = (
    "UPDATE outbox SET state = %s, way = 'reply', reply_token = %s, token_received_at = %s, messages = %s, "
    "due_at = %s, created_at = %s, attempts = 0, worker = '', fate_unknown = %s, reason = '', finished_at = NULL "
    "WHERE city = %s AND id = %s"
)
_COME_ALONG = "UPDATE outbox SET state = %s, messages = '[]', reason = %s WHERE city = %s AND id = %s"


def lend_reply(execute: Execute, event: ClaimedEvent, case_id: int, now: int) -> bool:
    """Send the unheard words of this case as the reply to `event`; whether there were any. The city's lock is held."""
    city = event.city
    rows = execute(_UNHEARD, (city, DEAD, city, case_id, event.resident, QUOTA)).fetchall()
    if not rows or not event.reply_token:
        return False
    (first, messages, key), *others = [(number, orjson.loads(words), key) for number, words, key in rows]
    for number, more, _ in others:
        if len(messages) + len(more) > MOST_MESSAGES:
            break  # they wait for the next message: nothing overtakes what was said before it
        messages = [*messages, *more]
        execute(_COME_ALONG, (SENT, CARRIED + key, city, number))
    values = (OPEN, event.reply_token, event.received_at_ms, dump(messages), now, now, False, city, first)
    execute(_BRING, values)
    return True
