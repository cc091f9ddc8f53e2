"""The story of one inquiry: what a resident did, and what the city says to it.

Read top-down. Each step either answers or leaves the inquiry to the next one: danger first, then what we were waiting
for, then a choice, then small talk and commands, then the question itself.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import cast, get_args
from zoneinfo import ZoneInfo

from bot import answer as say
from bot.answer import Voice
from bot.dialogue import Conversation
from bot.emergency import recognise_emergency
from bot.intents import Intent, chosen_number, recognise, squash
from bot.messages import Block, Choice, Choices, Decision, Inquiry, Language, Reply, Text
from bot.numbering import NUMBERED
from bot.privacy import without_masks
from bot.shelters import Whereabouts, shelter_blocks, without_place
from bot.teaching import Source, Teaching, learn, unlearn
from faq.entry import Entry
from faq.knowledge import Knowledge
from faq.office_hours import is_open, next_opening
from faq.search import SearchResult, search

JAPAN = ZoneInfo("Asia/Tokyo")
LONG_TEXT = 200
"""From this many characters on a message is a story: we say that we read it, and search with all of it."""

MAX_QUESTION = 500
_ENDING_ONLY = re.compile(
    r"^(?:私|わたし|僕|俺)?(?:の)?(?:番号)?(?:は)?(?:です|でした|だ|だよ|ですけど|ですが|だけど)?$"
)


@dataclass(frozen=True, slots=True)
class PersonRequest:
    """A resident asked for a person: which department, about what, and when we said that somebody will answer."""

    department: str
    question: str
    promised_at: datetime


@dataclass(frozen=True, slots=True)
class Response:
    """What to say, what to remember, and what else has to be recorded about this inquiry.

    `recorded` is what is kept of the reply's words where the words themselves would tell where the resident is.
    """

    reply: Reply
    conversation: Conversation
    entry_id: str = ""
    candidates: tuple[tuple[str, float], ...] = ()
    person: PersonRequest | None = None
    feedback: tuple[str, bool] | None = None
    teaches: Teaching | None = None
    erase: bool = False
    recorded: str = ""


def respond(inquiry: Inquiry, knowledge: Knowledge, remembered: Conversation, now: datetime) -> Response:
    """What the city says to this inquiry at `now` (any time zone), given what it remembers of the resident."""
    japan_now = now.astimezone(JAPAN)
    conversation = remembered.as_of(now)
    if inquiry.language:
        conversation = replace(conversation, language=inquiry.language)
    turn = _Turn(inquiry, conversation, Voice(knowledge, conversation.language, japan_now))
    response = next(filter(None, (step(turn) for step in _STEPS)))
    return _complete(response, turn, now)


@dataclass(frozen=True, slots=True)
class _Turn:
    inquiry: Inquiry
    conversation: Conversation
    voice: Voice

    def reply(self, decision: Decision, *blocks: Block, **changes: object) -> Response:
        """A response with these blocks; `changes` go into the conversation."""
        return Response(Reply(decision, blocks), self.conversation.turn_to(**changes))

    def speaking(self, language: Language) -> _Turn:
        conversation = replace(self.conversation, language=language)
        return replace(self, conversation=conversation, voice=replace(self.voice, language=language))


def _complete(response: Response, turn: _Turn, now: datetime) -> Response:
    """Adds the note about hidden numbers, and remembers which buttons were shown in which order (but no place)."""
    notes = tuple(turn.voice.text(f"masked_{kind}") for kind in dict.fromkeys(turn.inquiry.masked))
    blocks = (*notes, *response.reply.blocks)
    shown = [block for block in blocks if isinstance(block, Choices)]
    numbered = [choice for block in shown if block.style in NUMBERED for choice in block.choices]
    others = [choice for block in shown if block.style not in NUMBERED for choice in block.choices]
    offered = tuple(replace(choice, value=without_place(choice.value)) for choice in (*numbered, *others))
    conversation = replace(response.conversation, offered=offered, numbered=len(numbered), at=now)
    return replace(response, reply=replace(response.reply, blocks=blocks), conversation=conversation)


# ── The steps, in order ──────────────────────────────────────────────────────────────────────────────────────────────


def _something_other_than_words(turn: _Turn) -> Response | None:
    kind = turn.inquiry.kind
    if kind in ("text", "choice"):
        return None
    if kind == "follow":
        key = "welcome_back" if turn.inquiry.text == "unblocked" else "welcome"
        return turn.reply("talk", turn.voice.text(key), _languages(turn.voice), *say.way_on(turn.voice))
    if kind == "location":
        if turn.inquiry.place is not None and turn.voice.knowledge.places:
            return _shelters(turn, Whereabouts.of(turn.inquiry.place))
        near = _entries(
            turn.voice, search(turn.voice.knowledge.index, "近くの避難所 避難場所 施設", top=3, day=_today(turn))
        )
        if near:
            blocks = say.candidate_blocks(turn.voice, near)
            return turn.reply("choices", turn.voice.text("location"), *blocks)
    key = kind if kind in ("sticker", "image", "video", "audio", "file", "location") else "unknown"
    return turn.reply("talk", turn.voice.text(key, **turn.voice.contact(None)), *say.way_on(turn.voice))


def _danger(turn: _Turn) -> Response | None:
    emergency = recognise_emergency(turn.inquiry.text) if turn.inquiry.kind == "text" else ""
    if not emergency:
        return None
    return turn.reply("talk", turn.voice.text(f"emergency_{emergency}"), *say.way_on(turn.voice))


def _a_button(turn: _Turn) -> Response | None:
    return _chosen(turn, turn.inquiry.choice) if turn.inquiry.kind == "choice" else None


def _what_we_waited_for(turn: _Turn) -> Response | None:
    awaiting, text = turn.conversation.awaiting, turn.inquiry.text.strip()
    if awaiting == "erase":
        said_yes = recognise(text) == "yes" or squash(text) == squash(turn.voice.say("erase_yes"))
        return _chosen(turn, "erase:yes" if said_yes else "erase:no")
    if awaiting == "question" and squash(text):
        if recognise(text) == "cancel":
            return turn.reply("talk", turn.voice.text("person_cancelled"), *say.way_on(turn.voice))
        return _hand_over(turn, text)
    return None


def _the_words_of_a_choice(turn: _Turn) -> Response | None:
    """A typed number, or the very words of a button."""
    words = squash(turn.inquiry.text)
    for choice in turn.conversation.offered:
        if words and words == squash(choice.label):
            return _chosen(turn, choice.value)
    number = chosen_number(turn.inquiry.text)
    if number is None:
        return None
    count = turn.conversation.numbered
    if 1 <= number <= count:
        return _chosen(turn, turn.conversation.offered[number - 1].value)
    if count:
        again = turn.voice.text("number_out_of_range", count=count)
        numbered = Choices("", turn.conversation.offered[:count], "candidates", turn.voice.spoken)
        return turn.reply("choices", again, numbered, learning_from=turn.conversation.learning_from)
    return turn.reply("talk", turn.voice.text("number_alone"), *say.way_on(turn.voice))


def _small_talk_or_command(turn: _Turn) -> Response | None:
    if not squash(turn.inquiry.text):
        return turn.reply("talk", turn.voice.text("empty"), *say.way_on(turn.voice))
    intent = recognise(turn.inquiry.text)
    command = _COMMANDS.get(intent)
    if command:
        return command(turn)
    if intent in ("greeting", "thanks", "goodbye", "who", "help", "abuse"):
        return turn.reply("talk", turn.voice.text(intent), *say.way_on(turn.voice), misses=0)
    if intent in ("cancel", "yes"):
        return turn.reply("talk", turn.voice.text("ask_again"), *say.way_on(turn.voice))
    return None


def _the_question(turn: _Turn) -> Response:
    """Searches, and answers, offers choices, or admits that nothing was found."""
    question = turn.inquiry.text.strip()[:MAX_QUESTION]
    words = without_masks(turn.inquiry.text)
    if turn.inquiry.masked and not _ENDING_ONLY.sub("", squash(words)):
        return turn.reply("talk", turn.voice.text("ask_again"), *say.way_on(turn.voice))
    result = search(turn.voice.knowledge.index, words, top=say.CANDIDATES + say.RELATED, day=_today(turn))
    entries = _entries(turn.voice, result)
    scores = tuple((candidate.id, candidate.score) for candidate in result.candidates)
    if result.decision == "answer" and entries:
        response = _answered(turn, entries[0], entries[1:], question=question, scores=scores, learning=True)
    elif result.decision == "choices" and entries:
        response = _narrowed_down(turn, entries, question)
    else:
        response = _nothing_found(turn, question)
    if len(turn.inquiry.text) >= LONG_TEXT and response.reply.decision != "handoff":
        response = replace(response, reply=_with_first(response.reply, turn.voice.text("long_text")))
    return replace(response, candidates=scores)


_STEPS: tuple[Callable[[_Turn], Response | None], ...] = (
    _something_other_than_words,
    _danger,
    _a_button,
    _what_we_waited_for,
    _the_words_of_a_choice,
    _small_talk_or_command,
    _the_question,
)


# ── What a choice leads to ───────────────────────────────────────────────────────────────────────────────────────────


def _chosen(turn: _Turn, value: str) -> Response:
    """What a button means. One that we do not know (an old message, another version) gets a way on, never silence."""
    verb, _, rest = value.partition(":")
    handler = _CHOICES.get(verb)
    return handler(turn, rest) if handler else _gone(turn)


def _choose_entry(turn: _Turn, entry_id: str) -> Response:
    entry = turn.voice.shown(entry_id)
    if entry is None:
        return _gone(turn)
    talk = turn.conversation
    picked = talk.learning_from == "candidates" and talk.offers(f"entry:{entry_id}")
    response = _answered(turn, entry, (), question=talk.question, learning=picked)
    return _taught(turn, response, entry, "picked") if picked else response


def _choose_menu(turn: _Turn, page: str) -> Response:
    return turn.reply("menu", *say.menu_blocks(turn.voice, _number(page)), misses=0)


def _choose_topic(turn: _Turn, rest: str) -> Response:
    topic_id, _, page = rest.partition(":")
    return turn.reply("menu", *say.topic_blocks(turn.voice, topic_id, _number(page)), misses=0)


def _choose_person(turn: _Turn, _rest: str = "") -> Response:
    question = turn.conversation.question
    if not question:
        phone = turn.voice.text("person_phone", **turn.voice.contact(turn.conversation.department))
        return turn.reply("handoff", turn.voice.text("person_ask_question"), phone, awaiting="question")
    if question == turn.conversation.asked:
        already = turn.voice.text("person_already", **turn.voice.contact(turn.conversation.department))
        return turn.reply("handoff", already, _menu_only(turn.voice))
    return _hand_over(turn, question)


def _choose_helpful(turn: _Turn, rest: str) -> Response:
    entry_id, _, verdict = rest.rpartition(":")
    entry = turn.voice.knowledge.entries.get(entry_id)
    if entry is None or verdict not in ("yes", "no"):
        return _gone(turn)
    feedback = (entry_id, verdict == "yes")
    about_it = turn.conversation.learning_from == "answer" and turn.conversation.entry_id == entry_id
    if verdict == "yes":
        thanks = turn.reply(
            "talk",
            turn.voice.text("helpful_thanks"),
            *say.way_on(turn.voice),
            learning_from="answer" if about_it else "",
        )
        return replace(_taught(turn, thanks, entry, "helpful") if about_it else thanks, feedback=feedback)
    sorry = turn.voice.text("helpful_sorry")
    others = _others(turn, entry_id)
    blocks = say.candidate_blocks(turn.voice, others, "choose_more") if others else say.way_on(turn.voice)
    response = turn.reply("choices", sorry, *blocks, learning_from="candidates" if about_it else "")
    return replace(_taught(turn, response, entry, None), feedback=feedback)


def _taught(turn: _Turn, response: Response, entry: Entry, source: Source | None) -> Response:
    """The response with what the talk's question teaches about the entry; without `source` it is taken back."""
    talk, own_names = turn.conversation, turn.voice.city.own_names
    teaches, taught = learn(talk, entry, source, own_names) if source else unlearn(talk, entry)
    return replace(response, teaches=teaches, conversation=replace(response.conversation, taught=taught))


