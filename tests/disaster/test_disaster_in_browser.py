"""A bad day in a browser: from the big button to the resident's phone, by keyboard, and put right in two clicks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from faq.library import Library
from handlers.console.cookies import digest, new_token
from handlers.console.passwords import Passwords
from store.records_accounts import NewInvitation
from tests.browser import DESK, PHONE, NewPage, overflows, violations
from tests.console_site import PASSWORD
from tests.demo_city import the_demo_library
from tests.running import CITY, House, a_running_house, wait_until, words

TABLET = {"width": 768, "height": 1024}
_HASH = Passwords(memory_kib=8, rounds=1, lanes=1).hash(PASSWORD)


@pytest.fixture(scope="session")
def demo_library() -> Library:
    return the_demo_library()


@pytest.fixture
def house(sqlite_url: str, tmp_path: Path, demo_library: Library) -> Iterator[House]:
    with a_running_house(sqlite_url, tmp_path, demo_library, TOTP_ROLES="なし", JMA_FEED_URL="") as running:
        yield running


def the_console(house: House, page: Page) -> Page:
    store, token = house.parts.store, digest(new_token())
    store.invite(NewInvitation(CITY, "first", token, token[:12], 3600, "chief@city.example.jp", "管理", ()), "system")
    store.accept_invitation(CITY, token, "危機 花子", "chief@city.example.jp", _HASH)
    page.goto(f"{house.url}/console/{CITY}/login?next=/console/{CITY}/disaster")
    page.get_by_label("メールアドレス").fill("chief@city.example.jp")
    page.get_by_label("パスワード").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="災害", exact=True).wait_for()
    return page


def press(page: Page, words_of_it: str, most: int = 80) -> None:
    """Goes by Tab to the link, button or box of these words, and presses it."""
    for _ in range(most):
        page.keyboard.press("Tab")
        said = page.evaluate(
            "() => { const it = document.activeElement; return (it.labels?.[0] ?? it).innerText ?? '' }"
        )
        if words_of_it in said:
            if page.evaluate("document.activeElement.tagName") == "INPUT":
                page.keyboard.press("Space")
                return
            with page.expect_navigation():
                page.keyboard.press("Enter")
            return
    raise AssertionError(f"「{words_of_it}」 cannot be reached by Tab")


@pytest.mark.timeout(90)
def test_by_keyboard_to_the_residents_phone_and_put_right_in_two_clicks(house: House, new_page: NewPage) -> None:
    house.after(lambda: house.line.follow(CITY, house.resident))
    page = the_console(house, new_page())
    phone = new_page(viewport=PHONE)
    phone.goto(f"{house.parts.config.line_api_host}/phone/{CITY}")

    press(page, "避難指示")
    press(page, "北地区")
    press(page, "川の氾濫")
    press(page, "文を確かめる")
    expect(page.get_by_label("日本語の文", exact=True)).to_have_value(
        "北地区（北町・上彩野・桜台）に、警戒レベル4「避難指示」を出しました。\n大雨で、川の水があふれるおそれがあります。\n"
        "全員、すぐに危険な場所から避難してください。\n"
        "外に出るのが危ないときは、建物の高い階や、がけから離れた部屋へ移ってください。"
    )
    press(page, "出す")
    expect(page.get_by_role("status").first).to_contain_text("すべての送り先に出しました")
    wait_until(lambda: "避難指示" in words(house.shown()))
    expect(phone.get_by_text("北地区（北町・上彩野・桜台）に、警戒レベル4").first).to_be_visible()

    page.get_by_role("link", name=re.compile("訂正.*第1報")).click()
    page.get_by_role("button", name="訂正を出す").click()
    wait_until(lambda: "まちがいでした。取り消します。" in words(house.shown()))
    plain = new_page(viewport=PHONE, color_scheme="dark")
    plain.goto(f"{house.url}/disaster/{CITY}/")
    expect(plain.get_by_role("heading", name="【訂正】警戒レベル4 避難指示")).to_be_visible()
    assert "避難指示」を出しました" not in plain.content()
    assert not overflows(plain)
    assert violations(plain) == []


@pytest.mark.timeout(90)
def test_every_page_is_free_of_faults_and_fits_a_phone_in_a_drill_too(house: House, new_page: NewPage) -> None:
    page = the_console(house, new_page())
    page.get_by_role("button", name="訓練を始める").click()
    expect(page.get_by_role("status").last).to_contain_text("訓練中です")
    page.get_by_role("link", name="生活の支援").click()
    with page.expect_navigation():
        page.get_by_role("button", name="文を確かめる").click()
    found = {f"preview {size['width']}": fits(page, size) for size in (DESK, TABLET, PHONE)}
    found["preview axe"] = violations(page)
    page.get_by_role("button", name="【訓練】出す").click()

    notice = house.parts.store.notices(CITY, "disaster")[0].id
    pages = {
        "home": "disaster",
        "form": "disaster/new/evacuation-emergency",
        "places": "disaster/places?q=小学校",
        "correction": f"disaster/notice/{notice}/correction",
        "end": "disaster/end",
        "past": "disaster/past",
        "report": "disaster/past/1",
    }
    for name, path in pages.items():
        for size in (DESK, TABLET, PHONE):
            page.set_viewport_size(size)
            page.goto(f"{house.url}/console/{CITY}/{path}")
            found[f"{name} {size['width']}"] = ["too wide"] if overflows(page) else []
        found[f"{name} axe"] = violations(page)

    assert {name: wrong for name, wrong in found.items() if wrong} == {}


def fits(page: Page, size: dict[str, int]) -> list[str]:
    page.set_viewport_size(size)  # type: ignore[arg-type]
    return ["too wide"] if overflows(page) else []
