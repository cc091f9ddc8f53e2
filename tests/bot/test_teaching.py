"""What a talk teaches us: a resident's own words and the entry they meant, and nothing that could name somebody."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.privacy import mask
from bot.teaching import LONGEST, is_proposable, key_of, lesson
from faq.content import read_folder
from faq.knowledge import Knowledge, build_knowledge
from tests.bot.conftest import BASE, Talk, values
from tests.builders import an_entry, city_files

ASKED = "引っ越しのことで聞きたい"
"""Words that the small city answers with both of its entries about moving."""


@pytest.fixture
def sure(monkeypatch):
    """`sure("choices")`: how sure the matcher is of what it found. The calibration of so small a city is no subject."""
    search = Knowledge.search

    def is_sure(decision):
        monkeypatch.setattr(Knowledge, "search", lambda *asked: replace(search(*asked), decision=decision))

    is_sure("choices")
    return is_sure


pytestmark = pytest.mark.usefixtures("sure")


def asked_and_offered(talk, text=ASKED):
    """The resident's own words led to candidates."""
    response = talk.say(text)
    assert response.reply.decision == "choices"
    assert {"entry:moving-in", "entry:moving-out"} <= set(values(response))
    return response


def number_of(response, value):
    return str(values(response).index(value) + 1)


def taught(response):
    found = response.teaches
    return found and (found.entry_id, found.phrasing, found.source, found.taken_back)


# ── Where lessons come from ──────────────────────────────────────────────────────────────────────────────────────────


def test_a_pressed_candidate_teaches_the_words_that_led_to_it(talk):
    asked_and_offered(talk)

    assert taught(talk.press("entry:moving-out")) == ("moving-out", ASKED, "picked", False)


def test_a_typed_number_teaches_the_same(talk):
    offered = asked_and_offered(talk)

    assert taught(talk.say(number_of(offered, "entry:moving-out"))) == ("moving-out", ASKED, "picked", False)


def test_a_number_that_was_out_of_range_first_teaches_too(talk):
    offered = asked_and_offered(talk)
    talk.say("99")

    assert taught(talk.say(number_of(offered, "entry:moving-in"))) == ("moving-in", ASKED, "picked", False)


def test_an_answer_marked_helpful_teaches_the_typed_question(talk, sure):
    sure("answer")
    answered = talk.say("燃えるごみを出すのは何曜日")
    assert answered.entry_id == "garbage-days"

    response = talk.press("helpful:garbage-days:yes")

    assert taught(response) == ("garbage-days", "燃えるごみを出すのは何曜日", "helpful", False)
    assert response.feedback == ("garbage-days", True)


def test_picking_and_praising_counts_once(talk):
    asked_and_offered(talk)
    talk.press("entry:moving-out")

    assert talk.press("helpful:moving-out:yes").teaches is None


def test_the_same_words_of_the_same_resident_count_once_even_days_later(talk):
    asked_and_offered(talk)
    talk.press("entry:moving-out")
    talk.wait(days=3)
    asked_and_offered(talk, "引っ越しのことで、聞きたい！")

    assert talk.press("entry:moving-out").teaches is None


def test_nothing_is_taught_while_only_browsing(talk):
    talk.say("メニュー")
    talk.say("1")
    answer = talk.say("1")
    helpful = talk.press(f"helpful:{talk.memory['entry_id']}:yes")

    assert (answer.reply.decision, answer.teaches, helpful.teaches) == ("answer", None, None)


def test_a_topic_opened_after_a_question_is_browsing(talk):
    asked_and_offered(talk)
    talk.press("topic:moving")

    assert talk.press("entry:moving-in").teaches is None


def test_a_related_entry_is_curiosity_and_no_lesson(talk):
    asked_and_offered(talk)
    talk.press("entry:moving-in")

    related = talk.press("entry:moving-out")
    helpful = talk.press("helpful:moving-out:yes")

    assert (related.teaches, helpful.teaches) == (None, None)


def test_the_answer_to_a_question_back_is_no_lesson():
    """「引っ越し」 led to the question, the choice told the rest: the word alone does not mean moving out."""
    clarify = """    clarify:
      question: 市に入りますか、市から出ますか
      choices:
        - {label: 入る, entry: moving-in}
        - {label: 出る, entry: moving-out}
"""
    files = city_files({"wording/ja.yaml": None})
    files["faq/moving.yaml"] = files["faq/moving.yaml"].replace("    related:", f"{clarify}    related:")
    talk = Talk(build_knowledge(files, read_folder(BASE)))
    asked_and_offered(talk)
    assert talk.memory["clarified"]

    assert talk.say("出る").teaches is None
    assert talk.press("helpful:moving-out:yes").teaches is None


def test_words_are_kept_while_the_language_changes(talk, sure):
    sure("answer")
    talk.say("燃えるごみを出すのは何曜日")
    talk.say("やさしい日本語")

    assert taught(talk.press("helpful:garbage-days:yes")) == (
        "garbage-days",
        "燃えるごみを出すのは何曜日",
        "helpful",
        False,
    )


@pytest.mark.parametrize("text", ["こんにちは", "ありがとう", "もう死にたい", "メニュー", "3"])
def test_small_talk_and_cries_for_help_teach_nothing(talk, text):
    talk.say(text)

    assert talk.press("entry:moving-in").teaches is None
    assert talk.press("helpful:moving-in:yes").teaches is None


def test_a_question_with_a_hidden_number_teaches_nothing(talk):
    asked_and_offered(talk, "引っ越しのことで聞きたい 123456789018")

    assert talk.press("entry:moving-out").teaches is None


