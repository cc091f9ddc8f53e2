"""What every door does with an inquiry: load what we remember, decide, and say what has to be saved.

LINE's worker saves it with the event it came from; the widget saves it before it answers. Answers come from memory, so
a store that does not answer costs the memory of the talk and nothing else.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime

from bot.dialogue import Conversation
from bot.messages import Inquiry, Reply, Text
from bot.numbering import plain_text
from bot.respond import respond
from bot.shelters import without_place
from bot.teaching import Teaching
from bot.turn import Response
from bot.wording import Wording
from faq.knowledge import Knowledge
from store import Store
from store.errors import StoreError
from store.records import Case, Feedback, Outcome, Proposal, Turn
from telemetry import ANSWERS, FAULTS

log = logging.getLogger(__name__)
KnowledgeOf = Callable[[str], Knowledge]


def decide(inquiry: Inquiry, knowledge_of: KnowledgeOf, store: Store, now: datetime) -> tuple[Outcome, Reply]:
    """The answer to an inquiry and what to record of it. Answers come from memory; a silent store costs only memory."""
    knowledge = knowledge_of(inquiry.city)
    try:
        response = respond(inquiry, knowledge, _remembered(inquiry, store), now)
    except Exception:
        ids = {"city": inquiry.city, "event": inquiry.event_id}
        log.exception("could not decide; the resident gets the phone number", extra=ids)
        FAULTS.labels(inquiry.city).inc()
        busy = Wording(knowledge.wording).say("busy", "ja", phone=knowledge.city.phone)
        response = Response(Reply("handoff", (Text(busy),)), Conversation(at=now))
    ANSWERS.labels(inquiry.city, inquiry.channel, response.reply.decision).inc()
    if response.erase:
        store.erase_resident(inquiry.city, inquiry.resident)
    return _record(inquiry, response, now), response.reply


def _remembered(inquiry: Inquiry, store: Store) -> Conversation:
    try:
        return Conversation.from_dict(store.conversation(inquiry.city, inquiry.resident))
    except StoreError:
        log.warning("answering without memory", extra={"city": inquiry.city, "event": inquiry.event_id})
        return Conversation()


def _record(inquiry: Inquiry, response: Response, now: datetime) -> Outcome:
    turn = None if response.erase else _turn(inquiry, response, now)
    person, feedback = response.person, response.feedback
    return Outcome(
        turn=turn,
        conversation=response.conversation.to_dict(),
        case=None
        if person is None
        else Case(
            city=inquiry.city,
            resident=inquiry.resident,
            channel=inquiry.channel,
            department=person.department,
            question=person.question,
            opened_at=now,
            promised_at=person.promised_at,
        ),
        feedback=None if feedback is None else Feedback(inquiry.city, inquiry.resident, feedback[0], feedback[1], now),
        proposal=None if response.teaches is None else proposal_of(inquiry.city, response.teaches, now),
    )


def proposal_of(city: str, taught: Teaching, now: datetime) -> Proposal:
    """A lesson as the store keeps it, without whose words they were."""
    return Proposal(city, taught.entry_id, taught.key, taught.phrasing, taught.source, now, taught.taken_back)


def _turn(inquiry: Inquiry, response: Response, now: datetime) -> Turn:
    return Turn(
        city=inquiry.city,
        resident=inquiry.resident,
        channel=inquiry.channel,
        event_id=inquiry.event_id,
        at=now,
        kind=inquiry.kind,
        text=inquiry.text or without_place(inquiry.choice),
        message_id=inquiry.message_id,
        decision=response.reply.decision,
        entry_id=response.entry_id,
        candidates=response.candidates,
        reply_text=response.recorded or plain_text(response.reply),
    )
