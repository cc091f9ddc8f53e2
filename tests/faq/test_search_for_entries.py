"""What residents type, and the entries it finds."""

import pickle
import unicodedata
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from faq.entry import Entry
from faq.explain import explain
from faq.index import Index, build_index
from faq.question import understand
from faq.ranking import MANY_TERMS, _sought, rank
from faq.search import search
from faq.thesaurus import Thesaurus, ThesaurusFile, ThesaurusGroup


def an_index(*questions: str, **more: object) -> Index:
    entries = [
        Entry(id=f"e{at}", question=question, answer="窓口でお手続きください。")
        for at, question in enumerate(questions)
    ]
    return build_index(entries, Thesaurus.of([]), **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("typed", "wanted"),
    [
        pytest.param("ゴミいつ", "garbage-calendar", id="two words, no particle"),
        pytest.param("ひっこし", "moving-", id="one word in kana"),
        pytest.param("まいなんばー無くした", "my-number-lost", id="katakana word typed in hiragana"),
        pytest.param("マイナンバカードなくした", "my-number-lost", id="a long vowel forgotten"),
        pytest.param("てんにゅう", "moving-in", id="an official word by its sound"),
        pytest.param("てんにゆう", "moving-in", id="without small kana"),
        pytest.param("ほけんしよう なくした", "kokuho-card-lost", id="two words without small kana"),
        pytest.param("しとうてあて", "child-allowance", id="without voicing marks and small kana"),
        pytest.param("いんかんしようめい", "seal-certificate", id="a long word without small kana"),
        pytest.param("国保はらえない", "kokuho-tax-reduction", id="a verb in kana that others write in kanji"),
        pytest.param("ペットボトル", "garbage-sort", id="nothing but the thing to throw away"),
        pytest.param("保育園 空き", "nursery-vacancy", id="words with a blank between"),
        pytest.param("役所って土曜やってる？", "opening-hours", id="casual"),
        pytest.param("ﾏｲﾅﾝﾊﾞｰｶｰﾄﾞ無くした", "my-number-lost", id="half-width"),
    ],
)
def test_short_questions_find_their_entry_among_the_first_three(demo_index: Index, typed: str, wanted: str) -> None:
    found = [candidate.id for candidate in search(demo_index, typed, top=3).candidates]

    assert any(entry.startswith(wanted) for entry in found), found


@pytest.mark.parametrize("typed", ["パパが亡くなった", "じいじが死んだ", "ママが死んだ", "主人が亡くなりました"])
def test_who_has_lost_somebody_is_not_sent_away_whatever_they_call_them(demo_index: Index, typed: str) -> None:
    found = search(demo_index, typed, top=3)

    assert found.decision != "handoff"
    assert "okuyami-guide" in [candidate.id for candidate in found.candidates]


@pytest.mark.parametrize(
    ("typed", "wanted"),
    [
        ("i lost my number card", "my-number-lost"),
        ("hazard map please", "hazard-map"),
        ("Resident record copy?", "juminhyo-copy"),
        ("national health insurance", "national-health-insurance-join"),
        ("bulky trash", "garbage-bulky"),
        ("nursery school application", "nursery-apply"),
    ],
)
def test_a_question_in_english_finds_a_translated_entry(demo_index: Index, typed: str, wanted: str) -> None:
    assert wanted in [candidate.id for candidate in search(demo_index, typed, top=3).candidates]


def test_every_translated_question_finds_its_entry(demo_index: Index, demo_entries: list[Entry]) -> None:
    missed = [
        said.question
        for entry in demo_entries
        for said in entry.translations.values()
        if entry.id not in [found.id for found in search(demo_index, f"{said.question} please", top=3).candidates]
    ]

    assert missed == []


@pytest.mark.parametrize("typed", ["", " ", "\x00", "\ud800", "？！", "について教えてください", "🗑️"])
def test_a_text_without_a_topic_goes_to_staff_without_candidates(demo_index: Index, typed: str) -> None:
    result = search(demo_index, typed)

    assert (result.decision, result.candidates, result.query) == ("handoff", (), typed)


def test_matched_words_are_read_as_the_resident_wrote_them(demo_index: Index) -> None:
    best = search(demo_index, "住民票の写しがほしい").candidates[0]

    assert any("住民票" in word for word in best.matched)


def test_an_entry_outside_its_days_is_not_found() -> None:
    entry = Entry(id="fair", question="夏まつりの会場は？", answer="広場です。", valid_until=date(2026, 8, 31))
    index = build_index([entry], Thesaurus.of([]))

    assert search(index, "夏まつりの会場", day=date(2026, 8, 31)).candidates
    assert not search(index, "夏まつりの会場", day=date(2026, 9, 1)).candidates


