"""An explanation in the words of staff: what was read, what was looked for, where the points come from, the decision.

The same sections stand in a terminal (`app.py faq explain`) and on a page of the console.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from faq.asking import ASPECT_NAMES
from faq.explain import (
    CONSTANT,
    TYPICAL,
    ExplainedCandidate,
    ExplainedGroup,
    ExplainedSignal,
    ExplainedWord,
    Explanation,
)

DECISIONS: Final = {"answer": "そのまま答える", "choices": "候補を出す", "handoff": "見つからない（職員へ）"}

ASPECTS: Final = {"when": "いつ", "cost": "いくら", "where": "どこ", "why": "なぜ", "contact": "連絡先"}

FEATURES: Final = {
    "of_best": "ことばと言いかえ",
    "short": "質問文の短さ",
    "topic_first": "質問文のはじめのことばが同じ",
    "said": "入っていることばの数",
    "in_answer": "回答文にもある",
    "words": "そのままのことば（重なりを引く）",
    "letters": "字と読み",
    "most_letters": "字と読みの順位",
    "near": "よくある質問での近さ",
    "asks_mean": "質問文との意味の近さ",
    "answer_means": "回答文との意味の近さ",
    "both_mean": "両方との意味の近さ",
    TYPICAL: "この話題の案内らしさ（話題の名前だけの質問）",
    **{f"both_ask_{name}": f"どちらも「{ASPECTS[name]}」" for name in ASPECT_NAMES},
    **{f"only_entry_asks_{name}": f"FAQ だけが「{ASPECTS[name]}」" for name in ASPECT_NAMES},
}
"""What the features of the ranker (`faq.features.NAMES`, TYPICAL) are called."""

SIGNALS: Final = {
    "best": "1番の点の高さ",
    "of_ideal": "全部のことばが合ったときとの比",
    "margin": "2番目との差",
    "margin_to_fifth": "5番目との差",
    "explained": "質問のうち、1番の案内で説明がつくことば",
    "asked": "1番の質問文のうち、聞かれたことば",
    "unknown": "どの案内にもないことば",
    "length": "質問の長さ",
    "near": "よくある質問でも1番に近い",
    "topical": "話題が1つに決まる",
    "plain": "ことばの点でも1番",
    "meant": "意味の近さ",
    "civic": "市役所に聞くことらしいことば",
    CONSTANT: "はじめの値",
}
"""What the signals of the decision (`faq.calibrate.SIGNALS`) are called, and what is there before any of them."""

_KINDS: Final = {"word": "そのまま", "kana": "かなの中から", "spelling": "近いつづり"}
_MOST_WORDS: Final = 10


class Section(NamedTuple):
    """A heading and what stands below it, a line each."""

    title: str
    lines: tuple[str, ...]


def sections(explanation: Explanation) -> list[Section]:
    """The chain from the question to the decision. What there is nothing to say about is left out."""
    return [section for section in _sections(explanation) if section.lines]


def _sections(explanation: Explanation) -> Iterator[Section]:
    yield Section("質問", (explanation.normalised.strip() or "（読める文字がありません）",))
    yield Section("打ちまちがいとして読みかえました", tuple(f"{typed} → {word}" for typed, word in explanation.mended))
    written = explanation.verbatim
    yield Section(
        "言い回しとして書かれています",
        (f"{written}（点数にかかわらず、これを答えます）",) if written else (),
    )
    cut = "　".join(_token(*token) for token in explanation.tokens if token[0].strip())
    yield Section("語の区切り（読み。→ くらべる形）", (cut,) if cut else ())
    yield Section("ことば（→ 探したことばと重み）", tuple(map(_word, explanation.words)))
    yield Section("言いかえ（→ ほかに探したことば）", tuple(_groups(explanation.groups)))
    yield Section("聞いていること", tuple(ASPECTS[name] for name in explanation.aspects))
    for number, candidate in enumerate(explanation.candidates, start=1):
        title = f"「{candidate.title}」" if candidate.title else ""
        yield Section(f"{number}. {candidate.id}{title}　{candidate.score:.1f}点", tuple(_candidate(candidate)))
    yield Section("判定", tuple(_decision(explanation)))


def table(explanation: Explanation) -> str:
    """The explanation as text for a terminal."""
    return as_text(sections(explanation))


def as_text(told: Iterable[Section]) -> str:
    return "\n\n".join("\n".join((title, *(f"　{line}" for line in lines))) for title, lines in told)


def _token(surface: str, form: str, reading: str) -> str:
    same = surface in (reading, form)
    read = "" if not reading or surface == reading else f"（{reading}）"
    return f"{surface}{read}" if same or form == reading else f"{surface}{read}→{form}"


def _word(word: ExplainedWord) -> str:
    options = "、".join(f"{term} {weight:.2f}" for term, weight in word.looked_for[:_MOST_WORDS])
    kind = _KINDS.get(word.kind, word.kind)
    return f"{word.surface}（{kind}、めずらしさ {word.rarity:.1f}）→ {options or '知らないことば'}"


def _groups(groups: Iterable[ExplainedGroup]) -> Iterator[str]:
    by_name = []
    for group in groups:
        named = f"{group.said} ＝ {group.name}の組（{group.id}、重み {group.weight:.2f}）"
        shown, more = group.looked_for[:_MOST_WORDS], len(group.looked_for) - _MOST_WORDS
        if shown:
            yield f"{named}→ {'、'.join(shown)}{f' ほか{more}語' if more > 0 else ''}"
        else:
            by_name.append(named)
    if by_name:
        yield f"組の名前だけで探した（質問のことばが多いか、組の語をもう探しているため）：{'、'.join(by_name)}"


def _candidate(candidate: ExplainedCandidate) -> Iterator[str]:
    found = [f"{form}（質問文 {ask:.1f}、回答 {answer:.1f}）" for form, ask, answer in candidate.words if ask or answer]
    yield f"合ったことば：{'、'.join(found) or 'なし'}"
    groups = [f"{name} {points:.1f}" for name, points in candidate.groups if points >= _LEAST]
    if groups:
        yield f"合った言いかえ：{'、'.join(groups)}"
    if candidate.alike:
        yield "意味の近いことば：" + "、".join(f"{word} ≒ {other}（{like}）" for word, other, like in candidate.alike)
    yield f"点数の内わけ：{_summands((FEATURES[name], points) for name, points in candidate.features)}"


def _decision(explanation: Explanation) -> Iterator[str]:
    bounds, sure, ours = explanation.thresholds, explanation.confidence, explanation.belonging
    yield DECISIONS["answer" if explanation.verbatim else explanation.decision]
    if explanation.decision == "choices" and ours < bounds.belongs_from and not explanation.verbatim:
        yield "話題の名前だけの質問なので、職員へ回さずに候補を出します"
    if not explanation.named and sure >= bounds.answer_from:
        yield "話題になる名詞がないので、そのまま答えずに候補を出します"
    yield f"正しい確かさ {sure:.2f}（{bounds.answer_from:.2f} 以上で、そのまま答える）"
    yield (
        f"市への質問らしさ {ours:.2f}（{bounds.belongs_from:.2f} 未満で職員へ、"
        f"{bounds.answer_belongs_from:.2f} 以上で、そのまま答えてよい）"
    )
    if explanation.signals:
        yield f"確かさの内わけ：{_of_signals(explanation.signals, 'right')}"
        yield f"質問らしさの内わけ：{_of_signals(explanation.signals, 'belongs')}"


def _of_signals(signals: Iterable[ExplainedSignal], of: str) -> str:
    return _summands((_signal(one), getattr(one, of)) for one in signals)


def _signal(signal: ExplainedSignal) -> str:
    return SIGNALS[signal.name] if signal.name == CONSTANT else f"{SIGNALS[signal.name]}（{signal.value:.2f}）"


_LEAST: Final = 0.05
"""Less than this is shown as 0.0 and says nothing."""


def _summands(parts: Iterable[tuple[str, float]]) -> str:
    """What adds up, the weightiest first."""
    told = sorted(((name, points) for name, points in parts if abs(points) >= _LEAST), key=lambda part: -abs(part[1]))
    return "、".join(f"{name} {points:+.1f}" for name, points in told)
