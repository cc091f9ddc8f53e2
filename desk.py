"""What every door does with an inquiry: load what we remember, decide, and say what has to be saved.

LINE's worker saves it with the event it came from; the widget saves it before it answers. What was decided carries the
owner that was seen: if somebody else owns the talk by the time of writing, or the queue is another than the resident
would hear, the store refuses it (`OwnerChanged`, `QueueFull`, `QueueMoved`) and the door asks again. Answers come from
memory, so a store that does not answer costs the memory of the talk and nothing else.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from functools import partial

from bot.dialogue import Conversation
from bot.handover import OPEN_STATES, THE_BOT, Owner
from bot.messages import Inquiry, Reply, Text
from bot.numbering import plain_text
from bot.reception import Counter, Queue
from bot.respond import respond
from bot.shelters import without_place
from bot.teaching import Teaching
from bot.turn import Response
from bot.wishes import Wishes
from bot.wording import Wording
from faq.knowledge import Knowledge
from store import Store
from store.errors import StoreError
from store.records import Case, Feedback, Outcome, Proposal, Turn
from store.records_cases import Remembered
from store.records_messengers import SentFile
from telemetry import ANSWERS, FAULTS, labelled

log = logging.getLogger(__name__)
KnowledgeOf = Callable[[str], Knowledge]


def decide(
    inquiry: Inquiry,
    knowledge_of: KnowledgeOf,
    store: Store,
    now: datetime,
    public_url: str = "",
    known: Remembered | None = None,
) -> tuple[Outcome, Reply]:
    """The answer to an inquiry and what to record of it. Answers come from memory; a silent store costs only memory.

    A reply without blocks is for staff to read, and nothing is sent. `public_url`: where residents find our pages
    (the contact form); without it none is offered. `known`: what the store remembered a moment ago, if it was asked.
    """
    knowledge = knowledge_of(inquiry.city)
    conversation, owner = _remembered(inquiry, store, known)
    try:
        response = _responded(inquiry, knowledge, conversation, now, owner, store, public_url)
    except Exception:
        ids = {"city": inquiry.city, "event": inquiry.event_id}
        log.exception("could not decide; the resident gets the phone number", extra=ids)
        FAULTS.labels(inquiry.city).inc()
        response = _fault(knowledge, owner, now)
    labelled(ANSWERS, inquiry.city, inquiry.channel, response.reply.decision).inc()
    outcome = _record(inquiry, response, now)
    if response.erase:
        store.erase_resident(inquiry.city, inquiry.resident)
        return outcome, response.reply
    return replace(outcome, owner=owner, ends=response.ends, file=_file(inquiry, owner)), response.reply


def _remembered(inquiry: Inquiry, store: Store, known: Remembered | None) -> tuple[Conversation, Owner]:
    """The talk and who owns it. Without the store it is taken for the bot's; the write is refused if it is not."""
    try:
        remembered = known or store.remembered(inquiry.city, inquiry.resident)
    except StoreError:
        log.warning("answering without memory", extra={"city": inquiry.city, "event": inquiry.event_id})
        return Conversation(), THE_BOT
    return Conversation.from_dict(remembered.state), remembered.owner


def _responded(
    inquiry: Inquiry,
    knowledge: Knowledge,
    conversation: Conversation,
    now: datetime,
    owner: Owner,
    store: Store,
    public_url: str,
) -> Response:
    """The response; one that offers a contact form only when the form is there to be opened."""
    token = secrets.token_urlsafe(32)
    form = f"{public_url}/contact/{inquiry.city}/{token}" if public_url else ""
    notices = f"{public_url}/notices/{inquiry.city}/" if public_url else ""
    wishes_of = partial(_wishes, inquiry, store)
    counter = _counter(inquiry.city, store, form, notices)
    response = respond(inquiry, knowledge, conversation, now, counter, owner, wishes_of)
    if response.form is None or _offered(inquiry, response, token, store):
        return response
    return respond(inquiry, knowledge, conversation, now, replace(counter, form=""), owner, wishes_of)


def _wishes(inquiry: Inquiry, store: Store) -> Wishes | None:
    """What the resident wants to hear of; None while the store does not answer."""
    try:
        return store.wishes(inquiry.city, inquiry.resident)
    except StoreError:
        log.warning("wishes could not be read", extra={"city": inquiry.city, "event": inquiry.event_id})
        return None


def _offered(inquiry: Inquiry, response: Response, token: str, store: Store) -> bool:
    """Whether the form was made that the response gives the resident the address of."""
    assert response.form is not None
    department, question = response.form.department, response.form.question
    language = response.conversation.language
    try:
        store.offer_contact(inquiry.city, token, inquiry.resident, inquiry.channel, language, department, question)
    except StoreError:
        log.warning("no contact form could be made", extra={"city": inquiry.city, "event": inquiry.event_id})
        return False
    return True


def _counter(city: str, store: Store, form: str, notices: str) -> Counter:
    def queue_of(department: str) -> Queue | None:
        try:
            waiting = store.waiting(city, department)
        except StoreError:
            return None
        return Queue(waiting.count, waiting.oldest, waiting.staff_median_seconds)

    def place_of(case_id: int) -> int:
        try:
            return store.position(city, case_id)
        except StoreError:
            return 0

    return Counter(queue_of, form, place_of, notices=notices, places=lambda: store.known_places(city))


def _fault(knowledge: Knowledge, owner: Owner, now: datetime) -> Response:
    """What is said when deciding failed: a phone number, or nothing where a person has the talk."""
    if owner.state == "staff":
        return Response(Reply("staff", ()), Conversation(at=now))
    busy = Wording(knowledge.wording).say("busy", "ja", phone=knowledge.city.phone)
    return Response(Reply("handoff", (Text(busy),)), Conversation(at=now))


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
            category=person.category,
            entry_id=person.entry_id,
            at_most=person.at_most,
            ahead=person.ahead,
        ),
        feedback=None if feedback is None else Feedback(inquiry.city, inquiry.resident, feedback[0], feedback[1], now),
        proposal=None if response.teaches is None else proposal_of(inquiry.city, response.teaches, now),
        wishes=response.wishes,
        complains=response.complains,
    )


def _file(inquiry: Inquiry, owner: Owner) -> SentFile | None:
    """What a resident shows to a person. A picture is fetched later (`errands.pictures`); of the rest staff only see
    that there was something. Where the bot has the talk nothing is fetched at all."""
    if owner.state not in OPEN_STATES or not inquiry.message_id:
        return None
    match inquiry.kind:
        case "image":
            return SentFile("image")
        case "video" | "audio" | "file":
            return SentFile(inquiry.kind, "refused", "kind")
    return None


def undecided(inquiry: Inquiry, now: datetime) -> Turn:
    """What a resident said to a person, where deciding has failed again and again: not a word of it is lost."""
    return _turn(inquiry, Response(Reply("staff", ()), Conversation()), now)


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
        text=response.heard or inquiry.text or without_place(inquiry.choice),
        message_id=inquiry.message_id,
        decision=response.reply.decision,
        entry_id=response.entry_id,
        candidates=response.candidates,
        reply_text=response.recorded or plain_text(response.reply),
    )
