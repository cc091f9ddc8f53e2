"""One press in the console: the greeting, the line above the chat and the menu on the phone change."""

from __future__ import annotations

import json
import urllib.request
from pathlib import Path

from playwright.sync_api import Page, expect

from faq.library import Library
from handlers.console.cookies import digest, new_token
from handlers.console.passwords import Passwords
from store.records_accounts import NewInvitation
from tests.browser import PHONE, NewPage, overflows, violations
from tests.console_site import PASSWORD
from tests.running import CITY, ROOT, House, a_running_house, wait_until, words

_QUICK = Passwords(memory_kib=8, rounds=1, lanes=1).hash(PASSWORD)


def the_boss(house: House, page: Page) -> Page:
    """The first member of staff, logged in and on the page of the mode."""
    token, email = digest(new_token()), "boss@city.example.jp"
    house.parts.store.invite(NewInvitation(CITY, "first", token, token[:12], 3600, email, "管理", ()), "system")
    house.parts.store.accept_invitation(CITY, token, "山田", email, _QUICK)
    page.goto(f"{house.url}/console/{CITY}/login?next=/console/{CITY}/mode")
    page.get_by_label("メールアドレス").fill(email)
    page.get_by_label("パスワード").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="モード", exact=True)).to_be_visible()
    return page


def lines_above_the_chat(house: House) -> list[str]:
    with urllib.request.urlopen(f"{house.url}/widget/{CITY}/banner", timeout=5) as answer:
        return [line["text"] for line in json.load(answer)["lines"]]


def menu_on_the_phone(house: House) -> str:
    menu = house.line.rich_menus.shown(CITY, house.resident.user_id)
    return "" if menu is None else str(menu["name"])


def test_a_press_changes_what_residents_meet_and_another_brings_it_back(
    sqlite_url: str, tmp_path: Path, new_page: NewPage
) -> None:
    houses: list[House] = []
    library = Library.of_folder(
        ROOT / "cities",
        modes=lambda: {city: now.mode for one in houses for city, now in one.parts.store.modes().items()},
    )
    library.check_now()
    with a_running_house(sqlite_url, tmp_path, library, TOTP_ROLES="なし") as house:
        houses.append(house)
        wait_until(lambda: "normal" in menu_on_the_phone(house))
        page = the_boss(house, new_page(viewport=PHONE))
        assert violations(page) == []
        assert not overflows(page)

        page.get_by_role("button", name="「災害」にする").click()
        expect(page.get_by_text("モードを「災害」にしました。")).to_be_visible()
        library.check_now()

        assert "災害に対応しています。" in words(house.type("こんにちは"))
        assert lines_above_the_chat(house)[0].startswith("災害に対応しています。")
        wait_until(lambda: "disaster" in menu_on_the_phone(house))

        page.get_by_role("button", name="「平常」にする").click()
        expect(page.get_by_text("モードを「平常」にしました。")).to_be_visible()
        library.check_now()

        assert "災害に対応しています。" not in words(house.type("こんにちは"))
        assert lines_above_the_chat(house) == []
        wait_until(lambda: "normal" in menu_on_the_phone(house))
