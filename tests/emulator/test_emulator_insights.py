"""Aggregation units: LINE counts what was sent with one, from the next day on, and tells no count below twenty."""

from __future__ import annotations

from typing import Any

import pytest
from linebot.v3.insight import ApiClient, Configuration, Insight
from linebot.v3.messaging import MulticastRequest, TextMessage

from tests.emulator.conftest import TOKEN

URL = "https://www.city.example.jp/kenshin"
LINK = {"type": "uri", "label": "くわしく", "uri": URL}
CARD = {
    "type": "template",
    "altText": "健診のお知らせ",
    "template": {"type": "buttons", "text": "健診のお知らせ", "actions": [LINK]},
}


@pytest.fixture
def insight(emulator):
    with ApiClient(Configuration(access_token=TOKEN, host=emulator.url)) as client:
        yield Insight(client)


def _residents(platform, count: int) -> list[str]:
    return [platform.add_resident("demo", f"住民{number}").user_id for number in range(count)]


def _send(api, to: list[str], unit: str, *messages: dict[str, Any]) -> None:
    body = {"to": to, "messages": list(messages) or [CARD], "customAggregationUnits": [unit]}
    api.multicast(MulticastRequest.from_dict(body))


def _asked(insight, unit: str = "notice_2026_0001") -> Any:
    return insight.get_statistics_per_unit(unit, var_from="20261110", to="20261115")


def test_who_saw_it_and_who_opened_its_link_is_counted_the_day_after(platform, api, insight, clock) -> None:
    people = _residents(platform, 25)
    _send(api, people, "notice_2026_0001")
    for user in people[:22]:
        platform.looked_at("demo", user)
        platform.looked_at("demo", user)
    for user in people[:20]:
        platform.press("demo", user, LINK)
    platform.press("demo", people[0], {"type": "uri", "uri": "https://elsewhere.example.jp/"})

    today = _asked(insight)
    clock.turn(86_400)
    tomorrow = _asked(insight)

    assert today.overview.unique_impression is None
    assert (tomorrow.overview.unique_impression, tomorrow.overview.unique_click) == (22, 20)
    assert [(one.seq, one.impression) for one in tomorrow.messages] == [(1, 22)]
    assert [(one.url, one.click, one.unique_click) for one in tomorrow.clicks] == [(URL, 20, 20)]


def test_fewer_than_twenty_are_not_told_however_often_they_tapped(platform, api, insight, clock) -> None:
    people = _residents(platform, 25)
    _send(api, people, "notice_2026_0001")
    for user in people[:19]:
        platform.looked_at("demo", user)
        for _ in range(3):
            platform.press("demo", user, LINK)
    clock.turn(86_400)

    told = _asked(insight)

    assert (told.overview.unique_impression, told.overview.unique_click) == (None, None)
    assert [(one.click, one.unique_click) for one in told.clicks] == [(None, None)]
    assert _asked(insight, "another").messages == []


def test_what_was_sent_without_a_unit_is_not_counted(platform, api, insight, clock) -> None:
    people = _residents(platform, 25)
    api.multicast(MulticastRequest(to=people, messages=[TextMessage(text="お知らせ")]))
    for user in people:
        platform.looked_at("demo", user)
    clock.turn(86_400)

    assert _asked(insight).overview.unique_impression is None


def test_a_month_has_a_thousand_names(platform, api, clock) -> None:
    people = _residents(platform, 1)
    platform.insights.names("demo", clock.now).update(f"u{number}" for number in range(1_000))

    _send(api, people, "u999")
    with pytest.raises(Exception, match="customAggregationUnits"):
        _send(api, people, "one_more")
    clock.turn(31 * 86_400)
    _send(api, people, "one_more")

    assert api.get_aggregation_unit_usage().num_of_custom_aggregation_units == 1
    assert len(platform.deliveries) == 2
