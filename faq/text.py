"""Japanese text as the matcher sees it: one width, small letters, Sudachi's short units, kana folded together.

    analyse("ゴミの日") -> (Token("ゴミ", "ごみ", "ごみ", True, False, False), Token("の", …), Token("日", …))

Sudachi's normalised form unifies 引越し and 引っ越し but not ゴミ and ごみ, so the forms are folded to hiragana
afterwards.
"""

from __future__ import annotations

import re
import threading
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from operator import itemgetter
from typing import Final, NamedTuple

from sudachipy import Dictionary, SplitMode, Tokenizer

from faq.stopwords import STOP_WORDS

# Sudachi refuses more than 49,149 bytes; residents' longest stories are far below this. Characters.
LONGEST_TEXT: Final = 12_000

# Parts of speech that carry no topic: particles, auxiliaries, punctuation, blanks, conjunctions, interjections.
_IDLE_PARTS: Final = frozenset({"助詞", "助動詞", "補助記号", "記号", "空白", "接続詞", "感動詞"})
_NOUN_PARTS: Final = frozenset({"名詞", "接尾辞", "接頭辞"})

_TO_HIRAGANA: Final = {code: code - 0x60 for code in range(0x30A1, 0x30F7)}
# Control characters and lone surrogates carry no meaning and some of them stop Sudachi.
_UNREADABLE: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufeff\ud800-\udfff]+")
# Dashes and waves that people type for the long vowel sign, after a kana.
_LONG_VOWEL: Final = re.compile(r"[-‐‑–—―−~〜](?<=[ぁ-ゖァ-ヺ].)")
_DRAWN_OUT: Final = re.compile(r"[ー\-~〜〰]{2}")
_KANJI: Final = re.compile(r"[々一-鿿]")
_OKURIGANA: Final = re.compile(r"[ぁ-ゖ]+")


class Token(NamedTuple):
    """One short unit. `form` is what is compared, `reading` is hiragana, `idle` units are never compared, `unlisted`
    ones are in no dictionary."""

    surface: str
    form: str
    reading: str
    noun: bool
    idle: bool
    unlisted: bool


_SURFACE: Final = itemgetter(0)


def normalise(text: str) -> str:
    """One width (NFKC), small letters, no control characters: `ﾏｲﾅﾝﾊﾞｰ Ａ` and `マイナンバー a` become the same
    text.
    """
    readable = text[:LONGEST_TEXT]
    if not readable.isprintable():
        readable = _UNREADABLE.sub(" ", readable)
    return _LONG_VOWEL.sub("ー", unicodedata.normalize("NFKC", readable).lower())[:LONGEST_TEXT]


normalise_once = lru_cache(maxsize=8)(normalise)
"""The same for what a resident typed just now: several look at it."""


def to_hiragana(text: str) -> str:
    """Katakana to hiragana, everything else as it is: `ゴミ` → `ごみ`, `バス停` → `ばす停`."""
    return text.translate(_TO_HIRAGANA)


def analyse(normalised: str) -> tuple[Token, ...]:
    """The short units (Sudachi mode A) of a normalised text; their surfaces joined are the text again."""
    known = _known.get
    morphemes = _tokenizer().tokenize(normalised)
    tokens = [known(morpheme.word_id()) or _token(morpheme, normalised) for morpheme in morphemes]
    if sum(map(len, map(_SURFACE, tokens))) != len(normalised):
        # Sudachi reads カーーード as カード: such a word is not described as it stands here.
        return tuple(_describe(morpheme, normalised) for morpheme in morphemes)
    return tuple(tokens)


@lru_cache(maxsize=8)
def analyse_once(normalised: str) -> tuple[Token, ...]:
    """The same for what a resident typed just now: search and conversation look at it in several ways."""
    return analyse(normalised)


def content_forms(tokens: tuple[Token, ...]) -> tuple[str, ...]:
    """The forms that carry a topic: no particles, no general question words."""
    return tuple(token.form for token in content(tokens))


def content(tokens: Iterable[Token]) -> list[Token]:
    """Those that carry a topic."""
    return [token for token in tokens if not token.idle and token.form not in _STOP]


def is_content(token: Token) -> bool:
    return not token.idle and token.form not in _STOP


def names_in(normalised: str) -> tuple[str, ...]:
    """Words of two kanji or more that Sudachi knows as names of people: `佐藤ですがごみの日は` → (`佐藤`,).

    Other names are not looked for: too many of them are words as well (さとう, けん, 母, 森).
    """
    found = (morpheme for morpheme in _tokenizer().tokenize(normalised) if morpheme.part_of_speech()[2] == "人名")
    return tuple(morpheme.surface() for morpheme in found if len(_KANJI.findall(morpheme.surface())) > 1)


def stem(form: str) -> str:
    """引っ越し, 引っ越す and 引越 are one word: kanji of a word of two kanji or more, without its okurigana."""
    if len(_KANJI.findall(form)) < 2:
        return form
    return _OKURIGANA.sub("", form) or form


_STOP: Final = frozenset(stem(to_hiragana(word)) for word in STOP_WORDS)

_lock = threading.Lock()
_local = threading.local()
_known: dict[int, Token] = {}


@lru_cache(maxsize=1)
def _dictionary() -> Dictionary:
    return Dictionary()


def _tokenizer() -> Tokenizer:
    """One tokenizer a thread (sharing one raises "already in use"); they share the dictionary and cost 4 µs each."""
    tokenizer: Tokenizer | None = getattr(_local, "tokenizer", None)
    if tokenizer is None:
        with _lock:
            tokenizer = _local.tokenizer = _dictionary().tokenizer(mode=SplitMode.A)
    return tokenizer


def _token(morpheme: object, text: str) -> Token:
    """Known words are described once a process; asking Sudachi four times for every word doubles the build time."""
    token = _describe(morpheme, text)
    # カーード is the dictionary's カード: what is remembered under that word is always the shorter one.
    if not (token.unlisted or _DRAWN_OUT.search(token.surface)):
        _known[morpheme.word_id()] = token  # type: ignore[attr-defined]
    return token


def _describe(morpheme: object, text: str) -> Token:
    surface = text[morpheme.begin() : morpheme.end()]  # type: ignore[attr-defined]
    part: str = morpheme.part_of_speech()[0]  # type: ignore[attr-defined]
    form = stem(to_hiragana(morpheme.normalized_form().lower()))  # type: ignore[attr-defined]
    reading = to_hiragana(morpheme.reading_form())  # type: ignore[attr-defined]
    unlisted: bool = morpheme.is_oov()  # type: ignore[attr-defined]
    return Token(surface, form, reading, part in _NOUN_PARTS, part in _IDLE_PARTS or not form.strip(), unlisted)
