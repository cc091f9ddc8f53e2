"""A first `city.yaml` for a city that has only a FAQ table: valid, and plainly to be completed by staff."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from faq.dump import Value, field_lines, scalar
from faq.entry import Entry

# Nobody has this number; `faq check` warns as long as it stands in `city.yaml`.
DRAFT_PHONE: Final = "000-000-0000"
_GENERAL_WINDOW: Final = "総合案内"

_HEAD: Final = """\
# 表から取りこんだときに作った、下書きです。
# ★の行は、{name}の本当の内容に書きかえてください。書きかえるまで「faq check」が知らせます。
"""


def topics_of(categories: Sequence[str], known: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """Category as written → id, and id → title. `known` is title → id of the topics that are already there."""
    ids: dict[str, str] = {}
    titles: dict[str, str] = {}
    for number, category in enumerate(categories, 1):
        plain = re.sub(r"[^a-z0-9._-]+", "-", unicodedata.normalize("NFKC", category).lower()).strip("-._")[:64]
        given = category if re.fullmatch(r"[a-z0-9][a-z0-9._-]{0,63}", category) else ""
        name = known.get(category) or given or (plain if plain and plain not in titles else f"category-{number}")
        ids[category] = name
        titles.setdefault(name, category)
    return ids, titles


def city_draft(folder: str, entries: Iterable[Entry], titles: Mapping[str, str]) -> str:
    """The text of a `city.yaml` with the departments and topics that the entries name."""
    entries = list(entries)
    departments = list(dict.fromkeys([_GENERAL_WINDOW, *(entry.department for entry in entries if entry.department)]))
    used = dict.fromkeys(entry.category for entry in entries)
    identifier = re.sub(r"[^a-z0-9._-]+", "-", folder.lower()).strip("-._")[:64] or "city"
    lines = [
        *field_lines("id", identifier, 0),
        f"name: {scalar(folder)}  # ★市区町村の名前",
        "kana: しちょうそん  # ★名前の読みがな",
        "prefecture: 都道府県  # ★都道府県の名前",
        f"phone: {DRAFT_PHONE}  # ★代表電話",
        "website: https://www.example.jp  # ★市のウェブサイト",
        "",
        "# ふだん開いている時間。課ごとに違うときは、課の下にも hours を書けます。",
        "hours:",
        "  - {days: [月, 火, 水, 木, 金], open: 8:30, close: 17:15}",
        "",
        f"default_department: {_GENERAL_WINDOW}",
        "",
        "# ★課の電話（phone）と場所（place）",
        "departments:",
    ]
    for department in departments:
        lines.extend([f"  - name: {scalar(department)}", f"    phone: {DRAFT_PHONE}"])
    topics: list[Value] = [{"id": name, "title": titles.get(name, "そのほか")} for name in used]
    lines.extend(["", "# メニューに出す分野。title は住民が読む名前です。", *field_lines("topics", topics, 0)])
    return _HEAD.format(name=folder) + "\n".join(lines) + "\n"
