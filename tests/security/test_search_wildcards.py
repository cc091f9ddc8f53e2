"""SQL wildcards: a search box is not a pattern, and no quote leaves its place, on either engine."""

from __future__ import annotations

from urllib.parse import quote

from tests.desk_site import CITY, Desk

SIGNS = (
    "%",
    "_",
    "%%%",
    "__",
    "*",
    "?",
    "[^a]",
    "[!a]",
    "\\",
    "\\%",
    ".",
    ".*",
    "^",
    "$",
    "|",
    "()",
    "'",
    '"',
    "';",
    "--",
)
INJECTIONS = (
    "' OR '1'='1",
    "'; DROP TABLE cases; --",
    '" OR ""="',
    "住民票' --",
    "\\'",
    "$$",
    "%s",
    "?1",
    ":city",
    "{0}",
)


def test_signs_find_nothing_and_break_nothing(both_desk: Desk) -> None:
    _, browser = both_desk.staff("管理", "総合案内")
    case = both_desk.asks("住民票を取りたい")
    both_desk.store.name_case(CITY, case.id, "佐藤ハナ")

    for query in (*SIGNS, *INJECTIONS):
        for by in ("words", "resident"):
            answer = browser.get(f"/search?q={quote(query)}&by={by}")
            assert answer.status_code == 200, query
            assert "住民票を取りたい" not in answer.text, query
            assert "見つかりませんでした" in answer.text, query

    assert "住民票を取りたい" in browser.get("/search?q=住民票").text
    assert "住民票を取りたい" in browser.get("/search?q=佐藤&by=resident").text


def test_a_long_search_is_cut_and_quick(both_desk: Desk) -> None:
    _, browser = both_desk.staff()
    both_desk.asks("あ" * 400)

    answer = browser.get("/search?q=" + quote("あ" * 300 + " " + "*?[" * 500))

    assert answer.status_code == 200
