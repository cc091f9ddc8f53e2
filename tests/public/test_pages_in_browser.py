"""The public pages in a real browser, small and large, with and without scripts."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.browser import DESK, PHONE, overflows, violations
from tests.running import a_running_house
from tests.web_city import a_web_library

PAGES = {
    "list": "/faq/test/",
    "topic": "/faq/test/topics/moving/",
    "search": "/faq/test/?q=引っ越してきた",
    "nothing found": "/faq/test/?q=ｑｗｚｘｖ",
    "entry": "/faq/test/moving-in",
    "missing": "/faq/test/nothing",
    "error": "/nothing",
    "demo": "/",
    "city page": "/demo/test/",
}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    library = a_web_library(tmp_path_factory.mktemp("cities"))
    data = tmp_path_factory.mktemp("house")
    with a_running_house(f"sqlite:///{data / 'store.db'}", data, library) as house:
        yield house.url


@pytest.mark.parametrize("viewport", [PHONE, DESK], ids=["320 px", "1280 px"])
def test_every_page_has_a_title_a_language_no_fault_and_nothing_to_scroll_sideways(home, new_page, viewport):
    page = new_page(viewport=viewport)
    found = {}
    for name, path in PAGES.items():
        page.goto(home + path)
        page.wait_for_load_state("networkidle")
        assert page.title()
        assert page.locator("html").get_attribute("lang") == "ja"
        assert page.locator("h1").count() == 1
        found[name] = violations(page) + (["overflow"] if overflows(page) else [])

    assert {name: faults for name, faults in found.items() if faults} == {}


def test_without_scripts_somebody_finds_an_answer_and_its_phone(home, new_page):
    page = new_page(java_script_enabled=False)
    page.goto(f"{home}/faq/test/")

    page.get_by_role("searchbox").fill("引っ越してきた")
    page.keyboard.press("Enter")
    page.locator(".hits a").first.click()

    expect(page.get_by_role("heading", level=1)).to_have_text("引っ越してきたときの手続きを知りたい")
    expect(page.locator(".contact").get_by_role("link", name="048-000-0001")).to_be_visible()
    page.get_by_role("link", name="English").click()
    assert page.url.endswith("#en")


def test_the_keyboard_skips_to_the_text(home, new_page):
    page = new_page()
    page.goto(f"{home}/faq/test/moving-in")

    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="本文へ進む")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")

    expect(page.locator("#main")).to_be_focused()


def test_on_the_demo_page_a_stranger_asks_in_the_citys_page(home, new_page):
    page = new_page()
    page.goto(home)
    page.locator("iframe.page").scroll_into_view_if_needed()
    city = page.frame_locator("iframe.page")

    city.get_by_role("button", name="質問する").click()
    chat = city.frame_locator("#madoguchi-widget iframe")
    chat.get_by_role("textbox", name="知りたいこと").fill("引っ越してきたときの手続きを知りたい")
    page.keyboard.press("Enter")

    expect(chat.locator(".card")).to_contain_text("14日以内")


def test_a_sample_question_can_be_copied(home, new_page):
    page = new_page(permissions=["clipboard-read", "clipboard-write"])
    page.goto(home)

    page.get_by_role("button", name=re.compile("コピー.*ゴミいつ")).click()

    expect(page.get_by_role("status")).to_contain_text("「ゴミいつ」をコピーしました")
    assert page.evaluate("navigator.clipboard.readText()") == "ゴミいつ"


def test_forced_colours_leave_the_search_a_button_that_looks_like_one(home, new_page):
    page = new_page(forced_colors="active")
    page.goto(f"{home}/faq/test/")

    button = page.get_by_role("button", name="さがす")

    assert button.evaluate("b => getComputedStyle(b).borderTopStyle") == "solid"
