"""A notice in the making on the phone of the member of staff who typed its words (`notify.preview_code`)."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Any, Final

from bot.messages import Inquiry
from faq.knowledge import Knowledge
from notify.notice_message import notice_messages
from notify.preview_code import is_code, read_preview_words
from store import Store
from store.errors import StoreError

log = logging.getLogger(__name__)
SHOWN: Final = ("draft", "waiting_approval", "scheduled")
MOST_MESSAGES: Final = 5
"""That LINE takes in a reply; the first one says that nobody else was told."""


class Previews:
    """`secrets`: each city's secret of its LINE channel."""

    def __init__(self, store: Store, knowledge_of: Callable[[str], Knowledge], secrets: Mapping[str, str]) -> None:
        self._store = store
        self._knowledge_of = knowledge_of
        self._secrets = secrets

    def messages(self, inquiry: Inquiry) -> list[dict[str, Any]]:
        """What to reply to the words of a preview; nothing where they are not, or not any more."""
        asked = read_preview_words(inquiry.text) if inquiry.kind == "text" else None
        secret = self._secrets.get(inquiry.city, "")
        if asked is None or not secret:
            return []
        number, code = asked
        try:
            notice = self._store.notice(inquiry.city, number)
        except StoreError:
            log.warning("a preview could not be read", extra={"city": inquiry.city, "notice": number})
            return []
        if (
            notice is None
            or notice.status not in SHOWN
            or not is_code(code, secret, inquiry.city, number, notice.version)
        ):
            return []
        named = self._knowledge_of(inquiry.city).city.said
        told = {"type": "text", "text": "【試し】ほかの人には、まだ送っていません。"}
        made = [message for language in notice.texts for message in notice_messages(notice, language, named)]
        # The picture is the same in every language: once, behind the words.
        words = [message for message in made if message["type"] != "image"]
        pictures = [message for message in made if message["type"] == "image"][:1]
        return [told, *words[: MOST_MESSAGES - 1 - len(pictures)], *pictures]
