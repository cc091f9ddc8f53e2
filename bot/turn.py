"""One inquiry on its way through the story: what the resident did, what we remember, and what we make of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Literal

from bot.answer import Voice
from bot.dialogue import Conversation
from bot.handover import THE_BOT, Owner
from bot.messages import Block, Choices, Decision, Inquiry, Language, Reply, Text
from bot.reception import NOBODY_AT_THE_COUNTER, Counter
from bot.teaching import Teaching
from bot.wishes import Wishes
from faq.entry import Entry
from faq.search import SearchResult


@dataclass(frozen=True, slots=True)
class PersonRequest:
    """A resident asked for a person: which department, about what, and when we said that somebody will answer.

    `entry_id`, `category`: what they had read last, "" for nothing. `at_most`: how many the department lets wait at
    this moment, with this one; 0 for any number. `ahead`: how many they are told wait before them, -1 for nothing.
    """

    department: str
    question: str
    promised_at: datetime
    entry_id: str = ""
    category: str = ""
    at_most: int = 0
    ahead: int = -1


@dataclass(frozen=True, slots=True)
class ContactForm:
    """The form whose address (`Counter.form`) was given to the resident: for which department, about what."""

    department: str
    question: str


@dataclass(frozen=True, slots=True)
class Response:
    """What to say, what to remember, and what else has to be recorded about this inquiry.

    `recorded` is what is kept of the reply's words where the words themselves would tell where the resident is, or
    the way into the form that is theirs alone (`form`); `heard` is the same of the resident's own words, "" for all of
    them. `ends`: the resident gives the talk back to the bot. `wishes`: what they want to hear of from now on;
    with nothing in them (`Wishes()`) all is forgotten.
    `complains`: they say that the city sends too much.
    """

    reply: Reply
    conversation: Conversation
    entry_id: str = ""
    candidates: tuple[tuple[str, float], ...] = ()
    person: PersonRequest | None = None
    feedback: tuple[str, bool] | None = None
    teaches: Teaching | None = None
    erase: bool = False
    recorded: str = ""
    form: ContactForm | None = None
    ends: Literal["", "cancels", "ends"] = ""
    wishes: Wishes | None = None
    heard: str = ""
    complains: bool = False


WishesOf = Callable[[], Wishes | None]
"""Looks up the wishes of the resident who is talking; None while the store does not answer."""


@dataclass(frozen=True, slots=True)
class Turn:
    inquiry: Inquiry
    conversation: Conversation
    voice: Voice
    counter: Counter = NOBODY_AT_THE_COUNTER
    owner: Owner = THE_BOT
    wishes_of: WishesOf = lambda: None

    def reply(self, decision: Decision, *blocks: Block, **changes: object) -> Response:
        """A response with these blocks; `changes` go into the conversation."""
        return Response(Reply(decision, blocks), self.conversation.turn_to(**changes))

    def speaking(self, language: Language) -> Turn:
        conversation = replace(self.conversation, language=language)
        return replace(self, conversation=conversation, voice=replace(self.voice, language=language))

    @property
    def today(self) -> date:
        """The date in Japan."""
        return self.voice.now.date()

    def entries(self, result: SearchResult) -> tuple[Entry, ...]:
        """The entries found that residents may see today, best first."""
        shown = (self.voice.shown(candidate.id) for candidate in result.candidates)
        return tuple(entry for entry in shown if entry is not None)

    def list_again(self, prompt: Text) -> Response:
        """The list that was shown last, once more, under another sentence."""
        talk = self.conversation
        numbered = Choices(prompt.text, talk.offered[: talk.numbered], "candidates", prompt.language)
        return self.reply("choices", numbered, learning_from=talk.learning_from)
