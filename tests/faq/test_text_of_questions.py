"""Text as the matcher sees it: width, kana, Sudachi's forms, and what carries no topic."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from faq.text import analyse, content_forms, normalise, stem, to_hiragana


@pytest.mark.parametrize(
    ("typed", "seen"),
    [
        pytest.param("ﾏｲﾅﾝﾊﾞｰｶｰﾄﾞ", "マイナンバーカード", id="half-width katakana"),
        pytest.param("ＡＢＣ１２３", "abc123", id="full-width letters and digits"),
        pytest.param("コピ−", "コピー", id="a minus sign for the long vowel"),
        pytest.param("らーめん〜", "らーめんー", id="a wave for the long vowel"),
        pytest.param("10-20", "10-20", id="a dash between digits stays"),
        pytest.param("ごみ\x00\ud800の日", "ごみ の日", id="NUL and lone surrogates become a blank"),
    ],
)
def test_text_has_one_width_and_no_unreadable_characters(typed: str, seen: str) -> None:
    assert normalise(typed) == seen


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("引越し", "引っ越し", id="okurigana"),
        pytest.param("引っ越す", "引っ越し", id="verb and noun"),
        pytest.param("ゴミ", "ごみ", id="katakana and hiragana"),
        pytest.param("子ども", "子供", id="kana and kanji"),
        pytest.param("手続", "手続き", id="official and everyday spelling"),
        pytest.param("障がい", "障害", id="mixed spelling"),
    ],
)
def test_spellings_of_one_word_have_the_same_form(one: str, other: str) -> None:
    assert content_forms(analyse(normalise(one))) == content_forms(analyse(normalise(other)))


@pytest.mark.parametrize(
    "asking", ["どうすればいいですか", "教えてください", "について知りたいのですが", "お願いします"]
)
def test_ways_of_asking_carry_no_topic(asking: str) -> None:
    assert content_forms(analyse(normalise(asking))) == ()


def test_a_word_of_one_kanji_keeps_its_okurigana() -> None:
    assert (stem("上げる"), stem("上がる")) == ("上げる", "上がる")


@settings(deadline=None)
@given(st.text(max_size=200))
def test_the_surfaces_of_the_units_are_the_text_again(text: str) -> None:
    normalised = normalise(text)

    assert "".join(token.surface for token in analyse(normalised)) == normalised


@given(st.text(alphabet=st.characters(min_codepoint=0x30A1, max_codepoint=0x30F6)))
def test_folding_katakana_twice_changes_nothing_more(text: str) -> None:
    assert to_hiragana(to_hiragana(text)) == to_hiragana(text)


def test_a_drawn_out_word_is_the_same_word_and_leaves_the_plain_one_as_it_is() -> None:
    drawn_out, plain = analyse("カーーードの期限"), analyse("カードの期限")

    assert [token.form for token in drawn_out] == [token.form for token in plain]
    assert [drawn_out[0].surface, plain[0].surface] == ["カーーード", "カード"]
