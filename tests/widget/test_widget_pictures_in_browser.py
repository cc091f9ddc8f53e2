"""Sending a picture from the chat in a real browser: when the button is there, what arrives, and a cut network."""

from __future__ import annotations

import io
from collections.abc import Iterator

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from handlers.widget.sessions import resident_of
from store.records_messengers import Attachment
from tests.browser import PHONE, NewPage, overflows, violations
from tests.running import House, a_running_house, wait_until
from tests.web_city import a_web_library

BUTTON = "写真を送る"


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    library = a_web_library(tmp_path_factory.mktemp("cities"))
    folder = tmp_path_factory.mktemp("house")
    with a_running_house(f"sqlite:///{folder / 'store.db'}", folder, library) as running:
        yield running


def a_photo(width: int = 3000, height: int = 2000) -> dict[str, object]:
    """What a telephone makes: large, lying on its side, with a note of who made it."""
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = 6, "SECRET-CAMERA"
    out = io.BytesIO()
    Image.effect_noise((width, height), 60).convert("RGB").save(out, "JPEG", exif=exif)
    return {"name": "IMG_0001.JPG", "mimeType": "image/jpeg", "buffer": out.getvalue()}


def waiting_page(house: House, new_page: NewPage, **settings: object) -> Page:
    """The chat of a resident who has asked for a person."""
    page = new_page(**settings)
    page.goto(f"{house.url}/widget/test/frame")
    expect(page.get_by_role("button", name=BUTTON)).to_be_hidden()
    field = page.get_by_role("textbox", name="知りたいこと")
    for words in ("人に聞く", "窓口のことを相談したいです"):
        field.fill(words)
        field.press("Enter")
        expect(page.locator(".message.resident.sending")).to_have_count(0)
    expect(page.get_by_role("button", name=BUTTON)).to_be_visible()
    return page


def files(house: House, page: Page) -> list[Attachment]:
    session = page.evaluate("localStorage.getItem('madoguchi:test:session')")
    case = house.parts.store.open_case("test", resident_of(session))
    assert case is not None
    return house.parts.store.attachments("test", case.id)


def test_who_waits_sends_a_photo_which_arrives_upright_small_and_without_notes(house, new_page):
    page = waiting_page(house, new_page)

    with page.expect_file_chooser() as chosen:
        page.get_by_role("button", name=BUTTON).press("Enter")
    chosen.value.set_files(a_photo())

    expect(page.locator(".message.resident").last).to_contain_text("写真を送りました")
    expect(page.locator(".delivered").last).to_be_visible()
    expect(page.get_by_role("button", name=BUTTON)).to_be_focused()
    (file,) = files(house, page)
    assert (file.state, file.mime, file.width, file.height) == ("kept", "image/jpeg", 1365, 2048)
    content = house.parts.store.attachment("test", file.id)
    assert content is not None
    assert b"SECRET-CAMERA" not in content.data


def test_what_is_no_picture_is_refused_in_words(house, new_page):
    page = waiting_page(house, new_page)

    page.locator("#picture-file").set_input_files({"name": "x.jpg", "mimeType": "image/jpeg", "buffer": b"%PDF-1.7"})

    expect(page.get_by_role("alert").filter(has_text="送れるのは写真だけです")).to_be_visible()
    assert [file.reason for file in files(house, page)] == ["kind"]


def test_a_picture_that_the_network_lost_is_sent_again_and_arrives_once(house, new_page):
    page = waiting_page(house, new_page)
    page.route("**/attachments", lambda route: (route.fetch(), route.abort()))
    page.locator("#picture-file").set_input_files(a_photo(300, 200))
    again = page.get_by_role("button", name="もういちど送る")
    expect(again).to_be_visible()
    wait_until(lambda: len(files(house, page)) == 1)

    page.unroute("**/attachments")
    again.click()

    expect(page.locator(".delivered").last).to_be_visible()
    expect(page.get_by_role("alert").filter(has_text="送れませんでした")).to_have_count(0)
    assert [file.state for file in files(house, page)] == ["kept"]


def test_the_button_goes_when_the_talk_is_the_bot_s_again(house, new_page):
    page = waiting_page(house, new_page)

    field = page.get_by_role("textbox", name="知りたいこと")
    field.fill("やっぱりいい")
    field.press("Enter")

    expect(page.get_by_role("button", name=BUTTON)).to_be_hidden()


def test_the_page_with_the_button_is_accessible_and_fits_a_small_phone(house, new_page):
    page = waiting_page(house, new_page, viewport=PHONE)

    assert violations(page) == []
    assert not overflows(page)
    size = page.get_by_role("button", name=BUTTON).bounding_box()
    assert size is not None
    assert min(size["width"], size["height"]) >= 24
