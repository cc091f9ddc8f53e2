"""The talk with one resident: who it is, what was asked, what is answered and kept, and never twice.

A browser repeats a message when the network was cut before our answer arrived. The repetition carries the same
`message_id`: it gets the answer again (from memory, or told again from the store) and nothing is recorded twice.
"""

from __future__ import annotations

import hashlib
import logging
import secrets
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from bot.answer import Voice
from bot.dialogue import Conversation
from bot.handover import THE_BOT, Owner
from bot.messages import Inquiry, Language, Reply, Text
from desk import decide
from faq.library import Library
from handlers.widget.asked import Asked
from handlers.widget.blocks import reply_json
from handlers.widget.history import SHOWN_TURNS, UNASKED, retold, talk_json, turn_json
from handlers.widget.recent import RecentReplies
from handlers.widget.sessions import looks_like_session, new_session, resident_of
from handlers.widget.words import words_of
from store import Store
from store.errors import OwnerChanged, StoreError
from store.records import Outcome, Turn

log = logging.getLogger(__name__)
Json = dict[str, Any]
JAPAN = ZoneInfo("Asia/Tokyo")
REMEMBERED_REPLIES = 2_000
RECORD_SECONDS = 3.0
"""A resident waits so long for a database that is stuck (somebody holds its lock); then the answer comes without it."""

DECISIONS = 5
"""So often a message is decided while the talk changes hands under it; people do not press buttons that fast."""


@dataclass(frozen=True, slots=True)
class Visitor:
    """A session and what the store has of it. `turns` is None when the store does not answer."""

    session: str
    turns: Sequence[Turn] | None
    memory: Json | None = None
    owner: Owner = THE_BOT

    @property
    def resident(self) -> str:
        return resident_of(self.session)


