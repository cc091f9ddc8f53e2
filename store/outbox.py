"""Messages that go out: claimed by priority, in order for each resident, and remembered until their fate is known."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from store import statements
from store.core import LEASE_SECONDS
from store.engine import Mark, Sent
from store.inbox import Inbox
from store.records import Accepted, ClaimedOutgoing
from store.writer import Kind


class Outbox(Inbox):
    """The part of the `Store` that sending needs. Every mark raises LeaseLost when the item is no longer held."""

    def claim_outgoing(self, worker: str, limit: int, lease_seconds: float = LEASE_SECONDS) -> list[ClaimedOutgoing]:
        """Up to `limit` messages for this worker, most urgent first, then oldest; one a resident, in order.

        One that was being sent when its lease ran out comes back with `fate_unknown`: it may have arrived.
        """
        claim = self._claim(worker, limit, lease_seconds)
        return self._write(Kind("claim_outgoing", 5, self._hot.claim_outgoing), claim)

    def outgoing_sent(self, item: ClaimedOutgoing, accepted: Accepted) -> None:
        """The receiver has it: "sent" by this attempt, "already" by an earlier one (409, or a token used up)."""
        kind: Kind[Sent, bool] = Kind("sent", 0, self._hot.sent)
        if self._write(kind, Sent(item, accepted, self._now())):
            self._bell.ring()

    def outgoing_sent_later(self, item: ClaimedOutgoing, accepted: Accepted, tell: Callable[[object], None]) -> None:
        """`outgoing_sent` for a caller who does not wait: `tell` gets None or the error, on the store's thread."""
        kind: Kind[Sent, bool] = Kind("sent", 0, self._hot.sent)

        def told(result: bool | BaseException) -> None:
            if result is True:
                self._bell.ring()
            tell(result if isinstance(result, BaseException) else None)

        self._writer_of(kind).write_later(kind, Sent(item, accepted, self._now()), told)

    def outgoing_later(self, item: ClaimedOutgoing, delay_seconds: float, reason: str, fate_unknown: bool) -> None:
        """Try again in `delay_seconds`. Once the fate of an attempt is unknown, it stays so."""
        due = self._now() + round(delay_seconds * 1000)
        self._mark(Mark(statements.OUTGOING_LATER, (due, reason, fate_unknown, *_held(item))))

    def outgoing_push_instead(self, item: ClaimedOutgoing, lease_seconds: float = LEASE_SECONDS) -> ClaimedOutgoing:
        """The reply was refused for good: from now on push, with the same retry key. Stays with this worker.

        Returns the item as it is now; `fate_unknown` starts again, because the push was not yet tried.
        """
        due = self._now() + round(lease_seconds * 1000)
        self._mark(Mark(statements.OUTGOING_PUSH, (False, due, *_held(item))))
        return replace(item, way="push", fate_unknown=False)

    def outgoing_dead(self, item: ClaimedOutgoing, reason: str) -> None:
        """Give up on it; it stays for staff to see. `reason` is a fixed word."""
        self._mark(Mark(statements.OUTGOING_DEAD, (self._now(), reason, *_held(item))))


def _held(item: ClaimedOutgoing) -> tuple[str, int, str, int]:
    return item.city, item.id, item.worker, item.attempts
