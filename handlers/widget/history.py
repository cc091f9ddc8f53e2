"""Tells a talk again, for a page that was closed and reopened: the turns that the store kept, as the chat shows them.

What is kept of a reply are its words and its entry. So an answer becomes its card again (as the entry reads today), and
the buttons of the last reply come from what the conversation still offers.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, get_args

from bot.answer import Voice, answer
from bot.dialogue import Conversation
from bot.messages import Block, Choices, ChoiceStyle, Decision, Reply, Text
from handlers.widget.blocks import reply_json
from handlers.widget.words import words_of
from store.records import Turn

Json = dict[str, Any]
SHOWN_TURNS = 50
UNASKED = ("staff", "told")
"""Kinds of turns that nobody asked for: words of staff, and what the city says when the talk changes hands."""

_NUMBERED_LINE = re.compile(r"\d{1,2} \S.*")


def talk_json(turns: Sequence[Turn], conversation: Conversation, voice: Voice) -> list[Json]:
    """Messages in the order in which they were said; only the last one still has its buttons."""
    told = [turn_json(turn, voice) for turn in turns[:-1]]
    return [*told, *(turn_json(turn, voice, conversation) for turn in turns[-1:])]


def turn_json(turn: Turn, voice: Voice, conversation: Conversation | None = None) -> Json:
    """One message. `from` is "resident" (with the city's `reply`), "staff" or "city": their words are the `reply`."""
    if turn.kind in UNASKED:
        words = Text(turn.reply_text or turn.text, "ja" if turn.kind == "staff" else voice.spoken)
        told = _message(turn, "staff" if turn.kind == "staff" else "city", "", Reply("talk", (words,)))
        return told | {"department": turn.speaker if turn.kind == "staff" else ""}
    return _message(turn, "resident", _said(turn, voice), retold(turn, voice, conversation))


def retold(turn: Turn, voice: Voice, conversation: Conversation | None = None) -> Reply:
    """The reply of a turn, with the buttons that `conversation` still offers."""
    entry = voice.shown(turn.entry_id) if turn.entry_id else None
    buttons = _buttons(conversation, voice, turn) if conversation else ()
    decision: Decision = _DECISIONS.get(turn.decision, "talk")
    if entry is not None:
        return Reply(decision, (answer(voice, entry), *buttons))
    words = _without_list(turn.reply_text) if buttons else turn.reply_text
    if not turn.reply_text:
        return Reply(decision, buttons)
    return Reply(decision, (Text(words or turn.reply_text, voice.spoken), *buttons))


_DECISIONS: dict[str, Decision] = {name: name for name in get_args(Decision)}


def _message(turn: Turn, who: str, text: str, reply: Reply) -> Json:
    return {"id": turn.event_id, "at": turn.at.isoformat(), "from": who, "text": text, "reply": reply_json(reply)}


def _buttons(conversation: Conversation, voice: Voice, turn: Turn) -> tuple[Block, ...]:
    numbered, others = conversation.offered[: conversation.numbered], conversation.offered[conversation.numbered :]
    answered = bool(turn.entry_id)
    first: ChoiceStyle = "related" if answered else "candidates"
    second: ChoiceStyle = "feedback" if answered else "next"
    prompts = (voice.say("related"), voice.say("was_it_helpful")) if answered else ("", "")
    blocks = (
        Choices(prompts[0], numbered, first, voice.spoken),
        Choices(prompts[1], others, second, voice.spoken),
    )
    return tuple(block for block in blocks if block.choices)


def _without_list(text: str) -> str:
    """The words of a reply without its numbered lines, which stand under it as buttons again."""
    return "\n".join(line for line in text.splitlines() if not _NUMBERED_LINE.fullmatch(line)).strip()


def _said(turn: Turn, voice: Voice) -> str:
    """What the resident typed, the words of the button that was pressed, or that there was a picture."""
    if turn.kind == "image":
        return words_of(voice.knowledge.wording, voice.language)["picture_shown"]
    return label_of(turn.text, voice) if turn.kind == "choice" else turn.text


def label_of(value: str, voice: Voice) -> str:
    """The words on the button of this value, as near as we know them."""
    verb, _, rest = value.partition(":")
    if verb == "entry":
        entry = voice.knowledge.entries.get(rest)
        return voice.title(entry) if entry else voice.say("menu_next")
    if verb == "topic":
        topic = rest.partition(":")[0]
        return next((known.title for known in voice.city.topics if known.id == topic), voice.say("menu_button"))
    if verb == "helpful":
        return voice.say("helpful_yes" if rest.endswith(":yes") else "helpful_no")
    if verb == "erase":
        return voice.say("erase_yes" if rest == "yes" else "erase_no")
    if verb == "language":
        return {"ja": "日本語", "easy": "やさしい日本語", "en": "English"}.get(rest, rest)
    keys = {"none": "none_of_these", "person": "person_button"}
    return voice.say(keys.get(verb, "menu_button"))
