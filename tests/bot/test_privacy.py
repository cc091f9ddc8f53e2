"""Numbers that must not be kept are hidden before anything else happens; ordinary numbers are left alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.privacy import MASK_CARD, MASK_MY_NUMBER, is_card_number, is_my_number, mask

MY_NUMBER = "123456789018"  # the example of the rule: 12345678901 has the check digit 8


def check_digit(eleven: str) -> str:
    """The rule written a second time, straight from 総務省令第85号 第5条, to check ours against."""
    p = [int(digit) for digit in reversed(eleven)]
    q = [n + 1 if n <= 6 else n - 5 for n in range(1, 12)]
    remainder = sum(a * b for a, b in zip(p, q, strict=True)) % 11
    return "0" if remainder <= 1 else str(11 - remainder)


@pytest.mark.parametrize(
    "written",
    [
        pytest.param(MY_NUMBER, id="plain"),
        pytest.param("1234 5678 9018", id="in fours"),
        pytest.param("1234-5678-9018", id="hyphens"),
        pytest.param("１２３４５６７８９０１８", id="full width"),
        pytest.param("１２３４－５６７８－９０１８", id="full width hyphens"),
        pytest.param("1 2 3 4 5 6 7 8 9 0 1 8", id="every digit apart"),
        pytest.param("1234、5678、9018", id="commas"),
        pytest.param("1234\n5678\n9018", id="three lines"),
        pytest.param("一二三四五六七八九〇一八", id="kanji digits"),
        pytest.param("①②③④⑤⑥⑦⑧⑨⓪①⑧", id="circled digits"),
        pytest.param("1234\u200b5678\u200b9018", id="zero width spaces"),
        pytest.param("1234 ５６７８-9018", id="mixed widths"),
        pytest.param("1234     5678     9018", id="many spaces"),
        pytest.param("１２３４　　　　５６７８　　　　９０１８", id="many full width spaces"),
        pytest.param("1234\n\n 5678\n\n 9018", id="empty lines"),
        pytest.param("1234／5678／9018", id="full width slashes"),
        pytest.param("1234．5678．9018", id="full width dots"),
        pytest.param("1234･5678･9018", id="half width dots"),
        pytest.param("1234ｰ5678ｰ9018", id="half width long vowels"),
        pytest.param("1234=5678=9018", id="equal signs"),
        pytest.param("1234…5678…9018", id="ellipses"),
        pytest.param("1234→5678→9018", id="arrows"),
        pytest.param("1234」「5678」「9018", id="brackets"),
        pytest.param("1234の5678の9018", id="told aloud"),
        pytest.param("1️⃣2️⃣3️⃣4️⃣5️⃣6️⃣7️⃣8️⃣9️⃣0️⃣1️⃣8️⃣", id="keycap emoji"),
        pytest.param("❶❷❸❹❺❻❼❽❾⓿❶❽", id="black circles"),
        pytest.param("¹²³⁴⁵⁶⁷⁸⁹⁰¹⁸", id="raised"),
        pytest.param("𝟏𝟐𝟑𝟒𝟓𝟔𝟕𝟖𝟗𝟎𝟏𝟖", id="bold letters of mathematics"),
        pytest.param("۱۲۳۴۵۶۷۸۹۰۱۸", id="Persian digits"),
        pytest.param("壱弐参四五六七八九零壱八", id="digits of deeds"),
    ],
)
def test_a_my_number_is_hidden_however_it_is_written(written):
    hidden = mask(f"私の番号は{written}です")

    assert hidden.text == f"私の番号は{MASK_MY_NUMBER}です"
    assert hidden.kinds == ("my_number",)


@pytest.mark.parametrize(
    "written",
    [
        pytest.param("4111 1111 1111 1111", id="visa"),
        pytest.param("5555-5555-5555-4444", id="mastercard"),
        pytest.param("378282246310005", id="amex"),
        pytest.param("３５３０１１１３３３３０００００", id="jcb full width"),
    ],
)
def test_a_card_number_is_hidden(written):
    hidden = mask(f"カードは {written} です")

    assert MASK_CARD in hidden.text
    assert hidden.kinds == ("card",)
    assert not any(char.isdigit() for char in hidden.text)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("048-000-1110", id="phone"),
        pytest.param("090-1234-5678に電話して", id="mobile phone"),
        pytest.param("2026年11月21日 12時34分56秒", id="date and time"),
        pytest.param("123456789019", id="twelve digits, wrong check digit"),
        pytest.param("お客様番号 12345678", id="customer number"),
        pytest.param("4012 8888 8888 1882", id="card with a wrong check digit"),
        pytest.param("000000000000", id="all the same digit"),
        pytest.param("330-0001", id="post code"),
    ],
)
def test_other_numbers_are_left_as_they_are(text):
    assert mask(text).text == text


def test_a_phone_number_before_a_my_number_stays_readable():
    assert mask("048-000-1110 1234 5678 9018").text == f"048-000-1110 {MASK_MY_NUMBER}"


@pytest.mark.parametrize("mark", ["①", "〇", "❶", "1. ", "(1)", "No.1 "])
def test_what_counts_a_list_is_no_part_of_the_number(mark):
    assert mask(f"{mark}{MY_NUMBER}").text == f"{mark}{MASK_MY_NUMBER}"


def test_a_card_number_with_wide_gaps_is_hidden_too():
    assert mask("４１１１／１１１１／１１１１／１１１１　　　　です").text == f"{MASK_CARD}　　　　です"


def test_two_numbers_are_both_hidden_in_order():
    hidden = mask("番号 1234-5678-9018 とカード 4111111111111111")

    assert hidden.kinds == ("my_number", "card")


@given(st.text(alphabet="0123456789", min_size=11, max_size=11))
def test_exactly_one_check_digit_is_right(eleven):
    right = [digit for digit in "0123456789" if is_my_number(eleven + digit)]

    same = {eleven + check_digit(eleven)} if len(set(eleven + check_digit(eleven))) > 1 else set()
    assert {eleven + digit for digit in right} == same


@given(st.text(max_size=300))
def test_any_text_can_be_masked_and_masking_twice_changes_nothing(text):
    once = mask(text).text

    assert mask(once).text == once


def test_luhn_refuses_a_swapped_pair():
    assert is_card_number("4111111111111111")
    assert not is_card_number("1411111111111111")
