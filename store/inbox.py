"""Events that came in: kept once, claimed in order, finished with everything they led to."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sqlalchemy import select

from store import statements
from store.core import LEASE_SECONDS, Core
from store.engine import Claim, Mark, Written
from store.extras import taken_back_id
from store.records import ArrivedEvent, ClaimedEvent, ClaimedOutgoing, Outcome
from store.rows import Writing, event_row, writing
from store.tables import inbox
from store.writer import Kind


class Inbox(Core):
    """The part of the `Store` that the door and the worker share."""

    def accept(self, events: Sequence[ArrivedEvent]) -> int:
        """Keep these events, all in one transaction, and return how many are new. Durable when this returns.

        An event whose (city, event_id) is known already changes nothing. Raises StoreError when nothing was kept: at
        once while the database is stuck, because LINE does not wait for more than 2 s and brings them again.
        """
        now = self._now()
        new = self._write(
            Kind("accept", 3, self._hot.accept, hurried=True), [event_row(event, now) for event in events]
        )
        if new:
            self._bell.ring()
        return new

    def claim_events(self, worker: str, limit: int, lease_seconds: float = LEASE_SECONDS) -> list[ClaimedEvent]:
        """Up to `limit` events for this worker, oldest due first; at most one a resident, in the order they occurred.

        An event is held until its lease ends; then somebody else may claim it, and this worker's marks fail.
        """
        claim = self._claim(worker, limit, lease_seconds)
        return self._write(Kind("claim_events", 4, self._hot.claim_events), claim)

    def was_taken_back(self, city: str, message_id: str) -> bool:
        """Whether the resident took this message back before it came in: it is neither kept nor answered then."""
        known = select(inbox.c.event_id).where(inbox.c.city == city, inbox.c.event_id == taken_back_id(message_id))
        return self._read(lambda connection: connection.execute(known).first()) is not None

    def finish_event(
        self, event: ClaimedEvent, outcome: Outcome, lease_seconds: float = LEASE_SECONDS
    ) -> tuple[ClaimedOutgoing, ...]:
        """Write everything the event led to and mark it done, in one transaction; its payload is emptied.

        Returns the messages to send now, held by this worker, in the order to send them. Messages of a resident who
        has older unsent ones are not returned; `claim_outgoing` gives them out in order. Raises LeaseLost, and writes
        nothing, when this worker no longer holds the event.
        """
        return self._write_outcome(event, outcome, event.worker, lease_seconds)

    def finish_event_later(
        self,
        event: ClaimedEvent,
        outcome: Outcome,
        tell: Callable[[tuple[ClaimedOutgoing, ...] | BaseException], None],
        lease_seconds: float = LEASE_SECONDS,
    ) -> None:
        """`finish_event` for a caller who does not wait: `tell` gets its result or error, on the store's thread.

        Raises StoreError at once for what could never be written.
        """
        now = self._now()
        kind: Kind[Writing, Written] = Kind("write", 2, self._hot.write)

        def told(result: Written | BaseException) -> None:
            if isinstance(result, BaseException):
                tell(result)
                return
            if result.more:
                self._bell.ring()
            tell(result.in_flight)

        request = writing(event, outcome, event.worker, now, now + round(lease_seconds * 1000))
        self._writer_of(kind).write_later(kind, request, told)

    def record(
        self,
        outcome: Outcome,
        worker: str = "",
        lease_seconds: float = LEASE_SECONDS,
        wait_seconds: float | None = None,
    ) -> tuple[ClaimedOutgoing, ...]:
        """`finish_event` for what came through no inbox (the widget). A turn that is known already changes nothing.

        Somebody who looks at a screen waits for at most `wait_seconds`; what is being written then may still be kept.
        """
        return self._write_outcome(None, outcome, worker or self._own_name, lease_seconds, wait_seconds)

    def retry_event(self, event: ClaimedEvent, delay_seconds: float, reason: str) -> None:
        """Give the event back, due in `delay_seconds`. `reason` is a fixed word, never something a resident said."""
        values = (self._now() + round(delay_seconds * 1000), reason, *_held(event))
        self._mark(Mark(statements.RETRY_EVENT, values))

    def fail_event(self, event: ClaimedEvent, reason: str) -> None:
        """Give the event up: it no longer holds back the resident's later ones. Its payload stays for the operator."""
        self._mark(Mark(statements.FAIL_EVENT, (self._now(), reason, *_held(event))))

    def _write_outcome(
        self,
        event: ClaimedEvent | None,
        outcome: Outcome,
        worker: str,
        lease_seconds: float,
        wait_seconds: float | None = None,
    ) -> tuple[ClaimedOutgoing, ...]:
        now = self._now()
        kind: Kind[Writing, Written] = Kind("write", 2, self._hot.write)
        request = writing(event, outcome, worker, now, now + round(lease_seconds * 1000))
        written = self._write(kind, request, wait_seconds)
        if written.more:
            self._bell.ring()
        return written.in_flight

    def _claim(self, worker: str, limit: int, lease_seconds: float) -> Claim:
        now = self._now()
        return Claim(worker, limit, now, now + round(lease_seconds * 1000))

    def _mark(self, mark: Mark) -> None:
        """Change one held row; raises LeaseLost when it is no longer held."""
        self._write(Kind("mark", 1, self._hot.mark), mark)
        self._bell.ring()


def _held(event: ClaimedEvent) -> tuple[str, str, str, int]:
    return event.city, event.event_id, event.worker, event.attempts
