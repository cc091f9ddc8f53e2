"""Recognises what is not a question: a greeting, thanks, a swear word, a command, a bare number.

Whole sentences only, so that 「ありがとう」 is thanks and 「ありがとうの手紙を市長に送りたい」 stays a question.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Literal

from bot.spelling import RECENT, squash, without_readings
from bot.too_many import too_many_notices
from bot.wants_person import wants_person

__all__ = ["Intent", "chosen_number", "recognise", "squash"]

Intent = Literal[
    "",
    "greeting",
    "opening",
    "thanks",
    "goodbye",
    "who",
    "help",
    "abuse",
    "menu",
    "person",
    "wrong",
    "useful",
    "useless",
    "confused",
    "cancel",
    "erase",
    "easy",
    "plain",
    "wishes",
    "wish_stop",
    "wish_less",
    "yes",
    "no",
]

_ENDINGS = (
    "でございます",
    "でござる",
    "ございます",
    "ございました",
    "ください",
    "下さい",
    "おねがいします",
    "お願いします",
    "でした",
    "ですか",
    "です",
    "ます",
    "だよ",
    "だね",
    "ねえ",
    "ねぇ",
    "のう",
    "ね",
    "よ",
    "な",
)
_OPENINGS = re.compile(
    r"^(?:すみません|すいません|あのう?|えっと|ちょっと|少し|もしもし|こんにちは|こんばんは|おはようございます|はい|どうも|"
    r"本当に|ほんとうに|ほんまに|とても|いろいろ|色々|わかりました|分かりました|なるほど|だから|もう)+"
)


def _set(words: str) -> frozenset[str]:
    return frozenset(squash(word) for word in words.split())


_WHOLE: Mapping[Intent, frozenset[str]] = {
    "greeting": _set(
        """
        こんにちは こんにちわ こんちは こんちわ こんばんは こんばんわ おはよう おはよ おはようございます はじめまして
        もしもし おーい やあ どうも ハロー はろー ヘイ hello hi hey 你好 안녕하세요 xinchào スタート start はじめる
        まいど こんにちはー ちわ ちーす お世話になります お世話になっております すみません すいません あのー
        おはようさん おつかれさま おつかれ お疲れさま お疲れ様 元気 げんき お元気 よろしく よろしくお願いします
        どもども ども olá ola bomdia boatarde boanoite chào 您好 早上好 안녕 olábomdia olabomdia goodmorning
        goodafternoon goodevening hithere hellothere
        """
    ),
    "opening": _set(
        """
        聞きたい 聞きたいこと 聞きたいことがある 聞きたいことがあります 聞きたいことがあって 聞きたいんですけど
        聞きたいんですが 聞きたいのですが 聞いてもいい 聞いていい 質問 質問がある 質問があります 質問いい
        質問してもいい 質問したい おたずねします お尋ねします おたずねしたい お聞きします お聞きしたい 教えて
        教えてほしい 教えてほしいことがあります 教えてもらえますか 相談があります 困ってます 困っています こまってます
        わからないことがあります 分からないことがあります ihaveaquestion question canihelp
        """
    ),
    "thanks": _set(
        """
        ありがとう ありがと ありがとー ありがとうございます ありがとうございました あざす あざっす サンキュー さんきゅ
        thankyou thanks 感謝 感謝します 助かった 助かりました 助かります たすかった たすかりました おおきに 了解
        了解です りょうかい わかりました 分かりました わかった 分かった なるほど ok おっけー オッケー 谢谢 감사합니다
        cảmơn どうもありがとう どうもありがとうございます どうもありがとうございました とても助かりました
        大変助かりました ありがとさん 助かったありがとう わかりましたありがとうございます
        分かりましたありがとうございます ありがとう助かりました ありがとうございます助かりました 了解しました りょ おk
        すごい すごいね いいね よかった 良かった thankyouverymuch thankyousomuch thx 谢谢你 감사해요 有難う ありがたい
        ありがたいです 感謝です いつもありがとう いつもありがとうございます 助かってます いつもありがとう助かってます
        いつも助かってます おおきにな だんだん めっちゃ助かった 親切に 感謝いたします obrigado obrigada muitoobrigado
        muitoobrigada cámơn xincảmơn 多谢 謝謝
        """
    ),
    "goodbye": _set(
        """
        さようなら さよなら バイバイ ばいばい じゃあね またね おやすみ おやすみなさい bye goodbye おわり 終わり 終了
        また来る また来ます 失礼します byebye
        """
    ),
    "who": _set(
        """
        あなたは誰 だれ 誰 あなたは誰ですか 君は誰 名前は 名前 あなたの名前は ロボット bot ボット aiですか ai 人間
        人間ですか 機械ですか 何者 なにもの 自己紹介 自己紹介して お前誰 おまえだれ aiなの 人ですか ロボットですか
        """
    ),
    "help": _set(
        """
        ヘルプ help 使い方 つかいかた 使い方がわからない 何ができる 何ができるの なにができる 何ができますか
        何が聞ける どう使うの 使い方教えて 使い方を教えて やり方がわからない
        """
    ),
    "menu": _set(
        """
        メニュー 菜单 메뉴 cardápio danhmục めにゅう menu 目次 一覧 分野 分野から選ぶ カテゴリ カテゴリー トップ
        最初から はじめに戻る 最初に戻る 戻る もどる 最初に戻って メニュー見せて トップに戻る 続きを見る やり直し
        やり直す やりなおす
        """
    ),
    "person": _set(
        """
        人に聞く 人と話したい 人と話す 人間と話したい 人につないで 人間につないで 職員 職員に聞く 職員と話したい
        職員につないで 担当者 担当者につないで オペレーター オペレータ 直接聞きたい 直接話したい どれもちがう
        どれも違う どれでもない 全部違う 該当なし 問い合わせ 問合せ 問い合わせたい 相談員 係の人 係の人と話したい
        役所の人と話したい 人に相談したい human operator staff person realperson talktoaperson talktoahuman
        talktosomeone speaktosomeone 人出せ 人を出せ 人間出せ 人間を出せ 人出して 人間出して 人間を出して 担当出せ
        担当者出せ 担当者を出せ 責任者出せ 責任者を出せ 責任者 上司を出せ 職員出せ 職員を出して 電話して 電話ください
        電話してください 電話をください ひとにきく 話せる人 人がいい 人間がいい 人と 職員さん 人間と話せる 人と話せる
        電話で話したい 担当の人 担当の人につないで オペレーターにつないで
        """
    ),
    "wrong": _set(
        """
        ちがう 違う ちがった 違った ちがいます 違います そうじゃない それじゃない 間違ってる まちがってる
        聞きたいことと違う
        """
    ),
    "useful": _set(
        """
        役に立った 役に立ちました 役にたった 役にたちました 役立った 役立ちました やくにたった やくにたちました
        参考になった 参考になりました 解決 解決した 解決しました 解決です できました わかりやすい わかりやすかった
        分かりやすかった
        """
    ),
    "useless": _set(
        """
        役に立たない 役に立ちません 役に立たなかった 役に立ちませんでした 役立たない 参考にならない 参考にならなかった
        意味ない 意味がない 全然だめ 全然ダメ だめ ダメ 使い物にならない 解決しない 解決してない 解決していない
        解決しません 解決しませんでした 載ってない 書いてない のってない かいてない
        """
    ),
    "confused": _set(
        """
        わからない 分からない わかんない わからん 分からん わかりません 分かりません よくわからない よく分からない
        よくわかりません よく分かりません 全然わからない 意味わからん 意味不明 意味がわからない 意味が分からない
        わけわからん 難しい むずかしい 難しすぎる むずい どれ どっち どれがいい どういう意味 どういうこと どゆこと は
        え なに 何 どうすればいい どうしたらいい idontunderstand notclear
        """
    ),
    "cancel": _set(
        """
        やめる やめます キャンセル 取り消し 取消 中止 cancel いらない 不要 やっぱりいい なんでもない 何でもない
        間違えた もういい もういいです 結構 結構です 大丈夫 だいじょうぶ いらん
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
    "wishes": _set(
        """
        お知らせの設定 お知らせ設定 おしらせの設定 おしらせのせってい お知らせ おしらせ お知らせを選ぶ おしらせをえらぶ
        お知らせを変える お知らせの変更 お知らせを変えたい お知らせがほしい お知らせを受け取りたい お知らせを受け取る
        お知らせ配信 配信設定 配信の設定 受信設定 通知設定 通知の設定 プッシュ通知 お知らせを見る
        お知らせの設定を変えたい お知らせの登録 お知らせ登録 お知らせを再開 お知らせを再開して お知らせの設定にもどる
        """
    ),
    "wish_stop": _set(
        """
        お知らせを止めて お知らせを止める お知らせを止めたい お知らせをとめて おしらせをとめて おしらせを止めて
        お知らせ止めて お知らせいらない お知らせはいらない お知らせをやめて お知らせをやめる お知らせ停止
        お知らせの停止 お知らせを停止して 配信停止 配信を止めて 配信停止して 配信を停止して 通知を止めて 通知を止める
        通知オフ 通知をオフ 通知いらない 通知はいらない 通知停止 通知を停止して お知らせを送らないで
        おしらせいらない
        """
    ),
    "yes": _set(
        """
        はい うん ええ yes そうです そう お願いします おねがいします
        """
    ),
    "no": _set(
        """
        いいえ いや ううん いえ いいや no nope ノー
        """
    ),
    "abuse": _set(
        """
        ばか バカ 馬鹿 あほ アホ 阿呆 くそ クソ 糞 死ね しね うざい うざ きもい 使えない つかえない 使えねえ 役立たず
        やくたたず ふざけるな ふざけんな ぼけ ボケ カス かす ゴミ野郎 税金泥棒 無能 ポンコツ ぽんこつ だまれ 黙れ
        消えろ くたばれ むかつく ムカつく いい加減にしろ 話にならない 腹立つ fuck shit stupid 何回言わせるの
        何回言わせるんだ 何回言わせるんだよ 何度言わせるんだ 何度も言わせるな 使えねえな 使えないな クソボット
        クソ役所 くそ役所 バカ役所 クソ行政 早くしろ はやくしろ 遅すぎ クビにしろ くそぼっと バカ野郎 馬鹿野郎
        ばかやろう しんでください ばーかばーか バカじゃないの ばかじゃないの バカか アホか きも きもいんだよ うるせえ
        うるせー クソが くそが くそつまんない つまんねえ 何様 何様のつもり ふざけてんのか なめてんのか なめんな 嘘つき
        うそつき ボケナス つかえねー ポンコツai このポンコツai 頭悪い 頭悪すぎ 無能すぎ 話が通じない 日本語通じない
        返事しろ 無視するな 無視すんな 税金の無駄 税金返せ 税金泥棒ども 役人はくず damn fuckyou idiot shutup
        youarestupid
        """
    ),
}
_ABUSIVE = re.compile(
    r"(?:もう|まじで?|ほんとに?|本当に|ほんま|全然|お前ら?|おまえら?|あんたら?|てめえ|この|ここの|こいつ|市役所|役所|役人|職員|公務員|"
    r"ぼっと|ai|は|が|の|って|ども)*"
    r"(?:ふざけん(?:な|じゃ)|ふざけるな|ふざけて|税金(?:泥棒|どろぼう|返せ|の無駄)|役にたた(?:ね|ん|ない)|役に立た(?:ね|ん|ない)|役立た[ねんず]|"
    r"使え(?:ね|ん|ない)|つかえ(?:ね|ん|ない)|ばか|馬鹿|あほ|阿呆|くそ|糞|死ね(?!ば)|無能|ぽんこつ|うざ|むかつ|なめ(?:て|ん)|舐め(?:て|ん)|"
    r"(?:同じこと|何[度回]も?|を)*(?:言|い)わせ(?:ん|る|ない)|話が?通じ(?:ね|ん|ない)|話にな(?:ら|ん)|いい加減にし|頭悪|くたばれ|仕事しろ)"
    r"[あうえおかがくさしじすぜぞたてだでとなにねのはまもやよらるれろわをんぇゃっいきけど]{0,8}"
)
"""Anger, in any ending: 「ふざけんなよマジで」. Not with a thing in it: 「カードが使えない」「犬のくそ」."""

