"""The question itself: searched as a whole or sentence by sentence, then answered, narrowed down, or handed on."""

from __future__ import annotations

from dataclasses import replace
from itertools import zip_longest

from bot import answer as say
from bot.about_answer import joined_question
from bot.answer import Voice
from bot.followup import recognise_followup
from bot.languages import NAMES, foreign_language
from bot.messages import Block, Choice, Choices, Language, Reply, Text
from bot.person import MAX_QUESTION, says_nothing
from bot.privacy import without_masks
from bot.spelling import halves, parts, squash
from bot.turn import Response, Turn
from faq.entry import Clarify, Entry
from faq.search import SearchResult

NEARLY_AS_WELL = 0.6
"""Share of the best score. Below it the entries that staff named as related say more (2026-11-21, read by hand)."""

SHORT_REMARK = 15
"""Letters. What is this short after an answer may still be about it: 「誰がとってくれるの」."""

LONG_TEXT = 200
"""From this many characters on a message is a story: we say that we read it, and search with all of it."""


def the_question(turn: Turn) -> Response:
    """Searches, and answers, offers choices, or admits that nothing was found."""
    if turn.inquiry.masked and says_nothing(turn.inquiry.text):
        return turn.reply("talk", turn.voice.text("ask_again"), *say.way_on(turn.voice))
    asked = joined_question(turn)
    question, words = asked[:MAX_QUESTION], without_masks(asked)
    result = turn.voice.knowledge.search(words, say.CANDIDATES + say.RELATED, turn.today)
    entries = turn.entries(result)
    scores = tuple((candidate.id, candidate.score) for candidate in result.candidates)
    general = None if turn.conversation.clarified else say.clarification_of(turn.voice, words)
    several = () if general else _asked_in_parts(turn, words, result)
    if general:
        response = _asked_back(turn, general, question)
    elif several:
        response = _narrowed_down(turn, several, question, "choose_each")
    elif result.decision == "answer" and entries:
        near = (*_named_beside(turn, words, entries[0]), *_near(entries, result))
        response = answered(turn, entries[0], near, question=question, scores=scores, learning=True)
    elif result.decision == "choices" and entries:
        both = {entry.id: entry for entry in (entries[0], *_named_beside(turn, words, entries[0]), *entries)}
        prompt = "choose" if asked == turn.inquiry.text.strip() else "choose_which"
        response = _narrowed_down(turn, tuple(both.values()), question, prompt)
    else:
        response = _nothing_found(turn, question)
    if len(turn.inquiry.text) >= LONG_TEXT and not several:
        key = "long_text_unanswered" if response.reply.decision == "handoff" else "long_text"
        response = replace(response, reply=with_first(response.reply, turn.voice.text(key)))
    return replace(_in_their_language(turn, words, response), candidates=scores)


def _in_their_language(turn: Turn, words: str, response: Response) -> Response:
    """What was found in Japanese, with the button for the language it was asked in. 「AED」 alone is no English."""
    foreign = foreign_language(words) if turn.voice.language == "ja" else None
    if foreign is None or response.reply.decision == "handoff" or (foreign == "en" and len(words.split()) < 2):
        return response
    blocks = (*response.reply.blocks, languages(turn.voice, foreign))
    return replace(response, reply=replace(response.reply, blocks=blocks))


def _near(entries: tuple[Entry, ...], result: SearchResult) -> tuple[Entry, ...]:
    """What the question may have meant instead: only entries that were found nearly as well as the first."""
    scores = {candidate.id: candidate.score for candidate in result.candidates}
    return tuple(entry for entry in entries[1:] if scores[entry.id] >= NEARLY_AS_WELL * scores[entries[0].id])


def _named_beside(turn: Turn, words: str, answer: Entry) -> tuple[Entry, ...]:
    """What else was named in the same breath as what is answered: 転入 of 「転入と児童手当の手続き」."""
    found = [turn.entries(turn.voice.knowledge.search(side, 1, turn.today)) for side in halves(words)]
    firsts = {entries[0].id: entries[0] for entries in found if entries}
    return tuple(first for first in firsts.values() if first.id != answer.id) if answer.id in firsts else ()


