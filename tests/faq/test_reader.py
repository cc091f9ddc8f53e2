"""Staff's YAML, read without typing, and their mistakes, each on its line with what to do."""

from __future__ import annotations

import time

import pytest

from faq.reader import read_city, read_entries, read_thesaurus, read_wording
from tests.builders import CITY_YAML

GOOD = """\
  - id: good
    question: 正しい質問
    answer: 正しい回答
"""


def a_file(broken: str) -> str:
    """A file whose first entry (lines 3 on) is broken and whose second is sound."""
    return f"category: garbage\nfaqs:\n{broken}{GOOD}"


def said(text: str) -> list[str]:
    return [str(problem) for problem in read_entries("faq/a.yaml", text)[1]]


def test_what_looks_typed_stays_what_staff_typed() -> None:
    text = (
        "faqs:\n  - id: 011002\n    question: 8:30\n    answer: no\n    keywords: [1.10, 0x1F, null, ~, 2027-01-01]\n"
    )

    (entry,), problems = read_entries("faq/a.yaml", text)

    assert problems == ()
    assert (entry.id, entry.question, entry.answer) == ("011002", "8:30", "no")
    assert entry.keywords == ("1.10", "0x1F", "null", "~", "2027-01-01")


def test_an_entry_takes_the_category_of_its_file_unless_it_names_its_own() -> None:
    text = a_file("  - id: own\n    category: tax\n    question: q\n    answer: a\n")

    entries, _ = read_entries("faq/a.yaml", text)

    assert [entry.category for entry in entries] == ["tax", "garbage"]


@pytest.mark.parametrize("text", ["\ufeff" + a_file(""), a_file("").replace("\n", "\r\n")], ids=["bom", "crlf"])
def test_files_of_windows_are_read(text: str) -> None:
    entries, problems = read_entries("faq/a.yaml", text)

    assert ([entry.answer for entry in entries], problems) == (["正しい回答"], ())


SYNTAX = {
    "full-width colon": ("  - id: a\n    question：質問\n    answer: x\n", 4, "全角"),
    "full-width colon at the end": ("  - id: a\n    question: q\n    answer：回答\n", 5, "全角"),
    "tab": ("  - id: a\n\tquestion: q\n    answer: x\n", 4, "TAB"),
    "full-width space indent": ("  - id: a\n　　question: q\n    answer: x\n", 4, "全角の空白"),
    "colon in a value": ("  - id: a\n    question: 電話: 048\n    answer: x\n", 4, "' ' で囲んで"),
    "bad indent": ("  - id: a\n    question: q\n     answer: x\n", 5, "字下げ"),
    "unclosed quote": ('  - id: a\n    question: "q\n    answer: x\n', 4, "引用符"),
    "unclosed bracket": ("  - id: a\n    question: q\n    answer: x\n    keywords: [あ, い\n", 6, "[ ]"),
    "dash without space": (
        "  - id: a\n    question: q\n    answer: x\n    keywords:\n      -あ\n      - い\n",
        6,
        "「-」の後ろ",
    ),
    "colon without space": ("  - id: a\n    question:質問\n    answer: x\n", 4, "半角の空白"),
    "duplicate key": ("  - id: a\n    question: q\n    question: r\n    answer: x\n", 5, "2回"),
    "symbol at the start": ("  - id: a\n    question: q\n    answer: @x\n", 5, "この記号"),
    "anchor": ("  - id: a\n    question: q\n    answer: &x y\n", 5, "& や *"),
    "alias": ("  - id: a\n    question: q\n    answer: *x\n", 5, "囲んで"),
    "tag": ("  - id: a\n    question: q\n    answer: !!python/none x\n", 5, "!"),
    "control character": ("  - id: a\n    question: q\x08\n    answer: x\n", 4, "制御文字"),
}


@pytest.mark.parametrize(("broken", "line", "hint"), SYNTAX.values(), ids=SYNTAX.keys())
def test_a_slip_in_the_yaml_is_told_on_its_line(broken: str, line: int, hint: str) -> None:
    problems = said(a_file(broken))

    assert len(problems) == 1
    assert problems[0].startswith(f"faq/a.yaml:{line}: ")
    assert hint in problems[0]


