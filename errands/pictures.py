"""Fetches the pictures that residents sent on LINE while a case was open, and keeps what can be made a picture of ours.

What cannot is refused: staff see that there was something, the resident is told kindly that only pictures can be sent.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Protocol

from bot.dialogue import Conversation
from bot.wording import Wording
from clients.errors import ClientError
from clients.line.content import ContentGone, ContentTooLarge
from faq.knowledge import Knowledge
from media import MAX_BYTES, Refused, clean_picture
from store import Store
from store.errors import LeaseLost, StoreError
from store.records_cases import CaseView, Said
from store.records_messengers import ClaimedAttachment, FileReason, KeptPicture
from telemetry import ATTACHMENTS

log = logging.getLogger(__name__)

LEASE_SECONDS = 60.0
"""Above the 20 seconds a content may take, and the making of a picture."""

PAUSES = (2.0, 4.0, 8.0, 15.0, 30.0, 60.0, 300.0)
ATTEMPTS = 20
"""About an hour; LINE does not promise to keep a content much longer."""

CRASHES = 3
"""A picture that ends the process so often is not opened again."""

TOLD: Mapping[FileReason, str] = {
    "kind": "file_only_pictures",
    "broken": "file_not_readable",
    "too_large": "file_too_large",
    "gone": "file_not_readable",
}
"""What the resident hears, by the reason; wording keys."""


class Contents(Protocol):
    def fetch(self, message_id: str, limit: int) -> bytes: ...


class Pictures:
    """The errand of fetching. `contents` by city."""

    def __init__(
        self, store: Store, knowledge_of: Callable[[str], Knowledge], contents: Mapping[str, Contents], worker: str
    ) -> None:
        self._store = store
        self._knowledge_of = knowledge_of
        self._contents = contents
        self._worker = worker

    def fetch_once(self) -> int:
        """Takes one file that is due; how many there were."""
        claimed = self._store.claim_attachments(self._worker, 1, LEASE_SECONDS)
        for item in claimed:
            try:
                self._fetch(item)
            except LeaseLost:
                log.info("the file was taken back, or somebody else has it", extra=_ids(item))
        return len(claimed)

    def _fetch(self, item: ClaimedAttachment) -> None:
        if item.crashes >= CRASHES:
            self._refuse(item, "broken")
            return
        contents = self._contents.get(item.city)
        if contents is None or not item.message_id:
            self._refuse(item, "gone")
            return
        try:
            picture = clean_picture(contents.fetch(item.message_id, MAX_BYTES))
        except Refused as refused:
            self._refuse(item, refused.reason)
        except ContentTooLarge:
            self._refuse(item, "too_large")
        except ContentGone:
            self._refuse(item, "gone")
        except ClientError as error:
            self._again(item, error)
        else:
            self._store.keep_attachment(item, KeptPicture(picture.data, picture.mime, picture.width, picture.height))
            ATTACHMENTS.labels(item.city, "kept").inc()

    def _again(self, item: ClaimedAttachment, error: ClientError) -> None:
        if error.permanent or item.attempts >= ATTEMPTS:
            log.error("file given up", extra={**_ids(item), "reason": error.reason})
            self._refuse(item, "gone")
            return
        log.info("file waits for another try", extra={**_ids(item), "reason": error.reason})
        self._store.attachment_later(item, PAUSES[min(item.attempts, len(PAUSES)) - 1])

    def _refuse(self, item: ClaimedAttachment, reason: FileReason) -> None:
        words = self._words(item, reason)

        def tell(_case: CaseView) -> Said:
            return Said(words)

        self._store.refuse_attachment(item, reason, tell)
        ATTACHMENTS.labels(item.city, reason).inc()

    def _words(self, item: ClaimedAttachment, reason: FileReason) -> str:
        """In the language that the resident's talk is in, when the store tells us."""
        try:
            remembered = self._store.conversation(item.city, item.resident)
        except StoreError:
            remembered = None
        wording = Wording(self._knowledge_of(item.city).wording)
        return wording.say(TOLD[reason], Conversation.from_dict(remembered).language)


def _ids(item: ClaimedAttachment) -> dict[str, object]:
    return {"city": item.city, "case": item.case_id, "attachment": item.id}
