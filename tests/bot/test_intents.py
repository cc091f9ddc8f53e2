"""Small talk and commands are recognised by the whole message; a question is never taken for one."""

import pytest

from bot.emergency import recognise_emergency
from bot.intents import chosen_number, recognise, squash


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("こんにちは！", "greeting"),
        ("ｺﾝﾆﾁﾊ", "greeting"),
        ("こんばんわー", "greeting"),
        ("Hello", "greeting"),
        ("ありがとうございました😊", "thanks"),
        ("あざっす", "thanks"),
        ("助かりました。", "thanks"),
        ("さようなら", "goodbye"),
        ("あなたはだれ？", ""),
        ("あなたは誰？", "who"),
        ("使えない", "abuse"),
        ("バカ！！！", "abuse"),
        ("メニュー", "menu"),
        ("ﾒﾆｭｰ", "menu"),
        ("人に聞く", "person"),
        ("職員と話したいです", "person"),
        ("どれもちがう", "person"),
        ("ちがいます", "wrong"),
        ("履歴を消して", "erase"),
        ("やさしい日本語", "easy"),
        ("普通の日本語", "plain"),
        ("はい", "yes"),
        ("やめます", "cancel"),
    ],
)
def test_a_whole_message_has_an_intent(text, intent):
    assert recognise(text) == intent


@pytest.mark.parametrize(
    "question",
    [
        "ありがとうの手紙を市長に送りたい",
        "人に聞いたら住民票がいると言われた",
        "メニュー表の営業許可",
        "バカンスの補助金",
        "消してしまった書類の再発行",
        "使えない電池の捨て方",
        "住民票",
        "ゴミいつ",
    ],
)
def test_a_question_is_no_small_talk(question):
    assert recognise(question) == ""


@pytest.mark.parametrize(
    ("text", "number"),
    [("2", 2), ("２", 2), ("②", 2), ("2番", 2), ("２番目です", 2), ("10", 10), ("に", 2), ("三", 3), ("3で", 3)],
)
def test_a_number_alone_is_a_choice(text, number):
    assert chosen_number(text) == number


@pytest.mark.parametrize("text", ["2人目の子ども", "65歳", "3月", "119", "住民票2枚", "", "2026"])
def test_a_number_with_words_is_not(text):
    assert chosen_number(text) is None


def test_squashing_forgets_width_case_script_marks_and_emoji():
    assert squash("ﾒﾆｭｰ！ 😊") == squash("めにゅう".replace("う", "ー")) == "めにゅ"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("もう死にたい", "suicide"),
        ("消えてしまいたいです", "suicide"),
        ("となりの家が燃えてる", "fire"),
        ("火事です", "fire"),
        ("ガス臭い", "fire"),
        ("父が倒れた", "ambulance"),
        ("救急車呼んで", "ambulance"),
        ("意識がない", "ambulance"),
        ("息してない", "ambulance"),
        ("殺される", "police"),
        ("泥棒が入ってきた", "police"),
        ("子どもを叩いてしまう", "child_abuse"),
        ("お父さんに殴られた", "child_abuse"),
        ("夫に殴られています", "violence"),
        ("ＤＶを受けている", "violence"),
        ("水が家に入ってきた", "flood"),
        ("津波が来る", "flood"),
        ("屋根に取り残された", "flood"),
        ("アパートが燃えています", "fire"),
    ],
)
def test_a_cry_for_help_is_heard(text, kind):
    assert recognise_emergency(text) == kind


@pytest.mark.parametrize(
    "question",
    [
        "家で燃えるゴミの日",
        "救急車の適正利用",
        "火事で焼けたときの罹災証明",
        "死亡届の出し方",
        "自殺予防の相談窓口を知りたい",
        "津波ハザードマップ",
        "倒れそうな木がある",
        "虐待の相談窓口はどこですか",
        "消えた年金",
        "交通事故の証明書",
        "水が出ない",
        "子どもを預けたい",
    ],
)
def test_a_question_about_procedures_is_no_emergency(question):
    assert recognise_emergency(question) == ""
