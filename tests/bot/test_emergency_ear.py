"""Danger heard by the letters of a message, where no rule names it."""

import pytest

from bot.emergency import recognise_emergency, searched_letters
from bot.emergency_ear import DANGER_FROM, LONGEST_RUN, Ear, Weights, ear, pieces_of
from bot.emergency_roots import OF_ROOT, ROOTS
from bot.emergency_words import PATTERNS
from faq.meanings import direction_of


def test_a_message_is_read_in_runs_of_letters_and_in_what_it_speaks_of() -> None:
    found = pieces_of("夫が包丁")

    assert {"^", "夫", "^夫が", "が包丁$", "包丁"} <= found.runs
    assert max(map(len, found.runs)) == LONGEST_RUN
    assert found.matters == {"<blade>", "<partner>", "<blade+partner>"}


def test_every_root_is_written_as_messages_are_read_and_short_enough_to_be_met() -> None:
    assert [root for root in OF_ROOT if searched_letters(root) != root or len(root) > LONGEST_RUN] == []
    assert set(ROOTS) == {matter for matters in OF_ROOT.values() for matter in matters}


def test_a_long_message_says_no_more_than_a_short_one() -> None:
    weights, nowhere = Weights(0.0, {"火": 1.0}), direction_of("")

    assert weights.sum(pieces_of("火"), nowhere) > weights.sum(pieces_of("火をつけたままの台所"), nowhere) > 0


def test_a_word_that_nobody_cried_counts_as_those_that_it_is_like() -> None:
    weights = Weights(0.0, {}, direction_of("息子が溺れる"))

    like, unlike = (weights.sum(pieces_of(""), direction_of(text)) for text in ("娘が沈む", "資源の回収"))

    assert like > unlike + 0.2
    assert weights.sum(pieces_of(""), direction_of("？！")) == 0


def test_the_kind_is_the_one_that_the_letters_speak_of_most() -> None:
    danger = Weights(DANGER_FROM, {})
    heard = Ear(danger, {"fire": Weights(0.0, {"燃": 9.0}), "police": Weights(0.5, {})})
    deaf = Ear(Weights(DANGER_FROM - 0.1, {}), heard.kinds)

    assert (heard.hears("台所が燃え", ""), heard.hears("台所に泥棒", "")) == ("fire", "police")
    assert deaf.hears("台所が燃え", "") == ""


def test_a_word_or_two_are_left_to_the_rules() -> None:
    loud = Ear(Weights(DANGER_FROM + 1, {}), {"fire": Weights(0.0, {})})

    assert (loud.hears("かじ", ""), loud.hears("ちがつた", ""), loud.hears("かじかじか", "")) == ("", "", "fire")


@pytest.mark.parametrize(
    "said", ["ちがいます", "まちがえて送りました", "おねがいします", "はい、そうです。", "ちがった"]
)
def test_words_of_the_talk_itself_are_no_cry(said: str) -> None:
    assert recognise_emergency(said) == ""


def test_the_learned_weights_know_every_kind_of_danger() -> None:
    assert set(ear().kinds) == set(PATTERNS)


@pytest.mark.parametrize("text", ["", "🔥", "a" * 120, "あ" * 120, "^$"])
def test_letters_without_meaning_are_no_danger(text: str) -> None:
    assert ear().hears(searched_letters(text), text) == ""
