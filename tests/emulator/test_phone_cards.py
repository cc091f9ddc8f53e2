"""The phone draws cards as LINE does, also where a whole row can be pressed, and tells its own faults in Japanese."""

from __future__ import annotations

from typing import Any

import requests
from playwright.sync_api import expect

from emulator import LinePlatform, serve
from tests.browser import NewPage

ROW: dict[str, Any] = {
    "type": "box",
    "layout": "horizontal",
    "spacing": "md",
    "paddingTop": "8px",
    "action": {"type": "postback", "label": "転入届", "data": "entry:a"},
    "contents": [
        {"type": "text", "text": "1", "flex": 0},
        {"type": "text", "text": "転入届の出し方を知りたい", "wrap": True, "flex": 1},
    ],
}
CARD = {"type": "bubble", "body": {"type": "box", "layout": "vertical", "contents": [ROW]}}


def test_a_number_stands_apart_from_its_words_in_a_row_to_press(new_page: NewPage) -> None:
    with serve(LinePlatform(webhook_threads=0)) as running:
        running.platform.add_channel("demo", "token", "0" * 32, None)
        hana = running.platform.add_resident("demo", "佐藤ハナ")
        pushed = {"to": hana.user_id, "messages": [{"type": "flex", "altText": "1 転入届", "contents": CARD}]}
        headers = {"Authorization": "Bearer token"}
        requests.post(f"{running.url}/v2/bot/message/push", json=pushed, headers=headers, timeout=5).raise_for_status()
        page = new_page(viewport={"width": 400, "height": 700})
        page.goto(f"{running.url}/phone/demo")

        row = page.get_by_role("button", name="1 転入届の出し方を知りたい")
        expect(row).to_be_visible()
        number, words = (row.locator("p").nth(place).bounding_box() for place in (0, 1))

    assert number is not None
    assert words is not None
    assert words["x"] - (number["x"] + number["width"]) >= 7.9


def test_a_phone_without_its_service_says_so_in_japanese(new_page: NewPage) -> None:
    with serve(LinePlatform(webhook_threads=0)) as running:
        running.platform.add_channel("demo", "token", "0" * 32, None)
        running.platform.add_resident("demo", "佐藤ハナ")
        page = new_page(viewport={"width": 400, "height": 700})
        page.goto(f"{running.url}/phone/demo")
        page.locator("#log[aria-busy=false]").wait_for()

    told = page.get_by_role("alert")
    expect(told).to_contain_text("つなぎ直しています。サービスが動いているか")
    expect(told).not_to_contain_text("fetch")
