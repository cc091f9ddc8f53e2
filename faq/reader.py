"""A city's YAML → typed models, with every problem of every file at once, each on the line to mend.

    entries, problems = read_entries("faq/tax.yaml", text)

One bad entry does not lose the others of its file. What was read is kept by content, so reading a city again after
an edit of one file reads that file only.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from functools import lru_cache
from types import NoneType
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from faq import parsed
from faq.city import City
from faq.complaints import complain, unknown_field
from faq.entry import Entry, EntryFile, Identifier
from faq.problems import ContentError, Problem, errors_of
from faq.thesaurus import ThesaurusFile
from faq.yaml_tree import Node, read_guessed, read_tree

__all__ = [
    "ContentError",
    "Problem",
    "errors_of",
    "locate_entries",
    "read_city",
    "read_entries",
    "read_model",
    "read_thesaurus",
    "read_wording",
]

_Model = TypeVar("_Model", bound=BaseModel)
_Problems = tuple[Problem, ...]
_KEPT_FILES = 600


@lru_cache(_KEPT_FILES)
def read_entries(path: str, text: str) -> tuple[tuple[Entry, ...], _Problems]:
    """The entries of one file under `faq/`, in its order, and what is wrong with the others."""
    kept = _kept(EntryFile, "entries", text, _with_category)
    if kept is not None:
        return kept.faqs, ()
    root, problems = read_tree(path, text)
    entries, problems = _read_pieces(path, text, problems) if problems else _entries_of(path, root)
    return entries, _unless_kept("entries", text, root, problems)


@lru_cache(_KEPT_FILES)
def read_city(path: str, text: str) -> tuple[City | None, _Problems]:
    kept = _kept(City, "city", text)
    return (kept, ()) if kept is not None else _read_model(City, "city", path, text)


@lru_cache(_KEPT_FILES)
def read_thesaurus(path: str, text: str) -> tuple[ThesaurusFile, _Problems]:
    """The groups of one thesaurus; bad groups are left out."""
    kept = _kept(ThesaurusFile, "thesaurus", text)
    if kept is not None:
        return kept, ()
    root, problems = read_tree(path, text)
    if root is None or not isinstance(root.value, dict):
        return ThesaurusFile(), problems or _not_mapping(path, root, "「groups:」の下に「- id: …」が並ぶ形")
    groups, found = _models_of_list(ThesaurusFile, "groups", path, root)
    return ThesaurusFile(groups=tuple(groups)), _unless_kept("thesaurus", text, root, problems + found)


def read_wording(path: str, text: str) -> tuple[dict[str, str], _Problems]:
    """The sentences of one language: key → text."""
    sentences, problems = _read_wording(path, text)
    return dict(sentences), problems


@lru_cache(_KEPT_FILES)
def _read_wording(path: str, text: str) -> tuple[tuple[tuple[str, str], ...], _Problems]:
    kept = parsed.load("wording", text)
    if isinstance(kept, dict) and all(isinstance(sentence, str) for sentence in kept.values()):
        return tuple((key, sentence.strip("\n")) for key, sentence in kept.items()), ()
    root, problems = read_tree(path, text)
    if root is None or not isinstance(root.value, dict):
        return (), problems or _not_mapping(path, root, "「キー: 文」の形")
    sentences: list[tuple[str, str]] = []
    found: list[Problem] = []
    for key, node in root.value.items():
        if isinstance(node.value, str) and node.value.strip():
            sentences.append((key, node.value.strip("\n")))
        else:
            message = "文を1つだけ書いてください（空や一覧にはできません）。もとの文でよければこの行を消してください。"
            found.append(Problem(path, node.key_line + 1, key, message))
    return tuple(sentences), _unless_kept("wording", text, root, problems + tuple(found))


def _kept(
    model: type[_Model], kind: str, text: str, prepared: Callable[[Any], Any] = lambda plain: plain
) -> _Model | None:
    """What the file said when it was parsed before, checked as if it had just been parsed; None: parse it."""
    plain = parsed.load(kind, text)
    if not isinstance(plain, dict):
        return None
    try:
        return model.model_validate(prepared(plain))
    except (ValidationError, TypeError):
        return None


def _with_category(plain: dict[str, Any]) -> dict[str, Any]:
    """Every entry without a category has the file's."""
    defaults = {"category": plain["category"]} if "category" in plain else {}
    return {**plain, "faqs": [{**defaults, **entry} for entry in plain.get("faqs", ())]}


def _unless_kept(kind: str, text: str, root: Node | None, problems: _Problems) -> _Problems:
    """The problems; a file without any is kept for the next start."""
    if root is not None and not problems:
        parsed.keep(kind, text, root.plain())
    return problems


