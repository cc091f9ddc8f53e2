"""「避難指示は出ていますか」: the notices in force, from memory, and never a promise that there is no danger."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.dialogue import Conversation
from bot.in_force import ASKS_WHAT_IS_IN_FORCE
from bot.messages import Inquiry
from bot.reception import Counter
from bot.respond import respond
from faq.content import read_folder
from faq.knowledge import Knowledge, build_knowledge
from faq.place_states import KnownPlaces, Standing
from store import Store, open_store
from store.places_memory import AWAY_SECONDS, LOOK_SECONDS
from store.records_notices import Audience, NewNotice, NoticeMark, NoticeSource
from tests.bot.conftest import MONDAY_MORNING, words
from tests.builders import city_files
from tests.console_site import Visitor
from tests.databases import Clock
from tests.disaster.conftest import Bad, fields
from tests.running import ROOT

CITY = "test"
ORDER = Standing(
    "警戒レベル4 避難指示",
    {"ja": "第1報 9時40分\n\n北地区に「避難指示」を出しました。", "easy": "北地区の 人へ。いま すぐ 逃げて ください。"},
    MONDAY_MORNING - timedelta(minutes=20),
    titles={"easy": "逃(に)げて ください"},
)
ASKED = """避難指示は出ていますか 避難指示 いま避難情報ある？ 警報出てる？ 今の警報は
災害情報 防災情報は？
市からのお知らせはいま何がありますか 避難指示は解除されましたか
高齢者等避難は発令されていますか Is_there_an_evacuation_order_now?"""
OTHERWISE = """避難指示が出たらどうすればいい 警戒レベルとは 警報のとき学校は休みですか 火災警報器はどこで買う
避難所どこ 転入届 警報が出たらごみは集めますか"""


@pytest.fixture(scope="module")
def city() -> Knowledge:
    return build_knowledge(city_files({"wording/ja.yaml": None}), read_folder(ROOT / "cities" / "_base"))


def ask(city: Knowledge, known: KnownPlaces, text: str = "避難指示は出ていますか", language: str = "ja") -> str:
    inquiry = Inquiry(CITY, "U1", "widget", "text", "e1", MONDAY_MORNING, text, "", None)
    talk = Conversation(language=language)  # type: ignore[arg-type]
    return words(respond(inquiry, city, talk, MONDAY_MORNING, Counter(places=lambda: known)))


@pytest.mark.parametrize("text", ASKED.split())
def test_who_asks_hears_the_notices_in_force_with_their_time(city: Knowledge, text: str) -> None:
    said = ask(city, KnownPlaces(as_of=MONDAY_MORNING, standing=(ORDER,)), text.replace("_", " "))

    assert "いま出ている知らせは、次の1つです。" in said
    assert "■警戒レベル4 避難指示（9時40分）\n第1報 9時40分\n\n北地区に「避難指示」を出しました。" in said
    assert "10時00分に確かめました。" in said


@pytest.mark.parametrize("text", OTHERWISE.split())
def test_what_such_words_mean_is_answered_by_the_entries(text: str) -> None:
    assert not ASKS_WHAT_IS_IN_FORCE.is_asked(text)


def test_where_nothing_is_in_force_nobody_hears_that_there_is_no_danger(city: Knowledge) -> None:
    said = ask(city, KnownPlaces(as_of=MONDAY_MORNING))

    assert "いま出ている知らせ" not in said
    assert "ありません" not in said


def test_of_many_the_newest_are_told_whole_in_the_residents_language(city: Knowledge) -> None:
    many = (ORDER, *(Standing(f"知らせ{n}", {"ja": "あ" * 900}, MONDAY_MORNING, n == 1) for n in range(4)))

    said = ask(city, KnownPlaces(as_of=MONDAY_MORNING, sure=False, standing=many), language="easy")

    assert "北地区の 人へ。いま すぐ 逃げて ください。" in said
    assert "■逃(に)げて ください（9時40分）" in said
    assert "■知らせ0" in said
    assert "■【なおしました】知らせ1" in said
    assert "・知らせ2（10時00分）\n・知らせ3" in said
    assert "あ" * 499 + "…" in said
    assert "いまは、新(あたら)しい ことが わかりません。" in said


def told(
    store: Store,
    title: str,
    mark: NoticeMark = "",
    original: int = 0,
    source: NoticeSource = "staff",
    drill: bool = False,
) -> int:
    new = NewNotice(
        CITY,
        "disaster",
        "bosai",
        title,
        {"ja": f"{title}の文"},
        Audience(everyone=True),
        ("page",),
        mark=mark,
        original=original,
        source=source,
        drill=drill,
    )
    return store.issue_notice(CITY, store.put_notice(new, 7).id, 7).id


def standing(store: Store, clock: Clock) -> list[str]:
    clock.forward(LOOK_SECONDS)
    return [one.title for one in store.known_places(CITY).standing]


def test_of_each_story_the_newest_stands_until_it_is_over(store: Store, clock: Clock) -> None:
    assert standing(store, clock) == []
    order, rain = told(store, "避難指示"), told(store, "レベル3相当", source="feed")
    told(store, "訓練の避難指示", drill=True)
    told(store, "レベル4相当", original=rain, source="feed")
    assert standing(store, clock) == ["レベル4相当", "避難指示"]
    assert store.known_places("elsewhere").standing == ()

    told(store, "避難指示", "all_clear", order)
    told(store, "正しくはレベル3相当", "correction", rain, source="feed")
    assert standing(store, clock) == ["正しくはレベル3相当"]
    assert store.known_places(CITY).standing[0].corrected

    told(store, "レベル3相当", "correction", rain)
    assert standing(store, clock) == [], "staff take back what was told"


def test_what_is_old_does_not_stand_though_nobody_has_lifted_it(store: Store, clock: Clock) -> None:
    told(store, "地震", source="feed")
    told(store, "避難指示")

    clock.forward(25 * 3600)
    assert standing(store, clock) == ["避難指示"]
    clock.forward(48 * 3600)
    assert standing(store, clock) == []


def test_without_the_database_what_was_known_is_told_as_such(database_url: str, clock: Clock) -> None:
    store = open_store(database_url, clock=clock)
    told(store, "避難指示")
    assert standing(store, clock) == ["避難指示"]
    store.close()
    clock.forward(AWAY_SECONDS)

    known = store.known_places(CITY)

    assert ([one.title for one in known.standing], known.sure) == (["避難指示"], False)


def test_what_staff_issue_is_what_residents_hear_and_a_correction_ends_it(
    day: Bad, chief: Visitor, clock: Clock
) -> None:
    wrong = day.issues(chief)
    clock.forward(LOOK_SECONDS)
    (one,) = day.store.known_places(CITY).standing
    assert one.texts["ja"].startswith("第1報 23時13分")

    link = f"/disaster/notice/{wrong.id}/correction"
    chief.post(link, fields(chief.get(link).text))

    assert standing(day.store, clock) == []
