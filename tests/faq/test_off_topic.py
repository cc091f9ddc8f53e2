"""What is no business of a city hall is sent away; hardly any of it gets an answer of the city."""

from pathlib import Path

import pytest
from ruamel.yaml import YAML

from bot.emergency import recognise_emergency
from faq.index import Index
from faq.knowledge import load_knowledge
from faq.search import search

HERE = Path(__file__).parent
OFF_TOPIC = YAML(typ="safe").load((HERE / "off_topic.yaml").read_text(encoding="utf-8"))
SENT_AWAY = 0.85
ANSWERED = 0.03


@pytest.fixture(scope="module")
def index() -> Index:
    return load_knowledge(HERE.parents[1] / "cities" / "demo").index


@pytest.mark.parametrize("half", ["dev", "unseen"])
def test_what_is_no_business_of_the_city_is_sent_away(index: Index, half: str) -> None:
    lines = OFF_TOPIC[half]
    kept = {line: found.candidates[0].id for line in lines if (found := search(index, line)).decision != "handoff"}

    assert len(kept) <= (1 - SENT_AWAY) * len(lines), kept


@pytest.mark.parametrize("half", ["dev", "unseen"])
def test_what_is_no_business_of_the_city_is_hardly_ever_answered(index: Index, half: str) -> None:
    lines = OFF_TOPIC[half]
    answered = {line: found.candidates[0].id for line in lines if (found := search(index, line)).decision == "answer"}

    assert len(answered) <= ANSWERED * len(lines), answered


def test_the_halves_are_150_lines_each_and_share_none() -> None:
    dev, unseen = OFF_TOPIC["dev"], OFF_TOPIC["unseen"]

    assert (len(set(dev)), len(set(unseen))) == (150, 150)
    assert set(dev).isdisjoint(unseen)


def test_idle_talk_and_abuse_are_no_cry_for_help() -> None:
    assert [line for half in ("dev", "unseen") for line in OFF_TOPIC[half] if recognise_emergency(line)] == []
