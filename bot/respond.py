"""The story of one inquiry: what a resident did, and what the city says to it.

Read top-down. Each step either answers or leaves the inquiry to the next one: danger first, then what we were waiting
for, then a choice, then small talk and commands, then the question itself.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from itertools import zip_longest
from typing import cast, get_args
from zoneinfo import ZoneInfo

from bot import answer as say
from bot.about_answer import follow_up, joined_question
from bot.answer import Voice
from bot.dialogue import Conversation
from bot.emergency import recognise_emergency
from bot.intents import Intent, chosen_number, recognise
from bot.languages import NAMES, foreign_language, named_language
from bot.messages import Block, Choice, Choices, Inquiry, Language, Reply, Text
from bot.numbering import NUMBERED
from bot.person import MAX_QUESTION, choose_person, question_for_staff, says_nothing
from bot.privacy import without_masks
from bot.shelters import Whereabouts, shelter_blocks, without_place
from bot.spelling import has_emoji, is_label, only_figures, parts, squash, without_readings
from bot.teaching import Source, learn, unlearn
from bot.turn import Response, Turn
from faq.entry import Entry
from faq.knowledge import Knowledge
from faq.search import SearchResult, search

JAPAN = ZoneInfo("Asia/Tokyo")
LONG_TEXT = 200
"""From this many characters on a message is a story: we say that we read it, and search with all of it."""

BUTTONS_THAT_LAST = {
    "menu_button": "menu",
    "menu_next": "menu:1",
    "menu_first": "menu",
    "person_button": "person",
    "none_of_these": "none",
}
"""Buttons whose words mean the same at any time, even typed an hour later; wording key → value."""


def respond(inquiry: Inquiry, knowledge: Knowledge, remembered: Conversation, now: datetime) -> Response:
    """What the city says to this inquiry at `now` (any time zone), given what it remembers of the resident."""
    japan_now = now.astimezone(JAPAN)
    conversation = remembered.as_of(now)
    if inquiry.language:
        conversation = replace(conversation, language=inquiry.language)
    turn = Turn(inquiry, conversation, Voice(knowledge, conversation.language, japan_now))
    response = next(filter(None, (step(turn) for step in _STEPS)))
    return _complete(response, turn, now)


def _complete(response: Response, turn: Turn, now: datetime) -> Response:
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


def _something_other_than_words(turn: Turn) -> Response | None:
    kind = turn.inquiry.kind
    if kind in ("text", "choice"):
        return None
    if kind == "follow":
        key = "welcome_back" if turn.inquiry.text == "unblocked" else "welcome"
        return turn.reply("talk", turn.voice.text(key), _languages(turn.voice), *say.way_on(turn.voice))
    if kind == "location":
        if turn.inquiry.place is not None and turn.voice.knowledge.places:
            return _shelters(turn, Whereabouts.of(turn.inquiry.place))
        near = turn.entries(search(turn.voice.knowledge.index, "近くの避難所 避難場所 施設", top=3, day=turn.today))
        if near:
            blocks = say.candidate_blocks(turn.voice, near)
            return turn.reply("choices", turn.voice.text("location"), *blocks)
    key = kind if kind in ("sticker", "image", "video", "audio", "file", "location") else "unknown"
    blocks = (turn.voice.text(key, **turn.voice.contact(None)), *say.way_on(turn.voice))
    return turn.reply("talk", *blocks, awaiting=turn.conversation.awaiting)


def _danger(turn: Turn) -> Response | None:
    emergency = recognise_emergency(turn.inquiry.text) if turn.inquiry.kind == "text" else ""
    if not emergency:
        return None
    return turn.reply("talk", turn.voice.text(f"emergency_{emergency}"), *say.way_on(turn.voice))


def _a_button(turn: Turn) -> Response | None:
    return _chosen(turn, turn.inquiry.choice) if turn.inquiry.kind == "choice" else None


def _what_we_waited_for(turn: Turn) -> Response | None:
    awaiting, text = turn.conversation.awaiting, turn.inquiry.text.strip()
    if awaiting == "erase":
        return _erase_or_not(turn, text)
    return question_for_staff(turn) if awaiting == "question" and text else None


def _erase_or_not(turn: Turn, text: str) -> Response:
    """A yes erases, anything else does not; and what is a question of its own is answered."""
    intent = recognise(text)
    if intent == "yes" or squash(turn.voice.say("erase_yes")) in (squash(text), squash(without_readings(text))):
        return _chosen(turn, "erase:yes")
    if intent or not squash(text) or any(is_label(text, choice.label) for choice in turn.conversation.offered):
        return _chosen(turn, "erase:no")
    response = _the_question(turn)
    return replace(response, reply=_with_first(response.reply, turn.voice.text("erase_cancelled")))


def _the_words_of_a_choice(turn: Turn) -> Response | None:
    """A typed number, or the words of a button."""
    text, talk = turn.inquiry.text, turn.conversation
    meant = next((choice for choice in talk.offered if is_label(text, choice.label)), None) or _part_of_one(talk, text)
    if meant:
        return _chosen(turn, meant.value)
    for key, value in BUTTONS_THAT_LAST.items():
        if is_label(text, turn.voice.say(key)):
            return _chosen(turn, value)
    number = chosen_number(text)
    if number is None:
        alone = turn.voice.text("figures_alone")
        return turn.reply("talk", alone, *say.way_on(turn.voice)) if only_figures(text) else None
    count = talk.numbered
    if 1 <= number <= count:
        return _chosen(turn, talk.offered[number - 1].value)
    if count:
        return _list_again(turn, turn.voice.text("number_out_of_range", count=count))
    return turn.reply("talk", turn.voice.text("number_alone"), *say.way_on(turn.voice))


def _part_of_one(talk: Conversation, text: str) -> Choice | None:
    """The one button of a list that the typed words are a part of: 「国民健康保険」, 「持ち込み」.

    Not after an answer: there the next words are more likely a new question.
    """
    words = squash(text)
    if len(words) < 2 or _asked_for_feedback(talk):
        return None
    found = [choice for choice in talk.offered[: talk.numbered] if words in squash(without_readings(choice.label))]
    return found[0] if len(found) == 1 else None


def _list_again(turn: Turn, first: Text) -> Response:
    """The list that was shown last, once more."""
    talk = turn.conversation
    numbered = Choices("", talk.offered[: talk.numbered], "candidates", turn.voice.spoken)
    return turn.reply("choices", first, numbered, learning_from=talk.learning_from)


def _small_talk_or_command(turn: Turn) -> Response | None:
    text, talk = turn.inquiry.text, turn.conversation
    if not squash(text):
        return turn.reply("talk", turn.voice.text(_without_words(text)), *say.way_on(turn.voice))
    named = named_language(text)
    if named:
        return _choose_language(turn, named)
    intent = recognise(text)
    command = _COMMANDS.get(intent)
    if command:
        return command(turn)
    if _asked_for_feedback(talk) and intent in ("yes", "useful", "no", "useless"):
        return _choose_helpful(turn, f"{talk.entry_id}:{'yes' if intent in ('yes', 'useful') else 'no'}")
    if intent == "yes" and talk.numbered:
        return _list_again(turn, turn.voice.text("number_out_of_range", count=talk.numbered))
    if intent == "yes" and talk.misses > 1:
        return choose_person(turn)
    key = _SMALL_TALK.get(intent, "")
    if not key:
        return None
    misses = talk.misses if key == "ask_again" else 0
    return turn.reply("talk", turn.voice.text(key), *say.way_on(turn.voice), misses=misses)


_SMALL_TALK: dict[Intent, str] = {
    **{intent: intent for intent in ("greeting", "opening", "thanks", "goodbye", "who", "help", "abuse")},
    "useful": "thanks",
    "useless": "abuse",
    "yes": "ask_again",
    "no": "person_cancelled",
    "cancel": "person_cancelled",
}


def _without_words(text: str) -> str:
    """What to say to a message without a letter: thanks for a thumb up, help for a question mark."""
    if any(emoji in text for emoji in "👍🙏❤♥👌🙇🆗"):
        return "thanks"
    return "emoji" if has_emoji(text) else "help" if text.strip() else "empty"


def _asked_for_feedback(talk: Conversation) -> bool:
    """Whether the last reply asked if an answer had helped."""
    return bool(talk.entry_id) and any(choice.value.startswith("helpful:") for choice in talk.offered)


def _not_understood(turn: Turn) -> Response:
    """The resident did not understand us: easier words and a person, where there are any."""
    easier = () if turn.voice.language == "easy" else (Choice("やさしい日本語", "language:easy"),)
    buttons = (*easier, turn.voice.button("menu_button", "menu"), turn.voice.button("person_button", "person"))
    return turn.reply("talk", turn.voice.text("not_understood"), Choices("", buttons, "next", turn.voice.spoken))


def _the_question(turn: Turn) -> Response:
    """Searches, and answers, offers choices, or admits that nothing was found."""
    if turn.inquiry.masked and says_nothing(turn.inquiry.text):
        return turn.reply("talk", turn.voice.text("ask_again"), *say.way_on(turn.voice))
    asked = joined_question(turn)
    question, words = asked[:MAX_QUESTION], without_masks(asked)
    result = search(turn.voice.knowledge.index, words, top=say.CANDIDATES + say.RELATED, day=turn.today)
    entries = turn.entries(result)
    scores = tuple((candidate.id, candidate.score) for candidate in result.candidates)
    several = _asked_in_parts(turn, words, result)
    if several:
        response = _narrowed_down(turn, several, question, "choose_each")
    elif result.decision == "answer" and entries:
        response = _answered(turn, entries[0], entries[1:], question=question, scores=scores, learning=True)
    elif result.decision == "choices" and entries:
        response = _narrowed_down(turn, entries, question)
    else:
        response = _nothing_found(turn, question)
    if len(turn.inquiry.text) >= LONG_TEXT and not several:
        key = "long_text_unanswered" if response.reply.decision == "handoff" else "long_text"
        response = replace(response, reply=_with_first(response.reply, turn.voice.text(key)))
    return replace(response, candidates=scores)


def _asked_in_parts(turn: Turn, words: str, whole: SearchResult) -> tuple[Entry, ...]:
    """What the sentences of a message are about, where there is more than one thing; () to take it as a whole.

    A story in which nothing was found as a whole is read sentence by sentence, too.
    """
    told = parts(words)
    if len(told) < 2 or whole.decision == "choices":
        return ()
    found = [search(turn.voice.knowledge.index, part, top=3, day=turn.today) for part in told]
    wanted = ("answer",) if whole.decision == "answer" else ("answer", "choices")
    sure = sorted((one for one in found if one.decision in wanted), key=lambda one: -one.confidence)
    if len({one.candidates[0].id for one in sure}) < (2 if whole.decision == "answer" else 1):
        return ()
    ranks = zip_longest(*(turn.entries(one) for one in sure))
    near = {entry.id: entry for rank in ranks for entry in rank if entry is not None}
    return tuple(near.values())[: say.CANDIDATES]


_STEPS: tuple[Callable[[Turn], Response | None], ...] = (
    _something_other_than_words,
    _danger,
    _a_button,
    _what_we_waited_for,
    _the_words_of_a_choice,
    _small_talk_or_command,
    follow_up,
    _the_question,
)


# ── What a choice leads to ───────────────────────────────────────────────────────────────────────────────────────────


def _chosen(turn: Turn, value: str) -> Response:
    """What a button means. One that we do not know (an old message, another version) gets a way on, never silence."""
    verb, _, rest = value.partition(":")
    handler = _CHOICES.get(verb)
    return handler(turn, rest) if handler else _gone(turn)


def _choose_entry(turn: Turn, entry_id: str) -> Response:
    entry = turn.voice.shown(entry_id)
    if entry is None:
        return _gone(turn)
    talk = turn.conversation
    picked = talk.learning_from == "candidates" and talk.offers(f"entry:{entry_id}")
    response = _answered(turn, entry, (), question=_typed_for(turn, entry_id), learning=picked)
    return _taught(turn, response, entry, "picked") if picked else response


def _typed_for(turn: Turn, entry_id: str) -> str:
    """The resident's own words that led to this entry, or "" where a topic or an old button did."""
    talk = turn.conversation
    led_here = any(choice.value == "none" or choice.value.startswith("helpful:") for choice in talk.offered)
    last = turn.voice.knowledge.entries.get(talk.entry_id)
    if not led_here or not talk.offers(f"entry:{entry_id}") or (last and talk.question == last.question):
        return ""
    return talk.question


