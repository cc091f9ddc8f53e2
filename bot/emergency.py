"""Recognises a cry for help before anything else is looked at.

Only phrases that a person in danger writes and that no question about a procedure contains. The sentences that answer
them are wording keys, reviewed by staff like every other text (`emergency_*`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Literal

from bot.intents import squash

Emergency = Literal["", "suicide", "fire", "ambulance", "police", "child_abuse", "violence", "flood"]

_PATTERNS: Mapping[Emergency, tuple[str, ...]] = {
    "suicide": (
        r"死にたい",
        r"しにたい",
        r"死のうと",
        r"死にそうなくらいつらい",
        r"自殺した",
        r"自殺しよう",
        r"自殺する",
        r"消えてしまいたい",
        r"消えたい",
        r"きえたい",
        r"生きていたくない",
        r"生きるのがつらい",
        r"生きてるのがつらい",
        r"もう生きられない",
        r"飛び降り(?:よう|たい|る)",
        r"首を?(?:吊|つ)(?:ろ|り|る)",
        r"リストカット",
    ),
    "fire": (
        r"(?:家|うち|隣|となり|部屋|台所|建物|アパート|マンション|山|車|ビル)(?:が|で|から)?(?:燃えて|燃えた|もえて|もえた|火事|火が出|火がで|煙が)",
        r"火事(?:だ|です|になった|発生)",
        r"^(?:火事|かじ)$",
        r"火が(?:消えない|出た|出てる|出ている)",
        r"ガス(?:臭|くさ|漏れ|もれ)",
    ),
    "ambulance": (
        r"救急車(?:を?呼|よ|お願い|たのむ|きて|来て)",
        r"^救急車$",
        r"意識が?(?:ない|無い|なくな)",
        r"息(?:を)?し(?:て(?:い)?ない|てません)",
        r"呼吸が?(?:ない|止ま)",
        r"心臓が?(?:止ま|痛)",
        r"血が止まら",
        r"倒れ(?:た|て(?:い)?る|ました)(?!木)",
        r"胸が(?:苦し|痛)",
        r"溺れ",
        r"おぼれ(?:た|て)",
        r"けいれんが?(?:止ま|して)",
        r"薬を?(?:たくさん|大量に)(?:飲|のん)",
    ),
    "police": (
        r"殺され",
        r"ころされ(?:そう|る)",
        r"襲われ",
        r"おそわれ",
        r"刃物(?:を|で)",
        r"泥棒が(?:い|入って)",
        r"強盗",
        r"不審者が(?:い|家)",
        r"ストーカーが(?:い|来)",
        r"(?:ひき逃げ|交通事故)(?:に|を)?(?:あ|遭|起こ|した)",
        r"^(?:警察|110)(?:呼んで)?$",
    ),
    "child_abuse": (
        r"(?:子ども|子供|こども|赤ちゃん)を?(?:叩|たた|殴|なぐ|蹴)(?:いて(?:しま|る|い)|ってしま|かれて|られて)",
        r"虐待(?:され|して(?:しま|い)|かも|を見|の音|している)",
        r"(?:父|母|親|お父さん|お母さん|パパ|ママ)(?:に|から)(?:叩|たた|殴|なぐ|蹴)",
    ),
    "violence": (
        r"(?:夫|旦那|妻|彼氏|彼女|彼|主人|パートナー)(?:に|から|が)(?:(?:殴|なぐ)ら?|(?:叩|たた)かれ|蹴ら|暴力)",
        r"(?:dv|暴力)(?:を?受け|され|にあって|を振るわれ)",
        r"(?:殴|なぐ)られ(?:て(?:い)?る|た|る)",
    ),
    "flood": (
        r"(?:水|川)(?:が|の水が)?(?:家|うち|部屋|床)?(?:に|まで|の中)?(?:入ってき|来てる|迫って|あふれ(?:て|た)|溢れ(?:て|た))",
        r"津波(?:が|だ|来)",
        r"流され(?:る|そう|て)",
        r"閉じ込め",
        r"生き埋め",
        r"土砂(?:が|崩れ)(?:来|流|家|で|に|お)",
        r"逃げ(?:遅れ|られない)",
        r"(?:屋根|2階|二階)(?:に|で)(?:逃げ|取り残|孤立)",
        r"取り残され",
    ),
}


def _folded(pattern: str) -> str:
    """The pattern in the spelling that `squash` leaves: hiragana for katakana, no long-vowel mark."""
    return "".join(chr(ord(c) - 0x60) if "ァ" <= c <= "ヶ" else c for c in pattern.replace("ー", ""))


_COMPILED = {kind: re.compile(_folded("|".join(patterns))) for kind, patterns in _PATTERNS.items()}


def recognise_emergency(text: str) -> Emergency:
    """The kind of danger a message speaks of, or "".

    >>> recognise_emergency("もう死にたい"), recognise_emergency("死亡届の出し方")
    ('suicide', '')
    """
    folded = squash(text)
    return next((kind for kind, pattern in _COMPILED.items() if pattern.search(folded)), "")
