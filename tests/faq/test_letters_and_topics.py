"""Letters that words lost, and topics that lend their words to entries nobody wrote phrasings for."""

from collections import Counter
from itertools import pairwise

import numpy as np
import pytest

from benchmarks.learn_topics import line
from faq.entry import Entry
from faq.index import build_index
from faq.sounds import Sounds, sound_of
from faq.text import analyse, normalise
from faq.thesaurus import Thesaurus
from faq.topics import borrowed, common_topics, topics_of


def letters(text: str) -> str:
    return sound_of(analyse(normalise(text)))


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        pytest.param("しやくしよ", "しやくしょ", id="small kana typed large"),
        pytest.param("こみのひ", "ごみのひ", id="no voicing marks"),
        pytest.param("カード", "かど", id="no long vowel"),
    ],
)
def test_what_thumbs_leave_out_is_not_heard(typed: str, meant: str) -> None:
    assert letters(typed) == letters(meant)


def test_kanji_are_kept_beside_the_sound() -> None:
    assert letters("住民票の写し") == "しゆうみんひようのうつし\n住民票写"


def test_the_entry_that_shares_rarer_letters_shares_more() -> None:
    asks = [letters(text) for text in ("住民票の写しがほしい", "印鑑の登録がしたい", "犬の登録がしたい")]
    sounds = Sounds.of(asks, owners=[0, 1, 2], entries=3)

    shares = sounds.shares(letters("印鑑登録"), np.arange(3))

    assert shares[1] > shares[2] > shares[0] >= 0


def test_an_entry_asked_about_by_its_own_words_gets_nothing_from_the_copy() -> None:
    asks = [letters("犬の登録"), letters("飼い始めた"), letters("ごみの日")]
    sounds = Sounds.of(asks, owners=[0, 0, 1], entries=2)

    copied = sounds.shares(letters("飼い始めた"), np.arange(2), copied=0)

    assert sounds.shares(letters("飼い始めた"), np.arange(2))[0] > copied[0]
    assert copied[0] < 0.2


def test_the_letters_of_many_asks_are_those_of_each_one() -> None:
    """All asks are cut at once; the pieces are pairs of the sound and single kanji, never across two asks."""
    asks = [letters(text) for text in ("住民票", "", "か", "燃えるごみABC", "鬱々とした犬", "住民税 2026")]

    sounds = Sounds.of(asks, owners=[0, 1, 1, 2, 2, 3], entries=4)

    names = list(sounds.letters)
    for entry, own in enumerate(([0], [1, 2], [3, 4], [5])):
        wanted: Counter[str] = Counter()
        for heard, kanji in (asks[ask].split("\n") for ask in own):
            wanted.update([*map("".join, pairwise(heard)), *kanji])
        assert +Counter(dict(zip(names, sounds.counts[:, entry].tolist(), strict=True))) == wanted
        assert sounds.lengths[entry] == wanted.total()


def test_nothing_readable_shares_nothing() -> None:
    sounds = Sounds.of([letters("犬の登録")], owners=[0], entries=1)

    assert sounds.shares(letters("！？…"), np.arange(1)).tolist() == [0.0]
    assert sounds.shares(letters("犬"), np.arange(0)).tolist() == []


def test_an_entry_is_near_by_way_of_the_topic_that_is_like_it() -> None:
    """「捨てる 曜日」 stands in neither entry; the topic like the first one is asked about so."""
    topics = topics_of(
        [
            ("ごみの日", ["捨てる", "曜日", "収集"], ["収集", "日程", "地区"]),
            ("不法投棄", ["捨てる", "見つける"], ["不法", "投棄", "通報"]),
            ("犬の登録", ["犬", "飼う"], ["狂犬", "登録"]),
        ]
    )
    kin = topics.kin([("日程表", ("収集", "日程"), ()), ("通報先", ("不法", "投棄", "通報"), ())])

    near = borrowed(topics.fitting(["捨てる", "曜日"]), kin, np.arange(2))

    assert near[0] == 1.0
    assert 0 < near[1] < 0.5
    assert borrowed(topics.fitting(["手品"]), kin, np.arange(2)).tolist() == [0.0, 0.0]


def test_the_nearest_topics_are_those_of_a_plain_comparison(demo_entries: list[Entry]) -> None:
    """Common terms, rare ones and all entries are compared in different steps; together they are a cosine."""
    topics = common_topics()
    words = list(topics.terms)
    entries = [(entry.id, tuple(words[at::97]), tuple(words[::at])) for at, entry in enumerate(demo_entries[:70], 60)]

    kin = topics.kin(entries)

    for row, (_, asked, answered) in enumerate(entries):
        counts = Counter(answered) + Counter({term: 3 * count for term, count in Counter(asked).items()})
        weight = {term: np.log1p(count) * topics.rarity[topics.terms[term]] for term, count in counts.items()}
        like = np.zeros(len(topics.titles))
        for term, worth in weight.items():
            held = slice(*topics.starts[topics.terms[term] :][:2])
            like[topics.places[held]] += worth * topics.weight[held]
        like /= np.sqrt(sum(worth**2 for worth in weight.values()))
        assert kin.likeness[row] == pytest.approx(np.sort(like)[::-1][:16], rel=1e-5)
        assert like[kin.topics[row]] == pytest.approx(kin.likeness[row], rel=1e-5)


def test_a_topic_made_from_a_citys_own_entry_lends_it_nothing(demo_entries: list[Entry]) -> None:
    topics = common_topics()
    own = [entry for entry in demo_entries if entry.question in topics.titles][:5]
    assert own

    kin = build_index(own, Thesaurus.of([])).kin

    titles = {entry.question for entry in own}
    lent = {topics.titles[topic] for topic in np.unique(kin.topics[kin.likeness > 0]).tolist()}
    assert lent.isdisjoint(titles)


def test_topics_are_made_of_asks_and_answers_and_never_of_tests() -> None:
    entry = Entry(
        id="dog", question="犬の登録", answer="窓口へ。", phrasings=("飼い始めた",), tests=("わんこを迎えた",)
    )

    made = line(entry, frozenset(), Thesaurus.of([]))

    assert "飼う" in made
    assert "わんこ" not in made