def _choose_menu(turn: Turn, page: str) -> Response:
    return turn.reply("menu", *say.menu_blocks(turn.voice, _number(page)), misses=0)


def _choose_topic(turn: Turn, rest: str) -> Response:
    topic_id, _, page = rest.partition(":")
    return turn.reply("menu", *say.topic_blocks(turn.voice, topic_id, _number(page)), misses=0)


def _choose_helpful(turn: Turn, rest: str) -> Response:
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


def _taught(turn: Turn, response: Response, entry: Entry, source: Source | None) -> Response:
    """The response with what the talk's question teaches about the entry; without `source` it is taken back."""
    talk, own_names = turn.conversation, turn.voice.city.own_names
    teaches, taught = learn(talk, entry, source, own_names) if source else unlearn(talk, entry)
    return replace(response, teaches=teaches, conversation=replace(response.conversation, taught=taught))


def _choose_shelter(turn: Turn, rest: str) -> Response:
    here = Whereabouts.read(rest)
    if here is None or not turn.voice.knowledge.places:
        return turn.reply("talk", turn.voice.text("shelter_send_again"), *say.way_on(turn.voice))
    return _shelters(turn, here)


def _shelters(turn: Turn, here: Whereabouts) -> Response:
    """The nearest places to flee to; what was asked before has nothing to do with it."""
    blocks = shelter_blocks(turn.voice, here)
    response = turn.reply("answer", *blocks, question="", entry_id="", department="", misses=0)
    return replace(response, recorded=turn.voice.say("shelter_recorded"))


