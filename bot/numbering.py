"""The numbers that choices carry: counted through a whole reply, the same on LINE, in the widget and in the record."""

from __future__ import annotations

from collections.abc import Sequence

from bot.messages import Answer, Block, Choices, ChoiceStyle, Reply, Text

NUMBERED: tuple[ChoiceStyle, ...] = ("candidates", "menu", "related")
"""Choices of these styles carry numbers; the others (feedback, next) are picked by their words."""


def with_numbers(blocks: Sequence[Block]) -> list[tuple[Block, int]]:
    """Each block with the number that its first choice carries."""
    pairs, number = [], 1
    for block in blocks:
        pairs.append((block, number))
        if isinstance(block, Choices) and block.style in NUMBERED:
            number += len(block.choices)
    return pairs


def numbered_list(block: Choices, first: int) -> str:
    """The prompt and a line for each choice: 「1 転入届」."""
    rows = [f"{number} {choice.label}" for number, choice in enumerate(block.choices, start=first)]
    return "\n".join([block.prompt, *rows] if block.prompt else rows)


def plain_text(reply: Reply) -> str:
    """The reply as one text, without cards and buttons."""
    lines: list[str] = []
    for block, first in with_numbers(reply.blocks):
        if isinstance(block, Text):
            lines.append(block.text)
        elif isinstance(block, Answer):
            lines.append(f"【{block.title}】\n{block.body}")
        elif block.style in NUMBERED:
            lines.append(numbered_list(block, first))
        elif block.prompt:
            lines.append(block.prompt)
    return "\n\n".join(lines)
