"""Which language a resident writes in, or asks for by its name; enough to offer that language, never to translate."""

from __future__ import annotations

import re
from collections.abc import Mapping

from bot.messages import Language
from bot.spelling import squash

NAMES: Mapping[Language, str] = {
    "en": "English",
    "zh": "中文",
    "ko": "한국어",
    "vi": "Tiếng Việt",
    "pt": "Português",
}
"""Each language by the name its readers know."""

_ASKED_FOR: Mapping[Language, str] = {
    "en": "english|英語で|inenglish|englishplease|doyouspeakenglish|canyouspeakenglish",
    "zh": "中文|简体中文|繁體中文|汉语|普通话|chinese|中国語で|说中文|会说中文吗|用中文",
    "ko": "한국어|한국말|korean|韓国語で|한국어로",
    "vi": "tiếngviệt|tiengviet|vietnamese|ベトナム語で",
    "pt": "português|portugues|portuguese|ポルトガル語で|emportuguês|emportugues",
}
_BY_NAME = {squash(name): language for language, name in NAMES.items()}
_BY_NAME |= {squash(name): language for language, names in _ASKED_FOR.items() for name in names.split("|")}

_KANA = re.compile(r"[぀-ヿｦ-ﾟ]")
_HANGUL = re.compile(r"[가-힣ᄀ-ᇿ]")
_CHINESE = re.compile(
    r"我想|我要|我的|我是|你|您|吗|嗎|请|請問|谢|謝謝|们|这|這|么|麼|没|办|钱|证|怎|哪|岁|为|说|时|可以|需要|什|帮"
)
_VIETNAMESE = re.compile(r"[ăđơưẠ-ỹ]", re.IGNORECASE)
_PORTUGUESE = re.compile(
    r"[ãõç]|\b(?:ol[aá]|obrigad[oa]|bom dia|boa tarde|boa noite|preciso|n[aã]o|você|quero|onde|quanto|ajuda)\b",
    re.IGNORECASE,
)
_LETTERS = re.compile(r"[^\W\d_]")
_IDEOGRAPHS = re.compile(r"[一-鿿]")


def named_language(text: str) -> Language | None:
    """The language that a whole message names: 「English」「中文」「Tiếng Việt」."""
    return _BY_NAME.get(squash(text))


def foreign_language(text: str) -> Language | None:
    """The language of a text that is not Japanese; any other text in letters counts as English.

    >>> foreign_language("我想办理住民票"), foreign_language("住民票"), foreign_language("048-000-1110")
    ('zh', None, None)
    """
    if _KANA.search(text):
        return None
    if _HANGUL.search(text):
        return "ko"
    if _IDEOGRAPHS.search(text):
        return "zh" if _CHINESE.search(text) else None
    if _VIETNAMESE.search(text):
        return "vi"
    if _PORTUGUESE.search(text):
        return "pt"
    return "en" if _LETTERS.search(text) else None
