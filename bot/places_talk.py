"""The part of the story about places: where to flee to, and where there is water, near a location or a name."""

from __future__ import annotations

from dataclasses import replace

from bot import answer as say
from bot.answering import with_first
from bot.in_force import ASKS_WHAT_IS_IN_FORCE, in_force
from bot.messages import Block, Choices
from bot.open_shelters import ASKS_FOR_SHELTERS, open_shelters
from bot.place_names import named_point, point_in
from bot.shelters import WATER, Whereabouts, shelter_blocks
from bot.turn import Response, Turn
from bot.water import ASKS_FOR_WATER, water_blocks
from faq.entry import Entry


def near_location(turn: Turn) -> Response | None:
    """What is near a location that was sent: water for who has asked for water, else the places to flee to."""
    if turn.inquiry.place is None:
        return None
    here = Whereabouts.of(turn.inquiry.place)
    knows_shelters = bool(turn.voice.knowledge.places)
    wants_water = turn.conversation.awaiting == WATER or not knows_shelters
    if wants_water and turn.counter.places().water:
        return _water(turn, here)
    return _shelters(turn, here) if knows_shelters else None


def near_name(turn: Turn) -> Response | None:
    """「東町の避難所」, typed where no location can be sent."""
    point = named_point(turn.inquiry.text, turn.voice.knowledge) if turn.inquiry.kind == "text" else None
    if point is None:
        return None
    return _shelters(turn, Whereabouts(point.latitude, point.longitude, point.hazard), point.name)


def on_a_bad_day(turn: Turn) -> Response | None:
    """What is asked for without saying where: the shelters, and the notices in force."""
    return _shelters_asked(turn) or _told_what_is_in_force(turn)


def _shelters_asked(turn: Turn) -> Response | None:
    """「避難所どこ」 while the city has opened any; on any other day the entries answer it."""
    if (
        turn.inquiry.kind != "text"
        or not turn.counter.places().in_use
        or not ASKS_FOR_SHELTERS.is_asked(turn.inquiry.text)
    ):
        return None
    blocks = (open_shelters(turn.voice, turn.counter.places()), *_water_button(turn), *say.way_on(turn.voice))
    return turn.reply("answer", *blocks, question="", entry_id="", department="", misses=0)


def _told_what_is_in_force(turn: Turn) -> Response | None:
    """「避難指示は出ていますか」 while there is something to tell; else the entries say what such words mean."""
    known = turn.counter.places()
    if turn.inquiry.kind != "text" or not known.standing or not ASKS_WHAT_IS_IN_FORCE.is_asked(turn.inquiry.text):
        return None
    blocks = (in_force(turn.voice, known), *say.way_on(turn.voice))
    return turn.reply("answer", *blocks, question="", entry_id="", department="", misses=0)


def with_open_shelters(turn: Turn, entry: Entry, response: Response) -> Response:
    """An entry about where the shelters are, chosen by a button, begins with those that are open now."""
    if not turn.counter.places().in_use or not ASKS_FOR_SHELTERS.is_asked(entry.question):
        return response
    return replace(response, reply=with_first(response.reply, open_shelters(turn.voice, turn.counter.places())))


def _water_button(turn: Turn) -> tuple[Block, ...]:
    if not turn.counter.places().water:
        return ()
    return (Choices("", (turn.voice.button("water_button", WATER),), "next", turn.voice.spoken),)


def water_asked(turn: Turn) -> Response | None:
    """「給水所どこ」, in a disaster or while the city gives out water; on any other day the entries answer it."""
    text = turn.inquiry.text
    if turn.inquiry.kind != "text" or not ASKS_FOR_WATER.is_asked(text):
        return None
    if turn.voice.knowledge.mode != "disaster" and not turn.counter.places().water:
        return None
    point = point_in(text, turn.voice.knowledge)
    return _water(turn, Whereabouts(point.latitude, point.longitude), point.name) if point else _water(turn)


def choose_shelter(turn: Turn, rest: str) -> Response:
    here = Whereabouts.read(rest)
    if here is None or not turn.voice.knowledge.places:
        return turn.reply("talk", turn.voice.text("shelter_send_again"), *say.way_on(turn.voice))
    return _shelters(turn, here, chose=True)


def choose_water(turn: Turn, rest: str) -> Response:
    """The button beside the shelters. Typed later it has lost the point, and all water points are named."""
    return _water(turn, Whereabouts.read(rest))


def _shelters(turn: Turn, here: Whereabouts, name: str = "", *, chose: bool = False) -> Response:
    """The nearest places to flee to; what was asked before has nothing to do with it."""
    blocks = shelter_blocks(turn.voice, here, turn.counter.places(), name, chose=chose)
    response = turn.reply("answer", *blocks, question="", entry_id="", department="", misses=0)
    return replace(response, recorded=turn.voice.say("shelter_recorded"))


def _water(turn: Turn, here: Whereabouts | None = None, name: str = "") -> Response:
    """The open water points; a location that is sent next is meant for them, too."""
    blocks = water_blocks(turn.voice, here, turn.counter.places(), name)
    response = turn.reply("answer", *blocks, question="", entry_id="", department="", misses=0, awaiting=WATER)
    return replace(response, recorded=turn.voice.say("water_recorded")) if here else response
