"""The chain from a question to the decision, as staff read it: everything that counts is named in their language."""

from __future__ import annotations

import math
import re

import pytest

from faq.asking import ASPECT_NAMES
from faq.calibrate import SIGNALS
from faq.entry import Entry
from faq.explain import CONSTANT, TYPICAL, Explanation, explain
from faq.explain_words import ASPECTS, FEATURES, sections, table
from faq.explain_words import SIGNALS as SIGNALS_IN_WORDS
from faq.features import NAMES
from faq.index import Index, build_index
from faq.thesaurus import Thesaurus, ThesaurusFile, ThesaurusGroup

ENTRIES = [
    Entry(id="moving-in", question="転入届の出し方", answer="引っ越した日から14日以内に、市民課へ。"),
    Entry(id="moving-out", question="市外へ引っ越すとき", answer="転出届を出してください。"),
    Entry(id="dog", question="犬の登録はいつ", answer="30日以内です。", phrasings=("子犬をもらった",)),
]
MOVING = ThesaurusGroup(
    id="tennyu", words=("転入", "転入届"), readings=("てんにゅう",), colloquial=("引っ越してきた", "移り住む")
)


@pytest.fixture(scope="module")
def small() -> Index:
    return build_index(ENTRIES, Thesaurus.of([ThesaurusFile(groups=(MOVING,))]))


def explained(index: Index, question: str) -> Explanation:
    return explain(index, question, entries={entry.id: entry for entry in ENTRIES})


def lines_under(heading: str, explanation: Explanation) -> str:
    return "\n".join(line for title, lines in sections(explanation) for line in lines if title.startswith(heading))


def test_everything_that_counts_has_a_name_in_japanese() -> None:
    assert FEATURES.keys() == {*NAMES, TYPICAL}
    assert SIGNALS_IN_WORDS.keys() == {*SIGNALS, CONSTANT}
    assert ASPECTS.keys() == set(ASPECT_NAMES)
    for name in (*FEATURES.values(), *SIGNALS_IN_WORDS.values(), *ASPECTS.values()):
        assert re.search("[ぁ-ん]|[一-龠]", name)


def test_units_are_shown_with_their_readings_and_the_form_they_are_compared_in(small: Index) -> None:
    cut = lines_under("語の区切り", explained(small, "転入届を出したい"))

    assert "転入（てんにゅう）" in cut
    assert "出し（だし）→出す" in cut


def test_a_group_is_shown_by_its_first_word_with_what_else_was_looked_for(small: Index) -> None:
    (group,) = explained(small, "移り住む").groups

    assert (group.id, group.name, group.said) == ("tennyu", "転入", "移り住む")
    assert "転入" in group.looked_for
    assert "移り住む ＝ 転入の組（tennyu、重み" in lines_under("言いかえ", explained(small, "移り住む"))


def test_a_word_that_only_sounds_like_a_group_is_shown_by_its_name(small: Index) -> None:
    heard = [word for word in explained(small, "てんにゅうの紙").words if word.kind == "kana"]

    assert [(word.form, word.looked_for[0][0]) for word in heard] in ([("転入", "転入")], [("転入", "転入の組")])
    assert "tennyu" not in lines_under("1.", explained(small, "てんにゅうの紙"))


def test_words_of_the_question_are_not_looked_for_again_as_synonyms(small: Index) -> None:
    (group,) = explained(small, "転入").groups

    assert "転入" not in group.looked_for


def test_a_group_found_by_its_name_alone_says_so(small: Index) -> None:
    only = ThesaurusGroup(id="inu", words=("犬",))
    index = build_index(ENTRIES, Thesaurus.of([ThesaurusFile(groups=(only,))]))

    assert lines_under("言いかえ", explained(index, "犬")).startswith("組の名前だけで探した")


def test_the_later_groups_of_a_question_of_many_topics_say_so(demo_index: Index) -> None:
    topics = "転入、国民健康保険、児童手当、粗大ごみ、住民税、住民票、マイナンバーカード、保育園、介護保険"
    groups = explain(demo_index, topics).groups

    assert groups[0].looked_for
    assert not groups[-1].looked_for


def test_candidates_carry_their_question_and_their_points_by_field(small: Index) -> None:
    told = table(explained(small, "転入届"))

    assert "1. moving-in「転入届の出し方」" in told
    assert re.search(r"合ったことば：転入（質問文 \d+\.\d、回答 0\.0）", told)
    assert "点数の内わけ：" in told


def test_what_is_asked_is_told_in_japanese(small: Index) -> None:
    told = explained(small, "犬の登録はいつ？")

    assert told.aspects == ("when",)
    assert lines_under("聞いていること", told) == "いつ"
    assert "どちらも「いつ」 +" in table(told)


@pytest.mark.parametrize("question", ["転入届", "引っ越してきた", "犬の名前", "まったく関係のない話"])
def test_the_parts_of_the_decision_add_up_to_its_two_probabilities(small: Index, question: str) -> None:
    told = explained(small, question)

    for probability, parts in (
        (told.confidence, [one.right for one in told.signals]),
        (told.belonging, [one.belongs for one in told.signals]),
    ):
        assert probability == pytest.approx(1 / (1 + math.exp(-sum(parts))) if parts else 0.0, abs=0.005)


def test_the_decision_stands_beside_its_thresholds(small: Index) -> None:
    told = explained(small, "転入届の出し方は？")
    decision = lines_under("判定", told)

    assert f"{told.thresholds.answer_from:.2f} 以上で、そのまま答える" in decision
    assert f"{told.thresholds.belongs_from:.2f} 未満で職員へ" in decision
    assert "確かさの内わけ：" in decision


def test_nothing_readable_is_explained_too(small: Index) -> None:
    told = table(explained(small, "\u200b\x00"))

    assert "読める文字がありません" in told
    assert "見つからない（職員へ）" in told


def test_a_remark_that_is_not_answered_for_want_of_a_noun_says_so(demo_index: Index) -> None:
    told = explain(demo_index, "急いでいます")

    assert (told.named, told.decision) == (False, "choices")
    assert told.confidence < told.thresholds.answer_from or "話題になる名詞がない" in table(told)
