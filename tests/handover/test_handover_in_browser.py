"""The chat in a real browser while the talk changes hands: who is there, what has arrived, and what came meanwhile."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from faq.library import Library
from store.records_cases import CaseView
from tests.browser import PHONE, NewPage, chromium, new_page, overflows, violations  # noqa: F401 - fixtures
from tests.handover.handover_builders import SATO, Desk
from tests.running import CITY, House, a_running_house


@pytest.fixture
def house(sqlite_url: str, tmp_path: Path, demo_library: Library) -> Iterator[House]:
    """On one engine: what the engines do with a talk is tested elsewhere."""
    with a_running_house(sqlite_url, tmp_path, demo_library) as running:
        yield running


def ask(page: Page, text: str) -> None:
    box = page.get_by_role("textbox", name="知りたいこと")
    box.fill(text)
    box.press("Enter")


def waits_for_a_person(page: Page, house: House) -> CaseView:
    page.goto(f"{house.url}/widget/{CITY}/frame")
    ask(page, "まいなんばー無くした")
    expect(page.locator(".message.city")).to_have_count(2)
    ask(page, "人に聞く")
    expect(page.locator("#owner")).to_have_text("市民課の担当者をお待ちいただいています。")
    [case] = house.parts.store.cases(CITY)
    return case


def test_the_page_shows_who_is_there_until_the_bot_is_back(house: House, new_page: NewPage) -> None:  # noqa: F811
    page, counter = new_page(viewport=PHONE), Desk(house.parts.library, house.parts.store)
    case = waits_for_a_person(page, house)
    owner, said = page.locator("#owner"), page.locator(".message")

    counter.take(case, SATO)
    expect(said.last).to_contain_text("おつなぎしました")
    expect(owner).to_contain_text("市民課の担当者とお話し中です")
    ask(page, "再発行したいです")
    expect(page.locator(".delivered")).to_have_text("届きました")
    house.parts.store.reply_case(CITY, case.id, SATO, "市民課の窓口へどうぞ。", "k1")
    expect(page.locator(".message.staff .speaker")).to_have_text("市民課の担当者")
    expect(page.locator(".message.staff")).to_contain_text("市民課の窓口へどうぞ。")

    assert violations(page) == []
    assert not overflows(page)

    taken = house.parts.store.case(CITY, case.id)
    assert taken is not None
    counter.close(taken, SATO, "answered")
    expect(said.last).to_contain_text("自動の案内がお答えします")
    expect(owner).to_be_hidden()
    ask(page, "ありがとう")
    expect(said.last).to_contain_text("どういたしまして")
    expect(page.locator(".message.staff")).to_have_count(1)


def test_a_page_opened_again_shows_what_staff_wrote_meanwhile_and_goes_on(
    house: House,
    new_page: NewPage,  # noqa: F811
) -> None:
    page = new_page()
    case = waits_for_a_person(page, house)
    page.goto("about:blank")
    house.parts.store.take_case(CITY, case.id, SATO)
    house.parts.store.reply_case(CITY, case.id, SATO, "市民課の佐藤です。", "k1")

    page.goto(f"{house.url}/widget/{CITY}/frame")

    staff = page.locator(".message.staff")
    expect(staff).to_contain_text("市民課の佐藤です。")
    expect(page.locator("#owner")).to_contain_text("お話し中です")
    house.parts.store.reply_case(CITY, case.id, SATO, "いつ来られますか。", "k2")
    expect(staff).to_have_count(2)
    ask(page, "おわり")
    expect(page.locator("#owner")).to_be_hidden()


def test_words_of_staff_that_came_while_the_network_was_cut_arrive_once(
    house: House,
    new_page: NewPage,  # noqa: F811
) -> None:
    page = new_page()
    case = waits_for_a_person(page, house)
    house.parts.store.take_case(CITY, case.id, SATO)
    house.parts.store.reply_case(CITY, case.id, SATO, "一つ目", "k1")
    expect(page.locator(".message.staff")).to_have_count(1)

    page.context.set_offline(True)
    house.parts.store.reply_case(CITY, case.id, SATO, "二つ目", "k2")
    page.context.set_offline(False)
    house.parts.store.reply_case(CITY, case.id, SATO, "三つ目", "k3")

    expect(page.locator(".message.staff .bubble")).to_have_text(["一つ目", "二つ目", "三つ目"])


def test_without_a_free_stream_the_page_looks_by_itself_and_shows_each_word_once(
    sqlite_url: str,
    tmp_path: Path,
    demo_library: Library,
    new_page: NewPage,  # noqa: F811
) -> None:
    with a_running_house(sqlite_url, tmp_path, demo_library, LIVE_STREAMS="0") as house:
        page, counter = new_page(), Desk(house.parts.library, house.parts.store)
        streams: list[int] = []
        page.on("response", lambda answer: streams.append(answer.status) if "/stream" in answer.url else None)
        case = waits_for_a_person(page, house)
        counter.take(case, SATO)
        house.parts.store.reply_case(CITY, case.id, SATO, "市民課の佐藤です。", "k1")

        staff = page.locator(".message.staff .bubble")
        expect(staff).to_have_text(["市民課の佐藤です。"], timeout=15_000)  # it looks every five seconds
        expect(page.locator("#owner")).to_contain_text("お話し中です")
        house.parts.store.reply_case(CITY, case.id, SATO, "いつ来られますか。", "k2")
        expect(staff).to_have_text(["市民課の佐藤です。", "いつ来られますか。"], timeout=15_000)
        taken = house.parts.store.case(CITY, case.id)
        assert taken is not None
        counter.close(taken, SATO, "answered")
        expect(page.locator("#owner")).to_be_hidden(timeout=15_000)
        expect(page.locator(".message").last).to_contain_text("自動の案内がお答えします")

    assert set(streams) == {503}
