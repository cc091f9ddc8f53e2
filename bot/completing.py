"""What every reply gets last: the notes about hidden numbers, and the memory of its buttons."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from bot.intents import recognise
from bot.messages import Choice, Choices, Reply
from bot.numbering import NUMBERED
from bot.shelters import without_place
from bot.spelling import squash
from bot.turn import Response, Turn
from bot.wishes import without_wish


def completed(response: Response, turn: Turn, now: datetime) -> Response:
    """Adds the note about hidden numbers, and remembers which buttons were shown in which order (but no place).

    Who waits for a person hears that note even where nothing else is said. While staff own the talk they see what was
    hidden, and tell it.
    """
    notes = tuple(turn.voice.text(f"masked_{kind}") for kind in dict.fromkeys(turn.inquiry.masked))
    if not response.reply.blocks:
        waits = turn.owner.state == "waiting"
        return replace(response, reply=Reply("talk", notes)) if notes and waits else response
    blocks = (*notes, *response.reply.blocks)
    shown = [block for block in blocks if isinstance(block, Choices)]
    numbered = [choice for block in shown if block.style in NUMBERED for choice in block.choices]
    others = [choice for block in shown if block.style not in NUMBERED for choice in block.choices]
    if not numbered and _between(turn):
        numbered = list(turn.conversation.offered[: turn.conversation.numbered])
    offered = tuple(_kept(choice) for choice in (*numbered, *others))
    conversation = replace(response.conversation, offered=offered, numbered=len(numbered), at=now)
    if response.person is not None:
        conversation = replace(conversation, acknowledged=now)
    return replace(response, reply=replace(response.reply, blocks=blocks), conversation=conversation)


def _between(turn: Turn) -> bool:
    """Whether this was only a word between a list and the number picked from it: thanks, a sticker, 「えっと」."""
    if turn.conversation.asked_for_feedback:
        return False
    if turn.inquiry.kind == "text":
        text = turn.inquiry.text
        return not squash(text) or recognise(text) in ("greeting", "thanks", "help", "who", "opening")
    return turn.inquiry.kind not in ("choice", "follow", "location")


def _kept(choice: Choice) -> Choice:
    value = without_place(choice.value)
    return without_wish(choice) if value == choice.value else replace(choice, value=value)
