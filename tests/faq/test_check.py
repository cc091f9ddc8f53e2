"""`faq check`: what makes an entry wrong, hard to find, hard to read or out of date, told on its line."""

from __future__ import annotations

from datetime import date

import pytest

from faq.check import check
from faq.lint import words_without_furigana
from faq.my_number import is_my_number
from faq.problems import Problem
from tests.builders import CITY_YAML, base_files, city_files

TODAY = date(2026, 11, 20)
# 12345678901 and its check digit (総務省令第85号 第5条).
MY_NUMBER = "123456789018"

PHRASINGS = "    phrasings: [転入届の出し方, 新しく住み始めた, 他の市から来た]\n"
SOUND = """\
category: moving
faqs:
  - id: moving-in
    question: 引っ越してきたときの手続きを知りたい
    phrasings: [転入届の出し方, 新しく住み始めた, 他の市から来た]
    answer: 市民課で転入届を出してください。
    department: 市民課
"""


def found(text: str) -> list[Problem]:
    return check(city_files({"faq/garbage.yaml": None, "faq/moving.yaml": text}), base_files(), TODAY)


def test_a_sound_city_has_nothing_to_mend() -> None:
    assert check(city_files(), base_files(), TODAY) == []


RULES = {
    "few phrasings": (SOUND.replace(", 他の市から来た", ""), 5, "phrasings", "warning", "2個"),
    "no phrasings": (SOUND.replace(PHRASINGS, ""), 3, "phrasings", "warning", "0個"),
    "expired": (SOUND + "    valid_until: 2026-11-19\n", 8, "valid_until", "warning", "期限が過ぎ"),
    "review passed": (SOUND + "    review_by: 2026-11-19\n", 8, "review_by", "warning", "見直し"),
    "ends before it begins": (
        SOUND + "    valid_from: 2027-04-01\n    valid_until: 2027-03-31\n",
        9,
        "valid_until",
        "error",
        "前です",
    ),
    "copied test": (SOUND + "    tests: [転入届の出し方は？]\n", 8, "tests[1]", "warning", "写し"),
    "lost test": (SOUND + "    tests: [まったく別の話をする]\n", 8, "tests[1]", "warning", "上位3件"),
    "vague link": (
        SOUND + "    links:\n      - {title: こちら, url: 'https://a.example'}\n",
        9,
        "links[1].title",
        "warning",
        "行き先",
    ),
    "enclosed number": (SOUND.replace("転入届を出して", "①転入届を出して"), 6, "answer", "warning", "「①」は「1」"),
    "square metres": (SOUND.replace("転入届を", "10㎡の転入届を"), 6, "answer", "warning", "平方メートル"),
    "sharp for hash": (SOUND.replace("転入届を", "♯9110 の転入届を"), 6, "answer", "warning", "「♯」は「#」"),
    "long sentence": (SOUND.replace("市民課で", "市民課で" + "あ" * 80), 6, "answer", "warning", "80文字以内"),
    "no way on": (SOUND.replace("    department: 市民課\n", ""), 6, "answer", "warning", "次に進む先"),
    "no furigana": (SOUND + "    easy: 役所(やくしょ)で 転入届を だして ください。\n", 8, "easy", "warning", "転入届"),
    "individual number": (SOUND.replace("転入届を", f"{MY_NUMBER} を"), 6, "個人番号", "error", "マイナンバー"),
}


@pytest.mark.parametrize(
    ("text", "line", "field", "severity", "hint"),
    RULES.values(),
    ids=RULES.keys(),
)
def test_each_rule_finds_its_problem_on_its_line(text: str, line: int, field: str, severity: str, hint: str) -> None:
    problems = found(text)

    assert [(problem.line, problem.field, problem.severity) for problem in problems] == [(line, field, severity)]
    assert hint in problems[0].message


@pytest.mark.parametrize("phrasing", ["ゴミノ日", "ごみの日！", "ｺﾞﾐの日"])
def test_the_same_words_for_two_entries_are_told_in_any_width_and_kana(phrasing: str) -> None:
    text = SOUND.replace("他の市から来た", phrasing)

    problems = check(city_files({"faq/moving.yaml": text}), base_files(), TODAY)

    assert [(problem.path, problem.line, problem.field) for problem in problems] == [
        ("faq/moving.yaml", 5, "phrasings[3]")
    ]
    assert "「garbage-days」" in problems[0].message


