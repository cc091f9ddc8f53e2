"""Things that tests need, made with sensible defaults: `an_entry(answer="…")`, `a_city(hours=…)`, `city_files(…)`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from faq.city import City
from faq.entry import Entry

WEEKDAYS = ("月", "火", "水", "木", "金")

CITY_YAML = """\
id: test
name: 試験市
kana: しけんし
prefecture: 埼玉県
phone: 048-000-0000
website: https://www.city.test.example.jp
own_names: [試験市]
hours:
  - {days: [月, 火, 水, 木, 金], open: 8:30, close: 17:15}
default_department: 総合案内
departments:
  - {name: 総合案内, phone: 048-000-0000}
  - {name: 市民課, phone: 048-000-0001, place: 市役所1階}
  - {name: ごみ減量課, phone: 048-000-0002}
topics:
  - {id: moving, title: 引越し}
  - {id: garbage, title: ごみ}
"""

MOVING_YAML = """\
# 引越しの質問
category: moving
faqs:
  - id: moving-in
    question: 引っ越してきたときの手続きを知りたい
    phrasings: [転入届の出し方, 新しく住み始めた, 他の市から来た]
    answer: 引っ越した日から14日以内に、市民課で転入届を出してください。電話 048-000-0001
    department: 市民課
    related: [moving-out]
    tests: [先週引っ越してきたけど市民課で何するの, 転入届のとき持っていくもの]
  - id: moving-out
    question: 市の外へ引っ越すときの手続きを知りたい
    phrasings: [転出届の出し方, よその市に移る, 引っ越して出ていく]
    answer: 引っ越す前に、市民課で転出届を出してください。電話 048-000-0001
    department: 市民課
"""

GARBAGE_YAML = """\
category: garbage
faqs:
  - id: garbage-days
    question: ごみを出す曜日を知りたい
    phrasings: [ゴミの日, 燃えるごみはいつ, 収集日]
    answer: ごみの日は地区ごとに違います。くわしくは、ごみ減量課（048-000-0002）へ。
    department: ごみ減量課
"""

JA_YAML = """\
greeting: こんにちは。{city}です。
closed: いまは受付時間外です。
"""


def an_entry(**changes: Any) -> Entry:
    """A sound entry about moving in, changed where a test says so."""
    fields: dict[str, Any] = {
        "id": "moving-in",
        "question": "引っ越してきたときの手続きを知りたい",
        "answer": "引っ越した日から14日以内に、転入届を出してください。電話 048-000-0001",
        "category": "moving",
        "phrasings": ("引っ越してきた", "転入届の出し方", "新しく住み始めた"),
        "department": "市民課",
    }
    return Entry.model_validate({**fields, **changes})


def a_city(**changes: Any) -> City:
    """試験市: open on weekdays from 8:30 to 17:15, closed on national holidays and at the turn of the year."""
    fields: dict[str, Any] = {
        "id": "test",
        "name": "試験市",
        "kana": "しけんし",
        "prefecture": "埼玉県",
        "phone": "048-000-0000",
        "website": "https://www.city.test.example.jp",
        "hours": [{"days": WEEKDAYS, "open": "8:30", "close": "17:15"}],
        "default_department": "総合案内",
        "departments": [
            {"name": "総合案内", "phone": "048-000-0000"},
            {"name": "市民課", "phone": "048-000-0001", "place": "市役所1階"},
        ],
    }
    return City.model_validate({**fields, **changes})


def city_files(changes: Mapping[str, str | None] | None = None) -> dict[str, str]:
    """A small sound city as files; a change replaces or adds a file, None takes it away."""
    files = {"city.yaml": CITY_YAML, "faq/garbage.yaml": GARBAGE_YAML, "faq/moving.yaml": MOVING_YAML}
    merged: dict[str, str | None] = {**files, **(changes or {})}
    return {name: text for name, text in merged.items() if text is not None}


def base_files(changes: Mapping[str, str | None] | None = None) -> dict[str, str]:
    """What `_base` gives to that city: two sentences of wording."""
    merged: dict[str, str | None] = {"wording/ja.yaml": JA_YAML, **(changes or {})}
    return {name: text for name, text in merged.items() if text is not None}


def write_city(cities: Path, name: str = "test", changes: Mapping[str, str | None] | None = None) -> Path:
    """The small city as a folder of `cities`, with a `_base` beside it."""
    for folder, files in ((cities / "_base", base_files()), (cities / name, city_files(changes))):
        for relative, text in files.items():
            path = folder / relative
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
    return cities / name
