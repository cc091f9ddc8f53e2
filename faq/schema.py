"""JSON Schemas for editors, made from the models: completion and red lines while staff type.

An editor's YAML types what ours reads as text (`id: 12`, `open: 8:30`), so a schema that says "text" allows those, too.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from pydantic import BaseModel

from faq.city import City
from faq.disaster import Disaster
from faq.disaster_texts import DisasterTextsFile
from faq.entry import EntryFile
from faq.thesaurus import ThesaurusFile

SCHEMAS: Final[Mapping[str, tuple[type[BaseModel], str]]] = {
    "faq.schema.json": (EntryFile, "質問と回答（faq/*.yaml）"),
    "city.schema.json": (City, "市の情報（city.yaml）"),
    "disaster.schema.json": (Disaster, "気象庁の電文から知らせること（disaster.yaml）"),
    "disaster_texts.schema.json": (DisasterTextsFile, "災害のときに職員が出す文（disaster_texts.yaml）"),
    "thesaurus.schema.json": (ThesaurusFile, "同義語（thesaurus.yaml）"),
}
_HINTS: Final = {
    "id": "半角の小文字の英字・数字・「-」。ほかと重ならない名前。一度決めたら変えません",
    "question": "住民の質問を1文で",
    "answer": "回答。結論を先に",
    "phrasings": "住民が実際に打つことば。3つ以上",
    "keywords": "短いことば",
    "category": "分野。city.yaml の topics の id",
    "easy": "やさしい日本語の回答。漢字にふりがな",
    "department": "担当課。city.yaml の departments の name",
    "contact": "担当課のほかの連絡先",
    "links": "くわしいページ",
    "related": "つながりのある質問の id",
    "valid_from": "この日から住民に出す（例 2027-04-01）",
    "valid_until": "この日まで住民に出す",
    "review_by": "この日までに内容を見直す",
    "tests": "この質問が見つかるべき文。phrasings の写しにしない",
    "translations": "ほかの言語の質問と回答",
    "phone": "電話番号。半角の数字と「-」",
    "hours": "開いている時間",
    "closures": "休みの日",
    "own_names": "市の名前の言い方。検索で手がかりに数えないことば",
    "default_department": "担当課を書いていない質問に答える課",
    "handoff": "「人に聞く」の受け方。課に書かないことは、市のもの",
    "chat": "ここでのやりとりを受けるか。いいえ なら、電話とフォームを案内します",
    "max_waiting": "待てる人数。これより多いときは、電話とフォームを案内します",
    "idle_minutes": "職員の返事のあと、この分数だけ返事がないと、自動の案内に戻ります（0 は戻らない）",
    "escalate_minutes": "この分数だけ、だれも受け持たないと、escalate_mails に知らせます（0 は知らせない）",
    "notify": "待っている人がいることを、だれに知らせるか",
    "mails": "知らせるメールアドレス",
    "webhook": "職員のチャットへの知らせ方：teams・slack・logo・見本のファイル名・なし",
    "webhook_channel": "知らせる先が2つ以上ある時の名前。アドレスは環境変数に書きます",
    "escalate_mails": "だれも受け持たない時に知らせるメールアドレス",
    "notices": "お知らせ。住民が選ぶ分野・地域・質問",
    "from_start": "はい なら、友だちになった人にはじめから届きます（届くことを、はじめに伝えます）",
    "areas": "お知らせの地域。towns の町名でも選べます",
    "towns": "この地域の町名",
    "questions": "お知らせのために聞くこと。この市で使うものだけ",
    "ask": "たずねること（例 お子さんの生まれた月）",
    "approval": "はい なら、お知らせは、ほかの人が承認してから送ります",
    "languages": "お知らせを書く言語",
    "weeks": "第何週か（1〜5）",
    "words": "同じ意味のことば",
    "readings": "読み",
    "colloquial": "話しことば",
    "broader": "これより広い意味の語、または同義語の id",
}


def schema_texts() -> dict[str, str]:
    """File name → text of every schema, as the files in `schema/` should be."""
    return {
        name: json.dumps(_schema(model, title), ensure_ascii=False, indent=2) + "\n"
        for name, (model, title) in SCHEMAS.items()
    }


def write_schemas(folder: Path) -> list[Path]:
    """Write all of them into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, text in schema_texts().items():
        path = folder / name
        path.write_text(text, encoding="utf-8")
        written.append(path)
    return written


def _schema(model: type[BaseModel], title: str) -> dict[str, Any]:
    schema = _for_editors(model.model_json_schema())
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema, "title": title}


def _for_editors(node: Any, name: str = "") -> Any:
    if isinstance(node, list):
        return [_for_editors(item) for item in node]
    if not isinstance(node, dict):
        return node
    kept = {
        key: value
        for key, value in node.items()
        if key not in {"title", "default", "description"} or name == "properties"
    }
    out = {key: _for_editors(value, key) for key, value in kept.items()}
    if name == "properties":
        return {key: _hinted(key, value) for key, value in out.items()}
    return _as_read(out)


def _hinted(key: str, value: Any) -> Any:
    if key == "year_end":
        value = {"anyOf": [{"const": "なし"}, *value.get("anyOf", [value])]}
    return {**value, "description": _HINTS[key]} if key in _HINTS and isinstance(value, dict) else value


def _as_read(node: dict[str, Any]) -> dict[str, Any]:
    """Text may look like a number to the editor; clocks and days are plain text with a pattern; `はい` is a yes."""
    form = node.get("format")
    if form == "time":
        return {"type": "string", "pattern": r"^\d{1,2}:\d{2}$"}
    if form == "date":
        return {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}$"}
    if node.get("type") == "boolean":
        return {"enum": ["はい", "いいえ", True, False]}
    if node.get("type") == "string" and "enum" not in node:
        return {**node, "type": ["string", "number", "boolean"]}
    return node