# ── Taking it back ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_not_helpful_takes_the_lesson_back_and_the_next_pick_teaches(talk):
    asked_and_offered(talk)
    talk.press("entry:moving-out")

    sorry = talk.press("helpful:moving-out:no")
    again = talk.press("entry:moving-in")

    assert taught(sorry) == ("moving-out", ASKED, "picked", True)
    assert taught(again) == ("moving-in", ASKED, "picked", False)


def test_it_is_taken_back_after_other_words_too_and_only_once(talk):
    asked_and_offered(talk)
    talk.press("entry:moving-out")
    talk.say("ありがとう")

    first, second = talk.press("helpful:moving-out:no"), talk.press("helpful:moving-out:no")

    assert taught(first) == ("moving-out", ASKED, "picked", True)
    assert second.teaches is None


def test_saying_that_it_is_wrong_takes_it_back(talk):
    asked_and_offered(talk)
    talk.press("entry:moving-out")

    assert taught(talk.say("ちがう")) == ("moving-out", ASKED, "picked", True)


def test_not_helpful_without_a_lesson_takes_nothing_back(talk):
    talk.press("entry:moving-in")

    assert talk.press("helpful:moving-in:no").teaches is None


@pytest.mark.parametrize("seed", range(5))
def test_whatever_a_resident_presses_each_of_their_lessons_counts_at_most_once(talk, seed):
    acts = ["entry:moving-in", "entry:moving-out"]
    acts += [f"helpful:{entry}:{verdict}" for entry in ("moving-in", "moving-out") for verdict in ("yes", "no")]
    chance, counted = random.Random(seed), Counter()
    for _ in range(200):
        act = chance.choice([*acts, ASKED])
        response = talk.say(act) if act == ASKED else talk.press(act)
        if response.teaches:
            counted[response.teaches.key] += -1 if response.teaches.taken_back else 1
        assert set(counted.values()) <= {0, 1}

    assert len(counted) == 2


def test_erasing_forgets_what_was_taught(talk):
    asked_and_offered(talk)
    talk.press("entry:moving-out")
    talk.say("消して")
    talk.say("はい")

    assert talk.memory["taught"] == []


# ── Which words ──────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("090-1234-5678に電話ください 引っ越し", id="phone"),
        pytest.param("０９０ １２３４ ５６７８", id="phone in full width"),
        pytest.param("引っ越し 〇九〇一二三四", id="phone in kanji"),
        pytest.param("郵便番号349-0101に引っ越す", id="postal code"),
        pytest.param("hanako@example.jp に送って", id="mail"),
        pytest.param("https://example.jp のこと", id="address of a page"),
        pytest.param("2026/11/21に引っ越した", id="day"),
        pytest.param("昭和36年5月生まれの転入", id="day of birth"),
        pytest.param("中央2-14-3に引っ越す", id="house"),
        pytest.param("中央二丁目に引っ越した", id="district"),
        pytest.param("私の名前は変わりますか", id="my name"),
        pytest.param("住所は彩野市中央です", id="my address"),
        pytest.param("山田と申しますが転入", id="introduces themselves"),
        pytest.param("佐藤ですがごみの日は", id="a family name"),
        pytest.param("鈴木さんの家がうるさい", id="a neighbour's name"),
        pytest.param(mask("引っ越し 123456789018").text, id="a hidden number"),
        pytest.param("あ" * (LONGEST + 1), id="a story"),
        pytest.param("家が燃えてる", id="an emergency"),
        pytest.param("ありがとうございました", id="thanks"),
    ],
)
def test_words_that_could_name_somebody_are_not_proposed(text):
    assert not is_proposable(text)


@pytest.mark.parametrize(
    "text",
    [
        "ひっこしてきた",
        "住所が変わったとき何する",
        "3月に引っ越す予定です",
        "令和8年度の税金いつ払うの",
        "マイナンバーカードの住所変更",
        "結婚して名前が変わった",
        "子どもが生まれたら何をする",
        "moving in",
    ],
)
def test_ordinary_questions_are_proposed(text):
    assert is_proposable(text)


def test_the_name_of_the_city_is_nobodys():
    assert not is_proposable("高橋に引っ越す")
    assert is_proposable("高橋に引っ越す", ("高橋市", "高橋"))


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("引っ越してきたときの手続きを知りたい", id="the question"),
        pytest.param("テンニュウ届の出し方！", id="a phrasing in another script"),
        pytest.param("ひさしぶりに越してきた", id="a test"),
        pytest.param("！？", id="marks"),
        pytest.param("水", id="one letter"),
    ],
)
def test_what_the_entry_knows_already_teaches_nothing(text):
    entry = an_entry(phrasings=("てんにゅう届の出し方",), tests=("久しぶりに越してきた", "ひさしぶりに越してきた"))

    assert lesson(entry, text, "picked") is None


def test_spellings_of_the_same_words_have_one_key_and_entries_have_their_own():
    assert key_of("a", "ゴミの日") == key_of("a", "ごみの日！") != key_of("b", "ゴミの日")
    assert "ごみ" not in key_of("a", "ごみの日")


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=80), st.integers(10_000, 99_999_999_999), st.text(max_size=20))
def test_no_long_number_gets_through_whatever_stands_around_it(before, number, after):
    assert lesson(an_entry(), f"{before} {number} {after}", "picked") is None


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=100))
def test_a_lesson_is_one_short_line_that_fits_into_a_list_of_phrasings(text):
    taught = lesson(an_entry(), text, "picked")

    if taught:
        assert 0 < len(taught.phrasing) <= LONGEST
        assert taught.phrasing.splitlines() == [taught.phrasing.strip()]
