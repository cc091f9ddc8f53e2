"""What is asked about a topic: when, how much, where … read from general Japanese words, in questions and in
entries.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from faq.text import Token, analyse, normalise

# How, what, who, "can I" and "what do I need" were tried too: every other entry speaks of them (docs/matching.md).
ASPECTS: Final[dict[str, str]] = {
    "when": "いつ 何時 何曜 期限 期間 期日 締切 締め切り 日時 時期 時間 日程 曜日 頃 予定",
    "cost": "いくら 料金 費用 手数料 金額 値段 無料 有料 代金 使用料 価格",
    "where": "どこ 何処 場所 所在 行き方 会場 アクセス 地図",
    "why": "なぜ 理由 どうして",
    "contact": "連絡 電話 問い合わせ 相談 担当",
}
ASPECT_NAMES: Final = tuple(ASPECTS)


def aspects(tokens: Iterable[Token]) -> int:
    """The aspects asked for, as bits in the order of `ASPECT_NAMES`."""
    asked_by, begun = _words()
    bits, before = 0, ""
    for token in tokens:
        form = token.form
        bits |= asked_by.get(form, 0)
        if before in begun:
            bits |= asked_by.get(before + form, 0)
        before = form
    return bits


@lru_cache(maxsize=1)
def _words() -> tuple[dict[str, int], frozenset[str]]:
    """The form of each word → what it asks for, as bits; and the beginnings of such forms.

    The first content form of each word decides: 手数料 is read as 手数.
    """
    bits: dict[str, int] = {}
    for number, line in enumerate(ASPECTS.values()):
        for word in line.split():
            form = "".join(token.form for token in analyse(normalise(word)) if not token.idle)
            bits[form] = bits.get(form, 0) | 1 << number
    return bits, frozenset(form[:length] for form in bits for length in range(1, len(form)))
