"""The desk in a real browser, with the whole service behind it: residents on a phone and on a city's page."""

from __future__ import annotations

import re
import threading
from pathlib import Path

from playwright.sync_api import FrameLocator, Page, Route, expect

from faq.library import Library
from tests.browser import NewPage
from tests.console.desk_pages import (
    QUESTION,
    a_clerk,
    a_waiting_case,
    asks_on_the_phone,
    first_account,
    log_in,
    number_of,
    on_the_phone,
)
from tests.running import CITY, House, a_running_house, wait_until


def test_line_from_the_first_account_to_the_bots_return(house: House, new_page: NewPage) -> None:
    page = new_page()
    codes = first_account(house, page)
    log_in(house, page, codes)
    page.get_by_role("link", name="待っている人").click()
    expect(page.locator("#nothing")).to_be_visible()

    asks_on_the_phone(house)
    line = page.locator(".case").filter(has_text="粗大ごみを出したい")
    expect(line).to_contain_text("未読")
    expect(page).to_have_title(re.compile("待っている人"))
    expect(page.locator("[data-count=waiting]")).to_have_text("1")

    line.get_by_role("link").click()
    expect(page.locator("#found-title")).to_be_visible()
    page.get_by_role("button", name="受ける").click()
    wait_until(on_the_phone(house, "担当者がお返事します"))
    expect(page.get_by_text("Ctrl+Enter でも送れます。")).to_be_visible()  # the page's script is there
    page.get_by_label("住民に送る文").fill("はい、前日までに予約してください。")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#talk .staff")).to_contain_text("はい、前日までに予約してください。")
    wait_until(on_the_phone(house, "はい、前日までに予約してください。"))

    house.line.send_text(CITY, house.resident, "ありがとうございました")
    expect(page.locator("#talk .resident").last).to_contain_text("ありがとうございました")
    expect(page.locator("#talk .staff .delivery")).to_have_text("届けました")

    page.get_by_text("終わりにする").first.click()
    page.get_by_label("理由", exact=True).select_option("answered")
    page.get_by_role("button", name="終わりにする").click()
    expect(page.get_by_role("status").first).to_contain_text("終わりにしました")
    wait_until(on_the_phone(house, "ここからは、自動の案内がお答えします"))
    answer = house.type("住民票の写しがほしい")
    assert "住民票" in str(answer)
    assert house.parts.store.audit_verify(CITY).problem == ""


def chat_of(page: Page) -> FrameLocator:
    return page.frame_locator("#madoguchi-widget iframe")


def asks_in_the_widget(house: House, page: Page) -> FrameLocator:
    page.goto(f"{house.url}/demo/{CITY}/")
    page.get_by_role("button", name="質問する").click()
    chat = chat_of(page)
    for words in (QUESTION, "人に聞く"):
        chat.get_by_label("知りたいこと").fill(words)
        page.keyboard.press("Enter")
        chat.locator(".resident").filter(has_text=words).last.wait_for()
        expect(chat.locator(".city").last).to_be_visible()
    wait_until(lambda: bool(house.parts.store.cases(CITY, "open")) or "どの課" in chat.locator(".log").inner_text())
    if not house.parts.store.cases(CITY, "open"):
        chat.get_by_label("知りたいこと").fill("わからない")
        page.keyboard.press("Enter")
        wait_until(lambda: bool(house.parts.store.cases(CITY, "open")))
    return chat


def test_the_widget_from_a_question_to_the_bots_return(house: House, new_page: NewPage) -> None:
    email = a_clerk(house, "鈴木")
    page, home = new_page(), new_page(viewport={"width": 900, "height": 800})
    log_in(house, page, None, email)
    chat = asks_in_the_widget(house, home)

    page.get_by_role("link", name="待っている人").click()
    page.locator(".case a").first.click()
    page.get_by_role("button", name="受ける").click()
    expect(chat.locator(".log")).to_contain_text("担当者がお返事します")
    page.get_by_label("住民に送る文").fill("前日までに予約してください。")
    page.get_by_role("button", name="送る").click()
    expect(chat.locator(".log")).to_contain_text("前日までに予約してください。")

    chat.get_by_label("知りたいこと").fill("ありがとう")
    home.keyboard.press("Enter")
    expect(page.locator("#talk .resident").last).to_contain_text("ありがとう")

    page.get_by_text("終わりにする").first.click()
    page.get_by_label("理由", exact=True).select_option("answered")
    page.get_by_role("button", name="終わりにする").click()
    expect(chat.locator(".log")).to_contain_text("ここからは、自動の案内がお答えします")
    chat.get_by_label("知りたいこと").fill("住民票の写しがほしい")
    home.keyboard.press("Enter")
    expect(chat.locator(".card").last).to_contain_text("住民票")