@pytest.mark.parametrize("name", [name for name in SYNTAX if name != "control character"])
def test_a_slip_in_one_entry_does_not_lose_the_next(name: str) -> None:
    entries, _ = read_entries("faq/a.yaml", a_file(SYNTAX[name][0]))

    assert [entry.id for entry in entries] == ["good"]


FIELDS = {
    "missing answer": ("question: q\n", "answer", 3, "必要な項目"),
    "misspelt field": ("question: q\n    answer: a\n    phrasing: [b]\n", "phrasing", 6, "phrasings"),
    "japanese field": ("question: q\n    answer: a\n    担当課: 市民課\n", "担当課", 6, "department"),
    "empty answer": ("question: q\n    answer: ''\n", "answer", 5, "空"),
    "list as text": ("question: q\n    answer: a\n    keywords: 転入\n", "keywords", 6, "一覧"),
    "third of a list": (
        "question: q\n    answer: a\n    keywords:\n      - あ\n      - い\n      - う: え\n",
        "keywords[3]",
        9,
        "' ' で囲んで",
    ),
    "bad date": ("question: q\n    answer: a\n    review_by: 2027/03/31\n", "review_by", 6, "2027-03-31"),
    "digits are no date": ("question: q\n    answer: a\n    valid_until: 86400\n", "valid_until", 6, "2027-03-31"),
    "impossible date": ("question: q\n    answer: a\n    valid_from: 2027-02-30\n", "valid_from", 6, "実際にある日"),
    "link without title": (
        "question: q\n    answer: a\n    links:\n      - {title: t, url: 'https://a.example'}\n      - {url: 'https://b.example'}\n",
        "links[2].title",
        8,
        "必要な項目",
    ),
    "bad address": (
        "question: q\n    answer: a\n    links:\n      - title: t\n        url: www.example.jp\n",
        "links[1].url",
        8,
        "https://",
    ),
    "unknown language": (
        "question: q\n    answer: a\n    translations:\n      fr: {question: q, answer: a}\n",
        "translations.fr",
        7,
        "en, zh, ko, vi, pt",
    ),
    "too long": ("question: " + "長" * 501 + "\n    answer: a\n", "question", 4, "500文字以内"),
}


@pytest.mark.parametrize(("fields", "field", "line", "hint"), FIELDS.values(), ids=FIELDS.keys())
def test_a_wrong_field_is_named_with_its_line(fields: str, field: str, line: int, hint: str) -> None:
    text = a_file(f"  - id: a\n    {fields}")

    entries, problems = read_entries("faq/a.yaml", text)

    assert [(problem.line, problem.field, problem.entry) for problem in problems] == [(line, field, "a")]
    assert hint in problems[0].message
    assert [entry.id for entry in entries] == ["good"]


def test_a_bad_id_is_told_with_its_rule() -> None:
    problems = said("faqs:\n  - id: ゴミ\n    question: q\n    answer: a\n")

    assert len(problems) == 1
    assert problems[0].startswith("faq/a.yaml:2: id: 半角の小文字の英字・数字と「.」「_」「-」だけで、")


def test_every_problem_of_a_file_is_told_at_once() -> None:
    text = (
        "category: ゴミ\nfaqs:\n"
        "  - id: a\n    question：q\n    answer: x\n"
        "  - id: b\n    question: q\n"
        "  - id: c\n    question: 'q\n    answer: x\n"
        "  - id: d\n    question: q\n    answer: x\n    link: y\nfoo: 1\n"
    )

    lines = [problem.line for problem in read_entries("faq/a.yaml", text)[1]]

    assert sorted(lines) == [1, 4, 6, 9, 14, 15]


def test_every_slip_of_one_entry_is_told_at_once_with_its_wrong_fields() -> None:
    broken = (
        "  - id: a\n    question： q\n    answer:x\n    contact: @受付\n    valid_until: 令和9年\n"
        "    department: 電話: 048\n　　easy: い\n"
    )

    entries, problems = read_entries("faq/a.yaml", a_file(broken))

    assert sorted(problem.line for problem in problems) == [4, 5, 6, 7, 8, 9]
    assert [entry.id for entry in entries] == ["good"]


def test_a_guess_about_one_slip_tells_of_no_other() -> None:
    told = said(a_file("  - id: a\n\tquestion: q\n\tanswer: x\n"))

    assert [line.split(":")[1] for line in told] == ["4"]


