"""The story of one inquiry: what a resident did, and what the city says to it.

Read top-down. Each step either answers or leaves the inquiry to the next one: danger first, then whoever owns the talk
if it is not the bot, then what we were waiting for, then a choice, then small talk and commands, then the question.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from bot import answer as say
from bot.about_answer import follow_up
from bot.answer import Voice
from bot.answering import answered, gone, languages, the_question, with_first
from bot.completing import completed
from bot.danger import in_danger, with_numbers
from bot.dialogue import Conversation
from bot.followup import recognise_followup
from bot.handover import OPEN_STATES, THE_BOT, Owner
from bot.helpful import choose_helpful, taught
from bot.intents import Intent, chosen_number, recognise
from bot.language_choice import choose_language
from bot.languages import foreign_language, named_language
from bot.messages import Choice, Choices, Inquiry
from bot.owned import owned
from bot.person import choose_contact, choose_person, question_for_staff, unsure_which_department
from bot.places_talk import (
    choose_shelter,
    choose_water,
    near_location,
    near_name,
    on_a_bad_day,
    water_asked,
    with_open_shelters,
)
from bot.reception import NOBODY_AT_THE_COUNTER, Counter
from bot.spelling import (
    has_emoji,
    is_kana,
    is_label,
    only_figures,
    spellings,
    squash,
    squashed_label,
    typed,
    without_readings,
)
from bot.too_many import LONGEST, sounds_annoyed
from bot.turn import Response, Turn, WishesOf
from bot.wish_talk import greeting_wishes, said_wish, too_many, typed_wish, wished
from faq.knowledge import Knowledge
from faq.search import search

JAPAN = ZoneInfo("Asia/Tokyo")
BUTTONS_THAT_LAST = {
    "menu_button": "menu",
    "menu_next": "menu:1",
    "menu_first": "menu",
    "person_button": "person",
    "none_of_these": "none",
    "wish_button": "wish",
}
"""Buttons whose words mean the same at any time, even typed an hour later; wording key → value."""

_LASTING = "words of the buttons that last"


def respond(
    inquiry: Inquiry,
    knowledge: Knowledge,
    remembered: Conversation,
    now: datetime,
    counter: Counter = NOBODY_AT_THE_COUNTER,
    owner: Owner = THE_BOT,
    wishes_of: WishesOf = lambda: None,
) -> Response:
    """What the city says to this inquiry at `now` (any time zone), given what it remembers of the resident.

    `counter` knows the queues of the departments, and the form that this resident may be given. `owner` has the talk:
    while it is not the bot, `bot.owned` decides, after danger. `wishes_of` looks up what they want to hear of.
    """
    japan_now = now.astimezone(JAPAN)
    conversation = remembered.as_of(now)
    if inquiry.language:
        conversation = replace(conversation, language=inquiry.language)
    voice = Voice(knowledge, conversation.language, japan_now)
    turn = Turn(inquiry, conversation, voice, counter, owner, wishes_of)
    response = with_numbers(turn, next(filter(None, (step(turn) for step in _STEPS))))
    return completed(replace(response, complains=_complains(turn)), turn, now)


def _complains(turn: Turn) -> bool:
    """Whether they say that the city sends too much. Few words alone are about a notice only out of the blue."""
    text, talk = turn.inquiry.text, turn.conversation
    if turn.inquiry.kind != "text" or turn.inquiry.channel != "line":
        return False
    if recognise(text) == "wish_less":
        return True
    if turn.owner.state in OPEN_STATES:
        return False  # few words to a person are about what that one said
    return not talk.offered and not talk.awaiting and len(text) <= LONGEST and sounds_annoyed(text)


# ── The steps, in order ──────────────────────────────────────────────────────────────────────────────────────────────


def _something_other_than_words(turn: Turn) -> Response | None:
    kind = turn.inquiry.kind
    if kind in ("text", "choice"):
        return None
    if kind == "follow":
        key = "welcome_back" if turn.inquiry.text == "unblocked" else "welcome"
        wishes, told = greeting_wishes(turn)
        greeting = (turn.voice.text(key), *told, languages(turn.voice), *say.way_on(turn.voice))
        return replace(turn.reply("talk", *greeting), wishes=wishes)
    if kind == "location":
        if nearest := near_location(turn):
            return nearest
        near = turn.entries(search(turn.voice.knowledge.index, "近くの避難所 避難場所 施設", top=3, day=turn.today))
        if near:
            blocks = say.candidate_blocks(turn.voice, near)
            return turn.reply("choices", turn.voice.text("location"), *blocks)
    key = kind if kind in ("sticker", "image", "video", "audio", "file", "location") else "unknown"
    blocks = (turn.voice.text(key, **turn.voice.contact(None)), *say.way_on(turn.voice))
    return turn.reply("talk", *blocks, awaiting=turn.conversation.awaiting)


def _a_button(turn: Turn) -> Response | None:
    return _chosen(turn, turn.inquiry.choice) if turn.inquiry.kind == "choice" else None


def _what_we_waited_for(turn: Turn) -> Response | None:
    awaiting, text = turn.conversation.awaiting, turn.inquiry.text.strip()
    if awaiting == "erase":
        return _erase_or_not(turn, text)
    if wish := typed_wish(turn):
        return wish
    return question_for_staff(turn) if awaiting == "question" and text else None


def _erase_or_not(turn: Turn, text: str) -> Response:
    """A yes erases, anything else does not; and what is a question of its own is answered."""
    intent = recognise(text)
    if intent == "yes" or squash(turn.voice.say("erase_yes")) in (squash(text), squash(without_readings(text))):
        return _chosen(turn, "erase:yes")
    if intent or not squash(text) or any(is_label(text, choice.label) for choice in turn.conversation.offered):
        return _chosen(turn, "erase:no")
    response = the_question(turn)
    return replace(response, reply=with_first(response.reply, turn.voice.text("erase_cancelled")))


def _the_words_of_a_choice(turn: Turn) -> Response | None:
    """A typed number, or the words of a button."""
    text, talk = turn.inquiry.text, turn.conversation
    meant = next((choice for choice in talk.offered if is_label(text, choice.label)), None) or _part_of_one(talk, text)
    if meant:
        return _chosen(turn, meant.value)
    lasting = _buttons_that_last(turn.voice)
    always = next((lasting[words] for words in typed(text) if words in lasting), None)
    if always:
        return _chosen(turn, always)
    number = chosen_number(text)
    if number is None:
        alone = turn.voice.text("figures_alone")
        return turn.reply("talk", alone, *say.way_on(turn.voice)) if only_figures(text) else None
    count = talk.numbered
    if 1 <= number <= count:
        return _chosen(turn, talk.offered[number - 1].value)
    if count:
        return turn.list_again(turn.voice.text("number_out_of_range", count=count))
    return turn.reply("talk", turn.voice.text("number_alone"), *say.way_on(turn.voice))


def _buttons_that_last(voice: Voice) -> Mapping[str, str]:
    """What a message looks like that says one of `BUTTONS_THAT_LAST` in either kind of Japanese → the value."""
    known = voice.knowledge.remembered
    if _LASTING not in known:
        said = [(each.say(key), value) for key, value in BUTTONS_THAT_LAST.items() for each in voice.japanese]
        # Of two buttons with the same words the first one counts.
        known[_LASTING] = {words: value for label, value in reversed(said) for words in spellings(label)}
    buttons: Mapping[str, str] = known[_LASTING]
    return buttons


def _part_of_one(talk: Conversation, text: str) -> Choice | None:
    """The one button of a list that the typed words are a good part of: 「年金」 for 「国民健康保険・年金」.

    Not after an answer: there the next words are more likely a new question. So are few words of a long label.
    """
    words = squash(text)
    if (
        len(words) < (3 if is_kana(words) else 2)
        or talk.asked_for_feedback
        or recognise(text)
        or recognise_followup(text)
    ):
        return None
    entries_and_topics = [choice for choice in talk.offered[: talk.numbered] if choice.value != "none"]
    labels = {choice.value: squashed_label(choice.label) for choice in entries_and_topics}
    found = [choice for choice in entries_and_topics if words in labels[choice.value]]
    return found[0] if len(found) == 1 and len(words) * 4 >= len(labels[found[0].value]) else None


def _small_talk_or_command(turn: Turn) -> Response | None:
    text, talk = turn.inquiry.text, turn.conversation
    if not squash(text):
        return turn.reply("talk", turn.voice.text(_without_words(text)), *say.way_on(turn.voice))
    named = named_language(text)
    if named:
        return choose_language(turn, named)
    intent = recognise(text)
    if intent in ("yes", "confused") and talk.numbered and not talk.asked_for_feedback:
        return turn.list_again(turn.voice.text("number_out_of_range", count=talk.numbered))
    command = _COMMANDS.get(intent)
    if command and (response := command(turn)):
        return response
    if talk.asked_for_feedback and intent in ("yes", "useful", "no", "useless"):
        return choose_helpful(turn, f"{talk.entry_id}:{'yes' if intent in ('yes', 'useful') else 'no'}")
    if intent == "yes" and talk.misses > 1:
        return choose_person(turn)
    key = _SMALL_TALK.get(intent, "")
    if not key:
        return None
    misses = talk.misses if key == "ask_again" else 0
    foreign = foreign_language(text) if key == "greeting" else None
    others_too = (languages(turn.voice, foreign),) if foreign else ()
    return turn.reply("talk", turn.voice.text(key), *others_too, *say.way_on(turn.voice), misses=misses)


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


def _not_understood(turn: Turn) -> Response:
    """The resident did not understand us: easier words and a person, where there are any."""
    easier = () if turn.voice.language == "easy" else (Choice("やさしい日本語", "language:easy"),)
    buttons = (*easier, turn.voice.button("menu_button", "menu"), turn.voice.button("person_button", "person"))
    return turn.reply("talk", turn.voice.text("not_understood"), Choices("", buttons, "next", turn.voice.spoken))


_STEPS: tuple[Callable[[Turn], Response | None], ...] = (
    in_danger,
    owned,
    _something_other_than_words,
    _a_button,
    _what_we_waited_for,
    _the_words_of_a_choice,
    unsure_which_department,
    said_wish,
    _small_talk_or_command,
    water_asked,
    near_name,
    on_a_bad_day,
    follow_up,
    the_question,
)


# ── What a choice leads to ───────────────────────────────────────────────────────────────────────────────────────────


def _chosen(turn: Turn, value: str) -> Response:
    """What a button means. One that we do not know (an old message, another version) gets a way on, never silence."""
    verb, _, rest = value.partition(":")
    handler = _CHOICES.get(verb)
    return handler(turn, rest) if handler else gone(turn)


def _choose_entry(turn: Turn, entry_id: str) -> Response:
    entry = turn.voice.shown(entry_id)
    if entry is None:
        return gone(turn)
    talk = turn.conversation
    picked = talk.learning_from == "candidates" and talk.offers(f"entry:{entry_id}")
    response = answered(turn, entry, (), question=_typed_for(turn, entry_id), learning=picked)
    response = with_open_shelters(turn, entry, response)
    return taught(turn, response, entry, "picked") if picked else response


def _typed_for(turn: Turn, entry_id: str) -> str:
    """The resident's own words that led to this entry, or "" where a topic or an old button did."""
    talk = turn.conversation
    led_here = any(choice.value == "none" or choice.value.startswith("helpful:") for choice in talk.offered)
    last = turn.voice.knowledge.entries.get(talk.entry_id)
    if not led_here or not talk.offers(f"entry:{entry_id}") or (last and talk.question == last.question):
        return ""
    return talk.question


