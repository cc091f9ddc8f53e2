"""Events and outcomes for the store's tests."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from store import ArrivedEvent, Case, ClaimedEvent, Feedback, Outcome, Outgoing, Proposal, Turn

AT = datetime(2026, 9, 21, 12, 0, tzinfo=UTC)
AT_MS = int(AT.timestamp() * 1000)


def an_event(event_id: str = "e1", *, city: str = "demo", resident: str = "U1", **changes: Any) -> ArrivedEvent:
    values: dict[str, Any] = {
        "occurred_at_ms": AT_MS,
        "kind": "message",
        "payload": {"message": {"id": f"m-{event_id}", "text": "ごみの日は？"}},
        "received_at_ms": AT_MS,
        "reply_token": f"token-{event_id}",
    }
    return ArrivedEvent(city, event_id, resident, **(values | changes))


def a_turn(event_id: str = "e1", *, city: str = "demo", resident: str = "U1", **changes: Any) -> Turn:
    values: dict[str, Any] = {
        "channel": "line",
        "at": AT,
        "kind": "text",
        "text": "ごみの日は？",
        "message_id": f"m-{event_id}",
        "decision": "answer",
        "entry_id": "garbage-days",
        "candidates": (("garbage-days", 0.9), ("bulky-garbage", 0.25)),
        "reply_text": "月曜と木曜です",
    }
    values |= changes
    return Turn(city, resident, values.pop("channel"), event_id, **values)


def an_outgoing(text: str = "月曜と木曜です", *, city: str = "demo", resident: str = "U1", **changes: Any) -> Outgoing:
    return Outgoing(city, resident, "line", [{"type": "text", "text": text}], **changes)


def a_case(*, city: str = "demo", resident: str = "U1", **changes: Any) -> Case:
    values: dict[str, Any] = {
        "department": "ごみ減量課",
        "question": "ごみの日は？",
        "opened_at": AT,
        "promised_at": AT,
    }
    return Case(city, resident, "line", **(values | changes))


def a_feedback(*, city: str = "demo", resident: str = "U1", **changes: Any) -> Feedback:
    return Feedback(city, resident, **({"entry_id": "garbage-days", "helpful": True, "at": AT} | changes))


def a_proposal(phrasing: str = "ごみ いつ", *, city: str = "demo", **changes: Any) -> Proposal:
    """The key is that of the same words in another spelling, as far as these tests spell them."""
    key = phrasing.replace("ゴミ", "ごみ").rstrip("！")
    return Proposal(
        city, **({"entry_id": "garbage-days", "key": key, "phrasing": phrasing, "source": "picked", "at": AT} | changes)
    )


def an_answer(event: ClaimedEvent, *texts: str) -> Outcome:
    """What answering this event usually leads to."""
    messages = tuple(
        an_outgoing(text, city=event.city, resident=event.resident, reply_token=event.reply_token)
        for text in texts or ("月曜と木曜です",)
    )
    turn = a_turn(event.event_id, city=event.city, resident=event.resident)
    return Outcome(turn=turn, conversation={"owner": "bot", "last": event.event_id}, outgoing=messages)
