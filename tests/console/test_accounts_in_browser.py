"""The pages of accounts in a real browser: with the keyboard, on a phone, without scripts, and as axe sees them."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator

import pyotp
import pytest
from playwright.sync_api import Page, expect
from werkzeug.serving import make_server

from handlers.console.invitations import first_colleague, make_link
from tests.browser import PHONE, NewPage, overflows, violations
from tests.console_site import PASSWORD, ConsoleSite
from tests.desk_site import Desk

TABLET = {"width": 768, "height": 1024}


@pytest.fixture
def address(site: ConsoleSite) -> Iterator[str]:
    """The console on a free port of this machine."""
    server = make_server("127.0.0.1", 0, site.app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join(5)


def log_in(page: Page, address: str, email: str) -> None:
    page.goto(f"{address}/console/test/login")
    page.get_by_label("メールアドレス").fill(email)
    page.get_by_label("パスワード").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.get_by_role("button", name="ログアウト").wait_for()


def focused(page: Page) -> str:
    told: str = page.evaluate("document.activeElement.id || document.activeElement.textContent.trim()")
    return told


def test_from_the_first_link_to_a_login_with_a_code_by_keyboard_alone(
    site: ConsoleSite, address: str, new_page: NewPage
) -> None:
    page = new_page()
    page.goto(make_link(site.store, address, first_colleague("test"), "system"))
    page.keyboard.press("Tab")
    assert focused(page) == "本文へ進む"
    page.get_by_label("名前").focus()
    for words in ("佐藤ハナ", "sato@city.example.jp", PASSWORD, PASSWORD):
        page.keyboard.type(words)
        page.keyboard.press("Tab")
    assert focused(page) == "登録する"
    page.keyboard.press("Enter")
    page.get_by_text("佐藤ハナさん、ようこそ").wait_for()

    page.goto(f"{address}/console/test/account/totp")
    phone = pyotp.TOTP(page.locator("code").inner_text().replace(" ", ""))
    page.get_by_label("いまのパスワード").fill(PASSWORD)
    page.get_by_label("アプリに出た6けたの番号").fill(phone.at(int(site.clock())))
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="二段階の確認を始めました").wait_for()
    assert page.locator(".codes li").count() == 10
    page.get_by_role("button", name="ログアウト").press("Enter")
    page.get_by_text("ログアウトしました").wait_for()

    site.clock.forward(60)
    page.get_by_label("メールアドレス").fill("sato@city.example.jp")
    page.get_by_label("パスワード").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="確認の番号").wait_for()
    expect(page.locator("#code")).to_be_focused()
    page.keyboard.type(phone.at(int(site.clock())))
    page.keyboard.press("Enter")

    page.get_by_role("button", name="ログアウト").wait_for()
    assert "佐藤ハナ" in page.locator("header").inner_text()


def test_a_colleague_is_invited_without_any_script(site: ConsoleSite, address: str, new_page: NewPage) -> None:
    admin = site.hire("管理")
    page = new_page(java_script_enabled=False)
    log_in(page, address, admin.email)
    page.goto(f"{address}/console/test/staff")
    page.get_by_role("textbox", name="メールアドレス").fill("suzuki@city.example.jp")
    page.get_by_label(re.compile("^ ?担当")).check()
    page.get_by_role("checkbox", name="市民課").check()
    page.get_by_role("button", name="招待のリンクを作る").click()
    link = page.get_by_label("リンク", exact=True).input_value().replace("http://localhost", address)

    newcomer = new_page(java_script_enabled=False)
    newcomer.goto(link)
    newcomer.get_by_label("名前").fill("鈴木")
    newcomer.get_by_label("パスワード", exact=True).fill(PASSWORD)
    newcomer.get_by_label("もういちど同じパスワード").fill(PASSWORD)
    newcomer.get_by_role("button", name="登録する").click()

    expect(newcomer.get_by_text("鈴木さん、ようこそ")).to_be_visible()


def test_a_link_is_copied_with_one_press(site: ConsoleSite, address: str, new_page: NewPage) -> None:
    admin = site.hire("管理")
    page = new_page(permissions=["clipboard-read", "clipboard-write"])
    log_in(page, address, admin.email)
    page.goto(f"{address}/console/test/staff")
    page.get_by_role("textbox", name="メールアドレス").fill("suzuki@city.example.jp")
    page.get_by_label(re.compile("^ ?編集")).check()
    page.get_by_role("button", name="招待のリンクを作る").click()

    page.get_by_role("button", name="コピーする").click()
    page.get_by_text("コピーしました").wait_for()

    assert page.evaluate("navigator.clipboard.readText()") == page.get_by_label("リンク", exact=True).input_value()


@pytest.mark.parametrize("viewport", [PHONE, TABLET, None], ids=["320", "768", "1280"])
def test_pages_fit_and_axe_finds_nothing(
    site: ConsoleSite, address: str, new_page: NewPage, viewport: dict[str, int] | None
) -> None:
    admin = site.hire(
        "管理", name="長い名前の佐藤・ハナコ・エリザベス", email="a-very-long-address.of.somebody@city.example.jp"
    )
    person = site.hire("担当", departments=("市民課", "ごみ減量課"))
    site.store.audit("test", f"staff:{admin.id}", "case.taken", "case:" + "1" * 60, {"課": "市民課"})
    page = new_page(**({"viewport": viewport} if viewport else {}))
    found: dict[str, list[str]] = {}

    def look(path: str) -> None:
        page.goto(f"{address}{path}")
        examine(path)

    def examine(name: str) -> None:
        wrong = violations(page) + (["wider than the screen"] if overflows(page) else [])
        if wrong:
            found[name] = wrong

    look("/console/")
    look("/console/test/login")
    page.get_by_label("メールアドレス").fill("x@x.jp")
    page.get_by_label("パスワード").fill("ちがうパスワード")
    page.keyboard.press("Enter")
    page.get_by_role("alert").wait_for()
    examine("a refused login")
    look(make_link(site.store, "", first_colleague("other"), "system"))
    log_in(page, address, admin.email)
    case = Desk(site).asks("引っ越しのことで聞きたいです" * 9)
    desk_pages = (f"/cases/{case.id}", f"/cases/{case.id}/erase", "/inbox")
    for path in ("/account", "/account/totp", "/staff", f"/staff/{person.id}", "/audit", "/staff/999", *desk_pages):
        look(f"/console/test{path}")

    assert found == {}
