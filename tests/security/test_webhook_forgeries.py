"""Forged webhooks soon hear 429 and fill no log; what LINE signed is taken whatever else comes from its address."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import logging

import pytest
from flask import Flask
from flask.testing import FlaskClient

from config import LineChannel
from handlers.line.webhook import line_blueprint
from handlers.widget.buckets import Buckets
from store.records import ArrivedEvent

SECRET = "8c570fa6dd201bb328f1c1eac23a96d8"


class Inbox:
    """Takes everything."""

    def accept(self, events: list[ArrivedEvent]) -> int:
        return len(events)


@pytest.fixture
def door() -> FlaskClient:
    app = Flask(__name__)
    channels = {"demo": LineChannel(SECRET, "token")}
    app.register_blueprint(line_blueprint(channels, Inbox(), lambda *_: None, Buckets(burst=5, per_second=0.001)))
    return app.test_client()


def post(door: FlaskClient, signature: str | None = None, address: str = "203.0.113.9") -> int:
    body = json.dumps({"events": []}).encode()
    good = base64.b64encode(hmac.new(SECRET.encode(), body, hashlib.sha256).digest()).decode()
    headers = {"X-Line-Signature": good if signature is None else signature}
    sent = door.post("/line/demo/callback", data=body, headers=headers, environ_base={"REMOTE_ADDR": address})
    return sent.status_code


def test_forgeries_from_one_address_soon_hear_429(door: FlaskClient, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING)

    answers = [post(door, "forged") for _ in range(20)]

    assert answers == [400] * 5 + [429] * 15
    assert len(caplog.records) == 5


def test_what_line_signed_is_taken_from_the_same_address(door: FlaskClient) -> None:
    """A proxy that nobody told us of makes all addresses one."""
    for _ in range(20):
        post(door, "forged")

    assert [post(door) for _ in range(50)] == [200] * 50


def test_what_line_signed_counts_for_nothing(door: FlaskClient) -> None:
    assert [post(door) for _ in range(50)] == [200] * 50

    assert post(door, "forged") == 400


def test_addresses_are_counted_apart(door: FlaskClient) -> None:
    for _ in range(20):
        post(door, "forged")

    assert post(door, "forged", "198.51.100.1") == 400
