"""The contact form in a real browser: phone and desk, keyboard alone, no script, nothing that axe finds wrong."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from playwright.sync_api import expect

from store import Store
from store.records_contacts import Contact
from tests.browser import DESK, PHONE, chromium, new_page, overflows, violations  # noqa: F401 - fixtures by name
from tests.builders import CITY_YAML
from tests.running import a_running_house
from tests.web_city import a_web_library

TABLET = {"width": 768, "height": 1024}


PUBLIC_URL = "https://madoguchi.example.jp"


@dataclass
class Home:
    url: str
    store: Store

    def address(self, name: str, language: str = "ja") -> str:
        """The page of a new form; `name` is a single letter."""
        self.store.offer_contact("test", name * 43, f"U{name}", "line", language, "市民課", "委任状はいりますか")
        return f"{self.url}/contact/test/{name * 43}"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    by_form_only = CITY_YAML.replace("place: 市役所1階}", "place: 市役所1階, handoff: {chat: いいえ}}")
    library = a_web_library(tmp_path_factory.mktemp("cities"), changes={"city.yaml": by_form_only})
    data = tmp_path_factory.mktemp("house")
    with a_running_house(f"sqlite:///{data / 'store.db'}", data, library, PUBLIC_URL=PUBLIC_URL) as house:
        yield Home(house.url, house.parts.store)


@pytest.mark.parametrize("viewport", [PHONE, TABLET, DESK], ids=["320 px", "768 px", "1280 px"])
def test_every_state_of_the_form_is_sound_and_fits(home, new_page, viewport):  # noqa: F811
    name = {320: "p", 768: "t", 1280: "d"}[viewport["width"]]
    form, answered = home.address(name), home.address(name.upper())
    sent = home.store.send_contact("test", name.upper() * 43, Contact("山田", "a@b.jp"), datetime.now(UTC))
    home.store.take_case("test", sent.case_id, 1)
    home.store.reply_case("test", sent.case_id, 1, "委任状は、いりません。", f"key-{name}")
    page = new_page(viewport=viewport, java_script_enabled=True)
    found = {}

    def look(state: str) -> None:
        assert page.title()
        assert page.locator("h1").count() == 1
        found[state] = violations(page) + (["overflow"] if overflows(page) else [])

    for language in ("ja", "easy", "en"):
        page.goto(f"{form}?lang={language}")
        look(f"form {language}")
        with page.expect_navigation():
            page.locator("form.fields button").click()
        look(f"mistakes {language}")
    page.goto(answered)
    look("answer")
    page.goto(f"{home.url}/contact/test/{'x' * 43}")
    look("nothing there")

    assert {state: faults for state, faults in found.items() if faults} == {}


def test_with_the_keyboard_and_without_a_script_a_question_is_sent_and_its_mistakes_are_found(home, new_page):  # noqa: F811
    page = new_page(java_script_enabled=False)
    page.goto(home.address("k"))

    page.get_by_label("聞きたいこと").focus()
    page.keyboard.press("Tab")
    page.keyboard.type("山田")
    page.keyboard.press("Tab")
    page.keyboard.type("hana@")
    page.keyboard.press("Enter")
    problem = page.get_by_role("alert").get_by_role("link", name="「メールアドレス」は")
    expect(problem).to_be_visible()
    problem.press("Enter")
    expect(page.get_by_label("メールアドレス")).to_be_focused()
    expect(page.get_by_label("お名前")).to_have_value("山田")
    page.get_by_label("メールアドレス").fill("hana@example.jp")
    page.get_by_label("同意します").press("Space")
    page.get_by_role("button", name="送る").press("Enter")

    expect(page.get_by_role("heading", level=1)).to_have_text("お預かりしました")
    reference = page.locator(".reference dd").inner_text()
    assert [form.contact.name for form in home.store.contact_by_reference("test", reference)] == ["山田"]


def test_the_answer_is_there_when_the_page_is_opened_again(home, new_page):  # noqa: F811
    page = new_page(viewport=PHONE)
    address = home.address("r")
    sent = home.store.send_contact("test", "r" * 43, Contact("山田", "a@b.jp"), datetime.now(UTC))
    page.goto(address)
    expect(page.get_by_role("heading", name="このあとのこと")).to_be_visible()

    home.store.take_case("test", sent.case_id, 1)
    home.store.reply_case("test", sent.case_id, 1, "委任状は、いりません。", "key-r")
    page.reload()

    expect(page.get_by_role("heading", level=1)).to_have_text("職員からのお返事")
    expect(page.get_by_text("委任状は、いりません。")).to_be_visible()


def test_in_the_chat_the_way_to_the_form_is_a_link_and_the_answer_comes_back_to_both(home, new_page):  # noqa: F811
    page = new_page()
    page.goto(f"{home.url}/widget/test/frame")
    page.get_by_role("textbox", name="知りたいこと").fill("引っ越してきたときの手続きを知りたい")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="人に聞く").last.click()
    link = page.get_by_role("link", name=f"{PUBLIC_URL}/contact/test/")
    expect(link).to_have_attribute("target", "_blank")
    address = link.get_attribute("href").removeprefix(PUBLIC_URL)

    form = new_page()
    form.goto(home.url + address)
    expect(form.get_by_label("聞きたいこと")).to_have_value("引っ越してきたときの手続きを知りたい")
    form.get_by_label("お名前").fill("山田")
    form.get_by_label("電話番号").fill("090-0000-0000")
    form.get_by_label("同意します").check()
    form.get_by_role("button", name="送る").click()
    expect(form.get_by_role("heading", level=1)).to_have_text("お預かりしました")
    reference = form.locator(".reference dd").inner_text()
    case = home.store.contact_by_reference("test", reference)[0].case_id
    home.store.take_case("test", case, 1)
    home.store.reply_case("test", case, 1, "14日以内にお出しください。", "key-w")
    form.reload()
    page.reload()

    expect(form.get_by_text("14日以内にお出しください。")).to_be_visible()
    expect(page.get_by_text("14日以内にお出しください。")).to_be_visible()
    expect(page.get_by_role("link", name=f"{PUBLIC_URL}/contact/test/")).to_have_count(0)
    with home.store._reading_engine.connect() as connection:
        kept = connection.exec_driver_sql("SELECT reply_text FROM turns").scalars().all()
    assert kept
    assert [words for words in kept if address.rpartition("/")[2] in words] == []
