"""Posts to chat rooms over real HTTP: what counts as taken, what is given up, and where nothing may go."""

from __future__ import annotations

import socket
import traceback

import pytest

from clients.errors import ClientError
from clients.staff_webhook import StaffWebhook


def refusal(url: str) -> ClientError:
    room = StaffWebhook(url)
    with pytest.raises(ClientError) as refused:
        room.send(b"{}", "key-1")
    return refused.value


@pytest.mark.parametrize("status", [200, 202, 204])
def test_a_room_gets_the_json_and_a_key_for_repeats(room, status):
    room.answers.append(status)

    StaffWebhook(room.url).send('{"text": "市民課"}'.encode(), "key-1")

    (post,) = room.posts
    assert post.json == {"text": "市民課"}
    assert post.path == "/room?secret=abc"
    assert post.headers["Idempotency-Key"] == "key-1"
    assert post.headers["Content-Type"] == "application/json; charset=utf-8"


@pytest.mark.parametrize(
    ("status", "permanent", "fate_unknown"),
    [
        (400, True, False),
        (410, True, False),
        (413, True, False),
        (401, False, False),
        (404, False, False),
        (429, False, False),
        (500, False, True),
        (503, False, True),
        (0, False, True),
    ],
)
def test_a_refusal_says_whether_trying_again_can_help(room, status, permanent, fate_unknown):
    room.answers.append(status)

    error = refusal(room.url)

    assert (error.permanent, error.fate_unknown) == (permanent, fate_unknown)


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_notice_does_not_follow_to_another_address(room, status):
    room.answers.append(status)
    room.location = room.url.replace("/room", "/elsewhere")

    assert refusal(room.url).permanent
    assert [post.path for post in room.posts] == ["/room?secret=abc"]


def test_no_error_names_the_secret_address(room):
    room.answers += [500, 0]

    errors = [refusal(room.url), refusal(room.url), refusal("http://127.0.0.1:1/room?secret=abc")]

    shown = ["".join(traceback.format_exception(error)) for error in errors]
    assert [text for text in shown if "secret" in text] == []


def test_a_room_that_is_not_there_is_tried_again():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        error = refusal(f"http://127.0.0.1:{taken.getsockname()[1]}/")

    assert (error.permanent, error.fate_unknown) == (False, False)
