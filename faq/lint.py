"""What makes one entry hard to find, hard to read or out of date: one small rule each.

A rule yields `Finding`s. Limits come from `docs/faq-authoring.md`, which explains each to staff.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from datetime import date
from typing import Final, NamedTuple

from rapidfuzz import fuzz

from faq.entry import Entry
from faq.problems import Severity
from faq.text import normalise
from faq.thesaurus import letters

MIN_PHRASINGS: Final = 3
LONG_SENTENCE: Final = 80
# Two texts this alike (RapidFuzz ratio, 0 to 100) are one text with another particle or mark.
COPY_RATIO: Final = 90

# Enclosed and Roman numbers, ㈱, ㍻, №, ℡, half-width kana, private characters: read aloud wrongly, garbled on old PCs.
# The ♯ of music is no key of a phone: ♯9110 cannot be dialled.
_DEPENDENT: Final = re.compile(
    "[\u2116\u2121\u2160-\u217f\u2460-\u24ff\u3220-\u33ff\uff61-\uff9f\ue000-\uf8ff\u2776-\u277f\u266f]"
)
_WAY_ON: Final = re.compile(r"\d{2,5}-\d{1,4}-\d{3,4}|#\d{4}|https?://|\d{3}番|窓口|課へ|センターへ|人に聞く")
_VAGUE_TITLES: Final = frozenset({"こちら", "ここ", "リンク", "詳細", "詳しくはこちら", "くわしくはこちら", "link"})
_SENTENCE_END: Final = re.compile(r"(?<=[。！？!?])|\n")
_PLAINER: Final = {"㎡": "平方メートル", "㎥": "立方メートル", "♯": "#"}
_KANJI_WORD: Final = re.compile(r"[0-9０-９〇]*[一-鿿々]+")
_WITH_READING: Final = re.compile(r"([0-9０-９〇]*[一-鿿々][一-鿿々ぁ-ゖァ-ヶー]*)[（(]([ぁ-ゖァ-ヶー・ 　]+)[)）]")
# Numbers with these, and words of these characters alone, are read by beginners (JLPT N5 and the commonest of N4).
_COUNTERS: Final = re.compile(
    r"[0-9０-９〇]+(?:年度|か月|時間|週間|以内|日|月|年|円|時|分|人|回|階|枚|歳|才|個|本|冊|番|号|点|前)+"
)
_FIRST_KANJI: Final = frozenset(
    "一二三四五六七八九十百千万円日月火水木金土年時分半今午何毎人子女男父母友名大小中上下左右前後間外内国"
    "出入見行来聞話読書食休生学校先語本車電気山川天雨東西南北高長白言買家朝夜紙近思使茶曜"
)


class Finding(NamedTuple):
    """`loc` is the field as pydantic would name it."""

    loc: tuple[str | int, ...]
    message: str
    severity: Severity = "warning"


Rule = Callable[[Entry, date], Iterator[Finding]]


def findings(entry: Entry, day: date) -> Iterator[Finding]:
    """Everything the rules find in one entry on `day`."""
    for rule in RULES:
        yield from rule(entry, day)


def folded(text: str) -> str:
    """Two texts that a resident would call the same: one width, one kana, no blanks, no marks."""
    return re.sub(r"[^\w]|_", "", letters(normalise(text)))


def _phrasings(entry: Entry, day: date) -> Iterator[Finding]:
    count = len(entry.phrasings)
    if count < MIN_PHRASINGS:
        message = (
            f"言い換えが{count}個です。住民が実際に打つことばで{MIN_PHRASINGS}個以上書くと、見つかりやすくなります。"
        )
        yield Finding(("phrasings",), message)


def _tests(entry: Entry, day: date) -> Iterator[Finding]:
    asks = {folded(text): text for text in (entry.question, *entry.phrasings)}
    for number, test in enumerate(entry.tests):
        key = folded(test)
        copied = next((text for ask, text in asks.items() if fuzz.ratio(key, ask) >= COPY_RATIO), None)
        if copied:
            message = f"テスト文が「{copied}」とほぼ同じです。写しでは力を試せないので、ちがう言い方にしてください。"
            yield Finding(("tests", number), message)


def _dates(entry: Entry, day: date) -> Iterator[Finding]:
    if entry.valid_from and entry.valid_until and entry.valid_from > entry.valid_until:
        yield Finding(
            ("valid_until",), "終わりの日が始まりの日（valid_from）より前です。日付を直してください。", "error"
        )
    elif entry.valid_until and entry.valid_until < day:
        yield Finding(("valid_until",), "掲載の期限が過ぎ、住民には出ていません。期限を直すか、質問を消してください。")
    if entry.review_by and entry.review_by < day:
        yield Finding(("review_by",), "見直しの期限が過ぎました。内容を確かめて、次の期限を書いてください。")


def _links(entry: Entry, day: date) -> Iterator[Finding]:
    for number, link in enumerate(entry.links):
        if link.title.strip().lower() in _VAGUE_TITLES or link.title.startswith(("http://", "https://")):
            message = (
                "リンクの名前から行き先がわかりません。「粗大ごみの申込み」のように、ページの名前を書いてください。"
            )
            yield Finding(("links", number, "title"), message)


def _dependent_characters(entry: Entry, day: date) -> Iterator[Finding]:
    for loc, text in _shown_texts(entry):
        found = "".join(dict.fromkeys(_DEPENDENT.findall(text)))
        if found:
            plain = _PLAINER.get(found[0]) or unicodedata.normalize("NFKC", found[0])
            hint = f"「{found[0]}」は「{plain}」" if plain != found[0] else "ほかの字"
            yield Finding(loc, f"機種依存文字「{found[:10]}」があります。{hint}のように書きかえてください。")


def _way_on(entry: Entry, day: date) -> Iterator[Finding]:
    if not (entry.department or entry.contact or entry.links or _WAY_ON.search(entry.answer)):
        message = "次に進む先がありません。担当課（department）、電話、リンクのどれかを書いてください。"
        yield Finding(("answer",), message)


def _long_sentences(entry: Entry, day: date) -> Iterator[Finding]:
    text = re.sub(r"https?://\S+", "", entry.answer)
    long = [part.strip() for part in _SENTENCE_END.split(text) if len(part.strip()) > LONG_SENTENCE]
    if long:
        others = f"（ほか{len(long) - 1}文）" if len(long) > 1 else ""
        message = (
            f"「{long[0][:15]}…」の文が{len(long[0])}文字あります{others}。{LONG_SENTENCE}文字以内に分けてください。"
        )
        yield Finding(("answer",), message)


def _furigana(entry: Entry, day: date) -> Iterator[Finding]:
    bare = words_without_furigana(entry.easy or "")
    if bare:
        shown = "、".join(bare[:4]) + ("など" if len(bare) > 4 else "")
        yield Finding(("easy",), f"ふりがなのない漢字があります（{shown}）。「漢字(かんじ)」のように書いてください。")


def words_without_furigana(easy: str) -> list[str]:
    """Kanji words that nowhere in the text carry their reading in brackets; the easiest ones are let pass."""
    known: set[str] = set()

    def without_read(found: re.Match[str]) -> str:
        word, reading = found.groups()
        if not _reads(word, reading):  # 見て市役所(しやくしょ): only the last run of kanji is read
            head, last = re.fullmatch(r"(.*?)([一-鿿々]+[ぁ-ゖァ-ヶー]*)", word).groups()  # type: ignore[union-attr]
            known.add(last)
            return str(head)
        known.update(_KANJI_WORD.findall(word))
        return " "

    rest = _WITH_READING.sub(without_read, easy)
    bare = dict.fromkeys(_KANJI_WORD.findall(rest))
    return [word for word in bare if word not in known and not _is_easy(word)]


def _reads(word: str, reading: str) -> bool:
    """Whether 引っ越し can be read ひっこし: its kana stand in the reading, in order."""
    kana = re.sub(r"[0-9０-９〇一-鿿々]+", ".+", letters(word))
    return re.fullmatch(kana, letters(reading)) is not None


def _is_easy(word: str) -> bool:
    return _COUNTERS.fullmatch(word) is not None or set(word.lstrip("0123456789０１２３４５６７８９〇")) <= _FIRST_KANJI


def _shown_texts(entry: Entry) -> Iterator[tuple[tuple[str | int, ...], str]]:
    yield ("question",), entry.question
    yield ("answer",), entry.answer
    yield ("easy",), entry.easy or ""
    yield from ((("links", number, "title"), link.title) for number, link in enumerate(entry.links))


RULES: Final[tuple[Rule, ...]] = (
    _phrasings,
    _tests,
    _dates,
    _links,
    _dependent_characters,
    _way_on,
    _long_sentences,
    _furigana,
)
