"""Pictures from the chat, for whoever has the talk: only while a case is open, made anew before anything is kept.

`POST /widget/<city>/attachments`, a form of `picture` (the file), `session`, `message_id` and `language`. The name and
the type that the browser gives the file are not looked at.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import IO, Any, cast, get_args

from flask import Request

from bot.handover import OPEN_STATES, Owner
from bot.messages import Language
from handlers.widget.asked import looks_like_message_id
from handlers.widget.buckets import Buckets, neighbourhood
from handlers.widget.sessions import looks_like_session, resident_of
from media import MAX_BYTES, Refused, clean_picture
from store import Store
from store.errors import OwnerChanged, StoreError
from store.records import Outcome, Turn
from store.records_messengers import FileReason, KeptPicture, SentFile

log = logging.getLogger(__name__)
Json = dict[str, Any]

MAX_FORM = MAX_BYTES + 64 * 1024
"""Bytes of the whole form: the picture, and what stands around it."""

FORM_MEMORY = 256 * 1024
"""Bytes of the form that are not the picture. Werkzeug reads in steps of 64 KB, so less would refuse any picture."""

DECISIONS = 3
"""The talk may change hands while a picture arrives; so often it is looked at again whose it is."""

WORDS: dict[str, str] = {
    "kind": "picture_only",
    "broken": "picture_broken",
    "too_large": "picture_too_large",
    "closed": "picture_no_case",
    "session": "picture_no_case",
    "store": "failed",
}


class NotTaken(Exception):
    """The picture was not taken. `status` is HTTP's; `reason` a key of `WORDS`, or "wait" with `seconds`."""

    def __init__(self, status: int, reason: str, language: Language, seconds: int = 0) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason
        self.language = language
        self.seconds = seconds

    def sentence(self, words: Mapping[str, str]) -> str:
        """What the resident reads, of the words of the page in `language`."""
        return words["too_many"].format(seconds=self.seconds) if self.seconds else words[WORDS[self.reason]]


@dataclass(frozen=True, slots=True)
class Sent:
    """A form as it was sent. `event_id` is the same for every repetition."""

    session: str
    event_id: str
    language: Language
    picture: IO[bytes]

    @property
    def resident(self) -> str:
        return resident_of(self.session)


class Uploads:
    """Takes pictures. One for a process; safe for its threads."""

    def __init__(
        self,
        store: Store,
        clock: Callable[[], datetime],
        sessions: Buckets | None = None,
        addresses: Buckets | None = None,
    ) -> None:
        self._store = store
        self._clock = clock
        self._sessions = Buckets(burst=6, per_second=1 / 20) if sessions is None else sessions
        self._addresses = Buckets(burst=60, per_second=1) if addresses is None else addresses

    def take(self, city: str, request: Request) -> Json:
        """Keeps the picture of a form for the staff of the open case. Raises `NotTaken`, and 413 for too long a form.

        Whose turn it is is asked before the picture is opened: who has no case costs us no work.
        """
        request.max_content_length = MAX_FORM
        request.max_form_parts = 8
        request.max_form_memory_size = FORM_MEMORY
        sent = _read(request)
        wait = self._addresses.take(neighbourhood(request.remote_addr or "")) or self._sessions.take(sent.resident)
        if wait:
            raise NotTaken(429, "wait", sent.language, wait)
        self._owner(city, sent)
        file = _file(sent.picture.read(MAX_BYTES + 1))
        owner = self._kept(city, sent, file)
        if file.state == "refused":
            raise NotTaken(422, file.reason, sent.language)
        return {
            "session": sent.session,
            "id": sent.event_id,
            "owner": {"state": owner.state, "department": owner.department},
        }

    def _kept(self, city: str, sent: Sent, file: SentFile) -> Owner:
        """Writes the turn and its file, for whoever owns the talk by then. Also of a refused one staff learn."""
        for _ in range(DECISIONS):
            owner = self._owner(city, sent)
            turn = Turn(city, sent.resident, "widget", sent.event_id, self._clock(), "image", decision="staff")
            try:
                self._store.record(Outcome(turn=turn, owner=owner, file=file))
            except OwnerChanged:
                continue
            except StoreError as error:
                log.warning("a picture could not be kept", extra={"city": city, "event": sent.event_id})
                raise NotTaken(503, "store", sent.language) from error
            return owner
        raise NotTaken(503, "store", sent.language)

    def _owner(self, city: str, sent: Sent) -> Owner:
        try:
            owner = self._store.remembered(city, sent.resident).owner
        except StoreError as error:
            raise NotTaken(503, "store", sent.language) from error
        if owner.state not in OPEN_STATES:
            raise NotTaken(409, "closed", sent.language)
        return owner


def _read(request: Request) -> Sent:
    language = request.form.get("language", "ja")
    spoken = cast(Language, language) if language in get_args(Language) else "ja"
    session, name = request.form.get("session", ""), request.form.get("message_id", "")
    if not looks_like_session(session):
        raise NotTaken(409, "session", spoken)
    picture = request.files.get("picture")
    if picture is None or not looks_like_message_id(name):
        raise NotTaken(400, "kind", spoken)
    event_id = f"widget-{hashlib.sha256(f'picture {session} {name}'.encode()).hexdigest()[:32]}"
    return Sent(session, event_id, spoken, picture.stream)


def _file(data: bytes) -> SentFile:
    try:
        picture = clean_picture(data)
    except Refused as refused:
        reason: FileReason = refused.reason
        return SentFile("image", "refused", reason)
    return SentFile("image", "kept", picture=KeptPicture(picture.data, picture.mime, picture.width, picture.height))
