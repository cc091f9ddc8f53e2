"""What the city says while a person owns the talk, or will: almost nothing.

Danger is answered before this step is asked, in every state. While staff own the talk only 「おわり」 and the wish to
be forgotten are for us. While a resident waits (it may be until the day after tomorrow), a question that we can surely
answer is answered, and all other words join the case; that we say at most every ten minutes.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any, Literal, cast, get_args

from bot.answering import the_question
from bot.handover import BACK, transition
from bot.intents import chosen_number, recognise
from bot.messages import Choices, Language, Reply, Text
from bot.reception import heard_again
from bot.spelling import is_label, squash
from bot.turn import Response, Turn
from bot.wish_words import wish_in_words

OUR_BUTTONS = frozenset({"entry", "menu", "topic", "helpful", "shelter"})
"""What a button begins with that stands under our own answers."""

ACKNOWLEDGED_EVERY = timedelta(minutes=10)
REFUSED_KINDS = frozenset({"video", "audio", "file"})
"""What staff cannot be shown: only pictures can be made harmless and small."""


def _set(words: str) -> frozenset[str]:
    return frozenset(squash(word) for word in words.split())


_ENDS = _set(
    """
    おわり 終わり 終り オワリ おわりです 終わりです おわります 終わります おわる 終わる 終了 終了です 終了します
    end finish
    """
)
_CANCELS = _ENDS | _set(
    """
    やっぱりいい やっぱりいいです やっぱいい やっぱいいです やっぱりやめる やっぱりやめます キャンセル キャンセルします
    キャンセルで キャンセルしてください 取り消し 取消 取り消します やめる やめます もういい もういいです 自動にもどる
    自動に戻る ボットにもどる ボットに戻る 自動にして cancel stop
    """
)


def owned(turn: Turn) -> Response | None:
    """The step for a talk that the bot does not own; None where it does, or where the inquiry is for the bot."""
    state = turn.owner.state
    if state not in ("waiting", "staff") or _for_the_bot(turn):
        return None
    if _goes_back(turn):
        return _returned(turn)
    if turn.inquiry.kind in REFUSED_KINDS:
        return _only_pictures(turn)
    return _silent(turn) if state == "staff" else _waiting(turn)


def _only_pictures(turn: Turn) -> Response:
    """A file that staff cannot be shown: the resident hears it at once. The talk itself stays as it is."""
    return replace(_silent(turn), reply=Reply("talk", (turn.voice.text("file_only_pictures"),)))


def _for_the_bot(turn: Turn) -> bool:
    """To be forgotten is everybody's right at any time. While waiting: a new friend, a form, another language."""
    inquiry = turn.inquiry
    erasing = inquiry.choice.startswith("erase:") or (inquiry.kind == "text" and recognise(inquiry.text) == "erase")
    if erasing or turn.conversation.awaiting == "erase" or _about_notices(turn):
        return True
    talking_to_us = inquiry.kind == "follow" or inquiry.choice.startswith("language:") or _wants_the_form(turn)
    return turn.owner.state == "waiting" and (talking_to_us or _picks_an_entry(turn))


def _about_notices(turn: Turn) -> bool:
    """What the city sends is chosen and stopped at any time, by its button or in so many words; or complained of."""
    if not turn.voice.city.notices.topics or turn.inquiry.channel != "line":
        return False
    if turn.inquiry.kind == "choice":
        return turn.inquiry.choice.partition(":")[0] == "wish"
    if turn.inquiry.kind != "text":
        return False
    if recognise(turn.inquiry.text) in ("wishes", "wish_stop", "wish_less"):
        return True
    return wish_in_words(turn.inquiry.text, turn.voice.city.notices) is not None


def _picks_an_entry(turn: Turn) -> bool:
    """By a button under our own answer, by its number, or by its words."""
    inquiry, talk = turn.inquiry, turn.conversation
    if inquiry.kind == "choice":
        return inquiry.choice.partition(":")[0] in OUR_BUTTONS
    if inquiry.kind != "text":
        return False
    shown = [choice for choice in talk.offered if choice.value.partition(":")[0] in OUR_BUTTONS]
    number = chosen_number(inquiry.text) or 0
    return 1 <= number <= min(talk.numbered, len(shown)) or any(is_label(inquiry.text, one.label) for one in shown)


def _wants_the_form(turn: Turn) -> bool:
    """By its button, or by the words on it as long as it is shown."""
    if turn.inquiry.kind == "choice":
        return turn.inquiry.choice == "contact"
    shown = (choice.label for choice in turn.conversation.offered if choice.value == "contact")
    return turn.inquiry.kind == "text" and any(is_label(turn.inquiry.text, label) for label in shown)


def _goes_back(turn: Turn) -> bool:
    inquiry = turn.inquiry
    if inquiry.kind == "choice":
        return inquiry.choice == BACK
    if inquiry.kind != "text":
        return False
    words = squash(inquiry.text)
    known = _ENDS if turn.owner.state == "staff" else _CANCELS
    button = (voice.say("handover_back_button") for voice in turn.voice.japanese)
    return words in known or any(is_label(inquiry.text, label) for label in button)


def _returned(turn: Turn) -> Response:
    """The bot is back, and says so in one sentence."""
    event: Literal["ends", "cancels"] = "ends" if turn.owner.state == "staff" else "cancels"
    step = transition(turn.owner.state, event, "resident")
    assert step is not None
    menu = Choices("", (turn.voice.button("menu_button", "menu"),), "next", turn.voice.spoken)
    response = turn.reply("talk", turn.voice.text(step.says), menu, question="", asked="", misses=0, acknowledged=None)
    return replace(response, ends=event)


def _silent(turn: Turn) -> Response:
    """For staff to read. The page's language is kept: staff's words stand in it."""
    verb, _, code = turn.inquiry.choice.partition(":")
    known = verb == "language" and code in get_args(Language)
    return Response(
        Reply("staff", ()), replace(turn.conversation, language=cast(Language, code)) if known else turn.conversation
    )


def _waiting(turn: Turn) -> Response:
    """The words join the case. A button is always answered, and so is another wish for a person."""
    if turn.inquiry.kind == "choice" and turn.inquiry.choice not in ("person", "none"):
        return _still_waiting(turn, turn.voice.text("handover_waiting_button", department=turn.owner.department))
    if turn.inquiry.kind == "text" and (answered := _meanwhile(turn)):
        return answered
    told = turn.conversation.acknowledged
    wants_to_know = turn.inquiry.kind == "choice" or recognise(turn.inquiry.text) in ("person", "yes", "confused")
    if told is not None and turn.voice.now - told < ACKNOWLEDGED_EVERY and not wants_to_know:
        return _silent(turn)
    return _still_waiting(turn, turn.voice.text("handover_waiting_added", department=turn.owner.department))


def _meanwhile(turn: Turn) -> Response | None:
    """The answer to another question, where it is sure; the first one keeps its place in the queue."""
    response = the_question(turn)
    if response.reply.decision != "answer":
        return None
    note = turn.voice.text("handover_meanwhile", department=turn.owner.department)
    return replace(response, reply=Reply("answer", (*response.reply.blocks, note)))


def _still_waiting(turn: Turn, words: Text) -> Response:
    back = Choices("", (turn.voice.button("handover_back_button", BACK),), "next", turn.voice.spoken)
    talk = turn.conversation
    kept: dict[str, Any] = {"learning_from": talk.learning_from, "topic": talk.topic, "acknowledged": turn.voice.now}
    place = heard_again(turn.voice, turn.counter.place_of(turn.owner.case_id))
    return turn.reply("handoff", words, *place, back, **kept)
