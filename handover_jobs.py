"""What the clock does for the hand-off, once a minute on one process: it tells the silent, ends what has ended, and
says sorry to whoever was promised an answer that did not come.

What is due is read from the cases themselves (`bot.idle`); each step is one conditional write that also holds the words
the resident hears. A process that is killed has done a step whole or not at all, and the next minute goes on.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import datetime

from bot.answer import Voice
from bot.dialogue import Conversation
from bot.idle import Step, Watched, apology_words, notice_words, returned_words, step_for
from bot.messages import Text
from faq.knowledge import Knowledge
from faq.library import UnknownCity
from faq.office_hours import JAPAN
from store import Store
from store.errors import StoreError
from store.records_cases import CaseConflict, CaseView, Said

log = logging.getLogger(__name__)
KnowledgeOf = Callable[[str], Knowledge]
IDLE_REASON = "idle"
EVERY_MINUTE = "* * * * *"


def watch_cases(store: Store, knowledge_of: KnowledgeOf, cities: Iterable[str], now: datetime) -> Counter[Step]:
    """Do what is due for the open cases of these cities; how often which step was done."""
    done: Counter[Step] = Counter()
    for city in cities:
        try:
            done += _watch_city(store, knowledge_of(city), city, now)
        except (StoreError, UnknownCity):  # its content cannot be read, either
            log.exception("the cases of a city could not be watched", extra={"city": city})
    return done


def _watch_city(store: Store, knowledge: Knowledge, city: str, now: datetime) -> Counter[Step]:
    done: Counter[Step] = Counter()
    open_cases = store.cases(city, "open")
    apologised = store.apologised(city) if open_cases else frozenset()
    for case in open_cases:
        idle_minutes = knowledge.city.handoff_of(case.department).idle_minutes
        step = step_for(_watched(case, case.id in apologised), idle_minutes, now)
        if step and _do(store, knowledge, case, step, now):
            log.info("clock step", extra={"city": city, "case": case.id, "step": step})
            done[step] += 1
    return done


def _watched(case: CaseView, apologised: bool) -> Watched:
    return Watched(
        waiting=case.status == "waiting",
        promised_at=case.promised_at,
        staff_at=case.staff_at,
        resident_at=case.resident_at,
        idle_told_at=case.idle_told_at,
        apologised=apologised,
    )


def _do(store: Store, knowledge: Knowledge, case: CaseView, step: Step, now: datetime) -> bool:
    """Whether it was done; not when somebody has written or acted since the case was read."""
    said = _words(store, knowledge, case, step, now).text
    try:
        if step == "notice":
            store.idle_case(case, lambda _case: Said(said))
        elif step == "return":
            store.end_case(case.city, case.resident, "clock", IDLE_REASON, lambda _case: Said(said), seen=case)
        else:
            store.apologise_case(case, lambda _case: Said(said))
    except CaseConflict:
        return False
    return True


def _words(store: Store, knowledge: Knowledge, case: CaseView, step: Step, now: datetime) -> Text:
    """In the language that the resident's talk is in."""
    language = Conversation.from_dict(store.conversation(case.city, case.resident)).language
    voice = Voice(knowledge, language, now.astimezone(JAPAN))
    if step == "notice":
        return notice_words(voice)
    return returned_words(voice) if step == "return" else apology_words(voice, voice.department(case.department))
