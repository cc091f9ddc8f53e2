"""A file that came with a turn as a row: written in the transaction of the turn, where a case is open."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from typing import Any

from store.records_messengers import SentFile
from store.rows import Row
from store.tables import OPEN

_COLUMNS = (
    "city, id, resident, case_id, event_id, message_id, kind, state, reason, mime, width, height, size, data, "
    "due_at, arrived_at, finished_at"
)
_ADD = (
    f"INSERT INTO attachments ({_COLUMNS}) VALUES ({', '.join(['%s'] * 17)}) "  # noqa: S608 - constants
    "ON CONFLICT (city, id) DO NOTHING"
)
_CITY, _EVENT, _RESIDENT, _AT, _MESSAGE = 0, 1, 2, 4, 7
"""Places in a turn's row (`store.rows.turn_row`)."""


def attachment_id(city: str, event_id: str) -> str:
    """The same for the same event, and not to be guessed by whoever does not know it."""
    return hashlib.sha256(f"{city}/{event_id}".encode()).hexdigest()[:32]


def add_file(execute: Callable[[str, Sequence[Any]], Any], turn: Row, file: SentFile, case_id: int, now: int) -> None:
    """Keep what came with this turn; the same turn again changes nothing."""
    picture = file.picture
    values = (
        turn[_CITY],
        attachment_id(turn[_CITY], turn[_EVENT]),
        turn[_RESIDENT],
        case_id,
        turn[_EVENT],
        turn[_MESSAGE],
        file.kind,
        file.state,
        file.reason,
        picture.mime if picture else "",
        picture.width if picture else 0,
        picture.height if picture else 0,
        len(picture.data) if picture else 0,
        picture.data if picture else None,
        now,
        turn[_AT],
        None if file.state == OPEN else now,
    )
    execute(_ADD, values)
