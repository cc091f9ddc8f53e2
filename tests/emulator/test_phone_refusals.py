"""The phone's page without a browser: what it may load, and what its addresses refuse."""

from __future__ import annotations

import re

import pytest
import requests


def test_the_page_needs_no_inline_code_and_no_other_host(emulator, platform) -> None:
    platform.seed_demo("demo")
    response = requests.get(f"{emulator.url}/phone/demo", timeout=5)

    policy = response.headers["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    assert not re.search(r"\sstyle=|\son[a-z]+=|<script(?![^>]*src=)|<style", response.text)
    assert not re.search(r"(?:src|href)=\"https?:", response.text)


@pytest.mark.parametrize(
    ("path", "body", "headers", "status"),
    [
        ("text", {"text": "文"}, {"Origin": "https://evil.example"}, 403),
        ("text", {"text": " "}, {}, 400),
        ("text", {"text": "文" * 10_001}, {}, 400),
        ("location", {"latitude": 91, "longitude": 0}, {}, 400),
        ("press", {"action": {"type": "uri", "uri": "javascript:alert(1)"}}, {}, 400),
        ("press", {"action": {"type": "datetimepicker", "data": "d", "mode": "date"}}, {}, 400),
    ],
)
def test_what_a_phone_cannot_do_is_refused(emulator, platform, hana, path, body, headers, status) -> None:
    response = requests.post(f"{emulator.url}/phone/demo/{hana.user_id}/{path}", json=body, headers=headers, timeout=5)

    assert response.status_code == status
    assert response.json()["message"]
    assert platform.phone_messages("demo", hana.user_id) == []


def test_a_form_of_another_site_reaches_nothing(emulator, platform, hana) -> None:
    response = requests.post(f"{emulator.url}/phone/demo/{hana.user_id}/text", data={"text": "文"}, timeout=5)

    assert response.status_code == 415
    assert requests.get(f"{emulator.url}/phone/nowhere", timeout=5).status_code == 404
