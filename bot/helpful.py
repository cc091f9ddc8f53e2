"""Whether an answer helped, and what the bot may learn from it."""

from __future__ import annotations

from dataclasses import replace

from bot import answer as say
from bot.answering import gone, others
from bot.teaching import Source, learn, unlearn
from bot.turn import Response, Turn
from faq.entry import Entry


def choose_helpful(turn: Turn, rest: str) -> Response:
    entry_id, _, verdict = rest.rpartition(":")
    entry = turn.voice.knowledge.entries.get(entry_id)
    if entry is None or verdict not in ("yes", "no"):
        return gone(turn)
    feedback = (entry_id, verdict == "yes")
    about_it = turn.conversation.learning_from == "answer" and turn.conversation.entry_id == entry_id
    if verdict == "yes":
        thanks = turn.reply(
            "talk",
            turn.voice.text("helpful_thanks"),
            *say.way_on(turn.voice),
            learning_from="answer" if about_it else "",
        )
        return replace(taught(turn, thanks, entry, "helpful") if about_it else thanks, feedback=feedback)
    sorry = turn.voice.text("helpful_sorry")
    near = others(turn, entry_id)
    blocks = say.candidate_blocks(turn.voice, near, "choose_more") if near else say.way_on(turn.voice)
    learning = "candidates" if about_it else ""
    response = turn.reply("choices", sorry, *blocks, learning_from=learning, entry_id="")
    return replace(taught(turn, response, entry, None), feedback=feedback)


def taught(turn: Turn, response: Response, entry: Entry, source: Source | None) -> Response:
    """The response with what the talk's question teaches about the entry; without `source` it is taken back."""
    talk, own_names = turn.conversation, turn.voice.city.own_names
    teaches, taught = learn(talk, entry, source, own_names) if source else unlearn(talk, entry)
    return replace(response, teaches=teaches, conversation=replace(response.conversation, taught=taught))
