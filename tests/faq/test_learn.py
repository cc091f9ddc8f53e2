"""From what was heard to what staff read: joined, ranked, marked, and never more than they can look through."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from faq.learn import PER_ENTRY, Heard, named, suggestions, worth_reading
from faq.lint import folded
from tests.builders import an_entry

FIRST_DAY = datetime(2026, 11, 1, tzinfo=UTC)
ENTRIES = {
    entry.id: entry
    for entry in (
        an_entry(),
        an_entry(
            id="moving-out", question="引っ越して出るときの手続きを知りたい", phrasings=("転出届の出し方",), related=()
        ),
        an_entry(
            id="garbage-days", question="ごみを出す曜日を知りたい", phrasings=("ゴミの日",), tests=("生ごみ 曜日",)
        ),
    )
}


def heard(phrasing: str, entry_id: str = "moving-in", picked: int = 1, day: int = 0, **changes: Any) -> Heard:
    key = hashlib.sha256(f"{entry_id}{folded(phrasing)}".encode()).hexdigest()[:24]
    fields = {"key": key, "picked": picked, "first_at": FIRST_DAY + timedelta(days=day), **changes}
    return Heard(entry_id, fields.pop("key"), phrasing, **fields)


def rows(*words: Heard) -> list[tuple[str, str, int]]:
    return [(one.entry_id, one.phrasing, one.count) for one in suggestions(words, ENTRIES)]


def test_near_duplicates_are_one_suggestion_under_the_most_frequent_spelling() -> None:
    few, many = heard("ひっこしてきたら何をするの"), heard("ひっこしてきたら何をするの？ね", picked=3, day=1)

    (one,) = suggestions([few, many, heard("新しい家に住むので住所を変えたい")], ENTRIES)[:1]

    assert (one.phrasing, one.count, one.also) == (many.phrasing, 4, (few.phrasing,))
    assert set(one.keys) == {("moving-in", few.key), ("moving-in", many.key)}


def test_the_same_words_for_two_entries_stay_apart_and_warn_of_each_other() -> None:
    same = suggestions([heard("ひっこし", "moving-in"), heard("ヒッコシ", "moving-out")], ENTRIES)

    assert {one.entry_id: one.conflicts for one in same} == {
        "moving-in": ("moving-out",),
        "moving-out": ("moving-in",),
    }


def test_words_that_ask_for_another_entry_already_are_marked() -> None:
    (one,) = suggestions([heard("転出届の出し方！")], ENTRIES)

    assert one.conflicts == ("moving-out",)


@pytest.mark.parametrize(
    ("words", "entry"),
    [
        pytest.param("ゴミの日", "garbage-days", id="a phrasing"),
        pytest.param("ごみを出す曜日を知りたいの", "garbage-days", id="nearly the question"),
        pytest.param("生ゴミ　曜日？", "garbage-days", id="a test: its copy would make it worthless"),
        pytest.param("プールの料金", "pool", id="an entry that is gone"),
    ],
)
def test_what_is_no_news_is_not_suggested(words: str, entry: str) -> None:
    assert rows(heard(words, entry, picked=9)) == []


def test_the_most_frequent_come_first_and_staff_before_praise_before_picks() -> None:
    found = rows(
        heard("あさって引っ越してくる", picked=2),
        heard("てんにゅう したい", picked=0, staff=2),
        heard("住民登録って何", picked=0, helpful=2),
        heard("市に住みはじめる", picked=5),
    )

    assert [words for _, words, _ in found] == [
        "市に住みはじめる",
        "てんにゅう したい",
        "住民登録って何",
        "あさって引っ越してくる",
    ]


def test_words_said_once_are_shown_on_request_only_unless_staff_linked_them() -> None:
    found = suggestions([heard("一度だけ聞いた"), heard("職員が結びつけた", picked=0, staff=1)], ENTRIES)

    assert [one.phrasing for one in worth_reading(found)] == ["職員が結びつけた"]
    assert len(worth_reading(found, min_count=1)) == 2


def test_an_entry_shows_its_best_few_and_others_have_room() -> None:
    different = ("市に住む", "転居とは", "世帯主", "届け出", "新生活")
    words = [heard(text, picked=9 - n) for n, text in enumerate(different)] + [
        heard("収集日", "garbage-days", picked=2)
    ]

    shown = worth_reading(suggestions(words, ENTRIES))

    assert [one.phrasing for one in shown] == [*different[:PER_ENTRY], "収集日"]


def test_an_id_stays_good_while_other_spellings_join_and_overtake() -> None:
    old, new = heard("ひっこしてきたら何をするの"), heard("ひっこしてきたら何をするの？ね", picked=9, day=1)
    (before,), (after,) = suggestions([old], ENTRIES), suggestions([old, new], ENTRIES)

    assert before.id == after.id
    assert named([after], before.id) == named([after], new.key) == after


def test_an_id_that_means_two_or_nothing_names_none() -> None:
    words = [heard("市に住む", key="aaaaaa11"), heard("世帯主", key="aaaaaa22")]
    found = suggestions(words, ENTRIES)

    assert sorted(one.id for one in found) == ["aaaaaa1", "aaaaaa2"]
    assert named(found, "aaaaaa") is None
    assert named(found, "aaaaaa1") is not None
    assert named(found, "a") is None
    assert named(found, "bbbbbb") is None


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.tuples(st.text("ごみの日引越してきた何？ 12", min_size=1, max_size=12), st.sampled_from([*ENTRIES, "gone"])),
        max_size=25,
    )
)
def test_nothing_heard_is_counted_twice_or_under_another_entry(said: list[tuple[str, str]]) -> None:
    words = list({one.key: one for one in (heard(text, entry) for text, entry in said)}.values())

    found = suggestions(words, ENTRIES)

    keys = [key for one in found for key in one.keys]
    assert len(keys) == len(set(keys)) == sum(one.count for one in found)
    assert all(member.entry_id == one.entry_id for one in found for member in one.members)
    assert all(named(found, one.id) == one for one in found)
