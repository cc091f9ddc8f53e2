"""Pictures from the widget: only while a person has the talk, made anew, within limits, once."""

from __future__ import annotations

import io
from datetime import UTC, datetime

import pytest
from flask import Flask, request
from PIL import Image

from handlers.widget.buckets import Buckets
from handlers.widget.sessions import new_session, resident_of
from handlers.widget.uploads import NotTaken, Uploads
from media import MAX_BYTES
from store.errors import OwnerChanged
from tests.messengers.desk_builders import ask_for_a_person
from tests.web_city import ALLOWED

NAME = "picture-number-0001"


def a_photo(kind="JPEG", size=(300, 200), **options) -> bytes:
    exif = Image.Exif()
    exif[0x010F] = "SECRET-CAMERA"
    out = io.BytesIO()
    Image.new("RGB", size, "green").save(out, kind, exif=exif, **options)
    return out.getvalue()


def a_form() -> dict[str, object]:
    """A picture of a new visitor."""
    return {"session": new_session(), "message_id": NAME, "picture": (io.BytesIO(a_photo()), "x.jpg")}


class Chat:
    """One resident's chat in the small city of the widget's tests."""

    def __init__(self, door) -> None:
        self.client, self.store, self.session = door.client, door.store, new_session()

    def waits(self):
        self.case = ask_for_a_person(self.store, resident_of(self.session), channel="widget")
        return self

    def sends(self, data=None, *, name="photo.jpg", mime="image/jpeg", headers=None, environ=None, **fields):
        form = {"session": self.session, "message_id": NAME, "language": "ja", **fields}
        picture = (io.BytesIO(a_photo() if data is None else data), name, mime)
        return self.client.post(
            "/widget/test/attachments", data={**form, "picture": picture}, headers=headers, environ_overrides=environ
        )

    @property
    def files(self):
        return self.store.attachments("test", self.case.id)


@pytest.fixture
def chat(quick_door) -> Chat:
    return Chat(quick_door)


@pytest.mark.parametrize("state", ["waiting", "staff"])
def test_whoever_has_the_talk_gets_the_picture_made_anew(chat, state):
    chat.waits()
    if state == "staff":
        chat.store.take_case("test", chat.case.id, 7)

    response = chat.sends(name="../../etc/passwd.svg", mime="image/svg+xml")

    assert response.status_code == 200
    assert response.get_json()["owner"] == {"state": state, "department": "市民課"}
    (file,) = chat.files
    assert (file.state, file.mime, file.width, file.height) == ("kept", "image/jpeg", 300, 200)
    assert b"SECRET-CAMERA" not in chat.store.attachment("test", file.id).data
    assert chat.store.case("test", chat.case.id).unread == 2  # the question, and the picture
    turn = chat.store.case_turns("test", chat.case.id)[-1]
    assert (turn.kind, turn.text, turn.event_id) == ("image", "", file.event_id)


def test_a_picture_of_a_megabyte_is_taken(chat):
    chat.waits()
    noise = io.BytesIO()
    Image.effect_noise((1500, 1000), 90).convert("RGB").save(noise, "JPEG", quality=90)

    response = chat.sends(noise.getvalue())

    assert len(noise.getvalue()) > 700_000
    assert response.status_code == 200


def test_the_same_picture_sent_again_is_kept_once(chat):
    chat.waits()

    first, again = chat.sends(), chat.sends()

    assert (first.status_code, again.status_code) == (200, 200)
    assert first.get_json()["id"] == again.get_json()["id"]
    assert len(chat.files) == 1


def test_the_page_that_is_opened_again_shows_that_there_was_a_picture(chat):
    chat.waits()
    chat.sends()

    told = chat.client.get("/widget/test/messages", query_string={"session": chat.session}).get_json()

    assert [message["text"] for message in told["messages"]][-1] == "（写真を送りました）"


def test_without_a_case_no_picture_is_even_opened(chat, monkeypatch):
    monkeypatch.setattr("handlers.widget.uploads.clean_picture", lambda _data: pytest.fail("it was opened"))

    response = chat.sends()

    assert response.status_code == 409
    assert "職員とのやりとりの間だけ" in response.get_json()["message"]


def test_after_the_case_was_closed_none_is_taken(chat):
    chat.waits()
    chat.store.take_case("test", chat.case.id, 7)
    chat.store.close_case("test", chat.case.id, 7, "済")

    assert chat.sends().status_code == 409


@pytest.mark.parametrize("session", ["", "short", "x" * 43, new_session()], ids=["none", "short", "long", "unknown"])
def test_who_has_no_session_of_ours_is_refused(chat, session):
    chat.waits()

    assert chat.sends(session=session).status_code == 409
    assert chat.files == []


