"""Residents on LINE see the menu of their city's mode: drawn by us, made once, switched by its alias."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace

import pytest
from PIL import Image

from clients.errors import ClientError
from clients.line.richmenu import LineRichMenus
from emulator import LinePlatform, serve
from errands.menu_picture import HEADING, HEIGHT, MAX_BYTES, WIDTH, Button, Menu, definition, picture
from errands.rich_menus import ALIAS, RichMenus, menu_of
from faq.knowledge import Knowledge
from store import Store
from store.modes import MODES, Mode
from tests.databases import Clock
from tests.demo_city import the_demo_knowledge

CITY, TOKEN = "demo", "token-of-the-test"


@pytest.fixture(scope="module")
def demo() -> Knowledge:
    return the_demo_knowledge()


class Phone:
    """LINE in a box, with one resident, and what processes of ours do to the menus."""

    def __init__(self, platform: LinePlatform, url: str, store: Store, clock: Clock, demo: Knowledge) -> None:
        self.platform, self.url, self.store, self.clock, self.demo = platform, url, store, clock, demo
        self.resident = platform.add_resident(CITY, "佐藤ハナ")

    def process(self, name: str = "a") -> RichMenus:
        line = LineRichMenus(TOKEN, self.url, self.url)
        return RichMenus(self.store, lambda _city: self.demo, {CITY: line}, name, self.clock)

    def switch(self, mode: Mode) -> None:
        self.clock.forward(1)
        self.store.change_mode(self.store.mode(CITY), mode, who="staff:1", by=1)

    def shows(self) -> str:
        menu = self.platform.rich_menus.shown(CITY, self.resident.user_id)
        return "" if menu is None else str(menu["name"]).split()[1]

    @property
    def menus(self) -> int:
        return len(self.platform.rich_menus.of(CITY).menus)


@pytest.fixture
def phone(store: Store, clock: Clock, demo: Knowledge) -> Iterator[Phone]:
    platform = LinePlatform()
    with serve(platform) as emulator:
        platform.add_channel(CITY, TOKEN, "secret", "http://127.0.0.1:1/")
        yield Phone(platform, emulator.url, store, clock, demo)


def test_a_switch_changes_the_menu_on_every_phone_without_a_new_upload(phone: Phone) -> None:
    process = phone.process()
    shown = []
    for mode in MODES:
        phone.switch(mode)
        process.show_once()
        shown.append(phone.shows())

    mine = phone.platform.rich_menus.of(CITY)
    assert shown == list(MODES)
    assert phone.menus == len(MODES)
    assert mine.aliases == {ALIAS: mine.default}


def test_one_of_several_processes_does_it_once(phone: Phone) -> None:
    processes = [phone.process(name) for name in ("a", "b", "c")]

    done = [process.show_once() for process in processes for _ in range(2)]

    assert sum(done) == 1
    assert phone.menus == len(MODES)


def test_after_a_restart_nothing_is_made_again(phone: Phone) -> None:
    phone.process("before").show_once()
    made = set(phone.platform.rich_menus.of(CITY).menus)

    phone.process("after").show_once()

    assert set(phone.platform.rich_menus.of(CITY).menus) == made


def test_when_line_fails_it_is_tried_again_when_the_lease_ends(phone: Phone, demo: Knowledge, clock: Clock) -> None:
    away = LineRichMenus(TOKEN, "http://127.0.0.1:1", "http://127.0.0.1:1")
    failing = RichMenus(phone.store, lambda _city: demo, {CITY: away}, "failing", clock)
    assert failing.show_once() == 0

    assert phone.process().show_once() == 0  # still the first one's turn
    clock.forward(61)

    assert phone.process().show_once() == 1
    assert phone.shows() == "normal"


def test_a_menu_that_somebody_deleted_at_line_is_made_again(phone: Phone) -> None:
    process = phone.process()
    process.show_once()
    phone.platform.rich_menus.delete(CITY, phone.store.rich_menus(CITY)["disaster"].menu)

    phone.switch("disaster")
    process.show_once()

    assert phone.shows() == "disaster"
    assert phone.menus == len(MODES)


def test_another_wording_is_another_menu_and_the_old_one_goes(phone: Phone, demo: Knowledge) -> None:
    line = LineRichMenus(TOKEN, phone.url, phone.url)
    process = phone.process()
    process.show_once()
    old = phone.store.rich_menus(CITY)["normal"].menu

    renamed = replace(demo, city=demo.city.model_copy(update={"name": "彩乃市"}))

    RichMenus(phone.store, lambda _city: renamed, {CITY: line}, "b", phone.clock).show_once()

    assert old not in phone.platform.rich_menus.of(CITY).menus
    assert phone.menus == len(MODES)


def test_a_city_that_did_not_ask_for_our_menus_keeps_its_own(phone: Phone, demo: Knowledge) -> None:
    assert demo.alerts is not None
    own = replace(demo, alerts=demo.alerts.model_copy(update={"rich_menu": False}))
    line = LineRichMenus(TOKEN, phone.url, phone.url)

    RichMenus(phone.store, lambda _city: own, {CITY: line}, "a", phone.clock).show_once()

    assert phone.menus == 0


def test_a_wrong_token_is_an_error_that_an_operator_mends(phone: Phone) -> None:
    with pytest.raises(ClientError) as refused:
        LineRichMenus("wrong", phone.url, phone.url).show("richmenu-x")

    assert (refused.value.status, refused.value.permanent) == (401, False)


def test_the_mode_stands_on_the_menu_in_words_with_what_it_pins(demo: Knowledge) -> None:
    menu = menu_of(demo, "disaster")

    assert menu.heading == "彩野市　災害対応中"
    assert [button.label for button in menu.buttons][:3] == ["避難所", "警戒レベル", "停電・断水"]
    assert "人に聞く" in [button.label for button in menu.buttons]


@pytest.mark.parametrize("mode", MODES)
def test_every_picture_is_within_lines_limits_and_has_ink_in_every_button(demo: Knowledge, mode: Mode) -> None:
    menu = menu_of(demo, mode)

    data = picture(menu)

    image = Image.open(io.BytesIO(data)).convert("L")
    assert len(data) <= MAX_BYTES
    assert image.size == (WIDTH, HEIGHT)
    assert WIDTH / HEIGHT >= 1.45
    for area in definition(menu)["areas"]:
        box = area["bounds"]
        middle = (box["x"] + 40, box["y"] + 40, box["x"] + box["width"] - 40, box["y"] + box["height"] - 40)
        darkest, _ = image.crop(middle).getextrema()
        assert isinstance(darkest, (int, float))
        assert darkest < 80
    assert image.crop((0, 0, WIDTH, HEADING)).getextrema()[1] == 255


def test_a_long_label_stays_inside_its_button() -> None:
    long = Button("とても長い見出しなので何行にもわたって書かれるはずのボタンの文", "長い")
    menu = Menu("alert", "試験市", (long, long, long, long, long, long))

    image = Image.open(io.BytesIO(picture(menu))).convert("L")

    between = image.crop((WIDTH // 3 - 10, HEADING + 40, WIDTH // 3 + 10, HEIGHT - 40))
    assert between.getextrema()[0] > 150


def test_a_menu_whose_picture_line_refuses_is_not_left_behind(phone: Phone, demo: Knowledge) -> None:
    line = LineRichMenus(TOKEN, phone.url, phone.url)

    with pytest.raises(ClientError):
        line.create(definition(menu_of(demo, "normal")), b"no picture")

    assert phone.menus == 0
