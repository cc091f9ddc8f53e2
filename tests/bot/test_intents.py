"""Small talk and commands are recognised by the whole message; a question is never taken for one."""

import pytest

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
        ("おつかれさまです", "greeting"),
        ("よろしくお願いします🙇", "greeting"),
        ("助かった！ありがとう", "thanks"),
        ("りょ", "thanks"),
        ("Thank you so much!", "thanks"),
        ("また来ます", "goodbye"),
        ("お前誰", "who"),
        ("使い方教えて", "help"),
        ("最初に戻って", "menu"),
        ("電話で話したい", "person"),
        ("もういいです", "cancel"),
        ("バカじゃないの？", "abuse"),
        ("このポンコツAI", "abuse"),
        ("うるせえ！", "abuse"),
        ("なめてんのか", "abuse"),
        ("意味わからん", "confused"),
        ("fuck you", "abuse"),
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
        "うるさい",
        "隣がうるさい",
        "バカにされた 相談したい",
        "税金の無駄遣いを調べたい",
        "すごい雨で水があふれた",
        "お疲れ様会の会場",
        "元気なうちに終活",
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
    "text",
    [
        "役に立たねえな",
        "お前ら税金泥棒だろ",
        "何度も同じこと言わせんな",
        "バカじゃねーの",
        "ふざけんなよマジで",
        "このボット使えねえ",
    ],
)
def test_anger_is_heard_in_any_ending(text):
    assert recognise(text) == "abuse"


@pytest.mark.parametrize(
    "text",
    [
        "カードが使えない",
        "カラスがうざい",
        "犬のくそ",
        "くそ暑い",
        "使えなくなった",
        "隣の人と話が通じない",
        "役に立たないものを捨てたい",
        "なめこ",
    ],
)
def test_a_question_with_a_rough_word_stays_a_question(text):
    assert recognise(text) == ""


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("あけましておめでとうございます", "greeting"),
        ("テスト", "greeting"),
        ("お世話になっております。市民の山田と申します。", "opening"),
    ],
)
def test_who_only_greets_or_says_who_they_are_is_asked_what_they_want(text, intent):
    assert recognise(text) == intent
