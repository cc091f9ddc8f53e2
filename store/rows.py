"""Records to database rows and back. Values are made fit for both engines here, before anything is queued."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, cast

import orjson

from bot.wishes import Wishes
from store.errors import StoreError
from store.records import (
    ArrivedEvent,
    Case,
    ClaimedEvent,
    ClaimedOutgoing,
    Feedback,
    Outcome,
    Outgoing,
    Proposal,
    Turn,
    Way,
)
from store.records_messengers import SentFile

Row = tuple[Any, ...]
_PLAIN_ONLY = orjson.OPT_PASSTHROUGH_DATACLASS | orjson.OPT_PASSTHROUGH_DATETIME


def clean(text: str) -> str:
    """Text that both engines take: PostgreSQL refuses NUL, UTF-8 refuses half a surrogate pair (broken emoji)."""
    if "\x00" in text:
        text = text.replace("\x00", "")
    if text.isascii():
        return text
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-8", "replace").decode()
    return text


def dump(value: Any) -> str:
    """JSON as text; Japanese stays readable for whoever opens the file."""
    try:
        return orjson.dumps(value, option=_PLAIN_ONLY).decode()
    except (TypeError, RecursionError):
        pass  # half a surrogate pair, or no JSON at all
    try:
        return clean(json.dumps(value, ensure_ascii=False, separators=(",", ":")))
    except (TypeError, ValueError, RecursionError) as error:
        raise StoreError("a value is not JSON", permanent=True) from error


def to_ms(moment: datetime) -> int:
    """Milliseconds UTC. A moment without a time zone would mean two things, so it is refused."""
    if moment.tzinfo is None:
        raise StoreError("a moment has no time zone", permanent=True)
    return round(moment.timestamp() * 1000)


def from_ms(moment: int) -> datetime:
    return datetime.fromtimestamp(moment / 1000, UTC)


def event_row(event: ArrivedEvent, now: int) -> Row:
    """city, event_id, resident, occurred_at, kind, payload, redelivered, reply_token, received_at, due_at."""
    return (
        clean(event.city),
        clean(event.event_id),
        clean(event.resident),
        event.occurred_at_ms,
        clean(event.kind),
        dump(event.payload),
        event.redelivered,
        clean(event.reply_token),
        event.received_at_ms,
        now,
    )


def claimed_event(row: Sequence[Any], worker: str) -> ClaimedEvent:
    """From city, event_id, resident, occurred_at, kind, payload, redelivered, reply_token, received_at, attempts."""
    return ClaimedEvent(
        city=row[0],
        event_id=row[1],
        resident=row[2],
        occurred_at_ms=row[3],
        kind=row[4],
        payload=orjson.loads(row[5]),
        redelivered=bool(row[6]),
        reply_token=row[7],
        received_at_ms=row[8],
        attempts=row[9],
        worker=worker,
    )


def turn_row(turn: Turn) -> Row:
    """city, event_id, resident, channel, at, kind, text, message_id, decision, entry_id, candidates, reply_text."""
    return (
        clean(turn.city),
        clean(turn.event_id),
        clean(turn.resident),
        turn.channel,
        to_ms(turn.at),
        turn.kind,
        clean(turn.text),
        clean(turn.message_id),
        turn.decision,
        turn.entry_id,
        dump(turn.candidates) if turn.candidates else "[]",
        clean(turn.reply_text),
    )


def turn_from(row: Sequence[Any]) -> Turn:
    """From the columns of `turn_row`, then speaker, staff."""
    return Turn(
        city=row[0],
        event_id=row[1],
        resident=row[2],
        channel=row[3],
        at=from_ms(row[4]),
        kind=row[5],
        text=row[6],
        message_id=row[7],
        decision=row[8],
        entry_id=row[9],
        candidates=tuple((entry, score) for entry, score in json.loads(row[10])),
        reply_text=row[11],
        speaker=row[12],
        staff=row[13],
    )


def outgoing_row(item: Outgoing) -> Row:
    """city, resident, channel, messages, reply_token, token_received_at, retry_key, priority, way."""
    return (
        clean(item.city),
        clean(item.resident),
        item.channel,
        dump(item.messages),
        clean(item.reply_token),
        item.token_received_at_ms,
        item.retry_key,
        item.priority,
        "reply" if item.reply_token else "push",
    )


def claimed_outgoing(row: Sequence[Any], worker: str) -> ClaimedOutgoing:
    """From the columns of `outgoing_row`, then id, attempts, fate_unknown, created_at."""
    return ClaimedOutgoing(
        city=row[0],
        resident=row[1],
        channel=row[2],
        messages=orjson.loads(row[3]),
        reply_token=row[4],
        token_received_at_ms=row[5],
        retry_key=row[6],
        priority=row[7],
        way=cast(Way, row[8]),
        id=row[9],
        attempts=row[10],
        fate_unknown=bool(row[11]),
        created_at_ms=row[12],
        worker=worker,
    )


def in_flight(item: Outgoing, row: Row, number: int, worker: str, now: int) -> ClaimedOutgoing:
    """An item just inserted and already leased to `worker`; `row` is its `outgoing_row`."""
    return ClaimedOutgoing(
        city=row[0],
        resident=row[1],
        channel=row[2],
        messages=item.messages,
        reply_token=row[4],
        token_received_at_ms=row[5],
        retry_key=row[6],
        priority=row[7],
        way=cast(Way, row[8]),
        id=number,
        attempts=1,
        fate_unknown=False,
        created_at_ms=now,
        worker=worker,
    )


def case_row(case: Case) -> Row:
    """city, resident, channel, department, question, opened_at, promised_at, category, entry_id."""
    return (
        clean(case.city),
        clean(case.resident),
        case.channel,
        case.department,
        clean(case.question),
        to_ms(case.opened_at),
        None if case.promised_at is None else to_ms(case.promised_at),
        clean(case.category),
        clean(case.entry_id),
    )


def feedback_row(feedback: Feedback) -> Row:
    """city, resident, entry_id, at, helpful."""
    return (
        clean(feedback.city),
        clean(feedback.resident),
        clean(feedback.entry_id),
        to_ms(feedback.at),
        feedback.helpful,
    )


def proposal_row(proposal: Proposal) -> Row:
    """city, entry_id, key, phrasing, picked, helpful, staff, at, taken_back."""
    counts = (int(proposal.source == name) for name in ("picked", "helpful", "staff"))
    words = (clean(proposal.city), clean(proposal.entry_id), clean(proposal.key), clean(proposal.phrasing))
    return (*words, *counts, to_ms(proposal.at), proposal.taken_back)


@dataclass(frozen=True, slots=True)
class Writing:
    """An outcome as rows, with the event it finishes (None: nothing to finish) and who sends its messages.

    `worker` "" leaves the messages to whoever claims them. `owner` is the mark of the owner it was decided for
    (`bot.handover.Owner.mark`): "" the bot, None whoever it is. `at_most`: how many may wait with the new case,
    `ahead`: how many were said to wait before it.
    """

    event: ClaimedEvent | None
    city: str
    resident: str
    now: int
    worker: str
    lease_until: int
    turn: Row | None
    conversation: Row | None
    outgoing: tuple[tuple[Outgoing, Row], ...]
    case: Row | None
    feedback: Row | None
    proposal: Row | None
    friend: Row | None
    erase_messages: tuple[str, ...]
    owner: str | None
    ends: str
    file: SentFile | None = None
    wishes: Wishes | None = None
    at_most: int = 0
    ahead: int = -1
    complains: bool = False

    @property
    def has_extras(self) -> bool:
        return bool(self.feedback or self.friend or self.erase_messages or self.wishes or self.complains)

    @property
    def is_handover(self) -> bool:
        """Whether a case is opened, or was open when this was decided: written one by one (`store.handing_over`)."""
        return bool(self.case or self.owner)


def writing(event: ClaimedEvent | None, outcome: Outcome, worker: str, now: int, lease_until: int) -> Writing:
    """Everything that is to be written, encoded; raises StoreError here rather than in the middle of a batch."""
    city, resident = _whose(event, outcome)
    conversation, friend = outcome.conversation, outcome.friend
    return Writing(
        event=event,
        city=city,
        resident=resident,
        now=now,
        worker=worker,
        lease_until=lease_until,
        turn=None if outcome.turn is None else turn_row(outcome.turn),
        conversation=None if conversation is None else (city, resident, dump(conversation), now),
        outgoing=tuple((item, outgoing_row(item)) for item in outcome.outgoing),
        case=None if outcome.case is None else case_row(outcome.case),
        feedback=None if outcome.feedback is None else feedback_row(outcome.feedback),
        proposal=None if outcome.proposal is None else proposal_row(outcome.proposal),
        friend=None if friend is None else (city, resident, friend, now),
        erase_messages=outcome.erase_messages,
        owner=None if outcome.owner is None else outcome.owner.mark,
        ends=outcome.ends,
        file=outcome.file,
        wishes=outcome.wishes,
        complains=outcome.complains,
        at_most=0 if outcome.case is None else outcome.case.at_most,
        ahead=-1 if outcome.case is None else outcome.case.ahead,
    )


def _whose(event: ClaimedEvent | None, outcome: Outcome) -> tuple[str, str]:
    """The city and resident of an outcome. Every part must name the same city: promise 4."""
    parts = [part for part in (event, outcome.turn, outcome.case, outcome.feedback, *outcome.outgoing) if part]
    if not parts:
        raise StoreError("an outcome names no resident", permanent=True)
    if len({part.city for part in (*parts, outcome.proposal) if part}) > 1:
        raise StoreError("an outcome mixes two cities", permanent=True)
    return clean(parts[0].city), clean(parts[0].resident)
