"""A resident on LINE sends where they are: the nearest places on the phone, ranked again at a press, nothing kept."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import create_engine, text

from faq.library import Library
from tests.running import CITY, House, a_running_house, wait_until, words

SOUTH_OF_THE_RIVER = (36.03312, 139.54521)


@pytest.fixture
def house(sqlite_url, tmp_path, demo_library: Library):
    """On one engine: what the engines do with an event is tested elsewhere."""
    with a_running_house(sqlite_url, tmp_path, demo_library) as running:
        yield running


def send_location(house: House):
    return house.after(lambda: house.line.send_location(CITY, house.resident, *SOUTH_OF_THE_RIVER, address="南町1-2-3"))


def test_a_location_brings_the_three_nearest_places_and_a_press_ranks_them_for_a_flood(house):
    nearest = send_location(house)
    flood = house.press("1 洪水")

    assert words(nearest).index("彩野南小学校") < words(nearest).index("川端小学校") < words(nearest).index("駅南公園")
    assert "約500m・南東" in words(nearest)
    assert "https://www.google.com/maps/search/?api=1&query=36.02960%2C139.54840" in words(nearest)
    assert "開いているかどうかは、ここでは分かりません" in words(nearest)
    assert "「洪水」のときに使える" in words(flood)
    assert "川端小学校" not in words(flood)
    assert "宮前小学校" in words(flood)
    assert house.line.deliveries[-1].method == "reply"


def test_typing_the_word_instead_asks_for_the_place_again(house):
    send_location(house)

    assert "もういちど送ってください" in words(house.type("洪水"))


def test_where_the_resident_was_is_in_no_turn_no_memory_and_nothing_that_is_finished(house):
    send_location(house)
    house.press("1 洪水")
    wait_until(house.settled)

    with create_engine(house.parts.config.database_url).connect() as database:
        kept = {
            table: json.dumps(
                [list(map(str, row)) for row in database.execute(text(f"SELECT * FROM {table}"))], ensure_ascii=False
            )
            for table in ("inbox", "outbox", "turns", "conversations", "cases")
        }
    assert "避難場所を案内しました" in kept["turns"]
    for secret in ("36.03", "139.54", "南町1-2-3", "彩野南小学校", "約500m"):
        assert [table for table, rows in kept.items() if secret in rows] == []
