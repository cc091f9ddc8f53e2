"""Renders a reply as LINE messages: Flex cards, quick replies, and numbered text for desktop LINE.

At most five messages of LINE's sizes leave here (`limits`); a text that is too long for a card is sent as texts, in
full. A reply that would break a limit all the same is sent as plain text rather than not at all.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

from bot.messages import Answer, Block, Choice, Choices, Language, Reply, Text
from bot.numbering import NUMBERED, numbered_list, plain_text, with_numbers
from bot.spelling import without_readings
from handlers.line import limits
from handlers.line.addresses import as_uri

log = logging.getLogger(__name__)

Message = dict[str, Any]
Say = Callable[..., str]
"""`say(key, language, **values)`: the labels of a card, as `bot.wording.Wording.say`."""

INK, SOFT, BRAND, LINE_COLOUR = "#1A1A1C", "#595959", "#00118F", "#D8D8DB"
CARD_TEXT_UNITS = 2000
"""A longer answer is hard to read in a card and may pass its 30 KB; it is sent as text under a short card."""

CARD_LINKS = 3
_LABELS = 2_000


def render(reply: Reply, say: Say) -> list[Message]:
    """LINE messages for a reply: one to five, within every limit of LINE."""
    messages = _merge_texts(
        [message for block, first in with_numbers(reply.blocks) for message in _block(block, first, say)]
    )
    choices = [block for block in reply.blocks if isinstance(block, Choices)]
    if not messages:
        messages = [_text(say("ask_again", "ja"))]
    _hint_for_keyboards(messages, choices, say)
    items = _quick_replies(reply.blocks)
    if items:
        messages[-1]["quickReply"] = {"items": items}
    found = limits.problems(messages)
    if found:
        log.error("reply breaks a limit of LINE; sent as text", extra={"problems": found[:3]})
        return _plain(reply, say)
    return messages


def _block(block: Block, first: int, say: Say) -> list[Message]:
    if isinstance(block, Text):
        return [_text(part) for part in limits.split_text(block.text)]
    if isinstance(block, Answer):
        return _answer(block, say)
    if block.style in ("candidates", "menu"):
        return [_list_card(block, first, say)]
    if block.style == "related":
        return [_text(numbered_list(block, first))]
    return [_text(block.prompt)] if block.prompt else []


# ── Answer ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def _answer(answer: Answer, say: Say) -> list[Message]:
    title, body = answer.title.strip(), answer.body.strip()
    if limits.utf16_units(body) <= CARD_TEXT_UNITS:
        paragraphs = [_paragraph(part) for part in body.split("\n\n") if part.strip()]
        return [_card(answer, title, paragraphs, body, say), *_links_without_button(answer)]
    card = _card(answer, title, [], body, say)
    texts = [_text(part) for part in limits.split_text(f"{title}\n\n{body}")]
    return [*texts, card, *_links_without_button(answer)]


def _card(answer: Answer, title: str, paragraphs: list[Message], body: str, say: Say) -> Message:
    heading = {"type": "text", "text": title, "weight": "bold", "size": "md", "wrap": True, "color": BRAND}
    contact = _contact(answer, say)
    contents = [heading, *paragraphs]
    if contact:
        contents += [{"type": "separator", "color": LINE_COLOUR}, contact]
    bubble: Message = {
        "type": "bubble",
        "size": "giga",
        "body": {"type": "box", "layout": "vertical", "spacing": "lg", "contents": contents},
    }
    buttons = _buttons(answer, say)
    if buttons:
        bubble["footer"] = {"type": "box", "layout": "vertical", "spacing": "sm", "contents": buttons}
    lines = [title, body, *(f"{label} {value}" for label, value in _contact_lines(answer, say))]
    return {"type": "flex", "altText": _alt_text("\n".join(lines)), "contents": bubble}


def _paragraph(text: str) -> Message:
    return {"type": "text", "text": text.strip("\n"), "wrap": True, "size": "md", "color": INK, "lineSpacing": "6px"}


def _contact_lines(answer: Answer, say: Say) -> list[tuple[str, str]]:
    values = {"contact": answer.department, "place": answer.place, "hours": answer.hours, "phone": answer.phone}
    return [(say(key, answer.language), value) for key, value in values.items() if value]


def _contact(answer: Answer, say: Say) -> Message | None:
    rows = [
        {
            "type": "box",
            "layout": "vertical",
            "contents": [
                {"type": "text", "text": label, "size": "xs", "color": SOFT},
                {"type": "text", "text": value, "size": "sm", "wrap": True, "color": INK},
            ],
        }
        for label, value in _contact_lines(answer, say)
    ]
    return {"type": "box", "layout": "vertical", "spacing": "sm", "contents": rows} if rows else None


def _buttons(answer: Answer, say: Say) -> list[Message]:
    opened = [(link.title, uri) for link in answer.links if (uri := as_uri(link.url))]
    buttons = [_uri_button(title, uri) for title, uri in opened[:CARD_LINKS]]
    if answer.phone:
        buttons.append(_uri_button(say("call", answer.language), as_uri(f"tel:{answer.phone.replace('-', '')}")))
    return buttons


def _links_without_button(answer: Answer) -> list[Message]:
    """More than the card holds, and what no button opens (a mail address): LINE makes links of them in a text."""
    shown = [link for link in answer.links if as_uri(link.url)][:CARD_LINKS]
    lines = [f"{link.title}\n{link.url.removeprefix('mailto:')}" for link in answer.links if link not in shown]
    return [_text("\n".join(lines))] if lines else []


def _uri_button(title: str, uri: str) -> Message:
    label = limits.shorten(title, limits.FLEX_LABEL)
    action = {"type": "uri", "label": label, "uri": uri}
    return {"type": "button", "style": "link", "height": "sm", "color": BRAND, "action": action}


# ── Choices ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def _list_card(block: Choices, first: int, say: Say) -> Message:
    """A card with a row to tap for each choice, numbered so that desktop LINE and keyboards can pick too."""
    contents: list[Message] = []
    if block.prompt:
        contents.append({"type": "text", "text": block.prompt, "wrap": True, "size": "md", "color": INK})
    for number, choice in enumerate(block.choices, start=first):
        contents += [{"type": "separator", "color": LINE_COLOUR}, _row(number, choice)]
    bubble = {
        "type": "bubble",
        "size": "giga",
        "body": {"type": "box", "layout": "vertical", "spacing": "md", "contents": contents},
    }
    return {"type": "flex", "altText": _alt_text(numbered_list(block, first)), "contents": bubble}


def _row(number: int, choice: Choice) -> Message:
    return {
        "type": "box",
        "layout": "horizontal",
        "spacing": "md",
        "paddingTop": "8px",
        "paddingBottom": "8px",
        "action": _postback(choice, limits.FLEX_LABEL),
        "contents": [
            {"type": "text", "text": str(number), "flex": 0, "weight": "bold", "color": BRAND},
            {"type": "text", "text": choice.label, "wrap": True, "color": BRAND, "flex": 1},
        ],
    }


def _quick_replies(blocks: Sequence[Block]) -> list[Message]:
    """Buttons above the keyboard of a phone: numbered choices first, at most thirteen."""
    items = []
    for block, first in with_numbers(blocks):
        if not isinstance(block, Choices):
            continue
        for number, choice in enumerate(block.choices, start=first):
            label = f"{number} {choice.label}" if block.style in NUMBERED else choice.label
            shown = Choice(label, choice.value)
            items.append({"type": "action", "action": _postback(shown, limits.QUICK_REPLY_LABEL, choice.label)})
    return items[: limits.QUICK_REPLIES]


def _postback(choice: Choice, label_limit: int, spoken: str = "") -> Message:
    return {
        "type": "postback",
        "label": _label(choice.label, label_limit),
        "data": choice.value,
        "displayText": limits.shorten(spoken or choice.label, limits.DISPLAY_TEXT),
    }


@lru_cache(maxsize=_LABELS)
def _label(text: str, limit: int) -> str:
    """A label that is too long loses its readings first: 「人(ひと)に 聞(…」 helps nobody. The whole stands nearby."""
    return limits.shorten(without_readings(text) if limits.over(text, limit) else text, limit)


def _hint_for_keyboards(messages: list[Message], choices: Sequence[Choices], say: Say) -> None:
    """Desktop LINE shows no quick replies: name the words that do the same, in the last text."""
    loose = [choice.label for block in choices if block.style not in NUMBERED for choice in block.choices]
    if not loose:
        return
    language: Language = choices[-1].language
    hint = say("type_hint", language, labels="".join(f"「{label}」" for label in loose))
    last = messages[-1]
    if last["type"] == "text" and limits.utf16_units(f"{last['text']}\n{hint}") <= limits.TEXT_UNITS:
        last["text"] = f"{last['text']}\n{hint}"
    elif len(messages) < limits.MESSAGES:
        messages.append(_text(hint))


# ── Texts ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _text(text: str) -> Message:
    return {"type": "text", "text": text}


def _alt_text(text: str) -> str:
    """What notifications and old clients show of a card; the card itself holds the whole."""
    parts = limits.split_text(text, limits.ALT_TEXT_UNITS - 1)
    return parts[0] if len(parts) == 1 else f"{parts[0]}…"


def _merge_texts(messages: list[Message]) -> list[Message]:
    """Neighbouring texts become one message where they fit: five messages are all we have."""
    merged: list[Message] = []
    for message in messages:
        if merged and merged[-1]["type"] == message["type"] == "text":
            joined = f"{merged[-1]['text']}\n\n{message['text']}"
            if limits.utf16_units(joined) <= limits.TEXT_UNITS:
                merged[-1] = _text(joined)
                continue
        merged.append(dict(message))
    return merged


def _plain(reply: Reply, say: Say) -> list[Message]:
    """The last resort when our own check finds a broken limit: every word, without cards and buttons."""
    plain = [_text(part) for part in limits.split_text(plain_text(reply)) if part.strip()]
    return plain if plain and not limits.problems(plain) else [_text(say("ask_again", "ja"))]
