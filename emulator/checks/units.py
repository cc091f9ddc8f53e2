"""How LINE counts text: UTF-16 code units for most, grapheme clusters for labels and titles."""

from __future__ import annotations

import unicodedata

_ZWJ = "\u200d"


def utf16_length(text: str) -> int:
    """Code units in UTF-16: 🍎 counts 2."""
    return len(text) if text.isascii() else sum(2 if ord(char) > 0xFFFF else 1 for char in text)


def grapheme_length(text: str) -> int:
    """What a reader counts as characters: combining marks, flags, skin tones and joined emoji count with their base."""
    if text.isascii():
        return len(text)
    count, joined, flag_open = 0, False, False
    for char in text:
        if joined or _extends(char):
            joined = char == _ZWJ
            continue
        flag = 0x1F1E6 <= ord(char) <= 0x1F1FF
        if flag and flag_open:
            flag_open = False
            continue
        flag_open = flag
        count += 1
    return count


def _extends(char: str) -> bool:
    code = ord(char)
    return (
        char == _ZWJ
        or 0xFE00 <= code <= 0xFE0F
        or 0x1F3FB <= code <= 0x1F3FF
        or 0xE0020 <= code <= 0xE007F
        or unicodedata.category(char) in ("Mn", "Me", "Mc")
    )
