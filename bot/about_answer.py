"""What the city says to a short question about the answer it gave last: 「電話番号は？」「いくら？」「ほかには？」."""

from __future__ import annotations

from dataclasses import replace

from bot import answer as say
from bot.followup import Aspect, passages, recognise_followup
from bot.messages import Block, Choice, Choices, Text
from bot.turn import Response, Turn
from faq.entry import Entry
from faq.search import search

SHORT_QUESTION = 60
"""Up to this many characters, what was asked before is searched together with the question that follows it."""


_OF_A_DEPARTMENT: tuple[Aspect, ...] = ("phone", "hours", "place")


def follow_up(turn: Turn) -> Response | None:
    """The reply about the answer shown last, or None when this is a question of its own."""
    aspect = recognise_followup(turn.inquiry.text)
    if aspect is None:
        return None
    entry = turn.voice.shown(turn.conversation.entry_id)
    if entry is not None:
        return replace(_about(turn, entry, aspect), entry_id=entry.id)
    if turn.conversation.numbered:
        return _about_a_list(turn, aspect)
    if turn.conversation.department and aspect in _OF_A_DEPARTMENT:
        return _reply(turn, [_contact(turn, turn.conversation.department)], ())
    if aspect in ("more", "others", "again"):
        return turn.reply("talk", turn.voice.text("ask_again"), *say.way_on(turn.voice))
    if aspect == "phone" and not turn.conversation.question:
        return turn.reply("talk", _contact(turn, ""), *say.way_on(turn.voice))
    return None


def _about_a_list(turn: Turn, aspect: Aspect) -> Response | None:
    """Asked about several answers at once: the department (for a phone number, of the first), and which is meant."""
    if aspect in ("cost", "deadline", "bring") and turn.conversation.question:
        return None
    offered = (turn.voice.shown(choice.value.removeprefix("entry:")) for choice in turn.conversation.offered)
    departments = list(dict.fromkeys(entry.department or "" for entry in offered if entry is not None))
    again = turn.list_again(turn.voice.text("choose_which"))
    if aspect not in _OF_A_DEPARTMENT or (len(departments) != 1 and aspect != "phone"):
        return again
    first = _contact(turn, departments[0] if departments else "")
    return replace(again, reply=replace(again.reply, blocks=(first, *again.reply.blocks)))


def joined_question(turn: Turn) -> str:
    """What to search for when 「いくら？」 follows a question that has not been answered yet: both together."""
    asked, text = turn.conversation.question, turn.inquiry.text.strip()
    aspect = recognise_followup(text)
    if aspect in (None, "more", "again", "others") or not asked or len(asked) > SHORT_QUESTION:
        return text
    return f"{asked} {text}"


def _about(turn: Turn, entry: Entry, aspect: Aspect) -> Response:
    if aspect == "again":
        return _reply(turn, [say.answer(turn.voice, entry)], (_person(turn),))
    if aspect == "others":
        return _others(turn, entry)
    title = turn.voice.text("followup_about", title=turn.voice.title(entry))
    again = (turn.voice.button("followup_again", f"entry:{entry.id}"), _person(turn))
    if aspect == "more":
        return _reply(turn, [title, *_links(turn, entry), _contact(turn, entry.department)], again)
    shown = say.answer(turn.voice, entry)
    found = passages(shown.body, aspect)
    if shown.language not in ("ja", "easy") and aspect not in _OF_A_DEPARTMENT:
        return _reply(turn, [shown], (_person(turn),))
    if not found and aspect not in _OF_A_DEPARTMENT:
        missing = turn.voice.text("followup_not_written", **turn.voice.contact(entry.department))
        return _reply(turn, [title, missing], again)
    parts: list[Block] = [title, *((Text("\n".join(found), shown.language),) if found else ())]
    return _reply(turn, [*parts, _contact(turn, entry.department, entry.contact or "")], again)


def _reply(turn: Turn, blocks: list[Block], buttons: tuple[Choice, ...]) -> Response:
    """These blocks, with a way on; what the talk is about stays the same."""
    way_on = Choices("", buttons, "next", turn.voice.spoken)
    return turn.reply("answer", *blocks, *((way_on,) if buttons else say.way_on(turn.voice)), misses=0)


def _contact(turn: Turn, department: str | None, place: str = "") -> Text:
    values = turn.voice.contact(department)
    where = place or turn.voice.department(department).place or ""
    return turn.voice.text("followup_contact", **values, place=where)


def _links(turn: Turn, entry: Entry) -> list[Block]:
    if not entry.links:
        return []
    lines = "\n".join(f"・{link.title}\n{link.url}" for link in entry.links)
    return [turn.voice.text("followup_links", links=lines)]


def _others(turn: Turn, entry: Entry) -> Response:
    """What stands near the answer: its related entries, then what its own question finds."""
    near = search(turn.voice.knowledge.index, entry.question, top=say.CANDIDATES + 1, day=turn.today)
    ids = dict.fromkeys((*entry.related, *(found.id for found in near.candidates)))
    others = [shown for id_ in ids if id_ != entry.id and (shown := turn.voice.shown(id_)) is not None]
    if not others:
        return turn.reply("talk", turn.voice.text("ask_again"), *say.way_on(turn.voice))
    return turn.reply("choices", *say.candidate_blocks(turn.voice, others[: say.CANDIDATES], "choose_more"), misses=0)


def _person(turn: Turn) -> Choice:
    return turn.voice.button("person_button", "person")
