"""An edit changes the lines of its field and nothing else of what staff wrote."""

from __future__ import annotations

import difflib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from faq.dump import field_lines
from faq.edit import EditError, edit_entry
from faq.reader import read_entries
from faq.yaml_tree import read_tree

FILE = """\
# 引越しの質問
category: moving   # 分野

faqs:
  # ここから転入
  - id: moving-in
    question: "引っ越してきた"   # 見出し
    phrasings:
    - 転入届   # よく聞かれる
    # 夏に追加
    - '住所変更'
    keywords: [転入,引越し]
    answer: |
      14日以内に届け出てください。

      窓口は市民課です。

    department: 市民課  # 4月から

  - id: moving-out
    question: 引っ越して出ていく
    answer: >
      引っ越す前に
      届け出てください。
"""


def changed_lines(before: str, after: str) -> list[str]:
    diff = difflib.unified_diff(before.splitlines(), after.splitlines(), n=0, lineterm="")
    return [line for line in diff if not line.startswith(("---", "+++", "@@"))]


def test_a_changed_field_is_the_only_difference_and_keeps_its_comment() -> None:
    after = edit_entry(FILE, "moving-in", {"department": "総合案内"})

    assert changed_lines(FILE, after) == ["-    department: 市民課  # 4月から", "+    department: 総合案内  # 4月から"]


def test_a_phrasing_is_added_without_touching_the_others() -> None:
    after = edit_entry(FILE, "moving-in", {"phrasings": ["転入届", "住所変更", "ひっこし"]})

    assert changed_lines(FILE, after) == ["+    - ひっこし"]


def test_a_phrasing_is_taken_away_and_the_comment_beside_it_stays() -> None:
    after = edit_entry(FILE, "moving-in", {"phrasings": ["転入届"]})

    assert changed_lines(FILE, after) == ["-    - '住所変更'"]


def test_a_new_field_comes_behind_the_last_and_typed_looking_text_is_quoted() -> None:
    after = edit_entry(FILE, "moving-in", {"contact": "0120000000"})

    assert changed_lines(FILE, after) == ["+    contact: '0120000000'"]


def test_an_answer_of_several_lines_is_written_as_a_block() -> None:
    after = edit_entry(FILE, "moving-out", {"answer": "一行目。\n\n- 三行目: 値。"})

    (_, entry), _ = read_entries("faq/a.yaml", after)
    assert entry.answer == "一行目。\n\n- 三行目: 値。"
    assert "    answer: |-\n      一行目。\n\n      - 三行目: 値。\n" in after


def test_a_field_is_taken_away() -> None:
    after = edit_entry(FILE, "moving-in", {"keywords": None})

    assert changed_lines(FILE, after) == ["-    keywords: [転入,引越し]"]


def test_windows_line_ends_stay() -> None:
    text = FILE.replace("\n", "\r\n")

    after = edit_entry(text, "moving-in", {"department": "総合案内"})

    assert after == text.replace("department: 市民課", "department: 総合案内")


@pytest.mark.parametrize(
    ("entry", "changes", "hint"),
    [
        ("nobody", {"answer": "a"}, "見つかりません"),
        ("moving-in", {"answr": "a"}, "answr"),
        ("moving-in", {"answer": None}, "必要な項目"),
        ("moving-in", {"review_by": "あした"}, "2027-03-31"),
        ("moving-in", {"id": None}, "消せません"),
    ],
)
def test_an_edit_that_would_break_the_file_is_refused(entry: str, changes: dict[str, str | None], hint: str) -> None:
    with pytest.raises(EditError, match=hint):
        edit_entry(FILE, entry, changes)


READABLE = st.text(
    st.one_of(
        st.sampled_from("あ漢 　:-#'\"[]{}|>@`%&*!?,\\~=\n0159noy.＿：髙﨑🗾"),
        st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\u2028\u2029\ufeff\ufffe\uffff"),
    ),
    min_size=1,
    max_size=40,
)


@settings(max_examples=300, deadline=None)
@given(READABLE, st.lists(READABLE.filter(lambda text: "\n" not in text), min_size=1, max_size=4))
def test_every_text_that_is_written_is_read_back_the_same(text: str, items: list[str]) -> None:
    lines = ["faqs:", *field_lines("answer", text, 2), *field_lines("items", items, 2)]

    root, problems = read_tree("x", "\n".join(lines) + "\n")

    assert problems == ()
    assert root is not None
    assert root.plain()["faqs"] == {"answer": text, "items": items}
