"""How often something may be done, counted by all processes together: one bucket of tokens for each channel.

Tokens are kept in thousandths, so that what trickles in between two looks is not lost. Those of the next moment may be
had before they are there (`ahead`), each with the moment from which it counts: so a process that asks seldom loses
nothing, and no second gives more than `burst` and what trickles in during it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, and_, case, select, update
from sqlalchemy.dialects import postgresql, sqlite

from store.core import Core
from store.tables_notices import rate_buckets as buckets
from store.writer import Kind, one_by_one

_MILLI: Final = 1000


@dataclass(frozen=True, slots=True)
class Wish:
    """To take up to `want` tokens, `ahead` of them before they are there; see `take`.

    `now` (milliseconds) is asked when the bucket is in hand: a busy database may let this wait for its turn.
    """

    city: str
    name: str
    want: int
    per_second: float
    burst: int
    keep: int
    now: Callable[[], int]
    ahead: int = 0


@dataclass(frozen=True, slots=True)
class Grant:
    """`count` tokens, and when each of them may be used. `held`: what was in the bucket at `at`, in thousandths."""

    count: int
    held: int
    per_second: float
    at: int

    def moment(self, number: int) -> float:
        """Seconds of the clock at which the `number`th token is there (from 0)."""
        return self.at / 1000 + max(0.0, ((number + 1) * _MILLI - self.held) / self.per_second / _MILLI)


class Rates(Core):
    """The part of the `Store` that shares out what a channel may still do."""

    def take_tokens(self, city: str, name: str, want: int, per_second: float, burst: int, keep: int = 0, /) -> int:
        """Up to `want` tokens of this bucket: it gains `per_second`, holds `burst`; `keep` stay in it for others.

        Whoever got less than they wanted tries again a moment later. Clocks that differ cost what they differ.
        """
        wish = Wish(city, name, want, per_second, burst, keep, self._now)
        granted: Grant = self._write(Kind("take_tokens", 6, one_by_one(take)), wish)
        return granted.count

    def drain_tokens(self, city: str, name: str) -> None:
        """The other side says that it was too much: begin from nothing, and not sooner than was said before."""
        wish = Wish(city, name, 0, 0.0, 0, 0, self._now)
        self._write(Kind("drain_tokens", 6, one_by_one(_drain)), wish)


def take(connection: Connection, wish: Wish) -> Grant:
    """`Rates.take_tokens` as a part of a transaction. A bucket that lent tokens is below nothing."""
    this = and_(buckets.c.city == wish.city, buckets.c.name == wish.name)
    found = select(buckets.c.tokens_milli, buckets.c.at).where(this).with_for_update()
    row = connection.execute(found).one_or_none()
    if row is None:
        _begin(connection, wish)
        row = connection.execute(found).one()
    now = wish.now()
    gained = int(max(0, now - row.at) * wish.per_second)  # a token a second is a thousandth a millisecond
    held = min(wish.burst * _MILLI, row.tokens_milli + gained)
    given: int = max(0, min(wish.want, held // _MILLI + wish.ahead - wish.keep))
    values = {"tokens_milli": held - given * _MILLI, "at": max(row.at, now)}
    connection.execute(update(buckets).where(this).values(**values))
    return Grant(given, held, wish.per_second, now)


def give_back(connection: Connection, wish: Wish, count: int) -> None:
    """In the transaction that took them: so many tokens were not needed."""
    if count:
        this = and_(buckets.c.city == wish.city, buckets.c.name == wish.name)
        connection.execute(update(buckets).where(this).values(tokens_milli=buckets.c.tokens_milli + count * _MILLI))


def _begin(connection: Connection, wish: Wish) -> None:
    insertion = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    full = insertion(buckets).values(city=wish.city, name=wish.name, tokens_milli=wish.burst * _MILLI, at=wish.now())
    connection.execute(full.on_conflict_do_nothing())


def _drain(connection: Connection, wish: Wish) -> None:
    this = and_(buckets.c.city == wish.city, buckets.c.name == wish.name)
    nothing = case((buckets.c.tokens_milli < 0, buckets.c.tokens_milli), else_=0)
    now = wish.now()
    values = {"tokens_milli": nothing, "at": case((buckets.c.at > now, buckets.c.at), else_=now)}
    connection.execute(update(buckets).where(this).values(**values))