def _choose_menu(turn: Turn, page: str) -> Response:
    blocks = say.menu_blocks(turn.voice, _number(page))
    if turn.inquiry.channel == "line" and turn.voice.city.notices.topics:
        # Where the city's rich menu is not ours, this is how its residents find what they may hear of.
        blocks = (*blocks, Choices("", (turn.voice.button("wish_button", "wish"),), "next", turn.voice.spoken))
    return turn.reply("menu", *blocks, misses=0)


def _choose_topic(turn: Turn, rest: str) -> Response:
    topic_id, _, page = rest.partition(":")
    return turn.reply("menu", *say.topic_blocks(turn.voice, topic_id, _number(page)), misses=0, topic=topic_id)


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
    "contact": choose_contact,
    "handover": lambda turn, _rest: turn.reply("talk", turn.voice.text("handover_bot_here"), *say.way_on(turn.voice)),
    "none": choose_person,
    "helpful": choose_helpful,
    "shelter": choose_shelter,
    "water": choose_water,
    "language": choose_language,
    "erase": _choose_erase,
    "wish": lambda turn, rest: wished(turn, rest) or gone(turn),
}


def _ask_before_erasing(turn: Turn) -> Response:
    buttons = (turn.voice.button("erase_yes", "erase:yes"), turn.voice.button("erase_no", "erase:no"))
    choices = Choices(turn.voice.say("erase_ask"), buttons, "next", turn.voice.spoken)
    return turn.reply("talk", choices, awaiting="erase")


def _wrong(turn: Turn) -> Response:
    if turn.conversation.entry_id:
        return choose_helpful(turn, f"{turn.conversation.entry_id}:no")
    return turn.reply("talk", turn.voice.text("ask_again"), *say.way_on(turn.voice))


_COMMANDS: dict[Intent, Callable[[Turn], Response | None]] = {
    "menu": lambda turn: _choose_menu(turn, ""),
    "person": choose_person,
    "wrong": _wrong,
    "erase": _ask_before_erasing,
    "confused": _not_understood,
    "easy": lambda turn: choose_language(turn, "easy"),
    "plain": lambda turn: choose_language(turn, "ja"),
    "wishes": lambda turn: wished(turn, ""),
    "wish_stop": lambda turn: wished(turn, "stop"),
    "wish_less": too_many,
}


def _number(page: str) -> int:
    return int(page) if page.isascii() and page.isdigit() and len(page) < 4 else 0
