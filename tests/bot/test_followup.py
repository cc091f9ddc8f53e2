"""A short question after an answer is about that answer: its number, hours, price, papers; again, more, others."""

import pytest

from bot.followup import passages, recognise_followup
from faq.content import read_folder
from faq.knowledge import build_knowledge
from tests.bot.conftest import BASE, Talk, answer_of, labels, values, words
from tests.builders import city_files

ANSWER = """引っ越した日から14日以内に、届けを出してください。

■持ち物
・転出証明書
・本人確認書類

■だれが　本人か、同じ世帯の人が来てください。
■費用　1通300円です。
■時間　夜は19時までです。"""


@pytest.mark.parametrize(
    ("text", "aspect"),
    [
        ("電話番号は？", "phone"),
        ("でんわばんごうおしえて", "phone"),
        ("電話番号を教えてください", "phone"),
        ("どこに電話したらええの", "phone"),
        ("何時まで？", "hours"),
        ("土日もやってますか", "hours"),
        ("場所は？", "place"),
        ("それってどこですか？", "place"),
        ("いくら？", "cost"),
        ("お金かかりますか", "cost"),
        ("なんぼかかるん", "cost"),
        ("いつまで", "deadline"),
        ("持ち物は", "bring"),
        ("じゃあ何がいるの", "bring"),
        ("もっと詳しく", "more"),
        ("ほかには？", "others"),
        ("それ", "again"),
        ("How much?", "cost"),
        ("場所はどこですか", "place"),
        ("料金はいくらですか？", "cost"),
        ("手続き場所", "place"),
        ("いくらなん", "cost"),
        ("何日前まで", "deadline"),
    ],
)
def test_a_short_question_asks_about_the_answer_before_it(text, aspect):
    assert recognise_followup(text) == aspect


@pytest.mark.parametrize(
    "text",
    [
        "住民票",
        "住民票 いくら",
        "ごみ いつ",
        "電話加入権の相続",
        "ほかの市から来た",
        "場所を借りたい",
        "無料法律相談",
        "",
        "？",
    ],
)
def test_a_question_that_names_its_subject_is_a_question_of_its_own(text):
    assert recognise_followup(text) is None


def test_the_lines_of_an_answer_are_found_word_for_word():
    assert passages(ANSWER, "bring") == ("■持ち物\n・転出証明書\n・本人確認書類",)
    assert passages(ANSWER, "cost") == ("■費用　1通300円です。",)
    assert passages(ANSWER, "hours") == ("■時間　夜は19時までです。",)
    assert passages(ANSWER, "deadline")[0] == "引っ越した日から14日以内に、届けを出してください。"
    assert passages(ANSWER, "phone") == ()


def test_they_are_found_in_easy_japanese_too():
    easy = "市役所(しやくしょ)に きます。\n\nもって くる もの:\n・在留(ざいりゅう)カード\n\nお金(かね)は いりません。"

    assert passages(easy, "bring") == ("もって くる もの:\n・在留(ざいりゅう)カード",)
    assert passages(easy, "cost") == ("お金(かね)は いりません。",)


@pytest.fixture
def moving():
    """A resident who has just read how to move in."""
    talk = Talk(build_knowledge(city_files({"wording/ja.yaml": None}), read_folder(BASE)))
    talk.press("entry:moving-in")
    return talk


@pytest.mark.parametrize("text", ["電話番号は？", "何時まで？", "場所は？"])
def test_number_hours_and_place_are_those_of_the_answer(moving, text):
    said = words(moving.say(text))

    assert "048-000-0001" in said
    assert "8:30〜17:15" in said
    assert "市役所1階" in said


def test_the_answer_stays_what_the_talk_is_about(moving):
    moving.say("電話番号は？")

    response = moving.say("何時まで？")

    assert response.entry_id == "moving-in"
    assert {"entry:moving-in", "person"} <= set(values(response))


def test_what_the_answer_does_not_say_is_admitted_with_a_phone_number(moving):
    said = words(moving.say("いくら？"))

    assert "この案内には、書いてありません" in said
    assert "市民課 048-000-0001" in said


def test_how_long_is_answered_with_the_line_that_says_it(moving):
    assert "14日以内" in words(moving.say("いつまで？"))


def test_more_others_and_again_lead_on(moving):
    assert "048-000-0001" in words(moving.say("もっと詳しく"))
    assert answer_of(moving.say("それ")).entry_id == "moving-in"
    assert "entry:moving-out" in values(moving.say("ほかには？"))


def test_after_a_list_we_ask_which_one_is_meant_and_numbers_still_work(moving):
    listed = moving.press("helpful:moving-in:no")
    again = moving.say("場所は？")

    assert "どの案内のことですか" in words(again)
    assert values(again) == values(listed)
    assert answer_of(moving.say("1")).entry_id == values(listed)[0].removeprefix("entry:")


def test_without_anything_before_it_we_ask_what_it_is_about(talk):
    response = talk.say("いくら？")

    if response.reply.decision == "handoff":
        assert "何についてのことか" in words(response)
    assert values(response)


def test_after_half_an_hour_the_answer_is_forgotten(moving):
    moving.wait(minutes=31)

    assert "048-000-0001" not in words(moving.say("電話番号は？"))


def test_the_number_of_the_city_is_given_to_who_asks_for_nothing_else(talk):
    assert "048-000-0000" in words(talk.say("電話番号は？"))


def test_the_wish_to_phone_gives_the_number_and_the_way_to_a_person(moving):
    response = moving.say("電話したい")

    assert "048-000-0001" in words(response)
    assert any("人に聞く" in label for label in labels(response))


def test_a_remark_that_finds_nothing_may_be_about_the_answer_and_its_department_is_named(moving):
    response = moving.say("あれれれれれ")

    assert "市民課にお電話ください。048-000-0001" in words(response)
    assert moving.say("人に聞く").person.department == "市民課"


def test_a_second_such_remark_is_about_something_else(moving):
    moving.say("あれれれれれ")

    assert "「引っ越してきた" not in words(moving.say("うううううう"))


def test_after_a_list_the_number_of_its_first_answer_is_given(moving):
    moving.say("ちがった")

    response = moving.say("電話番号は？")

    assert "市民課 048-000-0001" in words(response)
    assert any(value.startswith("entry:") for value in values(response))