def _choose_language(turn: Turn, code: str) -> Response:
    if code not in get_args(Language):
        return _gone(turn)
    turn = turn.speaking(cast(Language, code))
    entry = turn.voice.shown(turn.conversation.entry_id)
    changed = _language_changed(turn)
    if entry is None:
        foreign = (_languages(turn.voice),) if code in NAMES else ()
        return turn.reply("talk", changed, *foreign, *say.way_on(turn.voice))
    talk = turn.conversation
    response = _answered(turn, entry, (), question=talk.question, learning=talk.learning_from == "answer")
    return replace(response, reply=_with_first(response.reply, changed))


def _language_changed(turn: Turn) -> Text:
    """That we changed the language, in that language, even if the city's other sentences are not translated."""
    code = turn.voice.language
    if code in NAMES:
        return Text(turn.voice.say(f"language_changed_{code}"), code)
    return turn.voice.text("language_changed")


def _choose_erase(turn: Turn, verdict: str) -> Response:
    if verdict == "yes":
        done = turn.reply("talk", turn.voice.text("erase_done"), *say.way_on(turn.voice))
        return replace(done, conversation=Conversation(language=turn.conversation.language), erase=True)
    return turn.reply("talk", turn.voice.text("erase_cancelled"), *say.way_on(turn.voice))


