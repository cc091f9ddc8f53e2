"""What is asked about a topic: when, how much, where … read from general Japanese words, in questions and in
entries.
"""

from __future__ import annotations

from collections.abc import Iterable
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
_NUMBERS: Final = {name: number for number, name in enumerate(ASPECT_NAMES)}


def _aspects_by_form() -> dict[str, tuple[int, ...]]:
    """The first content form of each word decides: 手数料 is read as 手数."""
    found: dict[str, set[int]] = {}
    for name, line in ASPECTS.items():
        for word in line.split():
            forms = [token.form for token in analyse(normalise(word)) if not token.idle]
            found.setdefault("".join(forms), set()).add(_NUMBERS[name])
    return {form: tuple(sorted(numbers)) for form, numbers in found.items()}


_BY_FORM: dict[str, tuple[int, ...]] = {}


def aspects(tokens: Iterable[Token]) -> int:
    """The aspects asked for, as bits in the order of `ASPECT_NAMES`."""
    if not _BY_FORM:
        _BY_FORM.update(_aspects_by_form())
    bits, before = 0, ""
    for token in tokens:
        for form in (token.form, before + token.form):
            for number in _BY_FORM.get(form, ()):
                bits |= 1 << number
        before = token.form
    return bits
