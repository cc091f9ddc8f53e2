"""The phone in a real browser: what a hand does becomes an event."""

from __future__ import annotations

import io
import re

import pytest
from PIL import Image
from playwright.sync_api import expect

from emulator.content import Content
from tests.emulator.phone_builders import bubbles, quick, sent
from tests.running import wait_until


def test_enter_sends_what_was_typed_and_shift_enter_does_not(open_phone, platform, bot) -> None:
    page = open_phone()

    page.get_by_label("メッセージ", exact=True).fill("ひっこしてきたけど")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("何すればいい？")
    page.keyboard.press("Enter")

    expect(bubbles(page)).to_have_text("ひっこしてきたけど\n何すればいい？")
    expect(page.get_by_label("メッセージ", exact=True)).to_have_value("")
    assert [event["message"]["text"] for event in sent(platform, bot)] == ["ひっこしてきたけど\n何すればいい？"]


@pytest.mark.parametrize("sign", ["{isComposing: true}", "{keyCode: 229}"])
def test_enter_that_converts_kana_does_not_send(open_phone, platform, sign: str) -> None:
    page = open_phone()
    field = page.get_by_label("メッセージ", exact=True)
    field.fill("ひっこし")

    page.evaluate(
        f"words.dispatchEvent(new KeyboardEvent('keydown', "
        f"{{key: 'Enter', bubbles: true, cancelable: true, ...{sign}}}))"
    )
    field.press_sequentially("の")

    expect(field).to_have_value("ひっこしの")
    assert platform.phone_messages("demo", platform.residents("demo")[0].user_id) == []


def test_a_date_is_picked_in_a_dialog(open_phone, city_says, platform, bot) -> None:
    city_says(quick({"type": "datetimepicker", "label": "引越しの日", "data": "day", "mode": "date"}))
    page = open_phone()

    page.get_by_role("button", name="引越しの日").click()
    page.get_by_role("dialog").get_by_label("引越しの日").fill("2026-12-01")
    with page.expect_response("**/press"):
        page.get_by_role("button", name="決める").click()

    assert sent(platform, bot)[-1]["postback"] == {"data": "day", "params": {"date": "2026-12-01"}}


def test_a_photo_and_a_file_are_sent(open_phone, platform, bot) -> None:
    page = open_phone()
    out = io.BytesIO()
    Image.new("RGB", (60, 40), "green").save(out, "PNG")

    page.get_by_role("button", name="写真・位置情報・スタンプ").click()
    page.locator("#file").set_input_files({"name": "道路.png", "mimeType": "image/png", "buffer": out.getvalue()})
    expect(page.get_by_role("img", name="送った写真")).to_be_visible()
    page.locator("#file").set_input_files({"name": "届.pdf", "mimeType": "application/pdf", "buffer": b"%PDF"})
    expect(bubbles(page)).to_have_text("ファイル：届.pdf（1KB）")

    first, second = (event["message"] for event in sent(platform, bot))
    assert (first["type"], second["type"], second["fileName"]) == ("image", "file", "届.pdf")
    assert platform.content.get("demo", first["id"]) == Content(out.getvalue(), "image/png")


def test_a_place_and_a_sticker_are_sent(open_phone, platform, bot) -> None:
    page = open_phone()
    page.get_by_role("button", name="写真・位置情報・スタンプ").click()

    page.get_by_role("button", name="位置情報", exact=True).click()
    page.get_by_label("場所").select_option("緯度と経度を入力する")
    page.get_by_label("緯度", exact=True).fill("35.5")
    page.get_by_role("button", name="送る").click()
    expect(bubbles(page)).to_contain_text("35.5, 139.485")
    page.get_by_role("button", name="スタンプ", exact=True).click()
    page.get_by_role("button", name="ありがとう").click()
    expect(page.get_by_role("img", name="スタンプ：ありがとう")).to_be_visible()

    place, sticker = (event["message"] for event in sent(platform, bot))
    assert (place["latitude"], place["longitude"]) == (35.5, 139.485)
    assert sticker["keywords"] == ["thank you"]


def test_blocking_and_unblocking(open_phone, platform, bot) -> None:
    page = open_phone()

    page.get_by_role("button", name="ブロック", exact=True).click()
    page.get_by_role("button", name="ブロックを解除").wait_for()
    page.get_by_label("メッセージ", exact=True).fill("もしもし")
    page.get_by_role("button", name="送信").click()
    expect(page.get_by_role("alert")).to_have_text("ブロック中は送れません。ブロックを解除してください。")
    expect(page.get_by_label("メッセージ", exact=True)).to_have_value("もしもし")
    page.get_by_role("button", name="ブロックを解除").click()
    page.get_by_role("button", name="ブロック", exact=True).wait_for()

    assert [event["type"] for event in sent(platform, bot)] == ["unfollow", "follow"]


def test_a_message_is_taken_back_by_keyboard(open_phone, platform, hana, bot) -> None:
    platform.send_text("demo", hana, "まちがえました")
    page = open_phone()

    page.get_by_role("button", name="このメッセージの操作").press("Enter")
    page.keyboard.press("Enter")

    expect(bubbles(page)).to_have_text("メッセージの送信を取り消しました")
    assert [event["type"] for event in sent(platform, bot)] == ["message", "unsend"]


def test_the_rich_menu_is_pressed_where_its_areas_are(open_phone, platform, bot) -> None:
    out = io.BytesIO()
    Image.new("RGB", (800, 400), "white").save(out, "PNG")
    areas = [
        {
            "bounds": {"x": x, "y": 0, "width": 400, "height": 400},
            "action": {"type": "postback", "label": label, "data": label, "displayText": label},
        }
        for x, label in ((0, "ごみ"), (400, "税金"))
    ]
    menu = {"size": {"width": 800, "height": 400}, "selected": True, "name": "主", "chatBarText": "メニュー"}
    rich_menu_id = platform.rich_menus.create("demo", menu | {"areas": areas})
    platform.rich_menus.of("demo").images[rich_menu_id] = Content(out.getvalue(), "image/png")
    platform.rich_menus.of("demo").default = rich_menu_id
    page = open_phone()

    picture = page.locator("#menu-body img")
    wait_until(lambda: picture.evaluate("image => image.complete"))
    box = picture.bounding_box()
    page.mouse.click(box["x"] + box["width"] * 0.75, box["y"] + box["height"] / 2)

    expect(bubbles(page)).to_have_text("税金")
    assert sent(platform, bot)[-1]["postback"] == {"data": "税金"}
    page.get_by_role("button", name=re.compile("メニュー")).click()
    expect(picture).to_be_hidden()
