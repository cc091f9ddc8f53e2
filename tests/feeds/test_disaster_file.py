"""`disaster.yaml`: what staff get wrong in it is named with its line and what to do; nothing half-read is used."""

from __future__ import annotations

import pytest

from faq.knowledge import build_knowledge
from tests.builders import base_files, city_files

NOTICES = """\
handoff: {notify: {mails: [bosai@city.test.example.jp]}}
notices:
  topics:
    - {id: bosai, title: 防災, from_start: はい, kind: disaster}
  areas:
    - {id: kita, name: 北地区, kana: きた}
"""
GOOD = """\
family: 新
staff: [市民課]
places:
  - {name: 試験市, code: "1199900", areas: [kita]}
texts:
  - {id: rain, title: "{level} {place}", ja: "{place}に{level}が出ました。"}
  - {id: lowered, title: 下がりました, ja: 下がりました。}
  - {id: cleared, title: 終わりました, ja: 終わりました。}
  - {id: corrected, title: 訂正です, ja: 訂正です。}
  - {id: cancelled, title: 取消です, ja: 取消です。}
rules:
  - {id: rain-3, what: 大雨, at: "3", text: rain, topics: [bosai]}
"""


def files(disaster: str | None) -> dict[str, str]:
    own = city_files({"disaster.yaml": disaster})
    return {**own, "city.yaml": own["city.yaml"] + NOTICES}


def problems(disaster: str) -> list[str]:
    return [str(problem) for problem in build_knowledge(files(disaster), base_files()).problems]


def test_a_sound_file_is_part_of_what_the_city_knows() -> None:
    knowledge = build_knowledge(files(GOOD), base_files())

    assert knowledge.problems == ()
    assert knowledge.alerts is not None
    assert [rule.id for rule in knowledge.alerts.rules] == ["rain-3"]


def test_a_city_without_the_file_tells_nothing_of_telegrams() -> None:
    assert build_knowledge(files(None), base_files()).alerts is None


def test_the_citys_text_stands_in_place_of_the_bases() -> None:
    base = "texts:\n  - {id: rain, title: もとの文, ja: もとの文です。}\n  - {id: snow, title: 雪, ja: 雪です。}\n"

    knowledge = build_knowledge(files(GOOD), base_files({"disaster.yaml": base}))

    assert knowledge.alerts is not None
    texts = {text.id: text.title for text in knowledge.alerts.texts}
    assert (texts["rain"], texts["snow"]) == ("{level} {place}", "雪")


MISTAKES = {
    "both families": (("family: 新", "family: 新旧"), "disaster.yaml:1: family: 使えるのは 新, 旧 だけです。"),
    "a danger of the other family": (("what: 大雨", "what: 洪水"), "at が、この what の段階にありません"),
    "a step that is none": (('at: "3"', 'at: "6"'), "disaster.yaml:12: "),
    "a danger that is none": (("what: 大雨", "what: 大風"), "what は、大雨・土砂災害・地震など"),
    "a short code": (('"1199900"', '"11999"'), "disaster.yaml:4: places[1].code: 市町村等の番号は"),
    "an unknown topic": (("topics: [bosai]", "topics: [bousai]"), "disaster.yaml:12: topics: 「bousai」は"),
    "nobody told": ((", topics: [bosai]", ""), "topics に、お知らせの分野の id を"),
    "an unknown department": (("[市民課]", "[危機課]"), "disaster.yaml:2: staff: 「危機課」は"),
    "an unknown area": (("[kita]", "[minami]"), "disaster.yaml:4: areas: 「minami」は"),
    "an unknown text": (("text: rain", "text: rein"), "disaster.yaml:12: text: 「rein」は texts にありません"),
    "a missing text": (("id: cleared", "id: klear"), "texts に「cleared」がありません"),
    "an unknown placeholder": (("{place}に", "{where}に"), "disaster.yaml:6: texts[1].ja: { } に使えるのは"),
    "an order of the city": (("が出ました", "です。避難指示が出ました"), "市の避難情報は、電文からは出せません"),
    "a bare level": (("が出ました", "、レベル4が出ました"), "市の避難情報ではありません"),
    "a typhoon and nowhere to be": (
        ('what: 大雨, at: "3"', "what: 台風, at: 暴風域"),
        "disaster.yaml:12: what: 台風の知らせには",
    ),
    "a point at sea": (("areas: [kita]", "areas: [kita], point: [139.5, 36.0]"), "disaster.yaml:4: places[1].point"),
    "a drill for everybody": (
        ("rules:\n", "drill: {topics: [bosai]}\nrules:\n"),
        "disaster.yaml:11: topics: 「bosai」は住民みんな",
    ),
    "an unknown field": (("family: 新", "famly: 新"), "disaster.yaml:1: famly: 「famly」という項目はありません。"),
}


@pytest.mark.parametrize(("change", "message"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_named_with_its_line_and_what_to_do(change: tuple[str, str], message: str) -> None:
    found = problems(GOOD.replace(*change, 1))

    assert any(message in problem for problem in found), found


@pytest.mark.parametrize(("change", "_message"), MISTAKES.values(), ids=MISTAKES)
def test_a_file_with_a_mistake_is_not_used(change: tuple[str, str], _message: str) -> None:
    assert build_knowledge(files(GOOD.replace(*change, 1)), base_files()).alerts is None


def test_two_rules_for_one_step_are_a_mistake() -> None:
    twice = GOOD + '  - {id: rain-again, what: 大雨, at: "3", text: rain, topics: [bosai]}\n'

    assert any("同じ what と at の規則が2つあります" in problem for problem in problems(twice))


@pytest.mark.parametrize(
    ("disaster", "city", "line"),
    [
        (GOOD.replace("staff: [市民課]\n", ""), NOTICES, 1),
        (GOOD, NOTICES.replace("handoff: {notify: {mails: [bosai@city.test.example.jp]}}\n", ""), 2),
    ],
    ids=["no department", "a department without an address"],
)
def test_whom_nobody_would_tell_of_a_silent_feed_is_warned_of_it_and_served(
    disaster: str, city: str, line: int
) -> None:
    own = city_files({"disaster.yaml": disaster})

    knowledge = build_knowledge({**own, "city.yaml": own["city.yaml"] + city}, base_files())

    [problem] = knowledge.problems
    assert (problem.severity, problem.line) == ("warning", line)
    assert "届かないときに知らせる課がありません" in problem.message
    assert knowledge.alerts is not None


def test_broken_yaml_is_named_and_the_rest_of_the_city_is_served() -> None:
    knowledge = build_knowledge(files("family: [新\n"), base_files())

    assert knowledge.alerts is None
    assert any(problem.path == "disaster.yaml" for problem in knowledge.problems)
    assert "moving-in" in knowledge.entries
