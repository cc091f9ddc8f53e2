"""The platform misbehaving on order: what the caller sees, and what was carried out all the same."""

from __future__ import annotations

import uuid

import pytest
import requests
from linebot.v3.messaging import ApiException, PushMessageRequest, TextMessage
from urllib3.exceptions import HTTPError

NOTICE = [TextMessage(text="お知らせ")]


@pytest.fixture
def push(api, hana):
    def push(key: str | None = None, timeout: float = 5) -> int:
        """The status that the caller saw; 0 when there was no answer."""
        request = PushMessageRequest(to=hana.user_id, messages=NOTICE)
        try:
            answer = api.push_message_with_http_info(request, x_line_retry_key=key, _request_timeout=timeout)
        except ApiException as error:
            return error.status
        except HTTPError:
            return 0
        return answer.status_code

    return push


@pytest.mark.parametrize(
    ("kind", "seen", "carried_out"),
    [
        ("rate_limited", 429, 0),
        ("server_error", 500, 0),
        ("server_error_after_accept", 500, 1),
        ("timeout", 0, 0),
        ("drop_after_accept", 0, 1),
        ("slow", 200, 1),
    ],
)
def test_a_fault_shows_and_does_what_its_name_says(platform, push, kind, seen, carried_out) -> None:
    platform.faults.add("push", kind, seconds=0.01)

    assert push() == seen
    assert len(platform.deliveries) == carried_out
    assert push() == 200


@pytest.mark.parametrize("kind", ["server_error_after_accept", "drop_after_accept"])
def test_a_retry_key_tells_that_the_lost_request_was_accepted(platform, push, kind) -> None:
    platform.faults.add("push", kind)
    key = str(uuid.uuid4())

    seen = [push(key), push(key)]

    assert seen[1] == 409
    assert len(platform.deliveries) == 1


def test_a_hanging_call_meets_the_callers_timeout(platform, push) -> None:
    platform.faults.add("push", "timeout", seconds=30)

    assert push(timeout=0.1) == 0
    assert not platform.deliveries


def test_a_fault_lasts_for_its_count_and_only_at_its_endpoint(platform, push, api, hana) -> None:
    platform.faults.add("push", "server_error", count=2)

    assert api.get_profile(hana.user_id).display_name == "佐藤ハナ"
    assert [push(), push(), push()] == [500, 500, 200]


def test_a_probable_fault_comes_now_and_then_until_cleared(platform, push) -> None:
    platform.limits.enabled = False
    platform.faults.add("*", "server_error", count=None, probability=0.5)

    seen = {push() for _ in range(30)}
    platform.faults.clear()

    assert seen == {200, 500}
    assert {push() for _ in range(5)} == {200}


def test_faults_can_be_ordered_over_http(emulator, push) -> None:
    control = f"{emulator.url}/emulator-control/faults"

    requests.post(control, json={"endpoint": "push", "kind": "server_error", "count": 9}, timeout=5)
    before = push()
    requests.delete(control, timeout=5)

    assert (before, push()) == (500, 200)
    assert requests.post(control, json={"endpoint": "push", "kind": "fire"}, timeout=5).status_code == 400


def test_a_script_can_let_residents_write_and_count_what_came_of_it(emulator, platform, hana, push) -> None:
    control = f"{emulator.url}/emulator-control/channels/demo"

    written = requests.post(f"{control}/events", json={"user_id": hana.user_id, "text": "こんにちは"}, timeout=5).json()
    requests.put(control, json={"redelivery": True, "quota": 3}, timeout=5)
    push()
    platform.deliver_now()
    statistics = requests.get(f"{control}/statistics", timeout=5).json()

    assert len(written["webhookEventId"]) == 26
    assert (platform.channel("demo").redelivery, platform.channel("demo").quota) == (True, 3)
    assert statistics == {"webhooks": {"no_webhook_url": 1}, "deliveries": 1}
    assert requests.get(f"{control}/deliveries", timeout=5).json()[0]["to"] == [hana.user_id]
    assert requests.put(f"{emulator.url}/emulator-control/mishaps", json={"fire": 1}, timeout=5).status_code == 400
