"""A resident's picture in the console: for those who may see its case, and as nothing but a picture."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from media import clean_picture
from store.records import Outcome, Turn
from store.records_messengers import KeptPicture, SentFile


def picture() -> KeptPicture:
    out = io.BytesIO()
    Image.new("RGB", (40, 30), "red").save(out, "JPEG")
    made = clean_picture(out.getvalue())
    return KeptPicture(made.data, made.mime, made.width, made.height)


def shows(desk, case, file=None, event="e-picture"):
    """The resident shows something to the case; the file as the store has it."""
    desk.site.clock.forward(1)
    sent = file or SentFile("image", "kept", picture=picture())
    turn = Turn(case.city, case.resident, "line", event, desk.now, sent.kind, message_id=f"m-{event}", decision="staff")
    desk.store.record(Outcome(turn=turn, owner=desk.case(case).owner, file=sent))
    return next(one for one in desk.store.attachments(case.city, case.id) if one.event_id == event)


def address(case, file, city="test"):
    return f"/console/{city}/cases/{case.id}/attachments/{file.id}"


def test_staff_of_the_department_see_the_picture_and_it_is_nothing_else(desk):
    case = desk.asks()
    file = shows(desk, case)
    person, browser = desk.staff()

    page = browser.get(f"/cases/{case.id}")
    response = browser.get(address(case, file))

    assert f'<img src="{address(case, file)}"' in page.text
    assert response.data == picture().data
    assert response.mimetype == "image/jpeg"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Content-Disposition"] == f'inline; filename="{case.id}-{file.id[:8]}.jpg"'
    assert response.headers["Cache-Control"] == "private, no-store"
    rules = [rule.strip() for rule in response.headers["Content-Security-Policy"].split(";")]
    assert {"sandbox", "default-src 'none'", "frame-ancestors 'none'"} <= set(rules)
    assert not any("script" in rule or "allow" in rule for rule in rules)
    looked = [entry for entry in desk.store.audit_all("test") if entry.action == "attachment.view"]
    assert [(entry.who, entry.record) for entry in looked] == [(f"staff:{person.id}", f"case:{case.id}")]


@pytest.mark.parametrize("who", ["another department", "another city", "nobody"])
def test_others_do_not(desk, who):
    case = desk.asks()
    file = shows(desk, case)
    if who == "nobody":
        browser = desk.site.visitor()
    elif who == "another city":
        browser = desk.site.visitor("other")
    else:
        _, browser = desk.staff("担当", "ごみ減量課")

    response = browser.get(address(case, file))

    assert response.status_code in (302, 404)
    assert b"\xff\xd8" not in response.data


def test_a_picture_is_not_found_under_another_case(desk):
    mine, theirs = desk.asks(), desk.asks(department="ごみ減量課")
    file = shows(desk, theirs)
    _, browser = desk.staff()

    assert browser.get(address(mine, file)).status_code == 404
    assert browser.get(address(theirs, file)).status_code == 404


@pytest.mark.parametrize("number", ["../../x", "%2e%2e", "' OR 1=1 --", "x" * 400, "%00"])
def test_no_other_address_leads_anywhere(desk, number):
    case = desk.asks()
    _, browser = desk.staff()

    assert browser.get(f"/console/test/cases/{case.id}/attachments/{number}").status_code == 404


def test_what_was_not_kept_is_told_and_cannot_be_opened(desk):
    case = desk.asks()
    waiting = shows(desk, case, SentFile("image"), "e1")
    refused = shows(desk, case, SentFile("file", "refused", "kind"), "e2")
    _, browser = desk.staff()

    page = browser.get(f"/cases/{case.id}")

    assert "画像を受け取っています" in page.text
    assert "画像ではないので、受け取りませんでした" in page.text
    assert {browser.get(address(case, file)).status_code for file in (waiting, refused)} == {404}


def test_a_picture_that_is_taken_back_is_gone_for_staff_too(desk):
    case = desk.asks()
    file = shows(desk, case)
    _, browser = desk.staff()

    desk.store.erase_message("test", "m-e-picture")

    assert browser.get(address(case, file)).status_code == 404
