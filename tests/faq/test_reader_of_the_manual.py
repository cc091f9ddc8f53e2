"""The examples and messages of docs/faq-authoring.md are what the program really takes and says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from faq.city import City
from faq.entry import Entry
from faq.problems import Problem
from faq.reader import read_city, read_entries, read_thesaurus

ROOT = Path(__file__).parents[2]
MANUAL = (ROOT / "docs" / "faq-authoring.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^```yaml\n(.*?)^```$", MANUAL, re.M | re.S)
MISTAKES = re.findall(r"^\| ([^|]+) \| `([^`|]+)` \| `([^`|]+)` \|$", MANUAL.split("### よくあるエラー")[1], re.M)


def problems_of(text: str) -> tuple[Problem, ...]:
    if "groups:" in text:
        return read_thesaurus("thesaurus.yaml", text)[1]
    if "departments:" in text:
        return read_city("city.yaml", text)[1]
    return read_entries("faq/a.yaml", text)[1]


@pytest.mark.parametrize("example", EXAMPLES, ids=range(len(EXAMPLES)))
def test_every_example_is_sound(example: str) -> None:
    assert problems_of(example) == ()


def test_the_manual_shows_an_entry_a_translation_a_city_and_synonyms() -> None:
    assert len(EXAMPLES) == 4


def an_entry_file(line: str) -> str:
    """A file with the line of the manual in the place where it belongs."""
    name = line.lstrip().split(":")[0].split("：")[0]
    fields = {"question": "question: q", "answer": "answer: a"}
    if line.startswith("-"):
        return f"faqs:\n  - id: a\n    question: q\n    answer: a\n    phrasings:\n      {line}\n"
    return "\n".join(
        ["faqs:", "  - id: a", *(f"    {text}" for key, text in fields.items() if key != name), f"    {line}"]
    )


@pytest.mark.parametrize(("message", "wrong", "right"), MISTAKES, ids=[mistake[1] for mistake in MISTAKES])
def test_each_mistake_of_the_table_gets_its_message_and_its_remedy_works(message: str, wrong: str, right: str) -> None:
    said = " ".join(problem.message for problem in problems_of(an_entry_file(wrong)))

    assert message.rstrip("…").split("…")[-1] in said
    assert problems_of(an_entry_file(right)) == ()


def test_the_table_of_mistakes_is_read_at_all() -> None:
    assert len(MISTAKES) >= 7


@pytest.mark.parametrize("model", [Entry, City])
def test_every_field_is_explained(model: type[Entry] | type[City]) -> None:
    missing = [name for name in model.model_fields if f"`{name}`" not in MANUAL and f"{name}:" not in MANUAL]

    assert missing == []
