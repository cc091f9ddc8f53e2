"""A picture in the form of a notice: written anew, described in words, shown before it goes out, and never a trick."""

from __future__ import annotations

import html
import io
import re
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image

from bot.messages import Inquiry
from errands.previews import Previews
from handlers.public.front import register_front
from handlers.public.notice_pages import notice_blueprint
from media import MAX_BYTES
from notify.preview_code import preview_words
from store.records_notices import NoticeView
from tests.console.hall_builders import FILLED
from tests.console_site import ConsoleSite, Visitor
from tests.html import read_page
from tests.security.tricky_pictures import MARKER, NO_PICTURES, a_picture, png_of, with_exif

ALT = "通れない道の地図"
JPEG_TAIL = b"\xff\xd9"


@pytest.fixture
def author(hall: ConsoleSite) -> Visitor:
    return hall.as_role("編集", city="other")


@pytest.fixture
def reader(hall: ConsoleSite) -> FlaskClient:
    """The city's public pages beside the console."""
    app = Flask("public", static_folder=None)
    now = lambda: datetime.fromtimestamp(hall.clock(), UTC)  # noqa: E731
    app.register_blueprint(notice_blueprint(hall.library, hall.store, hall.config, now))
    register_front(app, hall.library, hall.config)
    return app.test_client()


def sent(author: Visitor, data: bytes, name: str = "map.jpg", mime: str = "image/jpeg", **changes: Any) -> Any:
    author.get("/notices/new")
    form = {**FILLED, "picture-alt": ALT, **changes, "picture-file": (io.BytesIO(data), name, mime)}
    return author.post("/notices", form, content_type="multipart/form-data")


def made(hall: ConsoleSite, answer: Any) -> NoticeView:
    assert answer.status_code == 303, answer.text
    found = hall.store.notice("other", int(answer.location.rpartition("/")[2]))
    assert found is not None
    return found


def key_of(notice: NoticeView) -> str:
    return notice.picture.rpartition("/")[2]


def on_https(hall: ConsoleSite, notice: NoticeView) -> NoticeView:
    """As it were with a PUBLIC_URL that LINE can open."""
    safe = f"https://madoguchi.example.jp{path_of(notice)}"
    return hall.store.change_notice("other", notice.id, notice.version, 1, picture=safe)


def path_of(notice: NoticeView) -> str:
    return "/" + notice.picture.split("/", 3)[3]


def test_a_photo_is_written_anew_without_its_place_and_shown_before_it_goes_out(hall, author, reader):
    notice = made(hall, sent(author, with_exif(6)))

    kept = hall.store.notice_picture("other", key_of(notice))
    assert kept is not None
    assert notice.picture.startswith("http://localhost/notices/other/picture/")
    for data in (kept.data, kept.small):
        assert MARKER not in data
        assert not Image.open(io.BytesIO(data)).getexif()
    assert (kept.width, kept.height) == (48, 64), "upright"
    for page in (f"/notices/{notice.id}", f"/notices/{notice.id}/edit", "/notices/new"):
        assert "LINE には写真を送れません" in author.get(page).text, page
    on_https(hall, notice)
    page = author.get(f"/notices/{notice.id}").text
    shown = read_page(page).find(".//img[@class='sent-picture']")
    assert shown is not None
    assert shown.get("alt") == ALT
    assert f"写真・絵：{ALT}" in page
    small = author.get(shown.get("src", ""))
    assert (small.status_code, small.data) == (200, kept.small)
    assert small.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in small.headers["Content-Security-Policy"]


def test_everybody_sees_it_on_the_page_and_in_the_feeds_with_its_words(hall, author, reader):
    alt = 'ここは "通れない" <道>'
    notice = made(hall, sent(author, a_picture("PNG"), **{"picture-alt": alt, "channels": ["line", "page", "feed"]}))
    path = path_of(notice)
    assert reader.get(path).status_code == 200, "its writer may try it on a phone"
    hall.store.issue_notice("other", notice.id, 0)

    image = read_page(reader.get(f"/notices/other/{notice.id}").text).find(".//img[@class='notice-picture']")
    assert image is not None
    assert (image.get("alt"), image.get("src"), image.get("width")) == (alt, path, "64")
    whole, small = reader.get(path), reader.get(f"{path}/small")
    assert (whole.status_code, whole.content_type, small.content_type) == (200, "image/png", "image/jpeg")
    assert len(small.data) < 1_000_000
    assert whole.headers["Cache-Control"] == "public, max-age=60"
    for feed in ("rss.xml", "atom.xml"):
        text = html.unescape(reader.get(f"/notices/other/{feed}").text)
        assert f"写真・絵：{alt}" in text
        assert notice.picture in text
        assert f'"{len(whole.data)}"' in text

    hall.store.stop_notice("other", notice.id, 1)
    assert [reader.get(one).status_code for one in (path, f"{path}/small")] == [404, 404]
    assert notice.picture not in reader.get("/notices/other/rss.xml").text


