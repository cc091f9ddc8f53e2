"""What the city says, turn by turn: an answer, choices, a person, and never silence or a loop."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.dialogue import Conversation
from bot.intents import chosen_number
from bot.messages import Answer, Text
from faq.content import read_folder
from faq.knowledge import build_knowledge
from tests.bot.conftest import BASE, SUNDAY, Talk, answer_of, labels, texts, values, words
from tests.builders import city_files


def ask_for_moving(talk):
    """An answer whatever the calibration of so small a city says."""
    return talk.press("entry:moving-in")


def test_a_clear_question_is_answered_with_the_entry_and_its_window(talk):
    response = talk.say("転入届の出し方")

    if response.reply.decision == "choices":
        response = talk.say("1")
    answer = answer_of(response)
    assert answer.entry_id == "moving-in"
    assert "14日以内" in answer.body
    assert (answer.department, answer.phone, answer.place) == ("市民課", "048-000-0001", "市役所1階")
    assert "平日 8:30〜17:15" in answer.hours


def test_an_answer_offers_related_entries_feedback_and_a_person(talk):
    offered = values(ask_for_moving(talk))

    assert "entry:moving-out" in offered
    assert {"helpful:moving-in:yes", "helpful:moving-in:no", "person"} <= set(offered)


def test_choices_always_end_with_none_of_these(talk):
    response = talk.press("helpful:moving-in:no")

    assert response.reply.decision == "choices"
    assert any("人に聞く" in label for label in labels(response))


def test_a_typed_number_picks_a_choice(talk):
    talk.say("メニュー")

    response = talk.say("２")

    assert "「ごみ」" in words(response)


@pytest.mark.parametrize(
    "text",
    [
        "2番でお願いします",
        "2番目のやつ",
        "二番",
        "２つ目",
        "上から2番目",
        "2について教えて",
        "2にします",
        "②",
        "2を見たい",
    ],
)
def test_a_number_picks_in_any_words_around_it(talk, text):
    talk.say("メニュー")

    assert "「ごみ」" in words(talk.say(text))


@pytest.mark.parametrize("text", ["一番上", "最初のやつです", "いちばん上"])
def test_the_first_one_can_be_picked_by_its_place(talk, text):
    talk.say("メニュー")

    assert "「引越し」" in words(talk.say(text))


@pytest.mark.parametrize("text", ["2人", "二重", "2階", "一番近い", "2歳の子", "3つ子"])
def test_other_words_with_a_number_are_no_choice(text):
    assert chosen_number(text) is None


@pytest.mark.parametrize(
    "between", [{"kind": "sticker"}, {"kind": "image"}, {"text": "ありがとう"}, {"text": "😊"}, {"text": "こんにちは"}]
)
def test_a_number_still_picks_after_thanks_or_a_sticker(talk, between):
    talk.say("メニュー")
    talk.say(**between)

    assert "「ごみ」" in words(talk.say("2"))


@pytest.mark.parametrize("between", ["やめる", "住所を変えたい件ですよ", "人に聞く"])
def test_a_number_picks_nothing_of_a_list_that_is_over(talk, between):
    talk.say("メニュー")
    talk.say(between)

    assert "「ごみ」" not in words(talk.say("2"))


def test_the_words_of_a_choice_pick_it_too(talk):
    talk.say("メニュー")

    assert "「ごみ」" in words(talk.say("ゴミ"))


def test_a_number_beyond_the_list_is_asked_again_and_still_works(talk):
    talk.say("メニュー")

    assert "1から2まで" in words(talk.say("9"))
    assert "「引越し」" in words(talk.say("1"))


def test_a_number_without_a_list_is_kindly_asked_back(talk):
    assert "番号だけでは" in words(talk.say("3"))


def test_after_half_an_hour_a_number_no_longer_means_the_old_list(talk):
    talk.say("メニュー")
    talk.wait(minutes=31)

    assert "番号だけでは" in words(talk.say("1"))


def test_nothing_found_twice_is_not_the_same_sentence_twice(talk):
    first, second = talk.say("ああああああ"), talk.say("うううううう")

    assert first.reply.decision == second.reply.decision == "handoff"
    assert words(first) != words(second)
    assert "048-000-0000" in words(second)
    assert "person" in values(first)
    assert "person" in values(second)


def test_asking_for_a_person_records_the_question_for_its_department_while_the_window_is_open(talk):
    ask_for_moving(talk)

    response = talk.say("人に聞く")

    assert response.person.department == "市民課"
    assert response.person.promised_at == talk.now
    assert "今は窓口が開いている時間です" in words(response)


def test_out_of_hours_the_resident_hears_when_somebody_will_answer(talk_at):
    talk = talk_at(SUNDAY)
    ask_for_moving(talk)

    response = talk.say("人に聞く")

    assert "11月24日（火）8時30分から" in words(response)  # 11月23日 is a holiday
    assert "048-000-0001" in words(response)


def test_asking_for_a_person_without_a_question_asks_for_it_first(talk):
    asked = talk.say("職員と話したい")
    recorded = talk.say("隣の家の木が道に出ています")

    assert asked.person is None
    assert "1通で送ってください" in words(asked)
    assert recorded.person.question == "隣の家の木が道に出ています"
    assert recorded.person.department == "総合案内"


def test_the_request_for_a_person_can_be_taken_back(talk):
    talk.say("職員と話したい")

    response = talk.say("やめる")

    assert response.person is None
    assert talk.say("転入届の出し方").person is None


def test_the_same_question_is_not_recorded_twice(talk):
    ask_for_moving(talk)
    talk.say("人に聞く")

    again = talk.press("person")

    assert again.person is None
    assert "もう市民課にお伝えしてあります" in words(again)


def test_feedback_is_recorded_and_a_no_offers_a_way_on(talk):
    ask_for_moving(talk)

    yes, no = talk.press("helpful:moving-in:yes"), talk.press("helpful:moving-in:no")

    assert yes.feedback == ("moving-in", True)
    assert no.feedback == ("moving-in", False)
    assert any(value in ("none", "person") for value in values(no))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("こんにちは", "案内係です", id="greeting"),
        pytest.param("ありがとう", "どういたしまして", id="thanks"),
        pytest.param("使えない", "申し訳ありません", id="abuse"),
        pytest.param("何ができるの", "ふだんのことばで", id="help"),
        pytest.param("", "文字が届きませんでした", id="empty"),
        pytest.param("　\n ", "文字が届きませんでした", id="only spaces"),
        pytest.param("😊", "絵文字を受け取りました", id="only an emoji"),
    ],
)
def test_small_talk_gets_a_kind_reply_and_a_way_on(talk, text, expected):
    response = talk.say(text)

    assert expected in words(response)
    assert "person" in values(response)
    assert "menu" in values(response)


@pytest.mark.parametrize("kind", ["sticker", "image", "video", "audio", "file", "location", "unknown", "follow"])
def test_whatever_is_sent_gets_a_reply_and_a_way_on(talk, kind):
    response = talk.say(kind=kind)

    assert words(response)
    assert {"person", "none"} & set(values(response))


def test_a_hidden_number_is_told_gently_and_kept_nowhere(talk):
    response = talk.say("1234 5678 9018 です")

    assert "個人番号（マイナンバー）のようだったので" in texts(response)[0]
    assert "9018" not in str(talk.memory)
    assert not [block for block in response.reply.blocks if isinstance(block, Answer)]


def test_a_question_around_a_hidden_number_is_still_answered(talk):
    response = talk.say("123456789018 転入届の出し方")

    assert "個人番号" in texts(response)[0]
    assert "entry:moving-in" in values(response) or answer_of(response).entry_id == "moving-in"


def test_easy_japanese_is_remembered_and_answers_in_easy_words(small_city):
    files = city_files({"wording/ja.yaml": None})
    files["faq/moving.yaml"] = files["faq/moving.yaml"].replace(
        "    department: 市民課\n    related",
        "    easy: 14日(か) 以内(いない)に 来(き)て ください。\n    department: 市民課\n    related",
    )
    talk = Talk(build_knowledge(files, read_folder(BASE)))
    talk.say("やさしい日本語")

    answer = answer_of(ask_for_moving(talk))

    assert answer.body == "14日(か) 以内(いない)に 来(き)て ください。"
    assert answer.language == "easy"


def test_an_entry_without_easy_words_says_so_and_is_shown_all_the_same(talk):
    talk.say("やさしい日本語")

    answer = answer_of(ask_for_moving(talk))

    assert "やさしい日本語の案内は、まだありません" in answer.body
    assert "14日以内" in answer.body
    assert answer.language == "ja"


def test_everything_is_erased_only_after_a_yes(talk):
    asked = talk.say("消して")
    kept = talk.say("やっぱりいい")
    talk.say("消して")
    erased = talk.say("はい")

    assert not asked.erase
    assert not kept.erase
    assert erased.erase
    assert talk.memory["question"] == ""


def test_an_old_button_of_an_entry_that_is_gone_gets_a_way_on(talk):
    response = talk.press("entry:no-such-entry")

    assert "今は出していません" in words(response)
    assert "menu" in values(response)


@pytest.mark.parametrize(
    "value", ["", "nonsense", "entry:", "topic:", "menu:-1", "menu:99", "helpful:x", "language:xx", "topic:garbage:999"]
)
def test_a_broken_button_never_breaks_the_talk(talk, value):
    assert talk.press(value).reply.blocks


def test_an_entry_is_shown_only_on_its_days(small_city):
    files = city_files({"wording/ja.yaml": None})
    files["faq/garbage.yaml"] += "    valid_until: 2026-11-15\n"
    talk = Talk(build_knowledge(files, read_folder(BASE)))
    assert talk.now.date() > date(2026, 11, 15)

    assert "今は出していません" in words(talk.press("entry:garbage-days"))
    assert "「ごみ」" not in words(talk.say("メニュー"))
    assert "entry:garbage-days" not in values(talk.say("ごみの日"))


def test_a_long_story_is_read_and_said_to_be_read(talk):
    story = "先週、子どもと一緒に他の市から引っ越してきました。" * 15 + "転入届の出し方を教えてください。"

    response = talk.say(story)

    if response.reply.decision != "handoff":
        assert "長いお話を" in texts(response)[0]
    assert response.reply.blocks


@settings(max_examples=150, deadline=None)
@given(st.lists(st.text(max_size=120), min_size=1, max_size=4))
def test_any_words_in_any_order_get_an_answer_with_a_block(small_city, messages):
    talk = Talk(small_city)
    for message in messages:
        response = talk.say(message)
        assert response.reply.blocks
        assert all(not isinstance(block, Text) or block.text.strip() for block in response.reply.blocks)


@pytest.mark.parametrize(
    "memory",
    [None, {}, {"offered": 3}, {"language": "xx", "at": "yesterday"}, {"misses": "many"}, {"offered": [["a"]]}],
)
def test_a_broken_memory_is_an_empty_one(memory):
    assert Conversation.from_dict(memory) == Conversation()


CLARIFY = """    clarify:
      question: 引っ越すのは、どちらですか。
      easy: どちらに ひっこしますか。
      choices:
        - {label: 市外から来た, easy: ほかの まちから 来(き)た, entry: moving-in}
        - {label: 市外へ出る, entry: moving-out}
