"""Entries told apart by what their words mean, where they share the same letters or none."""

import json
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from benchmarks.learn_word_vectors import in_steps, known_words, murmur
from faq.entry import Entry
from faq.explain import explain
from faq.explain_words import table
from faq.index import Index, build_index
from faq.meanings import Meanings, likest, meant_by
from faq.search import search
from faq.thesaurus import Thesaurus
from faq.word_vectors import WordVectors, word_vectors


def likeness(one: str, other: str) -> float:
    vectors = word_vectors()
    rows = vectors.row(one), vectors.row(other)
    assert rows[0] is not None
    assert rows[1] is not None
    return vectors.likeness(rows[0], rows[1])


@pytest.mark.parametrize(
    ("word", "near", "far"),
    [("転居", "引越", "犬"), ("幼稚", "保育", "下水"), ("赤ちゃん", "出生", "下水"), ("廃棄", "捨てる", "年金")],
)
def test_words_that_stand_in_the_same_company_are_alike(word: str, near: str, far: str) -> None:
    assert likeness(word, near) > likeness(word, far) + 0.2


@pytest.mark.parametrize("form", ["", "ほげふがぴよ", "\ud800", "転居\n紛失", "彩野"])
def test_a_form_without_a_vector_has_no_row(form: str) -> None:
    assert word_vectors().row(form) is None


def test_every_word_of_the_table_is_found_again() -> None:
    vectors = word_vectors()
    words = vectors.words.decode().splitlines()

    assert len(words) == len(vectors.rows)
    assert [vectors.row(word) for word in words[::97]] == vectors.rows[::97].tolist()


def test_many_texts_are_added_up_like_each_by_itself() -> None:
    texts = [([5, 9, 5], [1.0, 2.5, 0.5]), ([], []), ([17_000], [3.0]), ([], [])]

    together = word_vectors().sums(texts)

    assert together == pytest.approx(np.stack([word_vectors().together(*text) for text in texts]), abs=1e-5)
    assert word_vectors().sums([([], [])]).tolist() == [[0.0] * word_vectors().width]


def test_an_entry_of_other_words_and_the_same_meaning_is_the_nearest() -> None:
    meanings = Meanings.of([(("出生", "届"), ("出生",)), (("犬", "登録"), ("犬",)), (("名前",), ("未知語",))])

    near = meanings.near(meant_by(["赤ちゃん", "生まれる"]), np.arange(3))

    assert near.argmax(1).tolist() == [0, 0, 0]
    assert np.abs(near).max() <= 1 + 1e-6


def test_where_there_is_nothing_to_compare_nothing_is_near() -> None:
    meanings = Meanings.of([(("犬",), ()), ((), ("犬",)), ((), ())])

    assert not meanings.near(meant_by(["ほげふが"]), np.arange(3)).any()
    assert not meanings.near(meant_by([]), np.arange(3)).any()
    near = meanings.near(meant_by(["犬"]), np.arange(3))
    assert near[0].tolist() == pytest.approx([1, 0, 0], abs=0.01)
    assert near[1].tolist() == pytest.approx([0, 1, 0], abs=0.01)
    assert near[2].tolist() == pytest.approx([1, 1, 0], abs=0.01)


def test_an_entry_asked_by_its_own_words_is_compared_without_them() -> None:
    meanings = Meanings.of([(("犬", "登録", "飼う", "始める"), ("届出",)), (("犬",), ("届出",))])
    without = Meanings.of([(("犬", "登録"), ("届出",)), (("犬",), ("届出",))])

    copied = meanings.near(meant_by(["飼う", "始める"]), np.arange(2), copied=0)

    assert copied == pytest.approx(without.near(meant_by(["飼う", "始める"]), np.arange(2)), abs=0.01)
    assert meanings.near(meant_by(["飼う", "始める"]), np.arange(2))[0, 0] > copied[0, 0]


def test_an_entry_means_the_same_whatever_stands_beside_it() -> None:
    entry = (("住民票", "写し"), ("窓口",))
    alone, among = Meanings.of([entry]), Meanings.of([(("犬",), ("猫",)), entry])

    assert (alone.steps[0] == among.steps[1]).all()


def two_entries() -> Index:
    answers = ("赤ちゃんの名前を決めて、市民課へ。", "飼い犬の鑑札を持って、環境課へ。")
    entries = [Entry(id=f"e{number}", question="届を出すとき", answer=answer) for number, answer in enumerate(answers)]
    return build_index(entries, Thesaurus.of([]))


@pytest.mark.parametrize(("question", "first"), [("出産の届", "e0"), ("ペットの届", "e1")])
def test_a_word_that_no_entry_says_tells_which_of_them_is_meant(question: str, first: str) -> None:
    assert search(two_entries(), question).candidates[0].id == first


def test_staff_are_told_which_words_were_taken_as_alike() -> None:
    entry = Entry(id="dog", question="犬を飼い始めたとき", answer="登録を。")
    index = build_index([entry], Thesaurus.of([]))

    told = explain(index, "ペットを飼い始めた", entries={"dog": entry})

    ((word, other, like),) = told.candidates[0].alike
    assert (word, other) == ("ぺっと", "犬")
    assert like == pytest.approx(likest(["ぺっと"], ["犬", "飼う"])[0][2], abs=0.01)
    assert "意味の近いことば：ぺっと ≒ 犬" in table(told)
    assert explain(index, "ペットを飼い始めた").candidates[0].alike == ()


def test_a_string_has_the_number_that_the_package_gave_it() -> None:
    """As spaCy's documentation prints them."""
    assert murmur("coffee") == 3197928453018144401
    assert murmur("apple") == 8566208034543834098


def test_the_table_keeps_single_words_that_carry_a_topic(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = ["転居", "ゴミ", "ごみ", "です", "佐藤", "住民票の写し", "apple", "知らない語でない"]
    rows = {murmur(word): number for number, word in enumerate(kept)}
    monkeypatch.setitem(sys.modules, "msgpack", SimpleNamespace(unpackb=lambda raw, strict_map_key: rows))
    (tmp_path / "key2row").write_bytes(b"")
    (tmp_path / "strings.json").write_text(json.dumps([*kept, "表にない語"]), encoding="utf-8")

    found = [(form, known.row) for form, known in known_words(tmp_path)]

    assert found == [("転居", 0), ("ごみ", 1), ("ごみ", 2)]


def test_steps_keep_the_directions_apart_from_what_all_share() -> None:
    vectors = np.asarray([[3, 1, 0], [3, -1, 0], [3, 0, 1], [3, 0, -1]], np.float32)

    steps = in_steps(vectors)

    assert np.abs(steps).max(1).tolist() == [127] * 4
    table_of = WordVectors.of("い\nろ\nは\nに\n".encode(), np.arange(4, dtype=np.uint16), steps)
    assert table_of.likeness(0, 1) == pytest.approx(-1, abs=0.05)
    assert table_of.likeness(0, 2) == pytest.approx(0, abs=0.05)
    assert np.linalg.norm(table_of.together([0, 2], [2.0, 1.0])) == pytest.approx(5**0.5, abs=0.1)
