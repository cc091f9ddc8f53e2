"""Recognises what is not a question: a greeting, thanks, a swear word, a command, a bare number.

Whole sentences only, so that 「ありがとう」 is thanks and 「ありがとうの手紙を市長に送りたい」 stays a question.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Literal

Intent = Literal[
    "",
    "greeting",
    "thanks",
    "goodbye",
    "who",
    "help",
    "abuse",
    "menu",
    "person",
    "wrong",
    "cancel",
    "erase",
    "easy",
    "plain",
    "yes",
]

_DROPPED = re.compile(r"[\s!！?？。、.,…・~〜ー\-―♪☆★()（）「」]+")
_ENDINGS = re.compile(
    r"(?:でございます|でござる|ございます|ございました|ください|下さい|おねがいします|お願いします|でした|ですか|です|ます|だよ|だね|ね|よ|な)$"
)


def squash(text: str) -> str:
    """Text without width, case, kana script, spaces, marks and emoji: 「ﾒﾆｭｰ！」 and 「めにゅー」 become the same."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    hiragana = "".join(chr(ord(c) - 0x60) if "ァ" <= c <= "ヶ" else c for c in folded)
    letters = "".join(c for c in hiragana if unicodedata.category(c)[0] not in "SC" or c in "+#")
    return _DROPPED.sub("", letters)


def _set(words: str) -> frozenset[str]:
    return frozenset(squash(word) for word in words.split())