def test_an_empty_index_hands_over() -> None:
    assert search(build_index([], Thesaurus.of([])), "ごみ").decision == "handoff"


def test_top_limits_the_candidates(demo_index: Index) -> None:
    assert len(search(demo_index, "ごみの出し方", top=2).candidates) == 2


def test_the_citys_own_name_is_no_topic() -> None:
    index = an_index("彩野市のごみ", "彩野市の税", own_names=["彩野市"])

    assert search(index, "彩野市").candidates == ()
    assert search(index, "彩野市の税").candidates[0].id == "e1"


def test_a_synonym_finds_an_entry_that_never_uses_the_word() -> None:
    group = ThesaurusGroup(id="car", words=("自動車", "マイカー"))
    entries = [
        Entry(id="car", question="自動車の税金", answer="納めます。"),
        Entry(id="dog", question="犬の登録", answer="します。"),
    ]

    index = build_index(entries, Thesaurus.of([ThesaurusFile(groups=(group,))]))

    assert search(index, "マイカー").candidates[0].id == "car"


def test_a_phrasing_finds_its_entry() -> None:
    entries = [
        Entry(id="bulky", question="粗大ごみの申し込み", answer="電話で。", phrasings=("ソファーを捨てたい",)),
        Entry(id="burn", question="燃えるごみの日", answer="火曜です。"),
    ]

    index = build_index(entries, Thesaurus.of([]))

    assert search(index, "ソファー").candidates[0].id == "bulky"


def test_tests_of_an_entry_are_not_indexed() -> None:
    entry = Entry(id="bulky", question="粗大ごみの申し込み", answer="電話で。", tests=("ピアノを手放す",))

    assert search(build_index([entry], Thesaurus.of([])), "ピアノ").candidates == ()


def test_an_unknown_word_is_found_by_its_nearest_spelling() -> None:
    index = an_index("コミュニティバスの時刻表", "図書館の予約")

    assert search(index, "コミニティバス").candidates[0].id == "e0"


def test_hiragana_is_cut_again_along_the_words_of_the_index() -> None:
    index = an_index("児童扶養手当の申請", "固定資産税の減免")

    assert search(index, "じどうふようてあて").candidates[0].id == "e0"


def test_an_unrelated_entry_changes_neither_order_nor_matched_words_of_a_question() -> None:
    """Scores move a little (a word is rarer among more entries); what was found, and in what order, does not."""
    questions = ("粗大ごみの申し込み", "粗大ごみの料金", "犬の登録")
    before = search(an_index(*questions), "粗大ごみの料金")
    after = search(an_index(*questions, "選挙の投票所"), "粗大ごみの料金")

    assert [(c.id, c.matched) for c in after.candidates] == [(c.id, c.matched) for c in before.candidates]


def test_the_same_index_gives_the_same_answers_to_eight_threads(demo_index: Index, demo_entries: list[Entry]) -> None:
    questions = [test for entry in demo_entries[:60] for test in entry.tests[:1]]
    alone = [search(demo_index, question) for question in questions]

    with ThreadPoolExecutor(8) as threads:
        together = list(threads.map(lambda question: search(demo_index, question), questions * 4))

    assert together == alone * 4


def test_an_index_survives_pickling(demo_index: Index) -> None:
    copy: Index = pickle.loads(pickle.dumps(demo_index))

    assert search(copy, "住民票の写し") == search(demo_index, "住民票の写し")


@pytest.mark.parametrize("question", ["マイナンバーのカードがなくなってしまいました", "犬", "税金"])
def test_the_explanation_adds_up_to_the_score(demo_index: Index, question: str) -> None:
    explained, result = explain(demo_index, question), search(demo_index, question)

    assert (explained.decision, explained.confidence) == (result.decision, result.confidence)
    for candidate, told in zip(result.candidates, explained.candidates, strict=False):
        assert told.id == candidate.id
        assert sum(points for _, points in told.features) == pytest.approx(candidate.score, abs=0.01)
    assert explained.verbatim == ""


def test_the_explanation_says_when_staff_wrote_down_this_very_question(demo_index: Index) -> None:
    assert explain(demo_index, "まいなんばー 無くした！").verbatim == "my-number-lost"


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=5_000))
def test_any_text_is_answered(demo_index: Index, text: str) -> None:
    result = search(demo_index, text)

    assert result.query == text
    assert 0 <= result.confidence <= 1
    assert explain(demo_index, text).decision == result.decision


