"""Whether a message complains of what the city sends: 「お知らせが多すぎる」「通知がうるさい」「LINEがしつこい」.

Whole sentences only: 「給付金のお知らせが多い月」 is a question. Few words alone (「うるさい」) complain, too, when
they come out of the blue; what they are about, only the store can tell (`store.notice_complaints`).
"""

from __future__ import annotations

import re

from bot.spelling import squash, without_readings

_WHEN = (
    r"(?:(?:毎日|毎晩|最近|いつも|さいきん|まいにち|夜中?に?|朝から|朝早くから|この頃|このごろ|ちょっと|こんなに|また|もう"
    r"|(?:市|町|村|区|役所|市役所|役場|防災|災害|ごみ|いべんと)(?:から)?の|市からの|(?:らいん|line)の|そんなに)(?:、)?)*"
)
_WHAT = (
    r"(?:お知らせ|おしらせ|御知らせ|通知|つうち|配信|はいしん|らいん|line|めっせじ|ぷっしゅ通知)"
    r"(?:の(?:数|量|回数|音))?"
)
_HOW = (
    r"(?:が|は|も|を|って)?(?:とても|すごく|少し|すこし|ちょっと|あまりにも?|さすがに|本当に|ほんとに|毎日"
    r"|何度も|なんども|何回も|たくさん|いっぱい|(?:来|き|届き|とどき)すぎて?|(?:来|き)て|ばかり|ばっかり)*"
)
_TOO_MUCH = (
    r"(?:(?:多|おお)い|(?:多|おお)(?:すぎ|過ぎ)(?:る|て|ません)?|多くて|うるさい|うるさすぎる?|うるさくて|うざい"
    r"|うっとうしい|鬱陶しい|しつこい|しつこすぎる?|しつこくて|迷惑|めいわく|邪魔|じゃま"
    r"|(?:来|き|届き)すぎ(?:る|て)?|いらない|いりません|要らない|必要ない|少なくして"
    r"|減らし(?:て|たい)|減らせ(?:る|ない|ます|ません)?|へらして)"
)
_ENDING = (
    r"(?:困る|困ります|嫌|いや|眠れない|ねむれない|ほしい|欲しい|ください|下さい|くれ|もらえ(?:ます|ません|る)"
    r"|です|ます|だ|な|よ|ね|の|ん|わ|か|が|けど|けれど|ので)*"
)
LONGEST = 40
"""Letters. Whoever writes more than that says more than that."""

_COMPLAINS = re.compile(rf"{_WHEN}{_WHAT}{_HOW}{_TOO_MUCH}{_ENDING}")
_ALONE = re.compile(
    rf"{_WHEN}(?:うるさい|うざい|しつこい|迷惑|めいわく|多い|多すぎ(?:る)?|いらない|いらん|要らない"
    rf"|送(?:ら|って(?:こ|来))ないで|送ってくるな|送るな){_ENDING}"
)


def too_many_notices(text: str) -> bool:
    """Whether a whole message says that the city sends too much.

    >>> too_many_notices("お知らせが多すぎます！"), too_many_notices("となりの家がうるさい")
    (True, False)
    """
    return any(_COMPLAINS.fullmatch(form) for form in _forms(text))


def sounds_annoyed(text: str) -> bool:
    """Whether a whole message would be such a complaint if nothing but a notice went before it."""
    return any(_ALONE.fullmatch(form) for form in _forms(text))


def _forms(text: str) -> list[str]:
    return [form for form in {squash(text), squash(without_readings(text))} if len(form) <= LONGEST]
