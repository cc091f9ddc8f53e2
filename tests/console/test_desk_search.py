"""Finding past talks: as Japanese is written, on both engines, and never what was forgotten."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from store import Store
from store.console_views import Sight
from store.talk_search import glob, place_of, regular_expression, spellings, words_of
from tests.desk_site import CITY, Desk

ALL = Sight(CITY, 0, None)


def found(store: Store, query: str, sight: Sight = ALL, **more: Any) -> list[str]:
    """The questions of the cases that are found."""
    page = store.search_cases(sight, query, more.get("since"), more.get("page", 1), more.get("size", 20))
    return [case.question for case in page.cases]


SPELLED = [
    ("ゴミの日を知りたい", "ごみの日"),
    ("ごみ箱を知りたい", "ゴミ箱"),
    ("ｺﾞﾐではなくｶｰﾄﾞ", "ミで"),
    ("ＮＨＫの４５６番", "nhk"),
    ("nhkの123番", "１２３"),
    ("転入届と住民票", "住民 転入"),
    ("100%引き", "100%"),
    ("a_b", "a_b"),
    ('"引用"', '"'),
    ("何?", "？"),
    ("[かっこ", "["),
    ("かっこ]", "]"),
    ("2^3", "^3"),
    ("a-z", "a-z"),
    ("*ほし*", "*ほ"),
    ("back\\slash", "\\s"),
    ("(まる)|.+$", "|.+$"),
    ("𠮷野家", "𠮷"),
]
"""What was said, and what finds it; no other of these is found by it, except where it is written the same."""


def test_words_are_found_in_any_spelling_and_signs_are_signs(both_desk: Desk) -> None:
    for said, _ in SPELLED:
        both_desk.asks(said)

    answers = {query: found(both_desk.store, query) for _, query in SPELLED}

    assert {query: said for said, query in SPELLED if said not in answers[query]} == {}
    several = {query: len(cases) for query, cases in answers.items() if len(cases) > 1}
    assert several == {"nhk": 2}


WILD = ("%", "_", "*", "?", "[a-z]", ".", ".*", "^", "\\", "'", "';--", "a%b", "%%", "\x00", "a_b", "住%票", "住_票")


def test_no_sign_is_a_wildcard(both_desk: Desk) -> None:
    both_desk.asks("住民票")
    both_desk.asks("axb")

    assert {query: cases for query in WILD if (cases := found(both_desk.store, query))} == {}


def test_every_word_must_be_there_in_the_question_the_talk_or_an_answer(both_desk: Desk) -> None:
    person, _ = both_desk.staff()
    case = both_desk.asks("引っ越しました")
    both_desk.answered(case, person, "転入届を出してください")
    both_desk.says(case, "駐車場はありますか")

    assert found(both_desk.store, "ちゅうしゃ") == []
    assert found(both_desk.store, "駐車場 転入届 引っ越し") == ["引っ越しました"]
    assert found(both_desk.store, "駐車場 粗大ごみ") == []


def test_words_of_the_bot_are_not_what_somebody_said(both_desk: Desk) -> None:
    both_desk.asks("こまった", reply_text="転入届の案内です")

    assert found(both_desk.store, "転入届") == []


def test_only_what_one_may_see_is_found(both_desk: Desk) -> None:
    person, _ = both_desk.staff()
    mine = both_desk.asks("住民票のこと", "市民課")
    both_desk.asks("住民票の税金", "ごみ減量課")
    both_desk.asks("住民票となり", city="other")

    assert found(both_desk.store, "住民票", Sight(CITY, person.id, ("市民課",))) == ["住民票のこと"]
    assert found(both_desk.store, "住民票", Sight(CITY, person.id, ())) == []
    assert set(found(both_desk.store, "住民票")) == {"住民票のこと", "住民票の税金"}
    both_desk.store.take_case(CITY, mine.id, person.id)
    assert found(both_desk.store, "住民票", Sight(CITY, person.id, ())) == ["住民票のこと"]


def test_what_was_said_later_to_another_department_is_not_found_here(both_desk: Desk) -> None:
    person, _ = both_desk.staff()
    first = both_desk.asks("住民票のこと", "市民課", resident="U1")
    both_desk.closed(first, person)
    both_desk.asks("生活保護のこと", "ごみ減量課", resident="U1")

    assert found(both_desk.store, "生活保護", Sight(CITY, person.id, ("市民課",))) == []
    assert found(both_desk.store, "生活保護") == ["生活保護のこと"]


def test_what_was_erased_or_is_past_its_time_is_never_found(both_desk: Desk) -> None:
    person, _ = both_desk.staff()
    erased, old = both_desk.asks("住民票その1"), both_desk.asks("住民票その2")
    both_desk.closed(old, person)
    both_desk.store.name_case(CITY, erased.id, "佐藤")

    both_desk.store.erase_resident(CITY, erased.resident)
    both_desk.store.purge(both_desk.now + timedelta(seconds=1))

    assert found(both_desk.store, "住民票") == []
    assert both_desk.store.cases_of_resident(ALL, "佐藤", 1, 20).cases == ()
    assert both_desk.store.cases_of_resident(ALL, erased.resident, 1, 20).cases == ()


def test_a_message_taken_back_is_not_found(both_desk: Desk) -> None:
    case = both_desk.asks("住民票")
    both_desk.says(case, "まちがえて送った番号")
    turn = both_desk.store.case_turns(CITY, case.id)[-1]

    both_desk.store.erase_message(CITY, turn.message_id)

    assert found(both_desk.store, "まちがえて") == []


def test_the_newest_come_first_page_by_page_and_since_a_day(both_desk: Desk) -> None:
    for number in range(3):
        both_desk.asks(f"住民票{number}")
        both_desk.site.clock.forward(86_400)

    assert found(both_desk.store, "住民票", page=1, size=2) == ["住民票2", "住民票1"]
    assert found(both_desk.store, "住民票", page=2, size=2) == ["住民票0"]
    assert found(both_desk.store, "住民票", since=both_desk.now - timedelta(days=1.5)) == ["住民票2"]


def test_a_resident_is_found_by_id_and_by_a_part_of_the_name(both_desk: Desk) -> None:
    case = both_desk.asks("住民票", resident="U77")
    both_desk.store.name_case(CITY, case.id, "さとう％ハナ")

    def ids(who: str) -> list[int]:
        return [one.id for one in both_desk.store.cases_of_resident(ALL, who, 1, 20).cases]

    assert ids("U77") == ids("サトウ") == ids("％ハナ") == [case.id]
    assert ids("U7") == ids("_") == ids("") == []


def test_letters_have_their_spellings() -> None:
    assert set(spellings("ご")) == {"ご", "ゴ"}
    assert set(spellings("カ")) == {"カ", "か", "ｶ"}
    assert set(spellings("a")) == {"a", "A", "ａ", "Ａ"}
    assert glob("]a") == "*[]］][aAａＡ]*"
    assert regular_expression("]") == "[\\]］]"
    assert words_of("  ごみ　ゴミ ごみ ") == ("ごみ", "ゴミ")
    assert len(words_of(" ".join("abcdefgh"))) == 5


def test_the_place_of_a_word_is_where_it_is_marked() -> None:
    assert place_of("燃えるゴミの日", "ごみ") == 3
    assert place_of("燃える", "ごみ") == -1


def test_the_page_shows_where_the_word_stands_and_logs_no_words(desk: Desk) -> None:
    person, browser = desk.staff()
    case = desk.asks("先週引っ越してきたのですが、ゴミの日を知りたいのです")

    page = browser.get("/search?q=ごみ").text

    assert "<mark>ゴミ</mark>の日を知りたい" in page
    assert f"/cases/{case.id}" in page
    row = list(desk.store.audit_all(CITY))[-1]
    assert (row.action, row.who, dict(row.detail)) == ("case.search", f"staff:{person.id}", {"by": "words", "found": 1})


def test_a_search_without_a_find_says_what_to_do(desk: Desk) -> None:
    _, browser = desk.staff()

    assert "ことばを短くするか" in browser.get("/search?q=%25").text
    assert "見つかった会話" not in browser.get("/search?q=+").text
