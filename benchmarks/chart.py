"""A small picture of how fast and how right the engines are, as SVG that also reads as text."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Final, NamedTuple

_ROW: Final = 34
_TOP: Final = 76
_SPEED_AT: Final = 170
_RIGHT_AT: Final = 490
_WIDEST: Final = 180


class Bar(NamedTuple):
    """`median` milliseconds a question; `right` the share of questions with the right entry among the first three."""

    name: str
    median: float
    right: float


def draw(bars: Sequence[Bar]) -> str:
    """One row an engine: its time on the left (shorter is better), its share of right ones on the right."""
    slowest = max(bar.median for bar in bars)
    told = "。".join(f"{bar.name} は {bar.median:.2f}ミリ秒、3位までに正解 {bar.right:.1%}" for bar in bars)
    rows = "\n".join(_row(bar, _TOP + at * _ROW, slowest) for at, bar in enumerate(bars))
    height = _TOP + len(bars) * _ROW + 12
    return f"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 740 {height}"
 role="img" aria-labelledby="title desc">
<title id="title">検索の速さと正しさ</title>
<desc id="desc">{escape(told)}。</desc>
<style>text {{ font: 14px sans-serif; fill: #222 }} .head {{ font-weight: bold }}</style>
<rect width="740" height="{height}" fill="#fff"/>
<text class="head" x="12" y="28">検索の速さと正しさ</text>
<text x="{_SPEED_AT}" y="56">1問の時間（中央値、2,000件、短いほどよい）</text>
<text x="{_RIGHT_AT}" y="56">3位までに正解（デモ市、長いほどよい）</text>
{rows}
</svg>
"""


def _row(bar: Bar, top: int, slowest: float) -> str:
    colour = "#0b5c8a" if bar.name == "まどぐち" else "#8a9299"
    time, right = _WIDEST * bar.median / slowest, _WIDEST * bar.right
    return f"""<text x="12" y="{top + 17}">{escape(bar.name)}</text>
<rect x="{_SPEED_AT}" y="{top + 4}" width="{max(time, 2):.1f}" height="18" fill="{colour}"/>
<text x="{_SPEED_AT + time + 6:.1f}" y="{top + 18}">{bar.median:.2f} ms</text>
<rect x="{_RIGHT_AT}" y="{top + 4}" width="{right:.1f}" height="18" fill="{colour}"/>
<text x="{_RIGHT_AT + right + 6:.1f}" y="{top + 18}">{bar.right:.1%}</text>"""
