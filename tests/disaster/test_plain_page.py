"""The plain page: whole, small, without script, written in one step, and served when nothing else is there."""

from __future__ import annotations

import re
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from config import Config
from disaster_pages import BY_HAND, DisasterPages, exchange
from faq.library import Library
from faq.place_states import KnownPlaces, PlaceState
from faq.places import Shelter
from handlers.public.disaster import disaster_blueprint
from notify.plain_page import FILES, MAX_BYTES, PageContent, PageNotice, plain_page
from store import Store, open_store
from store.places_state import PlaceChange
from store.records_notices import Audience, NewNotice
from tests.builders import a_city
from tests.console_site import a_config
from tests.databases import Clock
from tests.disaster.conftest import Bad
from tests.html import read_page, words

NOW = datetime(2026, 9, 21, 5, 5, tzinfo=UTC)
TEXTS = {"ja": "第1報 14時05分\n\n避難してください。", "easy": "逃(に)げて ください。", "en": "Evacuate."}


def content(**changes: object) -> PageContent:
    notice = PageNotice("警戒レベル4 避難指示", TEXTS, NOW)
    return replace(PageContent(a_city(), NOW, (notice,)), **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("language", "said"), [("ja", "避難してください。"), ("easy", "逃(に)げて ください。"), ("en", "Evacuate.")]
)
def test_it_needs_nothing_but_itself_in_each_language(language, said) -> None:
    page = plain_page(content(), language)

    assert said in page
    for heavy in ("<script", "<img", "<link rel=stylesheet", "@import", "url(", "<iframe", 'http-equiv="refresh'):
        assert heavy not in page
    assert "default-src 'none'" in page
    assert 'href="tel:119"' in page
    assert len(page.encode()) < 6_000


def test_it_stays_small_however_much_there_is_to_say() -> None:
    """The oldest notices give way, then the list of shelters; phones and the newest notice never do."""
    many = tuple(PageNotice(f"知らせ{n}", {"ja": "あ" * 1000}, NOW - timedelta(minutes=n)) for n in range(30))
    shelters = tuple(Shelter(f"s{n}", f"避難所{n}", 36.0, 139.5, address="試験市中央一丁目") for n in range(200))
    states = {s.id: PlaceState(s.id, "open", NOW, note="体育館だけ") for s in shelters}

    page = plain_page(content(notices=many, shelters=shelters, places=KnownPlaces(states, NOW)), "ja")

    assert len(page.encode()) <= MAX_BYTES
    assert "ほかの知らせは、市のホームページにあります" in page
    assert "048-000-0000" in page


def test_the_newest_notice_stays_when_there_are_very_many_shelters() -> None:
    shelters = tuple(Shelter(f"s{n}", f"避難所{n}", 36.0, 139.5, address="試験市中央一丁目") for n in range(500))
    states = {s.id: PlaceState(s.id, "open", NOW) for s in shelters}

    page = plain_page(content(shelters=shelters, places=KnownPlaces(states, NOW)), "ja")

    assert len(page.encode()) <= MAX_BYTES
    assert "避難してください。" in page
    assert "<li><strong>避難所" in page
    assert "か所。LINE かチャットに「避難所」と町の名前を送ると" in page


def test_words_of_staff_are_words_and_no_html() -> None:
    nasty = PageNotice("<b>題", {"ja": '<script>alert("x")</script>'}, NOW)

    page = plain_page(content(notices=(nasty,), by_hand="<i>手"), "ja")

    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page
    assert "&lt;i&gt;手" in page


def the_pages(store: Store, library: Library, clock: Clock, tmp_path) -> DisasterPages:
    return DisasterPages(tmp_path / "data", library.get, store, clock)


def put(store: Store, title: str = "警戒レベル4 避難指示", **more: object) -> int:
    new = NewNotice(
        "test", "disaster", "bosai", title, TEXTS, Audience(everyone=True), ("line", "page"), source="feed", **more
    )  # type: ignore[arg-type]
    return store.issue_notice("test", store.put_notice(new, 0).id, 0).id


def test_what_a_telegram_made_is_on_the_page_and_nothing_is_written_without_need(
    store: Store, shelter_library: Library, clock: Clock, tmp_path
) -> None:
    pages = the_pages(store, shelter_library, clock, tmp_path)
    assert pages.write("test")
    clock.forward(60)
    assert not pages.write("test")

    put(store)

    assert pages.write("test")
    index = tmp_path / "data" / "disaster" / "test" / "index.html"
    assert "避難してください。" in index.read_text(encoding="utf-8")
    assert index.stat().st_mode & 0o004, "another web server may read it"
    assert [path.name for path in index.parent.iterdir() if path.name.startswith(".")] == []


