"""Words that thumbs got wrong are read as they were meant, and nothing else is changed."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.misspelling import mistyped
from faq.entry import Entry
from faq.explain import explain
from faq.explain_words import table
from faq.index import Index, build_index
from faq.mending import Written, compounds
from faq.question import understand
from faq.search import search
from faq.text import analyse
from faq.thesaurus import Thesaurus, ThesaurusFile, ThesaurusGroup

QUESTIONS = ("住民票の写しの請求", "アパートの家賃補助", "保育園の申し込み", "国民健康保険の加入", "止水板の設置")


@pytest.fixture(scope="module")
def small() -> Index:
    entries = [
        Entry(id=f"e{at}", question=question, answer="窓口でお手続きください。")
        for at, question in enumerate(QUESTIONS)
    ]
    synonyms = ThesaurusGroup(id="moving", words=("引っ越し", "転居届"))
    return build_index(entries, Thesaurus.of([ThesaurusFile(groups=(synonyms,))]))


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        pytest.param("住票民がほしい", "住民票がほしい", id="two kanji swapped"),
        pytest.param("住民民票がほしい", "住民票がほしい", id="one kanji twice"),
        pytest.param("住票がほしい", "住民票がほしい", id="one kanji left out"),
        pytest.param("アパパートの家賃", "アパートの家賃", id="katakana twice"),
        pytest.param("アートパの家賃", "アートパの家賃", id="more than two neighbours swapped is not guessed"),
        pytest.param("アーパトの家賃", "アパートの家賃", id="katakana swapped"),
        pytest.param("国民康健保険の加入", "国民健康保険の加入", id="inside a compound"),
        pytest.param("転届居を出す", "転居届を出す", id="a synonym that no entry uses"),
        pytest.param("住票民と保育育園", "住民票と保育園", id="two slips in one question"),
    ],
)
def test_a_slip_is_read_as_the_word_that_was_meant(small: Index, typed: str, meant: str) -> None:
    assert understand(small, typed).text == meant


@pytest.mark.parametrize(
    "typed",
    [
        "住民票がほしい",
        "住民税の通知",
        "国民年金",
        "市民病院の予約",
        "5年前まで住んでいた",
        "スーツを捨てたい",
        "水が止まらない",
        "保育士になりたい",
        "",
        "！？",
    ],
)
def test_what_is_good_japanese_stays_as_it_is(small: Index, typed: str) -> None:
    assert understand(small, typed).mended == ()


def test_a_letter_that_could_belong_to_two_words_is_not_guessed() -> None:
    written = Written.of(["住民票", "住民税"])

    assert written.shortened["住民"] == ""
    assert written.shortened["民票"] == "住民票"


def test_words_side_by_side_in_one_script_make_compounds() -> None:
    assert list(compounds(analyse("国民健康保険のアパート"))) == [
        "国民",
        "国民健康",
        "国民健康保険",
        "健康",
        "健康保険",
        "保険",
        "アパート",
    ]


def test_a_mistyped_question_finds_its_entry_and_staff_are_told_why(small: Index) -> None:
    assert search(small, "止板水").candidates[0].id == "e4"
    assert explain(small, "止板水").mended == (("止板水", "止水板"),)
    assert "止板水 → 止水板" in table(explain(small, "止板水"))
    assert explain(small, "止水板").mended == ()


def test_hardly_any_of_the_demo_questions_is_changed(demo_index: Index, demo_entries: list[Entry]) -> None:
    asked = [test for entry in demo_entries for test in entry.tests]
    changed = [test for test in asked if understand(demo_index, test).mended]

    assert len(changed) <= 0.003 * len(asked), changed


def test_mistyped_questions_of_the_demo_city_are_found_nearly_as_often(
    demo_index: Index, demo_entries: list[Entry]
) -> None:
    asked = [(test, entry.id) for entry in demo_entries for test in entry.tests[:1]]

    def found(seed: int | None) -> int:
        texts = [
            (test if seed is None else mistyped(test, seed + at), wanted) for at, (test, wanted) in enumerate(asked)
        ]
        return sum(
            wanted in [candidate.id for candidate in search(demo_index, text, top=3).candidates]
            for text, wanted in texts
        )

    assert found(2026) >= 0.95 * found(None)


@settings(max_examples=80, deadline=None)
@given(st.text(alphabet="住民票のアパートを保育園2年、っー々", max_size=60))
def test_any_text_is_mended_without_losing_what_was_typed(small: Index, text: str) -> None:
    question = understand(small, text)

    assert all(slip.typed != slip.word for slip in question.mended)
    assert "".join(token.surface for token in question.tokens) == question.text


def test_a_long_text_of_strange_letters_takes_no_longer_than_a_question(small: Index) -> None:
    """At most twelve of its units are looked at."""
    assert len(understand(small, "鑢鬱檻罠" * 125).mended) == 0
    assert len(understand(small, "住票民と" * 30).mended) <= 12
