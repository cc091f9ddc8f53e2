"""A notice from the form to the phone: composed by one, approved by another, sent once to those who wished for it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from faq.library import Library
from handlers.console.cookies import digest, new_token
from handlers.console.passwords import Passwords
from store.records_accounts import InvitationKind, NewInvitation, Role
from store.records_notices import Audience, NewNotice
from tests.browser import DESK, PHONE, NewPage, overflows, violations
from tests.console_site import PASSWORD
from tests.demo_city import the_demo_library
from tests.running import CITY, House, a_running_house, wait_until, words

TABLET = {"width": 768, "height": 1024}
_QUICK = Passwords(memory_kib=8, rounds=1, lanes=1).hash(PASSWORD)


@pytest.fixture(scope="session")
def demo_library() -> Library:
    return the_demo_library()


@pytest.fixture
def house(sqlite_url: str, tmp_path: Path, demo_library: Library) -> Iterator[House]:
    with a_running_house(sqlite_url, tmp_path, demo_library, TOTP_ROLES="なし") as running:
        yield running


def hired(house: House, role: Role, name: str, kind: InvitationKind = "invite") -> str:
    store, token, email = house.parts.store, digest(new_token()), f"{role}-{kind}@city.example.jp"
    email = {"管理": "boss@city.example.jp", "編集": "writer@city.example.jp"}.get(role, email)
    store.invite(NewInvitation(CITY, kind, token, token[:12], 3600, email, role, ()), "system")
    store.accept_invitation(CITY, token, name, email, _QUICK)
    return email


def logged_in(house: House, page: Page, email: str) -> Page:
    page.goto(f"{house.url}/console/{CITY}/login?next=/console/{CITY}/notices")
    page.get_by_label("メールアドレス").fill(email)
    page.get_by_label("パスワード").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="お知らせ").wait_for()
    return page


def compose(house: House, page: Page, title: str = "粗大ごみの受付がかわります") -> None:
    page.get_by_role("link", name="新しく書く").click()
    page.get_by_label("見出し（日本語）").fill(title)
    page.get_by_label("本文（日本語）").fill("12月から、受付は平日だけになります。")
    page.get_by_label("本文（やさしい日本語）").fill("12月(がつ)から、土曜日(どようび)は 休(やす)みです。")
    page.get_by_label("くわしいページ").fill("https://www.city.saino.example.jp/sodai")
    page.get_by_label("分野").select_option(label="ごみ・資源")


def test_a_notice_is_composed_approved_by_another_and_seen_on_the_phone(house: House, new_page: NewPage) -> None:
    boss_mail, writer_mail = hired(house, "管理", "佐藤 管理", "first"), hired(house, "編集", "鈴木 編集")
    house.type("お知らせの設定")
    house.type("1")
    house.type("ごみ・資源")
    writer, boss = logged_in(house, new_page(), writer_mail), logged_in(house, new_page(), boss_mail)

    compose(house, writer)
    expect(writer.locator("#count")).to_contain_text("いま LINE で届く人は 1 人です。")
    expect(writer.locator("#count .warn")).to_contain_text("とても少ない人数です")
    writer.get_by_role("button", name="下書きを残して、確かめる").click()
    expect(writer.locator(".bubble").first).to_contain_text("受付は平日だけになります。")
    expect(writer.locator(".replies").first.get_by_role("listitem")).to_have_text(
        ["お知らせの設定", "この分野を止める"]
    )
    tried = words(house.type(writer.locator("code.try").inner_text()))
    writer.get_by_role("button", name="承認を頼む").click()
    expect(writer.get_by_text("承認待ち", exact=True)).to_be_visible()
    expect(writer.get_by_role("button", name="承認して送る")).to_have_count(0)
    boss.reload()
    boss.get_by_role("link", name="粗大ごみの受付がかわります").click()
    boss.get_by_role("button", name="承認して送る").click()

    wait_until(lambda: any(one.method == "multicast" for one in house.line.deliveries))
    expect(boss.locator("#said")).to_have_text("送りました")
    expect(boss.get_by_role("row", name="LINE が受け付けた")).to_contain_text("1")
    resident = house.resident.user_id
    assert "【試し】" in tried
    assert "受付は平日だけになります。" in tried
    sent = [one for one in house.line.deliveries if one.method == "multicast"]
    told = [one for one in sent if "受付は平日だけ" in words(list(one.messages))]
    assert [resident in one.to for one in told] == [True]
    assert violations(boss) == []
    boss.set_viewport_size(PHONE)
    assert not overflows(boss)


def test_every_page_of_notices_is_free_of_faults_and_fits_a_phone(house: House, new_page: NewPage) -> None:
    boss_mail = hired(house, "管理", "佐藤 管理", "first")
    page = logged_in(house, new_page(), boss_mail)
    compose(house, page)
    page.get_by_role("button", name="下書きを残して、確かめる").click()
    page.get_by_role("heading", name="LINE での見え方").wait_for()
    draft = page.url

    found = {}
    for name, path in {"list": f"{house.url}/console/{CITY}/notices", "form": f"{draft}/edit", "notice": draft}.items():
        for size in (DESK, TABLET, PHONE):
            page.set_viewport_size(size)
            page.goto(path)
            found[f"{name} {size['width']}"] = overflows(page)
        found[f"{name} axe"] = violations(page)

    assert {name: wrong for name, wrong in found.items() if wrong} == {}


def test_everybody_can_read_it_on_its_page_and_above_the_chat(house: House, new_page: NewPage) -> None:
    texts = {
        "ja": "12月から平日だけです。\n■電話　048-000-1205",
        "easy": "12月(がつ)から です。",
        "en": "Weekdays only.",
    }
    audience, channels = Audience(topics=("gomi",)), ("page", "widget", "feed")
    new = NewNotice(
        CITY, "news", "gomi", "粗大ごみの受付がかわります", texts, audience, channels, link="https://example.jp/"
    )
    store = house.parts.store
    store.issue_notice(CITY, store.put_notice(new, 1).id, 0)
    chat, reader = new_page(viewport=PHONE), new_page(viewport=PHONE)

    chat.goto(f"{house.url}/widget/{CITY}/frame")
    told = chat.locator("#banner").get_by_role("link", name="粗大ごみの受付がかわります")
    expect(told).to_be_visible()
    reader.goto(f"{house.url}/notices/{CITY}/")
    listed = violations(reader)
    reader.get_by_role("link", name="粗大ごみの受付がかわります").click()
    expect(reader.get_by_role("heading", name="粗大ごみの受付がかわります")).to_be_visible()

    assert told.get_attribute("href") == f"/notices/{CITY}/1"
    assert (listed, violations(reader), violations(chat)) == ([], [], [])
    assert not overflows(reader)
    assert not overflows(chat)


def test_by_keyboard_alone_a_notice_is_written(house: House, new_page: NewPage) -> None:
    boss_mail = hired(house, "管理", "佐藤 管理", "first")
    page = logged_in(house, new_page(), boss_mail)
    page.goto(f"{house.url}/console/{CITY}/notices/new")

    tab_to(page, "title")
    page.keyboard.type("図書館の休み")
    tab_to(page, "text-ja")
    page.keyboard.type("25日は休みます。")
    tab_to(page, "topic")
    page.keyboard.press("ArrowDown")
    tab_to(page, "下書きを残して、確かめる")
    page.keyboard.press("Enter")

    expect(page.get_by_text("下書きを残しました")).to_be_visible()
    [kept] = house.parts.store.notices(CITY)
    assert (kept.title, kept.texts["ja"], kept.topic) == ("図書館の休み", "25日は休みます。", "bosai")


def tab_to(page: Page, wanted: str, most: int = 80) -> None:
    """Presses Tab until the field of this name, or the button of these words, has the keyboard."""
    for _ in range(most):
        page.keyboard.press("Tab")
        here: str = page.evaluate("document.activeElement.id || document.activeElement.textContent.trim()")
        if here == wanted:
            return
    raise AssertionError(f"no way to {wanted} by Tab")
