"""The mistakes that staff make in YAML, said in Japanese with the line to mend.

ruamel.yaml reports where it lost its way, in English; the mistake itself is often a line or two before. So the lines
around that place are looked at first, and the parser's own words only decide when they show nothing.
"""

from __future__ import annotations

import re

from ruamel.yaml.error import MarkedYAMLError

_INDENT = re.compile(r"^[ \t\u3000]*")
_WIDE_COLON = re.compile(r"^\s*(?:-\s+)?[A-Za-z_]{2,20}\s*：")
_TIGHT_COLON = re.compile(r"^\s*(?:-\s+)?[A-Za-z_]{2,20}:[^\s/]")
_TIGHT_DASH = re.compile(r"^\s*[-－‐―ー・][^\s\-]")
_INNER_COLON = re.compile(r"^\s*(?:-\s+)?[A-Za-z_]+: +[^'\"\[{|>].*: ")
_OPEN_QUOTE = re.compile(r"""^\s*(?:-\s+)?(?:[A-Za-z_]+:\s+)?(['"])""")
_VALUE = re.compile(r"^(\s*(?:-\s+)?(?:[A-Za-z_]+:\s+)?)(\S.*)$")
_LOOK_BACK = 8

TAB = "行の先頭に TAB があります。TAB を半角の空白に変えてください。"
WIDE_SPACE = "行の先頭に全角の空白があります。半角の空白に変えてください。"
WIDE_COLON = "項目名の後ろの「：」が全角です。半角の「: 」（コロンと空白）に変えてください。"
TIGHT_COLON = "「:」の後ろに半角の空白がありません。「項目名: 値」の形にしてください。"
TIGHT_DASH = "「-」の後ろに半角の空白がありません。「- 文」の形にしてください。"
INNER_COLON = "値の中に「: 」があります。値の全体を ' ' で囲んでください。"
OPEN_QUOTE = "引用符（' または \"）が閉じていません。同じ引用符で閉じてください。"
OPEN_BRACKET = "[ ] や { } が閉じていないか、区切りが「,」ではありません。区切りは半角の「, 」です。"
START = "値の先頭にこの記号は使えません。値の全体を ' ' で囲んでください。"
BACKSLASH = "\" \" の中では \\ が特別な意味になります。' ' で囲んでください。"
NO_COLON = "項目名の後ろに「: 」がありません。「項目名: 値」の形にしてください。"
INDENT = "字下げ（行の先頭の空白の数）がそろっていません。上の同じ種類の行とそろえてください。"
BLOCK = "「|」の後ろには何も書けません。本文は次の行から、字下げして書いてください。"


def explain(lines: list[str], error: MarkedYAMLError) -> tuple[int, str]:
    """The line (from 0) of the likely mistake and what to do about it."""
    at = _line(error.problem_mark, lines)
    began = _line(error.context_mark, lines) if error.context_mark else at
    words = f"{error.context or ''} {error.problem or ''}"
    seen = _seen_near(lines, at)
    if seen:
        return seen
    if "quoted scalar" in words:
        return (began, BACKSLASH if "escape" in words else OPEN_QUOTE)
    if "flow" in words:
        return began, OPEN_BRACKET
    return _from_words(lines, at, words)


def without_slip(line: str, message: str) -> str | None:
    """The line without the mistake that `explain` named, so that the next one of the file can be looked for; None where
    there is no telling. Nothing is served out of this.

    >>> without_slip("    question：ごみの日", WIDE_COLON)
    '    question: ごみの日'
    """
    margin = len(line) - len(line.lstrip(" \t\u3000"))
    if message in (TAB, WIDE_SPACE):
        return line[:margin].replace("\t", "  ").replace("\u3000", "  ") + line[margin:]
    if message == WIDE_COLON:
        return line.replace("：", ": ", 1)
    if message == TIGHT_COLON:
        return line.replace(":", ": ", 1)
    if message == TIGHT_DASH:
        return f"{line[:margin]}- {line[margin + 1 :]}"
    if message in (INNER_COLON, START):
        return _VALUE.sub(lambda found: f"{found[1]}'{found[2].replace(chr(39), chr(39) * 2)}'", line, count=1)
    return f"{' ' * 12}{line.strip()}" if message == NO_COLON else None


def _line(mark: object, lines: list[str]) -> int:
    line = int(getattr(mark, "line", 0))
    return max(0, min(line, len(lines) - 1))


def _seen_near(lines: list[str], at: int) -> tuple[int, str] | None:
    """A mistake that shows in the line itself or in the few above it; the nearest wins."""
    for line in range(at, max(-1, at - _LOOK_BACK), -1):
        text = lines[line] if lines else ""
        indent = _INDENT.match(text)
        margin = indent.group() if indent else ""
        if line >= at - 1 and text.strip():
            if "\t" in margin:
                return line, TAB
            if "\u3000" in margin:
                return line, WIDE_SPACE
            if _TIGHT_DASH.match(text) and not text.startswith("---"):
                return line, TIGHT_DASH
        if _WIDE_COLON.match(text):
            return line, WIDE_COLON
        if _TIGHT_COLON.match(text):
            return line, TIGHT_COLON
    return None


def _from_words(lines: list[str], at: int, words: str) -> tuple[int, str]:
    text = lines[at] if lines else ""
    if "cannot start any token" in words:
        return at, TAB if "\\t" in words else START
    if "block scalar" in words:
        return at, BLOCK
    if "mapping values are not allowed" in words:
        return (at, INNER_COLON) if _INNER_COLON.match(text) else (at, INDENT)
    if "could not find expected ':'" in words:
        return _line_without_colon(lines, at), NO_COLON
    if "alias" in words or "anchor" in words or "tag" in words or "directive" in words:
        return at, START
    if _OPEN_QUOTE.match(text):
        return at, "引用符（' や \"）の後ろに文字が残っています。値の全体を引用符で囲んでください。"
    return at, INDENT


def _line_without_colon(lines: list[str], at: int) -> int:
    for line in range(at, max(-1, at - _LOOK_BACK), -1):
        text = lines[line].strip() if lines else ""
        if text and ":" not in text and not text.startswith(("#", "- ")):
            return line
    return at
