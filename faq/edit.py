"""Change an entry in the text that staff wrote, and nothing else of it: comments, quotes and order stay.

The lines of a changed field are replaced where they stand; a round trip through a YAML writer would re-fold the rest.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from difflib import SequenceMatcher
from typing import Final

from faq.dump import Value, field_lines, item_lines, scalar
from faq.entry import Entry
from faq.problems import errors_of
from faq.reader import read_entries
from faq.yaml_tree import Node, read_tree

_SCRATCH: Final = "faq/edit.yaml"


class EditError(ValueError):
    """The text cannot be changed safely; the message says why, in Japanese."""


def edit_entry(text: str, entry_id: str, changes: Mapping[str, Value | None]) -> str:
    """The same file with these fields of one entry changed; None takes a field away.

    Raises `EditError` when there is no such entry, it is written as `{…}` on one line, or the result has errors.
    """
    for name, value in changes.items():
        if name not in Entry.model_fields:
            raise EditError(f"「{name}」という項目はありません。")
        text = _with_field(text, entry_id, name, value)
        entry_id = str(value) if name == "id" else entry_id
    _, problems = read_entries(_SCRATCH, text)
    broken = errors_of(problems)
    if broken:
        raise EditError(f"{broken[0].field}: {broken[0].message}")
    return text


def _with_field(text: str, entry_id: str, name: str, value: Value | None) -> str:
    newline = "\r\n" if "\r\n" in text else "\n"
    lines = text.split(newline)
    entry = _entry_node(text, entry_id)
    fields = entry.value if isinstance(entry.value, dict) else {}
    margin = _margin(lines[fields["id"].key_line], "id")
    node = fields.get(name)
    if node is None:
        if value is not None:
            last = max(field.end for field in fields.values())
            lines[last + 1 : last + 1] = field_lines(name, value, margin)
    elif value is None:
        _remove(lines, node, name)
    else:
        lines[node.key_line : node.end + 1] = _replacement(lines, node, name, value, margin)
    return newline.join(lines)


def _entry_node(text: str, entry_id: str) -> Node:
    root, problems = read_tree(_SCRATCH, text)
    if root is None or problems:
        raise EditError("ファイルに書きまちがいがあります。先に「faq check」で直してください。")
    holder = root.child("faqs")
    for node in holder.children() if holder else []:
        identifier = node.child("id")
        if identifier and identifier.value == entry_id:
            if node.flow:
                raise EditError("{ } で1行に書かれた質問は、ここでは直せません。ファイルを直してください。")
            return node
    raise EditError(f"id「{entry_id}」の質問が見つかりません。")


def _margin(line: str, name: str) -> int:
    """The column at which the fields of this entry begin."""
    return line.index(f"{name}:") if f"{name}:" in line else line.index(name)


def _remove(lines: list[str], node: Node, name: str) -> None:
    if lines[node.key_line].lstrip().startswith("- "):
        raise EditError(f"先頭の項目「{name}」は消せません。")
    del lines[node.key_line : node.end + 1]


def _replacement(lines: list[str], node: Node, name: str, value: Value, margin: int) -> list[str]:
    first = lines[node.key_line]
    old_items = node.children()
    if isinstance(value, Sequence) and not isinstance(value, str) and old_items and not node.flow and value:
        return [first, *_items(lines, node, value)]
    fresh = field_lines(name, value, margin)
    fresh[0] = first[:margin] + fresh[0][margin:]
    comment = _comment_behind(lines, node)
    if comment and len(fresh) == 1:
        fresh[0] += comment
    return fresh


def _items(lines: list[str], node: Node, values: Sequence[Value]) -> list[str]:
    """The lines of a `- …` list: kept items keep their lines and the comments around them."""
    old = node.children()
    depth = len(lines[old[0].line]) - len(lines[old[0].line].lstrip())
    starts = [node.key_line + 1, *(item.end + 1 for item in old)]
    out: list[str] = []
    before, after = [_key(item.plain()) for item in old], [_key(value) for value in values]
    for action, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        for number in range(a, b):
            span = lines[starts[number] : starts[number + 1]]
            out.extend(span if action == "equal" else [line for line in span if line.lstrip().startswith("#")])
        if action != "equal":
            out.extend(line for value in values[c:d] for line in item_lines(value, depth))
    return out


def _key(value: Value | None) -> str:
    return repr(value)


def _comment_behind(lines: list[str], node: Node) -> str:
    """`  # 4月から` behind a value that ends on its own line."""
    if node.key_line != node.end or node.value is None:
        return ""
    rest = lines[node.end][node.end_column :]
    return rest if rest.lstrip().startswith("#") else ""


__all__ = ["EditError", "edit_entry", "scalar"]
