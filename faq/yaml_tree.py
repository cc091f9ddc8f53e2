"""YAML text → a tree in which every scalar is the text that staff typed and every value knows its line.

Read from ruamel.yaml's events rather than its constructor: no value is typed (`8:30`, `011002` and `no` stay text),
and 2,000 entries are read in about 1.3 s of CPU (Python 3.11, 2026-11) where the round-trip loader takes 2.6 s.
Anchors, aliases and tags are refused: staff do not need them, and they can blow a small file up in memory.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from faq.problems import Problem
from faq.yaml_mistakes import INDENT, explain, without_slip

MAX_BYTES = 2_000_000
MAX_DEPTH = 20
MAX_SLIPS = 20
_BROKEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")
_UNDECODED = re.compile("[\ud800-\udfff]")
_SWALLOWED_FIELD = re.compile(r"(?:^|\s)([a-z_]{2,20})(：|:(?=[^\s/]))")


@dataclass(slots=True)
class Node:
    """A value: text, None (nothing was typed), a list or a mapping. Lines count from 0, `end` is the last line.

    `end_column` is for `faq.edit`, which replaces a value in the text itself and keeps the comment behind it.
    """

    value: str | list[Node] | dict[str, Node] | None
    line: int
    end: int
    key_line: int = -1
    flow: bool = False
    end_column: int = field(default=0)

    def plain(self) -> Any:
        """The value without lines; a key with nothing behind it is left out, as if staff had not written it."""
        if isinstance(self.value, dict):
            return {key: node.plain() for key, node in self.value.items() if node.value is not None}
        if isinstance(self.value, list):
            return [node.plain() for node in self.value]
        return self.value

    def child(self, step: object) -> Node | None:
        if isinstance(self.value, dict) and isinstance(step, str):
            return self.value.get(step)
        if isinstance(self.value, list) and isinstance(step, int) and step < len(self.value):
            return self.value[step]
        return None

    def children(self) -> list[Node]:
        """The items of a list; empty for anything else."""
        return self.value if isinstance(self.value, list) else []

    def line_of(self, loc: tuple[object, ...]) -> int:
        """The line (from 1) of the value that a pydantic location names, or of the nearest that exists."""
        node, line = self, self.line if self.key_line < 0 else self.key_line
        for step in loc:
            child = node.child(step)
            if child is None:
                break
            node = child
            line = node.line if node.key_line < 0 else node.key_line
        return line + 1


def strip_bom(text: str) -> str:
    return text.removeprefix("\ufeff")


def read_tree(path: str, text: str, first_line: int = 0) -> tuple[Node | None, tuple[Problem, ...]]:
    """The tree of `text`, or None and why not. `first_line` is added to lines when `text` is part of a file."""
    root, problems, guessed = _read(path, text, first_line)
    return None if guessed else root, problems


def read_guessed(path: str, text: str, first_line: int = 0) -> tuple[Node | None, tuple[Problem, ...]]:
    """The same, but where YAML cannot read the text, the tree is what was probably meant: only to tell of the other
    mistakes in it, never to be served.
    """
    root, problems, _ = _read(path, text, first_line)
    return root, problems


def _read(path: str, text: str, first_line: int) -> tuple[Node | None, tuple[Problem, ...], bool]:
    """The tree, its problems, and whether mistakes had to be guessed away."""
    problems = _unreadable(path, text, first_line)
    if problems:
        return None, problems, False
    lines, slips = text.splitlines(), _Builder(path, first_line)
    guessed: set[int] = set()
    while True:
        builder = _Builder(path, first_line)
        try:
            root = builder.document("\n".join(lines) if guessed else text)
            return root, (*slips.problems, *builder.problems), bool(guessed)
        except MarkedYAMLError as error:
            line, message = explain(lines, error)
            # A wrong guess about the margin looks like a margin that is wrong: what was told before comes first.
            if guessed and (line in guessed or message == INDENT):
                return None, tuple(slips.problems), True
            slips.problem(line, "書き方", message)
            better = without_slip(lines[line], message) if lines and len(guessed) < MAX_SLIPS else None
            if better is None:
                return None, (*slips.problems, *builder.problems), True
            guessed.add(line)
            lines[line] = better
        except (YAMLError, RecursionError):
            slips.problem(
                0, "書き方", "YAML として読めません。直前に変えた行を元にもどして、もう一度ためしてください。"
            )
            return None, (*slips.problems, *builder.problems), True


def _unreadable(path: str, text: str, first_line: int) -> tuple[Problem, ...]:
    if len(text) > MAX_BYTES // 4 and len(text.encode("utf-8", "surrogateescape")) > MAX_BYTES:
        return (Problem(path, 1, "ファイル", "2 MB を超えています。分野ごとのファイルに分けてください。"),)
    undecoded = _UNDECODED.search(text)
    if undecoded:
        return (Problem(path, _line_at(text, undecoded.start()) + first_line, "文字コード", _encoding_message(text)),)
    return tuple(
        Problem(
            path,
            _line_at(text, found.start()) + first_line,
            "文字",
            f"目に見えない制御文字（U+{ord(found.group()):04X}）があります。この行を打ち直してください。",
        )
        for found in list(_BROKEN.finditer(strip_bom(text)))[:20]
    )


def _encoding_message(text: str) -> str:
    raw = text.encode("utf-8", "surrogateescape")
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "UTF-16 で保存されているようです。エディターで文字コードを UTF-8 にして保存し直してください。"
    try:
        raw.decode("cp932")
    except UnicodeDecodeError:
        return "UTF-8 の文字として読めません。エディターで文字コードを UTF-8 にして保存し直してください。"
    return "Shift_JIS（CP932）で保存されているようです。エディターで文字コードを UTF-8 にして保存し直してください。"


def _line_at(text: str, position: int) -> int:
    return text.count("\n", 0, position) + 1


class _Builder:
    """Events in, nodes out. Duplicate keys, anchors and swallowed fields become problems; reading goes on."""

    def __init__(self, path: str, first_line: int) -> None:
        self.path = path
        self.first_line = first_line
        self.problems: list[Problem] = []

    def problem(self, line: int, name: str, message: str) -> None:
        self.problems.append(Problem(self.path, line + self.first_line + 1, name, message))

    def document(self, text: str) -> Node | None:
        root: Node | None = None
        events = YAML(typ="safe", pure=True).parse(text)
        for event in events:
            kind = type(event).__name__
            if kind == "DocumentStartEvent" and root is not None:
                self.problem(event.start_mark.line, "書き方", "「---」の行は使いません。この行を消してください。")
            elif kind in {"ScalarEvent", "SequenceStartEvent", "MappingStartEvent", "AliasEvent"}:
                node = self.node(event, events, 0)
                root = root or node
        return root

    def node(self, event: Any, events: Any, depth: int) -> Node:
        kind = type(event).__name__
        line = event.start_mark.line
        if depth > MAX_DEPTH:
            raise RecursionError
        if kind == "AliasEvent" or event.anchor:
            self.problem(line, "書き方", "値の先頭に & や * は使えません。値の全体を ' ' で囲んでください。")
        elif event.tag not in (None, "!"):
            self.problem(line, "書き方", "値の先頭に ! は使えません。値の全体を ' ' で囲んでください。")
        if kind == "AliasEvent":
            return Node(f"*{event.anchor}", line, line)
        if kind == "ScalarEvent":
            return self.scalar(event, line)
        if kind == "SequenceStartEvent":
            return self.sequence(event, events, depth)
        return self.mapping(event, events, depth)

    def scalar(self, event: Any, line: int) -> Node:
        value, end, style = event.value, event.end_mark.line, event.style
        if style in ("|", ">"):
            end = line + max(1, event.value.rstrip("\n").count("\n") + 1) if style == "|" else max(line, end - 1)
        elif style is None and end != line:
            swallowed = _SWALLOWED_FIELD.search(value)
            if swallowed:
                name, colon = swallowed.groups()
                hint = "全角の「：」を半角の「: 」に" if colon == "：" else "「:」の後ろに半角の空白を入れて「: 」に"
                self.problem(line + 1, name, f"前の行の続きとして読まれました。{hint}してください。")
        text = None if value == "" and style is None else value
        return Node(text, line, end, end_column=event.end_mark.column)

    def sequence(self, event: Any, events: Any, depth: int) -> Node:
        items: list[Node] = []
        for inner in events:
            if type(inner).__name__ == "SequenceEndEvent":
                return self.collection(items, items, event, inner)
            items.append(self.node(inner, events, depth + 1))
        raise RecursionError

    def mapping(self, event: Any, events: Any, depth: int) -> Node:
        values: dict[str, Node] = {}
        for inner in events:
            if type(inner).__name__ == "MappingEndEvent":
                return self.collection(values, list(values.values()), event, inner)
            key = self.node(inner, events, depth + 1)
            node = self.node(next(events), events, depth + 1)
            node.key_line = key.line
            name = key.value if isinstance(key.value, str) else "?"
            if name in values:
                first = values[name].key_line + self.first_line + 1
                self.problem(
                    key.line, name, f"同じ項目が2回あります（先のものは {first} 行目）。どちらかを消してください。"
                )
            else:
                values[name] = node
        raise RecursionError

    @staticmethod
    def collection(value: list[Node] | dict[str, Node], nodes: list[Node], event: Any, closing: Any) -> Node:
        line = event.start_mark.line
        if event.flow_style:
            return Node(value, line, closing.end_mark.line, flow=True, end_column=closing.end_mark.column)
        return Node(value, line, max([line, *(node.end for node in nodes)]))