def read_model(model: type[_Model], path: str, text: str) -> tuple[_Model | None, _Problems]:
    """A small file of any model, read anew each time: the value, or None and every problem on its line."""
    root, problems = read_tree(path, text)
    if root is None or not isinstance(root.value, dict):
        return None, problems or _not_mapping(path, root, "「項目名: 値」の形")
    try:
        return (model.model_validate(root.plain()), ()) if not problems else (None, problems)
    except ValidationError as error:
        return None, problems + _complaints(error, model, path, root, ())


def _read_model(model: type[_Model], kind: str, path: str, text: str) -> tuple[_Model | None, _Problems]:
    root, problems = read_tree(path, text)
    if root is None or not isinstance(root.value, dict):
        return None, problems or _not_mapping(path, root, "「項目名: 値」の形")
    try:
        return model.model_validate(root.plain()), _unless_kept(kind, text, root, problems)
    except ValidationError as error:
        return None, problems + _complaints(error, model, path, root, ())


def _not_mapping(path: str, root: Node | None, form: str) -> _Problems:
    if root is None or root.value is None:
        return (Problem(path, 1, "ファイル", "中身がありません。書きかけなら、いったんファイルを消してください。"),)
    if isinstance(root.value, list) and "faqs" in form:
        return (Problem(path, root.line + 1, "ファイル", "「- id: …」の前に「faqs:」の行を書いてください。"),)
    return (Problem(path, root.line + 1, "ファイル", f"{form}になっていません。ほかのファイルと見比べてください。"),)


def _entries_of(path: str, root: Node | None) -> tuple[tuple[Entry, ...], _Problems]:
    if root is None or not isinstance(root.value, dict):
        return (), _not_mapping(path, root, "「faqs:」の下に「- id: …」が並ぶ形")
    category, problems = _category(path, root)
    entries, found = _models_of_list(EntryFile, "faqs", path, root, {"category": category})
    return tuple(entries), problems + found


def _category(path: str, root: Node) -> tuple[str, _Problems]:
    node = root.value.get("category") if isinstance(root.value, dict) else None
    if node is None or node.value is None:
        return "general", ()
    if isinstance(node.value, str) and re.fullmatch(_pattern(Identifier), node.value):
        return node.value, ()
    message = "分野は半角の小文字の英字・数字と「-」で書いてください（city.yaml の topics の id と同じもの）。"
    return "general", (Problem(path, node.key_line + 1, "category", message),)


def _pattern(identifier: Any) -> str:
    return str(get_args(identifier)[1].pattern)


def locate_entries(path: str, text: str) -> dict[str, Node]:
    """Where each entry of a file stands: id → node (of two with one id, the first). Reads anew: for reports."""
    root, problems = read_tree(path, text)
    pieces = _pieces(text)[1] if problems else []
    trees = [(tree, first) for first, piece in pieces if (tree := read_guessed(path, piece, first)[0])]
    faqs = root.child("faqs") if root and not problems else None
    nodes = [_moved(node, first) for tree, first in trees for node in tree.children()] or (
        faqs.children() if faqs else []
    )
    found: dict[str, Node] = {}
    for node in nodes:
        identifier = node.child("id")
        if identifier and isinstance(identifier.value, str):
            found.setdefault(identifier.value, node)
    return found


def _models_of_list(
    owner: type[BaseModel], name: str, path: str, root: Node, defaults: dict[str, str] | None = None
) -> tuple[list[Any], _Problems]:
    """The valid items of the list `name` of a file, and the problems of the rest and of the file's other fields."""
    assert isinstance(root.value, dict)
    problems = _unknown_fields(owner, path, root)
    holder = root.value.get(name)
    if holder is None:
        message = f"「{name}:」がありません。「{name}:」の行を書き、その下に「- id: …」を並べてください。"
        return [], (*problems, Problem(path, 1, name, message))
    if not isinstance(holder.value, list):
        if holder.value is not None:
            problems.append(Problem(path, holder.key_line + 1, name, "「- id: …」で始まる一覧にしてください。"))
        return [], tuple(problems)
    model: type[BaseModel] = get_args(owner.model_fields[name].annotation)[0]
    items: list[Any] = []
    for node in holder.value:
        plain = node.plain()
        try:
            items.append(model.model_validate({**(defaults or {}), **plain} if isinstance(plain, dict) else plain))
        except ValidationError as error:
            problems.extend(_complaints(error, model, path, node, plain))
    return items, tuple(problems)


