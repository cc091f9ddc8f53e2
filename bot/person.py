"""The way to a person: what is asked of the resident, and what the department is told."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime

from bot import answer as say
from bot.intents import Intent, chosen_number, recognise
from bot.messages import Choices
from bot.privacy import without_masks
from bot.spelling import squash
from bot.turn import PersonRequest, Response, Turn
from faq.city import Department
from faq.office_hours import is_open, next_opening
from faq.search import search

MAX_QUESTION = 500
_ENDING_ONLY = re.compile(
    r"^(?:私|わたし|僕|俺)?(?:の)?(?:マイナンバー|まいなんばー|まいなんば|個人|クレジット|くれじっと|カード|かーど|かど)*"
    r"(?:の)?(?:番号)?(?:は|が)?(?:です|でした|だ|だよ|ですけど|ですが|だけど)?$"
)
_NO_QUESTION: tuple[Intent, ...] = ("greeting", "opening", "yes", "who", "person", "confused")
"""Said while we wait for the question to staff, these are not the question yet."""

_SOMETHING_ELSE: tuple[Intent, ...] = ("menu", "help", "easy", "plain", "erase", "thanks", "goodbye")
"""Said while we wait for the question to staff, these mean that the resident went on without one."""


def choose_person(turn: Turn, _rest: str = "") -> Response:
    """Hands over what was asked last; without such a question, asks for it."""
    question = turn.conversation.question
    if not question:
        return _ask_for_the_question(turn)
    if question == turn.conversation.asked:
        already = turn.voice.text("person_already", **turn.voice.contact(turn.conversation.department))
        return turn.reply("handoff", already, _menu_only(turn))
    return hand_over(turn, question)


def question_for_staff(turn: Turn) -> Response | None:
    """The words that came after we asked what to tell staff; None when the resident went on to something else."""
    text = turn.inquiry.text.strip()
    intent = recognise(text)
    if intent in _SOMETHING_ELSE:
        return None
    if intent in ("cancel", "no"):
        return turn.reply("talk", turn.voice.text("person_cancelled"), *say.way_on(turn.voice))
    if intent in _NO_QUESTION or chosen_number(text) is not None or says_nothing(text):
        return _ask_for_the_question(turn)
    return hand_over(turn, text)


def says_nothing(text: str) -> bool:
    """Whether nothing is left of a text without hidden numbers, marks and 「私の番号は…です」."""
    return not _ENDING_ONLY.sub("", squash(without_masks(text)))


def hand_over(turn: Turn, question: str) -> Response:
    """Records the question for the department, and says honestly when somebody will read it."""
    voice = turn.voice
    question = question[:MAX_QUESTION]
    department = _department(turn, question)
    opened = is_open(voice.city, department, voice.now)
    promised_at = voice.now if opened else next_opening(voice.city, department, voice.now)
    key = "person_recorded_open" if opened else "person_recorded_closed"
    recorded = voice.text(key, department=department.name, opening=opening_text(promised_at))
    stays = (voice.text("person_recorded_web"),) if turn.inquiry.channel == "widget" else ()
    phone = voice.text("person_phone", **voice.contact(department.name))
    remembered = {"question": question, "asked": question, "department": department.name, "misses": 0}
    response = turn.reply("handoff", recorded, *stays, phone, _menu_only(turn), **remembered)
    return replace(response, person=PersonRequest(department.name, question, promised_at))


def opening_text(at: datetime) -> str:
    """A time as the city says it: 「11月24日（火）8時30分」."""
    weekday = "月火水木金土日"[at.weekday()]
    minutes = f"{at.minute}分" if at.minute else ""
    return f"{at.month}月{at.day}日（{weekday}）{at.hour}時{minutes}"


def _ask_for_the_question(turn: Turn) -> Response:
    phone = turn.voice.text("person_phone", **turn.voice.contact(turn.conversation.department))
    return turn.reply("handoff", turn.voice.text("person_ask_question"), phone, awaiting="question")


def _department(turn: Turn, question: str) -> Department:
    """The department of what was shown last; without one, of the entry that the question surely means."""
    name = turn.conversation.department
    if not name:
        found = search(turn.voice.knowledge.index, without_masks(question), top=1, day=turn.today)
        entries = turn.entries(found) if found.decision == "answer" else ()
        name = (entries[0].department or "") if entries else ""
    return turn.voice.department(name)


def _menu_only(turn: Turn) -> Choices:
    return Choices("", (turn.voice.button("menu_button", "menu"),), "next", turn.voice.spoken)