def test_after_a_correction_the_wrong_page_shows_no_picture(hall, author, reader):
    wrong = made(hall, sent(author, a_picture()))
    hall.store.issue_notice("other", wrong.id, 0)
    hall.store.plan_due_notices(hall.store.notice("other", wrong.id).issued_at)
    form = author.get(f"/notices/new?original={wrong.id}").text
    assert ALT not in form, "the words are taken over, the picture is not"
    author.post("/notices", {**FILLED, "original": str(wrong.id)})
    hall.store.issue_notice("other", wrong.id + 1, 0)

    assert "notice-picture" not in reader.get(f"/notices/other/{wrong.id}").text
    assert reader.get(path_of(wrong)).status_code == 404


@pytest.mark.parametrize("kind", sorted(NO_PICTURES))
def test_what_only_calls_itself_a_picture_is_refused_and_nothing_of_it_is_kept(hall, author, kind):
    answer = sent(author, NO_PICTURES[kind])

    assert answer.status_code == 422
    assert "この写真は使えません" in answer.text
    assert FILLED["title"] in answer.text, "what was typed is still there"
    assert hall.store.notices("other") == []


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (a_picture()[:200], "この写真を読めません"),
        (png_of(60_000, 60_000), "この写真は大きすぎます"),
        (a_picture() + b"\0" * MAX_BYTES, "この写真は大きすぎます"),
    ],
)
def test_broken_and_exploding_pictures_are_refused(hall, author, data, said):
    answer = sent(author, data)

    assert answer.status_code == 422
    assert said in answer.text
    assert hall.store.notices("other") == []


def test_a_second_file_behind_the_picture_is_left_behind(hall, author, reader):
    notice = made(hall, sent(author, a_picture() + b"<script>" + MARKER + b"</script>", name="../../evil.html"))

    answer = reader.get(path_of(notice))
    assert MARKER not in answer.data
    assert (answer.content_type, answer.headers["Content-Disposition"]) == ("image/jpeg", "inline")
    assert answer.data.endswith(JPEG_TAIL)


def test_a_form_that_never_ends_is_not_read(author):
    answer = sent(author, b"\xff\xd8\xff" + b"\0" * (MAX_BYTES + 600_000))

    assert answer.status_code == 413


def test_without_words_for_it_no_picture_goes_out_and_it_is_not_lost(hall, author):
    answer = sent(author, a_picture(), **{"picture-alt": " "})
    assert answer.status_code == 422
    assert "何が写っているかを" in answer.text
    address = re.search(r'name="picture" value="([^"]+)"', answer.text)
    assert address, "the picture waits in the form"

    again = author.post("/notices", {**FILLED, "picture": address[1], "picture-alt": ALT})

    assert (made(hall, again).picture, made(hall, again).picture_alt) == (address[1], ALT)


def test_a_draft_keeps_changes_and_drops_its_picture(hall, author):
    notice = made(hall, sent(author, a_picture()))

    def changed(**more: Any) -> NoticeView:
        now = hall.store.notice("other", notice.id)
        form = {**FILLED, "version": str(now.version), "picture": now.picture, "picture-alt": now.picture_alt, **more}
        assert author.post(f"/notices/{notice.id}", form, content_type="multipart/form-data").status_code == 303
        return hall.store.notice("other", notice.id)

    assert changed(title="べつの見出し").picture == notice.picture
    other = changed(**{"picture-file": (io.BytesIO(a_picture("PNG")), "a.png")})
    assert other.picture not in ("", notice.picture)
    none = changed(**{"picture-none": "yes"})
    assert (none.picture, none.picture_alt) == ("", "")


def test_no_form_can_name_an_address_of_elsewhere_or_another_citys_picture(hall, author):
    theirs = hall.as_role("編集", city="test")
    theirs.get("/notices/new")
    form = {**FILLED, "picture-alt": ALT, "picture-file": (io.BytesIO(a_picture()), "a.jpg")}
    theirs.post("/notices", form, content_type="multipart/form-data")
    strange = hall.store.notices("test")[0].picture
    author.get("/notices/new")

    for address in (strange, "https://evil.example.com/a.png", "javascript:alert(1)", "x" * 5_000):
        answer = author.post("/notices", {**FILLED, "picture": address, "picture-alt": ALT})
        assert made(hall, answer).picture == ""


def test_only_who_writes_notices_may_bring_a_picture(hall):
    clerk = hall.as_role("担当", city="other")
    clerk.get("/notices")
    form = {**FILLED, "picture-alt": ALT, "picture-file": (io.BytesIO(a_picture()), "a.jpg")}

    assert clerk.post("/notices", form, content_type="multipart/form-data").status_code == 403
    assert hall.store.notices("other") == []


def test_staff_of_another_city_do_not_see_it(hall, author):
    key = key_of(made(hall, sent(author, a_picture())))

    assert author.get(f"/notices/picture/{key}").status_code == 200
    assert hall.as_role("管理", city="test").get(f"/notices/picture/{key}").status_code == 404


def test_on_the_writers_own_phone_the_picture_comes_once_however_many_languages(hall, author):
    notice = on_https(hall, made(hall, sent(author, a_picture())))
    previews = Previews(hall.store, hall.library.get, {"other": "secret"})
    words = preview_words("secret", "other", notice.id, notice.version)
    inquiry = Inquiry("other", "U1", "line", "text", "e1", notice.created_at, words)

    messages = previews.messages(inquiry)

    assert [message["type"] for message in messages] == ["text", "flex", "flex", "image"]
