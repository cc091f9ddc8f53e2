"""Who is in danger gets the numbers before anything else, and who may be gets them beside the answer."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from ruamel.yaml import YAML

import bot.danger
from bot.dialogue import Conversation
from bot.emergency import Heard
from bot.handover import Owner
from bot.messages import Inquiry, Text
from bot.respond import respond
from faq.knowledge import Knowledge, load_knowledge
from tests.bot.conftest import texts, values, words

ROOT = Path(__file__).parents[2]
PHRASINGS = YAML(typ="safe").load((Path(__file__).parent / "emergency_phrasings.yaml").read_text(encoding="utf-8"))
NOON = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
LINE = "もし今、命や体が危ないときは"


@pytest.fixture(scope="module")
def demo() -> Knowledge:
    return load_knowledge(ROOT / "cities" / "demo")


@pytest.fixture
def hears(monkeypatch):
    def hears(heard: Heard) -> None:
        monkeypatch.setattr(bot.danger, "listen", lambda _text: heard)

    return hears


def first_words(demo: Knowledge, text: str) -> list[str]:
    inquiry = Inquiry("demo", "U1", "line", "text", "event-1", NOON, text=text)
    blocks = respond(inquiry, demo, Conversation(), NOON).reply.blocks
    return [block.text for block in blocks if isinstance(block, Text)]


def test_a_cry_for_help_comes_before_everything_else(talk):
    talk.say("メニュー")

    response = talk.say("もう死にたい")

    assert "0120-279-338" in words(response)
    assert "person" in values(response)


def test_a_cry_gets_the_numbers_of_that_danger_and_no_other(talk, hears):
    hears(Heard("fire", danger=9.0))

    said = texts(talk.say("もえてる"))

    assert "119番" in said[0]
    assert not any(text.startswith(LINE) for text in said)


def test_a_cry_that_may_be_another_danger_gets_the_other_numbers_too(talk, hears):
    hears(Heard("police", torn=True, danger=3.0))

    said = texts(talk.say("おされてたおれた"))

    assert "110番" in said[0]
    assert said[1].startswith(LINE)
    assert "119番" in said[1]


def test_what_may_be_a_cry_gets_the_numbers_before_what_we_say_otherwise(talk, hears):
    hears(Heard("", danger=-1.0))

    response = talk.say("ぴよぴよがぱたりです")

    assert response.reply.decision == "handoff"
    assert response.reply.blocks[0].text.startswith(LINE)
    assert len(texts(response)) > 1


def test_a_sure_answer_is_not_preceded_by_numbers_for_so_little(talk, hears):
    hears(Heard("", danger=-1.0))

    response = talk.say("ごみはいつ出せますか")

    assert response.reply.decision == "answer"
    assert not any(text.startswith(LINE) for text in texts(response))


@pytest.mark.parametrize("said", ["ありがとう", "メニュー", "こんにちは"])
def test_words_of_the_talk_itself_get_no_numbers(talk, hears, said):
    hears(Heard("", danger=-0.1))

    assert not any(text.startswith(LINE) for text in texts(talk.say(said)))


def test_while_a_person_answers_we_do_not_break_in_with_a_guess(demo, hears):
    hears(Heard("", danger=0.5))
    inquiry = Inquiry("demo", "U1", "line", "text", "event-1", NOON, text="うごかない")

    response = respond(inquiry, demo, Conversation(), NOON, owner=Owner("staff"))

    assert response.reply.blocks == ()


@pytest.mark.parametrize("said", ["もう限界", "誤飲", "心停止です", "血が出た", "不審者", "苦しい"])
def test_few_words_that_may_be_a_cry_get_the_numbers(demo, said):
    assert any(text.startswith(LINE) or "119" in text for text in first_words(demo, said))


@pytest.mark.parametrize(
    "said", ["ゴミいつ", "ひっこし", "まいなんばー無くした", "児童館", "年金課", "停電した", "おなかすいた"]
)
def test_everyday_words_get_no_numbers(demo, said):
    assert not any(text.startswith(LINE) for text in first_words(demo, said))


def test_a_button_is_never_a_cry(talk):
    assert not any(text.startswith(LINE) for text in texts(talk.say(text="助けて", kind="choice", choice="menu")))


def test_no_entry_of_the_demo_city_is_asked_for_with_the_numbers_of_danger(demo):
    asked = [entry.question for entry in demo.entries.values() if entry.id not in PHRASINGS["about_danger"]]

    assert [question for question in asked if any(text.startswith(LINE) for text in first_words(demo, question))] == []


def test_of_a_hundred_sentences_that_staff_wrote_for_questions_one_at_most_gets_them(demo):
    entries = [entry for entry in demo.entries.values() if entry.id not in PHRASINGS["about_danger"]]
    said = [text for entry in entries for text in (*entry.phrasings, *entry.keywords, *entry.tests)][::7]

    with_numbers = [text for text in said if any(said.startswith(LINE) for said in first_words(demo, text))]

    assert len(said) > 500
    assert len(with_numbers) <= 0.01 * len(said), with_numbers


@pytest.mark.parametrize("language", ["ja", "easy"])
def test_the_line_of_numbers_names_who_helps_whom(demo, language):
    line = demo.wording[language]["danger_numbers"]

    assert [number for number in ("119", "110", "189", "0120-279-338") if number not in line] == []
