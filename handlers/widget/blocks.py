"""Renders a reply as JSON for the browser. The chat's scripts put it on the page as text, never as markup."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bot.messages import Answer, Block, Reply, Text
from bot.numbering import NUMBERED, with_numbers

Json = dict[str, Any]


def reply_json(reply: Reply) -> Json:
    """`{"decision", "blocks": [...]}`."""
    return {"decision": reply.decision, "blocks": blocks_json(reply.blocks)}


def blocks_json(blocks: Sequence[Block]) -> list[Json]:
    return [_block(block, first) for block, first in with_numbers(blocks)]


def _block(block: Block, first: int) -> Json:
    if isinstance(block, Text):
        return {"type": "text", "text": block.text, "language": block.language}
    if isinstance(block, Answer):
        return {
            "type": "answer",
            "entry_id": block.entry_id,
            "title": block.title,
            "body": block.body,
            "department": block.department,
            "place": block.place,
            "hours": block.hours,
            "phone": block.phone,
            "links": [{"title": link.title, "url": link.url} for link in block.links],
            "language": block.language,
        }
    numbered = block.style in NUMBERED
    return {
        "type": "choices",
        "prompt": block.prompt,
        "choices": [
            {"label": choice.label, "value": choice.value, "number": number if numbered else None}
            for number, choice in enumerate(block.choices, start=first)
        ],
        "style": block.style,
        "language": block.language,
    }
