"""What a whole message says about notices: 「ごみのお知らせを止めて」「通知を切りたい」「夜は通知しないで」.

Whole sentences only, and only such as name a notice: 「ごみの通知書が届かない」 stays a question. Pure.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from bot.spelling import squash, without_readings
from faq.city_notices import Notices

LONGEST: Final = 40
"""Letters. Whoever writes more than that says more than that."""

_WHAT = (
    r"(?:(?:お知らせ|おしらせ|御知らせ|通知|つうち|ぷっしゅ通知|配信|はいしん|めっせじ)(?:の?(?:配信|通知|めっせじ))?)"
)
_NAMED = r"(?:を|は|が|も|って)?"
_ALL = r"(?:すべて|全て|全部|ぜんぶ|もう|一切|いっさい|まったく|しばらく)*"
_END = (
    r"(?:ほしい|欲しい|もらえ(?:ます|ません|る)|もらいたい|ください|下さい|くれ|お?願いします|おねがいします|んです|のです"
    r"|です|ます|ません|だ|な|よ|ね|の|ん|か|が|けど|けれど|と思います)*"
)
_STOP = (
    r"(?:(?:止め|とめ|やめ|辞め)(?:て|たい|る|ます|させて)"
    r"|(?:停止|解除|すとっぷ|おふ|中止)(?:に?(?:して|したい|します|する))?|(?:切|き)(?:って|りたい|る)"
    r"|(?:いら|要ら)(?:ない|ん)|(?:いり|要り)ません|不要|必要(?:ない|ありません|なし)|結構|けっこう"
    r"|(?:送ら|おくら|届け|流さ)ないで)"
)
_WANTED = (
    r"(?:ほしい|欲しい|(?:受け?取|うけと)(?:りたい|る|れ(?:ます|る))|(?:届|とど)けて|もらいたい|送って"
    r"|登録(?:し(?:たい|ます|て))?|始め(?:て|たい)|再開(?:し(?:て|たい))?|ください|下さい)"
)
_NIGHT = (
    r"(?:夜|夜中|夜間|深夜|早朝|朝早く|朝|昼間?|仕事中|寝てい?る(?:間|時|とき)|よる|よなか)(?:に|は|には|の|だけ|間)*"
)
_ERASED = r"(?:消し(?:て|たい)|消す|けして|(?:削除|消去|りせっと)(?:し(?:て|たい)|する)?)"
_SETTINGS = r"(?:の?(?:受信)?(?:設定|せってい|登録))"
_TONGUE = r"(?:英語|えいご|やさしい日本語|中国語|韓国語|べとなむ語|ぽるとがる語|外国語)"
_FROM = r"(?:(?:市|町|村|役所|市役所|役場|この|らいん|line)(?:から)?の?)"
_AGAIN = r"(?:もう一?度|もういちど|もう一回|もういっかい|また|再び|ふたたび)"
_MISSED = (
    r"(?:全然|ぜんぜん|まったく)?"
    r"(?:(?:来|き|こ|届か|とどか|届いてい?)(?:ない|なくなった|なくなりました|ません)|届きません|とどきません)"
)

_WHOLE: Final = tuple(
    (re.compile(pattern), value)
    for pattern, value in (
        (rf"{_WHAT}{_SETTINGS}(?:を|は)?{_ALL}{_ERASED}{_END}", "forget"),
        (rf"(?:{_WHAT}の)?設定を?(?:書き出(?:す|し(?:て|たい)?)|だうんろど(?:し(?:て|たい)|する)?){_END}", "export"),
        (
            rf"{_NIGHT}{_WHAT}{_NAMED}(?:しないで|鳴らさないで|ならさないで|来ないように(?:して|したい)?|{_STOP}){_END}",
            "quiets",
        ),
        (rf"{_NIGHT}(?:{_WHAT}を)?(?:送ら|おくら)ないで{_END}", "quiets"),
        (rf"{_WHAT}の(?:地域|地区|住所)を?(?:変え|かえ)(?:て|たい|る){_END}", "areas"),
        (rf"{_WHAT}を?{_TONGUE}(?:で|に)(?:して|したい|読みたい|{_WANTED}){_END}", "languages"),
        (rf"{_TONGUE}(?:で|の)?{_WHAT}(?:を|が)?(?:読みたい|{_WANTED}){_END}", "languages"),
        (rf"{_FROM}?{_ALL}の?{_WHAT}{_NAMED}{_ALL}{_STOP}{_END}", "stop"),
        (rf"{_FROM}(?:連絡|れんらく){_NAMED}{_ALL}{_STOP}{_END}", "stop"),
        (rf"{_FROM}?{_WHAT}(?:を|が)?{_AGAIN}{_WANTED}{_END}", "start"),
        (rf"{_FROM}?{_WHAT}の?を?再開(?:し(?:て|たい)|する)?{_END}", "start"),
        # Whoever misses them looks at what they have chosen. Of 「通知」 there are many on paper.
        (rf"{_FROM}?(?:お知らせ|おしらせ|配信)(?:が|は|も)?{_MISSED}{_END}", "settings"),
    )
)

_ABOUT_NOTICES: Final = re.compile(rf"{_WHAT}|設定|連絡|れんらく|送らないで|おくらないで")
"""A word that each of these sentences says. Nearly every other message is told from them by this alone."""


def wish_in_words(text: str, notices: Notices) -> str | None:
    """What it means as a button of the settings (`topic:gomi:off`); None where it is something else."""
    if not notices.topics or len(text) > LONGEST:
        return None
    forms = [form for form in {squash(text), squash(without_readings(text))} if _ABOUT_NOTICES.search(form)]
    if not forms:
        return None
    names = tuple((squash(name), topic.id) for topic in notices.topics for name in (topic.title, *_parts(topic.title)))
    return next(filter(None, (_topic(form, names) or _meant(form) for form in forms)), None)


def _parts(title: str) -> list[str]:
    return re.split("[・と]", title)


def _meant(form: str) -> str | None:
    return next((value for pattern, value in _WHOLE if pattern.fullmatch(form)), None)


def _topic(form: str, names: tuple[tuple[str, str], ...]) -> str | None:
    stops, wants = _patterns(tuple(sorted({name for name, _ in names if name}, key=lambda name: (-len(name), name))))
    if match := stops.fullmatch(form):
        return f"topic:{dict(reversed(names))[match['topic']]}:off"
    if match := wants.fullmatch(form):
        return f"topics:{dict(reversed(names))[match['topic']]}"
    return None


@lru_cache(maxsize=64)
def _patterns(names: tuple[str, ...]) -> tuple[re.Pattern[str], re.Pattern[str]]:
    topic = rf"(?P<topic>{'|'.join(map(re.escape, names))})(?:の日|関係|について)?の?{_WHAT}"
    return re.compile(rf"{topic}{_NAMED}{_ALL}{_STOP}{_END}"), re.compile(rf"{topic}(?:を|が|も)?{_WANTED}{_END}")
