"""The index: fast to rebuild, rarity counted by entries, and its parts one by one."""

import gc

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz import fuzz, process

from faq.asking import ASPECT_NAMES, aspects
from faq.entry import Entry, Translation
from faq.holdings import Holdings
from faq.index import ask_texts, build_index
from faq.kana import heard_in, kana_runs, kana_words, readings_of
from faq.postings import Shape, Terms, build_postings, number_terms
from faq.rounds import Rounds
from faq.spelling import SHORTEST_WORD, nearest, spelling_choices
from faq.text import analyse, normalise
from faq.thesaurus import Thesaurus
from faq.units import units

PLAIN = Shape(k1=1.2, b=0.75, power=1.0)


def test_every_text_that_asks_for_an_entry_is_searched_by_itself() -> None:
    entry = Entry(
        id="a",
        question="ごみの日",
        answer="火曜",
        phrasings=("収集日",),
        keywords=("燃えるごみ", "曜日"),
        translations={"en": Translation(question="Garbage days", answer="Tuesday")},
    )

    assert ask_texts(entry) == ["ごみの日", "収集日", "燃えるごみ 曜日", "Garbage days"]


def test_a_word_is_as_rare_as_the_entries_that_hold_it_are_few() -> None:
    """Three phrasings of one entry that share a word make it no more common."""
    texts = [["犬"], ["犬"], ["犬"], ["猫"]]
    terms = Terms()

    postings = build_postings(number_terms(texts, terms), [1, 1, 1, 1], [1, 1, 1, 1], [0, 0, 0, 1], len(terms), PLAIN)

    assert postings.rarity[terms["犬"]] == pytest.approx(postings.rarity[terms["猫"]])


def test_a_short_text_is_worth_more_than_a_long_one_with_the_same_word() -> None:
    texts = [["犬"], ["犬", "登録", "注射", "手数料"]]
    terms = Terms()
    postings = build_postings(number_terms(texts, terms), [1, 4], [1, 4], [0, 1], len(terms), PLAIN)

    start, end = postings.starts[terms["犬"] : terms["犬"] + 2]

    worth = dict(zip(postings.places[start:end].tolist(), postings.worth[start:end].tolist(), strict=True))

    assert worth[0] > worth[1]


def test_a_term_is_looked_up_in_asks_and_answers_at_once() -> None:
    terms = Terms()
    asked, answered = [["犬", "登録"], ["猫"], ["犬"]], [["犬"], ["猫", "犬"]]
    numbers = [number_terms(texts, terms) for texts in (asked, answered)]
    in_asks = build_postings(numbers[0], [2, 1, 1], [2, 1, 1], [0, 0, 1], len(terms), PLAIN)
    in_answers = build_postings(numbers[1], [1, 2], [1, 2], [0, 1], len(terms), PLAIN)
    rounds = Rounds.of([2, 1])

    hits = Holdings.of(in_asks, in_answers, rounds).hits([terms["犬"], terms["登録"]])

    asks, answers = rounds.place_of.tolist(), list(range(rounds.answers.start, rounds.answers.stop))
    assert hits.places.tolist() == [asks[0], asks[2], *answers, asks[0]]
    assert hits.lengths.tolist() == [2, 2, 1, 0]
    assert hits.without(asks[0]).worth[[0, 4]].tolist() == [0, 0]
    assert hits.worth.min() > 0


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("ごみはいつ出せますか", {"when"}),
        ("手数料はいくらですか", {"cost"}),
        ("申請の場所と期限", {"where", "when"}),
        ("犬の登録", set()),
    ],
)
def test_what_is_asked_is_read_from_the_words(text: str, asked: set[str]) -> None:
    bits = aspects(units(text))

    assert {name for number, name in enumerate(ASPECT_NAMES) if bits >> number & 1} == asked


def test_kana_is_cut_where_the_longest_readings_fit() -> None:
    readings = readings_of(heard_in(analyse(normalise("住民票 児童手当 手当"))))

    heard = [word.term for word in kana_words(kana_runs("じどうてあてがほしい"), readings)]

    assert heard == ["児童", "手当"]


def test_only_long_unknown_words_are_compared_by_their_letters() -> None:
    choices = spelling_choices(["こみゅにてぃばす", "ごみ", "=group", "~ごみ"])

    assert choices.words == ("こみゅにてぃばす",)
    assert nearest("こみにてぃばす", choices, 72)[0][0] == "こみゅにてぃばす"
    assert nearest("ごみ", choices, 72) == []
    assert nearest("さくらんぼ", choices, 72) == []


_LETTERS = st.text(alphabet="あいうえおかきくけこまん住民票税課ー", min_size=1, max_size=9)


@given(
    words=st.lists(_LETTERS, unique=True, max_size=40), typed=_LETTERS, ratio=st.sampled_from([50.0, 66.7, 72.0, 90.0])
)
def test_words_that_share_letters_are_all_that_can_be_near(words: list[str], typed: str, ratio: float) -> None:
    """The few that are compared are enough: comparing every word finds the same ones in the same order."""
    choices = [word for word in words if len(word) >= SHORTEST_WORD]
    compared = process.extract(typed, choices, scorer=fuzz.ratio, score_cutoff=ratio, limit=2)
    everything = [(word, likeness / 100) for word, likeness, _ in compared] if len(typed) >= SHORTEST_WORD else []

    assert nearest(typed, spelling_choices(words), ratio) == everything


@pytest.mark.parametrize("searching", [True, False])
def test_pythons_search_for_garbage_is_as_before_even_after_a_build_that_failed(searching: bool) -> None:
    before = gc.isenabled()
    (gc.enable if searching else gc.disable)()
    try:
        build_index([Entry(id="dog", question="犬の登録", answer="窓口へ。")], Thesaurus.of([]))
        assert gc.isenabled() is searching
        with pytest.raises(AttributeError):
            build_index([None], Thesaurus.of([]))  # type: ignore[list-item]
        assert gc.isenabled() is searching
    finally:
        (gc.enable if before else gc.disable)()


def test_a_one_entry_edit_reads_only_the_new_text_again(
    demo_entries: list[Entry], monkeypatch: pytest.MonkeyPatch
) -> None:
    fresh = [entry.model_copy(update={"question": f"{entry.question}の件"}) for entry in demo_entries[:60]]
    empty = Thesaurus.of([])
    build_index(fresh, empty)
    read: list[str] = []
    monkeypatch.setattr("faq.units.analyse", lambda text: read.append(text) or analyse(text))

    build_index([fresh[0].model_copy(update={"question": "はじめて書いた質問です"}), *fresh[1:]], empty)

    assert normalise("はじめて書いた質問です") in read
    assert normalise(fresh[1].question) not in read
