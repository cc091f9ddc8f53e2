"""「お知らせの設定」 as a resident sees it: everything that is kept, and a list for each thing that can be chosen."""

from __future__ import annotations

from collections.abc import Sequence

from bot.answer import Voice
from bot.languages import NAMES
from bot.messages import Choice, Choices, Language, Text
from bot.turn import Response, Turn
from bot.wishes import CHOSEN, VERB, Wishes, clock_words, value_text
from faq.city_notices import NoticeChoice, NoticeQuestion, NoticeTopic


def settings(turn: Turn, wishes: Wishes, *first: Text) -> Response:
    """Everything that is kept, and a way to change each of it."""
    voice = turn.voice
    if wishes.paused:
        start = Choices(
            "", (voice.button("wish_start", f"{VERB}:start"), *_others(voice, wishes)), "next", voice.spoken
        )
        return turn.reply("talk", *(first or (voice.text("wish_paused"),)), start)
    buttons = [
        voice.button("wish_topics", f"{VERB}:topics"),
        *((voice.button("wish_area", f"{VERB}:areas"),) if voice.city.notices.areas else ()),
        *(Choice(asked(voice, one), f"{VERB}:ask:{one.id}") for one in voice.city.notices.questions),
        voice.button("wish_language", f"{VERB}:languages"),
        voice.button("wish_quiet", f"{VERB}:quiets"),
        voice.button("wish_stop", f"{VERB}:stop"),
    ]
    list_of_all = Text("\n".join(_lines(voice, wishes)), voice.spoken)
    choices = Choices(voice.say("wish_change"), tuple(buttons), "menu", voice.spoken)
    page = (voice.text("wish_page", link=turn.counter.notices),) if turn.counter.notices else ()
    return turn.reply(
        "menu", *first, list_of_all, *page, choices, Choices("", _others(voice, wishes), "next", voice.spoken)
    )


def _others(voice: Voice, wishes: Wishes) -> tuple[Choice, ...]:
    """To take along what is kept, and to have it forgotten where there is anything."""
    forget = (voice.button("wish_forget", f"{VERB}:forget"),) if wishes.since else ()
    return voice.button("wish_export", f"{VERB}:export"), *forget, voice.button("menu_button", "menu")


def _lines(voice: Voice, wishes: Wishes) -> list[str]:
    notices, none = voice.city.notices, voice.say("wish_none")
    area = notices.area(wishes.area)
    rows = [(voice.say("wish_topics"), topic_names(voice, wishes) or none)]
    if notices.areas:
        rows.append((voice.say("wish_area"), area.name if area else none))
    for question in notices.questions:
        told = [value_text(question, value, voice.language != "ja") for value in wishes.values(question.id)]
        rows.append((asked(voice, question), "、".join(told) or none))
    rows.append((voice.say("wish_language"), language_name(voice, wishes.language)))
    rows.append((voice.say("wish_quiet"), _hours(voice, wishes)))
    return [voice.say("wish_title"), *(voice.say("wish_row", name=name, value=value) for name, value in rows)]


def topic_names(voice: Voice, wishes: Wishes) -> str:
    return "、".join(title(voice, topic) for topic in voice.city.notices.topics if topic.id in wishes.topics)


def title(voice: Voice, thing: NoticeTopic | NoticeChoice) -> str:
    return (voice.language != "ja" and thing.easy) or thing.title


def asked(voice: Voice, question: NoticeQuestion) -> str:
    return (voice.language != "ja" and question.easy) or question.ask


def language_name(voice: Voice, language: Language) -> str:
    return NAMES.get(language) or voice.say(f"wish_language_{language}")


def _hours(voice: Voice, wishes: Wishes) -> str:
    if wishes.quiet_from < 0:
        return voice.say("wish_quiet_none")
    return voice.say("wish_hours", start=clock_words(wishes.quiet_from), end=clock_words(wishes.quiet_to))


def asking(turn: Turn, prompt: str, choices: Sequence[Choice], about: str, *first: Text) -> Response:
    """A numbered list, and under it the way back to all of the settings."""
    numbered = (Choices(prompt, tuple(choices), "menu", turn.voice.spoken),) if choices else ()
    words = () if choices else (Text(prompt, turn.voice.spoken),)
    back = Choices("", (turn.voice.button("wish_back", VERB),), "next", turn.voice.spoken)
    return turn.reply("menu", *first, *words, *numbered, back, awaiting=f"{VERB}:{about}")


def ticked(label: str, value: str, chosen: bool) -> Choice:
    """A button that turns the thing over. It says which way, so that an old one does no harm."""
    return Choice(f"{CHOSEN if chosen else ''}{label}", f"{VERB}:{value}:{'off' if chosen else 'on'}")


def topic_list(turn: Turn, wishes: Wishes, *first: Text) -> Response:
    topics = turn.voice.city.notices.topics
    choices = [ticked(title(turn.voice, one), f"topic:{one.id}", one.id in wishes.topics) for one in topics]
    return asking(turn, turn.voice.say("wish_choose_topics"), choices, "topics", *first)


def area_name(voice: Voice, area_id: str) -> str:
    area = voice.city.notices.area(area_id)
    return area.said(voice.language) if area is not None else ""


def facts_of(turn: Turn, wishes: Wishes, question: NoticeQuestion, *first: Text) -> Response:
    voice, told = turn.voice, wishes.values(question.id)
    clear = (voice.button("wish_clear", f"{VERB}:clear:{question.id}"),) if told else ()
    if question.kind == "month":
        known = "、".join(value_text(question, value) for value in told)
        prompt = voice.say("wish_months_known", months=known) if known else voice.say("wish_ask_month")
        return asking(turn, prompt, clear, f"ask:{question.id}", *first)
    easy = voice.language != "ja"
    choices = [
        ticked(value_text(question, one.id, easy), f"fact:{question.id}:{one.id}", one.id in told)
        for one in question.choices
    ]
    prompt = voice.say("wish_choose_facts", question=asked(voice, question))
    return asking(turn, prompt, (*choices, *clear), f"ask:{question.id}", *first)
