"""Pictures of notices in the store: shown while a notice with them is told, gone with it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from store import Store, open_store
from store.notice_pictures import UNUSED_MS, NoticePicture, PictureSize
from store.records_notices import Audience, NoticeView
from tests.databases import Clock
from tests.notices.notice_builders import CITY, a_notice
from tests.notices.sending_builders import a_line, befriend, sending
from tests.running import wait_until

_MAKER = 3


def a_picture(key: str = "k1") -> NoticePicture:
    address = f"https://city.example.jp/notices/{CITY}/picture/{key}"
    return NoticePicture(key, address, "image/png", 40, 30, b"\x89PNG big", b"\xff\xd8 small")


def with_picture(store: Store, key: str = "k1", **changes: Any) -> NoticeView:
    picture = a_picture(key)
    store.keep_notice_picture(CITY, picture, _MAKER)
    return store.put_notice(a_notice(picture=picture.address, picture_alt="通れない道の地図", **changes), by=_MAKER)


def test_a_picture_is_shown_as_soon_as_a_notice_has_it_and_to_this_city_alone(store: Store) -> None:
    store.keep_notice_picture(CITY, a_picture(), _MAKER)
    assert store.notice_picture(CITY, "k1") == a_picture()
    assert store.notice_picture(CITY, "k1", told=True) is None, "no notice has it yet"

    notice = store.put_notice(a_notice(picture=a_picture().address, picture_alt="地図"), by=_MAKER)

    assert store.notice_picture(CITY, "k1", told=True) == a_picture()
    assert store.notice_picture("hoka", "k1") is None
    assert store.told_pictures(CITY, [notice.id, 99]) == {notice.id: PictureSize("image/png", 40, 30, 8)}
    assert store.told_pictures(CITY, []) == {}
    assert store.notice(CITY, notice.id) == notice
    assert notice.picture_alt == "地図"


def test_what_is_stopped_takes_its_picture_along(store: Store) -> None:
    notice = with_picture(store)
    store.issue_notice(CITY, notice.id, by=_MAKER)

    store.stop_notice(CITY, notice.id, by=_MAKER)

    assert store.notice_picture(CITY, "k1", told=True) is None
    assert store.told_pictures(CITY, [notice.id]) == {}


def test_a_correction_that_is_out_takes_the_wrong_picture_away_and_shows_its_own(store: Store, clock: Clock) -> None:
    wrong, other = with_picture(store, "wrong"), with_picture(store, "other")
    for one in (wrong, other):
        store.issue_notice(CITY, one.id, by=_MAKER)
    store.plan_due_notices(datetime.fromtimestamp(clock.now, UTC))
    right = with_picture(store, "right", mark="correction", original=wrong.id)
    assert set(store.told_pictures(CITY, [wrong.id, other.id, right.id])) == {wrong.id, other.id, right.id}

    store.issue_notice(CITY, right.id, by=_MAKER)

    kept = store.notice(CITY, wrong.id)
    assert kept is not None
    assert kept.status == "done", "its words stay, linked with the right ones"
    assert set(store.told_pictures(CITY, [wrong.id, other.id, right.id])) == {other.id, right.id}
    assert store.notice_picture(CITY, "wrong", told=True) is None

    worse = store.put_notice(a_notice(mark="correction", original=wrong.id), by=_MAKER)
    store.issue_notice(CITY, worse.id, by=_MAKER)
    assert set(store.told_pictures(CITY, [wrong.id, other.id, right.id])) == {other.id}


def test_a_repetition_shows_the_same_picture(store: Store, clock: Clock) -> None:
    monthly = {"every": "month", "day": 1, "at": "09:00"}
    first = with_picture(store, repeats=monthly)
    store.issue_notice(CITY, first.id, by=_MAKER)
    store.plan_due_notices(datetime.fromtimestamp(clock.now, UTC))
    second = store.notices(CITY)[0]
    assert (second.picture, second.picture_alt) == (first.picture, first.picture_alt)

    store.stop_notice(CITY, first.id, by=_MAKER)

    assert store.notice_picture(CITY, "k1", told=True) is not None
    assert set(store.told_pictures(CITY, [first.id, second.id])) == {second.id}


def test_what_no_notice_took_up_is_thrown_away_a_day_later(store: Store, clock: Clock) -> None:
    store.keep_notice_picture(CITY, a_picture("lost"), _MAKER)
    with_picture(store, "used")
    store.keep_notice_picture("hoka", a_picture("theirs"), _MAKER)
    clock.forward(UNUSED_MS / 1000 + 1)

    store.keep_notice_picture(CITY, a_picture("new"), _MAKER)

    found = {key: store.notice_picture(CITY, key) is not None for key in ("lost", "used", "new")}
    assert found == {"lost": False, "used": True, "new": True}
    assert store.notice_picture("hoka", "theirs") is not None


def test_line_takes_the_words_and_the_picture_in_one_call(database_url: str) -> None:
    with open_store(database_url) as opened, a_line() as (line, heard):
        residents = befriend(opened, line, 3)
        notice = with_picture(opened, audience=Audience(everyone=True, topics=("bosai",)))
        with sending(opened, line.url):
            opened.issue_notice(CITY, notice.id, by=_MAKER)
            wait_until(lambda: len(heard) == 3)

    assert heard.residents == dict.fromkeys(residents, 1)
    [call] = heard.calls
    words, picture = call.messages
    assert "写真・絵：通れない道の地図" in words["text"]
    assert picture["originalContentUrl"] == a_picture().address
    assert picture["previewImageUrl"] == f"{a_picture().address}/small"
