"""Phrasings that residents taught, waiting for staff: counted, taken back, read, settled, forgotten.

A proposal names no resident: its key is city, entry and a mark of the folded words. That the same person does not
count twice is kept in their own conversation (`bot.dialogue.Conversation.taught`), which they can erase. What remains
are words that were asked, as a list of frequent questions has always held them. Still, words that only one resident
has said may be told from others, so they go when that resident takes the message back or asks to be forgotten, and
when retention is over; words that several have said are nobody's. Rejected words are emptied at once: the mark alone
keeps them from coming back. Approved ones are text of the city by then.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, and_, delete, select, update

from store.records import FiledProposal, ProposalStatus
from store.rows import Row, Writing, from_ms
from store.tables import proposals, turns

_CHUNK = 500
OPEN_PROPOSAL, REJECTED = "open", "rejected"

ADD_PROPOSAL = (
    "INSERT INTO proposals (city, entry_id, key, phrasing, picked, helpful, staff, first_at, last_at) "
    "VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT (city, entry_id, key) DO UPDATE SET "
    "picked = proposals.picked + excluded.picked, helpful = proposals.helpful + excluded.helpful, "
    "staff = proposals.staff + excluded.staff, last_at = excluded.last_at WHERE proposals.status = 'open'"
)
TAKE_BACK = (
    "UPDATE proposals SET picked = picked - %s, helpful = helpful - %s, staff = staff - %s "
    "WHERE city = %s AND entry_id = %s AND key = %s AND status = 'open' "
    "AND picked >= %s AND helpful >= %s AND staff >= %s"
)
DROP_EMPTY = (
    "DELETE FROM proposals WHERE city = %s AND entry_id = %s AND key = %s AND status = 'open' "
    "AND picked + helpful + staff = 0"
)
FORGET_WORDS = (
    "DELETE FROM proposals WHERE city = %s AND phrasing = %s AND status = 'open' "
    "AND picked + helpful <= 1 AND staff <= 1"
)

SAID_BY_ONE = and_(
    proposals.c.status == OPEN_PROPOSAL, proposals.c.picked + proposals.c.helpful <= 1, proposals.c.staff <= 1
)
"""Staff link a resident's words, so a link adds no second voice."""


def write_proposals(execute: Callable[[str, Sequence[Any]], Any], outcomes: Iterable[Writing]) -> None:
    """Count what was taught. In the order of their keys, so that two processes never wait for each other in a circle:
    these are the only rows that residents share."""
    for row in sorted(outcome.proposal for outcome in outcomes if outcome.proposal is not None):
        write_proposal(execute, row)


def write_proposal(execute: Callable[[str, Sequence[Any]], Any], row: Row) -> None:
    *words, picked, helpful, staff, at, taken_back = row
    counts, key = (picked, helpful, staff), words[:3]
    if taken_back:
        execute(TAKE_BACK, (*counts, *key, *counts))
        execute(DROP_EMPTY, key)
    else:
        execute(ADD_PROPOSAL, (*words, *counts, at, at))


def filed_proposals(connection: Connection, city: str, status: ProposalStatus) -> list[FiledProposal]:
    """The city's proposals of this status, oldest first."""
    these = and_(proposals.c.city == city, proposals.c.status == status)
    found = select(proposals).where(these).order_by(proposals.c.first_at, proposals.c.entry_id, proposals.c.key)
    return [
        FiledProposal(
            city=row.city,
            entry_id=row.entry_id,
            key=row.key,
            phrasing=row.phrasing,
            picked=row.picked,
            helpful=row.helpful,
            staff=row.staff,
            first_at=from_ms(row.first_at),
            last_at=from_ms(row.last_at),
            status=row.status,
        )
        for row in connection.execute(found)
    ]


@dataclass(frozen=True, slots=True)
class Settling:
    """Open proposals of a city, as (entry id, key), and what staff made of them."""

    city: str
    keys: tuple[tuple[str, str], ...]
    status: ProposalStatus


def settle(connection: Connection, settling: Settling) -> int:
    """Mark them; how many were still open."""
    values = {"status": settling.status} | ({"phrasing": ""} if settling.status == REJECTED else {})
    settled = 0
    for entry_id, key in sorted(settling.keys):
        this = and_(proposals.c.city == settling.city, proposals.c.entry_id == entry_id, proposals.c.key == key)
        still_open = proposals.c.status == OPEN_PROPOSAL
        settled += connection.execute(update(proposals).where(this, still_open).values(**values)).rowcount
    return settled


def forget_words_of(connection: Connection, city: str, resident: str) -> None:
    """Drop what only this resident has taught, going by the words that their turns still hold."""
    said = select(turns.c.text).where(turns.c.city == city, turns.c.resident == resident, turns.c.text != "")
    words = sorted({as_phrasing(text) for text in connection.execute(said).scalars()})
    for start in range(0, len(words), _CHUNK):
        theirs = and_(proposals.c.city == city, proposals.c.phrasing.in_(words[start : start + _CHUNK]), SAID_BY_ONE)
        connection.execute(delete(proposals).where(theirs))


def as_phrasing(text: str) -> str:
    """A turn's text as it stands in a proposal: on one line."""
    return " ".join(text.split())
