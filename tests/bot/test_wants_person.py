"""Asking for a person, in the many ways people put it; and what only sounds like it."""

import time
from pathlib import Path

import pytest

from bot.intents import recognise
from faq.knowledge import load_knowledge

DEMO = Path(__file__).parents[2] / "cities" / "demo"


@pytest.mark.parametrize(
    "text",
    [
        "人に聞きたい",
        "人と話したい",
        "職員と話したい",
        "オペレーター",
        "担当者につないで",
        "人間に代わって",
        "窓口の人と話したい",
        "係の人と話せますか",
        "ひとにききたい",
        "にんげんとはなしたい",
        "有人",
        "チャットじゃなくて人がいい",
        "職員に質問したい",
        "だれかと話したい",
        "AIじゃなくて人間と話したいです",
        "人に代わってください",
        "担当の方お願いします",
        "人間いないの",
        "役所の人に直接聞きたいんですけど",
        "職員さんいますか",
        "有人チャット",
        "誰かにつないでください",
        "人に繋いでほしい",
        "機械は嫌だから人にかわって",
        "担当者と話がしたい",
        "スタッフと話す",
        "直接職員と話したい",
        "市の職員と話したい",
    ],
)
def test_asks_for_a_person(text):
    assert recognise(text) == "person"


@pytest.mark.parametrize(
    "text",
    [
        "人は何人",
        "人が亡くなった",
        "ひとり親",
        "人権相談",
        "人間ドック",
        "職員採用",
        "担当課はどこ",
        "人に聞かれた",
        "職員の給料",
        "誰か来て",
        "担当ケアマネを変えたい",
        "人が倒れている",
        "人と会う方法",
        "だれか助けて",
        "職員に怒られた",
        "人を探している",
        "職員募集",
        "電話相談",
        "人が死んだ",
        "相談員になりたい",
        "人を殺した",
        "人に迷惑",
        "ひとり暮らし",
        "かた",
        "職員になりたい",
        "担当者の名前を教えて",
    ],
)
def test_speaks_of_people_and_is_left_to_the_search(text):
    assert recognise(text) != "person"


def test_no_question_of_the_city_asks_for_a_person():
    entries = load_knowledge(DEMO).entries.values()
    texts = [text for entry in entries for text in (entry.question, *entry.phrasings, *entry.tests)]

    assert {text for text in texts if recognise(text) == "person"} <= {"人と話したい"}  # asks just that


@pytest.mark.parametrize(
    "text", ["人" * 5000, "人に話し" * 1200, "チャットじゃなくて" * 500, "担当の人と話がしたいのです" + "か" * 5000]
)
def test_no_text_takes_long(text):
    began = time.thread_time()

    recognise(text)

    assert time.thread_time() - began < 1
