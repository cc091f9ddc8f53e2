"""The desk in a real browser, for everybody: by keyboard, small and large, with a sound, without scripts."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser import DESK, PHONE, NewPage, overflows, violations
from tests.console.desk_pages import TABLET, a_clerk, a_waiting_case, log_in, number_of
from tests.running import CITY, House, wait_until


def tab_to(page: Page, name: str, most: int = 60) -> None:
    """Presses Tab until the focus stands on what has this name, as somebody without a mouse does."""
    told = "(e => (e.labels?.[0] ?? e).textContent.replace(/\\s+/g, ' ').trim())(document.activeElement)"
    for _ in range(most):
        page.keyboard.press("Tab")
        if page.evaluate(told).startswith(name):
            return
    raise AssertionError(f"no way to {name} with Tab; the focus stands on {page.evaluate(told)!r}")


def test_by_keyboard_alone_from_the_inbox_to_the_end_of_a_talk(house: House, new_page: NewPage) -> None:
    number = a_waiting_case(house)
    page = new_page()
    log_in(house, page, None, a_clerk(house, "山田"))

    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    tab_to(page, "1文字のキーを使う")
    page.keyboard.press("Space")
    page.keyboard.press("j")
    assert page.evaluate("document.activeElement.closest('.case') !== null")
    page.keyboard.press("Enter")
    page.locator("#talk-title").wait_for()
    tab_to(page, "受ける")
    page.keyboard.press("Enter")
    page.get_by_label("住民に送る文").wait_for()
    tab_to(page, "住民に送る文")
    page.keyboard.type("キーだけで書きました")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent").strip() == "送る"
    page.keyboard.press("Enter")
    expect(page.locator("#talk .staff")).to_contain_text("キーだけで書きました")

    tab_to(page, "終わりにする")
    page.keyboard.press("Enter")
    tab_to(page, "理由")
    page.keyboard.press("ArrowDown")
    tab_to(page, "終わりにする")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").first).to_contain_text("終わりにしました")

    case = house.parts.store.case(CITY, number)
    assert case is not None
    assert (case.status, case.close_reason) == ("closed", "answered")


def test_letters_do_nothing_unless_they_are_switched_on(house: House, new_page: NewPage) -> None:
    a_waiting_case(house)
    page = new_page()
    log_in(house, page, None, a_clerk(house, "山田"))
    expect(page.locator(".case")).to_have_count(1)

    page.locator("#main").focus()
    page.keyboard.press("j")

    assert page.evaluate("document.activeElement.id") == "main"


COUNT_NOTES = """
window.notes = 0;
const make = AudioContext.prototype.createOscillator;
AudioContext.prototype.createOscillator = function () { window.notes += 1; return make.call(this); };
"""


def test_the_inbox_sounds_when_somebody_comes_if_it_was_asked_to(house: House, new_page: NewPage) -> None:
    loud, quiet = new_page(), new_page()
    for page, name in ((loud, "山田"), (quiet, "鈴木")):
        page.add_init_script(COUNT_NOTES)
        log_in(house, page, None, a_clerk(house, name))
        page.locator("h1").click()  # browsers keep a page silent that nobody has touched
    loud.get_by_label("新しいことばを音で知らせる").check()
    # Asked from here: a page that asks itself again and again evaluates text, which our content rules refuse.
    wait_until(lambda: loud.evaluate("notes") == 2)  # how it will sound
    loud.reload()
    loud.locator("h1").click()

    a_waiting_case(house)

    wait_until(lambda: loud.evaluate("notes") == 2)
    for page in (loud, quiet):
        expect(page.locator(".case")).to_have_count(1)
        expect(page).to_have_title(re.compile(r"^\(1\) "))
    assert quiet.evaluate("notes") == 0


@pytest.mark.parametrize("viewport", [PHONE, TABLET, DESK], ids=["320 px", "768 px", "1280 px"])
def test_every_page_is_free_of_faults_and_needs_no_sideways_scrolling(
    house: House, new_page: NewPage, viewport: dict[str, int]
) -> None:
    number = a_waiting_case(house)
    store = house.parts.store
    page = new_page(viewport=viewport)
    log_in(house, page, None, a_clerk(house, "山田"))
    me = number_of(house, "山田")
    store.take_case(CITY, number, me)
    store.add_note(CITY, number, me, "メモ" * 40)
    store.put_canned(CITY, 0, "", "お礼", "https://" + "a" * 200, me)
    draft = store.make_draft(CITY, number, "下書き", "faqs:\n  - id: x\n", me)

    faults = {}
    for path in (
        "/inbox?tab=all",
        "/inbox?tab=closed",
        f"/cases/{number}?q=住民票",
        "/search?q=ごみ",
        "/canned",
        "/drafts",
        f"/drafts/{draft.id}",
    ):
        page.goto(f"{house.url}/console/{CITY}{path}")
        assert page.locator("h1").count() == 1
        faults[path] = violations(page) + (["overflow"] if overflows(page) else [])

    assert {path: found for path, found in faults.items() if found} == {}


def test_without_scripts_a_talk_is_answered_and_ended(house: House, new_page: NewPage) -> None:
    number = a_waiting_case(house)
    page = new_page(java_script_enabled=False)
    log_in(house, page, None, a_clerk(house, "山田"))

    page.locator(".case a").first.click()
    page.get_by_role("button", name="受ける").click()
    page.get_by_label("案内（FAQ）をさがして入れる").fill("住民票の写し")
    page.get_by_role("button", name="さがす").click()
    page.locator("#faq-hits a").first.click()
    expect(page.get_by_label("住民に送る文")).to_have_value(re.compile("住民票"))
    page.get_by_role("button", name="送る", exact=True).click()
    expect(page.locator("#talk .staff")).to_contain_text("住民票")
    page.get_by_text("終わりにする").first.click()
    page.get_by_label("理由", exact=True).select_option("faq")
    page.get_by_role("button", name="終わりにする").click()

    case = house.parts.store.case(CITY, number)
    assert case is not None
    assert case.status == "closed"
