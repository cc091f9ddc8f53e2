"""A small city to talk to: real knowledge, real wording, no store."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.dialogue import Conversation
from bot.messages import Answer, Choices, Inquiry, Text
from bot.numbering import plain_text
from bot.privacy import mask
from bot.respond import Response, respond
from faq.content import read_folder
from faq.knowledge import Knowledge, build_knowledge
from tests.builders import city_files

BASE = Path(__file__).parents[2] / "cities" / "_base"
MONDAY_MORNING = datetime(2026, 11, 16, 1, 0, tzinfo=UTC)  # 10:00 in Japan
SUNDAY = datetime(2026, 11, 22, 1, 0, tzinfo=UTC)  # the Monday after it is a holiday


@dataclass
class Talk:
    """One resident talking to the city; remembers the conversation as the store would (through its JSON)."""

    knowledge: Knowledge
    now: datetime = MONDAY_MORNING
    channel: Any = "line"
    memory: dict[str, Any] | None = None
    replies: list[Response] = field(default_factory=list)

    def say(self, text: str = "", **changes: Any) -> Response:
        hidden = mask(text)
        fields: dict[str, Any] = {
            "city": "test",
            "resident": "U1",
            "channel": self.channel,
            "kind": "text",
            "event_id": f"event-{len(self.replies)}",
            "at": self.now,
            "text": hidden.text,
            "masked": hidden.kinds,
        }
        inquiry = Inquiry(**{**fields, **changes})
        response = respond(inquiry, self.knowledge, Conversation.from_dict(self.memory), self.now)
        self.memory = response.conversation.to_dict()
        self.replies.append(response)
        return response

    def press(self, value: str) -> Response:
        return self.say(kind="choice", choice=value)

    def wait(self, **span: float) -> None:
        self.now += timedelta(**span)


def words(response: Response) -> str:
    return plain_text(response.reply)


def answer_of(response: Response) -> Answer:
    return next(block for block in response.reply.blocks if isinstance(block, Answer))


def labels(response: Response) -> list[str]:
    return [c.label for block in response.reply.blocks if isinstance(block, Choices) for c in block.choices]


def values(response: Response) -> list[str]:
    return [c.value for block in response.reply.blocks if isinstance(block, Choices) for c in block.choices]


def texts(response: Response) -> list[str]:
    return [block.text for block in response.reply.blocks if isinstance(block, Text)]


@pytest.fixture(scope="session")
def small_city() -> Knowledge:
    files = city_files({"wording/ja.yaml": None})
    return build_knowledge(files, read_folder(BASE))


@pytest.fixture
def talk(small_city: Knowledge) -> Talk:
    return Talk(small_city)


@pytest.fixture
def talk_at(small_city: Knowledge) -> Callable[..., Talk]:
    return lambda now, **changes: Talk(small_city, now, **changes)
