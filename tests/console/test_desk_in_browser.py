"""The desk in a real browser, with the whole service behind it: residents on a phone and on a city's page."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pyotp
import pytest
from playwright.sync_api import FrameLocator, Page, Route, expect

from faq.library import Library
from handlers.console.cookies import digest, new_token
from handlers.console.invitations import first_colleague, make_link
from handlers.console.passwords import Passwords
from store.records_accounts import InvitationKind, NewInvitation
from tests.browser import DESK, PHONE, NewPage, overflows, violations
from tests.console_site import PASSWORD
from tests.demo_city import the_demo_library
from tests.running import CITY, House, a_running_house, wait_until

TABLET = {"width": 768, "height": 1024}
QUESTION = "粗大ごみを出したいのですが、手すりの持ち込みはできますか"


@pytest.fixture(scope="session")
def demo_library() -> Library:
    return the_demo_library()


@pytest.fixture
def house(sqlite_url: str, tmp_path: Path, demo_library: Library) -> Iterator[House]:
    with a_running_house(sqlite_url, tmp_path, demo_library, TOTP_ROLES="管理") as running:
        yield running


def first_account(house: House, page: Page) -> pyotp.TOTP:
    """Opens the one-time link, makes the account, and sets up the second factor that it needs."""
    page.goto(make_link(house.parts.store, house.url, first_colleague(CITY), "system"))
    page.get_by_label("名前").fill("佐藤 管理")
    page.get_by_label("メールアドレス").fill("sato@city.example.jp")
    for box in page.locator("input[type=password]").all():
        box.fill(PASSWORD)
    page.get_by_role("button", name="登録する").click()
    page.goto(f"{house.url}/console/{CITY}/inbox")
    codes = pyotp.TOTP(page.locator("code").first.inner_text().replace(" ", ""))
    page.get_by_label("いまのパスワード").fill(PASSWORD)
    page.get_by_label("アプリに出た6けたの番号").fill(codes.at(int(time.time())))
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="二段階の確認を始めました").wait_for()
    page.get_by_role("button", name="ログアウト").click()
    return codes


def log_in(house: House, page: Page, codes: pyotp.TOTP | None, email: str = "sato@city.example.jp") -> None:
    page.goto(f"{house.url}/console/{CITY}/login")
    page.get_by_label("メールアドレス").fill(email)
    page.get_by_label("パスワード").fill(PASSWORD)
    page.keyboard.press("Enter")
    if codes is not None:
        # A code counts once: the telephone's next one is good half a minute before its time.
        page.locator("#code").fill(codes.at(int(time.time()) + 30))
        page.keyboard.press("Enter")
    page.get_by_role("heading", name="受付箱").wait_for()


def a_clerk(house: House, name: str) -> str:
    """Somebody of every department, who needs no code; their mail address. A city's first account is a 管理."""
    store = house.parts.store
    if not store.has_staff(CITY):
        _hired(house, "管理", "first", "boss@city.example.jp")
    return _hired(house, name, "invite", f"clerk{len(store.staff_list(CITY))}@city.example.jp")


def _hired(house: House, name: str, kind: InvitationKind, email: str) -> str:
    store, token = house.parts.store, digest(new_token())
    departments = tuple(one.name for one in house.parts.library.get(CITY).city.departments)
    store.invite(NewInvitation(CITY, kind, token, token[:12], 3600, email, "担当", departments), "system")
    quick = Passwords(memory_kib=8, rounds=1, lanes=1).hash(PASSWORD)
    store.accept_invitation(CITY, token, name, email, quick)
    return email


def number_of(house: House, name: str) -> int:
    return next(person.id for person in house.parts.store.staff_list(CITY) if person.name == name)


def asks_on_the_phone(house: House) -> None:
    """Types a question and asks for a person, whatever the hour."""
    house.type(QUESTION)
    house.type("人に聞く")
    if house.parts.store.open_case(CITY, house.resident.user_id) is None:
        house.type("わからない")
    wait_until(lambda: house.parts.store.open_case(CITY, house.resident.user_id) is not None)


def on_the_phone(house: House, words: str) -> Callable[[], bool]:
    return lambda: any(words in str(message) for message in house.shown())


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


def a_waiting_case(house: House) -> int:
    asks_on_the_phone(house)
    case = house.parts.store.open_case(CITY, house.resident.user_id)
    assert case is not None
    return case.id


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
    cut = threading.Event()

    def arrives_but_no_answer_comes_back(route: Route) -> None:
        if cut.is_set():
            route.continue_()
            return
        cut.set()
        route.fetch(max_redirects=0)
        route.abort("connectionreset")

    page.route("**/reply", arrives_but_no_answer_comes_back)
    page.get_by_label("住民に送る文").fill("一度だけ届く文")
    page.get_by_role("button", name="送る").click()
    expect(page.locator("[data-sending]")).to_contain_text("送れたか分かりません")
    expect(page.get_by_label("住民に送る文")).to_have_value("一度だけ届く文")

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
    assert "住民票" in page.get_by_label("住民に送る文").input_value()
    page.get_by_role("button", name="送る", exact=True).click()
    expect(page.locator("#talk .staff")).to_contain_text("住民票")
    page.get_by_text("終わりにする").first.click()
    page.get_by_label("理由", exact=True).select_option("faq")
    page.get_by_role("button", name="終わりにする").click()

    case = house.parts.store.case(CITY, number)
    assert case is not None
    assert case.status == "closed"
