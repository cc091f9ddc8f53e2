"""The phone in a real browser: what the city sends becomes a picture of it, for everybody."""

from __future__ import annotations

import threading

import pytest
from playwright.sync_api import Browser, expect
from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.serving import make_server
from werkzeug.wrappers import Response

from emulator import create_emulator
from tests.browser import violations
from tests.emulator.phone_builders import CARD, bubbles, quick, sent


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

    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") == width
    page.get_by_role("button", name="位置情報", exact=True).click()
    assert violations(page) == []


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