def _asked_in_parts(turn: Turn, words: str, whole: SearchResult) -> tuple[Entry, ...]:
    """What the sentences of a message are about, where there is more than one thing; () to take it as a whole.

    A story in which nothing was found as a whole is read sentence by sentence, too.
    """
    told = parts(words)
    alone = len(told) < 2
    told = halves(words) if alone else told
    if not told:
        return ()
    found = [turn.voice.knowledge.search(part, 3, turn.today) for part in told]
    lost = whole.decision == "handoff" and not alone
    wanted = ("answer", "choices") if lost else ("answer",)
    sure = sorted((one for one in found if one.decision in wanted), key=lambda one: -one.confidence)
    if len({one.candidates[0].id for one in sure}) < (1 if lost else 2):
        return ()
    ranks = zip_longest(*(turn.entries(one) for one in sure if one.confidence > sure[0].confidence / 2))
    near = {entry.id: entry for rank in ranks for entry in rank if entry is not None}
    return tuple(near.values())[: say.CANDIDATES]


def answered(
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
    if clarify:
        return _asked_back(turn, clarify, question)
    blocks = say.candidate_blocks(turn.voice, entries, prompt)
    remembered = {"question": question, "entry_id": "", "department": entries[0].department or "", "misses": 0}
    return turn.reply("choices", *blocks, **remembered, learning_from="candidates")


def _asked_back(turn: Turn, clarify: Clarify, question: str) -> Response:
    first = turn.voice.shown(clarify.choices[0].entry)
    remembered = {"question": question, "entry_id": "", "department": (first and first.department) or "", "misses": 0}
    # What a question back leads to says more than the question did: the words alone teach nothing of that entry.
    blocks = say.clarify_blocks(turn.voice, clarify)
    return turn.reply("choices", *blocks, **remembered, clarified=True, learning_from="")


def _nothing_found(turn: Turn, question: str) -> Response:
    """Never the same sentence twice: a second miss in a row offers a person and a phone number, a third the topics."""
    misses = turn.conversation.misses + 1
    key = "no_match" if misses == 1 else "no_match_again"
    if misses == 1 and recognise_followup(turn.inquiry.text):
        key = "followup_of_what"
    blocks: list[Block] = [turn.voice.text(key, **turn.voice.contact(None))]
    own = turn.voice.language if turn.voice.language in NAMES else None
    foreign = foreign_language(without_masks(question)) or own
    if foreign:
        blocks.insert(0, Text(turn.voice.say(f"no_match_{foreign}"), foreign))
        blocks.append(languages(turn.voice, foreign))
    talk = turn.conversation
    entry = turn.voice.shown(talk.entry_id) if misses == 1 and not foreign else None
    about: dict[str, str] = {"question": question, "entry_id": "", "department": ""}
    if entry is not None and len(squash(question)) <= SHORT_REMARK:
        contact = turn.voice.contact(entry.department)
        blocks.append(turn.voice.text("no_match_about", title=turn.voice.title(entry), **contact))
        joined = f"{talk.question} {question}"[-MAX_QUESTION:]
        about = {"question": joined, "entry_id": entry.id, "department": entry.department or ""}
    ways = say.menu_blocks(turn.voice) if misses > 2 else say.way_on(turn.voice)
    return turn.reply("handoff", *blocks, *ways, **about, misses=misses)


def others(turn: Turn, entry_id: str) -> list[Entry]:
    """What else the last question found, without the entry that did not help."""
    if not turn.conversation.question:
        return []
    found = turn.voice.knowledge.search(turn.conversation.question, 4, turn.today)
    return [entry for entry in turn.entries(found) if entry.id != entry_id][:3]


def languages(voice: Voice, *wanted: Language) -> Choices:
    """The other kind of Japanese, the languages asked for, and English."""
    plain = Choice("ふつうの日本語", "language:ja"), Choice("やさしい日本語", "language:easy")
    japanese = plain[:1] if voice.language == "easy" else plain[1:] if voice.language == "ja" else plain
    others = [code for code in dict.fromkeys((*wanted, "en")) if code != voice.language]
    return Choices("", (*japanese, *(Choice(NAMES[code], f"language:{code}") for code in others)), "next", voice.spoken)


def gone(turn: Turn) -> Response:
    """A button that we do not know any more (an old message, another version): a way on, never silence."""
    return turn.reply("talk", turn.voice.text("stale_choice"), *say.way_on(turn.voice))


def with_first(reply: Reply, first: Text) -> Reply:
    return replace(reply, blocks=(first, *reply.blocks))
