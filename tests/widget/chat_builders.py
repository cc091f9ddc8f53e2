"""A running house, the pages of others around its chat, and what a resident does in it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import FrameLocator, Page, expect

from handlers.widget.sessions import resident_of
from store.records import Turn
from tests.browser import a_foreign_site
from tests.running import House, a_running_house
from tests.web_city import a_web_library

QUESTION = "引っ越してきたときの手続きを知りたい"
MESSAGES = "**/widget/test/messages"


class World:
    """A running house, a page of the city that may embed the chat, and a page of somebody else that may not."""

    def __init__(self, house: House, allowed: str, refused: str) -> None:
        self.house, self.allowed, self.refused = house, allowed, refused

    def turns(self, page: Page) -> list[Turn]:
        """What the store has of the resident who sits at this page."""
        session = chat_frame(page).evaluate("localStorage.getItem('madoguchi:test:session')")
        return self.house.parts.store.turns("test", resident_of(session), 20) if session else []


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    home: dict[str, str] = {}

    def city_page() -> str:
        return (
            '<!doctype html><html lang="ja"><meta charset="utf-8"><title>試験市</title>'
            '<meta name="viewport" content="width=device-width">'
            "<style>button { all: unset; color: red; font-size: 60px } iframe { display: none }</style>"
            f'<script src="{home["url"]}/widget/test.js" defer></script>'
            '<main><h1>試験市</h1><p><a href="#x">ごみの出し方</a></p></main></html>'
        )

    data: Path = tmp_path_factory.mktemp("house")
    with a_foreign_site(city_page) as allowed, a_foreign_site(city_page) as refused:
        library = a_web_library(tmp_path_factory.mktemp("cities"), origins=(allowed,))
        with a_running_house(f"sqlite:///{data / 'store.db'}", data, library) as house:
            home["url"] = house.url
            yield World(house, allowed, refused)


def opened(page: Page, world: World, where: str = "") -> FrameLocator:
    """Opens the chat with the button on the city's page."""
    page.goto(where or world.allowed)
    page.get_by_role("button", name="質問する").click()
    chat = page.frame_locator("#madoguchi-widget iframe")
    expect(box(chat)).to_be_focused()
    return chat


def chat_frame(page: Page) -> Any:
    return next(frame for frame in page.frames if frame.url.endswith("/widget/test/frame"))


def box(chat: FrameLocator | Page) -> Any:
    return chat.get_by_role("textbox", name="知りたいこと")


def ask(chat: FrameLocator | Page, text: str) -> None:
    box(chat).fill(text)
    box(chat).press("Enter")
