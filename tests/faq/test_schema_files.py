"""The schemas that editors use are those of the models, and accept what our reader accepts."""

from __future__ import annotations

import json
from pathlib import Path

from faq.schema import schema_texts

ROOT = Path(__file__).parents[2]


def test_the_schemas_in_the_project_are_up_to_date() -> None:
    shipped = {path.name: path.read_text(encoding="utf-8") for path in (ROOT / "schema").glob("*.json")}

    assert shipped == schema_texts(), "run: .venv/bin/python app.py faq schema"


def test_an_editor_allows_what_looks_like_a_number() -> None:
    schemas = {name: json.loads(text) for name, text in schema_texts().items()}

    entry = schemas["faq.schema.json"]["$defs"]["Entry"]["properties"]
    hours = schemas["city.schema.json"]["$defs"]["OpeningHours"]["properties"]
    assert "number" in entry["id"]["type"]
    assert hours["open"] == {"type": "string", "pattern": r"^\d{1,2}:\d{2}$"}
    assert "はい" in schemas["city.schema.json"]["$defs"]["Closures"]["properties"]["national_holidays"]["enum"]


def test_an_editor_underlines_a_misspelt_field() -> None:
    schema = json.loads(schema_texts()["faq.schema.json"])

    assert schema["additionalProperties"] is False
    assert schema["$defs"]["Entry"]["additionalProperties"] is False
    assert schema["$defs"]["Entry"]["required"] == ["id", "question", "answer"]
