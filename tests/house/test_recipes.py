"""The recipes of CONTRIBUTING name every place: who follows one and leaves a place out is told which."""

from __future__ import annotations

import re
from typing import get_args

import pytest

from bot import languages
from bot.languages import named_language
from bot.messages import Language
from faq.assembly import WORDING_LANGUAGES
from faq.city_notices import NoticeLanguage
from faq.content import read_folder
from faq.entry import TranslationLanguage
from faq.reader import read_wording
from handlers.widget import words
from tests.running import ROOT

FOREIGN = [language for language in get_args(Language) if language not in ("ja", "easy")]


@pytest.mark.parametrize(
    ("where", "known"),
    [
        ("faq/entry.py TranslationLanguage", get_args(TranslationLanguage)),
        ("faq/city_notices.py NoticeLanguage", get_args(NoticeLanguage)),
        ("faq/assembly.py WORDING_LANGUAGES", WORDING_LANGUAGES),
        ("bot/languages.py NAMES", tuple(languages.NAMES)),
        ("handlers/widget/words.py NAMES", tuple(words.NAMES)),
    ],
    ids=lambda value: value.split()[0] if isinstance(value, str) else "",
)
def test_a_language_that_one_list_knows_is_in_every_list(where: str, known: tuple[str, ...]) -> None:
    assert set(FOREIGN) == set(known) - {"ja", "easy"}, where


def test_a_language_has_the_sentences_that_stand_in_no_file_of_its_own() -> None:
    said, _ = read_wording("wording/ja.yaml", read_folder(ROOT / "cities" / "_base")["wording/ja.yaml"])
    needed = {f"{key}_{language}" for language in FOREIGN for key in ("no_match", "language_changed", "person_help")}

    # In English the whole way to a person is said (`person_…_en`).
    assert needed - {"person_help_en"} <= set(said)


@pytest.mark.parametrize("language", FOREIGN)
def test_a_language_is_understood_by_the_name_that_its_button_shows(language: Language) -> None:
    assert named_language(languages.NAMES[language]) == language


def test_what_a_recipe_names_is_in_the_file_that_it_names() -> None:
    recipes = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    named = re.findall(r"`([\w/]+\.py)` の `(\w+)`", recipes)

    assert len(named) >= 10
    assert [(file, name) for file, name in named if name not in (ROOT / file).read_text(encoding="utf-8")] == []
