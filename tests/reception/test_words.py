"""Every sentence of the reception exists in both kinds of Japanese, and its English has no hole of its own."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from faq.knowledge import Knowledge
from handlers.public.contact_words import WORDS

ROOT = Path(__file__).parents[2]
SOURCES = ("bot/reception.py", "bot/person.py", "bot/idle.py")
TOLD = {f"person_{who}{known}" for who in ("next", "waiting") for known in ("", "_unknown")}


def keys() -> set[str]:
    text = "\n".join((ROOT / name).read_text(encoding="utf-8") for name in SOURCES)
    return TOLD | set(re.findall(r'"((?:person|wait|contact|handover)_[a-z_]+)"', text)) - {"person_help_"}


def braces(sentence: str) -> set[str]:
    return set(re.findall(r"{(\w+)}", sentence))


def test_every_sentence_of_the_reception_is_written(city_of_departments: Knowledge):
    found = keys()

    assert len(found) > 20
    assert found - set(city_of_departments.wording["ja"]) == set()


def test_what_is_said_in_english_needs_nothing_that_japanese_does_not_give(city_of_departments: Knowledge):
    said = city_of_departments.wording["ja"]
    english = {key: sentence for key, sentence in said.items() if key.endswith("_en") and key[:-3] in keys()}

    assert len(english) > 15
    assert {key for key, text in english.items() if braces(text) - braces(said[key[:-3]])} == set()


@pytest.mark.parametrize("language", ["easy", "en"])
def test_the_form_has_the_same_words_in_every_language(language):
    ours, theirs = WORDS["ja"], WORDS[language]

    assert set(theirs) == set(ours)
    assert {key for key in ours if braces(theirs[key]) - braces(ours[key])} == set()


@pytest.mark.parametrize("key", sorted(WORDS["easy"]))
def test_easy_words_carry_their_readings(key):
    from faq.lint import words_without_furigana

    every_reading = " ".join(WORDS["easy"].values())
    bare = words_without_furigana(WORDS["easy"][key])

    assert [word for word in bare if f"{word}(" not in every_reading] == []