def test_a_question_that_repeats_its_own_phrasing_is_told_once() -> None:
    problems = found(SOUND.replace("他の市から来た", "転入届の出し方"))

    assert [(problem.field, "この質問の中" in problem.message) for problem in problems] == [("phrasings[3]", True)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (MY_NUMBER, True),
        ("1234 5678 9018", True),
        ("1234-5678-9018", True),
        ("１２３４５６７８９０１８", True),
        ("123456789012", False),
        (f"{MY_NUMBER}9", False),
        (f"https://www.example.jp/{MY_NUMBER}", False),
        ("048-000-1100 048-000-1101", False),
    ],
)
def test_only_a_number_that_could_be_somebody_s_is_an_error(text: str, expected: bool) -> None:
    problems = found(SOUND.replace("転入届を出して", f"{text} 転入届を出して"))

    assert ([problem.field for problem in problems] == ["個人番号"]) is expected
    assert all(text not in problem.message for problem in problems)


def test_the_check_digit_is_the_ordinance_s() -> None:
    assert [digit for digit in range(10) if is_my_number(f"12345678901{digit}")] == [8]


@pytest.mark.parametrize(
    ("easy", "bare"),
    [
        ("市役所(しやくしょ)へ 行(い)って ください。市役所は 1階です。", []),
        ("引っ越し（ひっこし）の 手続(てつづ)き", []),
        ("14日 以内に 転入届を だします", ["以内", "転入届"]),
        ("封筒を 見て 市役所(しやくしょ)へ", ["封筒"]),
        ("土曜日(どようび)と3日前(みっかまえ)", []),
        ("", []),
    ],
)
def test_kanji_without_a_reading_are_found_and_the_easiest_let_pass(easy: str, bare: list[str]) -> None:
    assert words_without_furigana(easy) == bare


def test_the_number_of_a_draft_is_told_until_it_is_replaced() -> None:
    problems = check(city_files({"city.yaml": CITY_YAML.replace("048-000-0001", "000-000-0000")}), base_files(), TODAY)

    assert [(problem.path, problem.line, problem.field) for problem in problems] == [("city.yaml", 13, "phone")]


def test_a_department_that_never_opens_is_an_error() -> None:
    shut = "place: 市役所1階, closures: {year_end: [01-01, 12-31]}"

    problems = check(city_files({"city.yaml": CITY_YAML.replace("place: 市役所1階", shut)}), base_files(), TODAY)

    assert [(problem.line, problem.field, problem.severity) for problem in problems] == [(13, "hours", "error")]


def test_what_a_broken_entry_names_is_checked_together_with_its_own_mistakes() -> None:
    broken = SOUND.replace(
        "市民課\n", "市民科\n    related: [moving-inn]\n    valid_until: 2027-13-01\n    phrasing: x\n"
    )

    problems = check(city_files({"faq/moving.yaml": broken}), base_files(), TODAY)

    told = {(problem.line, problem.field) for problem in problems if problem.severity == "error"}
    assert told == {(7, "department"), (8, "related[1]"), (9, "valid_until"), (10, "phrasing")}


def test_problems_of_all_files_come_together_even_without_a_city() -> None:
    files = city_files({"city.yaml": "id: x\n", "faq/garbage.yaml": "faqs: 文", "wording/ja.yaml": "- a\n"})

    assert {problem.path for problem in check(files, base_files(), TODAY)} == {
        "city.yaml",
        "faq/garbage.yaml",
        "wording/ja.yaml",
    }


def test_inherited_entries_are_not_the_city_s_to_mend() -> None:
    base = base_files(
        {"faq/bosai.yaml": "category: bosai\nfaqs:\n  - {id: typhoon, question: 台風, answer: 避難する}\n"}
    )

    assert check(city_files(), base, TODAY) == []


AREAS = "notices:\n  languages: [ja, en]\n  areas:\n    - {id: kita, name: 北地区, kana: きたちく, en: Kita District}\n"


def of_city(more: str) -> list[Problem]:
    return check(city_files({"city.yaml": CITY_YAML + more}), base_files(), TODAY)


def test_an_area_that_english_notices_would_name_in_japanese_is_told() -> None:
    without = AREAS + "    - {id: higashi, name: 東地区, kana: ひがしちく, easy: 東(ひがし)地区(ちく)}\n"

    assert of_city(AREAS) == []
    assert of_city(without.replace("[ja, en]", "[ja, easy]")) == []
    [problem] = of_city(without)
    assert (problem.severity, problem.line) == ("warning", len((CITY_YAML + without).splitlines()))
    assert "東地区" in problem.message
    assert "北地区" not in problem.message


def test_an_english_name_is_written_in_latin_letters() -> None:
    [problem] = of_city(AREAS.replace("Kita District", "北 District"))

    assert problem.severity == "error"
    assert "半角の英字で書いてください" in problem.message
