"""Residents answer in their own words: to a list, to 「役に立ちましたか」, to a request, in any language."""

from dataclasses import replace

import pytest

from bot.languages import foreign_language, named_language
from bot.spelling import halves, is_label, only_figures, parts
from faq.content import read_folder
from faq.knowledge import Knowledge, build_knowledge
from tests.bot.conftest import BASE, Talk, answer_of, labels, texts, values, words
from tests.builders import city_files


@pytest.mark.parametrize("text", ["はい", "役に立ちました", "うん", "解決しました！", "役(やく)に 立(た)った"])
def test_praise_in_words_is_feedback(talk, text):
    talk.press("entry:moving-in")

    assert talk.say(text).feedback == ("moving-in", True)


@pytest.mark.parametrize("text", ["いいえ", "役に立たない", "ちがう", "意味がない"])
def test_blame_in_words_is_feedback_too_and_leads_on(talk, text):
    talk.press("entry:moving-in")

    response = talk.say(text)

    assert response.feedback == ("moving-in", False)
    assert {"none", "person"} & set(values(response))


def test_yes_without_a_question_of_ours_is_no_feedback(talk):
    talk.press("entry:moving-in")
    talk.say("ありがとう")

    assert talk.say("はい").feedback is None


@pytest.mark.parametrize("text", ["はい", "どれ？", "わからない"])
def test_a_list_answered_without_a_choice_is_shown_again(talk, text):
    shown = talk.say("メニュー")

    again = talk.say(text)

    assert values(again) == [value for value in values(shown) if value != "person"]
    assert "「引越し」" in words(talk.say("1"))


def test_two_numbers_at_once_are_asked_back(talk):
    talk.say("メニュー")

    assert "1から2まで" in words(talk.say("1と2"))


def test_a_part_of_one_label_picks_it(talk):
    talk.press("entry:moving-in")
    listed = talk.say("ちがった")

    picked = talk.say("市の外へ引っ越す")

    assert "entry:moving-out" in values(listed)
    assert answer_of(picked).entry_id == "moving-out"


def test_few_words_of_a_long_label_are_a_question_of_their_own(talk):
    talk.press("entry:moving-in")
    talk.say("ちがった")

    assert talk.say("外へ").candidates


@pytest.mark.parametrize("typed", ["人に聞く", "人(ひと)に 聞(き)く", "ひとに きく", "人(ひと)に聞(き)く"])
def test_a_label_is_known_with_and_without_its_readings(typed):
    assert is_label(typed, "人(ひと)に 聞(き)く")


@pytest.mark.parametrize("typed", ["分野から選ぶ", "分野(ぶんや)から えらぶ", "ほかの分野"])
def test_the_words_of_a_lasting_button_work_at_any_time(talk, typed):
    assert talk.say(typed).reply.decision == "menu"


@pytest.mark.parametrize(
    "text", ["こんにちは", "はい", "？", "1", "1234 5678 9018", "人に聞く", "ちょっと聞きたいんですけど"]
)
def test_what_is_no_question_is_not_handed_to_staff(talk, text):
    talk.say("人に聞く")

    asked = talk.say(text)
    handed = talk.say("隣の家の木が道に出ています")

    assert asked.person is None
    assert "1通で送ってください" in words(asked)
    assert handed.person.question == "隣の家の木が道に出ています"


def test_a_sticker_in_between_does_not_lose_the_question_to_staff(talk):
    talk.say("人に聞く")
    talk.say(kind="sticker")

    assert talk.say("隣の家の木が道に出ています").person


def test_who_turns_to_the_menu_instead_is_shown_the_menu(talk):
    talk.say("人に聞く")

    response = talk.say("メニュー")

    assert response.person is None
    assert response.reply.decision == "menu"


def test_staff_hear_about_the_entry_of_the_menu_not_about_the_question_before(talk):
    talk.say("ごみの日")
    talk.say("メニュー")
    talk.press("topic:moving")
    talk.press("entry:moving-in")

    assert "引っ越してきた" in talk.say("人に聞く").person.question


def test_another_question_instead_of_a_yes_keeps_everything_and_is_answered(talk):
    talk.say("消して")

    response = talk.say("転入届の出し方")

    assert not response.erase
    assert "消さずに" in texts(response)[0]
    assert "entry:moving-in" in values(response) or answer_of(response).entry_id == "moving-in"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("👍", "どういたしまして", id="a thumb"),
        pytest.param("❤️", "どういたしまして", id="a heart with a variation selector"),
        pytest.param("😭😭😭", "絵文字を受け取りました", id="tears"),
        pytest.param("？", "ふだんのことばで", id="a question mark"),
        pytest.param("すみません、ちょっとおたずねします", "はい、どうぞ", id="an opening"),
        pytest.param("048-000-1110", "数字だけでは", id="a phone number"),
        pytest.param("2026/11/20", "数字だけでは", id="a day"),
        pytest.param("もういい", "わかりました", id="enough"),
        pytest.param("難しい", "分かりにくくて", id="too hard"),
    ],
)
def test_small_talk_is_answered_for_what_it_is(talk, text, expected):
    assert expected in words(talk.say(text))


