"""A question that staff wrote down leads to its entry, however it is spelt, and an ambiguous one leads nowhere."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from faq.index import build_index
from faq.search import search
from faq.thesaurus import Thesaurus
from faq.verbatim import _ENDING, _LAST, Verbatim, bare
from tests.builders import an_entry

ENTRIES = [
    an_entry(id="moving-in", question="転入の手続き", phrasings=("引っ越してきた", "転入届の出し方")),
    an_entry(id="bulky", question="粗大ごみの出し方", phrasings=("自転車 捨てたい", "地震")),
    an_entry(id="quake", question="地震のとき", phrasings=("地震", "揺れた"), keywords=("国保",)),
    an_entry(id="discount", question="子育ての割引カード", phrasings=("夜中に子どもを預かって", "窓口 電子マネー")),
]


@pytest.fixture(scope="module")
def verbatim():
    return Verbatim.of(ENTRIES)


@pytest.mark.parametrize(
    ("question", "entry"),
    [
        ("引っ越してきた", 0),
        ("ひっこしてきた", 0),
        ("ひっこしてきたけど何すればいい？", 0),
        ("引っ越してきたんですがどうすればいいですか", 0),
        ("転入届の出し方を教えてください！", 0),
        ("ﾃﾝﾆｭｳﾄﾄﾞｹの出し方", 0),
        ("じてんしゃ すてたい", 1),
        ("自転車捨てたい😊", None),
        ("揺れた", 2),
        ("こそだての わりびきカードは？", 3),
        ("よなかにこどもをあずか", 3),
        ("まどぐち でんしまねー", 3),
        ("地震", None),
        ("国保", None),
        ("引っ越してきた友だちの車", None),
        ("", None),
        ("？？？", None),
        ("引っ越してきた" * 20, None),
    ],
)
def test_a_sentence_of_staff_is_recognised(verbatim, question, entry):
    assert verbatim.find(question) == entry


def test_it_leads_the_result_and_is_answered():
    index = build_index(ENTRIES, Thesaurus.of(()))

    result = search(index, "ひっこしてきたけど何すればいい？", top=2)

    assert (result.candidates[0].id, result.decision) == ("moving-in", "answer")
    assert result.candidates[0].score >= result.candidates[-1].score
    assert len({candidate.id for candidate in result.candidates}) == len(result.candidates) <= 2


def test_an_entry_that_is_not_shown_today_does_not_lead():
    index = build_index(
        [ENTRIES[0].model_copy(update={"valid_until": date(2026, 1, 1)}), *ENTRIES[1:]], Thesaurus.of(())
    )

    result = search(index, "引っ越してきた", day=date(2026, 11, 21))

    assert "moving-in" not in [candidate.id for candidate in result.candidates]


@pytest.mark.parametrize(
    "ending", ["", "を教えて", "ですか？", "について知りたい", "どうすればいい", "けど", "んですが"]
)
def test_asking_endings_are_no_part_of_the_question(ending):
    assert bare(f"転入届の出し方{ending}") == "転入届の出し方"


SAID_AT_THE_END = [
    "です",
    "ます",
    "か",
    "かしら",
    "ね",
    "よ",
    "を",
    "は",
    "が",
    "って",
    "について",
    "教えて",
    "知りたい",
    "どうすればいい",
    "何",
    "なん",
    "お願い",
    "助けて",
    "困ってい",
    "ください",
    "下さい",
    "ほしい",
    "もらえ",
    "いただけ",
    "くれ",
    "の",
    "ん",
    "たい",
    "しま",
    "し",
    "る",
    "けど",
    "けれども",
    "んだけど",
    "ので",
    "んで",
    "から",
    "に",
]


@given(st.lists(st.sampled_from(SAID_AT_THE_END), max_size=6))
def test_every_ending_that_is_cut_ends_with_a_letter_that_is_looked_for(said):
    ending = _ENDING.search("".join(said))

    assert ending is not None
    assert ending.group()[-1:] in _LAST
