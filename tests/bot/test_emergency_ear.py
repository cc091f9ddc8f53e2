"""Danger heard by the letters of a message, where no rule names it."""

from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest

from benchmarks.taught_cries import HARMLESS, MESSAGES, TEACHING, sentences, taught_by, written_apart
from bot.emergency import recognise_emergency, searched_letters
from bot.emergency_ear import DANGER_FROM, LONGEST_ROOT, LONGEST_RUN, Ear, ear, pieces_of
from bot.emergency_roots import OF_ROOT, ROOTS
from bot.emergency_words import PATTERNS, Emergency
from faq.meanings import direction_of
from faq.postings import Floats
from faq.word_vectors import word_vectors


class Weights(NamedTuple):
    """What each piece says for something, beside a constant, and along which direction words point to it."""

    constant: float
    of_piece: dict[str, float]
    along: Floats | None = None


def ear_of(danger: Weights, kinds: dict[Emergency, Weights]) -> Ear:
    columns = (danger, *kinds.values())
    pieces = list(dict.fromkeys(piece for column in columns for piece in column.of_piece))
    nowhere = np.zeros(word_vectors().width, np.float32)
    return Ear.of_table(
        tuple(kinds),
        pieces,
        np.asarray([[column.of_piece.get(piece, 0.0) for column in columns] for piece in pieces], np.float32),
        np.asarray([column.constant for column in columns], np.float32),
        np.stack([nowhere if column.along is None else column.along for column in columns], axis=1),
    )


def test_a_message_is_read_in_letters_sounds_words_and_in_what_it_speaks_of() -> None:
    found = pieces_of("夫が包丁", "夫が包丁")

    assert {"^", "夫", "^夫が", "包丁$", "包丁"} <= found.runs
    assert max(map(len, found.runs)) == LONGEST_RUN
    assert {">^お", ">おっと", ">っと"} & found.sounds
    assert found.words == {"=夫", "=が", "=包丁", "=夫 が", "=が 包丁"}
    assert found.matters == {"<blade>", "<partner>", "<blade+partner>"}


def test_a_word_is_the_same_in_every_script() -> None:
    written, typed = (pieces_of(searched_letters(text), text) for text in ("旦那が殴る", "だんなが なぐる"))

    assert {"=旦那", "=殴る"} <= written.words & typed.words
    assert {">なぐ", ">ぐる"} <= written.sounds & typed.sounds


def test_every_root_is_written_as_messages_are_read_and_short_enough_to_be_met() -> None:
    assert [root for root in OF_ROOT if searched_letters(root) != root or len(root) > LONGEST_ROOT] == []
    assert set(ROOTS) == {matter for matters in OF_ROOT.values() for matter in matters}


def test_a_long_message_says_no_more_than_a_short_one() -> None:
    fire = ear_of(Weights(0.0, {"火": 1.0}), {"fire": Weights(0.0, {})})
    short, long = (fire.weighs(text, "").danger for text in ("火", "火をつけたままの台所"))

    assert short > long > 0


def test_a_word_that_nobody_cried_counts_as_those_that_it_is_like() -> None:
    drowning = ear_of(Weights(0.0, {}, direction_of("息子が溺れる")), {"fire": Weights(0.0, {})})

    like, unlike, nothing = (drowning.weighs("", text).danger for text in ("娘が沈む", "資源の回収", "？！"))

    assert like > unlike + 0.2
    assert nothing == 0


def test_the_kind_is_the_one_that_the_letters_speak_of_most() -> None:
    danger = Weights(DANGER_FROM + 0.1, {})
    heard = ear_of(danger, {"fire": Weights(0.0, {"燃": 19.0}), "police": Weights(1.5, {})})
    deaf = ear_of(Weights(DANGER_FROM - 0.1, {}), {"fire": Weights(0.0, {})})

    assert (heard.hears("台所が燃え", "").kind, heard.hears("台所に泥棒", "").kind) == ("fire", "police")
    assert deaf.hears("台所が燃え", "").kind == ""


