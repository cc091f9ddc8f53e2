"""When the city answers directly, offers choices, or hands over."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from faq.calibrate import SIGNALS, Calibration, _learned, calibrated, confidence, decide, names_a_topic
from faq.civic import civic
from faq.entry import Entry
from faq.index import Index, build_index
from faq.meanings import meant_by
from faq.question import understand
from faq.search import search
from faq.thesaurus import Thesaurus

HERE = Path(__file__).parent
NEUTRAL = (0.0,) * len(SIGNALS)


def lines(name: str) -> list[str]:
    return [line for line in (HERE / name).read_text(encoding="utf-8").splitlines() if line.strip()]


@pytest.mark.parametrize(
    ("right", "belongs", "decision"),
    [
        pytest.param(3.0, 3.0, "answer", id="sure"),
        pytest.param(0.0, 3.0, "choices", id="unsure"),
        pytest.param(3.0, -3.0, "handoff", id="not a question to a city hall, however well it matches"),
    ],
)
def test_the_decision_follows_the_two_probabilities(right: float, belongs: float, decision: str) -> None:
    calibration = Calibration(right=NEUTRAL, right_constant=right, belongs=NEUTRAL, belongs_constant=belongs)

    assert decide(calibration, [0.0] * len(SIGNALS)) == decision


def test_few_own_questions_leave_the_defaults() -> None:
    entries = [
        Entry(id=f"e{number}", question=f"質問{number}", answer="答え", phrasings=("別の聞き方",))
        for number in range(5)
    ]

    assert build_index(entries, Thesaurus.of([])).calibration == Calibration()


def test_own_questions_shape_the_constants(demo_index: Index, demo_entries: list[Entry]) -> None:
    calibration = demo_index.calibration

    assert calibration.probes == 240
    assert calibration.right != Calibration().right
    assert calibrated(replace(demo_index, calibration=Calibration()), demo_entries) == calibration


NAMES = ["彩野市", "彩野", "さいの市", "さいのし"]


def reworded(entries: list[Entry], count: int) -> list[Entry]:
    return [entry.model_copy(update={"question": f"{entry.question}（新）"}) for entry in entries[:count]] + entries[
        count:
    ]


def test_a_small_edit_keeps_the_constants_and_changes_no_ranking(
    demo_index: Index, demo_entries: list[Entry], base_thesaurus: Thesaurus
) -> None:
    edited = reworded(demo_entries, 1)

    quick = build_index(edited, base_thesaurus, NAMES, earlier=demo_index)
    fresh = build_index(edited, base_thesaurus, NAMES)

    assert (quick.calibration, quick.learned_from) == (demo_index.calibration, demo_index.learned_from)
    tests = [test for entry in demo_entries[::3] for test in entry.tests]
    found = [(search(quick, test), search(fresh, test)) for test in tests]
    assert [one.candidates for one, _ in found] == [other.candidates for _, other in found]
    assert sum(one.decision != other.decision for one, other in found) <= len(tests) / 100


def test_the_constants_are_learned_again_when_one_entry_in_a_hundred_has_changed(
    demo_index: Index, demo_entries: list[Entry], base_thesaurus: Thesaurus
) -> None:
    """Three edits of two entries each: what has changed since the constants were learned counts, not the last edit."""
    index, kept = demo_index, []
    for count in (2, 4, 6):
        index = build_index(reworded(demo_entries, count), base_thesaurus, NAMES, earlier=index)
        kept.append(index.calibration == demo_index.calibration)

    assert kept == [True, True, False]
    assert index.calibration == build_index(reworded(demo_entries, 6), base_thesaurus, NAMES).calibration


def test_other_synonyms_and_removed_entries_have_constants_of_their_own(
    demo_index: Index, demo_entries: list[Entry], base_thesaurus: Thesaurus
) -> None:
    plain = build_index(demo_entries, Thesaurus.of([]), NAMES, earlier=demo_index)
    fewer = build_index(demo_entries[:420], base_thesaurus, NAMES, earlier=demo_index)

    assert len(plain.learned_from) == len(demo_entries)
    assert len(fewer.learned_from) == 420


def test_confidence_is_a_probability_for_any_signals() -> None:
    assert 0 <= confidence(Calibration(), [1e6] * len(SIGNALS)) <= 1
    assert 0 <= confidence(Calibration(), [-1e6] * len(SIGNALS)) <= 1


def test_direct_answers_of_the_demo_city_are_nearly_always_right(demo_index: Index, demo_entries: list[Entry]) -> None:
    decided = [
        (result.decision, result.candidates[0].id == entry.id)
        for entry in demo_entries
        for result in [search(demo_index, test) for test in entry.tests]
        if result.candidates
    ]
    answered = [right for decision, right in decided if decision == "answer"]

    assert len(answered) / len(decided) >= 0.25
    assert sum(answered) / len(answered) >= 0.95


def test_what_is_no_question_to_a_city_is_handed_over(demo_index: Index) -> None:
    """Lines that were not looked at while the weights were learned."""
    decisions = [search(demo_index, line).decision for line in lines("off_topic_unseen.txt")]

    assert decisions.count("handoff") / len(decisions) >= 0.85
    assert decisions.count("answer") / len(decisions) <= 0.05


def test_an_unknown_word_never_raises_the_confidence(demo_index: Index) -> None:
    assert demo_index.calibration.right[SIGNALS.index("unknown")] <= 0


def test_a_bare_topic_gets_choices_where_a_sentence_is_sent_away() -> None:
    calibration = Calibration(right=NEUTRAL, right_constant=3.0, belongs=NEUTRAL, belongs_constant=-3.0)

    assert decide(calibration, np.zeros(len(SIGNALS)), bare=True) == "choices"


@pytest.mark.parametrize(
    "word",
    [
        "ごみ", "年金", "税金", "引っ越し", "パスポート", "保育園", "犬", "じゅうみんひょう", "国保", "電話番号",
        "予約", "クリニック", "固定資産税", "図書館 予約",
    ],
)  # fmt: skip
def test_a_single_topic_word_is_offered_choices_or_an_answer(demo_index: Index, word: str) -> None:
    assert search(demo_index, word).decision != "handoff"


def test_questions_that_part_cleanly_do_not_run_away_with_the_weights() -> None:
    rising = np.linspace(-1, 1, 60)
    found = np.column_stack([rising * 40] * len(SIGNALS))
    right = (rising > 0).astype(float)
    start = Calibration()

    weights, constant = _learned(found, right, np.asarray(start.right), start.right_constant)

    assert np.isfinite(weights).all()
    assert np.abs(weights).max() < 50
    assert abs(constant) < 50


@pytest.mark.parametrize(
    ("remark", "named"), [("急いでいます", False), ("ゴミ", True), ("ひっこした", True), ("ありがとう", False)]
)
def test_a_remark_without_a_noun_names_no_topic(demo_index: Index, remark: str, named: bool) -> None:
    """It may be a part of a talk: what it finds is offered, not answered."""
    assert names_a_topic(understand(demo_index, remark)) == named
    assert named or search(demo_index, remark).decision != "answer"


def test_what_people_ask_a_city_hall_is_told_from_idle_talk_by_what_its_words_mean() -> None:
    ours = [civic(meant_by(words).direction) for words in (["転入", "届け"], ["保育", "申し込む"], ["税金", "払う"])]
    idle = [civic(meant_by(words).direction) for words in (["ゲーム", "勝つ"], ["彼女", "ほしい"], ["映画", "見る"])]

    assert min(ours) > max(idle)
