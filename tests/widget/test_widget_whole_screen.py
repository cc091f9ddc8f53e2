"""Where the chat has the whole screen (a phone, a page enlarged): a way out without a network, no way astray, and no
need of the newest browser."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser import PHONE, NewPage, a_foreign_site, violations
from tests.running import a_running_house
from tests.web_city import a_web_library

CHAT = "#madoguchi-widget iframe"


@pytest.fixture(scope="module")
def city_page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A page of the city, with a link before the chat's button and nothing after it."""
    home: dict[str, str] = {}

    def html() -> str:
        return (
            '<!doctype html><html lang="ja"><meta charset="utf-8"><title>試験市</title>'
            '<meta name="viewport" content="width=device-width">'
            f'<script src="{home["url"]}/widget/test.js" defer></script>'
            '<main><h1>試験市</h1><p><a href="#x">ごみの出し方</a></p></main></html>'
        )

    data: Path = tmp_path_factory.mktemp("house")
    with a_foreign_site(html) as site:
        library = a_web_library(tmp_path_factory.mktemp("cities"), origins=(site,))
        with a_running_house(f"sqlite:///{data / 'store.db'}", data, library) as house:
            home["url"] = house.url
            yield site


def opener(page: Page) -> Locator:
    return page.get_by_role("button", name="質問する：試験市の案内係を開く")


def test_a_chat_that_cannot_come_can_be_closed_and_is_asked_for_again(city_page: str, new_page: NewPage) -> None:
    page = new_page(viewport=PHONE)
    page.route("**/widget/test/frame", lambda route: route.abort())
    page.goto(city_page)
    opener(page).click()

    page.get_by_role("button", name="閉じる：試験市の案内係").click()

    expect(page.locator(CHAT)).to_be_hidden()
    page.unroute("**/widget/test/frame")
    opener(page).click()
    expect(page.frame_locator(CHAT).get_by_role("textbox", name="知りたいこと")).to_be_focused()
    page.frame_locator(CHAT).get_by_role("button", name="閉じる").click()
    expect(opener(page)).to_be_focused()


def test_the_keyboard_goes_round_in_the_chat_and_never_to_what_lies_behind_it(
    city_page: str, new_page: NewPage
) -> None:
    page = new_page(viewport=PHONE)
    page.goto(city_page)
    opener(page).click()
    chat = page.frame_locator(CHAT)
    expect(chat.get_by_role("textbox", name="知りたいこと")).to_be_focused()
    dialog = page.get_by_role("dialog", name="試験市の案内係")
    expect(dialog).to_have_attribute("aria-modal", "true")

    chat.get_by_role("button", name="やりとりを消す").focus()
    page.keyboard.press("Tab")
    expect(chat.get_by_role("combobox")).to_be_focused()
    page.keyboard.press("Shift+Tab")
    expect(chat.get_by_role("button", name="やりとりを消す")).to_be_focused()

    assert violations(page) == []
    page.set_viewport_size({"width": 1000, "height": 700})
    expect(page.get_by_role("region", name="試験市の案内係")).to_be_visible()


def test_a_page_opened_again_greets_before_what_was_said_is_there(city_page: str, new_page: NewPage) -> None:
    page = new_page(viewport=PHONE)
    page.goto(city_page)
    opener(page).click()
    field = page.frame_locator(CHAT).get_by_role("textbox", name="知りたいこと")
    field.fill("こんにちは")
    field.press("Enter")
    expect(page.frame_locator(CHAT).locator(".message.city")).to_have_count(2)
    page.route("**/widget/test/messages?*", lambda route: None)  # the city says nothing at all
    page.clock.install()

    page.reload()
    opener(page).click()

    expect(page.frame_locator(CHAT).locator(".message.city")).to_have_count(1)
    expect(field).to_be_hidden()
    page.clock.fast_forward("00:04")
    expect(field).to_be_focused()


def test_a_phone_of_a_few_years_ago_gets_its_answer_and_its_talk_back(city_page: str, new_page: NewPage) -> None:
    page = new_page(viewport=PHONE)
    page.add_init_script("delete AbortSignal.timeout; delete Array.prototype.at; delete Array.prototype.findLast")
    chat = page.frame_locator(CHAT)
    page.goto(city_page)
    opener(page).click()
    chat.get_by_role("textbox", name="知りたいこと").fill("転入届の出し方")
    chat.get_by_role("button", name="送信").click()
    expect(chat.locator(".card")).to_be_visible()

    page.reload()
    opener(page).click()

    expect(chat.locator(".card")).to_be_visible()
