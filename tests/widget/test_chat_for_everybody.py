"""The chat in a real browser, for everybody: small and large, zoomed, forced colours, no motion, paper, no script."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser import DESK, PHONE, NewPage, overflows, violations
from tests.widget.chat_builders import QUESTION, ask, chat_frame, opened


def test_who_speaks_and_in_which_language_is_told_to_screen_readers(world, new_page):
    chat = opened(new_page(), world)
    expect(chat.get_by_role("log", name="試験市とのやりとり")).to_have_attribute("aria-live", "polite")
    ask(chat, QUESTION)
    expect(chat.locator(".message.resident .speaker")).to_have_text("あなた")
    expect(chat.locator(".card")).to_have_attribute("lang", "ja")

    chat.get_by_label("Language").select_option("easy")
    easy = chat.locator('.card[data-language="easy"]')
    expect(easy.locator("ruby").first).to_contain_text("引")
    expect(easy).to_have_attribute("lang", "ja")
    chat.get_by_label("Language").select_option("en")

    expect(chat.locator('.card[lang="en"]')).to_contain_text("Submit a moving-in notification")
    expect(chat.get_by_role("button", name="Send", exact=True)).to_be_visible()
    assert chat.locator("html").get_attribute("lang") == "en"


# ── Sizes ────────────────────────────────────────────────────────────────────────────────────────────────────────────

ZOOMED = {"width": 640, "height": 400}
"""A desk of 1280 × 800 enlarged to 200 %."""


@pytest.mark.parametrize("viewport", [PHONE, ZOOMED, DESK], ids=["320 px", "200 %", "1280 px"])
def test_closed_open_and_answered_have_no_fault_and_nothing_to_scroll_sideways(world, new_page, viewport):
    page = new_page(viewport=viewport)
    page.goto(world.allowed)
    expect(page.get_by_role("button", name="質問する")).to_be_visible()
    assert violations(page) == []
    assert not overflows(page)

    chat = opened(page, world)
    assert violations(chat_frame(page)) == []
    ask(chat, QUESTION)
    expect(chat.locator(".card")).to_be_visible()

    assert violations(chat_frame(page)) == []
    assert violations(page) == []
    assert not overflows(page)
    assert not overflows(chat_frame(page))
    send = chat.get_by_role("button", name="送信").bounding_box()
    assert send["height"] >= 44
    assert send["width"] >= 44
    assert send["y"] + send["height"] <= viewport["height"]


def test_text_twice_as_large_still_fits(world, new_page):
    page = new_page(viewport=PHONE)
    chat = opened(page, world)
    chat_frame(page).evaluate("document.documentElement.style.fontSize = '200%'")

    ask(chat, QUESTION)

    expect(chat.locator(".card")).to_be_visible()
    assert not overflows(chat_frame(page))
    expect(chat.get_by_role("button", name="送信")).to_be_in_viewport()


def test_targets_are_large_enough_to_touch(world, new_page):
    page = new_page(viewport=PHONE)
    chat = opened(page, world)
    ask(chat, QUESTION)
    expect(chat.locator(".card")).to_be_visible()

    sizes = chat.locator("button, select, textarea, .card dl a, .links a").evaluate_all(
        "all => all.filter(e => e.offsetParent).map(e => [e.textContent, e.getBoundingClientRect().width, "
        "e.getBoundingClientRect().height])"
    )

    assert len(sizes) > 8
    assert [size for size in sizes if min(size[1:]) < 24] == []


def test_who_wants_no_motion_sees_none_and_who_does_not_mind_sees_little(world, new_page):
    calm, lively = (opened(new_page(reduced_motion=wish), world) for wish in ("reduce", "no-preference"))

    for chat in (calm, lively):
        ask(chat, "こんにちは")
    moves = [
        chat.locator(".message").last.evaluate("m => getComputedStyle(m).animationName") for chat in (calm, lively)
    ]

    assert moves == ["none", "arrive"]


def test_forced_colours_keep_the_bubbles_apart(world, new_page):
    page = new_page(forced_colors="active")
    chat = opened(page, world)
    ask(chat, QUESTION)
    expect(chat.locator(".card")).to_be_visible()

    assert chat.locator(".message.resident .bubble").evaluate("b => getComputedStyle(b).borderTopStyle") == "solid"


def test_a_printed_page_shows_no_button(world, new_page):
    page = new_page()
    page.goto(world.allowed)
    expect(page.get_by_role("button", name="質問する")).to_be_visible()

    page.emulate_media(media="print")

    expect(page.locator("#madoguchi-widget")).to_be_hidden()


def test_the_page_around_is_left_alone_and_leaves_the_chat_alone(world, new_page):
    page = new_page()
    opened(page, world)

    colour = page.get_by_role("button", name="閉じる").evaluate("b => getComputedStyle(b).color")
    assert colour == "rgb(255, 255, 255)"
    assert page.evaluate("Object.keys(window).filter(k => /madoguchi|settings/i.test(k))") == []
    assert page.context.cookies() == []


def test_without_a_script_the_frame_leads_to_the_plain_pages(world, new_page):
    page = new_page(java_script_enabled=False)
    page.goto(f"{world.house.url}/widget/test/frame")

    expect(page.get_by_role("link", name="よくある質問のページ")).to_have_attribute("href", "/faq/test/")
    expect(page.get_by_role("link", name="048-000-0000")).to_be_visible()


def test_the_chat_alone_fills_a_page(world, new_page: NewPage):
    page = new_page()
    page.goto(f"{world.house.url}/widget/test/frame")
    expect(page.get_by_role("button", name="閉じる")).to_have_count(0)

    ask(page, "こんにちは")

    expect(page.locator(".message.city")).to_have_count(2)
    assert violations(page) == []
