"""「お知らせの設定」: a resident sees, chooses and stops what the city tells them, by buttons, numbers or words.

Guided questions, pure: the wishes come in (`Turn.wishes_of`), the changed ones go out (`Response.wishes`). What is said
here stands in no record of the talk; whoever reads it later sees that the settings were looked at.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final

from bot.answer import way_on
from bot.handover import OPEN_STATES
from bot.messages import Block, Choice, Choices, Text
from bot.spelling import is_label
from bot.turn import Response, Turn
from bot.wish_view import (
    area_name,
    asked,
    asking,
    facts_of,
    language_name,
    settings,
    title,
    topic_list,
    topic_names,
)
from bot.wish_words import wish_in_words
from bot.wishes import (
    CHOSEN,
    MAX_CHILDREN,
    VERB,
    Wishes,
    area_named,
    clock_words,
    first_wishes,
    read_hours,
    read_months,
    several_numbers,
    taken_along,
    topics_named,
    value_text,
)

AREAS_PER_PAGE: Final = 9
QUIET: Final = ((21 * 60, 7 * 60), (22 * 60, 6 * 60), (20 * 60, 8 * 60))
"""Offered as buttons; any other hours may be typed."""

Change = Callable[[Turn, Wishes, str], Response | None]


def wished(turn: Turn, rest: str) -> Response | None:
    """What a button of the settings means; None where the city has no notices or the button is not known."""
    notices = turn.voice.city.notices
    if not notices.topics:
        return None
    if turn.inquiry.channel != "line":
        return _only_on_line(turn)
    kept = turn.wishes_of()
    if kept is None:
        return _private(turn.reply("talk", turn.voice.text("wish_unavailable"), *way_on(turn.voice)))
    wishes = kept if kept.since else first_wishes(notices, turn.voice.language)
    verb, _, value = rest.partition(":")
    change = _CHANGES.get(verb)
    response = change(turn, wishes, value) if change else None
    return _private(response) if response else None


def too_many(turn: Turn) -> Response | None:
    """Who says that it is too much sees the way out. A person who has the talk reads the words, too."""
    shown = wished(turn, "less")
    return replace(shown, heard="") if shown and turn.owner.state in OPEN_STATES else shown


def said_wish(turn: Turn) -> Response | None:
    """A whole message about notices, out of the blue: 「ごみのお知らせを止めて」."""
    if turn.inquiry.kind != "text":
        return None
    meant = wish_in_words(turn.inquiry.text, turn.voice.city.notices)
    if meant is None or (meant == "settings" and turn.inquiry.channel != "line"):
        return None
    return wished(turn, meant)


def typed_wish(turn: Turn) -> Response | None:
    """What was typed while a question of the settings was open; None where it is something else."""
    verb, _, about = turn.conversation.awaiting.partition(":")
    text = turn.inquiry.text.strip()
    if verb != VERB or not text or any(is_label(text, choice.label) for choice in turn.conversation.offered):
        return None
    numbers = several_numbers(text)
    offered = turn.conversation.offered[: turn.conversation.numbered]
    picked = [offered[number - 1].value for number in numbers if 0 < number <= len(offered)]
    notices, question = turn.voice.city.notices, turn.voice.city.notices.question(about.partition(":")[2])
    match about.partition(":")[0]:
        case "topics" if found := _listed(picked, "topic") or [topic.id for topic in topics_named(text, notices)]:
            return wished(turn, f"topics:{','.join(found)}")
        case "areas" if area := area_named(text, notices):
            return wished(turn, f"area:{area.id}")
        case "quiet" if hours := read_hours(text):
            return wished(turn, f"quiet:{hours[0]}-{hours[1]}")
        case "ask" if question and question.kind == "month":
            months = read_months(text, turn.today)
            return None if months is None else wished(turn, f"months:{question.id}:{','.join(months)}")
        case "ask" if question and (several := _listed(picked, "fact")):
            return wished(turn, f"facts:{question.id}:{','.join(value.partition(':')[2] for value in several)}")
    return None


def _listed(values: Sequence[str], verb: str) -> list[str]:
    """The ids behind `wish:<verb>:` of the buttons that were picked by their numbers."""
    start = f"{VERB}:{verb}:"
    return [value.removeprefix(start) for value in values if value.startswith(start)]


def greeting_wishes(turn: Turn) -> tuple[Wishes | None, tuple[Block, ...]]:
    """A new friend hears of some topics from the start, and is told so, once; (None, ()) where it is not so."""
    notices = turn.voice.city.notices
    if not notices.from_start or turn.inquiry.channel != "line":
        return None, ()
    kept = turn.wishes_of()
    if kept is None or kept.since:
        return None, ()
    wishes = replace(first_wishes(notices, turn.voice.language), since=turn.voice.now)
    said = turn.voice.text("wish_from_start", topics=topic_names(turn.voice, wishes))
    button = Choices("", (turn.voice.button("wish_button", VERB),), "next", turn.voice.spoken)
    return wishes, (said, button)


def _only_on_line(turn: Turn) -> Response:
    """Nobody can be told anything in a page that is closed: there the notices are read, not sent."""
    page = turn.counter.notices
    where = turn.voice.text("wish_page", link=page) if page else None
    return turn.reply("talk", turn.voice.text("wish_only_line"), *((where,) if where else ()), *way_on(turn.voice))


def _private(response: Response) -> Response:
    """Of the settings the talk keeps only that there were any."""
    return replace(response, recorded="（お知らせの設定）", heard="（お知らせの設定）")


def _overview(turn: Turn, wishes: Wishes, _value: str = "") -> Response:
    """Who has never chosen reads that what stands there is not theirs yet, and what they hear until then."""
    if wishes.since is not None:
        return settings(turn, wishes)
    heard = [
        topic for topic in turn.voice.city.notices.topics if topic.id in wishes.topics and topic.kind == "disaster"
    ]
    names = "、".join(title(turn.voice, topic) for topic in heard)
    told = turn.voice.text("wish_not_chosen", topics=names) if names else turn.voice.text("wish_nothing_kept")
    return settings(turn, wishes, told)


# ── What is changed ──────────────────────────────────────────────────────────────────────────────────────────────────


def _kept(turn: Turn, wishes: Wishes, response: Response) -> Response:
    return replace(response, wishes=replace(wishes, since=wishes.since or turn.voice.now))


def _topics(turn: Turn, wishes: Wishes, value: str) -> Response:
    """The list of topics; with ids (`gomi,kosodate`) these are added first."""
    known = [topic for topic in turn.voice.city.notices.topics if topic.id in value.split(",")]
    for topic in known:
        wishes = wishes.with_topic(topic.id, True)
    names = "、".join(title(turn.voice, topic) for topic in known)
    told = (turn.voice.text("wish_topic_on", topic=names),) if known else ()
    response = topic_list(turn, wishes, *told)
    return _kept(turn, wishes, response) if known else response


def _topic(turn: Turn, wishes: Wishes, value: str) -> Response | None:
    topic_id, _, way = value.partition(":")
    topic = turn.voice.city.notices.topic(topic_id)
    if topic is None:
        return None
    wanted = way != "off" if way else topic_id not in wishes.topics
    after = wishes.with_topic(topic_id, wanted)
    told = turn.voice.text("wish_topic_on" if wanted else "wish_topic_off", topic=title(turn.voice, topic))
    return _kept(turn, after, topic_list(turn, after, told))


def _areas(turn: Turn, wishes: Wishes, value: str) -> Response:
    areas = turn.voice.city.notices.areas
    pages = -(-len(areas) // AREAS_PER_PAGE)
    page = (int(value) if value.isascii() and value.isdigit() else 0) % max(1, pages)
    shown = areas[page * AREAS_PER_PAGE : (page + 1) * AREAS_PER_PAGE]
    choices = [
        Choice(f"{CHOSEN if one.id == wishes.area else ''}{area_name(turn.voice, one.id)}", f"{VERB}:area:{one.id}")
        for one in shown
    ]
    if pages > 1:
        choices.append(turn.voice.button("wish_more_areas", f"{VERB}:areas:{(page + 1) % pages}"))
    choices.append(turn.voice.button("wish_no_area", f"{VERB}:area:"))
    return asking(turn, turn.voice.say("wish_choose_area"), choices, "areas")


def _area(turn: Turn, wishes: Wishes, value: str) -> Response | None:
    if value and turn.voice.city.notices.area(value) is None:
        return None
    after = replace(wishes, area=value)
    name = area_name(turn.voice, value)
    told = turn.voice.text("wish_area_set", area=name) if value else turn.voice.text("wish_area_cleared")
    return _kept(turn, after, settings(turn, after, told))


def _ask(turn: Turn, wishes: Wishes, value: str) -> Response | None:
    question = turn.voice.city.notices.question(value)
    return facts_of(turn, wishes, question) if question else None


def _fact(turn: Turn, wishes: Wishes, value: str) -> Response | None:
    name, _, rest = value.partition(":")
    choice, _, way = rest.partition(":")
    question = turn.voice.city.notices.question(name)
    if question is None or choice not in {one.id for one in question.choices}:
        return None
    wanted = way != "off" if way else choice not in wishes.values(name)
    after = wishes.with_fact(name, choice, wanted)
    return _kept(turn, after, facts_of(turn, after, question, turn.voice.text("wish_kept")))


def _facts(turn: Turn, wishes: Wishes, value: str) -> Response | None:
    """Several of a list at once, by their numbers."""
    name, _, rest = value.partition(":")
    question = turn.voice.city.notices.question(name)
    if question is None:
        return None
    for choice in {one.id for one in question.choices} & set(rest.split(",")):
        wishes = wishes.with_fact(name, choice)
    return _kept(turn, wishes, facts_of(turn, wishes, question, turn.voice.text("wish_kept")))


def _months(turn: Turn, wishes: Wishes, value: str) -> Response | None:
    name, _, rest = value.partition(":")
    question, months = turn.voice.city.notices.question(name), rest.split(",") if rest else []
    if question is None or question.kind != "month":
        return None
    if not months or len({*wishes.values(name), *months}) > MAX_CHILDREN:
        return facts_of(turn, wishes, question, turn.voice.text("wish_month_again"))
    for month in months:
        wishes = wishes.with_fact(name, month)
    said = "、".join(value_text(question, month) for month in months)
    return _kept(turn, wishes, settings(turn, wishes, turn.voice.text("wish_month_kept", months=said)))


def _clear(turn: Turn, wishes: Wishes, value: str) -> Response | None:
    question = turn.voice.city.notices.question(value)
    if question is None:
        return None
    after = wishes.without_facts(value)
    return _kept(
        turn, after, settings(turn, after, turn.voice.text("wish_cleared", question=asked(turn.voice, question)))
    )


def _languages(turn: Turn, wishes: Wishes, _value: str) -> Response:
    offered = turn.voice.city.notices.languages
    choices = [
        Choice(f"{CHOSEN if one == wishes.language else ''}{language_name(turn.voice, one)}", f"{VERB}:language:{one}")
        for one in offered
    ]
    return asking(turn, turn.voice.say("wish_choose_language"), choices, "languages")


def _language(turn: Turn, wishes: Wishes, value: str) -> Response | None:
    language = next((one for one in turn.voice.city.notices.languages if one == value), None)
    if language is None:
        return None
    after = replace(wishes, language=language)
    return _kept(turn, after, settings(turn, after, turn.voice.text("wish_kept")))


def _quiets(turn: Turn, wishes: Wishes, _value: str) -> Response:
    voice = turn.voice
    choices = [
        Choice(voice.say("wish_hours", start=clock_words(start), end=clock_words(end)), f"{VERB}:quiet:{start}-{end}")
        for start, end in QUIET
    ]
    choices.append(voice.button("wish_quiet_none", f"{VERB}:quiet:no"))
    return asking(turn, voice.say("wish_choose_quiet"), choices, "quiet")


def _quiet(turn: Turn, wishes: Wishes, value: str) -> Response | None:
    start, _, end = value.partition("-")
    if value == "no":
        after = replace(wishes, quiet_from=-1, quiet_to=-1)
    elif all(minutes.isascii() and minutes.isdigit() and int(minutes) < 24 * 60 for minutes in (start, end)):
        after = replace(wishes, quiet_from=int(start), quiet_to=int(end))
    else:
        return None
    return _kept(turn, after, settings(turn, after, turn.voice.text("wish_kept")))


def _export(turn: Turn, wishes: Wishes, _value: str) -> Response:
    """All of it as the resident can keep it: a text to copy, whose words are in docs/notices.md."""
    told = json.dumps(taken_along(wishes), ensure_ascii=False, indent=1)
    words = turn.voice.text("wish_exported") if wishes.since else turn.voice.text("wish_nothing_kept")
    copied = (Text(told, turn.voice.spoken),) if wishes.since else ()
    voice = turn.voice
    forget = (voice.button("wish_forget", f"{VERB}:forget"),) if wishes.since else ()
    back = Choices("", (*forget, voice.button("wish_back", VERB)), "next", voice.spoken)
    return turn.reply("talk", words, *copied, back)


def _forget(turn: Turn, wishes: Wishes, value: str) -> Response:
    """All of it, and nothing of the talk. Who had stopped everything stays stopped: that alone is kept."""
    voice = turn.voice
    if wishes.since is None:
        return settings(turn, wishes, voice.text("wish_nothing_kept"))
    if value != "yes":
        buttons = (voice.button("wish_forget_yes", f"{VERB}:forget:yes"), voice.button("wish_back", VERB))
        return turn.reply("talk", voice.text("wish_forget_ask"), Choices("", buttons, "next", voice.spoken))
    back = Choices("", (voice.button("wish_button", VERB), voice.button("menu_button", "menu")), "next", voice.spoken)
    if wishes.paused:
        stopped = turn.reply("talk", voice.text("wish_forgotten_paused"), back)
        return _kept(turn, Wishes(language=wishes.language, paused=True, since=wishes.since), stopped)
    return replace(turn.reply("talk", voice.text("wish_forgotten"), back), wishes=Wishes())


def _stop(turn: Turn, wishes: Wishes, _value: str) -> Response:
    after = replace(wishes, paused=True)
    return _kept(turn, after, settings(turn, after, turn.voice.text("wish_stopped")))


def _less(turn: Turn, wishes: Wishes, _value: str) -> Response:
    """Who says that it is too much, sees at once how to have less of it, or nothing at all."""
    return settings(turn, wishes, *(() if wishes.paused else (turn.voice.text("wish_less"),)))


def _start(turn: Turn, wishes: Wishes, _value: str) -> Response:
    after = replace(wishes, paused=False)
    return _kept(turn, after, settings(turn, after, turn.voice.text("wish_started")))


_CHANGES: dict[str, Change] = {
    "": _overview,
    "settings": _overview,
    "topics": _topics,
    "topic": _topic,
    "areas": _areas,
    "area": _area,
    "ask": _ask,
    "fact": _fact,
    "facts": _facts,
    "months": _months,
    "clear": _clear,
    "languages": _languages,
    "language": _language,
    "quiets": _quiets,
    "quiet": _quiet,
    "stop": _stop,
    "less": _less,
    "start": _start,
    "export": _export,
    "forget": _forget,
}
