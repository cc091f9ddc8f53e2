"""Recognises a cry for help before anything else is looked at.

Only phrases that a person in danger writes and that no question about a procedure contains. The sentences that answer
them are wording keys, reviewed by staff like every other text (`emergency_*`).
"""

from __future__ import annotations

import re
from typing import Literal

from bot.intents import squash

Emergency = Literal["", "suicide", "fire", "ambulance", "police", "child_abuse", "violence", "flood"]

_PATTERNS: tuple[tuple[Emergency, str], ...] = (
    (
        "suicide",
        r"死にたい|しにたい|死のうと|死にそうなくらいつらい|自殺した|自殺しよう|自殺する|消えてしまいたい|消えたい|きえたい|"
        r"生きていたくない|生きるのがつらい|生きてるのがつらい|もう生きられない|飛び降り(?:よう|たい|る)|首を?(?:吊|つ)(?:ろ|り|る)|リストカット",
    ),
    (
        "fire",
        r"(?:家|うち|隣|となり|部屋|台所|建物|アパート|マンション|山|車|ビル)(?:が|で|から)?(?:燃え|もえ|火事|火が出|火がで|煙が)|火事(?:だ|です|になった|発生)|"
        r"^(?:火事|かじ)$|火が(?:消えない|出た|出てる|出ている)|ガス(?:臭|くさ|漏れ|もれ)",
    ),
    (
        "ambulance",
        r"救急車(?:を?呼|よ|お願い|たのむ|きて|来て)|^救急車$|意識が?(?:ない|無い|なくな)|息(?:を)?し(?:て(?:い)?ない|てません)|"
        r"呼吸が?(?:ない|止ま)|心臓が?(?:止ま|痛)|血が止まら|倒れ(?:た|て(?:い)?る|ました)(?!木)|胸が(?:苦し|痛)|溺れ|おぼれ(?:た|て)|"
        r"けいれんが?(?:止ま|して)|薬を?(?:たくさん|大量に)(?:飲|のん)",
    ),
    (
        "police",
        r"殺され|ころされ(?:そう|る)|襲われ|おそわれ|刃物(?:を|で)|泥棒が(?:い|入って)|強盗|不審者が(?:い|家)|ストーカーが(?:い|来)|"
        r"(?:ひき逃げ|交通事故)(?:に|を)?(?:あ|遭|起こ|した)|^(?:警察|110)(?:呼んで)?$",
    ),
    (
        "child_abuse",
        r"(?:子ども|子供|こども|赤ちゃん)を?(?:叩|たた|殴|なぐ|蹴)(?:いて(?:しま|る|い)|ってしま|かれて|られて)|虐待(?:され|して(?:しま|い)|かも|を見|の音|している)|"
        r"(?:父|母|親|お父さん|お母さん|パパ|ママ)(?:に|から)(?:叩|たた|殴|なぐ|蹴)",
    ),
    (
        "violence",
        r"(?:夫|旦那|妻|彼氏|彼女|彼|主人|パートナー)(?:に|から|が)(?:(?:殴|なぐ)ら?|(?:叩|たた)かれ|蹴ら|暴力)|(?:dv|暴力)(?:を?受け|され|にあって|を振るわれ)|"
        r"(?:殴|なぐ)られ(?:て(?:い)?る|た|る)",
    ),
    (
        "flood",
        r"(?:水|川)(?:が|の水が)?(?:家|うち|部屋|床)?(?:に|まで|の中)?(?:入ってき|来てる|迫って|あふれ(?:て|た)|溢れ(?:て|た))|津波(?:が|だ|来)|"
        r"流され(?:る|そう|て)|閉じ込め|生き埋め|土砂(?:が|崩れ)(?:来|流|家|で|に|お)|逃げ(?:遅れ|られない)|(?:屋根|2階|二階)(?:に|で)(?:逃げ|取り残|孤立)|取り残され",
    ),
)
_COMPILED = tuple((kind, re.compile(squash_pattern)) for kind, squash_pattern in _PATTERNS)


def recognise_emergency(text: str) -> Emergency:
    """The kind of danger a message speaks of, or "".

    >>> recognise_emergency("もう死にたい"), recognise_emergency("死亡届の出し方")
    ('suicide', '')
    """
    folded = squash(text)
    return next((kind for kind, pattern in _COMPILED if pattern.search(folded)), "")