@pytest.mark.parametrize("text", ["119", "#7119", "188", "3月", "住民票2枚"])
def test_a_short_number_may_be_what_somebody_asks_about(text):
    assert not only_figures(text)


def test_the_third_miss_in_a_row_shows_the_topics(talk):
    for text in ("ああああああ", "うううううう", "おおおおおお"):
        response = talk.say(text)

    assert "topic:moving" in values(response)
    assert "person" in values(response)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("I moved to this city", "en"),
        ("我想办理住民票", "zh"),
        ("주민표를 떼고 싶어요", "ko"),
        ("Tôi muốn đăng ký nhập học", "vi"),
        ("Preciso de ajuda", "pt"),
        ("住民票", None),
        ("怪我をした", None),
        ("ごみ", None),
        ("048-000-1110", None),
        ("🗑️", None),
    ],
)
def test_a_foreign_language_is_recognised(text, language):
    assert foreign_language(text) == language


@pytest.mark.parametrize(
    ("text", "language"),
    [("English", "en"), ("中文", "zh"), ("Tiếng Việt", "vi"), ("PORTUGUÊS", "pt"), ("英語教室", None)],
)
def test_a_language_is_asked_for_by_its_name(text, language):
    assert named_language(text) == language


def test_who_writes_in_another_language_reads_a_sentence_in_it_and_can_choose_it(talk):
    response = talk.say("Tôi muốn đăng ký nhập học cho con")

    assert response.reply.blocks[0].language == "vi"
    assert "language:vi" in values(response)
    changed = talk.say("Tiếng Việt")
    assert changed.reply.blocks[0].language == "vi"
    assert "ふつうの日本語" in labels(changed)


@pytest.fixture
def sure(monkeypatch):
    """`sure("choices")`: how sure the matcher is of all it finds. The calibration of so small a city is no subject."""
    search = Knowledge.search

    def is_sure(decision):
        monkeypatch.setattr(Knowledge, "search", lambda *asked: replace(search(*asked), decision=decision))

    return is_sure


@pytest.mark.parametrize("decision", ["answer", "choices"])
def test_who_asks_in_english_is_offered_english_with_what_was_found(sure, decision):
    translated = "    translations: {en: {question: How do I move out?, answer: Please go to the Citizens Division.}}\n"
    files = city_files({"wording/ja.yaml": None})
    files["faq/moving.yaml"] += translated
    talk = Talk(build_knowledge(files, read_folder(BASE)))
    sure(decision)

    assert "language:en" in values(talk.say("How do I move out?"))


@pytest.mark.parametrize("text", ["AEDの場所", "AED"])
def test_japanese_and_bare_capitals_are_not_taken_for_english(sure, text):
    files = city_files({"wording/ja.yaml": None})
    files["faq/garbage.yaml"] = files["faq/garbage.yaml"].replace("収集日]", "収集日, AED, AEDの場所]")
    talk = Talk(build_knowledge(files, read_folder(BASE)))
    sure("answer")

    assert "language:en" not in values(talk.say(text))


def test_a_list_is_shown_again_in_the_language_that_was_chosen_under_it(talk, sure):
    sure("choices")
    listed = talk.say("転入届の出し方")

    again = talk.say("やさしい日本語")

    assert values(again) == values(listed)
    assert again.reply.blocks[-1].language == "easy"
    assert answer_of(talk.say("1")).entry_id == "moving-in"


@pytest.mark.parametrize(
    "text",
    [
        "転入届の出し方とゴミの日",
        "転入届の出し方と、ゴミの日を教えて",
        "転入届の出し方を教えて。あと、ゴミの日も知りたい",
    ],
)
@pytest.mark.parametrize("decision", ["answer", "choices"])
def test_two_things_asked_at_once_are_both_offered(talk, sure, text, decision):
    sure(decision)

    assert {"entry:moving-in", "entry:garbage-days"} <= set(values(talk.say(text)))


@pytest.mark.parametrize(
    "text", ["夫と一緒に引っ越したい", "どんなところか知りたい", "転入届という紙", "ひとりで住む", "と"]
)
def test_other_uses_of_to_join_nothing(text):
    assert halves(text) == ()


def test_a_message_is_read_sentence_by_sentence():
    told = parts("引っ越したあと、何をすればいいですか？あと犬の登録も教えて。よろしく")

    assert told == ("引っ越したあと、何をすればいいですか", "犬の登録も教えて", "よろしく")


@pytest.mark.parametrize(
    "text", ["{city} %s {{}} {0} {phone!r}", "{", "}", "%", "'; DROP TABLE turns;--", "<b>x</b>", "\\0"]
)
def test_no_text_breaks_a_sentence_of_ours(talk, text):
    talk.say("人に聞く")

    recorded = talk.say(text + "の件")

    assert recorded.person.question == text + "の件"
    assert all("{" not in block for block in texts(recorded))
    assert talk.say(text).reply.blocks
