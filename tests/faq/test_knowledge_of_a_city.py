"""A city laid over the base: its entries, sentences and synonyms, and what is left out."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

import pytest

from faq.content import base_folder, read_folder
from faq.knowledge import ContentError, Knowledge, build_knowledge, load_knowledge
from faq.search import search
from tests.builders import CITY_YAML, GARBAGE_YAML, JA_YAML, base_files, city_files, write_city

BASE_ENTRIES = """\
category: bosai
faqs:
  - id: typhoon
    question: 台風にそなえたい
    answer: 早めに避難してください。
  - id: garbage-days
    question: ごみの日（共通）
    answer: 市のウェブサイトを見てください。
"""


TODAY = date(2026, 11, 21)


def built(changes: dict[str, str | None] | None = None, base: dict[str, str | None] | None = None) -> Knowledge:
    return build_knowledge(city_files(changes), base_files(base))


def places(knowledge: Knowledge) -> list[tuple[str, int, str]]:
    return [(problem.path, problem.line, problem.field) for problem in knowledge.problems]


def test_a_sound_city_has_no_problem_and_can_be_asked() -> None:
    knowledge = built()

    assert knowledge.problems == ()
    assert list(knowledge.entries) == ["garbage-days", "moving-in", "moving-out"]
    assert search(knowledge.index, "ゴミの日いつ").candidates[0].id == "garbage-days"


def test_a_city_is_named_in_the_letters_of_its_readers() -> None:
    with_name = built({"city.yaml": f"{CITY_YAML}en: Shiken City\n"}).city
    with pytest.raises(ContentError, match="半角の英字"):
        built({"city.yaml": f"{CITY_YAML}en: 試験市\n"})

    names = [with_name.said(language) for language in ("ja", "easy", "zh", "en", "vi", "ko")]
    assert names == ["試験市"] * 3 + ["Shiken City"] * 3
    assert built().city.said("en") == "試験市"


def test_the_base_gives_entries_and_the_city_replaces_them() -> None:
    knowledge = built(base={"faq/bosai.yaml": BASE_ENTRIES})

    assert knowledge.problems == ()
    assert knowledge.sources["typhoon"] == "_base/faq/bosai.yaml"
    assert knowledge.sources["garbage-days"] == "faq/garbage.yaml"
    assert "地区ごと" in knowledge.entries["garbage-days"].answer


def test_the_same_id_twice_keeps_the_first_and_names_the_second() -> None:
    twin = GARBAGE_YAML.replace("category", "# 写し\ncategory")

    knowledge = built({"faq/garbage-2.yaml": twin})

    assert places(knowledge) == [("faq/garbage-2.yaml", 4, "id")]
    assert "faq/garbage.yaml" in knowledge.problems[0].message


def test_one_broken_file_does_not_lose_the_others() -> None:
    knowledge = built({"faq/garbage.yaml": "faqs: 文"})

    assert list(knowledge.entries) == ["moving-in", "moving-out"]
    assert places(knowledge) == [("faq/garbage.yaml", 1, "faqs")]


def test_what_points_nowhere_is_named_on_its_line() -> None:
    text = GARBAGE_YAML.replace("ごみ減量課\n", "ごみ減量化\n") + "    related: [garbage-days, moving-inn]\n"

    knowledge = built({"faq/garbage.yaml": text.replace("category: garbage", "category: gomi")})

    assert places(knowledge) == [
        ("faq/garbage.yaml", 3, "category"),
        ("faq/garbage.yaml", 7, "department"),
        ("faq/garbage.yaml", 8, "related[1]"),
        ("faq/garbage.yaml", 8, "related[2]"),
    ]
    assert [problem.severity for problem in knowledge.problems] == ["warning", "error", "error", "error"]
    assert "「ごみ減量課」" in knowledge.problems[1].message
    assert "「moving-in」" in knowledge.problems[3].message


def test_a_city_says_some_sentences_its_own_way() -> None:
    knowledge = built(
        {"wording/ja.yaml": "greeting: 'ようこそ、{city}へ'\n", "wording/easy.yaml": "closed: 休(やす)みです\n"}
    )

    assert dict(knowledge.wording["ja"]) == {"greeting": "ようこそ、{city}へ", "closed": "いまは受付時間外です。"}
    assert dict(knowledge.wording["easy"]) == {"closed": "休(やす)みです"}


@pytest.mark.parametrize(
    ("sentence", "hint"),
    [
        ("greetings: やあ {city}", "greeting"),
        ("greeting: やあ", "{city} がありません"),
        ("greeting: やあ {city} {name}", "{name} は、この文では使えません"),
        ("greeting: やあ {city", "波かっこ"),
        ("greeting: やあ {city.phone}", "波かっこ"),
    ],
)
def test_a_sentence_that_could_not_be_said_is_left_to_the_base(sentence: str, hint: str) -> None:
    knowledge = built({"wording/ja.yaml": f"# こちらのことば\n{sentence}\n"})

    assert knowledge.wording["ja"]["greeting"] == "こんにちは。{city}です。"
    assert [(problem.path, problem.line) for problem in knowledge.problems] == [("wording/ja.yaml", 2)]
    assert hint in knowledge.problems[0].message


def test_a_wording_file_of_no_language_is_named() -> None:
    assert places(built({"wording/jp.yaml": JA_YAML})) == [("wording/jp.yaml", 1, "ファイル")]


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"city.yaml": None}, "city.yaml"),
        ({"city.yaml": "id: x\n"}, "city.yaml"),
        ({"faq/garbage.yaml": None, "faq/moving.yaml": "faqs: []\n"}, "faq"),
    ],
    ids=["no city", "half a city", "no entries"],
)
def test_a_city_that_cannot_be_served_says_why(changes: dict[str, str | None], path: str) -> None:
    with pytest.raises(ContentError) as caught:
        built(changes)

    assert path in {problem.path for problem in caught.value.problems}


def test_the_version_names_the_content_and_nothing_else() -> None:
    same, edited = built(), built({"faq/garbage.yaml": GARBAGE_YAML + "# おわり\n"})

    assert same.version == built().version
    assert len({same.version, edited.version, built(base={"wording/ja.yaml": JA_YAML + "#\n"}).version}) == 3


def test_a_folder_and_its_text_give_the_same_knowledge(tmp_path: Path) -> None:
    folder = write_city(tmp_path)

    assert load_knowledge(folder).version == built().version


def test_only_the_content_of_the_city_s_own_folder_is_read(tmp_path: Path) -> None:
    folder = write_city(tmp_path)
    for name in (".hidden.yaml", "moving.yaml~", "#moving.yaml#", "notes.txt", ".moving.yaml.swp"):
        (folder / "faq" / name).write_text("faqs: []")
    (tmp_path / "secret.yaml").write_text("faqs: []")
    os.symlink(tmp_path / "secret.yaml", folder / "faq" / "link.yaml")

    assert list(read_folder(folder)) == ["city.yaml", "faq/garbage.yaml", "faq/moving.yaml"]


def test_a_file_in_another_encoding_or_too_big_is_named_and_the_rest_is_read(tmp_path: Path) -> None:
    folder = write_city(tmp_path)
    (folder / "faq/sjis.yaml").write_bytes("faqs: []  # 質問".encode("cp932"))
    (folder / "faq/big.yaml").write_bytes("あ".encode() * 1_000_000)

    knowledge = load_knowledge(folder)

    found = {problem.path: problem.message for problem in knowledge.problems}
    assert "Shift_JIS" in found["faq/sjis.yaml"]
    assert "2 MB" in found["faq/big.yaml"]
    assert len(knowledge.entries) == 3


def test_a_city_outside_the_project_stands_on_the_project_s_base(tmp_path: Path) -> None:
    assert base_folder(tmp_path / "city").parent.name == "cities"
    (tmp_path / "_base").mkdir()
    assert base_folder(tmp_path / "city") == tmp_path / "_base"


def test_short_words_asked_again_are_not_searched_again_and_find_what_the_search_finds() -> None:
    knowledge = built()

    again = [knowledge.search("ゴミの日いつ", 5, TODAY) for _ in range(2)]

    assert again[0] is again[1]
    assert again[0] == search(knowledge.index, "ゴミの日いつ", 5, TODAY)


def test_a_long_text_is_one_person_s_and_is_not_kept() -> None:
    knowledge, story = built(), "きのうこちらに引っ越してきたのですが、ゴミの日がいつなのかがわかりません"

    again = [knowledge.search(story, 5, TODAY) for _ in range(2)]

    assert again[0] is not again[1]
    assert again[0] == again[1]


def test_what_was_found_is_forgotten_with_the_content() -> None:
    assert built().search("ゴミの日いつ", 5, TODAY) is not built().search("ゴミの日いつ", 5, TODAY)
