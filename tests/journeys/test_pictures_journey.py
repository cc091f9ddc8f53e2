"""A resident who waits shows a picture on LINE: staff see it, staff were told by mail, and nothing else comes along."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from tests.mailbox import mailbox  # noqa: F401 - pytest finds fixtures by their names here
from tests.running import CITY, a_running_house, wait_until, words

WORDS = "まいなんばー無くした"


@pytest.fixture
def telling_house(database_url, tmp_path, demo_library, mailbox):  # noqa: F811
    told = {"SMTP_URL": mailbox.url, "MAIL_FROM": "madoguchi@city.saino.example.jp"}
    with a_running_house(database_url, tmp_path, demo_library, **told) as running:
        yield running


def a_photo(**changes) -> bytes:
    exif = Image.Exif()
    exif[0x010F] = "SECRET-CAMERA"
    out = io.BytesIO()
    Image.new("RGB", (3000, 2000), "green").save(out, "JPEG", exif=exif, **changes)
    return out.getvalue()


def waits(house):
    """The resident's case, after they have asked for a person."""
    house.type(WORDS)
    house.press("人に聞く")
    case = house.parts.store.open_case(CITY, house.resident.user_id)
    assert case is not None
    return case


def files(house, case):
    return house.parts.store.attachments(CITY, case.id)


def test_staff_are_told_by_mail_within_five_seconds_and_see_the_picture(telling_house, mailbox):  # noqa: F811
    house = telling_house
    case = waits(house)
    wait_until(lambda: mailbox.mails, 5)
    assert mailbox.receivers == ["shimin@city.saino.example.jp"]
    assert WORDS not in str(mailbox.mails[0]["Subject"]) + mailbox.mails[0].get_content()

    house.line.content.preparing = 1
    house.line.send_image(CITY, house.resident, a_photo())

    wait_until(lambda: [file.state for file in files(house, case)] == ["kept"])
    (file,) = files(house, case)
    kept = house.parts.store.attachment(CITY, file.id)
    assert (file.width, file.height, file.mime) == (2048, 1365, "image/jpeg")
    assert b"SECRET-CAMERA" not in kept.data
    assert Image.open(io.BytesIO(kept.data)).size == (2048, 1365)
    assert len(mailbox.mails) == 1


def test_only_pictures_are_taken_and_the_resident_hears_it(house):
    case = waits(house)
    line, resident = house.line, house.resident

    at_once = house.after(lambda: line.send_file(CITY, resident, "申請書.pdf", b"%PDF-1.7"))
    line.send_image(CITY, resident, b"<svg onload='alert(1)'/>")
    wait_until(lambda: len(files(house, case)) == 2 and all(file.state == "refused" for file in files(house, case)))
    wait_until(lambda: words(house.shown()).count("写真だけです") == 2)

    assert "写真だけです" in words(at_once)
    assert {(file.kind, file.reason) for file in files(house, case)} == {("file", "kind"), ("image", "kind")}


def test_while_staff_have_the_talk_a_picture_is_for_them_alone(house):
    case = waits(house)
    house.parts.store.take_case(CITY, case.id, 7)
    said = len(house.shown())

    house.line.send_image(CITY, house.resident, a_photo())
    wait_until(lambda: [file.state for file in files(house, case)] == ["kept"])
    house.line.send_audio(CITY, house.resident, b"0000")
    wait_until(lambda: len(house.shown()) > said)

    assert "写真だけです" in words(house.shown()[said:])
    assert len(house.shown()) == said + 1


def test_a_picture_for_the_bot_is_not_fetched_at_all(house):
    fetched = []
    house.line.content.get = lambda *asked: fetched.append(asked)

    answer = house.after(lambda: house.line.send_image(CITY, house.resident, a_photo()))

    assert "写真の中身を見られません" in words(answer)
    assert house.parts.store.claim_attachments("test", 5, 60) == []
    assert fetched == []


def test_a_picture_that_is_taken_back_is_gone(house):
    case = waits(house)
    sent = house.line.send_image(CITY, house.resident, a_photo())
    wait_until(lambda: [file.state for file in files(house, case)] == ["kept"])

    house.line.unsend(CITY, house.resident, sent.message_id)

    wait_until(lambda: files(house, case) == [])