def test_of_several_processes_each_writes_what_the_file_does_not_tell_yet_and_no_more(
    store: Store, shelter_library: Library, clock: Clock, tmp_path
) -> None:
    first, second = (the_pages(store, shelter_library, clock, tmp_path) for _ in range(2))
    states = [PlaceChange("school", status) for status in ("open", "full", "open")]  # type: ignore[arg-type]

    wrote = []
    for state, writer in zip(states, (first, second, first), strict=True):
        store.set_places("test", [state], 1)
        clock.forward(1)
        wrote.append((writer.write("test"), first.write("test"), second.write("test")))

    assert wrote == [(True, False, False)] * 3
    page = words(read_page((tmp_path / "data" / "disaster" / "test" / "index.html").read_text("utf-8")))
    assert "開いている避難所試験市立中央小学校" in page


def test_an_operator_writes_on_top_without_a_database(
    store: Store, shelter_library: Library, clock: Clock, tmp_path
) -> None:
    pages = the_pages(store, shelter_library, clock, tmp_path)
    pages.write("test")
    (tmp_path / "data" / "disaster" / "test" / BY_HAND).write_text("市役所は停電中です。", encoding="utf-8")

    assert pages.write("test")

    assert "市役所は停電中です。" in (tmp_path / "data" / "disaster" / "test" / "index.html").read_text("utf-8")


def test_on_top_of_what_was_known_an_operator_writes_while_the_database_is_away(
    database_url: str, shelter_library: Library, clock: Clock, tmp_path
) -> None:
    store = open_store(database_url, clock=clock)
    pages = the_pages(store, shelter_library, clock, tmp_path)
    put(store)
    pages.write("test")
    store.close()  # every question is refused from here on
    folder = tmp_path / "data" / "disaster" / "test"
    assert not pages.write("test")

    (folder / BY_HAND).write_text("防災無線を聞いてください。", encoding="utf-8")

    assert pages.write("test")
    page = (folder / "index.html").read_text("utf-8")
    assert "防災無線を聞いてください。" in page
    assert "避難してください。" in page


def test_a_reader_never_sees_half_a_page(tmp_path) -> None:
    path, texts = tmp_path / "index.html", ["あ" * 20_000, "い" * 20_000]
    exchange(path, texts[0])
    stop, seen = threading.Event(), set()

    def read() -> None:
        while not stop.is_set():
            seen.add(path.read_text(encoding="utf-8"))

    reader = threading.Thread(target=read)
    reader.start()
    for n in range(100):
        exchange(path, texts[n % 2])
    stop.set()
    reader.join()

    assert seen <= set(texts)


def served(library: Library, config: Config) -> Flask:
    app = Flask("plain", static_folder=None)
    app.register_blueprint(disaster_blueprint(library, config))
    return app


def test_the_door_hands_out_the_file_and_asks_no_database(shelter_library: Library, tmp_path) -> None:
    config = a_config(tmp_path)
    for language in FILES:
        exchange(config.data_dir / "disaster" / "test" / FILES[language], plain_page(content(), language))
    client = served(shelter_library, config).test_client()

    first = client.get("/disaster/test/")
    again = client.get("/disaster/test/", headers={"If-None-Match": first.headers["ETag"]})

    assert "避難してください。" in first.text
    assert re.search(r"style-src 'sha256-", first.headers["Content-Security-Policy"])
    assert (again.status_code, again.data) == (304, b"")
    assert "Evacuate." in client.get("/disaster/test/en/").text
    assert "逃(に)げて" in client.get("/disaster/test/easy/").text
    for path in ("/disaster/nowhere/", "/disaster/test/zz/", "/disaster/../test/", "/disaster/test/drill/"):
        assert client.get(path).status_code == 404


def test_before_anything_was_written_the_page_has_the_phone_numbers(shelter_library: Library, tmp_path) -> None:
    page = served(shelter_library, a_config(tmp_path)).test_client().get("/disaster/test/")

    assert page.status_code == 200
    assert "いま出している知らせはありません" in words(read_page(page.text))
    assert "048-000-0000" in page.text


def test_a_page_that_cannot_be_written_stops_nobody(day: Bad, chief, caplog) -> None:
    (day.folder / "data").mkdir(exist_ok=True)
    (day.folder / "data" / "disaster").write_text("a file where the folder should be", encoding="utf-8")

    notice = day.issues(chief)

    assert notice.number
    assert "the disaster page cannot be written" in caplog.text
