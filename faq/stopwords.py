"""Words of asking and of politeness that say nothing about the topic, in the forms `faq.text` makes (kana folded).

They are general Japanese; no city's name belongs here (`own_names` in city.yaml is for that). What is asked with them
(いつ, いくら, どこ …) is read separately by `faq.asking`.
"""

from __future__ import annotations

from typing import Final

_ASKING: Final = """
いつ 何時 どこ 何処 どちら どれ どの どんな どう どなた 誰 だれ 何 なに なん 何故 なぜ どうして いくら 幾ら
いくつ 幾つ 如何 いかが
幾 くらい 位 ほど 程 教える 知る 聞く 伺う 尋ねる 質問 問い合わせ 問い合わせる 分かる 判る 調べる 困る 悩む
"""
_POLITE: Final = """
為る 致す 下さる ください 頂く いただく 貰う 願う お願い 御 ご お 様 さま さん 宜しい 良い 欲しい 思う 考える
言う 云う 申す 御座る
ます です ござる 済む すみません 有り難い こんにちは
"""
_GENERAL: Final = """
有る 居る 成る 出来る 行く 来る 遣る 遣り 見る 置く 仕舞う 呉れる 上げる 付く 就く つく 取る 於く おく 因る よる
関する 対する 就いて
事 こと 物 もの 者 時 所 ところ 為 ため 訳 わけ 筈 はず 方 方法 場合 様 よう 風 ふう 的 等 など 他 ほか 其の
その それ これ 此れ 此の この
あの あれ そこ ここ 此処 其処 私 わたし 僕 俺 自分 今 今回 今度 少し とても 凄い もう まだ 又 また 迄 まで 可能
必要 詳しい 具体 内容
年 月 日 人 件 以下 下記 上記 次 次の 及び 並び 又は 以上 以外 達 たち ない 無い 無し ば 度 たい せる れる
られる みたい 感じ 多分 多い
"""
STOP_WORDS: Final = frozenset((_ASKING + _POLITE + _GENERAL).split())
