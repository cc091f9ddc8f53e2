"""The phone in a real browser: what a hand does becomes an event, what the city sends becomes a picture of it."""

from __future__ import annotations

import io
import re
import shutil
import threading
from collections.abc import Iterator
from typing import Any

import pytest
import requests
from axe_playwright_python.sync_playwright import Axe
from linebot.v3.messaging import Message, PushMessageRequest
from PIL import Image
from playwright.sync_api import Browser, Page, expect, sync_playwright
from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.serving import make_server
from werkzeug.wrappers import Response

from emulator import LinePlatform, create_emulator
from emulator.content import Content
from tests.browser import PATIENCE_MS
from tests.running import wait_until

CARD = {
    "type": "bubble",
    "header": {
        "type": "box",
        "layout": "vertical",
        "backgroundColor": "#00118F",
        "contents": [{"type": "text", "text": "転入届の手続き", "weight": "bold", "color": "#FFFFFF", "wrap": True}],
    },
    "body": {
        "type": "box",
        "layout": "vertical",
        "spacing": "md",
        "contents": [
            {"type": "text", "text": "14日以内に市民課で届け出てください。", "wrap": True},
            {"type": "separator"},
            {
                "type": "box",
                "layout": "horizontal",
                "contents": [
                    {"type": "text", "text": "窓口", "flex": 2, "size": "sm", "color": "#55555C"},
                    {"type": "text", "text": "市民課", "flex": 5, "size": "sm"},
                ],
            },
        ],
    },
    "footer": {
        "type": "box",
        "layout": "vertical",
        "contents": [
            {
                "type": "button",
                "style": "primary",
                "action": {"type": "uri", "label": "電話をかける", "uri": "tel:048-000-1110"},
            },
            {
                "type": "button",
                "action": {"type": "postback", "label": "持ち物", "data": "bring", "displayText": "持ち物は？"},
            },
        ],
    },
}


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None:
        pytest.skip("Chromium is not installed (apt-get install chromium)")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def phone(chromium: Browser, emulator, hana) -> Iterator[Page]:
    context = chromium.new_context(locale="ja-JP", viewport={"width": 1000, "height": 900})
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda message: faults.append(message.text) if "Content Security" in message.text else None)
    yield page
    context.close()
    assert faults == []


@pytest.fixture
def open_phone(phone: Page, emulator):
    def open_phone() -> Page:
        phone.goto(f"{emulator.url}/phone/demo")
        phone.locator("#log[aria-busy=false]").wait_for()
        return phone

    return open_phone


@pytest.fixture
def city_says(platform, api, hana):
    """Push raw message objects to the first phone."""

    def city_says(*messages: dict[str, Any]) -> None:
        api.push_message(PushMessageRequest(to=hana.user_id, messages=[Message.from_dict(one) for one in messages]))

    return city_says


def sent(platform: LinePlatform, bot) -> list[dict[str, Any]]:
    """The events that reached the bot so far."""
    platform.set_webhook_url("demo", bot.url)
    platform.deliver_now()
    return bot.events


def quick(*actions: dict[str, Any]) -> dict[str, Any]:
    items = [{"type": "action", "action": action} for action in actions]
    return {"type": "text", "text": "どれですか？", "quickReply": {"items": items}}


def bubbles(page: Page):
    return page.locator(".row .bubble")


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


def test_an_answer_appears_by_itself_with_links_and_language(open_phone, city_says) -> None:
    page = open_phone()

    city_says(
        {"type": "text", "text": "くわしくは https://www.city.example.jp/a か 048-000-1100 へ。"},
        {"type": "text", "text": "Please bring your residence card."},
    )

    expect(bubbles(page).nth(1)).to_have_attribute("lang", "en")
    links = [link.get_attribute("href") for link in bubbles(page).nth(0).locator("a").all()]
    assert links == ["https://www.city.example.jp/a", "tel:048-000-1100"]