_WHOLE: Mapping[Intent, frozenset[str]] = {
    "greeting": _set(
        """
        こんにちは こんにちわ こんちは こんちわ こんばんは こんばんわ おはよう おはよ おはようございます
        はじめまして もしもし やあ どうも ハロー はろー ヘイ hello hi hey 你好 안녕하세요 xinchào スタート
        start はじめる まいど こんにちはー ちわ ちーす お世話になります お世話になっております すみません
        すいません あのー
        おはようさん おつかれさま おつかれ お疲れさま お疲れ様 元気 げんき お元気 よろしく よろしくお願いします どもども
        ども goodmorning goodafternoon goodevening hithere hellothere
        """
    ),
    "thanks": _set(
        """
        ありがとう ありがと ありがとー ありがとうございます ありがとうございました あざす あざっす サンキュー
        さんきゅ thankyou thanks 感謝 感謝します 助かった 助かりました 助かります たすかった たすかりました
        おおきに 了解 了解です りょうかい わかりました 分かりました わかった 分かった なるほど ok おっけー
        オッケー 解決しました 解決した 谢谢 감사합니다 cảmơn どうもありがとう どうもありがとうございます
        どうもありがとうございました とても助かりました 大変助かりました
        ありがとさん 助かったありがとう わかりましたありがとうございます 分かりましたありがとうございます
        ありがとう助かりました ありがとうございます助かりました 了解しました りょ おk すごい すごいね いいね よかった
        良かった thankyouverymuch thankyousomuch thx 谢谢你 감사해요
        """
    ),
    "goodbye": _set(
        """
        さようなら さよなら バイバイ ばいばい じゃあね またね おやすみ おやすみなさい bye goodbye おわり 終わり
        終了
        また来る また来ます 失礼します byebye
        """
    ),
    "who": _set(
        """
        あなたは誰 だれ 誰 あなたは誰ですか 君は誰 名前は 名前 あなたの名前は ロボット bot ボット aiですか ai
        人間 人間ですか 機械ですか 何者 なにもの 自己紹介 自己紹介して
        お前誰 おまえだれ aiなの 人ですか ロボットですか
        """
    ),
    "help": _set(
        """
        ヘルプ help 使い方 つかいかた 使い方がわからない 何ができる 何ができるの なにができる 何ができますか
        何が聞ける どう使うの
        使い方教えて 使い方を教えて やり方がわからない
        """
    ),
    "menu": _set(
        """
        メニュー めにゅう menu 目次 一覧 分野 分野から選ぶ カテゴリ カテゴリー トップ 最初から はじめに戻る
        最初に戻る 戻る もどる
        最初に戻って メニュー見せて トップに戻る やり直し やり直す やりなおす
        """
    ),
    "person": _set(
        """
        人に聞く 人と話したい 人と話す 人間と話したい 人につないで 人間につないで 職員 職員に聞く 職員と話したい
        職員につないで 担当者 担当者につないで オペレーター オペレータ 電話したい 電話で聞きたい 直接聞きたい
        直接話したい どれもちがう どれも違う どれでもない 全部違う 該当なし 問い合わせ 問合せ 問い合わせたい
        相談員 係の人 係の人と話したい 役所の人と話したい 人に相談したい human operator staff
        人間と話せる 人と話せる 電話で話したい 担当の人 担当の人につないで オペレーターにつないで
        """
    ),
    "wrong": _set(
        """
        ちがう 違う ちがった 違った ちがいます 違います そうじゃない それじゃない 間違ってる まちがってる
        聞きたいことと違う
        """
    ),
    "cancel": _set(
        """
        やめる やめます キャンセル 取り消し 取消 中止 cancel いいえ いや いらない 不要 やっぱりいい なんでもない
        何でもない 間違えた
        もういい もういいです 結構 結構です いらん ううん
        """
    ),
    "erase": _set(
        """
        消して 履歴を消して 履歴削除 履歴を削除 データを消して 全部消して 全て消して すべて消して 記録を消して
        会話を消して 私の情報を消して 個人情報を消して 忘れて 削除して
        """
    ),
    "easy": _set(
        """
        やさしい日本語 やさしいにほんご 優しい日本語 易しい日本語 にほんごわかりません 日本語わかりません
        日本語が分かりません ふりがな やさしい日本語にして やさしい日本語で やさしい easyjapanese
        """
    ),
    "plain": _set(
        """
        ふつうの日本語 普通の日本語 にほんご 日本語 普通の日本語にして 日本語で japanese
        """
    ),
    "yes": _set(
        """
        はい うん ええ yes そうです そう お願いします おねがいします
        """
    ),
    "abuse": _set(
        """
        ばか バカ 馬鹿 あほ アホ 阿呆 くそ クソ 糞 死ね しね うざい うざ きもい 使えない つかえない 使えねえ
        役立たず やくたたず ふざけるな ふざけんな ぼけ ボケ カス かす ゴミ野郎 税金泥棒 無能 ポンコツ ぽんこつ
        だまれ 黙れ 消えろ くたばれ むかつく ムカつく いい加減にしろ 話にならない 腹立つ fuck shit stupid
        役に立たない 使い物にならない 全然だめ 全然ダメ 意味ない 意味がない クソボット くそぼっと バカ野郎
        馬鹿野郎 ばかやろう しんでください
        ばーかばーか バカじゃないの ばかじゃないの バカか アホか きも きもいんだよ うるせえ うるせー クソが くそが
        くそつまんない つまんねえ 何様 何様のつもり ふざけてんのか なめてんのか なめんな 嘘つき うそつき ボケナス
        つかえねー ポンコツai このポンコツai 頭悪い 頭悪すぎ 無能すぎ 話が通じない 日本語通じない 意味わからん 意味不明
        わけわからん 返事しろ 無視するな 無視すんな 税金の無駄 税金返せ 税金泥棒ども 役人はくず damn fuckyou
        idiot shutup youarestupid
        """
    ),
}
_BY_TEXT = {word: intent for intent, words in _WHOLE.items() for word in words}
_ORDER = re.compile(r"(?:no|№)?(\d{1,2})(?:番|ばん|番目|つめ|つ目|を選ぶ|をえらぶ)?(?:です|で|だ)?")
_WORD_NUMBERS = {"いち": 1, "に": 2, "さん": 3, "よん": 4, "ご": 5, "ろく": 6, "なな": 7, "はち": 8, "きゅう": 9} | {
    kanji: number for number, kanji in enumerate("一二三四五六七八九", start=1)
}


def recognise(text: str) -> Intent:
    """What a whole message means when it is not a question, else "".

    >>> recognise("ありがとうございました！！"), recognise("ﾒﾆｭｰ"), recognise("住民票")
    ('thanks', 'menu', '')
    """
    whole = squash(text)
    return _BY_TEXT.get(whole) or _BY_TEXT.get(_ENDINGS.sub("", whole), "")


def chosen_number(text: str) -> int | None:
    """The number when the whole message is one (「２」「2番」「②」「に」), else None."""
    whole = squash(text)
    if whole in _WORD_NUMBERS:
        return _WORD_NUMBERS[whole]
    match = _ORDER.fullmatch(whole)
    return int(match.group(1)) if match else None
