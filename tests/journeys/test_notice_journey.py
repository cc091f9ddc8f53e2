"""A notice from the store's draft to a resident's phone, through the whole service; and who no longer wants it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from store.records_notices import Audience, NewNotice, NoticeView
from tests.running import CITY, House, wait_until, words


@pytest.fixture
def friend(house: House) -> House:
    """The resident becomes a friend, and has been welcomed."""
    house.line.unfollow(CITY, house.resident)
    house.after(lambda: house.line.follow(CITY, house.resident))
    return house


def _issue(house: House, title: str) -> NoticeView:
    """To all friends who have not left 防災 out; a new friend hears of it from the start."""
    store = house.parts.store
    new = NewNotice(
        city=CITY,
        kind="disaster",
        topic="bosai",
        title=title,
        texts={"ja": f"{title}の本文です。"},
        audience=Audience(everyone=True, topics=("bosai",)),
        channels=("line", "page"),
    )
    return store.issue_notice(CITY, store.put_notice(new, by=3).id, by=3)


def _ends(house: House, notice: NoticeView) -> None:
    wait_until(lambda: [one.status for one in house.parts.store.notices(CITY) if one.id == notice.id] == ["done"])


def test_a_notice_is_on_the_phone_and_on_the_page_with_one_number(friend: House) -> None:
    notice = _issue(friend, "給水所を開きました")
    _ends(friend, notice)

    heard = words(friend.shown()[-1:])
    assert "給水所を開きましたの本文です。" in heard
    assert notice.number in heard
    assert [one.number for one in friend.parts.store.public_notices(CITY, datetime.now(UTC))] == [notice.number]


def test_whoever_stops_all_notices_hears_none(friend: House) -> None:
    friend.type("お知らせを止めて")
    notice = _issue(friend, "給水所を開きました")
    _ends(friend, notice)

    assert friend.parts.store.notice_results(CITY, notice.id).recipients == 0
    assert "給水所を開きましたの本文" not in words(friend.shown())


def test_one_tap_under_a_notice_stops_its_topic_and_no_other(friend: House) -> None:
    store = friend.parts.store
    friend.type("お知らせの設定")
    friend.type("1")
    friend.type("ごみと子育て")
    new = NewNotice(CITY, "news", "gomi", "収集日", {"ja": "あすです。"}, Audience(topics=("gomi",)), ("line",))
    notice = store.issue_notice(CITY, store.put_notice(new, by=3).id, by=3)
    _ends(friend, notice)

    said = words(friend.press("この分野を止める"))

    assert "「ごみ・資源」は、お知らせしません" in said
    assert store.wishes(CITY, friend.resident.user_id).topics == ("bosai", "kosodate")
    assert store.notice_results(CITY, notice.id).complaints == {"left_topic": 1}


def test_who_has_enough_of_a_notice_is_shown_how_to_have_less_and_is_counted_there(friend: House) -> None:
    notice = _issue(friend, "給水所を開きました")
    _ends(friend, notice)

    said = words(friend.type("お知らせが多すぎます"))
    friend.type("お知らせを止めて")

    assert "お知らせが多くて、申しわけありません。" in said
    results = friend.parts.store.notice_results(CITY, notice.id)
    assert results.complaints == {"said": 1, "left_all": 1}