def _choose_shelter(turn: _Turn, rest: str) -> Response:
    here = Whereabouts.read(rest)
    if here is None or not turn.voice.knowledge.places:
        return turn.reply("talk", turn.voice.text("shelter_send_again"), *say.way_on(turn.voice))
    return _shelters(turn, here)


def _shelters(turn: _Turn, here: Whereabouts) -> Response:
    """The nearest places to flee to; what was asked before has nothing to do with it."""
    blocks = shelter_blocks(turn.voice, here)
    response = turn.reply("answer", *blocks, question="", entry_id="", department="", misses=0)
    return replace(response, recorded=turn.voice.say("shelter_recorded"))


def _choose_language(turn: _Turn, code: str) -> Response:
    if code not in get_args(Language):
        return _gone(turn)
    turn = turn.speaking(cast(Language, code))
    entry = turn.voice.shown(turn.conversation.entry_id)
    changed = turn.voice.text("language_changed")
    if entry is None:
        return turn.reply("talk", changed, *say.way_on(turn.voice))
    talk = turn.conversation
    response = _answered(turn, entry, (), question=talk.question, learning=talk.learning_from == "answer")
    return replace(response, reply=_with_first(response.reply, changed))


def _choose_erase(turn: _Turn, verdict: str) -> Response:
    if verdict == "yes":
        done = turn.reply("talk", turn.voice.text("erase_done"), *say.way_on(turn.voice))
        return replace(done, conversation=Conversation(language=turn.conversation.language), erase=True)
    return turn.reply("talk", turn.voice.text("erase_cancelled"), *say.way_on(turn.voice))


