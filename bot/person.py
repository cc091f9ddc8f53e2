"""The way to a person: what is asked of the resident, and what the department is told."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime

from bot import answer as say
from bot.handover import BACK
from bot.intents import Intent, chosen_number, recognise
from bot.messages import Choice, Choices
from bot.numbering import plain_text
from bot.privacy import without_masks
from bot.reception import (
    call,
    form_offer,
    heard_closed,
    heard_no,
    heard_open,
    in_other_languages,
    marked,
    route,
    situation,
    spoken,
    which_department,
)
from bot.spelling import squash
from bot.turn import ContactForm, PersonRequest, Response, Turn
from faq.city import Department
from faq.office_hours import next_opening

MAX_QUESTION = 500
_ENDING_ONLY = re.compile(
    r"^(?:私|わたし|僕|俺)?(?:の)?(?:マイナンバー|まいなんばー|まいなんば|個人|クレジット|くれじっと|カード|かーど|かど)*"
    r"(?:の)?(?:番号)?(?:は|が)?(?:です|でした|だ|だよ|ですけど|ですが|だけど)?$"
)
_NO_QUESTION: tuple[Intent, ...] = ("greeting", "opening", "yes", "who", "person", "confused")
"""Said while we wait for the question to staff, these are not the question yet."""

_SOMETHING_ELSE: tuple[Intent, ...] = ("menu", "help", "easy", "plain", "erase", "thanks", "goodbye")
"""Said while we wait for the question to staff, these mean that the resident went on without one."""


def choose_person(turn: Turn, mark: str = "") -> Response:
    """Hands over what was asked last; without such a question, asks for it. `mark` names a chosen department."""
    question = turn.conversation.question
    if not question:
        return _ask_for_the_question(turn)
    if question == turn.conversation.asked:
        contact = turn.voice.contact(turn.conversation.department)
        return turn.reply("handoff", spoken(turn.voice, "person_already", **contact), _next(turn, "contact"))
    if mark:
        return receive(turn, question, marked(turn.voice.city, mark))
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


def unsure_which_department(turn: Turn) -> Response | None:
    """「わからない」 under the list of departments is an answer: the default one."""
    offered = turn.conversation.offered[: turn.conversation.numbered]
    departments = [choice.value for choice in offered if choice.value.startswith("person:")]
    if not departments or recognise(turn.inquiry.text) != "confused":
        return None
    return choose_person(turn, departments[-1].removeprefix("person:"))


def says_nothing(text: str) -> bool:
    """Whether nothing is left of a text without hidden numbers, marks and 「私の番号は…です」."""
    return not _ENDING_ONLY.sub("", squash(without_masks(text)))


def hand_over(turn: Turn, question: str) -> Response:
    """Takes the question to its department; where that is unclear, asks once which one it is."""
    question = question[:MAX_QUESTION]
    talk = turn.conversation
    # Of several entries that were offered the first is a guess; only one that was read names its department.
    way = route(turn.voice, question, talk.department if talk.entry_id else "", talk.topic)
    if way.likely:
        which = which_department(turn.voice, way.likely)
        return turn.reply("handoff", which, _next(turn), question=question, misses=0)
    return receive(turn, question, turn.voice.department(way.department))


def receive(turn: Turn, question: str, department: Department) -> Response:
    """Records the question for the department, and says honestly when somebody will read it; or why nobody can."""
    voice, counter = turn.voice, turn.counter
    queue = counter.queue_of(department.name)
    now = situation(voice.city, department, queue, voice.now)
    if now in ("full", "no_chat"):
        said = heard_no(voice, department, now, counter.form)
        response = turn.reply(
            "handoff",
            *said,
            *in_other_languages(voice, department),
            _next(turn, "contact"),
            question=question,
            misses=0,
        )
        return _with_form(response, counter.form, department, question)
    promised_at = voice.now if now == "open" else next_opening(voice.city, department, voice.now)
    said = heard_open(voice, department, queue) if now == "open" else heard_closed(voice, department, promised_at)
    stays = (spoken(voice, "person_recorded_web"),) if turn.inquiry.channel == "widget" else ()
    form = counter.form if now == "closed" else ""
    blocks = (*said, *stays, *form_offer(voice, form), call(voice, department), *in_other_languages(voice, department))
    after = _back(turn, "contact")
    remembered = {"question": question, "asked": question, "department": department.name, "misses": 0}
    response = _with_form(turn.reply("handoff", *blocks, after, **remembered), form, department, question)
    request = _request(turn, department, question, promised_at)
    # A queue that could not be read is no reason to refuse: asked again and again, it would be refused for ever.
    if now == "open" and queue is not None:
        at_most = voice.city.handoff_of(department.name).max_waiting
        request = replace(request, at_most=at_most, ahead=queue.waiting)
    return replace(response, person=request)


def choose_contact(turn: Turn, _rest: str = "") -> Response:
    """The page for contact data, for somebody who asked for it."""
    talk = turn.conversation
    department = turn.voice.department(turn.owner.department or talk.department)
    phone = spoken(turn.voice, "person_call", **turn.voice.contact(department.name))
    offer = form_offer(turn.voice, turn.counter.form)
    after = _back(turn) if turn.owner.state == "waiting" else _next(turn)
    response = turn.reply("handoff", *offer, phone, after)
    return _with_form(response, turn.counter.form, department, talk.asked or talk.question)


def _with_form(response: Response, form: str, department: Department, question: str) -> Response:
    """The response with the form it offers; what is kept of its words does not tell the way into the form."""
    if not form:
        return response
    kept = plain_text(response.reply).replace(form, "").rstrip()
    return replace(response, recorded=kept, form=ContactForm(department.name, question))


def _request(turn: Turn, department: Department, question: str, promised_at: datetime) -> PersonRequest:
    entry = turn.voice.knowledge.entries.get(turn.conversation.entry_id)
    category = entry.category if entry else turn.conversation.topic
    return PersonRequest(department.name, question, promised_at, entry.id if entry else "", category)


def _ask_for_the_question(turn: Turn) -> Response:
    phone = call(turn.voice, turn.voice.department(turn.conversation.department))
    return turn.reply(
        "handoff", spoken(turn.voice, "person_ask_question"), phone, awaiting="question", topic=turn.conversation.topic
    )


def _back(turn: Turn, *also: str) -> Choices:
    """Under the news that a person will answer: from here on only the way back leads to the bot."""
    way_on = _next(turn, *also)
    return replace(way_on, choices=(turn.voice.button("handover_back_button", BACK), *way_on.choices[1:]))


def _next(turn: Turn, *also: str) -> Choices:
    contact = spoken(turn.voice, "contact_button")
    buttons = (Choice(contact.text, "contact"),) if "contact" in also and turn.counter.form else ()
    return Choices("", (turn.voice.button("menu_button", "menu"), *buttons), "next", turn.voice.spoken)
