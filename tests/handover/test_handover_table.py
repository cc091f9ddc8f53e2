"""The one table of who owns a conversation: complete, without a way around it."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.handover import OPEN_STATES, THE_BOT, TRANSITIONS, Event, Owner, State, Who, transition
from bot.wording import Wording
from faq.content import read_folder
from faq.reader import read_wording

ROOT = Path(__file__).parents[2]
ALLOWED = {
    ("bot", "asks", "resident"): "waiting",
    ("bot", "writes", "resident"): "bot",
    ("bot", "erases", "resident"): "bot",
    ("waiting", "writes", "resident"): "waiting",
    ("waiting", "asks", "resident"): "waiting",
    ("waiting", "cancels", "resident"): "closed",
    ("waiting", "erases", "resident"): "erased",
    ("waiting", "takes", "staff"): "staff",
    ("waiting", "transfers", "staff"): "waiting",
    ("waiting", "closes", "staff"): "closed",
    ("waiting", "apologises", "clock"): "waiting",
    ("staff", "writes", "resident"): "staff",
    ("staff", "asks", "resident"): "staff",
    ("staff", "ends", "resident"): "closed",
    ("staff", "erases", "resident"): "erased",
    ("staff", "replies", "staff"): "staff",
    ("staff", "releases", "staff"): "waiting",
    ("staff", "transfers", "staff"): "waiting",
    ("staff", "closes", "staff"): "closed",
    ("staff", "idles", "clock"): "staff",
    ("staff", "returns", "clock"): "closed",
    ("closed", "writes", "resident"): "closed",
    ("closed", "asks", "resident"): "closed",
    ("closed", "erases", "resident"): "erased",
}
"""Written down a second time on purpose: a new way between two owners is a decision, not a slip."""

events = st.tuples(st.sampled_from(get_args(Event)), st.sampled_from(get_args(Who)))


@pytest.mark.parametrize("who", get_args(Who))
@pytest.mark.parametrize("event", get_args(Event))
@pytest.mark.parametrize("before", get_args(State))
def test_every_state_and_event_has_a_decision(before, event, who):
    step = transition(before, event, who)

    assert (step.after if step else None) == ALLOWED.get((before, event, who))


def test_no_step_stands_in_the_table_twice():
    assert len({(step.before, step.event, step.who) for step in TRANSITIONS}) == len(TRANSITIONS)


def test_every_step_says_why():
    assert all(step.why for step in TRANSITIONS)


@given(st.lists(events, max_size=30))
def test_whatever_is_tried_staff_own_a_talk_only_by_taking_it(tried):
    state, taken = "bot", False
    for event, who in tried:
        step = transition(state, event, who)
        if step is None:
            continue
        if step.after == "staff" and state != "staff":
            assert (event, who, state) == ("takes", "staff", "waiting")
        if who == "resident":
            assert step.after != "staff" or state == "staff", "no resident puts themselves before a person"
        taken = (taken or event == "takes") and step.after == "staff"
        state = step.after
        assert taken == (state == "staff")


@given(st.lists(events, max_size=30))
def test_what_is_over_stays_over(tried):
    state = "closed"
    for event, who in tried:
        step = transition(state, event, who)
        state = step.after if step else state
        assert state not in OPEN_STATES


@given(st.lists(events, max_size=30))
def test_only_the_owner_gives_a_talk_back_or_the_clock_or_the_resident(tried):
    """Nothing that the bot does changes an owner: it speaks when it is its turn, and that is all."""
    state = "bot"
    for event, who in tried:
        step = transition(state, event, who)
        if step is None:
            continue
        assert who != "bot" or step.after == state
        state = step.after


def test_whatever_the_resident_is_told_has_words_in_both_kinds_of_japanese():
    files = read_folder(ROOT / "cities" / "_base")
    known = {
        language: read_wording(f"{language}.yaml", files[f"wording/{language}.yaml"])[0] for language in ("ja", "easy")
    }
    wording = Wording({language: dict(sentences) for language, sentences in known.items()})

    for key in {step.says for step in TRANSITIONS} - {"", "reception"}:
        for language in ("ja", "easy"):
            filled = {
                "department": "市民課",
                "minutes": 20,
                "phone": "048-000-0000",
                "hours": "8:30〜17:15",
                "city": "彩野市",
            }
            assert wording.say(key, language, **filled)
            assert key in known[language], f"{key} is missing in {language}"


def test_the_mark_of_an_owner_changes_with_every_change_of_hands():
    waiting, taken = Owner("waiting", 7, 0, "市民課"), Owner("staff", 7, 1, "市民課")

    assert THE_BOT.mark == ""
    assert len({THE_BOT.mark, waiting.mark, taken.mark}) == 3


def test_the_documents_table_is_the_codes_table():
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    cells = [
        [cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines() if line.startswith("| ")
    ]
    written = [(row[0], row[1], row[2], row[3]) for row in cells if row[0] in get_args(State)]

    assert sorted(written) == sorted((step.before, step.event, step.who, step.after) for step in TRANSITIONS)