def test_a_file_of_another_encoding_is_told_of_once() -> None:
    text = a_file("  - id: a\n    question: 質問\n    answer: 回答\n")

    told = said(text.encode("cp932").decode("utf-8", "surrogateescape"))

    assert len(told) == 1
    assert "Shift_JIS" in told[0]


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("", "中身がありません"),
        ("# まだ\n", "中身がありません"),
        ("ただの文", "「faqs:」"),
        ("- id: a\n  question: q\n  answer: a\n", "「faqs:」の行"),
        ("category: a\n", "「faqs:」がありません"),
        ("faqs: なし\n", "一覧"),
        ("faqs: []\n---\nfaqs: []\n", "「---」"),
        ("あ" * 700_000, "2 MB"),
        ("質問".encode("cp932").decode("utf-8", "surrogateescape"), "Shift_JIS"),
        (b"\xff\xff\x00\x81".decode("utf-8", "surrogateescape"), "UTF-8 の文字として"),
        ("faqs".encode("utf-16").decode("utf-8", "surrogateescape"), "UTF-16"),
        ("[" * 3000, "読めません"),
    ],
    ids=[
        "empty",
        "comment",
        "text",
        "list",
        "no faqs",
        "faqs text",
        "documents",
        "big",
        "cp932",
        "bytes",
        "utf-16",
        "deep",
    ],
)
def test_a_file_of_another_kind_gets_one_kind_sentence(text: str, hint: str) -> None:
    entries, problems = read_entries("faq/a.yaml", text)

    assert entries == ()
    assert len(problems) == 1
    assert hint in problems[0].message


def test_a_city_is_read_with_its_yes_and_its_clock() -> None:
    text = CITY_YAML + "closures: {national_holidays: いいえ, year_end: なし, dates: [2027-05-01]}\n"

    city, problems = read_city("city.yaml", text)

    assert problems == ()
    assert city is not None
    assert city.hours[0].open.isoformat() == "08:30:00"
    assert (city.closures.national_holidays, city.closures.year_end) == (False, None)


@pytest.mark.parametrize(
    ("old", "new", "line", "hint"),
    [
        ("phone: 048-000-0000", "phone: ０４８", 5, "半角の数字"),
        ("open: 8:30", "open: 8時半", 9, "時刻"),
        ("close: 17:15", "close: 8:00", 9, "より後"),
        ("月, 火, 水", "Mon", 9, "月, 火, 水, 木, 金, 土, 日"),
        ("default_department: 総合案内", "default_department: ない課", 10, "departments にありません"),
        ("name: 市民課,", "name: 総合案内,", 11, "同じ name"),
    ],
)
def test_a_wrong_city_is_told_on_its_line(old: str, new: str, line: int, hint: str) -> None:
    city, problems = read_city("city.yaml", CITY_YAML.replace(old, new, 1))

    assert city is None
    assert [problem.line for problem in problems] == [line]
    assert hint in problems[0].message


def test_a_bad_synonym_group_does_not_lose_the_others() -> None:
    text = "groups:\n  - {id: ごみ, words: [ごみ, 廃棄物]}\n  - {id: 税, word: [税]}\n"

    thesaurus, problems = read_thesaurus("thesaurus.yaml", text)

    assert [group.id for group in thesaurus.groups] == ["ごみ"]
    assert [(problem.line, problem.field) for problem in problems] == [(3, "word")]


def test_wording_is_a_flat_list_of_sentences() -> None:
    sentences, problems = read_wording(
        "wording/ja.yaml", "hello: |\n  こんにちは\n  {city}\nempty:\nlist: [a]\nhello: x\n"
    )

    assert sentences == {"hello": "こんにちは\n{city}"}
    assert sorted(problem.line for problem in problems) == [4, 5, 6]


def test_two_thousand_entries_are_read_in_seconds_and_again_at_once() -> None:
    entry = "  - id: e{n}\n    question: 質問{n}\n    phrasings: [あ{n}, い{n}]\n    answer: |\n      一\n      二\n"
    text = "faqs:\n" + "".join(entry.format(n=n) for n in range(2000))

    started = time.process_time()
    entries, problems = read_entries("faq/big.yaml", text)
    first = time.process_time() - started
    started = time.process_time()
    read_entries("faq/big.yaml", text)
    again = time.process_time() - started

    assert (len(entries), problems) == (2000, ())
    assert first < 6  # about 0.9 s where it was written; a slow machine gets room
    assert again < first / 10