@pytest.mark.parametrize(
    ("data", "words", "reason"),
    [
        (b"%PDF-1.7", "写真だけ", "kind"),
        (b"<svg onload='alert(1)'/>", "写真だけ", "kind"),
        (a_photo()[:200], "開けませんでした", "broken"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 40, "開けませんでした", "broken"),
    ],
    ids=["pdf", "svg", "half a photo", "no png"],
)
def test_what_is_no_picture_is_refused_kindly_and_staff_see_that_there_was_something(chat, data, words, reason):
    chat.waits()

    response = chat.sends(data)

    assert response.status_code == 422
    assert words in response.get_json()["message"]
    assert [(file.state, file.reason, file.size) for file in chat.files] == [("refused", reason, 0)]


def test_more_than_ten_megabytes_are_not_read(chat):
    chat.waits()

    response = chat.sends(b"\xff\xd8\xff" + b"\0" * (MAX_BYTES + 100_000))

    assert response.status_code == 413
    assert "大きすぎて" in response.get_json()["message"]
    assert chat.files == []


@pytest.mark.parametrize("fields", [{"message_id": ""}, {"message_id": "x y"}, {"message_id": "short"}])
def test_a_form_without_its_number_is_refused(chat, fields):
    chat.waits()

    assert chat.sends(**fields).status_code == 400


def test_a_form_with_too_many_parts_or_too_long_words_is_refused(chat):
    chat.waits()

    many = chat.sends(**{f"field{number}": "x" for number in range(20)})
    long = chat.sends(language="x" * 300_000)

    assert (many.status_code, long.status_code) == (413, 413)
    assert chat.files == []


def test_the_refusal_is_in_the_resident_s_language(chat):
    chat.waits()

    response = chat.sends(b"%PDF-1.7", language="en")

    assert response.get_json()["message"] == "Only pictures can be sent, no videos or documents."


def test_one_chat_cannot_flood_the_desk(chat):
    chat.waits()

    statuses = [chat.sends(message_id=f"{NAME}-{number}").status_code for number in range(10)]

    assert statuses == [200] * 6 + [429] * 4
    assert len(chat.files) == 6
    assert int(chat.sends().headers["Retry-After"]) >= 1


def test_an_address_cannot_flood_the_city_with_new_chats(quick_door):
    limited = Uploads(quick_door.store, lambda: datetime.now(UTC), addresses=Buckets(burst=1, per_second=0.1))
    refusals = []

    for _ in range(2):
        with Flask("upload").test_request_context(method="POST", data=a_form()):
            with pytest.raises(NotTaken) as refused:
                limited.take("test", request)
            refusals.append(refused.value.status)

    assert refusals == [409, 429]


@pytest.mark.parametrize(("origin", "status"), [(ALLOWED, 200), ("https://elsewhere.example.com", 403)])
def test_only_pages_of_the_city_may_send(chat, origin, status):
    chat.waits()

    response = chat.sends(headers={"Origin": origin})

    assert response.status_code == status
    assert (response.headers.get("Access-Control-Allow-Origin") == ALLOWED) is (status == 200)


def test_a_talk_that_changes_hands_while_the_picture_arrives_keeps_it_all_the_same(chat, monkeypatch):
    chat.waits()
    record, tries = chat.store.record, []

    def taken_in_between(outcome, *rest):
        tries.append(outcome)
        if len(tries) == 1:
            chat.store.take_case("test", chat.case.id, 7)
        return record(outcome, *rest)

    monkeypatch.setattr(chat.store, "record", taken_in_between)

    response = chat.sends()

    assert response.get_json()["owner"]["state"] == "staff"
    assert len(tries) == 2
    assert [file.state for file in chat.files] == ["kept"]


def test_a_talk_that_never_rests_is_given_back_to_the_resident_to_try_again(chat, monkeypatch):
    chat.waits()

    def never(*_rest):
        raise OwnerChanged

    monkeypatch.setattr(chat.store, "record", never)

    response = chat.sends()

    assert response.status_code == 503
    assert response.headers["Retry-After"]


@pytest.mark.parametrize("length", [0, 100, 700])
def test_a_form_that_is_shorter_than_it_says_keeps_no_half_of_a_picture(chat, length):
    """Whatever the header says: what was read of the picture is whole, or it is refused."""
    chat.waits()

    response = chat.sends(environ={"CONTENT_LENGTH": str(length)})

    assert response.status_code in (400, 409, 413, 422)
    assert not [file for file in chat.files if file.state == "kept"]
