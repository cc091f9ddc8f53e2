"""Approved words become a line in the text that staff wrote, and nothing is written that breaks something."""

from __future__ import annotations

import difflib
from datetime import date

import pytest

from faq.adopt import CannotAdopt, adopt
from faq.knowledge import build_knowledge
from faq.search import search
from tests.builders import GARBAGE_YAML, MOVING_YAML, base_files, city_files

DAY = date(2026, 11, 21)
BLOCK = GARBAGE_YAML.replace(
    "    phrasings: [ゴミの日, 燃えるごみはいつ, 収集日]\n",
    """\
    phrasings:
      - ゴミの日   # いちばん多い
      # 電話でよく聞く
      - '燃えるごみはいつ'
      - 収集日
""",
)


def difference(before: str, after: str) -> list[str]:
    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), n=0, lineterm="")
    return [line for line in lines if not line.startswith(("---", "+++", "@@"))]


def test_the_new_line_is_the_only_difference() -> None:
    files = city_files({"faq/garbage.yaml": BLOCK})

    adopted = adopt(files, base_files(), [("garbage-days", "ごみ だすひ")], DAY)

    assert list(adopted.files) == ["faq/garbage.yaml"]
    assert difference(BLOCK, adopted.files["faq/garbage.yaml"]) == ["+      - ごみ だすひ"]
    assert adopted.problems == ()


def test_several_entries_and_files_are_changed_together() -> None:
    words = [
        ("moving-out", "町を出る"),
        ("garbage-days", "ごみ だすひ"),
        ("moving-in", "町に来た"),
        ("moving-in", "きた"),
    ]

    adopted = adopt(city_files(), base_files(), words, DAY)

    knowledge = build_knowledge({**city_files(), **adopted.files}, base_files())
    assert knowledge.entries["moving-in"].phrasings[-2:] == ("きた", "町に来た")
    assert knowledge.entries["moving-out"].phrasings[-1] == "町を出る"
    assert search(knowledge.index, "ごみ だすひ").candidates[0].id == "garbage-days"


@pytest.mark.parametrize(
    "words", ["8:30から", "no", "- ごみ", "ごみ: いつ", "#ごみ", "'ごみ'", "0120", "ごみ #1", "[ごみ]"]
)
def test_words_that_look_like_yaml_are_read_back_as_they_were_said(words: str) -> None:
    adopted = adopt(city_files({"faq/garbage.yaml": BLOCK}), base_files(), [("garbage-days", words)], DAY)

    knowledge = build_knowledge({**city_files(), **adopted.files}, base_files())
    assert knowledge.entries["garbage-days"].phrasings[-1] == words


def test_a_new_problem_is_reported_with_its_line() -> None:
    adopted = adopt(city_files({"faq/garbage.yaml": BLOCK}), base_files(), [("garbage-days", "転出届の出し方")], DAY)

    assert [(problem.path, problem.line, problem.severity) for problem in adopted.problems] == [
        ("faq/moving.yaml", 13, "warning")
    ]
    assert "転出届の出し方" in adopted.problems[0].message


def test_an_old_warning_is_no_new_problem() -> None:
    few = MOVING_YAML.replace(
        "phrasings: [転出届の出し方, よその市に移る, 引っ越して出ていく]", "phrasings: [転出届の出し方]"
    )

    adopted = adopt(city_files({"faq/moving.yaml": few}), base_files(), [("moving-out", "よその市に移る")], DAY)

    assert adopted.problems == ()


@pytest.mark.parametrize(
    ("changes", "entry", "hint"),
    [
        pytest.param({}, "nobody", "「nobody」の質問がありません", id="no such entry"),
        pytest.param(
            {"faq/moving.yaml": MOVING_YAML.replace("answer:", "anser:", 1)},
            "garbage-days",
            "faq/moving.yaml:",
            id="the content is broken already",
        ),
        pytest.param(
            {"faq/x.yaml": "faqs:\n  - {id: x, question: 市長の名前, answer: 秘書課へ, phrasings: [市長]}\n"},
            "x",
            "faq/x.yaml: x: { }",
            id="an entry on one line",
        ),
    ],
)
def test_what_cannot_be_written_is_refused_with_the_reason(changes: dict[str, str], entry: str, hint: str) -> None:
    with pytest.raises(CannotAdopt, match=hint):
        adopt(city_files(changes), base_files(), [(entry, "ごみ だすひ")], DAY)


def test_an_inherited_entry_is_not_the_citys_to_change() -> None:
    base = base_files(
        {"faq/common.yaml": "faqs:\n  - {id: mayor, question: 市長の名前, answer: 秘書課（048-000-0000）へ}\n"}
    )

    with pytest.raises(CannotAdopt, match="共通の質問"):
        adopt(city_files(), base, [("mayor", "市長って誰")], DAY)
