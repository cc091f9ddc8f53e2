"""「電話番号は？」「いくら？」「もっと詳しく」: a short question about the answer that was given last.

Pure: recognises such a question by the whole message, and finds the lines of an answer that speak of it. What the city
says is put together in `bot.about_answer`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Final, Literal

from bot.spelling import RECENT, squash

Aspect = Literal["phone", "hours", "place", "cost", "deadline", "bring", "more", "others", "again"]

_WORDS: Final[Mapping[Aspect, str]] = {
    "phone": """
        電話 電話番号 でんわ でんわばんごう 番号 tel 連絡先 れんらくさき 問い合わせ先 問合せ先 問い合わせ先電話番号
        電話したい 電話で聞きたい 電話できる どこに電話 どこに電話すればいい どこに電話したらいい どこに電話したらええ
        どこに連絡すればいい どこに聞けばいい どこに問い合わせればいい 何番 何番に電話 phone phonenumber telephone
        telephonenumber 电话 电话号码 電話号碼 전화번호 sốđiệnthoại telefone
        """,
    "hours": """
        時間 じかん 何時 なんじ 何時まで なんじまで 何時から なんじから 何時から何時まで 何時まで開いてる
        何時まで開いている 何時まで開いて 何時までやってる 何時までやっている 何時までやって 何時に開く 何時に閉まる
        何時に行けばいい 受付時間 営業時間 開庁時間 開いてる時間 開いている時間 利用時間 開館時間 今開いてる
        今日開いてる 今日やってる 今やってる 休み 休みの日 定休日 土日 土曜 土曜日 日曜 日曜日 土日も 土日もやってる
        土日もやって 土日やってる 土日やって 土曜やってる 土曜日もやってる 土曜日やってる 日曜やってる
        日曜日もやってる 日曜日やってる 祝日 祝日も 祝日やってる 夜も 夜もやってる 夜でもいい 平日だけ openinghours
        whattime
        """,
    "place": """
        場所 ばしょ どこ 何処 どこにある どこに持っていく どこへ持っていく どこで売ってる どこで買える どこで払える
        どこにあります どこでできます どこで出します どこへ行けばいい どこに行けばいい どこいけばいい
        どこに行ったらいい どこ行けばいい どこでできる どこでやってる どこでもらえる どこで出す どこに出す
        どこに出せばいい どこで申し込む 窓口 窓口どこ どこの窓口 何階 なんかい 住所 地図 行き方 アクセス 会場 where
        在哪里 哪里 어디 ởđâu onde
        """,
    "cost": """
        いくら いくらかかる お金かかる かかる おいくら 値段 ねだん 料金 りょうきん 費用 ひよう 手数料 お金 おかね
        お金かかります お金いる お金いります 無料 ただ タダ 有料 なんぼ なんぼかかる なんぼする いくらする いくらいる
        何円 代金 金額 howmuch cost price fee 多少钱 얼마 baonhiêutiền quanto quantocusta
        """,
    "deadline": """
        いつまで 何日まで 何日前 何日前まで いつもらえる いつ出せばいい 期限 きげん 締切 締め切り しめきり 期間 期日
        いつから いつ 何日以内 いつまでに いつまでに出す いつまでにすればいい いつまでにやればいい いつ行けばいい
        いつすればいい when deadline
        """,
    "bring": """
        持ち物 もちもの 必要なもの 必要な物 ひつようなもの 必要書類 書類 何がいる なにがいる 何がいります 何が必要
        なにが必要 何を持っていく 何持ってく 何を持っていけばいい 何持っていけばいい 何持っていく なに持ってく
        何もってく 必要なものは何 いるもの 用意するもの 準備するもの whattobring whatdoineed
        """,
    "more": """
        もっと詳しく もっとくわしく 詳しく くわしく 詳細 もっと もっと知りたい もっと詳しく知りたい 続き つづき
        具体的に ホームページ url リンク サイト hp moredetails more tellmemore
        """,
    "others": """
        ほか ほかに ほかには 他 他に 他には その他 他の案内 ほかの案内 他のは ほかのは 他にある ほかにある 別の
        別の案内 他に何かある ほかに何かある 関連 anythingelse other others
        """,
    "again": """
        それ これ さっきの さっきのやつ もう一度 もういちど もう一回 もう1回 もう一度見せて もう一回見せて
        もう一度言って さっきの案内 again
        """,
}
_BY_WORDS: Final = {squash(word): aspect for aspect, words in _WORDS.items() for word in words.split()}
_BEFORE = re.compile(
    r"^(?:それと|それから|それで|それは|それって|そこの|そこは|その|これは|これって|この|じゃあ|じゃ|では|で|あと|ちなみに|えっと|あの|"
    r"すみません|すいません|ところで|担当の?|課の|お(?=電話|値段)|"
    r"(?:場所|時間|料金|費用|値段|手数料|期限|窓口|受付|手続き?)は?(?=どこ|いつ|いくら|何|なん|場所|時間|期限))"
)
_AFTER = re.compile(
    r"(?:教えて|おしえて|知りたい|しりたい|聞きたい|ください|下さい|ほしい|ですか|でしょうか|ます|わかりますか|分かりますか|"
    r"です|なの|なん|かな|かしら|ねん|のん|は|って|の|ん|か|を|が|も|ね|よ)$"
)

_SPEAKS_OF: Final[Mapping[str, re.Pattern[str]]] = {
    "cost": re.compile(r"円|無料|費用|料金|手数料|かかりません|お金|おかね"),
    "hours": re.compile(r"\d{1,2}[:：]\d{2}|\d{1,2}時|午前|午後|曜|休み|休館|開館|時間外"),
    "deadline": re.compile(r"以内|まで|期限|締切|締め切り|\d月|前日|から受け付け|\d日"),
    "bring": re.compile(r"持ち物|必要なもの|必要な書類|いるもの|持って|もってくる|もっていく|持参"),
    "place": re.compile(r"■(?:場所|窓口|会場|住所|行き方|所在地|出す所|申込み?先|申し込み先)"),
}
_READING = re.compile(r"\([ぁ-んー ]+\)| ")


@lru_cache(maxsize=RECENT)
def recognise_followup(text: str) -> Aspect | None:
    """What a whole message asks about the answer before it, or None when it is a question of its own.

    >>> recognise_followup("電話番号は？"), recognise_followup("それっていくらですか"), recognise_followup("住民票")
    ('phone', 'cost', None)
    """
    words = squash(text)
    for stem in _stems(words):
        for start in (stem, *_stems_before(stem)):
            if start in _BY_WORDS:
                return _BY_WORDS[start]
    return None


def passages(body: str, aspect: Aspect) -> tuple[str, ...]:
    """The parts of an answer that speak of the aspect, word for word: a 「■」 section whole, else single lines."""
    speaks_of = _SPEAKS_OF.get(aspect)
    if speaks_of is None:
        return ()
    return tuple(part for section in _sections(body) for part in _speaking(section, speaks_of, aspect))


def _stems(words: str) -> Iterator[str]:
    """The words, and what is left without one ending after the other."""
    yield words
    while (shorter := _AFTER.sub("", words)) != words:
        yield (words := shorter)


def _stems_before(words: str) -> Iterator[str]:
    while (shorter := _BEFORE.sub("", words)) != words:
        yield (words := shorter)


def _sections(body: str) -> Iterator[list[str]]:
    """Paragraphs; a line that starts with 「■」 or ends with 「:」 begins a new one."""
    section: list[str] = []
    for line in body.strip().split("\n"):
        heads = line.startswith("■") or line.rstrip().endswith((":", "："))
        if section and (heads or not line.strip()):
            yield section
            section = []
        if line.strip():
            section.append(line)
    if section:
        yield section


def _speaking(section: list[str], speaks_of: re.Pattern[str], aspect: Aspect) -> Iterator[str]:
    """The section when its heading names the aspect, or the lines that do."""
    heading = _READING.sub("", section[0])
    if speaks_of.search(heading) and (heading.startswith("■") or heading.endswith((":", "："))):
        yield "\n".join(section)
        return
    for line in section:
        if speaks_of.search(_READING.sub("", line)):
            yield line