def _unknown_fields(owner: type[BaseModel], path: str, root: Node) -> list[Problem]:
    return [
        Problem(path, node.key_line + 1, key, unknown_field(key, owner.model_fields))
        for key, node in (root.value.items() if isinstance(root.value, dict) else ())
        if key not in owner.model_fields
    ]


def _complaints(error: ValidationError, model: type[BaseModel], path: str, node: Node, plain: Any) -> _Problems:
    entry = plain.get("id") if isinstance(plain, dict) else None
    return tuple(
        Problem(
            path,
            node.line_of(found["loc"]),
            _field_name(found["loc"]),
            complain(found, _fields_at(model, found["loc"])),
            entry=entry if isinstance(entry, str) else "",
        )
        for found in _causes(error.errors(include_url=False))
    )


def _causes(errors: list[ErrorDetails]) -> list[ErrorDetails]:
    """Without "one at least" where there is one that is wrong: pydantic counts only the sound items."""
    inner = {found["loc"][: len(found["loc"]) - n] for found in errors for n in range(1, len(found["loc"]))}
    return [found for found in errors if found["type"] != "too_short" or found["loc"] not in inner]


def _field_name(loc: tuple[int | str, ...]) -> str:
    """`links[2].url`: counted from 1, as staff count."""
    name = ""
    for step in loc:
        if step != "[key]":
            name += f"[{step + 1}]" if isinstance(step, int) else f".{step}" if name else step
    return name or "全体"


def _fields_at(model: type[BaseModel], loc: tuple[int | str, ...]) -> Collection[str]:
    """The fields of the model that holds the last step of `loc`."""
    current: type[BaseModel] | None = model
    for step in loc[:-1]:
        if current is not None and isinstance(step, str) and step in current.model_fields:
            current = _inner_model(current.model_fields[step].annotation)
    return current.model_fields if current else ()


def _inner_model(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type):
        return annotation if issubclass(annotation, BaseModel) else None
    inner = (_inner_model(argument) for argument in get_args(annotation) if argument not in (NoneType, ...))
    return next((model for model in inner if model), None)


def _read_pieces(path: str, text: str, problems: _Problems) -> tuple[tuple[Entry, ...], _Problems]:
    """A file that YAML cannot read as a whole, entry by entry: the sound ones are kept, each broken one is named."""
    head, pieces = _pieces(text)
    root, found = read_tree(path, head) if head.strip() else (None, ())
    category, wrong = _category(path, root) if root else ("general", ())
    found += wrong + (tuple(_unknown_fields(EntryFile, path, root)) if root else ())
    entries: list[Entry] = []
    for first_line, piece in pieces:
        tree, piece_problems = read_guessed(path, piece, first_line)
        found += piece_problems
        if tree is None or not isinstance(tree.value, list):
            continue
        holder = Node({"faqs": _moved(tree, first_line)}, 0, 0)
        read, complaints = _models_of_list(EntryFile, "faqs", path, holder, {"category": category})
        entries.extend(() if piece_problems else read)
        found += complaints
    return tuple(entries), _once(problems[0], found) if errors_of(found) else problems


def _once(first: Problem, found: _Problems) -> _Problems:
    """A file that was saved in another encoding is told of once, not once an entry."""
    if first.field != "文字コード" or first.message.startswith("UTF-8"):
        return found
    return (first, *(problem for problem in found if problem.field != first.field))


def _pieces(text: str) -> tuple[str, list[tuple[int, str]]]:
    """What stands around the entries, and (first line, text) of every entry."""
    lines = text.splitlines(keepends=True)
    start = next((n + 1 for n, line in enumerate(lines) if re.match(r"\ufeff?faqs:\s*(#.*)?$", line)), len(lines))
    end = next((n for n in range(start, len(lines)) if re.match(r"[A-Za-z_]+\s*:", lines[n])), len(lines))
    first = next((line for line in lines[start:end] if re.match(r" *- ", line)), "- ")
    margin = re.compile(re.escape(first[: first.index("-") + 1]) + r"[^-\n]")
    begins = [n for n in range(start, end) if margin.match(lines[n])]
    head = "".join((*lines[: start - 1], "\n" * (end - start + 1), *lines[end:])) if begins else ""
    return head, [(a, "".join(lines[a:b])) for a, b in zip(begins, [*begins[1:], end], strict=False)]


def _moved(node: Node, lines: int) -> Node:
    """The same tree, `lines` further down."""
    value = node.value
    if isinstance(value, list):
        value = [_moved(child, lines) for child in value]
    elif isinstance(value, dict):
        value = {key: _moved(child, lines) for key, child in value.items()}
    key_line = node.key_line + lines if node.key_line >= 0 else -1
    return Node(value, node.line + lines, node.end + lines, key_line, node.flow, node.end_column)