def test_two_staff_take_the_same_case_at_once(house: House, new_page: NewPage) -> None:
    number = a_waiting_case(house)
    pages = []
    for name in ("山田", "鈴木"):
        page = new_page()
        log_in(house, page, None, a_clerk(house, name))
        page.goto(f"{house.url}/console/{CITY}/cases/{number}")
        pages.append(page)

    for page in pages:  # neither page has heard of the other yet
        page.route("**/cases/*/live*", lambda route: route.abort())
    pages[0].get_by_role("button", name="受ける").click()
    pages[1].get_by_role("button", name="受ける").click()

    expect(pages[0].get_by_role("status").first).to_contain_text("受けました")
    expect(pages[1].get_by_role("alert")).to_contain_text("山田さんが先に受けました")
    expect(pages[1].locator("#state")).to_contain_text("山田さんが話しています")


def test_a_network_cut_in_the_middle_of_a_reply_sends_it_once(house: House, new_page: NewPage) -> None:
    number = a_waiting_case(house)
    page = new_page()
    log_in(house, page, None, a_clerk(house, "山田"))
    page.goto(f"{house.url}/console/{CITY}/cases/{number}")
    page.get_by_role("button", name="受ける").click()
    mended = threading.Event()

    def arrives_but_no_answer_comes_back(route: Route) -> None:
        """However often the browser tries by itself: the network is cut until it is mended."""
        if mended.is_set():
            route.continue_()
            return
        route.fetch(max_redirects=0)
        route.abort("connectionreset")

    page.route("**/reply", arrives_but_no_answer_comes_back)
    page.get_by_label("住民に送る文").fill("一度だけ届く文")
    page.get_by_role("button", name="送る").click()
    expect(page.locator("[data-sending]")).to_contain_text("送れたか分かりません")
    expect(page.get_by_label("住民に送る文")).to_have_value("一度だけ届く文")

    mended.set()
    page.reload()
    expect(page.get_by_label("住民に送る文")).to_have_value("一度だけ届く文")
    page.get_by_role("button", name="送る").click()

    expect(page.get_by_label("住民に送る文")).to_have_value("")
    wait_until(on_the_phone(house, "一度だけ届く文"))
    wait_until(house.settled)
    assert sum("一度だけ届く文" in str(message) for message in house.shown()) == 1
    assert page.locator("#talk .staff").filter(has_text="一度だけ届く文").count() == 1


def test_a_lost_race_keeps_the_typed_text_on_the_page(house: House, new_page: NewPage) -> None:
    number = a_waiting_case(house)
    page = new_page()
    log_in(house, page, None, a_clerk(house, "山田"))
    a_clerk(house, "鈴木")
    page.goto(f"{house.url}/console/{CITY}/cases/{number}")
    page.get_by_role("button", name="受ける").click()
    page.get_by_label("住民に送る文").fill("書きかけの文")
    store = house.parts.store
    other = number_of(house, "鈴木")

    store.release_case(CITY, number, other, forced=True)
    store.take_case(CITY, number, other)
    expect(page.locator("#moved")).to_be_visible()
    expect(page.locator("#state")).to_contain_text("鈴木さんが話しています")
    page.get_by_role("button", name="送る").click()

    expect(page.locator("[data-sending]")).to_contain_text("鈴木さんが先に受けました。返事は送っていません。")
    expect(page.get_by_label("住民に送る文")).to_have_value("書きかけの文")


def test_the_faq_and_canned_answers_come_into_the_reply(house: House, new_page: NewPage) -> None:
    number = a_waiting_case(house)
    page = new_page()
    log_in(house, page, None, a_clerk(house, "山田"))
    case = house.parts.store.case(CITY, number)
    assert case is not None
    house.parts.store.put_canned(CITY, 0, "", "お礼", "{name}です。ありがとうございます。", 1)
    page.goto(f"{house.url}/console/{CITY}/cases/{number}")
    page.get_by_role("button", name="受ける").click()

    page.get_by_label("定型文").select_option(label="お礼（市全体）")
    page.get_by_role("button", name="返事に入れる").first.click()
    page.get_by_label("案内（FAQ）をさがして入れる").press_sequentially("住民票の写し")
    page.locator("#faq-hits a").first.click()

    text = page.get_by_label("住民に送る文").input_value()
    assert text.startswith("山田です。ありがとうございます。\n")
    assert "住民票" in text
    assert page.locator("input[name=entry]").first.input_value()
    expect(page.get_by_label("住民に送る文")).to_be_focused()


def test_without_a_free_stream_the_inbox_looks_by_itself_and_the_title_counts(
    sqlite_url: str, tmp_path: Path, demo_library: Library, new_page: NewPage
) -> None:
    with a_running_house(sqlite_url, tmp_path, demo_library, LIVE_STREAMS="0") as house:
        page = new_page()
        log_in(house, page, None, a_clerk(house, "山田"))
        expect(page.get_by_label("新しいことばを音で知らせる")).not_to_be_checked()
        page.get_by_label("新しいことばを音で知らせる").check()

        a_waiting_case(house)

        expect(page.locator(".case")).to_have_count(1, timeout=20_000)  # it looks every five seconds
        expect(page).to_have_title(re.compile(r"^\(1\) "))
        page.reload()
        expect(page.get_by_label("新しいことばを音で知らせる")).to_be_checked()
