"""What the bot remembers of one resident between two messages: small, expiring, free of personal data.

The store keeps it as JSON; a broken or older JSON is read as an empty conversation rather than refused, because a
resident must be answered whatever happened to our memory.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, get_args

from bot.messages import Choice, Language

FORGET_OFFERS_AFTER = timedelta(minutes=30)
"""A number typed half an hour later no longer means the list shown then."""

MAX_OFFERED = 20
MAX_QUESTION = 1000
MAX_TAUGHT = 20


@dataclass(frozen=True, slots=True)
class Conversation:
    """`offered`: the buttons last shown; the first `numbered` of them can be picked by number.

    `question`: what was asked last (masked); `asked`: the question that was last given to a person.
    `department` answers the entry shown last, `topic` is the list that was looked at. `misses` counts questions in a
    row that found nothing, so that the second one gets a person and a phone number instead of the same sentence again.
    `awaiting` is "question" after a resident asked for a person without having asked anything, "erase" while we wait
    for a yes to erase everything.
    `clarified`: the last turn asked back, so the next question is not asked back again.
    `learning_from`: what was shown last because the resident typed `question`: "candidates", an "answer", or nothing.
    `taught`: which words this resident has taught us (`bot.teaching`), as marks from which no word can be read; kept
    as long as the talk itself, so that nobody's repetitions count twice.
    `acknowledged`: when a resident who waits for a person was last told that their words have arrived.
    """

    language: Language = "ja"
    offered: tuple[Choice, ...] = ()
    numbered: int = 0
    question: str = ""
    asked: str = ""
    entry_id: str = ""
    department: str = ""
    topic: str = ""
    misses: int = 0
    awaiting: str = ""
    clarified: bool = False
    learning_from: str = ""
    taught: tuple[str, ...] = ()
    acknowledged: datetime | None = None
    at: datetime | None = None

    def as_of(self, now: datetime) -> Conversation:
        """The conversation without what has been forgotten by `now`; the language stays, and what was taught."""
        if self.at is not None and now - self.at <= FORGET_OFFERS_AFTER:
            return self
        return Conversation(language=self.language, taught=self.taught)

    def turn_to(self, **changes: Any) -> Conversation:
        """The next state: what was offered or awaited is over unless it is named again."""
        over: dict[str, Any] = {"offered": (), "numbered": 0, "topic": "", "awaiting": "", "clarified": False}
        over["learning_from"] = ""
        return replace(self, **{**over, **changes})

    def offers(self, value: str) -> bool:
        """Whether the button is one of those that can be picked by number."""
        return any(choice.value == value for choice in self.offered[: self.numbered])

    @property
    def asked_for_feedback(self) -> bool:
        """Whether the last reply asked if an answer had helped."""
        return bool(self.entry_id) and any(choice.value.startswith("helpful:") for choice in self.offered)

    def to_dict(self) -> dict[str, Any]:
        return {
            "language": self.language,
            "offered": [[choice.label, choice.value] for choice in self.offered[:MAX_OFFERED]],
            "numbered": min(self.numbered, MAX_OFFERED),
            "question": self.question[:MAX_QUESTION],
            "asked": self.asked[:MAX_QUESTION],
            "entry_id": self.entry_id,
            "department": self.department,
            "topic": self.topic,
            "misses": self.misses,
            "awaiting": self.awaiting,
            "clarified": self.clarified,
            "learning_from": self.learning_from,
            "taught": list(self.taught[-MAX_TAUGHT:]),
            "acknowledged": self.acknowledged.isoformat() if self.acknowledged else None,
            "at": self.at.isoformat() if self.at else None,
        }

    @classmethod
    def from_dict(cls, data: dict[str, Any] | None) -> Conversation:
        if not data:
            return cls()
        try:
            language = data.get("language", "ja")
            return cls(
                language=language if language in get_args(Language) else "ja",
                offered=tuple(Choice(str(label), str(value)) for label, value in data.get("offered", ())),
                numbered=int(data.get("numbered", 0)),
                question=str(data.get("question", "")),
                asked=str(data.get("asked", "")),
                entry_id=str(data.get("entry_id", "")),
                department=str(data.get("department", "")),
                topic=str(data.get("topic", "")),
                misses=int(data.get("misses", 0)),
                awaiting=str(data.get("awaiting", "")),
                clarified=data.get("clarified") is True,
                learning_from=str(data.get("learning_from", "")),
                taught=tuple(str(mark) for mark in data.get("taught", ())),
                acknowledged=datetime.fromisoformat(data["acknowledged"]) if data.get("acknowledged") else None,
                at=datetime.fromisoformat(data["at"]) if data.get("at") else None,
            )
        except (TypeError, ValueError, AttributeError):
            return cls()
