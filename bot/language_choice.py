"""A resident chooses another language: what was answered last is said again in it."""

from __future__ import annotations

from dataclasses import replace
from typing import cast, get_args

from bot import answer as say
from bot.answering import answered, gone, languages, the_question, with_first
from bot.languages import NAMES
from bot.messages import Language, Text
from bot.turn import Response, Turn


def choose_language(turn: Turn, code: str) -> Response:
    if code not in get_args(Language):
        return gone(turn)
    turn = turn.speaking(cast(Language, code))
    entry = turn.voice.shown(turn.conversation.entry_id)
    changed = _changed(turn)
    if entry is None and (turn.conversation.learning_from == "candidates" or turn.conversation.clarified):
        response = _asked_again(turn)
        return replace(response, reply=with_first(response.reply, changed))
    if entry is None:
        foreign = (languages(turn.voice),) if code in NAMES else ()
        return turn.reply("talk", changed, *foreign, *say.way_on(turn.voice))
    talk = turn.conversation
    response = answered(turn, entry, (), question=talk.question, learning=talk.learning_from == "answer")
    return replace(response, reply=with_first(response.reply, changed))


def _asked_again(turn: Turn) -> Response:
    """The list that the resident could not read, in the language they chose."""
    inquiry = replace(turn.inquiry, kind="text", choice="", text=turn.conversation.question)
    return the_question(replace(turn, inquiry=inquiry, conversation=replace(turn.conversation, clarified=False)))


def _changed(turn: Turn) -> Text:
    """That we changed the language, in that language, even if the city's other sentences are not translated."""
    code = turn.voice.language
    if code in NAMES:
        return Text(turn.voice.say(f"language_changed_{code}"), code)
    return turn.voice.text("language_changed")
