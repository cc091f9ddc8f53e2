"""People at the desk's pages in a browser, and residents who ask for them on the phone and in the chat."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pyotp
import pytest
from playwright.sync_api import Page

from faq.library import Library
from handlers.console.cookies import digest, new_token
from handlers.console.invitations import first_colleague, make_link
from handlers.console.passwords import Passwords
from store.records_accounts import InvitationKind, NewInvitation
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


def a_waiting_case(house: House) -> int:
    asks_on_the_phone(house)
    case = house.parts.store.open_case(CITY, house.resident.user_id)
    assert case is not None
    return case.id