_NEW_YEAR = re.compile(
    r"(?:新年)?(?:あけ|明け)(?:まして)?お(?:め|めでとう).{0,20}|めりくり|めりーくりすます|(?:送信)?てすと(?:です|送信)?|test"
)
_INTRODUCED = re.compile(r".{0,40}(?:と申し|ともうし)ます")
_BY_TEXT = {word: intent for intent, words in _WHOLE.items() for word in words}
_ORDER = re.compile(
    r"(?:no|№|上から)?(?:(\d{1,2})|([一二三四五六七八九](?=[番つ])))(?:番目|番|ばんめ|ばん|つめ|つ目)?(?:のやつ|のもの|の)?"
    r"(?:を選ぶ|をえらぶ|を?教えて|をおしえて|が知りたい|を?見たい|にします|にする|について(?:教えて)?|がいい|を|で|は)?"
    r"(?:お願いします|おねがいします|お願い|おねがい|たのむ|頼む|ください|です|だ)?"
)
_TOP = frozenset(
    {"一番上", "いちばん上", "いちばんうえ", "一番うえ", "最初の", "最初のやつ", "さいしょの", "上の", "上のやつ"}
)
_SEVERAL = re.compile(r"\d{1,2}番?(?:(?:と|か|も)\d{1,2}番?)+")
_WORD_NUMBERS = {"いち": 1, "に": 2, "さん": 3, "よん": 4, "ご": 5, "ろく": 6, "なな": 7, "はち": 8, "きゅう": 9} | {
    kanji: number for number, kanji in enumerate("一二三四五六七八九", start=1)
}


