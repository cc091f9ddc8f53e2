"""Synonym groups: where they are found in a text, and what a city's own file adds."""

import pickle

import pytest

from faq.text import analyse, normalise
from faq.thesaurus import Member, Thesaurus, ThesaurusFile, ThesaurusGroup
from faq.units import told

KOKUHO = ThesaurusGroup(id="kokuho", words=("国民健康保険", "国保"), readings=("こくほ",), broader=("保険",))
DEATH = ThesaurusGroup(id="death", words=("死亡",), readings=("しぼう",), colloquial=("亡くなった",))


def groups_in(text: str, *groups: ThesaurusGroup) -> list[str]:
    thesaurus = Thesaurus.of([ThesaurusFile(groups=groups)])
    forms = [token.form for token in analyse(normalise(text)) if not token.idle]
    found = [mention.group for mention in thesaurus.mentions(forms)]
    assert list(thesaurus.named(forms)) == list(dict.fromkeys(found))
    return found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        pytest.param("国民健康保険に入りたい", ["kokuho"], id="a word of several units"),
        pytest.param("国保の料金", ["kokuho"], id="a short name"),
        pytest.param("父が亡くなりました", ["death"], id="a colloquial form, inflected"),
        pytest.param("国民の健康", [], id="only parts of it"),
        pytest.param("手続きはどうしますか", [], id="a reading is no word: Sudachi reads しぼう as する"),
    ],
)
def test_a_group_is_found_where_a_member_stands(text: str, found: list[str]) -> None:
    assert groups_in(text, KOKUHO, DEATH) == found


def test_a_member_of_general_words_alone_names_nothing() -> None:
    how = ThesaurusGroup(id="how", words=("方法",), colloquial=("どうすればいい",))

    assert groups_in("どうすればいいですか", how) == []


def test_a_city_adds_members_to_a_group_of_the_base() -> None:
    base = ThesaurusFile(groups=(KOKUHO,))
    city = ThesaurusFile(groups=(ThesaurusGroup(id="kokuho", words=("さい国保",)),))

    thesaurus = Thesaurus.of([base, city])

    assert thesaurus.groups["kokuho"].words == ("国民健康保険", "国保", "さい国保")


def test_broader_words_are_looked_for_and_marked_as_broader() -> None:
    thesaurus = Thesaurus.of([ThesaurusFile(groups=(KOKUHO,))])

    assert Member(("保険",), True) in thesaurus.members["kokuho"]
    assert Member(("国保",), False) in thesaurus.members["kokuho"]


def test_a_thesaurus_survives_pickling() -> None:
    thesaurus = Thesaurus.of([ThesaurusFile(groups=(KOKUHO, DEATH))])

    assert pickle.loads(pickle.dumps(thesaurus)) == thesaurus


def test_an_answer_names_a_group_within_one_of_its_sentences_not_across_two() -> None:
    thesaurus = Thesaurus.of([ThesaurusFile(groups=(KOKUHO, DEATH))])

    across = told("対象は国民です。\n健康保険の人も来てください。父が死亡した。", frozenset(), thesaurus, {})
    within = told("国民健康保険の窓口です。\n国民健康保険の人も来てください。", frozenset(), thesaurus, {})

    assert across.groups == ("=death",)
    assert within.groups == ("=kokuho",)
    assert within.words.count("保険") == 2
    assert len(thesaurus.remembered) == 2  # the answers; their sentences only while an index is built