def test_no_two_pieces_are_taken_for_one() -> None:
    table = ear().hashes

    assert len(set(table.tolist())) == len(table) > 10_000


def test_between_two_kinds_that_need_different_numbers_all_the_numbers_are_told() -> None:
    danger = Weights(DANGER_FROM + 0.1, {})
    torn = ear_of(danger, {"ambulance": Weights(2.0, {}), "police": Weights(1.9, {})})
    alike = ear_of(danger, {"ambulance": Weights(2.0, {}), "fire": Weights(1.9, {}), "police": Weights(0.0, {})})

    assert (torn.hears("何かがおきた", "").kind, alike.hears("何かがおきた", "").kind) == ("help", "ambulance")


def test_a_word_or_two_are_left_to_the_rules() -> None:
    loud = ear_of(Weights(DANGER_FROM + 1, {}), {"fire": Weights(0.0, {})})

    assert [loud.hears(text, "").kind for text in ("かじ", "ちがつた", "かじかじか")] == ["", "", "fire"]


def test_a_rule_does_not_make_a_cry_of_a_short_question_that_all_its_words_speak_against() -> None:
    assert recognise_emergency("蚊に刺された公園") == ""
    assert recognise_emergency("刺された") != ""


@pytest.mark.parametrize(
    ("cry", "kind"),
    [
        ("犬にかまれて血が止まらない", "ambulance"),
        ("障害のある娘が送迎の運転手に触られたみたい", "violence"),
    ],
)
def test_words_of_offices_and_animals_do_not_shut_the_ear(cry: str, kind: str) -> None:
    assert recognise_emergency(cry) == kind


def test_braces_of_a_teaching_line_stand_for_as_many_sentences_as_the_longest_has_ways() -> None:
    assert sentences("{父|母}が{倒れた|動かない|起きない}") == ["父が倒れた", "母が動かない", "父が起きない"]
    assert sentences("火事です") == ["火事です"]


@pytest.mark.parametrize("path", sorted(TEACHING.glob("*.txt")), ids=lambda path: path.stem)
def test_what_the_ear_was_taught_it_knows(path: Path) -> None:
    said = list(taught_by(path))
    wrong = [one.text for one in said if bool(recognise_emergency(one.text)) != bool(one.kind)]

    assert len(said) > 100
    assert len({one.text for one in said}) >= 0.97 * len(said)
    assert len(wrong) <= 0.08 * len(said), wrong


def test_every_line_of_the_written_messages_has_a_kind_or_names_a_writer() -> None:
    lines = MESSAGES.read_text(encoding="utf-8").splitlines()
    kinds = [line.partition("\t")[0] for line in lines if not line.startswith("#")]

    assert set(kinds) == {*PATTERNS, HARMLESS}
    assert len(list(written_apart())) == len(kinds) > 10_000


def test_what_many_writers_wrote_the_ear_knows() -> None:
    wrong = [one.text for one in written_apart() if bool(recognise_emergency(one.text)) != bool(one.kind)]

    assert len(wrong) <= 0.04 * len(list(written_apart())), wrong


@pytest.mark.parametrize(
    "said",
    [
        *("ちがいます", "まちがえて送りました", "おねがいします", "はい、そうです。", "ちがった"),
        *("おわります！", "やめます！！", "もういいです…", "消して", "戻ります！"),
    ],
)
def test_words_of_the_talk_itself_are_no_cry(said: str) -> None:
    assert recognise_emergency(said) == ""


def test_the_learned_weights_know_every_kind_of_danger() -> None:
    assert set(ear().kinds) == set(PATTERNS)


@pytest.mark.parametrize("text", ["", "🔥", "a" * 120, "あ" * 120, "^$"])
def test_letters_without_meaning_are_no_danger(text: str) -> None:
    assert ear().hears(searched_letters(text), text).kind == ""
