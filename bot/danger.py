"""What the city says to somebody in danger, and to somebody who may be: `bot.emergency` listens, here it is answered.

Who is heard gets the sentences for that danger, and the numbers for others where these are as likely. Who may be in
danger gets the answer to what was asked, and first the numbers: one line too many costs a reader a second.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from bot import answer as say
from bot.answering import with_first
from bot.emergency import Heard, listen
from bot.handover import OPEN_STATES
from bot.messages import Decision
from bot.turn import Response, Turn

PERHAPS_FROM: Final[dict[Decision, float]] = {"choices": -2.5, "handoff": -2.5, "answer": 0.0}
"""How much a message must say for danger (`Heard.danger`) to get the numbers before what we answer otherwise: less
where we found no sure answer to it. Of 380 questions that residents of another city asked none says so much, of 738
messages of writers that were not learned from nine; and .983 of 472 cries of theirs are told their number."""

_NUMBERS: Final = "danger_numbers"


def in_danger(turn: Turn) -> Response | None:
    """The numbers that a cry for help needs, whoever owns the talk."""
    heard = _heard(turn)
    if not heard.kind:
        return None
    others = (turn.voice.text(_NUMBERS),) if heard.torn else ()
    return turn.reply("talk", turn.voice.text(f"emergency_{heard.kind}"), *others, *say.way_on(turn.voice))


def with_numbers(turn: Turn, response: Response) -> Response:
    """The response, with the numbers first where the message may be a cry that was not heard."""
    heard, from_ = _heard(turn), PERHAPS_FROM.get(response.reply.decision)
    if from_ is None or heard.kind or heard.danger < from_ or turn.owner.state in OPEN_STATES:
        return response
    return replace(response, reply=with_first(response.reply, turn.voice.text(_NUMBERS)))


def _heard(turn: Turn) -> Heard:
    return listen(turn.inquiry.text) if turn.inquiry.kind == "text" else Heard("")