_CHOICES: dict[str, Callable[[_Turn, str], Response]] = {
    "entry": _choose_entry,
    "menu": _choose_menu,
    "topic": _choose_topic,
    "person": _choose_person,
    "none": _choose_person,
    "helpful": _choose_helpful,
    "shelter": _choose_shelter,
    "language": _choose_language,
    "erase": _choose_erase,
}


def _ask_before_erasing(turn: _Turn) -> Response:
    buttons = (turn.voice.button("erase_yes", "erase:yes"), turn.voice.button("erase_no", "erase:no"))
    choices = Choices(turn.voice.say("erase_ask"), buttons, "next", turn.voice.spoken)
    return turn.reply("talk", choices, awaiting="erase")


def _wrong(turn: _Turn) -> Response:
    if turn.conversation.entry_id:
        return _choose_helpful(turn, f"{turn.conversation.entry_id}:no")
    return turn.reply("talk", turn.voice.text("ask_again"), *say.way_on(turn.voice))


_COMMANDS: dict[Intent, Callable[[_Turn], Response]] = {
    "menu": lambda turn: _choose_menu(turn, ""),
    "person": _choose_person,
    "wrong": _wrong,
    "erase": _ask_before_erasing,
    "easy": lambda turn: _choose_language(turn, "easy"),
    "plain": lambda turn: _choose_language(turn, "ja"),
}


