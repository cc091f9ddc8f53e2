"""A notice in the making is shown to whoever holds the words of its page, as it stands, and to nobody else."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from bot.messages import Inquiry
from errands.previews import Previews
from notify.preview_code import preview_words, read_preview_words
from store import Store
from store.records_notices import Audience, NewNotice
from tests.wishes.conftest import city_with_notices

NOW = datetime(2026, 11, 16, 1, 0, tzinfo=UTC)


def asked(text: str, city: str = "test") -> Inquiry:
    return Inquiry(city, "U1", "line", "text", "e1", NOW, text)


def a_draft(store: Store, **changes: Any) -> int:
    texts = {"ja": "平日だけです。", "en": "Weekdays only."}
    new = NewNotice("test", "news", "gomi", "受付", texts, Audience(topics=("gomi",)), ("line",), **changes)
    return store.put_notice(new, 1).id


@pytest.fixture
def previews(store: Store) -> Previews:
    city = city_with_notices()
    return Previews(store, lambda _city: city, {"test": "secret", "other": "secret"})


def test_the_words_of_the_page_bring_every_language_and_say_that_it_is_a_try(store, previews):
    number = a_draft(store)

    messages = previews.messages(asked(preview_words("secret", "test", number, 0)))

    assert "【試し】" in messages[0]["text"]
    assert "平日だけです。" in str(messages[1])
    assert "Weekdays only." in str(messages[2])


def test_full_width_letters_are_understood():
    assert read_preview_words("試し　１２－ＡＢＣＤＥＦＧＨＩＪ") == (12, "abcdefghij")
    assert read_preview_words("試しに聞くけど住民票") is None


def test_after_a_change_the_old_words_bring_nothing(store, previews):
    number = a_draft(store)
    store.change_notice("test", number, 0, 1, title="直した")

    assert previews.messages(asked(preview_words("secret", "test", number, 0))) == []
    assert previews.messages(asked(preview_words("secret", "test", number, 1))) != []


@pytest.mark.parametrize("secret", ["other", ""])
def test_a_guessed_code_brings_nothing(store, previews, secret):
    number = a_draft(store)

    assert previews.messages(asked(preview_words(secret, "test", number, 0))) == []


def test_the_words_of_one_city_are_worth_nothing_in_another(store, previews):
    number = a_draft(store)

    assert previews.messages(asked(preview_words("secret", "test", number, 0), city="other")) == []


def test_what_was_stopped_is_not_shown(store, previews):
    number = a_draft(store)
    store.issue_notice("test", number, 0)
    stopped = store.stop_notice("test", number, 1)

    assert previews.messages(asked(preview_words("secret", "test", number, stopped.version))) == []