@lru_cache(maxsize=RECENT)
def recognise(text: str) -> Intent:
    """What a whole message means when it is not a question, else "".

    >>> recognise("ありがとうございました！！"), recognise("ﾒﾆｭｰ"), recognise("住民票")
    ('thanks', 'menu', '')
    """
    whole = squash(text)
    shorter = _OPENINGS.sub("", whole)
    unread = squash(without_readings(text))
    spellings = (form for text in dict.fromkeys((whole, unread, shorter)) for form in (text, _unended(text)) if form)
    known: Intent = next((_BY_TEXT[form] for form in spellings if form in _BY_TEXT), "")
    if known:
        return known
    if wants_person(whole) or wants_person(shorter):
        return "person"
    if _ABUSIVE.fullmatch(whole):
        return "abuse"
    if _NEW_YEAR.fullmatch(whole):
        return "greeting"
    if _INTRODUCED.fullmatch(whole):
        return "opening"
    return "wish_less" if too_many_notices(text) else ""


def _unended(words: str) -> str:
    """Without the longest polite ending."""
    if not words.endswith(_ENDINGS):
        return words
    return words.removesuffix(max(filter(words.endswith, _ENDINGS), key=len))


def chosen_number(text: str) -> int | None:
    """The number when the whole message is one (「２」「2番でお願いします」「②」「に」「一番上」), else None.

    0 when it is two (「1と3」).
    """
    whole = squash(text)
    if _SEVERAL.fullmatch(whole):
        return 0
    if whole in _WORD_NUMBERS:
        return _WORD_NUMBERS[whole]
    if _unended(whole) in _TOP:
        return 1
    match = _ORDER.fullmatch(whole)
    return int(match[1]) if match and match[1] else _WORD_NUMBERS[match[2]] if match else None
