"""The 気象庁's samples, told of as if each were about our city: every text can be filled, none becomes an order."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from faq.dangers import SCALES
from faq.disaster import Disaster, Place, Rule
from notify.news_of_telegrams import news_of
from notify.rule_words import words_of
from notify.rules import Announcement
from notify.telegrams.read import read_telegram
from notify.telegrams.records import Notice
from notify.telegrams.state import EMPTY, apply
from tests.demo_city import the_demo_knowledge

SAMPLES = Path(__file__).parents[2] / ".." / "shared" / "data" / "jma"
pytestmark = pytest.mark.skipif(not SAMPLES.is_dir(), reason="気象庁の電文の見本（shared/data/jma）がありません")

ORDERS = ("避難指示", "緊急安全確保", "高齢者等避難")
BARE_LEVEL = re.compile("レベル *[0-9０-９](?!相当)")


def places_of(telegram: Notice) -> tuple[Place, ...]:
    """Places at the first areas that the telegram warns of."""
    codes = dict.fromkeys(item.area_code for item in telegram.items if item.active and len(item.area_code) >= 3)
    return tuple(
        Place(name=f"地区{number}", code=code.zfill(7)[-7:], regions=(code,), quake=code, tsunami=code)
        for number, code in enumerate(list(codes)[:5], 1)
    )


@pytest.fixture(scope="module")
def told() -> list[tuple[str, Disaster, Announcement]]:
    """Every sample taken for real and told by rules for the lowest step of everything, in both families."""
    demo = the_demo_knowledge().alerts
    assert demo is not None
    rules = tuple(
        Rule(id=f"rule-{number}", what=what, at=scale[0], text="weather", topics=("bosai",))
        for number, (what, scale) in enumerate(SCALES.items())
    )
    found = []
    for path in sorted(SAMPLES.glob("*/*.xml")):
        telegram = read_telegram(path.read_bytes(), path.name)
        telegram = replace(telegram, envelope=replace(telegram.envelope, status="通常"))
        for family in ("新", "旧"):
            parts = {"family": family, "places": places_of(telegram), "rules": rules}
            disaster = demo.model_copy(update=parts)
            now = telegram.envelope.report_time
            news = news_of(telegram, apply(EMPTY, telegram), {}, disaster, now)
            found += [(path.name, disaster, one) for one in news]
    return found


def test_the_samples_tell_of_the_dangers_that_a_city_can_have_rules_for(
    told: list[tuple[str, Disaster, Announcement]],
) -> None:
    whats = Counter(one.about[0].what for _, _, one in told)

    for what in ("大雨", "土砂災害", "高潮", "暴風", "波浪", "氾濫", "地震", "津波", "竜巻", "線状降水帯", "噴火"):
        assert whats[what] > 0, what


def test_every_text_can_be_filled_and_none_sounds_like_an_order_of_the_city(
    told: list[tuple[str, Disaster, Announcement]],
) -> None:
    for name, disaster, one in told:
        words = words_of(one, disaster, "試験市", "048-000-0000")

        assert words is not None, name
        for text in (words.title, *words.texts.values()):
            assert "{" not in text, name
            assert text.strip(), name
            assert not any(order in text for order in ORDERS), (name, text)
            assert not BARE_LEVEL.search(text), (name, text)


def test_nothing_is_told_of_a_withdrawn_or_lifted_sample_that_was_never_told() -> None:
    demo = the_demo_knowledge().alerts
    assert demo is not None
    for path in sorted(SAMPLES.glob("*/*.xml")):
        telegram = read_telegram(path.read_bytes(), path.name)
        if telegram.envelope.info_type == "取消":
            news = news_of(telegram, apply(EMPTY, telegram), {}, demo, telegram.envelope.report_time)
            assert news == [], path.name
