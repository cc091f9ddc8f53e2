"""The columns of a FAQ table: their names in English and Japanese, and a row ↔ an entry.

A cell that holds a list has one item a line; `|` and `；` separate, too, when the cell has a single line.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any, Final, get_args

from faq.complaints import JAPANESE_FIELDS
from faq.entry import Entry, TranslationLanguage

COLUMNS: Final = (
    "id",
    "question",
    "answer",
    "phrasings",
    "keywords",
    "category",
    "department",
    "contact",
    "easy",
    "links",
    "related",
    "tests",
    "valid_from",
    "valid_until",
    "review_by",
)
TRANSLATION_COLUMNS: Final = tuple(
    f"{part}_{language}" for language in get_args(TranslationLanguage) for part in ("question", "answer")
)
LISTS: Final = frozenset({"phrasings", "keywords", "links", "related", "tests"})
_DATES: Final = frozenset({"valid_from", "valid_until", "review_by"})
_OTHER_NAMES: Final = {
    "no": "id",
    "no.": "id",
    "faq番号": "id",
    "質問文": "question",
    "問い": "question",
    "q": "question",
    "回答文": "answer",
    "回答内容": "answer",
    "a": "answer",
    "質問のしかた": "phrasings",
    "言いかえ": "phrasings",
    "類似質問": "phrasings",
    "検索語": "keywords",
    "タグ": "keywords",
    "カテゴリ": "category",
    "カテゴリー": "category",
    "大分類": "category",
    "課": "department",
    "課名": "department",
    "部署": "department",
    "担当部署": "department",
    "担当部課": "department",
    "所管課": "department",
    "問い合わせ先": "contact",
    "問合せ先": "contact",
    "お問い合わせ先": "contact",
    "url": "links",
    "参考url": "links",
    "関連リンク": "links",
    "関連する質問": "related",
    "関連faq": "related",
    "公開開始日": "valid_from",
    "公開終了日": "valid_until",
    "掲載期限": "valid_until",
    "見直し期限": "review_by",
}
_URL: Final = re.compile(r"(?:https?://|tel:|mailto:)\S+$")
_ERAS: Final = {"令和": 2018, "r": 2018, "平成": 1988, "h": 1988}
_DAY: Final = re.compile(r"(令和|平成|[RH]|)\s*(元|\d{1,4})\s*[年./-]\s*(\d{1,2})\s*[月./-]\s*(\d{1,2})日?", re.I)


def column_of(header: str) -> str | None:
    """`質問` → `question`; None for a column we do not know."""
    # Headers are often spaced out to fill their cell: 質　問.
    name = re.sub(r"\s", "", unicodedata.normalize("NFKC", header)).lower()
    if name in COLUMNS or name in TRANSLATION_COLUMNS:
        return name
    return JAPANESE_FIELDS.get(name) or _OTHER_NAMES.get(name)


def fields_of(cells: Mapping[str, str]) -> dict[str, Any]:
    """A row as the fields of an entry, still unchecked; empty cells are left out."""
    fields: dict[str, Any] = {}
    for column, cell in cells.items():
        text = cell.replace("\r\n", "\n").replace("\r", "\n")
        if not text.strip():
            continue
        if column in TRANSLATION_COLUMNS:
            part, language = column.split("_")
            fields.setdefault("translations", {}).setdefault(language, {})[part] = text.strip()
        else:
            fields[column] = _value(column, text)
    return fields


def row_of(entry: Entry) -> dict[str, str]:
    """An entry as cells, by column; `fields_of` reads them back to the same entry."""
    data = entry.model_dump(mode="json", exclude_none=True)
    cells = dict.fromkeys((*COLUMNS, *TRANSLATION_COLUMNS), "")
    for column in COLUMNS:
        value = data.get(column, "")
        if column == "links":
            value = [f"{link['title']} {link['url']}" for link in value]
        cells[column] = _joined(value) if column in LISTS else str(value)
    for language, translation in data.get("translations", {}).items():
        for part, text in translation.items():
            cells[f"{part}_{language}"] = text
    return cells


def _joined(items: Sequence[str]) -> str:
    """One item a line. A single item that holds a separator gets a line end, so that it is not split when read."""
    text = "\n".join(items)
    return f"{text}\n" if len(items) == 1 and re.search("[|｜；、,]", text) else text


def _value(column: str, text: str) -> Any:
    if column == "links":
        return [_link(item) for item in _items(text, "[|｜；]")]
    if column in LISTS:
        return _items(text, "[|｜；、,]" if column == "keywords" else "[|｜；]")
    if column in _DATES:
        return _day(text.strip())
    if column in {"question", "category", "department", "contact"}:
        return re.sub(r"\s*\n\s*", " ", text.strip())
    return text.strip()


def _items(text: str, separators: str) -> list[str]:
    parts = text.split("\n") if "\n" in text else re.split(separators, text)
    return [part.strip() for part in parts if part.strip()]


def _link(item: str) -> dict[str, str]:
    """`粗大ごみの申込み https://…`, `粗大ごみの申込み（https://…）` or the address alone."""
    title, _, last = item.rpartition(" ")
    if _URL.match(last):
        return {"title": title.strip() or "関連ページ", "url": last}
    inner = re.fullmatch(r"(.*?)[（(<]\s*((?:https?://|tel:|mailto:)\S+?)\s*[)）>]", item)
    return {"title": inner[1].strip() or "関連ページ", "url": inner[2]} if inner else {"title": item, "url": item}


def _day(text: str) -> str:
    """`2027/3/31`, `令和9年3月31日`, `R9.3.31` → `2027-03-31`; anything else is left for the schema to refuse."""
    found = _DAY.fullmatch(unicodedata.normalize("NFKC", text).split(" 0:00")[0].strip())
    if not found:
        return text
    era, year, month, day = found.groups()
    number = (1 if year == "元" else int(year)) + _ERAS.get(era.lower(), 0)
    return f"{number:04d}-{int(month):02d}-{int(day):02d}"