# ── Answers, hand-over, nothing found ────────────────────────────────────────────────────────────────────────────────


def _answered(
    turn: _Turn,
    entry: Entry,
    found_near: tuple[Entry, ...],
    question: str,
    scores: tuple[tuple[str, float], ...] = (),
    learning: bool = False,
) -> Response:
    near = dict.fromkeys((*(e.id for e in found_near[: say.RELATED]), *entry.related))
    near_entries = [shown for id_ in near if id_ != entry.id and (shown := turn.voice.shown(id_)) is not None]
    blocks = say.answer_blocks(turn.voice, entry, near_entries)
    remembered = {"entry_id": entry.id, "department": entry.department or "", "misses": 0}
    response = turn.reply(
        "answer", *blocks, question=question or entry.question, learning_from="answer" if learning else "", **remembered
    )
    return replace(response, entry_id=entry.id, candidates=scores)


def _narrowed_down(turn: _Turn, entries: tuple[Entry, ...], question: str) -> Response:
    """One question back when staff wrote one that fits, at most once in a row; else the candidates."""
    clarify = None if turn.conversation.clarified else say.clarification(entries)
    blocks = say.clarify_blocks(turn.voice, clarify) if clarify else say.candidate_blocks(turn.voice, entries)
    remembered = {"question": question, "entry_id": "", "department": entries[0].department or "", "misses": 0}
    # What a question back leads to says more than the question did: the words alone do not mean that entry.
    return turn.reply(
        "choices", *blocks, **remembered, clarified=clarify is not None, learning_from="" if clarify else "candidates"
    )


