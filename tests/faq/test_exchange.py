"""A table in, a city out, and back again: nothing lost in silence, nothing half written."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from faq.assembly import assemble
from faq.check import check
from faq.content import read_folder
from faq.entry import Entry
from faq.exchange import ExchangeError, export_table, import_table
from faq.problems import errors_of
from tests.builders import write_city

LOCALGOV = Path(__file__).parents[2] / ".." / "shared" / "data" / "localgovfaq" / "faq.csv"


def a_csv(path: Path, *rows: Sequence[str], encoding: str = "utf-8") -> Path:
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file).writerows(rows)
    return path


def entries(directory: Path) -> dict[str, Entry]:
    return dict(assemble(read_folder(directory), {}).entries)


def test_the_public_table_of_1786_questions_comes_in_whole(tmp_path: Path) -> None:
    if not LOCALGOV.exists():
        pytest.skip("the evaluation data is not on this machine")
    with LOCALGOV.open(encoding="utf-8-sig", newline="") as file:
        table = [(row["id"], row["question"], row["answer"]) for row in csv.DictReader(file)]

    report = import_table(LOCALGOV, tmp_path / "city")

    assert (report.read, report.written, report.skipped, report.notes) == (1786, 1786, (), ())
    assert [(e.id, e.question, e.answer) for e in entries(tmp_path / "city").values()] == table
    assert all(
        text.count("\n  - id:") <= 300 for name, text in read_folder(tmp_path / "city").items() if name[:4] == "faq/"
    )


def test_three_columns_are_enough_and_the_new_city_has_no_error(tmp_path: Path) -> None:
    source = a_csv(tmp_path / "faq.csv", ("id", "question", "answer"), ("12", "ごみの日", "月曜です。"))

    report = import_table(source, tmp_path / "city")

    assert report.files == ("city.yaml", "faq/general.yaml")
    assert entries(tmp_path / "city")["12"].answer == "月曜です。"
    assert errors_of(check(read_folder(tmp_path / "city"), {})) == ()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932"])
def test_japanese_headers_lists_and_dates_are_understood_in_every_encoding(tmp_path: Path, encoding: str) -> None:
    header = (
        "No.",
        "質問",
        "回答",
        "言い換え",
        "キーワード",
        "カテゴリ",
        "担当課",
        "リンク",
        "関連",
        "テスト",
        "終了日",
        "見直し期限",
    )
    row = (
        "kanko",
        "観光の\n地図がほしい",
        "市役所で\r\n配っています。",
        "地図|まっぷ；観光マップ",
        "地図、観光",
        "くらし",
        "観光課",
        "観光地図 https://a.example/map\n予約（https://b.example）",
        "kanko-2",
        "観光に行きたい",
        "令和9年3月31日",
        "2027/3/1",
    )
    source = a_csv(tmp_path / "faq.csv", header, row, ("kanko-2", "q", "a"), encoding=encoding)

    import_table(source, tmp_path / "city")

    entry = entries(tmp_path / "city")["kanko"]
    assert (entry.question, entry.answer) == ("観光の 地図がほしい", "市役所で\n配っています。")
    assert entry.phrasings == ("地図", "まっぷ", "観光マップ")
    assert entry.keywords == ("地図", "観光")
    assert [(link.title, link.url) for link in entry.links] == [
        ("観光地図", "https://a.example/map"),
        ("予約", "https://b.example"),
    ]
    assert (str(entry.valid_until), str(entry.review_by)) == ("2027-03-31", "2027-03-01")
    city = assemble(read_folder(tmp_path / "city"), {}).city
    assert [department.name for department in city.departments] == ["総合案内", "観光課"]
    assert (entry.category, "くらし") in [(topic.id, topic.title) for topic in city.topics]


def test_ids_are_kept_when_they_can_be_and_told_when_they_cannot(tmp_path: Path) -> None:
    rows = [("007", "a"), ("ゴミ １", "b"), ("007", "c"), ("", "d"), ("A-1", "e"), ("a-1", "f")]
    source = a_csv(tmp_path / "faq.csv", ("id", "question", "answer"), *((i, f"{q}?", q) for i, q in rows))

    report = import_table(source, tmp_path / "city")

    read = {entry.answer: entry.id for entry in entries(tmp_path / "city").values()}
    assert read == {"a": "007", "b": "1", "c": "007-2", "d": "row-5", "e": "a-1-2", "f": "a-1"}
    assert [note.row for note in report.notes] == [3, 4, 6]


def test_a_row_that_cannot_be_used_is_told_with_its_number_and_reason(tmp_path: Path) -> None:
    rows = [
        ("a", "q", "", ""),
        ("b", "", "a", ""),
        ("", "", "", ""),
        ("c", "q", "a", "あした"),
        ("d", "長" * 501, "a", ""),
        ("e", "q", "a\x07", ""),
    ]
    source = a_csv(tmp_path / "faq.csv", ("id", "question", "answer", "valid_until"), *rows)

    report = import_table(source, tmp_path / "city")

    assert (report.read, report.written) == (5, 1)
    assert [(note.row, note.reason.split(":")[0]) for note in report.skipped] == [
        (2, "answer"),
        (3, "question"),
        (5, "valid_until"),
        (6, "question"),
    ]
    assert [(note.row, "制御文字" in note.reason) for note in report.notes] == [(7, True)]


def test_columns_and_relations_that_lead_nowhere_are_told(tmp_path: Path) -> None:
    source = a_csv(
        tmp_path / "faq.csv",
        ("id", "question", "answer", "related", "備考"),
        ("a", "q", "a", "b|gone"),
        ("b", "q", "a"),
    )

    report = import_table(source, tmp_path / "city")

    assert entries(tmp_path / "city")["a"].related == ("b",)
    assert [note.row for note in report.notes] == [1, 2]
    assert "備考" in report.notes[0].reason
    assert "gone" in report.notes[1].reason


def test_existing_files_are_kept_unless_forced_and_city_yaml_always(tmp_path: Path) -> None:
    city = write_city(tmp_path)
    before = read_folder(city)
    source = a_csv(tmp_path / "faq.csv", ("id", "question", "answer", "category"), ("new", "q", "a", "garbage"))

    with pytest.raises(ExchangeError, match="--force"):
        import_table(source, city)
    assert read_folder(city) == before

    import_table(source, city, force=True)
    assert read_folder(city)["city.yaml"] == before["city.yaml"]
    assert set(entries(city)) == {"new", "moving-in", "moving-out"}


def test_an_import_that_would_collide_with_other_files_writes_nothing(tmp_path: Path) -> None:
    city = write_city(tmp_path)
    before = read_folder(city)
    source = a_csv(tmp_path / "faq.csv", ("id", "question", "answer"), ("moving-in", "q", "a"))

    with pytest.raises(ExchangeError, match=r"faq/moving\.yaml"):
        import_table(source, city)

    assert read_folder(city) == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["_base", "faq.csv", "test"]


def test_a_title_the_menu_knows_becomes_its_category(tmp_path: Path) -> None:
    city = write_city(tmp_path)
    source = a_csv(tmp_path / "faq.csv", ("id", "質問", "回答", "分類"), ("new", "q", "a", "引越し"))

    import_table(source, city, force=True)

    assert entries(city)["new"].category == "moving"


@pytest.mark.parametrize(
    ("name", "content", "hint"),
    [
        ("faq.csv", b"", "空です"),
        ("faq.csv", b"id,title\n1,a\n", "question"),
        ("faq.csv", b"question,answer\n", "1つもありません"),
        ("faq.csv", b"\xff\x81\x00\xfd", "文字コード"),
        ("faq.csv", b'question,answer\nq1,a1\nq2,"a2\nq3,a3\n', "3行目から.*閉じていない"),
        ("faq.csv", "しつもん,こたえ\nいつ,月曜\n".encode(), "いまの1行目は「しつもん」、「こたえ」"),
        ("faq.xlsx", b"not a zip", "Excel"),
        ("faq.xls", b"old", r"\.xlsx"),
    ],
)
def test_a_table_that_cannot_be_read_gets_one_kind_sentence(
    tmp_path: Path, name: str, content: bytes, hint: str
) -> None:
    (tmp_path / name).write_bytes(content)

    with pytest.raises(ExchangeError, match=hint):
        import_table(tmp_path / name, tmp_path / "city")

    assert not (tmp_path / "city").exists()


def test_excel_numbers_and_dates_arrive_as_staff_see_them(tmp_path: Path) -> None:
    from datetime import datetime

    book = Workbook()
    sheet = book.worksheets[0]
    for row in (["id", "質問", "回答", "見直し日"], [12, "q", 119, datetime(2027, 3, 31)]):  # noqa: DTZ001
        sheet.append(row)
    book.save(tmp_path / "faq.xlsx")

    import_table(tmp_path / "faq.xlsx", tmp_path / "city")

    entry = entries(tmp_path / "city")["12"]
    assert (entry.answer, str(entry.review_by)) == ("119", "2027-03-31")


def a_book(path: Path, **sheets: list[list[Any]]) -> Workbook:
    book = Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(path)
    return book


def test_a_title_above_the_header_and_a_cover_sheet_are_passed_over_and_told(tmp_path: Path) -> None:
    rows: list[list[Any]] = [["彩野市 FAQ 一覧"], [], ["番号", "質　問", "回 答"], [1, "q1", "a1"], [2, "q2", "a2"]]
    a_book(tmp_path / "faq.xlsx", 表紙=[["この表について"]], 一覧=rows)

    report = import_table(tmp_path / "faq.xlsx", tmp_path / "city")

    assert list(entries(tmp_path / "city")) == ["1", "2"]
    assert (report.read, report.written) == (2, 2)
    assert [(note.row, note.reason[:11]) for note in report.notes] == [
        (1, "見出しより上の行なので"),
        (3, "シート「一覧」を読みま"),
    ]
    assert "表紙" in report.notes[1].reason


def test_a_merged_cell_counts_for_each_of_its_rows(tmp_path: Path) -> None:
    rows: list[list[Any]] = [["分類", "質問", "回答"], ["ごみ", "q1", "a1"], [None, "q2", "a2"], ["税", "q3", "a3"]]
    book = a_book(tmp_path / "faq.xlsx", FAQ=rows)
    book.worksheets[0].merge_cells("A2:A3")
    book.save(tmp_path / "faq.xlsx")

    import_table(tmp_path / "faq.xlsx", tmp_path / "city")

    category = {entry.question: entry.category for entry in entries(tmp_path / "city").values()}
    assert category["q1"] == category["q2"] != category["q3"]


def test_the_error_of_a_formula_is_nobodys_answer(tmp_path: Path) -> None:
    table = a_csv(tmp_path / "faq.csv", ["質問", "回答", "課"], ["q1", "#N/A", "市民課"], ["q2", "a2", "#REF!"])

    report = import_table(table, tmp_path / "city")

    assert [entry.question for entry in entries(tmp_path / "city").values()] == ["q2"]
    assert [note.row for note in report.skipped] == [2]
    assert [note.row for note in report.notes] == [2, 3]


@pytest.mark.parametrize(("separator", "encoding"), [(";", "utf-8"), ("\t", "utf-8"), ("\t", "utf-16"), (",", "cp932")])
def test_what_excel_calls_csv_in_other_settings_is_read(tmp_path: Path, separator: str, encoding: str) -> None:
    lines = [separator.join(row) for row in (["質問", "回答"], ["いつ", "月曜と、火曜です。"])]
    (tmp_path / "faq.csv").write_bytes("\r\n".join(lines).encode(encoding))

    import_table(tmp_path / "faq.csv", tmp_path / "city")

    assert [entry.answer for entry in entries(tmp_path / "city").values()] == ["月曜と、火曜です。"]


def test_an_individual_number_in_the_table_is_told(tmp_path: Path) -> None:
    table = a_csv(tmp_path / "faq.csv", ["質問", "回答"], ["q1", "見本は 1234 5678 9018 です。"], ["q2", "a2"])

    report = import_table(table, tmp_path / "city")

    assert [(note.row, "個人番号" in note.reason) for note in report.notes] == [(2, True)]


HARD = {
    "id": "hard",
    "question": "=1+1 は？",
    "answer": "@一行目、\n\n-二行目; \"引用\" '=3'\n'+81 髙﨑①",
    "phrasings": ["=HYPERLINK", "'=x", "a|b；c"],
    "keywords": ["あ、い,う"],
    "easy": "-やさしい",
    "department": "市民課",
    "contact": "+81-48-000-0000",
    "links": [{"title": "地図 (1)", "url": "https://a.example/x(1);y|z"}],
    "related": ["moving-in"],
    "tests": ["tab\tの文"],
    "valid_from": "2026-04-01",
    "valid_until": "2027-03-31",
    "review_by": "2026-12-01",
    "translations": {"en": {"question": "=Q", "answer": "one\ntwo"}, "vi": {"question": "Q", "answer": "A"}},
}


@pytest.mark.parametrize("suffix", [".csv", ".xlsx"])
def test_what_is_exported_comes_back_the_same(tmp_path: Path, suffix: str) -> None:
    from faq.dump import item_lines

    text = "\n".join(["category: moving", "faqs:", *item_lines(HARD, 2)]) + "\n"  # type: ignore[arg-type]
    city = write_city(tmp_path, changes={"faq/hard.yaml": text})

    count = export_table(city, tmp_path / f"out{suffix}")
    import_table(tmp_path / f"out{suffix}", tmp_path / "again")

    assert count == 4
    assert entries(city)["hard"] == Entry.model_validate({**HARD, "category": "moving"})
    assert entries(tmp_path / "again") == entries(city)


def test_a_spreadsheet_runs_nothing_that_stands_in_an_answer(tmp_path: Path) -> None:
    text = "faqs:\n  - {id: evil, question: '=1+1', answer: '@SUM(A1)', phrasings: ['+1', '-1']}\n"
    city = write_city(tmp_path, changes={"faq/evil.yaml": text})

    export_table(city, tmp_path / "out.csv")
    export_table(city, tmp_path / "out.xlsx")

    raw = (tmp_path / "out.csv").read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    assert "'=1+1,'@SUM(A1),\"'+1\n-1\"" in raw.decode("utf-8-sig")
    sheet = load_workbook(tmp_path / "out.xlsx").worksheets[0]
    assert sheet.freeze_panes == "A2"
    assert {cell.data_type for row in sheet.iter_rows() for cell in row if cell.value} == {"s"}


def test_an_export_never_loses_an_entry_or_a_file(tmp_path: Path) -> None:
    city = write_city(tmp_path)
    export_table(city, tmp_path / "out.csv")
    with pytest.raises(ExchangeError, match="--force"):
        export_table(city, tmp_path / "out.csv")

    (city / "faq/garbage.yaml").write_text("faqs: [")
    with pytest.raises(ExchangeError, match="失われる"):
        export_table(city, tmp_path / "new.csv")
    assert not (tmp_path / "new.csv").exists()
