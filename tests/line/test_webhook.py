"""The door for LINE: only what LINE signed comes in, all of it or nothing, and quickly."""

import base64
import hashlib
import hmac
import json

import pytest
from flask import Flask

from config import LineChannel
from handlers.line.webhook import line_blueprint
from store.errors import StoreError

SECRET = "8c570fa6dd201bb328f1c1eac23a96d8"


class Inbox:
    """Remembers what was accepted; can be made to fail."""

    def __init__(self):
        self.bodies = []
        self.broken = False

    def accept(self, events):
        if self.broken:
            raise StoreError("disk full")
        self.bodies.append(events)
        return len(events)


@pytest.fixture
def inbox():
    return Inbox()


@pytest.fixture
def door(inbox):
    app = Flask(__name__)
    app.register_blueprint(line_blueprint({"demo": LineChannel(SECRET, "token")}, inbox, lambda *_: None))
    return app.test_client()


def sign(body):
    return base64.b64encode(hmac.new(SECRET.encode(), body, hashlib.sha256).digest()).decode()


def post(door, payload, signature=None, city="demo"):
    body = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    headers = {"x-line-signature": sign(body) if signature is None else signature}
    return door.post(f"/line/{city}/callback", data=body, headers=headers)


def a_text(text="住民票", **changes):
    event = {
        "type": "message",
        "webhookEventId": "01A",
        "timestamp": 1,
        "replyToken": "r",
        "source": {"type": "user", "userId": "U1"},
        "message": {"id": "1", "type": "text", "text": text},
        "deliveryContext": {"isRedelivery": False},
    }
    return {**event, **changes}


def test_the_documented_signature_of_line_is_accepted(door):
    body = b'{"destination":"U8e742f61d673b39c7fff3cecb7536ef0","events":[]}'

    response = post(door, body, "GhRKmvmHys4Pi8DxkF4+EayaH0OqtJtaZxgTD9fMDLs=")

    assert response.status_code == 200


def test_all_events_of_a_body_are_accepted_together(door, inbox):
    response = post(door, {"events": [a_text(), a_text(webhookEventId="01B", replyToken="s")]})

    assert response.status_code == 200
    [events] = inbox.bodies
    assert [(e.event_id, e.reply_token, e.resident) for e in events] == [("01A", "r", "U1"), ("01B", "s", "U1")]


@pytest.mark.parametrize("signature", ["", "AAAA", "ほげ", "%%%"])
def test_a_wrong_signature_is_refused_and_nothing_is_stored(door, inbox, signature):
    assert post(door, {"events": [a_text()]}, signature).status_code == 400
    assert inbox.bodies == []


def test_one_changed_byte_is_refused(door, inbox):
    body = json.dumps({"events": [a_text()]}).encode()

    assert post(door, body + b" ", sign(body)).status_code == 400
    assert inbox.bodies == []


def test_when_the_store_fails_line_is_asked_to_deliver_again(door, inbox):
    inbox.broken = True

    assert post(door, {"events": [a_text()]}).status_code == 500


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"{", b'{"events": 3}', b'{"events": [1, null, {}]}', b"null", b"[" * 5000]
)
def test_signed_rubbish_is_acknowledged_because_a_repeat_would_not_mend_it(door, inbox, body):
    assert post(door, body).status_code == 200
    assert all(events == [] for events in inbox.bodies)


def test_a_my_number_never_reaches_the_store(door, inbox):
    post(door, {"events": [a_text("番号は１２３４　５６７８　９０１８です")]})

    [[event]] = inbox.bodies
    assert "９０１８" not in json.dumps(event.payload, ensure_ascii=False)


def test_an_unknown_city_is_not_found(door):
    assert post(door, {"events": []}, city="nowhere").status_code == 404


def test_redelivery_is_noted(door, inbox):
    post(door, {"events": [a_text(deliveryContext={"isRedelivery": True})]})

    assert inbox.bodies[0][0].redelivered
