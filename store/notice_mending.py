"""What LINE did not take is mended: a call refused for one resident is divided; staff let given-up calls go again."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Literal

import orjson
from sqlalchemy import ColumnElement, Connection, and_, case, delete, func, insert, select, update

from store.errors import LeaseLost, NoticeConflict
from store.notice_again import its_list_is_kept, may_go_again
from store.notice_chunks import NoticeChunks
from store.notice_rows import notice_view
from store.notice_steps import corrected, locked_notice, take_step, this_notice
from store.records_notices import ClaimedChunk, NoticeView
from store.tables_notices import notice_chunks as chunks
from store.tables_notices import notice_recipients as people
from store.tables_notices import notices

BLIND_SPLITS = 3
"""How often a call is divided without a sign that the message itself is good: 15 parts, and it is given up."""

SOON = 120_000
"""Milliseconds: what is due within these is asked before a call is given up. What waits for the morning is not."""

LONGEST_WAIT = 10.0


class NoticeMending(NoticeChunks):
    """The part of the `Store` that mends calls which LINE did not take."""

    def split_chunk(
        self, chunk: ClaimedChunk, reason: str, named: Sequence[int] = (), sure: bool = False
    ) -> tuple[int, ...]:
        """Put two calls with fewer residents and keys of their own in place of a refused one; their parts.

        Those whom LINE has `named` (by their places) are parted from the others; else it is halved. When it may be the
        message that is refused (not `sure`), a call is divided at most `BLIND_SPLITS` times, unless another one with
        the same words was accepted. As long as LINE's answer to another one is to come (its sender was killed, LINE
        answered 500), this one waits for it; when all are refused like this one, it is given up. Either way () is the
        answer. All in one transaction: whoever is killed here leaves the old call, or both new ones. Raises LeaseLost
        when another holds it now.
        """
        pieces = _pieces(chunk.recipients, named)
        now = self._now()

        def act(connection: Connection) -> tuple[int, ...] | Literal["wait", "give up"]:
            # Two that divide calls of one notice at a time would give the same numbers.
            locked_notice(connection, chunk.city, chunk.notice_id)
            if not sure and chunk.splits >= BLIND_SPLITS:
                # Asked first: one that is accepted between the two questions is then seen by the second.
                to_come = _answers_to_come(connection, chunk, reason, now)
                if not _words_are_good(connection, chunk):
                    return "wait" if to_come else "give up"
            _close(connection, chunk, reason, now)
            return _add(connection, chunk, pieces, now)

        done = self._act(act)
        if done == "wait":
            self.chunk_later(chunk, min(float(chunk.attempts), LONGEST_WAIT), reason, fate_unknown=False)
            return ()
        if done == "give up":
            self.chunk_dead(chunk, reason)
            return ()
        return done

    def resend_notice(self, city: str, number: int, by: int) -> NoticeView:
        """Let what was given up go out once more, as far as nobody can hear it twice (`store.notice_again`).

        A call that may have been accepted keeps its key and the time of its first try: after that day it ends. With
        nothing to be sent, while the notice is on its way, or when it was corrected, it is a `NoticeConflict`.
        """
        now = self._now()

        def act(connection: Connection) -> NoticeView:
            row = locked_notice(connection, city, number)
            if row.expires_at is not None and row.expires_at <= now:
                raise NoticeConflict(row.status, "it is over")
            wrong = select(notices.c.id).where(this_notice(city, number), corrected())
            if connection.execute(wrong).one_or_none() is not None:
                raise NoticeConflict(row.status, "it was corrected")
            these = and_(chunks.c.city == city, chunks.c.notice_id == number, may_go_again(now), its_list_is_kept())
            first_at = case((chunks.c.fate_unknown.is_(True), chunks.c.first_at), else_=None)
            fresh = {"state": "open", "due_at": now, "reason": "", "finished_at": None, "first_at": first_at}
            if not connection.execute(update(chunks).where(these).values(fresh)).rowcount:
                raise NoticeConflict(row.status, "nothing is left to be sent")
            return notice_view(take_step(connection, row, "resends", by, now, {"finished_at": None}))

        return self._act(act)


def _pieces(recipients: Sequence[str], named: Sequence[int]) -> tuple[list[str], list[str]]:
    """The others and the named ones; halves when nobody is named, or everybody."""
    apart = set(named)
    if 0 < len(apart) < len(recipients):
        others = [one for place, one in enumerate(recipients) if place not in apart]
        return others, [recipients[place] for place in sorted(apart)]
    middle = len(recipients) // 2
    return list(recipients[:middle]), list(recipients[middle:])


def _words_are_good(connection: Connection, chunk: ClaimedChunk) -> bool:
    """Whether LINE has taken this message for anybody else."""
    taken = select(chunks.c.part).where(_same_words(chunk), chunks.c.state == "sent").limit(1)
    return connection.execute(taken).first() is not None


def _answers_to_come(connection: Connection, chunk: ClaimedChunk, reason: str, now: int) -> bool:
    """Whether LINE may soon take this message for others: a call that is open and not itself refused at the limit."""
    refused = and_(chunks.c.splits >= BLIND_SPLITS, chunks.c.reason == reason)
    asked = and_(chunks.c.state == "open", chunks.c.part != chunk.part, chunks.c.due_at <= now + SOON, ~refused)
    return connection.execute(select(chunks.c.part).where(_same_words(chunk), asked).limit(1)).first() is not None


def _same_words(chunk: ClaimedChunk) -> ColumnElement[bool]:
    of_it = and_(chunks.c.city == chunk.city, chunks.c.notice_id == chunk.notice_id)
    return and_(of_it, chunks.c.language == chunk.language, chunks.c.channel == chunk.channel)


def _close(connection: Connection, chunk: ClaimedChunk, reason: str, now: int) -> None:
    this = and_(chunks.c.city == chunk.city, chunks.c.notice_id == chunk.notice_id, chunks.c.part == chunk.part)
    held = and_(this, chunks.c.worker == chunk.worker, chunks.c.attempts == chunk.attempts, chunks.c.state == "open")
    gone = {"state": "split", "worker": "", "reason": reason, "finished_at": now}
    if not connection.execute(update(chunks).where(held).values(**gone)).rowcount:
        raise LeaseLost
    its_list = and_(people.c.city == chunk.city, people.c.notice_id == chunk.notice_id, people.c.part == chunk.part)
    connection.execute(delete(people).where(its_list))


def _add(connection: Connection, chunk: ClaimedChunk, pieces: Sequence[list[str]], now: int) -> tuple[int, ...]:
    of_it = and_(chunks.c.city == chunk.city, chunks.c.notice_id == chunk.notice_id)
    last = connection.execute(select(func.max(chunks.c.part)).where(of_it)).scalar_one()
    for part, members in enumerate(pieces, last + 1):
        key = {"city": chunk.city, "notice_id": chunk.notice_id, "part": part}
        row = {
            "channel": chunk.channel,
            "language": chunk.language,
            "count": len(members),
            "retry_key": str(uuid.uuid4()),
            "quiet_from": chunk.quiet[0],
            "quiet_to": chunk.quiet[1],
            "priority": chunk.priority,
            "due_at": now,
            "splits": chunk.splits + 1,
        }
        connection.execute(insert(chunks).values(**key, **row))
        connection.execute(insert(people).values(**key, recipients=orjson.dumps(members).decode()))
    return tuple(range(last + 1, last + 1 + len(pieces)))
