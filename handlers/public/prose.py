"""Staff's plain text as parts of a page: headings (■), lists (・), numbers to call, readings above kanji.

The chat's script does the same in the browser (`handlers/widget/static/text.js`); both follow docs/faq-authoring.md.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

Kind = Literal["text", "phone", "ruby"]
BlockKind = Literal["paragraph", "heading", "list"]

_PHONE = re.compile(r"0\d{1,3}-\d{2,4}-\d{3,4}|#\d{4}(?!\d)")
_READING = re.compile(r"([一-龯々〆ヶ]+)\(([ぁ-んー]+)\)")
# 「■だれが　本人か…」 is a heading and its text; a whole sentence after ■ is an item of a list.
_HEADING = re.compile(r"■\s*([^　]*[^　。])(?:　+(.*))?")
_ITEM = re.compile(r"(?:・|■|- |• )\s*(.*)")


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a line. `more` is the address of a telephone number, or the reading of a word."""

    kind: Kind
    text: str
    more: str = ""


Line = tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Block:
    kind: BlockKind
    lines: tuple[Line, ...]


def prose(text: str, language: str = "ja") -> tuple[Block, ...]:
    """The blocks of a text, in order."""
    blocks: list[tuple[BlockKind, list[Line]]] = []
    apart = True

    def add(kind: BlockKind, line: str) -> None:
        if apart or not blocks or blocks[-1][0] != kind or kind == "heading":
            blocks.append((kind, []))
        blocks[-1][1].append(inline(line, language))

    for line in text.strip().splitlines():
        if not line.strip():
            apart = True
            continue
        if heading := _HEADING.fullmatch(line):
            add("heading", heading[1])
            apart = True
            if not heading[2]:
                continue
            add("paragraph", heading[2])
        elif item := _ITEM.fullmatch(line):
            add("list", item[1])
        else:
            add("paragraph", line.strip())
        apart = False
    return tuple(Block(kind, tuple(lines)) for kind, lines in blocks)


def inline(line: str, language: str = "ja") -> Line:
    """A line in pieces. Readings in brackets become ruby in やさしい日本語 only."""
    pieces = _split(line, _PHONE, lambda match: Piece("phone", match[0], f"tel:{match[0].replace('-', '')}"))
    if language != "easy":
        return tuple(pieces)
    return tuple(found for piece in pieces for found in (_read(piece) if piece.kind == "text" else (piece,)))


def _read(piece: Piece) -> Iterator[Piece]:
    return _split(piece.text, _READING, lambda match: Piece("ruby", match[1], match[2]))


def _split(text: str, pattern: re.Pattern[str], make: Callable[[re.Match[str]], Piece]) -> Iterator[Piece]:
    done = 0
    for match in pattern.finditer(text):
        if match.start() > done:
            yield Piece("text", text[done : match.start()])
        yield make(match)
        done = match.end()
    if done < len(text):
        yield Piece("text", text[done:])


def summary(text: str, length: int = 90) -> str:
    """The beginning of a text as one line, ended at a sentence where there is one."""
    flat = " ".join(line.strip("■・ 　") for line in text.split("\n") if line.strip())
    if len(flat) <= length:
        return flat
    cut = flat[:length]
    end = cut.rfind("。")
    return cut[: end + 1] if end >= length // 2 else f"{cut}…"


def marked(text: str, words: tuple[str, ...]) -> tuple[tuple[str, bool], ...]:
    """The text in stretches; those that are one of `words` are marked. Longer words win."""
    known = sorted({word for word in words if word.strip()}, key=len, reverse=True)
    if not known:
        return ((text, False),)
    pattern = re.compile("|".join(re.escape(word) for word in known), re.IGNORECASE)
    stretches: list[tuple[str, bool]] = []
    done = 0
    for match in pattern.finditer(text):
        if match.start() > done:
            stretches.append((text[done : match.start()], False))
        stretches.append((match[0], True))
        done = match.end()
    if done < len(text):
        stretches.append((text[done:], False))
    return tuple(stretches)
