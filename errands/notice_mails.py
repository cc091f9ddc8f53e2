"""Hands notices in by mail, one letter to each address of the city. A copy has the same name (`Message-ID`)."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Protocol

from clients.errors import ClientError
from clients.mail import Letter
from notify.notice_message import notice_mail
from notify.sending import after_failure, before_calling
from store import Store
from store.errors import LeaseLost
from store.records_notices import ClaimedChunk
from telemetry import NOTICE_CALLS

log = logging.getLogger(__name__)

LEASE_SECONDS = 90.0
"""Longer than a mail may take at its slowest."""


class Mail(Protocol):
    def send(self, letter: Letter, now: datetime) -> None: ...


class NoticeMails:
    """The errand of mails. `name_of`: a city's name."""

    def __init__(
        self,
        store: Store,
        mail: Mail,
        name_of: Callable[[str], str],
        worker: str,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._store = store
        self._mail = mail
        self._name_of = name_of
        self._worker = worker
        self._clock = clock

    def send_once(self) -> int:
        """Sends one mail that is due; how many there were."""
        claimed = self._store.claim_chunks(self._worker, 1, LEASE_SECONDS, channel="mail")
        for chunk in claimed:
            try:
                self._send(chunk)
            except LeaseLost:
                log.warning("somebody else has this mail", extra=_ids(chunk))
        return len(claimed)

    def _send(self, chunk: ClaimedChunk) -> None:
        notice, now = self._store.notice(chunk.city, chunk.notice_id), datetime.fromtimestamp(self._clock(), UTC)
        step = before_calling(chunk, now, notice.expires_at if notice else now)
        if notice is not None and step.do == "call":
            subject, text = notice_mail(notice, self._name_of(chunk.city))
            name = f"notice-{chunk.retry_key}@{chunk.city}.madoguchi.invalid"
            try:
                self._mail.send(Letter(chunk.recipients[0], subject, text, name), now)
            except ClientError as error:
                step = after_failure(chunk, error)
            else:
                NOTICE_CALLS.labels(chunk.city, "sent").inc()
                self._store.chunk_sent(chunk, name)
                return
        NOTICE_CALLS.labels(chunk.city, step.do).inc()
        log.warning("a mail of a notice was not sent", extra={**_ids(chunk), "reason": step.reason})
        if step.do == "later":
            self._store.chunk_later(chunk, step.pause, step.reason, step.fate_unknown)
        else:
            self._store.chunk_dead(chunk, step.reason)


def _ids(chunk: ClaimedChunk) -> dict[str, object]:
    return {"city": chunk.city, "notice": chunk.notice_id, "part": chunk.part}