@pytest.mark.parametrize("text", ["あ" * 6_000, "ごみ" * 3_000, "\ud800" * 6_000, "a b " * 2_000, "住民票" * 2_000])
def test_a_very_long_text_is_answered(demo_index: Index, text: str) -> None:
    assert search(demo_index, text).query == text


_KANA_AND_LETTERS = st.text(
    alphabet="アイウエオカキクケコサシスセソタチツテトナニヌネノパピプガギグヴーABCxyz0123456789ッャュョ",
    min_size=1,
    max_size=30,
)


def _half_width(text: str) -> str:
    """Katakana in the old half-width form, with the marks as letters of their own."""
    wide = {unicodedata.normalize("NFKC", chr(code)): chr(code) for code in range(0xFF66, 0xFF9E)}
    marks = {"\u3099": "ﾞ", "\u309a": "ﾟ"}
    parts = unicodedata.normalize("NFD", text)
    return "".join(marks.get(part, wide.get(part, part)) for part in parts)


@settings(max_examples=60, deadline=None)
@given(_KANA_AND_LETTERS)
def test_half_width_and_full_width_give_the_same_ranking(demo_index: Index, text: str) -> None:
    full = "".join(chr(ord(letter) + 0xFEE0) if "!" <= letter <= "~" else letter for letter in text)

    plain = search(demo_index, text)

    assert search(demo_index, _half_width(text)).candidates == plain.candidates
    assert search(demo_index, full).candidates == plain.candidates


@pytest.mark.parametrize(("one", "other"), [("ゴミの日", "ごみの日"), ("引越し", "引っ越し")])
def test_kana_and_spelling_variants_of_a_word_give_the_same_entries(demo_index: Index, one: str, other: str) -> None:
    found = [[candidate.id for candidate in search(demo_index, text).candidates] for text in (one, other)]

    assert found[0] == found[1]


@pytest.mark.parametrize("question", ["印鑑を登録したい", "市の外へ転出しないとき", "だれが来てくれるのか"])
def test_what_sentences_end_with_is_not_heard_as_a_word(demo_index: Index, question: str) -> None:
    """したい is not 死体, しない not 市内, くれる not 暮れる."""
    heard = [word.looked_for[0][0] for word in explain(demo_index, question).words if word.kind == "kana"]

    assert not {"死体", "市内", "暮れる"} & set(heard)


@pytest.mark.parametrize(
    ("topic", "wanted"),
    [("犬", {"dog-registration"}), ("ゴミ", {"garbage-calendar"}), ("学校", {"school-transfer"})],
)
def test_a_topic_by_itself_offers_first_what_is_typical_of_it(demo_index: Index, topic: str, wanted: set[str]) -> None:
    """Being bitten by a dog, or not wanting to go to school, is asked for in its own words."""
    result = search(demo_index, topic)

    assert result.candidates[0].id in wanted
    assert [one.score for one in result.candidates] == sorted((one.score for one in result.candidates), reverse=True)


def test_moving_by_itself_offers_the_three_procedures_of_moving(demo_index: Index) -> None:
    offered = {candidate.id for candidate in search(demo_index, "引っ越し").candidates}

    assert offered >= {"moving-in", "moving-out", "moving-within"}


@pytest.mark.parametrize("topic", ["赤ちゃん", "草木"])
def test_a_topic_by_itself_is_never_sent_away_where_entries_name_it(demo_index: Index, topic: str) -> None:
    """草木 stands in no entry's question, but one of its synonyms does."""
    assert search(demo_index, topic).decision == "choices"


def test_no_word_is_heard_inside_a_word_that_is_known(demo_index: Index) -> None:
    """ちゃん of 赤ちゃん, ボール of 段ボール."""
    heard = [slot for word in ("赤ちゃんの手続き", "段ボール") for slot in understand(demo_index, word).slots]

    assert [slot.form for slot in heard if slot.kind == "kana"] == []


def test_what_a_question_of_many_topics_looks_for_has_a_bound(demo_index: Index) -> None:
    """The last topics are found by their names alone, and the entries of all of them are still there."""
    topics = "転入、国民健康保険、児童手当、粗大ごみ、住民税、住民票、マイナンバーカード、保育園、介護保険"
    question = understand(demo_index, topics)

    looked_for = rank(demo_index, question, pool=200)
    terms = len(_sought(demo_index, question).terms)

    longest = max(sum(map(len, (member for member, _ in group))) for group in demo_index.expansions.values())
    assert len(question.groups) > 8
    assert terms <= MANY_TERMS + longest + len(question.groups)
    assert "kaigo-apply" in {demo_index.ids[entry] for entry in looked_for.entries}