def _hand_over(turn: _Turn, question: str) -> Response:
    """Records the question for the department, and says honestly when somebody will read it."""
    voice = turn.voice
    department = voice.department(turn.conversation.department)
    opened = is_open(voice.city, department, voice.now)
    promised_at = voice.now if opened else next_opening(voice.city, department, voice.now)
    key = "person_recorded_open" if opened else "person_recorded_closed"
    recorded = voice.text(key, department=department.name, opening=opening_text(promised_at))
    stays = (voice.text("person_recorded_web"),) if turn.inquiry.channel == "widget" else ()
    phone = voice.text("person_phone", **voice.contact(department.name))
    question = question[:MAX_QUESTION]
    response = turn.reply(
        "handoff", recorded, *stays, phone, _menu_only(voice), question=question, asked=question, misses=0
    )
    return replace(response, person=PersonRequest(department.name, question, promised_at))


def opening_text(at: datetime) -> str:
    """A time as the city says it: 「11月24日（火）8時30分」."""
    weekday = "月火水木金土日"[at.weekday()]
    minutes = f"{at.minute}分" if at.minute else ""
    return f"{at.month}月{at.day}日（{weekday}）{at.hour}時{minutes}"


def _nothing_found(turn: _Turn, question: str) -> Response:
    """Never the same sentence twice: the second miss in a row offers a person and a phone number."""
    misses = turn.conversation.misses + 1
    key = "no_match" if misses == 1 else "no_match_again"
    blocks: list[Block] = [turn.voice.text(key, **turn.voice.contact(None))]
    if not any("぀" <= char <= "ヿ" or "一" <= char <= "鿿" for char in question):
        blocks.append(turn.voice.text("other_languages"))
        blocks.append(_languages(turn.voice))
    return turn.reply(
        "handoff", *blocks, *say.way_on(turn.voice), question=question, entry_id="", department="", misses=misses
    )


def _gone(turn: _Turn) -> Response:
    return turn.reply("talk", turn.voice.text("stale_choice"), *say.way_on(turn.voice))


def _others(turn: _Turn, entry_id: str) -> list[Entry]:
    """What else the last question found, without the entry that did not help."""
    if not turn.conversation.question:
        return []
    found = search(turn.voice.knowledge.index, turn.conversation.question, top=4, day=_today(turn))
    return [entry for entry in _entries(turn.voice, found) if entry.id != entry_id][:3]


def _languages(voice: Voice) -> Choices:
    other = (
        Choice("ふつうの日本語", "language:ja") if voice.language != "ja" else Choice("やさしい日本語", "language:easy")
    )
    return Choices("", (other, Choice("English", "language:en")), "next", voice.spoken)


def _menu_only(voice: Voice) -> Choices:
    return Choices("", (voice.button("menu_button", "menu"),), "next", voice.spoken)


def _entries(voice: Voice, result: SearchResult) -> tuple[Entry, ...]:
    return tuple(entry for candidate in result.candidates if (entry := voice.shown(candidate.id)) is not None)


def _today(turn: _Turn) -> date:
    return turn.voice.now.date()


def _with_first(reply: Reply, first: Text) -> Reply:
    return replace(reply, blocks=(first, *reply.blocks))


def _number(page: str) -> int:
    return int(page) if page.isascii() and page.isdigit() and len(page) < 4 else 0