_CHOICES: dict[str, Callable[[Turn, str], Response]] = {
    "entry": _choose_entry,
    "menu": _choose_menu,
    "topic": _choose_topic,
    "person": choose_person,
    "none": choose_person,
    "helpful": _choose_helpful,
    "shelter": _choose_shelter,
    "language": _choose_language,
    "erase": _choose_erase,
}


def _ask_before_erasing(turn: Turn) -> Response:
    buttons = (turn.voice.button("erase_yes", "erase:yes"), turn.voice.button("erase_no", "erase:no"))
    choices = Choices(turn.voice.say("erase_ask"), buttons, "next", turn.voice.spoken)
    return turn.reply("talk", choices, awaiting="erase")


def _wrong(turn: Turn) -> Response:
    if turn.conversation.entry_id:
        return _choose_helpful(turn, f"{turn.conversation.entry_id}:no")
    return turn.reply("talk", turn.voice.text("ask_again"), *say.way_on(turn.voice))


_COMMANDS: dict[Intent, Callable[[Turn], Response]] = {
    "menu": lambda turn: _choose_menu(turn, ""),
    "person": choose_person,
    "wrong": _wrong,
    "erase": _ask_before_erasing,
    "confused": _not_understood,
    "easy": lambda turn: _choose_language(turn, "easy"),
    "plain": lambda turn: _choose_language(turn, "ja"),
}


