"""The approved texts: whole in every language, a city's over the base's, and each mistake named with its line."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from faq.check import check
from faq.content import DISASTER_TEXTS_FILE, read_folder
from faq.disaster_texts import LANGUAGES, DisasterTexts, disaster_texts
from handlers.console.disaster_words import PLACES_FOR, Chosen, first_texts, follow_up_texts
from tests.builders import a_city, base_files, city_files
from tests.running import ROOT

NOW = datetime(2026, 9, 21, 5, 5, tzinfo=UTC)
"""14:05 in Japan."""

BASE = read_folder(ROOT / "cities" / "_base")
OWN = """\
# 市の文
texts:
  - id: evacuation-order
    group: evacuation
    level: "4"
    button: 避難指示
    asks: [areas]
    title: {ja: 逃げてください, easy: 逃(に)げて ください, en: Evacuate}
    ja: "{areas}の人は逃げてください。"
    easy: "{areas}の 人(ひと)は 逃(に)げて ください。"
    en: "{areas}: evacuate."
"""


@pytest.fixture(scope="module")
def texts() -> DisasterTexts:
    found, problems = disaster_texts({}, BASE)
    assert problems == ()
    assert found is not None
    return found


def test_every_text_of_the_base_is_whole_in_every_language_and_leaves_no_brace(texts: DisasterTexts) -> None:
    chosen = Chosen((), "flood", "・中央小学校")
    for text in texts.texts.values():
        for language, said in first_texts(text, texts, a_city(), chosen).items():
            assert said.strip(), (text.id, language)
            assert "{" not in said, (text.id, language)
            assert ("中央小学校" in said) == ("places" in text.asks), (text.id, language)


def test_a_text_that_names_places_knows_which(texts: DisasterTexts) -> None:
    assert {text.id for text in texts.texts.values() if "places" in text.asks} == set(PLACES_FOR)


def test_every_reason_stands_in_every_evacuation_text(texts: DisasterTexts) -> None:
    for text in texts.of_group("evacuation"):
        for reason in texts.reasons.values():
            said = first_texts(text, texts, a_city(), Chosen((), reason.id))
            assert all(reason.said(language) in said[language] for language in LANGUAGES)


def test_of_a_telegrams_notice_no_number_of_a_report_is_told(texts: DisasterTexts) -> None:
    titles = dict.fromkeys(LANGUAGES, "大雨")

    said = follow_up_texts(texts.correction, a_city(), titles, 0, NOW)

    assert said["ja"].startswith("14時05分の知らせ「大雨」は、まちがいでした。")
    assert "{" not in "".join(said.values())


def test_a_citys_text_replaces_the_one_of_the_same_id_and_no_other() -> None:
    found, problems = disaster_texts({DISASTER_TEXTS_FILE: OWN}, BASE)

    assert problems == ()
    assert found is not None
    assert found.texts["evacuation-order"].title.ja == "逃げてください"
    assert found.texts["evacuation-elderly"].title.ja == "警戒レベル3 高齢者等避難"
    assert list(found.texts)[:3] == ["evacuation-elderly", "evacuation-order", "evacuation-emergency"]


@pytest.mark.parametrize(
    ("before", "after", "line", "said"),
    [
        ('ja: "{areas}の人は', 'ja: "{arias}の人は', 9, "使えるのは areas, reason"),
        ("    button: 避難指示\n", "", 3, "必要な項目です"),
        ("group: evacuation", "group: volcano", 4, "使えるのは"),
        ('level: "4"', 'level: "6"', 5, "使えるのは"),
        ("    asks: [areas]", "    ask: [areas]", 7, "「asks」のまちがい"),
        ("  - id: evacuation-order", "   - id: evacuation-order\n  - x", 3, ""),
    ],
)
def test_a_mistake_is_named_with_its_line_and_the_base_stands(before: str, after: str, line: int, said: str) -> None:
    own = OWN.replace(before, after)
    assert own != OWN

    found, problems = disaster_texts({DISASTER_TEXTS_FILE: own}, BASE)

    assert found is not None
    assert found.texts["evacuation-order"].title.ja == "警戒レベル4 避難指示"
    assert any(
        one.path == DISASTER_TEXTS_FILE and abs(one.line - line) <= 1 and said in one.message for one in problems
    )


def test_the_check_of_a_city_names_the_mistake() -> None:
    own = OWN.replace("group: evacuation", "group: volcano")

    found = check(city_files({DISASTER_TEXTS_FILE: own}), base_files())

    assert [(one.path, one.line, one.severity) for one in found if one.path == DISASTER_TEXTS_FILE] == [
        (DISASTER_TEXTS_FILE, 4, "error")
    ]