class Talk:
    """Answers residents of the widget. One for a process; safe for its threads."""

    def __init__(self, library: Library, store: Store, clock: Callable[[], datetime], public_url: str = "") -> None:
        self._library = library
        self._store = store
        self._clock = clock
        self._public_url = public_url
        self._recent = RecentReplies(REMEMBERED_REPLIES)
        self._one_at_a_time = [threading.Lock() for _ in range(1024)]

    def answer(self, city: str, asked: Asked) -> Json:
        """The JSON for one message.

        Raises `UnknownCity`, `StoreError` when a wish to be forgotten failed, and `OwnerChanged` when the talk changed
        hands again and again: nothing was kept, and the same may be sent again.
        """
        self._library.get(city)
        key = f"{city} {asked.message_id}"
        with self._alone(city, asked):
            said = self._recent.get(key) if asked.message_id else None
            if said is not None:
                return said | ({"session": asked.session} if looks_like_session(asked.session) else {})
            said = self._answer(city, asked)
            if said["forgotten"]:
                self._recent.forget(asked.session)
            elif asked.message_id and said["remembered"]:
                self._recent.put(key, said)
            return said

    def _alone(self, city: str, asked: Asked) -> AbstractContextManager[object]:
        """One after the other for a session, and for repetitions of a message. Strangers do not wait for each other."""
        same = asked.session or asked.message_id
        return self._one_at_a_time[hash((city, same)) % 1024] if same else nullcontext()

    def earlier(self, city: str, session: str, after: str = "") -> Json:
        """The turns that this session said before, those behind `after` if it is one of them. Raises `StoreError`."""
        self._library.get(city)
        nobody: Json = {"session": None, "messages": [], "waiting": False, "owner": owner_json(THE_BOT)}
        if not looks_like_session(session):
            return nobody
        turns = self._store.turns_after(city, resident_of(session), after, SHOWN_TURNS)
        remembered = self._store.remembered(city, resident_of(session))
        if remembered.state is None and not turns and not remembered.owner.case_id:
            return nobody
        talk = Conversation.from_dict(remembered.state)
        return {
            "session": session,
            "messages": talk_json(turns, talk.as_of(self._clock()), self.voice(city, talk.language)),
            "waiting": bool(remembered.owner.case_id),
            "owner": owner_json(remembered.owner),
            "language": talk.language,
        }

    def news(self, city: str, session: str, after: str) -> tuple[str, list[Json]]:
        """What staff and city have said behind the turn `after`, and the id of the last turn. Raises `StoreError`.

        Each message says who owns the talk now: "the bot is back" ends a page's waiting.
        """
        turns = self._store.turns_after(city, resident_of(session), after, SHOWN_TURNS)
        unasked = [turn for turn in turns if turn.kind in UNASKED]
        last = turns[-1].event_id if turns else after
        if not unasked:
            return last, []
        remembered = self._store.remembered(city, resident_of(session))
        voice = self.voice(city, Conversation.from_dict(remembered.state).language)
        owner = {"owner": owner_json(remembered.owner)}
        return last, [turn_json(turn, voice) | owner for turn in unasked]

    def voice(self, city: str, language: Language) -> Voice:
        return Voice(self._library.get(city), language, self._clock().astimezone(JAPAN))

    def _answer(self, city: str, asked: Asked) -> Json:
        visitor = self._visitor(city, asked.session)
        event_id = _event_id(asked)
        told = next((turn for turn in visitor.turns or () if turn.event_id == event_id), None)
        if told is not None:
            return self._told_again(city, visitor, told)
        for tries in range(DECISIONS):
            try:
                return self._decided(city, asked, visitor, event_id, exact=tries < DECISIONS - 2)
            except OwnerChanged:
                log.info("the talk changed hands; deciding again", extra={"city": city, "event": event_id})
        raise OwnerChanged

    def _decided(self, city: str, asked: Asked, visitor: Visitor, event_id: str, *, exact: bool = True) -> Json:
        """Decides and records; raises `OwnerChanged` when somebody else owns the talk by then.

        Not `exact`: in a rush the place in the queue may be one of a moment ago; nobody waits for it in vain.
        """
        now = self._clock()
        inquiry = Inquiry(
            city=city,
            resident=visitor.resident,
            channel="widget",
            kind="choice" if asked.choice else "text",
            event_id=event_id,
            at=now,
            text="" if asked.choice else asked.text,
            choice=asked.choice,
            masked=asked.masked,
            language=asked.language,
        )
        outcome, reply = decide(inquiry, self._library.get, self._store, now, self._public_url)
        if outcome.turn is None:
            return _said(new_session(), event_id, reply, outcome, True, asked)
        if outcome.case is not None and not exact:
            outcome = replace(outcome, case=replace(outcome.case, ahead=-1))
        remembered = self._record(city, event_id, outcome)
        if outcome.case is not None and not remembered:
            nobody, unsaved = self._nobody_told(city, asked), replace(outcome, conversation=None)
            return _said(visitor.session, event_id, nobody, unsaved, False, asked)
        if asked.too_long:
            reply = _with_first(reply, self._words(city, asked)["read_in_part"])
        return _said(visitor.session, event_id, reply, outcome, remembered, asked)

    def _words(self, city: str, asked: Asked) -> Mapping[str, str]:
        return words_of(self._library.get(city).wording, asked.language or "ja")

    def _visitor(self, city: str, session: str) -> Visitor:
        """The session that was sent if it is ours, else a new one: nobody may bring a session of their own making."""
        if not looks_like_session(session):
            return Visitor(new_session(), ())
        try:
            turns = self._store.turns(city, resident_of(session), SHOWN_TURNS)
            known = self._store.remembered(city, resident_of(session))
        except StoreError:
            return Visitor(session, None)
        if not turns and known.state is None and not known.owner.case_id:
            return Visitor(new_session(), ())
        return Visitor(session, turns, known.state, known.owner)

    def _told_again(self, city: str, visitor: Visitor, turn: Turn) -> Json:
        remembered = Conversation.from_dict(visitor.memory)
        last = visitor.turns is not None and visitor.turns[-1] is turn
        reply = retold(turn, self.voice(city, remembered.language), remembered.as_of(self._clock()) if last else None)
        return {
            "session": visitor.session,
            "id": turn.event_id,
            "reply": reply_json(reply),
            "remembered": True,
            "waiting": bool(visitor.owner.case_id),
            "owner": owner_json(visitor.owner),
            "forgotten": False,
            "said": None,
        }

    def _nobody_told(self, city: str, asked: Asked) -> Reply:
        """In place of a reply that says who was told, when that could not be written down."""
        return Reply("handoff", (self.voice(city, asked.language or "ja").text("busy"),))

    def _record(self, city: str, event_id: str, outcome: Outcome) -> bool:
        """Whether the store kept it. If not, the resident has the answer all the same."""
        # An answer can do without the record; what a person is to read, or who owns the talk, cannot.
        for_a_person = outcome.case is not None or outcome.ends or (outcome.owner or THE_BOT).state != "bot"
        wait = None if for_a_person else RECORD_SECONDS
        try:
            self._store.record(outcome, wait_seconds=wait)
        except OwnerChanged:
            raise
        except StoreError:
            log.warning("answered without remembering", extra={"city": city, "event": event_id})
            return False
        return True


def _event_id(asked: Asked) -> str:
    """The same for every repetition of a message, and for no other: browsers make ids of 128 random bits."""
    if not asked.message_id:
        return f"widget-{secrets.token_hex(16)}"
    return f"widget-{hashlib.sha256(asked.message_id.encode()).hexdigest()[:32]}"


def _with_first(reply: Reply, sentence: str) -> Reply:
    return Reply(reply.decision, (Text(sentence), *reply.blocks))


def owner_json(owner: Owner) -> Json:
    """Who the resident is talking to."""
    return {"state": owner.state, "department": owner.department}


def _owner_after(outcome: Outcome) -> Owner:
    """Who owns the talk once this is written."""
    if outcome.case is not None:
        return Owner("waiting", department=outcome.case.department)
    return THE_BOT if outcome.ends or outcome.owner is None else outcome.owner


def _said(session: str, event_id: str, reply: Reply, outcome: Outcome, remembered: bool, asked: Asked) -> Json:
    owner = _owner_after(outcome) if remembered else THE_BOT
    return {
        "session": session,
        "id": event_id,
        "reply": reply_json(reply),
        "remembered": remembered,
        "waiting": owner.state != "bot",
        "owner": owner_json(owner),
        "forgotten": outcome.turn is None,
        "said": asked.text if asked.masked or asked.too_long else None,
    }
