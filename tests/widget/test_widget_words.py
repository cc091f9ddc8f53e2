"""The words on the chat's buttons are sentences of the city, like all others."""

import pytest

from bot.intents import recognise
from faq.content import read_folder
from faq.knowledge import build_knowledge
from handlers.public.assets import the_assets
from handlers.widget.frame import launcher
from handlers.widget.words import NAMES, words_of
from tests.builders import city_files
from tests.running import ROOT

BASE = read_folder(ROOT / "cities" / "_base")


@pytest.fixture(scope="module")
def own():
    """A city with words of its own on two of the chat's buttons, and a brace too many on a third."""
    own_words = "chat_launcher: さいのんに聞く\nchat_send: 聞いてみる\nchat_retry: '{again}'\n"
    return build_knowledge(city_files({"wording/ja.yaml": own_words}), BASE)


def test_a_city_says_on_its_chat_what_it_likes(own):
    words = words_of(own.wording, "ja")

    assert (words["send"], words["retry"], words["close"]) == ("聞いてみる", "もういちど送る", "閉じる")
    assert "さいのんに聞く".encode("unicode_escape") in launcher("test", own, "", the_assets())


def test_a_language_without_a_word_has_the_easy_one_then_the_japanese_one(own):
    english, vietnamese = words_of(own.wording, "en"), words_of(own.wording, "vi")

    assert (english["send"], english["faq"]) == ("Send", "よくある質問のページ")
    assert (vietnamese["send"], vietnamese["faq"]) == ("おくる", "よくある質問のページ")


@pytest.mark.parametrize("language", NAMES)
def test_every_language_has_every_word(own, language):
    assert words_of(own.wording, language).keys() == words_of(own.wording, "ja").keys()


def test_what_the_button_says_for_the_resident_is_understood(own):
    assert recognise(words_of(own.wording, "ja")["forget_words"]) == "erase"