"""


@pytest.fixture
def asking_back():
    files = city_files({"wording/ja.yaml": None})
    marker = "    department: 市民課\n    related"
    files["faq/moving.yaml"] = files["faq/moving.yaml"].replace(marker, CLARIFY + marker)
    return Talk(hesitant(build_knowledge(files, read_folder(BASE))))


def hesitant(knowledge):
    """The same knowledge, never sure enough to answer outright: what is tested here is what happens then."""
    calibration = replace(knowledge.index.calibration, answer_from=2.0, belongs_from=0.0)
    return replace(knowledge, index=replace(knowledge.index, calibration=calibration))


def test_near_candidates_are_told_apart_by_one_question_that_staff_wrote(asking_back):
    asked = asking_back.say("引っ越し")
    answered = asking_back.say("市外へ出る")

    assert asked.reply.decision == "choices"
    assert labels(asked)[:2] == ["市外から来た", "市外へ出る"]
    assert "どちらですか" in words(asked)
    assert any("人に聞く" in label for label in labels(asked))
    assert answer_of(answered).entry_id == "moving-out"


def test_it_is_asked_at_most_once(asking_back):
    asking_back.say("引っ越し")

    again = asking_back.say("引っ越し")

    assert "どちらですか" not in words(again)
    assert "entry:moving-in" in values(again)


def test_it_is_asked_in_easy_words_too(asking_back):
    asking_back.say("やさしい日本語")

    asked = asking_back.say("引っ越し")

    assert labels(asked)[0] == "ほかの まちから 来(き)た"


def test_words_too_general_for_an_answer_are_asked_back_at_once():
    files = city_files({"wording/ja.yaml": None})
    marker = "    department: 市民課\n    related"
    general = CLARIFY.replace("      choices:", "      phrasings: [住所変更]\n      choices:")
    files["faq/moving.yaml"] = files["faq/moving.yaml"].replace(marker, general + marker)
    talk = Talk(build_knowledge(files, read_folder(BASE)))

    asked = talk.say("じゅうしょへんこうですか？")

    assert "どちらですか" in words(asked)
    assert answer_of(talk.say("2")).entry_id == "moving-out"


def test_it_is_not_asked_about_something_else(asking_back):
    assert "どちらですか" not in words(asking_back.say("ごみの日"))