def test_quick_replies_stand_under_the_last_message_only(open_phone, city_says, platform, bot) -> None:
    city_says(quick({"type": "postback", "label": "転入届", "data": "entry:a", "displayText": "転入届のこと"}))
    page = open_phone()

    page.get_by_role("group", name="返信の候補").get_by_role("button", name="転入届").click()

    expect(bubbles(page).last).to_have_text("転入届のこと")
    expect(page.get_by_role("group", name="返信の候補")).to_be_hidden()
    assert sent(platform, bot)[-1]["postback"] == {"data": "entry:a"}


def test_a_flex_card_is_drawn_and_can_be_pressed(open_phone, city_says, platform, bot) -> None:
    city_says({"type": "flex", "altText": "転入届", "contents": CARD})
    page = open_phone()

    card = page.locator(".flex-bubble")
    expect(card).to_contain_text("14日以内に市民課で届け出てください。")
    expect(card.get_by_role("link", name="電話をかける")).to_have_attribute("href", "tel:048-000-1110")
    assert (
        card.locator(".flex-header .flex-box").evaluate("n => getComputedStyle(n).backgroundColor") == "rgb(0, 17, 143)"
    )
    card.get_by_role("button", name="持ち物").click()

    expect(bubbles(page).last).to_have_text("持ち物は？")
    assert sent(platform, bot)[-1]["postback"] == {"data": "bring"}


def test_templates_and_carousels_are_drawn(open_phone, city_says, platform, bot) -> None:
    yes_no = [{"type": "message", "label": label, "text": label} for label in ("はい", "いいえ")]
    column = {"title": "題", "text": "内容", "actions": yes_no}
    city_says(
        {"type": "template", "altText": "x", "template": {"type": "carousel", "columns": [column, column]}},
        {"type": "flex", "altText": "x", "contents": {"type": "carousel", "contents": [CARD, CARD]}},
        {
            "type": "template",
            "altText": "x",
            "template": {"type": "confirm", "text": "役に立ちましたか？", "actions": yes_no},
        },
    )
    page = open_phone()

    expect(page.get_by_role("group", name="2枚のカード")).to_have_count(2)
    page.get_by_role("button", name="はい").last.click()

    expect(bubbles(page).last).to_have_text("はい")
    assert sent(platform, bot)[-1]["message"]["text"] == "はい"


def test_a_date_is_picked_in_a_dialog(open_phone, city_says, platform, bot) -> None:
    city_says(quick({"type": "datetimepicker", "label": "引越しの日", "data": "day", "mode": "date"}))
    page = open_phone()

    page.get_by_role("button", name="引越しの日").click()
    page.get_by_role("dialog").get_by_label("引越しの日").fill("2026-12-01")
    with page.expect_response("**/press"):
        page.get_by_role("button", name="決める").click()

    assert sent(platform, bot)[-1]["postback"] == {"data": "day", "params": {"date": "2026-12-01"}}


def test_each_phone_has_its_own_talk(open_phone, platform, city_says) -> None:
    platform.add_resident("demo", "鈴木みさき")
    city_says({"type": "text", "text": "ハナさんへ"})
    page = open_phone()
    expect(bubbles(page)).to_have_text("ハナさんへ")

    page.get_by_role("button", name="鈴木みさき").click()
    expect(bubbles(page)).to_have_count(0)
    expect(page.get_by_role("button", name="鈴木みさき")).to_have_attribute("aria-current", "true")

    page.reload()
    expect(page.get_by_role("button", name="鈴木みさき")).to_have_attribute("aria-current", "true")


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


def test_the_loading_animation_is_told_until_the_answer_comes(open_phone, platform, hana, clock, city_says) -> None:
    platform.talk("demo", hana.user_id).loading_until = clock.now + 60
    page = open_phone()
    expect(page.get_by_role("status")).to_have_text("彩野市が返事を書いています")

    city_says({"type": "text", "text": "お待たせしました"})

    expect(page.get_by_role("status")).to_be_empty()


