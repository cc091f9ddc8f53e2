"""A resident of a small city who talks about what they want to hear of; their wishes are kept as the store would."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pytest

from bot.dialogue import Conversation
from bot.handover import THE_BOT, Owner
from bot.messages import Choices, Inquiry
from bot.numbering import plain_text
from bot.respond import Response, respond
from bot.wishes import Wishes
from faq.content import read_folder
from faq.knowledge import Knowledge, build_knowledge
from tests.bot.conftest import BASE, MONDAY_MORNING
from tests.builders import city_files

NOTICES = """\
notices:
  topics:
    - {id: bosai, title: 防災, from_start: はい, kind: disaster}
    - {id: gomi, title: ごみ・資源}
    - {id: kosodate, title: 子育て}
  areas:
    - {id: chuo, name: 中央地区, kana: ちゅうおうちく, towns: [本町, 駅前]}
    - {id: kita, name: 北地区, kana: きたちく, towns: [北町, 北本町]}
  questions:
    - {id: child, ask: お子さんの生まれた月, kind: month}
    - id: pet
      ask: 飼っているペット
      kind: choice
      choices: [{id: dog, title: 犬}, {id: cat, title: 猫}]
  languages: [ja, easy, en]
"""


def city_with_notices() -> Knowledge:
    files = city_files({"wording/ja.yaml": None})
    return build_knowledge({**files, "city.yaml": files["city.yaml"] + NOTICES}, read_folder(BASE))


@dataclass
class Resident:
    """Says and presses; `wishes` are what the store would hold, None where it does not answer."""

    knowledge: Knowledge
    now: datetime = MONDAY_MORNING
    channel: Any = "line"
    wishes: Wishes | None = field(default_factory=Wishes)
    memory: dict[str, Any] | None = None

    def say(self, text: str = "", owner: Owner = THE_BOT, **changes: Any) -> Response:
        fields: dict[str, Any] = {
            "city": "test",
            "resident": "U1",
            "channel": self.channel,
            "kind": "text",
            "event_id": "e",
            "at": self.now,
            "text": text,
        }
        talk = Conversation.from_dict(self.memory)
        inquiry = Inquiry(**{**fields, **changes})
        response = respond(inquiry, self.knowledge, talk, self.now, owner=owner, wishes_of=lambda: self.wishes)
        self.memory = response.conversation.to_dict()
        if response.wishes is not None:
            self.wishes = response.wishes
        return response

    def press(self, label: str) -> Response:
        """The button of the last reply that begins with this label, as a phone sends it."""
        value = next(value for shown, value in self.shown if shown.startswith(label))
        return self.say(kind="choice", choice=value)

    def hears(self, text: str = "", **changes: Any) -> str:
        return plain_text(self.say(text, **changes).reply)

    def sees(self, text: str = "", **changes: Any) -> Response:
        response = self.say(text, **changes)
        blocks = [block for block in response.reply.blocks if isinstance(block, Choices)]
        self.shown = [(choice.label, choice.value) for block in blocks for choice in block.choices]
        return response

    shown: list[tuple[str, str]] = field(default_factory=list)


@pytest.fixture(scope="session")
def notice_city() -> Knowledge:
    return city_with_notices()


@pytest.fixture
def resident(notice_city: Knowledge) -> Resident:
    return Resident(notice_city)