# ── Answers, hand-over, nothing found ────────────────────────────────────────────────────────────────────────────────


def _answered(
    turn: Turn,
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


def _narrowed_down(turn: Turn, entries: tuple[Entry, ...], question: str, prompt: str = "choose") -> Response:
    """One question back when staff wrote one that fits, at most once in a row; else the candidates."""
    asked_back = turn.conversation.clarified or prompt != "choose"
    clarify = None if asked_back else say.clarification(entries)
    blocks = say.clarify_blocks(turn.voice, clarify) if clarify else say.candidate_blocks(turn.voice, entries, prompt)
    remembered = {"question": question, "entry_id": "", "department": entries[0].department or "", "misses": 0}
    # What a question back leads to says more than the question did: the words alone do not mean that entry.
    return turn.reply(
        "choices", *blocks, **remembered, clarified=clarify is not None, learning_from="" if clarify else "candidates"
    )


def _nothing_found(turn: Turn, question: str) -> Response:
    """Never the same sentence twice: a second miss in a row offers a person and a phone number, a third the topics."""
    misses = turn.conversation.misses + 1
    key = "no_match" if misses == 1 else "no_match_again"
    blocks: list[Block] = [turn.voice.text(key, **turn.voice.contact(None))]
    foreign = foreign_language(without_masks(question))
    if foreign:
        blocks.insert(0, Text(turn.voice.say(f"no_match_{foreign}"), foreign))
        blocks.append(_languages(turn.voice, foreign))
    ways = say.menu_blocks(turn.voice) if misses > 2 else say.way_on(turn.voice)
    return turn.reply("handoff", *blocks, *ways, question=question, entry_id="", department="", misses=misses)


def _gone(turn: Turn) -> Response:
    return turn.reply("talk", turn.voice.text("stale_choice"), *say.way_on(turn.voice))


def _others(turn: Turn, entry_id: str) -> list[Entry]:
    """What else the last question found, without the entry that did not help."""
    if not turn.conversation.question:
        return []
    found = search(turn.voice.knowledge.index, turn.conversation.question, top=4, day=turn.today)
    return [entry for entry in turn.entries(found) if entry.id != entry_id][:3]


def _languages(voice: Voice, *wanted: Language) -> Choices:
    """The other kind of Japanese, the languages asked for, and English."""
    plain = Choice("ふつうの日本語", "language:ja"), Choice("やさしい日本語", "language:easy")
    japanese = plain[:1] if voice.language == "easy" else plain[1:] if voice.language == "ja" else plain
    others = [code for code in dict.fromkeys((*wanted, "en")) if code != voice.language]
    return Choices("", (*japanese, *(Choice(NAMES[code], f"language:{code}") for code in others)), "next", voice.spoken)


def _with_first(reply: Reply, first: Text) -> Reply:
    return replace(reply, blocks=(first, *reply.blocks))


def _number(page: str) -> int:
    return int(page) if page.isascii() and page.isdigit() and len(page) < 4 else 0
