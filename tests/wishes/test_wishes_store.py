"""Wishes are kept with the turn in which they were said, for this city alone, until somebody asks to be forgotten."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import create_engine, text

from bot.dialogue import Conversation
from bot.messages import Inquiry
from bot.wishes import Wishes
from desk import decide
from store import Outcome, Store
from store.errors import OwnerChanged
from store.opening import database_url as as_url
from tests.store.store_builders import AT, a_case, a_turn
from tests.wishes.conftest import city_with_notices

SAID = Wishes(
    topics=("bosai", "gomi"),
    area="chuo",
    facts=(("child", "2024-05"), ("pet", "dog")),
    language="en",
    quiet_from=1320,
    quiet_to=360,
    since=AT,
)


def test_wishes_are_read_as_they_were_said(store: Store) -> None:
    store.record(Outcome(turn=a_turn(), wishes=SAID))

    assert store.wishes("demo", "U1") == SAID


def test_who_has_never_chosen_has_no_date(store: Store) -> None:
    assert store.wishes("demo", "U1") == Wishes()
    assert store.export_wishes("demo", "U1") == {}


def test_what_is_not_wished_for_any_more_is_gone(store: Store) -> None:
    store.set_wishes("demo", "U1", SAID)

    store.set_wishes("demo", "U1", Wishes(topics=("gomi",), paused=True, since=AT + timedelta(days=1)))

    assert store.wishes("demo", "U1") == Wishes(topics=("gomi",), paused=True, since=AT)


def test_the_wishes_of_one_city_are_no_other_citys(store: Store) -> None:
    store.set_wishes("demo", "U1", SAID)
    store.set_wishes("other", "U1", Wishes(area="kita", since=AT))

    store.forget_wishes("other", "U1")

    assert store.wishes("demo", "U1") == SAID
    assert store.wishes("other", "U1").since is None


def test_nothing_is_kept_of_what_was_decided_for_another_owner(store: Store) -> None:
    from bot.handover import THE_BOT

    store.record(Outcome(turn=a_turn("e1"), case=a_case()))

    with pytest.raises(OwnerChanged):
        store.record(Outcome(turn=a_turn("e2"), wishes=SAID, owner=THE_BOT))

    assert store.wishes("demo", "U1").since is None


def test_wishes_alone_are_forgotten_with_the_turn_in_which_it_was_said(store: Store) -> None:
    for city in ("demo", "other"):
        store.set_wishes(city, "U1", SAID)
    store.record(Outcome(turn=a_turn("e1")))

    store.record(Outcome(turn=a_turn("e2"), wishes=Wishes()))

    assert store.export_wishes("demo", "U1") == {}
    assert store.wishes("other", "U1") == SAID
    assert len(store.turns("demo", "U1")) == 2, "the talk stays"


def test_who_asks_to_be_forgotten_is(store: Store, database_url: str) -> None:
    store.set_wishes("demo", "U1", SAID)
    store.set_wishes("demo", "U2", Wishes(since=AT))

    store.erase_resident("demo", "U1")

    assert store.wishes("demo", "U1").since is None
    assert store.wishes("demo", "U2").since is not None
    engine = create_engine(as_url(database_url))
    with engine.connect() as connection:
        rows = connection.execute(text("SELECT * FROM subscriber_facts")).all()
    engine.dispose()
    assert rows == []


def test_everything_that_is_kept_is_in_the_export(store: Store) -> None:
    store.set_wishes("demo", "U1", SAID)

    assert store.export_wishes("demo", "U1") == {
        "topics": ["bosai", "gomi"],
        "area": "chuo",
        "facts": [["child", "2024-05"], ["pet", "dog"]],
        "language": "en",
        "quiet": [1320, 360],
        "paused": False,
        "since": AT.isoformat(),
    }


def test_a_talk_about_wishes_keeps_them_apart_from_its_words(store: Store) -> None:
    knowledge = city_with_notices()
    now = datetime(2026, 11, 16, 1, 0, tzinfo=UTC)

    for number, words in enumerate(("お知らせの設定", "3", "2024年5月")):
        inquiry = Inquiry("test", "U1", "line", "text", f"e{number}", now, words)
        outcome, _ = decide(inquiry, lambda _city: knowledge, store, now)
        store.record(outcome)

    assert store.wishes("test", "U1").facts == (("child", "2024-05"),)
    kept = [turn.text + turn.reply_text for turn in store.turns("test", "U1")]
    assert not any("2024" in words for words in kept)
    assert Conversation.from_dict(store.conversation("test", "U1")).language == "ja"