@pytest.mark.parametrize("width", [320, 768, 1280])
def test_no_barrier_and_no_sideways_scrolling(open_phone, phone, platform, hana, city_says, width: int) -> None:
    platform.seed_demo("demo")
    platform.send_text("demo", hana, "ひっこし")
    platform.send_sticker("demo", hana)
    platform.send_location("demo", hana, 35.9, 139.4, "彩野駅")
    city_says(
        {"type": "flex", "altText": "転入届", "contents": CARD},
        quick(*[{"type": "message", "label": f"{number} 転出届", "text": "転出"} for number in range(13)]),
    )
    phone.set_viewport_size({"width": width, "height": 800})
    page = open_phone()
    page.get_by_role("button", name="写真・位置情報・スタンプ").click()
    page.get_by_role("button", name="このメッセージの操作").first.click()

    found = [(rule["id"], [node["html"] for node in rule["nodes"]]) for rule in Axe().run(page).response["violations"]]

    assert found == []
    assert page.evaluate("document.documentElement.scrollWidth") == width
    page.get_by_role("button", name="位置情報", exact=True).click()
    assert Axe().run(page).violations_count == 0


def test_buttons_are_at_least_24_pixels(open_phone, platform, hana, city_says) -> None:
    platform.send_text("demo", hana, "ひっこし")
    city_says(
        {"type": "flex", "altText": "転入届", "contents": CARD}, quick({"type": "message", "label": "次", "text": "次"})
    )
    page = open_phone()

    small = page.eval_on_selector_all(
        "button, select, textarea, a",
        "all => all.map(n => [n.textContent.trim(), n.getBoundingClientRect()])"
        ".filter(([, box]) => box.width && (box.width < 24 || box.height < 24)).map(([name]) => name)",
    )

    assert small == []


def test_the_page_needs_no_inline_code_and_no_other_host(emulator, platform) -> None:
    platform.seed_demo("demo")
    response = requests.get(f"{emulator.url}/phone/demo", timeout=5)

    policy = response.headers["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    assert not re.search(r"\sstyle=|\son[a-z]+=|<script(?![^>]*src=)|<style", response.text)
    assert not re.search(r"(?:src|href)=\"https?:", response.text)


def test_the_phone_works_below_a_prefix(chromium: Browser, platform, hana) -> None:
    app = DispatcherMiddleware(Response("front", status=200), {"/emulator": create_emulator(platform)})
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    context = chromium.new_context(locale="ja-JP")
    page = context.new_page()

    page.goto(f"http://127.0.0.1:{server.server_port}/emulator/phone/")
    page.get_by_label("メッセージ", exact=True).fill("こんにちは")
    page.get_by_role("button", name="送信").click()

    expect(bubbles(page)).to_have_text("こんにちは")
    context.close()
    server.shutdown()
    thread.join()
    server.server_close()
    assert platform.phone_messages("demo", hana.user_id)[0].message["text"] == "こんにちは"


@pytest.mark.parametrize(
    ("path", "body", "headers", "status"),
    [
        ("text", {"text": "文"}, {"Origin": "https://evil.example"}, 403),
        ("text", {"text": " "}, {}, 400),
        ("text", {"text": "文" * 10_001}, {}, 400),
        ("location", {"latitude": 91, "longitude": 0}, {}, 400),
        ("press", {"action": {"type": "uri", "uri": "javascript:alert(1)"}}, {}, 400),
        ("press", {"action": {"type": "datetimepicker", "data": "d", "mode": "date"}}, {}, 400),
    ],
)
def test_what_a_phone_cannot_do_is_refused(emulator, platform, hana, path, body, headers, status) -> None:
    response = requests.post(f"{emulator.url}/phone/demo/{hana.user_id}/{path}", json=body, headers=headers, timeout=5)

    assert response.status_code == status
    assert response.json()["message"]
    assert platform.phone_messages("demo", hana.user_id) == []


def test_a_form_of_another_site_reaches_nothing(emulator, platform, hana) -> None:
    response = requests.post(f"{emulator.url}/phone/demo/{hana.user_id}/text", data={"text": "文"}, timeout=5)

    assert response.status_code == 415
    assert requests.get(f"{emulator.url}/phone/nowhere", timeout=5).status_code == 404
