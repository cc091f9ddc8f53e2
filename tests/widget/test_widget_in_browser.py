"""The chat in a real browser: what a resident sees, hears and can do with a keyboard, and when the network fails."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import expect

from store.records import Outcome, Turn
from tests.browser import violations
from tests.widget.chat_builders import MESSAGES, QUESTION, ask, box, chat_frame, opened


def test_a_question_on_a_page_of_the_city_is_answered_with_window_and_phone(world, new_page):
    chat = opened(new_page(), world)

    ask(chat, QUESTION)

    card = chat.locator(".card")
    expect(card).to_contain_text("14日以内に、転入届")
    expect(card).to_contain_text("市役所1階")
    expect(card.get_by_role("link", name="048-000-0001").last).to_have_attribute("href", "tel:0480000001")
    expect(card.get_by_role("link", name="転入届の案内")).to_have_attribute("rel", "noopener")
    expect(card.get_by_role("heading", name="持ち物")).to_be_visible()
    expect(box(chat)).to_be_focused()
    expect(box(chat)).to_have_value("")


def test_a_page_that_the_city_does_not_name_gets_no_chat(world, new_page):
    page = new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))

    page.goto(world.refused)
    page.wait_for_load_state("networkidle")

    expect(page.locator("#madoguchi-widget")).to_have_count(0)
    assert any(world.refused in words for words in said)


def test_a_frame_put_there_by_hand_stays_empty_on_a_page_that_is_not_named(world, chromium):
    page = chromium.new_context().new_page()
    page.goto(world.refused)
    page.evaluate(
        "url => { document.body.innerHTML = `<iframe src='${url}'></iframe>` }", f"{world.house.url}/widget/test/frame"
    )
    page.wait_for_load_state("networkidle")

    assert not any(frame.query_selector("#words") for frame in page.frames)
    asked = page.evaluate(
        "url => fetch(url, {method: 'POST', body: '{\"text\": \"ごみ\"}'}).then(() => 'answered', () => 'refused')",
        f"{world.house.url}/widget/test/messages",
    )
    assert asked == "refused"
    page.context.close()


def test_everything_can_be_done_with_the_keyboard_alone(world, new_page):
    page = new_page()
    page.goto(world.allowed)
    page.get_by_role("link", name="ごみの出し方").focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    chat = page.frame_locator("#madoguchi-widget iframe")
    expect(box(chat)).to_be_focused()

    page.keyboard.type("メニュー")
    page.keyboard.press("Enter")
    topic = chat.get_by_role("button", name="1 引越し")
    expect(topic).to_be_visible()
    for _ in range(20):
        page.keyboard.press("Shift+Tab")
        if topic.evaluate("button => button === document.activeElement"):
            break
    page.keyboard.press("Enter")

    expect(chat.get_by_text("よくある質問です")).to_be_visible()
    expect(topic).to_be_focused()


def test_a_number_chooses_as_a_button_does(world, new_page):
    chat = opened(new_page(), world)
    ask(chat, "メニュー")
    expect(chat.get_by_role("button", name="1 引越し")).to_be_visible()

    ask(chat, "1")
    expect(chat.get_by_text("よくある質問です")).to_be_visible()
    ask(chat, "1")

    expect(chat.locator(".card h2").last).to_have_text(QUESTION)


def test_enter_that_belongs_to_an_ime_sends_nothing_and_shift_enter_makes_a_line(world, new_page):
    page = new_page()
    chat = opened(page, world)
    field = box(chat)
    field.fill("ひっこし")

    for composing in ({"isComposing": True}, {"keyCode": 229}):
        field.dispatch_event("keydown", {"key": "Enter", "bubbles": True, "cancelable": True, **composing})
    field.press("Shift+Enter")

    expect(field).to_have_value("ひっこし\n")
    expect(chat.locator(".message.resident")).to_have_count(0)
    field.press("Enter")
    expect(chat.locator(".message.resident")).to_have_count(1)


def test_escape_closes_and_gives_the_focus_back_to_the_button(world, new_page):
    page = new_page()
    opened(page, world)
    button = page.get_by_role("button", name="閉じる：試験市の案内係")
    expect(button).to_have_attribute("aria-expanded", "true")

    page.keyboard.press("Escape")

    button = page.get_by_role("button", name="質問する：試験市の案内係を開く")
    expect(button).to_be_focused()
    expect(button).to_have_attribute("aria-expanded", "false")
    expect(page.locator("#madoguchi-widget iframe")).to_be_hidden()


def test_the_keyboard_is_not_trapped_in_the_chat(world, new_page):
    page = new_page()
    opened(page, world)

    for _ in range(12):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement === document.body || document.activeElement.tagName === 'A'"):
            break
    else:
        pytest.fail("Tab never left the chat")


def test_a_page_opened_again_shows_the_talk(world, new_page):
    page = new_page()
    chat = opened(page, world)
    ask(chat, QUESTION)
    expect(chat.locator(".card")).to_be_visible()

    page.goto("about:blank")
    chat = opened(page, world)

    expect(chat.locator(".message.resident .said")).to_have_text(QUESTION)
    expect(chat.locator(".card h2").last).to_have_text(QUESTION)
    expect(chat.get_by_role("button", name="役に立った")).to_be_visible()


def test_the_chat_works_where_storage_is_blocked(world, new_page):
    page = new_page()
    page.context.add_init_script(
        "Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('no', 'SecurityError') } })"
    )
    chat = opened(page, world)

    ask(chat, "メニュー")
    expect(chat.get_by_role("button", name="1 引越し")).to_be_visible()
    ask(chat, "1")

    expect(chat.get_by_text("よくある質問です")).to_be_visible()


def test_a_network_cut_shows_an_error_and_sending_again_never_doubles_a_message(world, new_page):
    page = new_page()
    chat = opened(page, world)
    ask(chat, "こんにちは")
    expect(chat.locator(".message.city")).to_have_count(2)

    def answered_but_lost(route):
        route.fetch()
        route.abort()

    page.route(MESSAGES, answered_but_lost)
    ask(chat, QUESTION)
    failure = chat.get_by_role("alert").filter(has_text="送れませんでした")
    expect(failure).to_be_visible()
    expect(failure.get_by_role("link", name="048-000-0000")).to_be_visible()
    assert violations(chat_frame(page)) == []
    page.unroute(MESSAGES)
    chat.get_by_role("button", name="もういちど送る").click()

    expect(chat.locator(".card h2").last).to_have_text(QUESTION)
    expect(failure).to_have_count(0)
    expect(chat.locator(".message.resident")).to_have_count(2)
    assert [turn.text for turn in world.turns(page)] == ["こんにちは", QUESTION]


def test_a_message_that_failed_keeps_its_place_when_the_next_one_is_answered_first(world, new_page):
    page = new_page()
    chat = opened(page, world)
    page.route(MESSAGES, lambda route: route.abort())
    ask(chat, QUESTION)
    expect(chat.get_by_role("button", name="もういちど送る")).to_be_visible()
    page.unroute(MESSAGES)
    ask(chat, "こんにちは")
    expect(chat.locator(".message.city")).to_have_count(2)

    chat.get_by_role("button", name="もういちど送る").click()

    expect(chat.locator(".card")).to_be_visible()
    order = chat.locator(".message").evaluate_all("all => all.map(m => m.className.split(' ')[1])")
    assert order == ["city", "resident", "city", "resident", "city"]


def test_without_internet_the_phone_number_of_the_city_is_there(world, new_page):
    page = new_page()
    chat = opened(page, world)

    page.context.set_offline(True)

    notice = chat.get_by_role("alert").filter(has_text="つながっていません")
    expect(notice.get_by_role("link", name="048-000-0000")).to_be_visible()
    page.context.set_offline(False)
    expect(notice).to_be_hidden()


def test_a_slow_answer_is_announced_and_the_focus_stays(world, new_page):
    page = new_page()
    chat = opened(page, world)
    held: list[Any] = []
    page.route(MESSAGES, lambda route: held.append(route))

    ask(chat, QUESTION)

    expect(chat.get_by_role("status").filter(has_text="答えを探しています")).to_be_visible()
    held[0].continue_()
    expect(chat.locator(".card")).to_be_visible()
    expect(chat.get_by_role("status").filter(has_text="答えを探しています")).to_have_count(0)
    expect(box(chat)).to_be_focused()


def test_an_answer_of_staff_arrives_by_itself_without_taking_the_focus(world, new_page):
    page = new_page()
    chat = opened(page, world)
    ask(chat, QUESTION)
    chat.get_by_role("button", name="人に聞く").last.click()
    expect(chat.get_by_text("このページを閉じても")).to_be_visible()
    box(chat).focus()
    [*_, last] = world.turns(page)

    words = Turn("test", last.resident, "widget", "staff-1", datetime.now(UTC) + timedelta(seconds=1), "staff")
    world.house.parts.store.record(Outcome(turn=Turn(**{**fields(words), "reply_text": "市民課の山田です。"})))

    expect(chat.locator(".message.staff")).to_contain_text("市民課の山田です。")
    expect(chat.locator(".message.staff .speaker")).to_have_text("試験市の職員")
    expect(box(chat)).to_be_focused()


def fields(turn: Turn) -> dict[str, Any]:
    return {name: getattr(turn, name) for name in Turn.__slots__}


def test_a_wish_to_be_forgotten_empties_the_screen(world, new_page):
    page = new_page()
    chat = opened(page, world)
    ask(chat, QUESTION)
    expect(chat.locator(".card")).to_be_visible()

    chat.get_by_role("button", name="やりとりを消す").click()
    chat.get_by_role("button", name="すべて消す").click()

    expect(chat.get_by_text("消しました")).to_be_visible()
    expect(chat.locator(".message")).to_have_count(1)
    assert world.turns(page) == []


def test_a_hidden_number_disappears_from_the_screen_too(world, new_page):
    chat = opened(new_page(), world)

    ask(chat, "1234-5678-9018 です")

    expect(chat.locator(".message.resident .said")).to_contain_text("伏せました")
    expect(chat.locator(".log")).not_to_contain_text("9018")


def test_text_of_the_city_is_never_markup(world, new_page):
    chat = opened(new_page(), world)

    for count, words in enumerate(['<img src=x onerror="document.title=1">', "メニュー", "1", "3"], start=2):
        ask(chat, words)
        expect(chat.locator(".message.city")).to_have_count(count)

    expect(chat.locator(".card h2").last).to_have_text('<script>alert("題")</script> という札を見た')
    expect(chat.locator(".card").last).to_contain_text("<b>太字</b>")
    expect(chat.locator(".log img, .log b, .log script")).to_have_count(0)


def test_a_text_that_is_too_long_stays_in_the_field(world, new_page):
    chat = opened(new_page(), world)
    box(chat).fill("あ" * 5001)

    box(chat).press("Enter")

    expect(chat.get_by_role("status").filter(has_text="5,000文字")).to_be_visible()
    expect(chat.locator(".message.resident")).to_have_count(0)
